"""What budgets buy and what a MW costs in a year, through the whole ledger, against published figures."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import capsim
from capsim.ledger import build_cost_per_mw, cost_per_it_mw_year, mw_bought
from capsim.pipeline import run
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
OPCORE = Path(__file__).parents[2] / "scenarios" / "opcore-multi-gw.yaml"
USD = {"code": "USD", "price_year": 2026}


@pytest.mark.parametrize("preset", ["fr-colocation", "fr-greenfield-ai-detailed"])
def test_a_facility_in_france_is_inside_the_published_range(preset):
    # 9-12 m EUR per MW from press totals; the detailed items are the same total, split
    euro = {"code": "EUR", "price_year": 2025}
    hall = make.site(make.hall(deployments=[]))
    result = run(loads(make.scenario(hall, costs={"preset": preset}, currency=euro)))
    facility = ("facility-fr", "civil-fr", "electrical-fr", "mechanical-fr", "soft-cost-fr")
    capex = sum(result.ledger.total("capex", item=item).sum() for item in facility)
    assert 9e6 <= capex / 16.0 <= 12e6


@pytest.mark.parametrize(("it_life_y", "published"), [(3, 12.0), (5, 8.5), (7, 7.0)])
def test_cost_per_it_mw_year_of_the_ledger_is_epochs(it_life_y, published):
    """Epoch AI 2026-05-14: 26.11 compute, 11.77 construction, 0.90 a year, 14 y of plant, 6.5 %."""

    def item(name, basis, amount, category="capex", **more):
        of = {"currency": "USD", "price_year": 2026}
        return {"id": name, "basis": basis, "amount": amount, "category": category, **of, **more}

    items = [
        item("compute", "per_critical_it_mw", 26.11e6, asset_class="it"),
        item("construction", "per_critical_it_mw", 11.77e6),
        item("opex", "per_critical_it_mw_year", 0.90e6, "opex"),
    ]
    finance = {"wacc_real": 0.065, "life_it_years": it_life_y, "life_facility_years": 14}
    there = make.standing_hall(deployments=[], ready_for_service_on=make.START)
    place = make.standing_site(phases=[there])
    free = {"level_per_mwh": 0, "excise_per_mwh": 0, "network_per_mwh": 0}
    place["tariff"] = {"preset": "fr-datacenter", **free}
    mapping = make.scenario(place, costs={"items": items}, finance=finance, currency=USD, horizon_years=3)
    result = run(loads(mapping))
    cost = cost_per_it_mw_year(result.scenario, result.timeline, result.ledger) / 1e6
    worked = {3: 12.07, 5: 8.49, 7: 6.97}[it_life_y]
    assert cost == pytest.approx(worked, abs=0.01)
    assert cost == pytest.approx(published, abs=0.1)


BAND_MW = (190.0, 310.0)
"""MW without IT and grid connection that EUR 2.5 bn buy at the published USD 8-15 m per MW."""


def test_opcore_buys_the_plausible_mw_with_its_plan():
    """EUR 2.5 bn for "several hundred MW"."""
    projection = capsim.simulate(capsim.load(OPCORE))
    mw, plant_only = (projection.headline[f"budget_buys{part}_mw"] for part in ("", "_plant_only"))
    assert BAND_MW[0] <= mw <= plant_only <= BAND_MW[1]
    assert any(f"builds {mw:,.1f} MW" in finding.text for finding in projection.findings)
    # by hand: 90 MW of DC6 at 10.1-10.4 m of plant, then Montereau at 10.6-11.5 m, whose start is later
    assert plant_only == pytest.approx(90 + (2.5e9 - 90 * 10.2e6) / 10.87e6, rel=0.02)


def test_opcores_mw_as_sampled():
    """P10-P90 of OpCore itself: inside the band of the published costs, on either scope."""
    scenario = capsim.load(OPCORE)
    mw = []
    for k in range(16):
        result = run(sample(scenario, 0, k), 0, k)
        mw.append(mw_bought(result.scenario, result.timeline, result.ledger))
    for low, high in np.percentile(np.array(mw), [10, 90], axis=0).T:
        assert BAND_MW[0] <= low < high <= BAND_MW[1]
        assert high / low > 1.05


def test_phases_of_the_thirties_are_dearer_than_what_the_budget_buys():
    """The mean price of all phases until 2040 buys fewer MW: plant rises by 3.4 % a year in real terms for
    five years, and most phases start after them."""
    result = run(capsim.load(OPCORE))
    scenario, timeline, ledger = result.scenario, result.timeline, result.ledger
    mean = 2.5e9 / build_cost_per_mw(scenario, timeline, ledger)
    assert mean < 0.98 * mw_bought(scenario, timeline, ledger).mw
