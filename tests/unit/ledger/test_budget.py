"""MW that a budget builds, by hand."""

import math
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.ledger import mw_bought
from capsim.ledger.budget import builds
from capsim.pipeline import run
from capsim.projection.headline_figures import headline
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
STILL = {"wacc_real": 0.065, "inflation_per_y": 0.0, "construction_inflation_per_y": 0.0}
ITEMS = [
    {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 1e6},
    {"id": "grid", "category": "capex", "basis": "per_grid_mw", "amount": 100e3},
]


def bought(budget, *phases, items=ITEMS):
    targets = [{"id": "money", "budget": budget, "source": "assumed"}] if budget else []
    mapping = make.scenario(make.site(*phases), costs={"items": items}, finance=STILL, targets=targets)
    return run(loads(mapping))


def halls():
    later = make.hall(id="p2", deployments=[], starts_on=date(2026, 6, 1), critical_it_mw=8.0)
    return make.hall(deployments=[]), later


# 16 MW for 16 m, then 8 MW for 8 m; 24 MW of grid for 2.4 m are shared by MW: 1.1 m per MW in all
@pytest.mark.parametrize(
    ("budget", "mw", "plant_only"),
    [(11e6, 10.0, 11.0), (17.6e6, 16.0, 17.6), (22e6, 20.0, 22.0), (52.8e6, 48.0, 52.8)],
)
def test_phases_are_bought_in_order_and_the_last_in_part(budget, mw, plant_only):
    result = bought(budget, *halls())
    found = mw_bought(result.scenario, result.timeline, result.ledger)
    assert found.mw == pytest.approx(mw)
    assert found.plant_only_mw == pytest.approx(plant_only)
    figures = headline(result)
    assert figures["budget_buys_mw"] == found.mw


def test_a_dearer_later_phase_counts_only_once_the_first_is_paid():
    # plant at 10 % a year more, real: the second hall starts five months and more after the first
    dear = STILL | {"construction_inflation_per_y": 0.1}
    mapping = make.scenario(make.site(*halls()), costs={"items": ITEMS[:1]}, finance=dear)
    first, second = builds(*_parts(mapping))
    assert first.phase == "p1"
    assert second.whole / second.mw == pytest.approx(
        first.whole / first.mw * 1.1 ** (151.4 / 365.25), rel=0.01
    )


def _parts(mapping):
    result = run(loads(mapping))
    return result.scenario, result.timeline, result.ledger


def test_first_systems_count_and_their_refresh_does_not():
    racks = make.racks(refresh={"age_years": 0.5})
    once, again = (bought(1e9, make.hall(order)) for order in (make.racks(), racks))
    prices = [builds(r.scenario, r.timeline, r.ledger)[0] for r in (once, again)]
    assert prices[0].whole == pytest.approx(prices[1].whole)
    assert prices[0].whole > prices[0].plant + 100e6


def test_there_is_nothing_to_state_without_a_budget_or_a_build():
    result = bought(None, *halls())
    assert all(map(math.isnan, mw_bought(result.scenario, result.timeline, result.ledger)))
    standing = run(
        loads(make.scenario(make.standing_site(), targets=[{"id": "m", "budget": 1e9, "source": "assumed"}]))
    )
    assert all(map(math.isnan, mw_bought(standing.scenario, standing.timeline, standing.ledger)))
