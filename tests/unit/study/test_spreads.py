"""How sure a plan is: percentiles of draws beside it, in the projection, saved, and in the table.

Tests `projection.spread`, `report.spread_tables`.
"""

from __future__ import annotations

import io
import runpy
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from capsim.errors import StudyError
from capsim.pipeline import simulate
from capsim.projection import Projection
from capsim.report.opening import dates_of_all
from capsim.report.spread_tables import spread_table
from capsim.scenario.loading import loads
from capsim.study.ensembles import ensemble
from capsim.study.spreads import with_spread
from capsim.units import months_to_days

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
RENT = {"dist": "uniform", "low": 1e8, "high": 3e8}
N = 64


def month_of(months):
    """Date so many months after the start, as it is kept."""
    return (make.START + timedelta(days=int(months_to_days(months)))).isoformat()


def plan(**changes):
    items = [{"id": "rent", "category": "opex", "basis": "per_site_year", "amount": RENT}]
    return loads(make.scenario(make.standing_site(), costs={"items": items}, **changes))


@pytest.fixture(scope="module")
def sure():
    return with_spread(simulate(plan()), N, processes=1)


def test_percentiles_are_those_of_an_ensemble_with_the_same_draws(sure):
    table = ensemble(plan(), N, processes=1).figures
    for name, row in sure.spread.figures.items():
        same = table.loc[name, ["central", "central_percentile", "p10", "p50", "p90"]].tolist()
        ours = [row[key] for key in ("plan", "plan_percentile", "p10", "p50", "p90")]
        np.testing.assert_allclose(ours, same, rtol=1e-12, err_msg=name)


def test_the_contingency_is_what_eight_in_ten_draws_need_over_the_plan(sure):
    """A rent of 100 to 300 m a year over two years hides all else: 2 x (260 - 200) m, to a 64th."""
    row = sure.spread.figures["opex_eur"]
    assert row["contingency"] == row["p80"] - row["plan"]
    assert row["contingency"] == pytest.approx(120e6, abs=400e6 / 64)
    assert "contingency" not in sure.spread.figures["pue"]


def test_a_plan_without_a_spread_has_none_and_one_with_it_keeps_it(sure, tmp_path):
    assert simulate(plan()).spread is None
    assert "spread" not in simulate(plan()).to_dict()
    loaded = Projection.load(sure.save(tmp_path / "saved"))
    assert repr(loaded.spread) == repr(sure.spread)
    assert loaded.identical(sure)


def test_dates_of_what_is_to_come_are_ranked_and_say_how_often_they_never_are():
    hall = make.hall(stages=[{"id": "works", "duration_months": {"dist": "uniform", "low": 10, "high": 30}}])
    # no common factor of works, so that one of 64 draws lies in each 64th of the range
    alone = {"labour": 0.0}
    spread = with_spread(
        simulate(loads(make.scenario(make.site(hall), uncertainty=alone))), N, processes=1
    ).spread
    (ready,) = [row for row in spread.dates if row["milestone"] == "ready_for_service"]
    # 20 months after 2026-01 by the median; after the horizon of 24 months in 6 of 20 parts, P80 and P90 too
    assert ready["plan"][:7] == "2027-09"
    # the 7th draw lies between 10 + 20 x 6/64 and 10 + 20 x 7/64 months, the 32nd just below the median
    assert month_of(11.875) <= ready["p10"] <= month_of(12.1875)
    assert month_of(19.6875) <= ready["p50"] <= month_of(20.0)
    assert (ready["p80"], ready["p90"]) == (None, None)
    assert ready["never_share"] == pytest.approx(0.3, abs=1 / 64)


def test_a_plan_among_its_draws_is_not_flagged_and_a_sum_of_skewed_costs_is():
    assert with_spread(simulate(plan()), N, processes=1).spread.outside == {}
    skewed = {"dist": "lognormal", "median": 1e7, "sigma": 1.5}
    items = [
        {"id": f"item-{i}", "category": "opex", "basis": "per_site_year", "amount": skewed} for i in range(12)
    ]
    one = with_spread(
        simulate(loads(make.scenario(make.standing_site(), costs={"items": items}))), N, processes=1
    )
    assert next(iter(one.spread.outside["lcoc_eur_per_h100e_h"])).startswith("costs.items.item-")
    assert "! The plan is no ordinary draw: P" in shown(one, 120)


def shown(projection, width):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(spread_table(projection, projection.spread))
    return console.export_text()


def test_the_table_is_whole_at_eighty_columns(sure):
    text = shown(sure, 80)
    assert "Opex, m EUR2025" in text
    assert "P80-plan" in text
    assert "7,200" not in text  # accelerators are no row of it
    assert f"{sure.headline['h100e_8bit_peak']:,.0f}" in text  # a count is exact
    assert "\u2026" not in text


def test_of_all_phases_the_first_is_ready_and_the_last_fleet_in_service_by_draw_and_goals_have_months():
    works = {"id": "works", "duration_months": {"dist": "uniform", "low": 10, "high": 30}}
    target = {"id": "half", "by": "2027-12-31", "critical_it_mw": 24.0}
    sites = [make.site(make.hall(), make.hall(id="p2", stages=[works]))]
    uncertainty = {"labour": 0.0}
    document = make.scenario(*sites, targets=[target], uncertainty=uncertainty)
    spread = with_spread(simulate(loads(document)), N, processes=1).spread
    by_phase = {(row["phase"], row["milestone"]): row for row in spread.dates}
    ready = "ready_for_service"
    assert spread.whole["first_ready"]["p50"] == by_phase["p1", ready]["p50"]
    assert spread.whole["last_ready"]["p50"] == by_phase["p2", ready]["p50"]
    assert spread.whole["last_ready"]["never_share"] == by_phase["p2", ready]["never_share"]
    assert spread.whole["last_in_service"]["plan"] == by_phase["p2", "fleet_in_service"]["plan"]
    (goal,) = spread.goals
    # 24 MW takes both halls: reached in the month in which the second one is
    assert goal["reached"]["p50"][:7] == by_phase["p2", ready]["p50"][:7]
    assert goal["reached"]["p90"] == ""
    assert goal["by_month"][-1] == goal["probability"] == 1.0 - by_phase["p2", ready]["never_share"]
    assert goal["by_month"] == sorted(goal["by_month"])


def test_a_saved_projection_and_no_draws_are_refused(sure, tmp_path):
    with pytest.raises(StudyError, match="no run to draw from"):
        with_spread(Projection.load(sure.save(tmp_path / "saved")))
    with pytest.raises(StudyError, match="at least one replication"):
        with_spread(simulate(plan()), 0)


def test_the_first_hall_is_of_the_same_halls_in_the_plan_and_in_the_draws():
    """Of 10 to 30 months from 2024-03 the median is ready two months before the start, others after it; the
    new one takes its 12 months from the start in the plan, and 6 to 18 in draws.
    """
    spread_out = {"dist": "uniform", "low": 10.0, "high": 30.0}
    old = make.hall(id="old", stages=make.stages(("construction", spread_out)), starts_on=date(2024, 3, 1))
    later = {"dist": "uniform", "low": 6.0, "high": 18.0}
    new = make.hall(id="new", stages=make.stages(("construction", later)), starts_on=make.START)
    there = [{"id": "g1", "grid_mw": 60.0, "energised_on": date(2024, 1, 1)}]
    scenario = loads(make.scenario(make.site(old, new, grid_connection=there)))
    projection = with_spread(simulate(scenario), N, processes=1)
    of_new = next(row for row in projection.spread.dates if row["phase"] == "new")
    first = projection.spread.whole["first_ready"]
    assert first == {key: of_new[key] for key in first}
    assert first["plan"] == dates_of_all(projection)["first_ready"] > make.START.isoformat()
    # the old hall has a spread of its own, since it is late in some draws
    assert any(row["phase"] == "old" for row in projection.spread.dates)
    assert ensemble(scenario, N, processes=1).manifest["whole"]["first_ready"] == first
