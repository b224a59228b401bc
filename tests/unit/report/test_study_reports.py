"""The report of every kind of study begins with what a board reads, and has its tables.

Tests `report.study_reports`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from capsim.report.study_reports import study_report
from capsim.scenario.loading import load, override
from capsim.study.audits import audit
from capsim.study.goalseek import solve
from capsim.study.reliefs import relief
from capsim.study.scenario_grids import ensemble_grid
from capsim.study.sensitivities import sensitivity
from capsim.vocabulary import input_title

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module")
def small():
    return override(load(SCENARIOS / "scaleway-5000-gpus.yaml"), {"horizon_years": 2})


def shown(result):
    """Title, sentence and headings of the page of a result."""
    page = study_report(result)
    title, sentence = (re.search(pattern, page)[1] for pattern in (r"<h1>(.*?)</h1>", r'sentence">(.*?)</p>'))
    return title, sentence, re.findall(r"<h[23]>(.*?)</h[23]>", page)


def test_a_sensitivity_says_what_moves_its_figure_most(small):
    result = sensitivity(small, processes=1)
    _, sentence, headings = shown(result)
    assert f"{input_title(str(result.tornado.index[0]))} moves it most" in sentence
    assert "One at a time, from the P10 to the P90 of each value" in headings


def test_a_goal_seek_says_what_it_found_and_has_no_empty_section(small):
    result = solve(small, "workload.allocation", "lcoc=1.6")
    title, sentence, headings = shown(result)
    assert title == "workload.allocation until lcoc=1.6"
    assert sentence == result.explanation
    assert headings == [title, "How to make it again"]


def test_a_grid_names_the_best_of_its_variants(small):
    dear = override(small, {"finance.wacc_real": 0.12})
    made = ensemble_grid({"dear": dear, "as it is": small}, 2, processes=1)
    title, sentence, _ = shown(made)
    assert title == "2 variants: cost of an H100e-hour"
    assert sentence.startswith(
        "Best of 2 in the middle of its draws: as it is, Cost of an H100e-hour, EUR2025 "
    )


def test_a_relief_has_its_ladder_once_and_float(small):
    result = relief(small)
    _, sentence, headings = shown(result)
    assert sentence.startswith("Helps most: " if result.ladder else "Helps ")
    assert sum(heading.startswith("Ladder") for heading in headings) == bool(result.ladder)
    assert headings.count("Each limit lifted by itself") == 1


def test_an_audit_says_who_claims_what_once():
    result = audit(SCENARIOS / "claims" / "aion.yaml")
    title, sentence, headings = shown(result)
    assert title == result.claim.title
    assert sentence.endswith(result.claim.statement.strip())
    assert headings[:2] == ["Among reference builds", "What would make it true"]
