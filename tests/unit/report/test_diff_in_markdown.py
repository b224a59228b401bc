"""A diff for a pull request: titles with units, and nothing in them that is mark-up of a table."""

from __future__ import annotations

import math

from capsim.report.diff_in_markdown import diff_markdown
from capsim.study import ChangedInput, Diff, Moved

MOVED = (
    Moved("figure", "capex_eur", 2e9, 2.002e9, 2e6, 0.001, True),
    Moved("text", "binds | 2030", "grid", "<b>", math.nan, math.nan, True),
)
INPUTS = (ChangedInput("cost_items/network.amount", "1000 1", "1001 1", 1.0, 0.001),)


def test_it_has_two_tables_and_breaks_at_no_bar():
    lines = diff_markdown(Diff("old", "new", MOVED, INPUTS, 100, 500, "EUR2025")).splitlines()
    assert "| Capex, bn EUR2025 | 2.000 | 2.002 | +0.002000 | +0.1 |" in lines
    assert "| binds \\| 2030 | grid | &lt;b> |  |  |" in lines
    assert "<details><summary>1 input changed:</summary>" in lines
    assert "| Amount (cost_items/network) | 1,000 | 1,001 | +1 | +0.1 |" in lines


def test_many_inputs_are_counted():
    many = tuple(ChangedInput(f"t/row-{i}.power_mw", "1", "2", 1.0, 1.0) for i in range(50))
    assert "and 10 inputs more" in diff_markdown(Diff("old", "new", MOVED, many, 9, 90)).splitlines()


def test_without_a_changed_input_the_code_did():
    text = diff_markdown(Diff("old", "new", MOVED, (), 9, 90))
    assert text.endswith("no input changed: what computes the results did\n")


def test_nothing_moved_is_said():
    assert diff_markdown(Diff("old", "new", (), (), 12, 5)).strip().endswith("are the same")
