"""Grants are released as fast as what they paid for is depreciated: by hand, and on AION's public money.

Tests `ledger.financial_statements`, `ledger.instalments`.
"""

import math
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.ledger import returns, statements
from capsim.pipeline import run
from capsim.quantities.money import price_level
from capsim.scenario import load, loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
AION = Path(__file__).parents[3] / "scenarios" / "aion-288k-h100e.yaml"
YEAR_D = 365.25
STILL = {"wacc_real": 0.065, "inflation_per_y": 0.0, "construction_inflation_per_y": 0.0, "tax_rate": 0.25}


def item(name, basis, amount, **more):
    paid = {"order_share": 1.0, "delivery_share": 0.0}
    return {"id": name, "category": "capex", "basis": basis, "amount": amount, **paid, **more}


def stated(items, years=4, deployments=(), **finance):
    place = make.site(make.hall(deployments=list(deployments)))
    mapping = make.scenario(place, costs={"items": items}, finance=STILL | finance, horizon_years=years)
    scenario = loads(mapping)
    return statements(scenario, run(scenario).ledger)


def test_each_grant_is_released_over_the_life_of_what_it_paid_for():
    # 16 MW: 32 m of equipment that lasts 2 years and 16 m of a hall that lasts 20, each half paid by grants;
    # construction starts in March 2026, both work from August: 16 m go in 24 months, 8 m in 240
    items = [
        item("equipment", "per_critical_it_mw", 2e6, life_years=2.0),
        item("shell", "per_critical_it_mw", 1e6, life_years=20.0),
    ]
    s = stated(items, grants=[{"id": "state", "share": 0.5}])
    released, deferred = s.flows["grants_released"], s.balance["deferred_grants"]
    assert s.flows["grants"].sum() == pytest.approx(24e6)
    assert not released[:7].any()
    assert released[12:24].sum() == pytest.approx((16e6 / 2 + 8e6 / 20) * 365 / YEAR_D)
    assert released[36:48].sum() == pytest.approx(8e6 / 20 * 365 / YEAR_D)
    # from August 2026, after seven mean months, to the end of 2029
    assert deferred[-1] == pytest.approx(8e6 * (1 - (1461 - 7 * YEAR_D / 12) / YEAR_D / 20))
    assert 2 * released == pytest.approx(s.flows["depreciation"])


def test_a_grant_is_used_up_in_the_order_of_payment_and_pays_for_its_class_only():
    shell = item("shell", "per_critical_it_mw", 1e6)
    land = item("land", "per_site", 4e6, asset_class="land")
    s = stated([shell, land], grants=[{"id": "state", "of": "facility", "share": 0.5, "at_most": 3e6}])
    assert s.flows["grants"].sum() == pytest.approx(3e6)
    every = stated([shell, land], grants=[{"id": "state", "share": 0.5, "at_most": 3e6}], years=30)
    assert every.flows["grants"].sum() == pytest.approx(3e6)
    # shell and land fall due on one day, 16 m to 4 m: a fifth of the grant is in the land, which stays
    assert every.balance["deferred_grants"][-1] == pytest.approx(3e6 / 5)


def test_a_grant_is_gone_with_what_it_paid_for():
    order = make.racks(refresh={"age_years": 1.0})
    s = stated([], years=3, deployments=[order], grants=[{"id": "state", "share": 0.4}])
    assert s.flows["grants"].sum() > 0
    assert s.flows["grants_released"].sum() == pytest.approx(s.flows["grants"].sum())
    assert abs(s.balance["deferred_grants"][-1]) <= 1e-9 * s.flows["grants"].sum()


def left_by_hand(scenario, ledger, at_most):
    """Deferred grant at the end, payment by payment: half of each until it is used up."""
    level, edges = price_level(scenario), scenario.calendar.month_start_d
    paid = ledger.instalments
    payments = paid.amount[:, None] * np.diff(paid.paid[paid.timing], axis=1) * level
    used, share = 0.0, np.zeros(level.size)
    for month, capex in enumerate(payments.sum(axis=0)):
        given = min(0.5 * capex, at_most - used)
        share[month] = given / capex if capex else 0.0
        used += given
    left = 0.0
    for row, index in enumerate(paid.asset):
        asset = paid.booked[index].asset
        for month in np.flatnonzero(payments[row]):
            gone_from = max(float(edges[month]), asset.accepted_d)
            rest_d = asset.accepted_d + asset.life_y * YEAR_D - gone_from
            gone = min(1.0, max(0.0, float(edges[-1]) - gone_from) / rest_d) if rest_d > 0 else 1.0
            left += payments[row, month] * share[month] * (1.0 - gone)
    return left


@pytest.fixture(scope="module")
def aion():
    scenario = load(AION, overrides=["gb300-as-announced", "public-money"])
    return run(scenario)


def test_public_money_of_aion_by_hand(aion):
    s = statements(aion.scenario, aion.ledger)
    year = aion.scenario.calendar.year_of_month
    granted, released = s.flows["grants"], s.flows["grants_released"]
    assert granted.sum() == pytest.approx(4.0e9)
    # half of all capex until 8 bn EUR are spent: of 2030 all, of 2033 all too, of 2034 a part
    assert granted[year <= 2030] == pytest.approx(0.5 * s.flows["capex"][year <= 2030])
    assert granted[year == 2033] == pytest.approx(0.5 * s.flows["capex"][year == 2033])
    assert 0 < granted[year == 2034].sum() < 0.5 * s.flows["capex"][year == 2034].sum()
    # until then half of what is depreciated, less the interest in it, is released
    interest = s.flows["interest_capitalised"].sum() / s.flows["capex"].sum()
    half = 0.5 * s.flows["depreciation"][year <= 2032].sum()
    assert released[year <= 2032].sum() == pytest.approx(half, rel=interest + 0.01)
    left = left_by_hand(aion.scenario, aion.ledger, 4.0e9)
    assert s.balance["deferred_grants"][-1] == pytest.approx(left, rel=1e-6)
    assert not s.flows["tax"].any(), "nothing is earned"


def test_a_grant_lifts_the_return_of_the_owners():
    path = [{"id": "a", "on": make.START, "amount": 20.0, "currency": "EUR", "price_year": 2025}]
    place = make.scenario(make.site(), revenue={"prices": path, "trend_per_y": 0.0}, horizon_years=4)

    def irr(**finance):
        scenario = loads(place | {"finance": STILL | finance})
        ledger = run(scenario).ledger
        return returns(scenario, ledger, statements(scenario, ledger))["irr_equity_nominal"]

    bare, granted = irr(), irr(grants=[{"id": "state", "share": 0.2}])
    assert math.isfinite(bare)
    assert granted > bare


def test_what_is_not_released_stays_with_the_owners():
    # the owners keep the book value at the end, as nobody asks the grant back
    path = [{"id": "a", "on": make.START, "amount": 20.0, "currency": "EUR", "price_year": 2025}]
    mapping = make.scenario(
        make.site(),
        revenue={"prices": path, "trend_per_y": 0.0},
        horizon_years=4,
        finance=STILL | {"grants": [{"id": "state", "share": 0.2}]},
    )
    scenario = loads(mapping)
    ledger = run(scenario).ledger
    s = statements(scenario, ledger)
    rate = returns(scenario, ledger, s)["irr_equity_nominal"]
    flows = s.flows["distributed"] - s.flows["equity_called"]
    months_y = (np.arange(48) + 0.5) / 12
    kept = s.balance["fixed_assets"][-1] * (1 + rate) ** -months_y[-1]
    assert s.balance["deferred_grants"][-1] > 0
    assert (flows * (1 + rate) ** -months_y).sum() + kept == pytest.approx(0.0, abs=1e-3)
