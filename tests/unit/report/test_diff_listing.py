"""A diff says in a line what it comes to, then what moved and which inputs changed."""

from __future__ import annotations

import io
import math

import pytest
from rich.console import Console

from capsim.report.diff_listing import diff_lines, diff_markdown, diff_tables, headline_of
from capsim.study import Diff, Moved
from capsim.study.diffs import ChangedInput

MOVED = (
    Moved("figure", "capex_eur", 2e9, 2.002e9, 2e6, 0.001, True),
    Moved("figure", "pue", 1.2, 1.2001, 1e-4, 1e-4 / 1.2, False),
    Moved("date", "energised of a.p1", "2030-01-01", "2030-01-31", 30.0, math.nan, True),
    Moved("date", "energised of a.p2", "2030-01-01", None, math.inf, math.nan, True),
    Moved("text", "binds | 2030", "grid", "nothing", math.nan, math.nan, True),
)
INPUTS = (ChangedInput("cost_items/network.amount", "1000 1", "1001 1", 0.001),)


def shown(diff):
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(diff_tables(diff))
    return console.export_text()


@pytest.fixture
def found():
    return Diff("old", "new", MOVED, INPUTS, 100, 500)


def test_the_line_counts_what_is_beyond_and_within(found):
    assert headline_of(found) == "4 of 100 figures, dates and texts moved beyond tolerance, 1 within it"


def test_the_tables_have_what_is_beyond_and_the_inputs(found):
    lines = [line.split() for line in shown(found).splitlines()]
    assert ["capex_eur", "2,000,000,000", "2,002,000,000", "+2,000,000", "+0.1"] in lines
    assert ["energised", "of", "a.p1", "2030-01-01", "2030-01-31", "+30", "d"] in lines
    assert ["energised", "of", "a.p2", "2030-01-01", "none"] in lines
    assert ["cost_items/network.amount", "1000", "1", "1001", "1", "+0.1"] in lines
    assert not any("pue" in line for line in lines)


def test_lines_of_a_test_say_the_same(found):
    assert diff_lines(found) == [
        "capex_eur: 2,000,000,000 -> 2,002,000,000 (+2,000,000, +0.1 %)",
        "energised of a.p1: 2030-01-01 -> 2030-01-31 (+30 d)",
        "energised of a.p2: 2030-01-01 -> none",
        "binds | 2030: grid -> nothing",
        "1 input changed:",
        "  cost_items/network.amount: 1000 1 -> 1001 1 (+0.1 %)",
    ]


def test_markdown_has_two_tables_and_breaks_at_no_bar(found):
    text = diff_markdown(found)
    assert "| capex_eur | 2,000,000,000 | 2,002,000,000 | +2,000,000 | +0.1 |" in text.splitlines()
    assert "| binds \\| 2030 | grid | nothing |  |  |" in text.splitlines()
    assert "<details><summary>1 input changed:</summary>" in text


@pytest.mark.parametrize(("n_inputs", "said"), [(500, True), (0, False)])
def test_where_no_input_changed_the_code_did_if_inputs_are_known(n_inputs, said):
    found = Diff("old", "new", MOVED, (), 100, n_inputs)
    for text in (shown(found), "\n".join(diff_lines(found)), diff_markdown(found)):
        assert ("no input changed: what computes the results did" in text) is said


def test_many_inputs_are_counted():
    many = tuple(ChangedInput(f"row-{i}", "1", "2", 1.0) for i in range(50))
    assert diff_lines(Diff("old", "new", MOVED, many, 9, 90))[-1] == "  ... and 10 more"


def test_nothing_moved_is_said():
    same = Diff("old", "new", (), (), 12, 5)
    assert shown(same).strip() == "old -> new: nothing moved: 12 figures, dates and texts are the same"
    assert diff_markdown(same).strip().endswith("are the same")
