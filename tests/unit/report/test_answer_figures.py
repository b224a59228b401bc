"""Pictures of money and of answers: data and labels, and what is said where there is nothing to show.

Tests `report.figure_style`, `report.money_figures`, `report.answer_figures`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from capsim.pipeline import simulate
from capsim.report import answer_figures as answers
from capsim.report import money_figures as money
from capsim.report.figure_style import axes_of
from capsim.report.study_figures import picture
from capsim.scenario.loading import load, override
from capsim.study.audits import audit
from capsim.study.ensembles import ensemble
from capsim.study.forecasts import forecast, vintage
from capsim.study.reliefs import relief
from capsim.study.sensitivities import sensitivity

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def labels(ax):
    return ax.get_legend_handles_labels()[1]


@pytest.fixture(scope="module")
def plan():
    return load(SCENARIOS / "aion-288k-h100e.yaml")


@pytest.fixture(scope="module")
def draws(plan):
    return ensemble(plan, 8, processes=1)


def test_a_levelised_cost_is_the_sum_of_its_bars(aion):
    ax = money.levelised_split(aion)
    bars = [patch.get_width() for patch in ax.patches]
    assert sum(bars) == pytest.approx(aion.headline["lcoc_eur_per_h100e_h"], rel=1e-6)
    assert ax.get_yticklabels()[0].get_text() == "Systems"
    assert ax.get_xlabel() == "EUR2025 per H100e-hour"


def test_cash_is_what_the_payers_have_put_in(aion):
    ax = money.cash_and_funding(aion)
    assert labels(ax) == ["equity, net", "cash before tax and financing"]
    (cash,) = [line for line in ax.get_lines() if line.get_label().startswith("cash")]
    paid = aion.funding["paid_in_eur"].sum() - aion.funding["paid_out_eur"].sum()
    assert cash.get_ydata()[-1] == pytest.approx(-paid / 1e9, rel=1e-6)


def test_the_whole_cost_climbs_item_by_item_from_zero(aion):
    ax = money.cost_waterfall(aion)
    assert ax.get_xlim()[0] == 0.0
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert {"Cluster network", "Maintenance of plant"} < {*names}, "items by their titles"
    assert not {*aion.ledger["item"]} & {*names}
    bars = dict(zip(names, ax.patches, strict=True))
    assert bars["all capex"].get_width() == pytest.approx(aion.headline["capex_eur"] / 1e9)
    last = bars["all opex"]
    assert last.get_width() == pytest.approx(aion.headline["opex_eur"] / 1e9)
    assert last.get_x() + last.get_width() == pytest.approx(
        (aion.headline["capex_eur"] + aion.headline["opex_eur"]) / 1e9
    )


def test_the_ladder_climbs_by_its_gains(plan):
    result = relief(plan)
    ax = answers.relief_ladder(result)
    assert [tick.get_text() for tick in ax.get_xticklabels()][:2] == [
        "the plan",
        f"first\n+ {result.ladder[0].limits[0]}",
    ]
    assert ax.get_xticklabels()[2].get_text() == f"then\n+ {' and '.join(result.ladder[1].limits)}"
    assert ax.get_ylabel() == "H100e-hours delivered, billion H100e h"
    top = ax.patches[-1].get_y() + ax.patches[-1].get_height()
    total = result.plan["h100e_h"] + sum(gain.figures["h100e_h"] for gain in result.ladder)
    assert top == pytest.approx(total / 1e9)
    nothing = answers.relief_ladder(replace(result, ladder=()))
    assert result.end in nothing.texts[0].get_text()


def test_chances_grow_to_those_of_the_goals(draws):
    ax = answers.chances_over_time(draws)
    shown = [chance for chance in draws.chances if any(chance.by_month)]
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    assert len(lines) == len(shown) >= 3
    for line, chance in zip(lines, shown, strict=True):
        np.testing.assert_allclose(line.get_ydata(), 100.0 * np.array(chance.by_month))
    assert "H100e (8bit) >= 288,000 by 2030-12" in labels(ax)
    assert "no goal" in answers.chances_over_time(replace(draws, chances=[])).texts[0].get_text()


def test_indices_have_bars_with_their_intervals():
    scaleway = override(load(SCENARIOS / "scaleway-5000-gpus.yaml"), {"horizon_years": 2})
    result = sensitivity(scaleway, "lcoc", sobol=4, top=2, processes=1)
    ax = answers.sobol_bars(result)
    assert labels(ax) == ["first order", "total"]
    assert len(ax.get_yticklabels()) == len(result.indices)
    assert "--sobol" in answers.sobol_bars(replace(result, indices=None)).texts[0].get_text()


def test_an_s_curve_ends_what_was_at_the_data_date():
    living = SCENARIOS / "living"
    plan = load(living / "us-campuses.yaml", actuals=str(living / "status.csv"))
    made = forecast(plan, against=[vintage(load(living / "us-campuses.yaml"), "the plan")], n=4)
    ax = answers.s_curve_chart(made)
    assert set(labels(ax)) == {"P10 to P90", "P50", "so far", "held against"}
    (actual,) = [line for line in ax.get_lines() if line.get_label() == "so far"]
    assert np.isnan(actual.get_ydata()[-1])
    assert "data date" in [text.get_text() for text in ax.texts][-1]
    points = made.s_curves["critical_it_mw"]
    last = [point.actual for point in points if point.actual is not None][-1]
    first = next(point.p50 for point in points if point.p50 is not None)
    if abs(first - last) >= answers.LEAST_JUMP * max(p.p50 for p in points if p.p50 is not None):
        assert f"{first - last:+,.0f} MW at P50 in the first month to come" in ax.texts[0].get_text()
    none_yet = replace(made, s_curves={"critical_it_mw": [replace(point, actual=None) for point in points]})
    assert "so far" not in labels(answers.s_curve_chart(none_yet))
    jumps = [replace(p, actual=0.0 if p.actual is not None else None) for p in points]
    told = answers.s_curve_chart(replace(made, s_curves={"critical_it_mw": jumps})).texts[0].get_text()
    assert (
        told == f"+{first:,.0f} MW at P50 in the first month to come:\nwhat was due by then and is not there"
    )

    trend = answers.trend_chart(made)
    shown = [tick.get_text() for tick in trend.get_yticklabels()]
    assert "Meta Prometheus, grid-1 energised" in shown
    now = next(line for line in trend.get_lines() if line.get_label() == "now (2026-07-01)")
    assert len(now.get_xdata()) == len(shown) <= answers.MOST_MILESTONES
    before = next(line for line in trend.get_lines() if line.get_label() == "the plan")
    assert 0 < len(before.get_xdata()) <= len(shown)
    name = next(name for name in shown if name == "Meta Prometheus, grid-1 energised")
    place = shown.index(name)
    to_come = "meta-prometheus.grid-1 energised"
    ends = (*made.spread[to_come][:2], "") if to_come in made.spread else ("2026-08-01", "2026-12-01", "")
    open_ended = answers.trend_chart(replace(made, spread={**made.spread, to_come: ends}))
    (bar,) = [line for line in open_ended.get_lines() if "beyond the horizon" in str(line.get_label())]
    assert list(bar.get_ydata()) == [place] * 2
    both = picture(made)
    assert len(both.axes) == 2
    source = f"us-campuses, digest {made.manifest['digest'][:12]}, seed 0, 4 draws, data date 2026-07-01"
    assert source in both.get_supxlabel()


def test_the_claim_stands_among_its_builds():
    result = audit(SCENARIOS / "claims" / "aion.yaml")
    ax = answers.audit_scatter(result)
    assert labels(ax) == ["a reference build", "the claim"]
    points = sum(len(line.get_xdata()) for line in ax.get_lines()[::2])
    assert points == sum(len(ratio.references) for ratio in result.ratios)
    assert re.fullmatch(r"Source: capsim [\d.]+, aion, digest [0-9a-f]{12}", picture(result).get_supxlabel())
    assert "no reference" in answers.audit_scatter(replace(result, ratios=())).texts[0].get_text()


def test_hours_of_a_year_stand_beside_the_design_day(plan):
    kept = simulate(plan, hourly=True)
    ax = answers.duration_and_design(kept)
    curve, limit = ax.get_lines()
    assert list(curve.get_ydata()) == sorted(curve.get_ydata(), reverse=True)
    assert curve.get_ydata()[0] == pytest.approx(kept.hour("aion", "hardest")["facility_mw"])
    assert limit.get_ydata()[0] == pytest.approx(kept.hour("aion", "hardest")["grid_mw_usable"])
    day = next(each for each in ax.figure.axes if each is not ax)
    levels = day.get_lines()[0].get_ydata()
    assert len(levels) == 24
    assert kept.hour("aion", "design")["facility_mw"] in levels


def test_hours_that_were_not_kept_are_said(aion):
    ax = axes_of(None)
    assert answers.duration_and_design(aion, ax) is ax
    assert "--hourly" in ax.texts[0].get_text()
