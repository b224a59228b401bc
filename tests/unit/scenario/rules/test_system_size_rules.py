"""What the power of a system cannot be: another figure, another unit, less at work than without.

Tests `scenario.rules.system_size_rules`.
"""

import re
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.models.system_power import system_power_kw
from capsim.quantities import listed_parts
from capsim.scenario import load, loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))
MEASURED = {"basis": "measured", "measured_at": "large-training", "idle_kw": 2.2}
LABEL = {"basis": "nameplate"}


def text(**system):
    orders = make.hall(make.racks(system="dgx-h100", systems=100))
    return make.scenario(make.site(orders)) | {"systems": [{"id": "dgx-h100", **system}]}


def refused(**system):
    """What is said of a system, one line a fault."""
    with pytest.raises(ScenarioError) as refusal:
        loads(text(**system))
    lines = str(refusal.value).splitlines()
    assert lines[-1].endswith(f"{len(lines) - 1} problem{'s' if len(lines) > 2 else ''}, nothing was run")
    return [line.partition("systems.dgx-h100.")[2] for line in lines[:-1]]


def asked(**system):
    found = (str(each) for each in loads(text(**system)).questions)
    return [line.partition("systems.dgx-h100.")[2] for line in found if "systems.dgx-h100." in line]


def test_a_label_is_no_measured_power_and_says_how_it_is_one():
    (fault,) = refused(**MEASURED, measured_kw=10.2)
    assert fault.startswith("measured_kw: is the label of the system (10.2 kW), which no meter showed")
    assert "write basis: nameplate with nameplate_kw" in fault


@pytest.mark.parametrize("system", [MEASURED | {"measured_kw": 5.6}, LABEL | {"nameplate_kw": 5.6}])
def test_the_rated_power_of_the_accelerators_is_neither_measured_nor_a_label(system):
    (fault,) = refused(**system)
    assert "is the rated power of 8 accelerators of 700 W (5.6 kW), without host, fans and supplies" in fault
    assert "write basis: parts" in fault


def test_what_a_meter_shows_near_them_is_taken():
    for kw in (5.63, 5.5, 7.75, 10.15):
        assert not any(
            "label of" in each or "rated power" in each for each in asked(**MEASURED, measured_kw=kw)
        )
    # a range is of the one who gives it
    around = {"dist": "triangular", "low": 5.4, "mode": 5.6, "high": 5.9}
    assert loads(text(**MEASURED, measured_kw=around)).systems[0].measured_kw == pytest.approx(5.6, abs=0.1)


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ({"module_w": 0.7}, "module_w: cannot be right beside the 700 W of .* is it in kW. write 700"),
        ({"module_w": 700_000}, "module_w: cannot be right beside the 700 W .* is it in mW. write 700"),
        ({"host_w": 1.5}, "host_w: cannot be right beside the 1500 W .* is it in kW. write 1500"),
        (
            LABEL | {"nameplate_kw": 10_200},
            "nameplate_kw: cannot be right beside the 10.2 kW .* is it in W. write 10.2",
        ),
        (LABEL | {"nameplate_kw": 0.0102}, "nameplate_kw: .* is it in MW. write 10.2"),
        (
            LABEL | {"nameplate_kw": 120},
            "nameplate_kw: cannot be right beside the 10.2 kW .*nameplate_kw .got 120",
        ),
        (MEASURED | {"measured_kw": 7750}, "measured_kw: .* is it in W. write 7.75"),
        (MEASURED | {"measured_kw": 7.75, "idle_kw": 2200}, "idle_kw: .* is it in W. write 2.2"),
        ({"module_w": -700}, "module_w: must be greater than 0"),
        ({"module_idle_w": -1}, "module_idle_w: must be at least 0"),
        (
            {"host_w": 700},
            "host_w: must be at least host_idle_w .by the catalogue 1170, range 900 to 1350.; give that too",
        ),
        ({"host_w": 0}, "host_w: must be at least host_idle_w .by the catalogue 1170, range 900 to 1350."),
        ({"module_w": 100}, "module_w: must be above module_idle_w .by the catalogue 75, range 60 to 120."),
        ({"module_idle_w": 700}, "module_idle_w: must be below module_w .700."),
        (LABEL | {"idle_share": 0.9}, "idle_share: must be at most label_share .0.87, range 0.75 to 0.97."),
        (
            LABEL | {"label_share": 0.1},
            "label_share: must be at least idle_share .by the catalogue 0.210784, range 0.196078 to 0.22549.",
        ),
    ],
)
def test_a_wrong_size_is_one_fault_at_what_was_written(system, said):
    (fault,) = refused(**system)
    assert re.match(said, fault), fault


def test_a_fault_names_the_file_and_the_line_of_the_user(tmp_path):
    base = Path(__file__).parents[1] / "good.yaml"
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: {base}\nsystems:\n  - id: gb300-nvl72\n    module_w: 1.4\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"mine.yaml:4  systems.gb300-nvl72.module_w: .* is it in kW"):
        load(file)


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (
            {"module_w": 900},
            "module_w: above what a module of dgx-h100 is rated for .systems.*: 700 W.",
        ),
        ({"module_idle_w": 690}, "module_idle_w: idles at 0.99 of 700 W; measured modules do at 0.3 at most"),
        ({"module_w": 220, "module_idle_w": 80}, "module_w: idles at|module_idle_w: idles at 0.36 of 220 W"),
    ],
)
def test_modules_beyond_what_they_are_rated_for_or_measured_at_are_questioned(system, said):
    assert any(re.match(said, each) for each in asked(**system))


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (MEASURED | {"measured_kw": 7.75, "idle_kw": 0.0}, "idle_kw: idles at 0 of its full power"),
        (LABEL | {"idle_share": 0.95, "label_share": 1.0}, "idle_share: idles at 0.95 of its full power"),
        (LABEL | {"idle_share": 0.0}, "idle_share: idles at 0 of its full power"),
        ({"module_idle_w": 0, "host_idle_w": 0}, "module_idle_w: idles at 0.00304 of its full power"),
        (MEASURED | {"measured_kw": 3.0}, "idle_kw: idles at 0.708 of its full power"),
    ],
)
def test_idle_power_of_nothing_or_near_full_power_is_questioned(system, said):
    (found,) = (each for each in asked(**system) if " of its full power; " in each)
    assert found.startswith(f"{said}; systems of known parts do at 0.08 to 0.6"), found


@pytest.mark.parametrize(
    "system",
    [
        MEASURED | {"measured_kw": 7.75},
        LABEL | {"idle_share": 0.1},
        LABEL | {"idle_share": 0.5, "label_share": 0.9},
        {"module_idle_w": 60, "host_idle_w": 900},
    ],
)
def test_idle_power_as_of_known_systems_is_not(system):
    assert not any("of its full power" in each for each in asked(**system))


def test_the_catalogues_own_idle_power_is_in_the_range_that_is_questioned():
    catalog = load_catalog()
    span = catalog.entry("plausible", "system_idle")
    ends = []
    for entry in catalog.tables["systems"].values():
        parts = listed_parts(entry)
        if parts is not None:
            full = system_power_kw(replace(parts, shared_w=0.0), 1.0)
            for end in ("low", "high"):
                of = {key: getattr(entry.get(key), end) for key in ("module_idle_w", "host_idle_w")}
                ends.append(system_power_kw(replace(parts, shared_w=0.0, **of), 0.0) / full)
    assert len(ends) == 40
    assert min(ends) / 1.5 == pytest.approx(span.number("low"), abs=0.005)
    assert max(ends) * 1.5 == pytest.approx(span.number("high"), abs=0.01)


def test_what_a_system_departs_by_counts_against_its_label():
    """8.511 kW of parts at full power."""
    (found,) = asked(departure=1.9)
    assert found.startswith(
        "departure: comes to 16.17 kW at full power, and the system is labelled for 10.2 kW"
    )
    assert asked(departure=1.1) == []


def test_parts_that_draw_nothing_are_questioned():
    (module,) = asked(module_idle_w=0)
    assert module.startswith("module_idle_w: leaves it out: by the catalogue it draws 75 W (systems/")
    host = asked(host_w=0, host_idle_w=0)
    assert [each.partition(":")[0] for each in host] == ["host_idle_w", "host_w"]
    # fans may stand still, in liquid
    assert asked(fan_w=0) == []
    assert asked(module_idle_w={"dist": "uniform", "low": 0, "high": 90}) == []


@pytest.mark.parametrize("system", [{"module_w": 720}, {"module_w": 500}, {"module_idle_w": 130}])
def test_modules_as_they_are_sold_and_set_are_not(system):
    assert not any("module" in each for each in asked(**system))


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (LABEL | {"nameplate_kw": 6.9}, "nameplate_kw: below the 8.511 kW that the parts of dgx-h100 draw"),
        (LABEL | {"nameplate_kw": 8.5}, "what a meter showed is basis: measured"),
        (
            MEASURED | {"measured_kw": 2.3},
            "full power, far below the 8.511 kW that the parts of dgx-h100 draw",
        ),
    ],
)
def test_a_label_below_the_parts_and_a_meter_far_below_them_are_questioned(system, said):
    """8 x 700 W, 1,500 W of the host and 900 of fans, through supplies of 0.94: 6.9 kW passed as a label."""
    assert any(said in each for each in asked(**system)), asked(**system)


@pytest.mark.parametrize(
    "system", [LABEL | {"nameplate_kw": 10.2}, LABEL | {"nameplate_kw": 9.0}, MEASURED | {"measured_kw": 6.8}]
)
def test_a_label_above_the_parts_and_a_meter_near_them_are_taken(system):
    assert not any("the parts of" in each for each in asked(**system))
