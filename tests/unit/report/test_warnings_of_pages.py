"""What a screen warns of, the page of the same result warns of, too.

Tests `report.study_reports`, `report.html_report`.
"""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from capsim.pipeline import simulate
from capsim.report.html_report import projection_report
from capsim.report.opening import projection_opening
from capsim.report.study_openings import study_opening
from capsim.report.study_reports import study_report
from capsim.scenario.loading import load
from capsim.study.ensembles import ensemble
from capsim.study.forecasts import forecast
from capsim.study.goalseek import solve
from capsim.study.planning import plan

SCENARIOS = Path(__file__).parents[3] / "scenarios"
HALL = "sites.aion.phases.p1.critical_it_mw"


def aion():
    return load(SCENARIOS / "aion-288k-h100e.yaml")


def iliad():
    return load(SCENARIOS / "iliad-3bn.yaml")


WARNED = {
    "run": lambda: simulate(iliad()),
    "ensemble": lambda: ensemble(iliad(), 2, processes=1, told=True),
    "solve": lambda: solve(aion(), HALL, "h100e_8bit=600000 at 2030-12"),
    "plan": lambda: plan(SCENARIOS / "plans" / "aion-least-cost.yaml", processes=1),
    "forecast": lambda: forecast(load(SCENARIOS / "living" / "us-campuses.yaml", as_of="2026-03-01"), n=2),
    "forecast without a data date": lambda: forecast(load(SCENARIOS / "living" / "us-campuses.yaml"), n=2),
}
"""Results of which there is something to warn: screens of all other studies have no line of doubts."""


def doubts_of(renderable):
    """Sentences that a screen puts first, without its marks; not how many more there are."""
    console = Console(file=io.StringIO(), width=1000, markup=False, emoji=False, highlight=False, _environ={})
    console.print(renderable)
    lines = [line.strip() for line in console.file.getvalue().splitlines()]
    found = [line.removeprefix("! ").rstrip(".") for line in lines if line.startswith("! ")]
    return [line for line in found if not re.match(r"and \d+ warnings? more", line)]


@pytest.mark.parametrize("kind", WARNED)
def test_a_page_warns_of_what_the_screen_of_its_result_warns_of(kind):
    made = WARNED[kind]()
    is_run = kind == "run"
    doubts = doubts_of((projection_opening if is_run else study_opening)(made))
    page = html.unescape((projection_report if is_run else study_report)(made))
    warned = page[page.index("<h2>Warnings</h2>") :].partition("</section>")[0]
    assert doubts
    assert [doubt for doubt in doubts if doubt not in warned] == []
