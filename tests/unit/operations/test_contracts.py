"""Energy contracts: what is worth doing under a fixed price, and when they are in force."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.pipeline import run
from capsim.scenario.load import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FLAT = {"preset": "fr-datacenter", "spread": "none", "level_per_mwh": 70.0}
ADDED = 10 + 4.94
"""Excise and network of the tariff. [EUR/MWh]"""
BATTERY = {"power_mw": 5.0, "energy_mwh": 10.0, "round_trip_efficiency": 0.8}
GAS = {"power_mw": 4.0, "fuel": "gas", "fuel_price_per_mwh": 40.0, "efficiency": 0.5}
ENGINE = GAS | {"runs_on_price": True}
"""Engines whose fuel costs 40 / 0.5 = 80 EUR/MWh."""


def one_year(place, **changes):
    result = run(loads(make.scenario(place, horizon_years=1, **changes)), hourly=True)
    return result.operations.monthly, result.operations.hourly


def total(month, name):
    return float(month[name].sum())


def at_60(**cover):
    return [{"id": "c", "price_per_mwh": 60.0} | cover]


def test_a_battery_rests_where_every_hour_costs_the_same():
    plain, _ = one_year(make.standing_site(contracts=at_60(share=1.0)))
    month, hour = one_year(make.standing_site(contracts=at_60(share=1.0), battery=BATTERY))
    assert hour["price_per_mwh"].std() > 10
    assert total(month, "battery_loss_mwh") == 0
    assert total(month, "energy_cost") == pytest.approx(total(plain, "facility_mwh") * (60 + ADDED))


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6])
def test_a_battery_works_a_day_only_where_the_rest_of_the_spot_price_pays_for_its_losses(share):
    place = make.standing_site(contracts=at_60(share=share), battery=BATTERY)
    _, hour = one_year(place)
    flow = (hour["grid_mw_drawn"] - hour["facility_mw"])[0].reshape(-1, 24)
    spot = hour["price_per_mwh"][0].reshape(-1, 24) - ADDED
    paid = (flow * ((1 - share) * spot + share * 60 + ADDED)).sum(axis=1)
    worked = np.abs(flow).max(axis=1) > 1e-9
    assert 0 < worked.sum() < 365
    assert paid.max() <= 1e-6
    assert paid[worked].max() < 0


def test_a_battery_works_beside_a_block_as_it_does_without():
    """What a block brings is sold when it is not drawn, so the spot price counts for each MWh."""
    alone, _ = one_year(make.standing_site(battery=BATTERY))
    month, _ = one_year(make.standing_site(contracts=at_60(block_mw=15.0), battery=BATTERY))
    assert total(alone, "battery_loss_mwh") > 0
    assert np.array_equal(month["battery_loss_mwh"], alone["battery_loss_mwh"])


@pytest.mark.parametrize(
    ("contracts", "next_mwh"),
    [
        ([], 70 + ADDED),
        (at_60(share=1.0), 60 + ADDED),
        (at_60(share=0.5), 65 + ADDED),
        (at_60(share=0.4), 66 + ADDED),
        (at_60(block_mw=10.0), 70 + ADDED),
        ([*at_60(share=0.4), {"id": "d", "share": 0.2, "price_per_mwh": 90.0}], 0.4 * 70 + 24 + 18 + ADDED),
    ],
)
def test_engines_run_where_the_next_mwh_costs_more_than_their_fuel(contracts, next_mwh):
    plain, _ = one_year(make.standing_site(tariff=FLAT, contracts=contracts))
    month, _ = one_year(make.standing_site(tariff=FLAT, contracts=contracts, generation=ENGINE))
    ran = 4 * 8760 if next_mwh > 80 else 4 * 0.0
    assert total(month, "generated_mwh") == pytest.approx(ran)
    saved = total(plain, "energy_cost") - total(month, "energy_cost")
    assert saved == pytest.approx(ran * (next_mwh - 80), abs=1e-3)


def test_jobs_do_not_pause_on_a_price_that_is_fixed():
    rule = {"share": 0.5, "hours_per_day": 4, "mode": "shed"}
    spot, _ = one_year(make.standing_site(flexibility=rule))
    assert total(spot, "shed_h100e_h") > 0
    thirds = [at_60(share=part)[0] | {"id": name} for name, part in (("a", 0.7), ("b", 0.2), ("c", 0.1))]
    for contracts in (at_60(share=1.0), thirds):
        month, _ = one_year(make.standing_site(flexibility=rule, contracts=contracts))
        assert total(month, "shed_h100e_h") == total(month, "shed_mwh") == 0
