"""Operations of a small site by hand: power, energy, money, carbon and compute.

Tests `operations.operating`, `operations.embodied`, `operations.fleet`, `operations.monthly`,
`operations.surroundings`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.operations.surroundings import Sky, with_trend
from capsim.operations.year_bank import Key
from capsim.pipeline import run
from capsim.scenario.loading import loads, override
from capsim.units import calendar

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
IT_MW, IDLE = 15.9552, 0.210784
"""100 GB300 racks of 159.552 kW, and their idle share, as in the catalogue."""


def months(*places, **changes):
    result = run(loads(make.scenario(*places, horizon_years=1, **changes)), hourly=True)
    hours = np.diff(result.scenario.calendar.month_start_d) * 24.0
    return result.operations.monthly, result.operations.hourly, hours


def test_a_full_hall_draws_its_all_in_power():
    month, hour, hours = months(make.standing_site())
    assert hour["it_mw"] == pytest.approx(IT_MW, rel=1e-5)
    assert month["it_mwh"][0] == pytest.approx(IT_MW * hours, rel=1e-5)
    assert month["accelerators"][0] == pytest.approx(7200)
    assert month["in_service_h"][0] == pytest.approx(7200 * hours)
    assert month["accelerator_h"][0] == pytest.approx(7200 * hours)
    assert month["curtailed_mwh"].sum() == 0


def test_the_three_shares_multiply_above_idle():
    use = {"allocation": 0.8, "busy_share": 0.5, "power_utilisation": 0.7}
    month, hour, hours = months(make.standing_site(), workload=use)
    assert hour["it_mw"] == pytest.approx(IT_MW * (IDLE + (1 - IDLE) * 0.8 * 0.5 * 0.7), rel=1e-5)
    assert month["accelerator_h"][0] == pytest.approx(7200 * hours * 0.8 * 0.5)


def test_definitions_of_h100e_differ_only_where_they_must():
    month, *_ = months(make.standing_site())
    # GB300: 2,500 TFLOP/s dense BF16, 5,000 FP8, 15,000 FP4
    assert month["h100e_bf16"][0, 0] == pytest.approx(7200 * 2500 / 989.4, rel=1e-6)
    assert month["h100e_8bit"][0, 0] == pytest.approx(7200 * 5000 / 1979, rel=1e-6)
    assert month["h100e_best"][0, 0] == pytest.approx(7200 * 15000 / 1979, rel=1e-6)


def test_energy_cost_and_carbon_are_price_and_intensity_times_energy():
    flat = {"preset": "fr-datacenter", "spread": "none", "level_per_mwh": 60.0}
    month, hour, _ = months(make.standing_site(tariff=flat))
    assert month["energy_cost"] == pytest.approx(month["facility_mwh"] * (60 + 10 + 5.6), rel=1e-12)
    kg = (hour["facility_mw"] * hour["carbon_g_per_kwh"]).sum()
    assert month["carbon_t"].sum() == pytest.approx(kg / 1000)
    assert hour["carbon_g_per_kwh"].mean() == pytest.approx(
        44.2 * 0.96**2, rel=0.01
    )  # France, two years after


def test_a_tariff_in_dollars_of_another_year_is_carried_over():
    usd = {
        "preset": "fr-datacenter",
        "spread": "none",
        "level_per_mwh": 60.0,
        "currency": "USD",
        "price_year": 2023,
    }
    month, *_ = months(make.standing_site(tariff=usd))
    # excise and network are the preset's, in euro of 2025, and keep their worth
    per_mwh = 60.0 * 1.02**2 * 0.8 + 10.0 + 5.6
    assert month["energy_cost"] == pytest.approx(month["facility_mwh"] * per_mwh, rel=1e-12)


def test_a_hall_is_a_hard_limit_and_what_it_takes_is_curtailed():
    # after a refresh by count, 100 Rubin racks of 213.84 kW stand in an oversubscribed hall of 16 MW
    swap = {"age_years": 0.5, "system": "vr200-nvl72", "fill": "count", "lead_time_weeks": 0}
    racks = {
        "id": "racks", "system": "gb300-nvl72", "systems": 100, "in_service_on": date(2025, 6, 1),
        "refresh": swap,
    }  # fmt: skip
    quick = {"installer_crews": 1, "racks_per_crew_day": 1e6, "burn_in_days": 0}
    swap["age_years"] = 1.0
    place = make.standing_site(phases=[make.standing_hall(deployments=[racks], oversubscription=1.34)])
    month, hour, hours = months(place, crews=quick)
    wanted = 21.384
    assert hour["it_mw"][0, -1] == pytest.approx(16.0)
    assert hour["it_wanted_mw"][0, -1] == pytest.approx(wanted)
    assert month["curtailed_mwh"][0, -1] == pytest.approx((wanted - 16) * hours[-1])
    # of 100 racks at 0.21384 MW 74.8 run
    kept = 16 / wanted
    assert month["accelerator_h"][0, -1] == pytest.approx(7200 * hours[-1] * kept, rel=1e-6)
    given, lost = month["h100e_h"][0, -1], month["curtailed_h100e_h"][0, -1]
    assert given / (given + lost) == pytest.approx(kept, rel=1e-6)


def test_a_half_day_of_service_counts_half():
    racks = {"id": "racks", "system": "gb300-nvl72", "systems": 10, "in_service_on": date(2026, 1, 31)}
    place = make.standing_site(phases=[make.standing_hall(deployments=[racks])])
    month, *_ = months(place)
    assert month["in_service_h"][0, 0] == pytest.approx(720 * 24)


def test_an_empty_hall_draws_no_it_but_its_losses():
    month, hour, _ = months(make.standing_site(phases=[make.standing_hall(deployments=[])]))
    assert month["it_mwh"].sum() == 0
    # UPS loss at no load 0.4 % and lighting 0.1 % of 16 MW, at the least
    assert np.all(hour["losses_mw"] >= 16 * 0.005)
    assert np.all(hour["facility_mw"] < 1.0)


def test_before_the_grid_is_energised_nothing_is_drawn():
    month, hour, _ = months(make.site())
    ready_h = int(np.floor(7 * 365.25 / 12 * 24))
    assert not hour["facility_mw"][0, :2191].any()  # power on day 91.3
    assert not hour["facility_mw"][0, 2192:ready_h].any()
    assert np.all(hour["facility_mw"][0, ready_h + 1 :] > 0)
    assert month["grid_mw"][0].tolist() == [0.0, 0.0, 0.0] + [24.0] * 9


def test_waiting_mw_by_cause_and_month():
    result = run(loads(make.scenario(make.site(), horizon_years=1)))
    waiting = result.operations.waiting
    assert waiting["permit", "a"][:3] == pytest.approx([16.0, 16.0, 16 * 1.875 / 31])
    assert waiting["construction", "a"][2] == pytest.approx(16 * 29.125 / 31)
    assert waiting["commissioning", "a"][7] == pytest.approx(
        16 * 1.0625 / 31
    )  # ready on day 213.06, 2 August
    # from then on all but 44.8 kW waits for accelerators, week by week until day 213.0625 + 50 + 7; to the
    # end of August, day 243, two racks are in service for 21.9375 days, three times 14 for a week less each
    waiting_mw = waiting["accelerators", "a"] + waiting["not ordered", "a"]
    rack_d = 2 * 21.9375 + 14 * (14.9375 + 7.9375 + 0.9375)
    assert waiting_mw[7] == pytest.approx((29.9375 * 16 - 0.159552 * rack_d) / 31, rel=1e-4)
    # the 44.8 kW are of the plan: nothing is ordered for them
    assert waiting["accelerators", "a"][-1] == pytest.approx(0.0, abs=1e-9)
    assert waiting["not ordered", "a"][-1] == pytest.approx(16 - IT_MW, rel=1e-3)
    assert waiting["power", "a"] == pytest.approx(np.zeros(12), abs=1e-9)


def test_waiting_for_demand_is_the_fleet_that_nobody_asks_for():
    scenario = loads(make.scenario(make.standing_site(), horizon_years=1))
    capacity = 7200 * 5000 / 1979
    waiting = run(override(scenario, {"demand.h100e": 0.25 * capacity})).operations.waiting
    assert waiting["demand", "a"] == pytest.approx(np.full(12, 0.75 * IT_MW), rel=1e-5)


def test_waiting_for_power_is_what_the_limit_takes():
    small = [{"id": "g1", "grid_mw": 10.0, "energised_on": date(2024, 1, 1)}]
    result = run(loads(make.scenario(make.standing_site(grid_connection=small), horizon_years=1)))
    month = result.operations.monthly
    hours = np.diff(result.scenario.calendar.month_start_d) * 24
    assert result.operations.waiting["power", "a"] == pytest.approx(month["curtailed_mwh"][0] / hours)
    assert np.all(result.operations.waiting["power", "a"] > IT_MW - 10)


def test_trends_step_from_year_to_year():
    level = with_trend(50.0, 0.1, calendar(make.START, 36))
    last_hour_of_three = 3 * 8760 + 24 - 1  # 2028 has 366 days
    assert level.size == last_hour_of_three + 1
    hours = [0, 8759, 8760, 2 * 8760 - 1, 2 * 8760, last_hour_of_three]
    assert level[hours] == pytest.approx([50, 50, 55, 55, 60.5, 60.5])
    assert with_trend(50.0, 0.0, calendar(make.START, 36)) == 50.0


def test_sites_share_the_weather_of_their_climate_and_the_prices_of_their_zone():
    places = make.standing_site(), make.standing_site(id="b"), make.standing_site(id="c", climate="lyon")
    scenario = loads(make.scenario(*places, horizon_years=1))
    sky = Sky(scenario, Key(0, 0, is_banked=False))
    a, b, c = (sky.over(site) for site in scenario.sites)
    assert a.weather is b.weather
    assert not np.array_equal(a.weather.dry_bulb_c, c.weather.dry_bulb_c)
    assert np.array_equal(a.price_per_mwh, c.price_per_mwh)


def test_warming_is_a_trend_from_the_start():
    scenario = loads(make.scenario(make.standing_site(), horizon_years=10))
    warmer = override(scenario, {"sites.a.warming_k_per_decade": 1.0})
    (still,), (warm,) = scenario.sites, warmer.sites
    key = Key(0, 0, is_banked=False)
    warm_c, still_c = (
        Sky(of, key).over(site).weather.dry_bulb_c for of, site in ((warmer, warm), (scenario, still))
    )
    gap = warm_c - still_c
    assert gap[0] == pytest.approx(0.0, abs=1e-9)
    assert gap[-1] == pytest.approx(1.0, rel=1e-3)
