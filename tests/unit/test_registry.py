"""Unit tests of the table of functions by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from capsim.catalog import load_catalog
from capsim.errors import ExtensionError
from capsim.registry import FORMERLY, Table, did_you_mean


@pytest.fixture
def shapes() -> Table[Callable[..., float]]:
    table: Table[Callable[..., float]] = Table("shape")

    @table.register("flat")
    def flat(hour: int, *, level: float = 1.0) -> float:
        return level * hour

    @table.register("ramp")
    def ramp(hour: int, *, slope: float, offset: float = 0.0) -> float:
        return offset + slope * hour

    return table


def test_an_entry_is_the_function_itself(shapes):
    assert shapes["flat"](3) == 3.0
    assert shapes["ramp"](3, slope=2.0, offset=1.0) == 7.0


def test_register_gives_the_function_back():
    table: Table[Callable[[], int]] = Table("thing")

    def one() -> int:
        return 1

    assert table.register("one")(one) is one


def test_names_are_in_order_of_registration(shapes):
    assert shapes.names == ("flat", "ramp")


@pytest.mark.parametrize(("name", "there"), [("flat", True), ("flt", False), (3, False), (None, False)])
def test_contains(shapes, name, there):
    assert (name in shapes) is there


def test_a_cell_of_a_notebook_may_be_run_again(shapes):
    """What it defines under the same name takes the place of what it defined before; another's does not."""

    def of_cell(name, value):
        made = eval(f"lambda hour: {value}")
        made.__module__, made.__qualname__ = "__main__", name
        return made

    for value in (1.0, 2.0):
        shapes.register("mine")(of_cell("mine", value))
    assert shapes["mine"](3) == 2.0
    with pytest.raises(ValueError, match="already registered"):
        shapes.register("mine")(of_cell("other", 3.0))
    with pytest.raises(ValueError, match="already registered"):
        shapes.register("flat")(of_cell("flat", 3.0))


def test_a_name_is_registered_once(shapes):
    with pytest.raises(ValueError, match=r"^shape 'flat' is already registered$"):
        shapes.register("flat")(lambda hour: 0.0)
    assert shapes["flat"](3) == 3.0


def test_unknown_name_suggests_the_nearest(shapes):
    with pytest.raises(KeyError, match="unknown shape flta; did you mean flat\\?"):
        shapes["flta"]


def test_parameters_are_the_keyword_only_ones(shapes):
    parameters = shapes.parameters("ramp")
    assert list(parameters) == ["slope", "offset"]
    assert parameters["slope"].default is inspect.Parameter.empty
    assert parameters["offset"].default == 0.0


def test_parameters_of_an_unknown_name_raise(shapes):
    with pytest.raises(KeyError, match="unknown shape cliff"):
        shapes.parameters("cliff")


@pytest.mark.parametrize(
    ("name", "arguments", "faults"),
    [
        ("flat", {}, []),
        ("flat", {"level": 2.0}, []),
        ("ramp", {"slope": 2.0}, []),
        ("ramp", {}, ["shape ramp needs argument slope"]),
        ("flat", {"levle": 2.0}, ["unknown argument levle of shape flat; did you mean level?"]),
        (
            "ramp",
            {"slpoe": 2.0},
            ["unknown argument slpoe of shape ramp; did you mean slope?", "shape ramp needs argument slope"],
        ),
        ("flat", {"hour": 3}, ["unknown argument hour of shape flat"]),
        ("rampp", {"slope": 2.0}, ["unknown shape rampp; did you mean ramp?"]),
        ("zigzag", {}, ["unknown shape zigzag"]),
    ],
)
def test_faults(shapes, name, arguments, faults):
    assert shapes.faults(name, arguments) == faults


@pytest.mark.parametrize(
    ("name", "known", "suggestion"),
    [
        ("gb30", ["gb200", "gb300"], "; did you mean gb300?"),
        ("gb300", [], ""),
        ("paris", ["gb200", "gb300"], ""),
    ],
)
def test_did_you_mean(name, known, suggestion):
    assert did_you_mean(name, known) == suggestion


def test_did_you_mean_takes_an_iterator():
    assert did_you_mean("gb30", iter(["gb200", "gb300"])) == "; did you mean gb300?"


def test_did_you_mean_knows_a_name_in_capitals():
    assert did_you_mean("FRA", ["deu", "fra"]) == "; did you mean fra?"
    assert did_you_mean("Critical_IT", ["critical_it"]) == "; did you mean critical_it?"


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match=r"^shape 'three' must be a function \(got 3\)$"):
        Table("shape").register("three")(3)


def never_less(result):
    return "" if result >= 0.0 else "must give at least 0"


def test_what_a_strangers_function_gives_or_raises_is_told_by_its_name():
    table: Table[Callable[..., float]] = Table("shape", wrong=never_less)

    @table.register("mine")
    def mine(hour, *, level=1.0):
        return level / hour

    assert table["mine"](2.0) == 0.5
    assert list(table.parameters("mine")) == ["level"]
    with pytest.raises(
        ExtensionError, match=rf"^shape mine of {__name__} must give at least 0 \(got -2\.0\)$"
    ):
        table["mine"](-0.5)
    with pytest.raises(ExtensionError, match=rf"^shape mine of {__name__} fails: ZeroDivisionError: "):
        table["mine"](0.0)


def test_what_a_strangers_function_refuses_stays_a_value_error():
    table: Table[Callable[..., float]] = Table("shape", wrong=never_less)

    @table.register("mine")
    def mine(hour):
        raise ValueError("hour must be in [0, 24)")

    with pytest.raises(ValueError, match=r"^hour must be in"):
        table["mine"](25)


def test_a_name_that_had_to_go_is_told_its_new_one():
    offered = ["airside-adiabatic-open", "airside-adiabatic-chillerless"]
    assert did_you_mean("airside-adiabatic-dc5", offered) == (
        "; it is called airside-adiabatic-chillerless now"
    )
    assert did_you_mean("airside-adiabatic-dc5", offered[:1]) == "; did you mean airside-adiabatic-open?"


def test_every_new_name_is_one_that_ships():
    names = {name for table in load_catalog().tables.values() for name in table}
    assert set(FORMERLY.values()) <= names
    assert not names & FORMERLY.keys()
