"""Energy contracts: what is worth doing under a fixed price, and when they are in force."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.errors import ScenarioError
from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FLAT = {"preset": "fr-datacenter", "spread": "none", "level_per_mwh": 70.0}
ADDED = 10 + 5.6
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
    return [{"id": "c", "price_per_mwh": 60.0, "indexation": 1.0} | cover]


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
    assert 0 < worked.sum() <= 365
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
        (
            [*at_60(share=0.4), {"id": "d", "share": 0.2, "price_per_mwh": 90.0, "indexation": 1.0}],
            0.4 * 70 + 24 + 18 + ADDED,
        ),
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


SUN = {"latitude_deg": 48.9, "longitude_deg": 2.3}


def opens_in_december(**changes):
    grid = [{"id": "g1", "grid_mw": 40.0, "energised_on": date(2026, 12, 1)}]
    racks = {"id": "racks", "system": "gb300-nvl72", "systems": 100, "in_service_on": date(2026, 12, 1)}
    hall = make.standing_hall(ready_for_service_on=date(2026, 12, 1), deployments=[racks])
    return make.standing_site(grid_connection=grid, phases=[hall], tariff=FLAT, **changes)


def test_a_block_is_not_settled_before_the_grid_is_there():
    """15 MW at 60 instead of 70 EUR/MWh for the 744 hours of December."""
    plain, _ = one_year(opens_in_december())
    month, _ = one_year(opens_in_december(contracts=at_60(block_mw=15.0)))
    saved = (plain["energy_cost"] - month["energy_cost"])[0]
    assert saved[:11] == pytest.approx(0.0, abs=1e-9)
    assert saved[11] == pytest.approx(15 * 744 * 10)


def test_own_sun_does_not_shine_before_the_grid_is_there():
    month, _ = one_year(opens_in_december(solar=SUN | {"peak_mw": 10.0}))
    assert month["energy_cost"][0, :11] == pytest.approx(0.0, abs=1e-9)
    assert month["generated_mwh"][0, 11] > 0
    early, _ = one_year(opens_in_december(solar=SUN | {"peak_mw": 10.0, "starts_on": date(2026, 7, 1)}))
    assert early["energy_cost"][0, :6] == pytest.approx(0.0, abs=1e-9)
    # paid as it produces, 34.25 EUR/MWh: July makes about an eighth of 11,020 MWh
    assert early["energy_cost"][0, 6] / 34.25 == pytest.approx(11_020 / 8, rel=0.1)
    assert early["generated_mwh"][0, 6:11] == pytest.approx(0.0)


def test_a_block_with_a_first_day_is_settled_from_it_drawn_or_not():
    deal = at_60(block_mw=15.0, starts_on=date(2026, 11, 1))
    plain, _ = one_year(opens_in_december())
    month, _ = one_year(opens_in_december(contracts=deal))
    saved = (plain["energy_cost"] - month["energy_cost"])[0]
    assert saved[:10] == pytest.approx(0.0, abs=1e-9)
    assert saved[10:] == pytest.approx([15 * 720 * 10, 15 * 744 * 10])


def test_a_contract_ends_after_its_months():
    """Three mean months from the first of March are 2,191.5 hours: they end on 31 May at 8."""
    deal = at_60(share=0.5, starts_on=date(2026, 3, 1), months=3, carbon_gco2e_per_kwh=0.0)
    plain, _ = one_year(make.standing_site(tariff=FLAT))
    month, _ = one_year(make.standing_site(tariff=FLAT, contracts=deal))
    saved = (plain["energy_cost"] - month["energy_cost"])[0] / plain["facility_mwh"][0] / 5
    rest = np.zeros(12)
    rest[2:5] = 1.0, 1.0, 2192 / 24 - 61
    rest[4] /= 31
    assert saved == pytest.approx(rest, abs=0.001)
    clean = 1 - month["carbon_market_t"][0] / plain["carbon_market_t"][0]
    assert clean == pytest.approx(rest / 2, abs=0.001)
    past, _ = one_year(make.standing_site(contracts=at_60(share=1.0, starts_on=date(2020, 1, 1), months=12)))
    spot, _ = one_year(make.standing_site())
    assert np.array_equal(past["energy_cost"], spot["energy_cost"])


def test_engines_see_the_contract_only_while_it_runs():
    deal = at_60(share=1.0, starts_on=date(2026, 3, 1), months=3)
    month, hour = one_year(make.standing_site(tariff=FLAT, contracts=deal, generation=ENGINE))
    own = (hour["facility_mw"] - hour["grid_mw_drawn"])[0]
    assert own[: 59 * 24] == pytest.approx(4.0)
    assert own[59 * 24 : 59 * 24 + 2192] == pytest.approx(0.0)
    assert own[59 * 24 + 2192 :] == pytest.approx(4.0)
    assert total(month, "generated_mwh") == pytest.approx(4 * (8760 - 2192))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"contracts": at_60(share=0.5, starts_on=date(2027, 1, 1))}, r"contracts\.c\.starts_on"),
        ({"solar": SUN | {"peak_mw": 1.0, "starts_on": date(2027, 1, 1)}}, r"solar\.starts_on"),
    ],
)
def test_what_begins_after_the_horizon_is_refused(change, path):
    with pytest.raises(ScenarioError, match=path + ": must be before the end of the horizon on 2027-01-01"):
        loads(make.scenario(make.standing_site(**change), horizon_years=1))
