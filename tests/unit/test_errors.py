"""Unit tests of the exception tree."""

from __future__ import annotations

import pickle

import pytest

from capsim import errors
from capsim.errors import (
    CapsimError,
    CatalogError,
    ExtensionError,
    Fault,
    ProjectionError,
    ScenarioError,
    SimulationError,
    StudyError,
    UnknownNameError,
    told,
)


@pytest.mark.parametrize(
    "error", [CatalogError, ExtensionError, SimulationError, ProjectionError, StudyError, UnknownNameError]
)
def test_plain_errors_say_what_they_were_given(error):
    with pytest.raises(CapsimError, match=r"^no such table$"):
        raise error("no such table")


def test_the_tree_is_drawn_in_the_docstring():
    classes = {name: item for name, item in vars(errors).items() if isinstance(item, type)}
    names = {name for name, item in classes.items() if not issubclass(item, Fault)}
    drawn = {name for name in names if name in errors.__doc__}
    known = {"CapsimError", "CatalogError", "ProjectionError", "ScenarioError", "SimulationError"}
    assert names == drawn == known | {"ExtensionError", "FigureError", "StudyError", "UnknownNameError"}


def test_no_error_hides_a_callers_mistake():
    assert not issubclass(CapsimError, ValueError)


def test_fault_reads_as_place_path_rule_value():
    fault = Fault("x.yaml", 14, "sites.paris.critical_it_mw", "must be greater than 0", "-5")
    assert str(fault) == "x.yaml:14  sites.paris.critical_it_mw: must be greater than 0 (got -5)"


def test_fault_without_value_leaves_it_out():
    fault = Fault("x.yaml", 15, "sites.paris.pue", "unknown key")
    assert str(fault) == "x.yaml:15  sites.paris.pue: unknown key"


def test_fault_of_a_whole_file_has_no_line_and_no_path():
    assert str(Fault("x.yaml", 0, "", "is empty")) == "x.yaml: is empty"


def test_fault_of_an_option_has_a_path_and_no_line():
    assert str(Fault("--set", 0, "demand.h100", "unknown key")) == "--set  demand.h100: unknown key"


def test_faults_sort_by_file_then_line():
    faults = [Fault("b.yaml", 1, "", "r"), Fault("a.yaml", 10, "", "r"), Fault("a.yaml", 9, "", "r")]
    assert [(fault.file, fault.line) for fault in sorted(faults)] == [
        ("a.yaml", 9),
        ("a.yaml", 10),
        ("b.yaml", 1),
    ]


def test_fault_is_frozen():
    fault = Fault("x.yaml", 1, "name", "missing")
    with pytest.raises(AttributeError):
        fault.line = 2


def test_scenario_error_lists_all_faults_and_counts_them():
    faults = [Fault("x.yaml", 1, "name", "missing"), Fault("x.yaml", 2, "start", "missing")]
    error = ScenarioError("x.yaml", faults)
    assert str(error) == (
        "x.yaml:1  name: missing\nx.yaml:2  start: missing\nx.yaml: 2 problems, nothing was run"
    )
    assert (error.source, error.faults) == ("x.yaml", faults)


def test_one_fault_is_one_problem():
    error = ScenarioError("x.yaml", [Fault("x.yaml", 1, "name", "missing")])
    assert str(error).endswith("\nx.yaml: 1 problem, nothing was run")


def test_fault_survives_pickling():
    fault = Fault("x.yaml", 1, "name", "missing")
    assert pickle.loads(pickle.dumps(fault)) == fault


def test_scenario_error_survives_pickling():
    error = ScenarioError("x.yaml", [Fault("x.yaml", 1, "name", "missing")])
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.faults) == (str(error), error.faults)


def test_many_faults_of_one_kind_are_three_lines_and_a_count():
    alike = [Fault("x.yaml", 2 * n, f"phases.p{n}", "needs a preset") for n in range(1, 12)]
    other = Fault("x.yaml", 9, "name", "is no name", "7")
    lines = told(sorted([*alike, other]))
    assert lines == [
        *map(str, alike[:3]),
        "x.yaml:8  and 8 like it, the last in line 22: needs a preset",
        str(other),
    ]
    assert told(alike[:10]) == [*map(str, alike[:10])]


def test_faults_without_a_line_are_counted_too():
    lines = told([Fault("--set", 0, f"a.p{n}", "unknown key") for n in range(30)])
    assert lines[3:] == ["--set  and 27 like it: unknown key"]


@pytest.mark.parametrize("steering", ["\x1b[31m", "\x07", "\x9b2J", "\u202e", "\r", "\t", "\n"])
def test_a_fault_steers_no_terminal(steering):
    said = str(Fault("x.yaml", 3, f"sites.{steering}", f"unknown key {steering}", f"a{steering}b"))
    assert said.isprintable()
    assert "Zürich, 12 °C" in str(Fault("x.yaml", 3, "title", "is known", "Zürich, 12 °C"))


def test_no_message_steers_a_terminal_whoever_wrote_it():
    for kind in (CapsimError, UnknownNameError, StudyError):
        assert str(kind("no \x1b[31mfigure\x08, Zürich\nof two lines")) == (
            "no \\x1b[31mfigure\\x08, Zürich\nof two lines"
        )


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2028", "\u200f", "\ufeff", "\U000e0041"])
def test_what_nobody_sees_is_escaped_in_messages_and_in_what_is_shown(unseen):
    escaped = unseen.encode("unicode_escape").decode()
    assert str(CapsimError(f"no site a{unseen}b")) == f"no site a{escaped}b"
    assert errors.shown(f"a{unseen}b") == f"a{escaped}b"


def test_joiners_of_scripts_stay():
    assert errors.shown("می\u200cخواهم") == "می\u200cخواهم"
