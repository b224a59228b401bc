"""Systems sold when they leave, by hand.

Tests `ledger.assets`, `ledger.booking`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.errors import ScenarioError
from capsim.pipeline import run, simulate
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FLAT = {
    "wacc_real": 0.065,
    "inflation_per_y": 0.0,
    "construction_inflation_per_y": 0.0,
    "system_price_trend_per_y": 0.0,
}


def scenario(horizon_years=5, **refresh):
    """100 racks at 1 m USD and 0.8 EUR per USD, in service on 1 January 2026, followed after two years."""
    terms = {"age_years": 2.0, "system": "gb300-nvl72", "lead_time_weeks": 4, "system_price_usd": 1.5e6}
    order = {
        "id": "racks",
        "system": "gb300-nvl72",
        "systems": 100,
        "in_service_on": date(2026, 1, 1),
        "system_price_usd": 1e6,
        "system_price_year": 2025,
        "refresh": terms | {"system_price_year": 2025} | refresh,
    }
    hall = make.standing_hall(deployments=[order])
    place = make.standing_site(phases=[hall])
    return loads(make.scenario(place, horizon_years=horizon_years, finance=FLAT))


def resale(scenario):
    ledger = run(scenario).ledger
    sold = (
        ledger.total("opex", item="resale") if any(x.item == "resale" for x in ledger.lines) else np.zeros(1)
    )
    return {int(month): float(sold[month]) for month in np.flatnonzero(sold)}, ledger


def test_systems_fetch_a_share_of_their_price_in_the_month_they_leave():
    # 80 m EUR leave on day 730.5, 1 January 2028; the followers of 120 m, installed at two a day and burnt
    # in for a week, leave two years after that: three weeks' 42 of them in January 2030, others in February
    sold, _ = resale(scenario(resale_share=0.1))
    assert sold == {24: pytest.approx(-8e6), 48: pytest.approx(-0.42 * 12e6), 49: pytest.approx(-0.58 * 12e6)}


def test_nothing_is_sold_by_default_nor_before_it_leaves():
    assert "resale" not in {line.item for line in resale(scenario())[1].lines}
    assert resale(scenario(horizon_years=1, resale_share=0.5))[0] == {}


def test_resale_lowers_costs_by_what_it_fetches_and_nothing_else():
    without, with_resale = resale(scenario())[1], resale(scenario(resale_share=0.1))[1]
    less = without.total("capex", "opex", "residual") - with_resale.total("capex", "opex", "residual")
    assert less.sum() == pytest.approx(20e6)
    assert np.array_equal(without.total("capex"), with_resale.total("capex"))


def test_a_sale_is_traced_to_its_deployments():
    flows = simulate(scenario(resale_share=0.1)).flows
    (row,) = flows[flows["item"] == "resale"].to_dict("records")
    assert row["path"] == "sites.a.phases.p1.deployments"
    assert row["amount_eur"] == pytest.approx(-20e6)
    assert (row["from"].isoformat()[:10], row["to"].isoformat()[:10]) == ("2028-01-01", "2030-02-28")


def test_a_share_above_one_is_refused():
    with pytest.raises(ScenarioError, match="resale_share: must be at most 1"):
        scenario(resale_share=1.2)
