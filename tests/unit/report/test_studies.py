"""Tables of studies: large numbers in m and bn, none of them broken, and dates as days.

Tests `report.answer_tables`, `report.study_values`.
"""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Console

from capsim.report.studies import comparison_details, plan_summary
from capsim.report.study_values import read_as
from capsim.scenario.loading import load, override
from capsim.study.comparisons import compare
from capsim.study.planning import Amounts, Planned

SCALEWAY = Path(__file__).parents[3] / "scenarios" / "scaleway-5000-gpus.yaml"


def shown(renderable, width=120):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(renderable)
    return console.export_text()


def planned():
    amounts = Amounts(goal=470_100.0, cost=13_912_345_678.0, capex=9_728_000_000.0, peak_mw=199.9)
    return Planned(
        "x",
        "h100e_8bit>=1 by 2031-12",
        "least-cost",
        True,
        (),
        amounts,
        replace(amounts, cost=2_500_000.0),
        0.0,
        0.0,
        1,
        {},
        (),
        "nothing",
        {},
        {},
        {"title": "", "money_unit": "EUR2025", "h100e": "8bit", "left_out": [], "seed": 0},
    )


def test_a_plan_is_told_in_millions_and_billions():
    text = shown(plan_summary(planned()))
    assert re.search(r"Present value of capex and opex +13\.91 bn +2\.500 m", text)
    assert re.search(r"H100e \(8bit\) by 2031-12 +470,100 +470,100", text)


def test_a_plan_is_one_line_and_shows_itself_in_a_notebook():
    assert repr(planned()) == "<Planned x: h100e_8bit>=1 by 2031-12, feasible, 0 choices>"
    assert "13.91" in planned()._repr_html_()


def test_no_number_is_broken_over_lines_where_the_table_has_to_be_narrow():
    text = shown(plan_summary(planned()), width=38)
    for number in ("13.91 bn", "2.500 m", "470,100", "9.728 bn"):
        assert number in text


def test_a_comparison_is_told_in_millions_and_billions():
    base = override(load(SCALEWAY), {"horizon_years": 2})
    result = compare({"a": base, "b": override(base, {"finance.wacc_real": 0.09})}, 4, processes=1)
    text = shown(comparison_details(result))
    assert re.search(r"Opex, m EUR2025 +12\.\d+ +12\.\d+", text)
    assert not re.search(r"\d,\d{3},\d{3}", text)


def test_a_date_that_is_asked_for_is_shown_as_a_day():
    day = float(date(2029, 6, 30).toordinal())
    assert read_as("ready_for_service of a.b", day) == "2029-06-30"
    assert read_as("ready_for_service of a.b", math.inf) == "never"
    assert read_as("npv", 1.5e9) == "1.500 bn"
