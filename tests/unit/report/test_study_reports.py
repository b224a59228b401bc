"""The report of every kind of study begins with what a board reads, and has its tables.

Tests `report.study_reports`, `report.answer_pages`, `report.forecast_page`, `report.study_cards`,
`report.study_pictures`, `report.picture_numbers`, `report.change_figures`.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from capsim.report.audit_words import ratio_words
from capsim.report.plan_tables import forecast_doubts
from capsim.report.study_reports import study_report
from capsim.scenario.loading import load, override
from capsim.scenario.outcome_lines import status_lines
from capsim.study.audits import audit
from capsim.study.backtests import backtest
from capsim.study.forecasts import forecast
from capsim.study.goalseek import solve
from capsim.study.planning import plan
from capsim.study.reliefs import relief
from capsim.study.scenario_grids import ensemble_grid
from capsim.study.sensitivities import sensitivity
from capsim.study.sweeps import sweep
from capsim.study.vintages import vintage
from capsim.vocabulary import input_title

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module")
def small():
    return override(load(SCENARIOS / "scaleway-5000-gpus.yaml"), {"horizon_years": 2})


def shown(result):
    """Title, sentence and headings of the page of a result."""
    page = study_report(result)
    title, sentence = (
        html.unescape(re.search(pattern, page)[1]) for pattern in (r"<h1>(.*?)</h1>", r'sentence">(.*?)</p>')
    )
    return title, sentence, re.findall(r"<h[23]>(.*?)</h[23]>", page)


def cards(page):
    """Title, value and what stands beside it of each card."""
    found = re.findall(r'<div class="card"><span>(.*?)</span><b>(.*?)</b>(?:<span>(.*?)</span>)?', page)
    return [tuple(html.unescape(cell).replace("\xa0", " ") for cell in one) for one in found]


def numbers_of(page, number=1):
    """Headings and rows of the numbers behind a picture."""
    table = page[page.index(f'<table id="data-{number}"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]


def under_the_mouse(page, number=1):
    """The axis along which the rows of a picture stand, and where each does."""
    figure = page[page.index(f'data-rows="data-{number}"') :]
    found = re.search(r'data-axis="([xy])" data-at="([^"]*)"', figure[: figure.index(">")])
    return found[1], [float(place) for place in found[2].split()]


def test_a_sensitivity_says_what_moves_its_figure_most(small):
    result = sensitivity(small, processes=1)
    title, sentence, headings = shown(result)
    first = input_title(str(result.tornado.index[0]))
    assert title == small.title
    assert f"{first} moves it most" in sentence
    assert headings == ["What moves it", "Assumptions", "How to make it again"]
    page = study_report(result)
    (_, central, _), (moved, _, ends), *_ = cards(page)
    assert (moved, float(central)) == (first, pytest.approx(result.central, rel=1e-3))
    assert "at its P10" in ends
    heads, *rows = numbers_of(page)
    assert heads[:2] == ["value", "its P10"]
    assert len(rows) == len(result.tornado), "the numbers have all values, the picture the widest"
    axis, places = under_the_mouse(page)
    assert axis == "y"
    assert places == sorted(places), "the first row is the bar on top"
    assert 0.0 < places[0] < places[-1] < 1.0


def test_a_goal_seek_says_what_it_found_and_what_it_takes_beside_the_plan(small):
    result = solve(small, "workload.allocation", "lcoc=1.6")
    title, sentence, headings = shown(result)
    assert title == small.title
    assert sentence.startswith("Share of accelerators that hold a job of ")
    assert "reaches Cost of an H100e-hour = 1.6" in sentence
    assert "of capex" not in sentence, "there is none in these years"
    assert headings[0] == "Goal and value"
    assert headings[-3:] == ["Against the plan as it is", "Assumptions", "How to make it again"]
    page = study_report(result)
    of = {name: (value, beside) for name, value, beside in cards(page)}
    assert of["Share of accelerators that hold a job"][1].startswith("as it is: ")
    assert float(of["Cost of an H100e-hour, EUR2025"][0]) == pytest.approx(1.6, rel=0.01)
    _, *rows = numbers_of(page)
    assert "Opex, m EUR2025" in [row[0] for row in rows]
    assert len(under_the_mouse(page)[1]) == len(rows)
    assert not re.search(
        r"lcoc|workload\.allocation", re.sub(r'<table id="assumptions.*', "", page, flags=re.S)
    )


def test_a_sweep_says_where_its_figure_is_best_and_what_each_point_takes(small):
    result = sweep(small, {"finance.wacc_real": [0.06, 0.08, 0.1]}, processes=1)
    title, sentence, headings = shown(result)
    assert title == small.title
    assert sentence.endswith("at Cost of capital, real 6 %/y.")
    assert headings[:2] == ["Cost of an H100e-hour, EUR2025", "All that each point takes"]
    page = study_report(result)
    assert [value for _, value, _ in cards(page)] == [row[1] for row in numbers_of(page)[1::2]]
    axis, places = under_the_mouse(page)
    assert axis == "x"
    assert places[2] - places[1] == pytest.approx(places[1] - places[0], abs=2e-4)


def test_a_plan_says_what_it_chose_by_titles_and_what_it_breaks():
    result = plan(SCENARIOS / "plans" / "aion-least-cost.yaml", processes=1)
    title, sentence, headings = shown(result)
    assert title == "AION, 500,000 H100e by the end of 2031 at least cost"
    assert sentence.startswith("The choice of least cost meets H100e (8bit) >= 500,000 by 2031-12, for ")
    assert sentence.endswith("; it breaks 1 limit of the plan.")
    assert headings[:4] == ["Chosen", "What the choice comes to", "Warnings", "Against the plan as it is"]
    page = study_report(result)
    chosen = page[page.index("<h2>Chosen") : page.index("<h2>What the choice")]
    assert "NVIDIA" in chosen
    assert not [one.option for one in result.choices if one.option in chosen]
    of = {name: (value, beside) for name, value, beside in cards(page)}
    assert of["H100e (8bit) by 2031-12"][1] == "meets H100e (8bit) >= 500,000 by 2031-12"
    assert of["Capex, bn EUR2025"][1].startswith("as it is: ")


def test_a_back_test_names_its_plans_by_their_titles():
    living = SCENARIOS / "living"
    plan, status = living / "us-campuses.yaml", str(living / "status.csv")
    then = load(plan, actuals=status, as_of=load(plan).known_until)
    test = backtest([then], status_lines(status), 4)
    assert shown(test)[0] == f"Back-test of {then.title}"
    saved_before = replace(test, manifest={n: of for n, of in test.manifest.items() if n != "titles"})
    assert shown(saved_before)[0] == f"Back-test of {then.name}"


def test_a_forecast_names_sites_by_their_titles_and_tells_its_curves_month_by_month():
    living = SCENARIOS / "living"
    now = load(living / "us-campuses.yaml", actuals=str(living / "status.csv"))
    made = forecast(now, against=[vintage(load(living / "us-campuses.yaml"), "the plan")], n=4)
    title, sentence, headings = shown(made)
    assert title == now.title
    page = study_report(made)
    beside = page[: page.index('<table id="assumptions"')]
    assert "meta-prometheus" not in beside
    assert "Meta Prometheus, grid-1 energised" in beside
    assert "later than in the plan" in sentence
    assert f"To come as of {made.vintage.as_of}" in headings
    assert "Moved against the plan" in headings
    figure = next(iter(made.s_curves))
    assert [row[0] for row in numbers_of(page)[1:]] == [point.month for point in made.s_curves[figure]]
    assert len(under_the_mouse(page)[1]) == len(made.s_curves[figure])


def test_a_forecast_warns_of_what_its_screen_warns_of():
    made = forecast(load(SCENARIOS / "living" / "us-campuses.yaml", as_of="2026-03-01"), n=2)
    doubts = forecast_doubts(made)
    assert any("count as kept by the data date" in doubt for doubt in doubts)
    told = "".join(f"<li>{doubt}.</li>" for doubt in doubts)
    assert f"<h2>Warnings</h2><ul>{told}</ul>" in html.unescape(study_report(made))


def test_a_grid_names_the_best_of_its_variants(small):
    dear = override(small, {"finance.wacc_real": 0.12})
    made = ensemble_grid({"dear": dear, "as it is": small}, 2, processes=1)
    title, sentence, _ = shown(made)
    assert title == f"{small.title}, 2 variants: cost of an H100e-hour"
    assert [name for name, _, _ in cards(study_report(made))] == [
        f"{name}: Cost of an H100e-hour, EUR2025" for name in made.names
    ]
    assert sentence.startswith(
        "Best of 2 in the middle of its draws: as it is, Cost of an H100e-hour, EUR2025 "
    )


def test_a_relief_has_its_ladder_once_and_float(small):
    result = relief(small)
    _, sentence, headings = shown(result)
    assert sentence.startswith("Helps most: " if result.ladder else "Helps ")
    assert sum(heading.startswith("Ladder") for heading in headings) == bool(result.ladder)
    assert headings.count("Each limit lifted by itself") == 1
    assert not any("climbs on" in heading for heading in headings)


def test_an_audit_says_its_verdict_first_and_who_claims_what():
    result = audit(SCENARIOS / "claims" / "aion.yaml")
    title, sentence, headings = shown(result)
    assert title == result.claim.title
    assert sentence.startswith("Can be true, by ")
    assert f"{result.decided_by.dimension}, " in sentence
    page = study_report(result)
    assert result.claim.statement.strip() in html.unescape(page)
    assert headings[:2] == ["What would make it true", "Among reference builds"]
    assert cards(page)[0][:2] == ("Verdict on the whole", result.verdict)
    with_builds = [ratio for ratio in result.ratios if ratio.references]
    assert [row[0] for row in numbers_of(page)[1:]] == [ratio_words(ratio.name) for ratio in with_builds]
    assert "Reference builds" in headings
    assert "What it was read with" in headings
