"""What a site can do with its energy: contracts, battery, engines, flexible load, limits and margins.

Tests `operations.contracts`, `operations.hourly_limits`, `operations.meter`, `operations.site_plant`,
`scenario.records.energy_records`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.pipeline import run
from capsim.scenario.loading import loads
from capsim.units import calendar

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FLAT = {"preset": "fr-datacenter", "spread": "none", "level_per_mwh": 60.0}
ADDED = 10 + 5.6
"""Excise and network of the tariff. [EUR/MWh]"""
CHIPS, H100E = 7200, 7200 * 5000 / 1979


def one_year(place, **changes):
    result = run(loads(make.scenario(place, horizon_years=1, **changes)), hourly=True)
    return result.operations.monthly, result.operations.hourly


def total(month, name):
    return float(month[name].sum())


def test_a_contract_for_a_share_mixes_the_prices():
    ppa = {"id": "ppa", "share": 0.4, "price_per_mwh": 50.0, "indexation": 1.0, "carbon_gco2e_per_kwh": 0.0}
    month, _ = one_year(make.standing_site(tariff=FLAT, contracts=[ppa]))
    price = 0.6 * 60 + 0.4 * 50 + ADDED
    assert total(month, "energy_cost") == pytest.approx(total(month, "facility_mwh") * price)
    # the rest is the grid itself: its residual mix of 2024, 23.5 g direct, is 40.3 of the life cycle
    assert total(month, "carbon_market_t") == pytest.approx(0.6 * total(month, "carbon_t"))


def test_a_block_is_paid_whether_used_or_not_and_its_rest_is_sold():
    block = {
        "id": "block",
        "block_mw": 30.0,
        "price_per_mwh": 70.0,
        "indexation": 1.0,
        "carbon_gco2e_per_kwh": 11.0,
    }
    month, hour = one_year(make.standing_site(tariff=FLAT, contracts=[block]))
    cost = total(month, "facility_mwh") * (60 + ADDED) + 30 * 8760 * (70 - 60)
    assert total(month, "energy_cost") == pytest.approx(cost)
    assert hour["facility_mw"].max() < 30
    assert total(month, "carbon_market_t") == pytest.approx(total(month, "facility_mwh") * 0.011)


def test_contracts_without_guarantees_leave_the_residual_mix():
    contract = {"id": "c", "share": 1, "price_per_mwh": 60.0}
    month, _ = one_year(make.standing_site(country="nor", contracts=[contract]))
    grid = load_catalog().entry("carbon", "nor")
    upstream = 30.7 * (1 - grid.number("direct_share"))
    since_2024 = (1 - 0.002) ** 2
    assert month["carbon_market_t"] == pytest.approx(
        month["grid_mwh"] * since_2024 * (534.0 + upstream) / 1000
    )


@pytest.mark.parametrize(("country", "g_per_kwh"), [("nor", 534.0), ("deu", 724.0), ("usa", None)])
def test_the_residual_mix_of_a_country_or_where_none_is_published_its_grid(country, g_per_kwh):
    month, _ = one_year(make.standing_site(country=country))
    if g_per_kwh is None:
        assert np.array_equal(month["carbon_market_t"], month["carbon_t"])
    else:
        grid = load_catalog().entry("carbon", country)
        upstream = grid.number("intensity_gco2e_per_kwh") * (1 - grid.number("direct_share"))
        mix = (g_per_kwh + upstream) * (1 + grid.number("trend_per_y")) ** 2
        assert month["carbon_market_t"] == pytest.approx(month["grid_mwh"] * mix / 1000)


def test_carbon_falls_with_the_sun_where_it_was_not_measured():
    """The mean stays that of the country; noon in June is cleaner than the night, but not in Saudi Arabia."""
    for country, g_per_kwh, ratio in (("are", 492.7, 0.888), ("sau", 696.3, 1.0)):
        _, hour = one_year(make.standing_site(country=country))
        carbon = hour["carbon_g_per_kwh"][0]
        assert carbon.mean() == pytest.approx(g_per_kwh, rel=1e-6)
        june = carbon[151 * 24 : 152 * 24]
        # noon in the Gulf is at 8:24 UTC
        assert june[8] / june[20] == pytest.approx(ratio, abs=0.02)


@pytest.mark.parametrize(("country", "l_per_kwh"), [("fra", 3.67), ("deu", 1.95), ("are", 0.71)])
def test_water_at_source_is_that_of_the_country(country, l_per_kwh):
    month, _ = one_year(make.standing_site(country=country))
    assert month["water_source_m3"] == pytest.approx(month["grid_mwh"] * l_per_kwh)  # 1 L/kWh is 1 m3/MWh
    own, _ = one_year(make.standing_site(country=country, footprint={"source_water_l_per_kwh": 1.0}))
    assert own["water_source_m3"] == pytest.approx(own["grid_mwh"])


def test_the_residual_mix_gets_cleaner_with_the_grid():
    place = make.standing_site(
        carbon={"residual_mix_gco2_per_kwh": 100.0, "trend_per_y": -0.5, "direct_share": 1.0}
    )
    month = run(loads(make.scenario(place, horizon_years=2))).operations.monthly
    ratio = (month["carbon_market_t"] / month["grid_mwh"])[0]
    assert ratio[:12] == pytest.approx(0.1)
    assert ratio[12:] == pytest.approx(0.05)


def test_a_trend_steps_at_the_start_of_a_year_and_not_on_its_last_day():
    """60, 66 and 72.6 EUR/MWh from the midnight of each new year, over a leap year."""
    place = make.standing_site(tariff=FLAT | {"trend_per_y": 0.1})
    hour = run(loads(make.scenario(place, horizon_years=3)), hourly=True).operations.hourly
    price = hour["price_per_mwh"][0] - ADDED
    assert price[:8760] == pytest.approx(60)
    assert price[8760 : 2 * 8760] == pytest.approx(66)
    assert price[2 * 8760 :] == pytest.approx(72.6)
    assert price.size == 3 * 8760 + 24


def test_a_fixed_price_for_all_takes_the_hours_out_of_the_bill():
    month, hour = one_year(
        make.standing_site(contracts=[{"id": "c", "share": 1, "price_per_mwh": 55.0, "indexation": 1}])
    )
    assert hour["price_per_mwh"].std() > 10
    assert month["energy_cost"] == pytest.approx(month["facility_mwh"] * (55 + ADDED))


def test_a_capacity_charge_is_on_the_energised_power():
    plain, _ = one_year(make.standing_site(tariff=FLAT))
    charged, _ = one_year(make.standing_site(tariff=FLAT | {"capacity_per_mw_y": 10_000.0}))
    paid = total(charged, "energy_cost") - total(plain, "energy_cost")
    assert paid == pytest.approx(40 * 10_000)
    by_month = charged["energy_cost"] - plain["energy_cost"]
    assert by_month == pytest.approx(40 * 10_000 / 12)  # February as much as March


def test_a_battery_saves_money_and_loses_energy():
    plain, hour = one_year(make.standing_site())
    battery = {"power_mw": 5.0, "energy_mwh": 10.0, "round_trip_efficiency": 0.8}
    month, with_it = one_year(make.standing_site(battery=battery))
    assert total(month, "energy_cost") < total(plain, "energy_cost")
    assert total(month, "facility_mwh") == total(plain, "facility_mwh")
    lost = total(month, "battery_loss_mwh")
    assert total(month, "grid_mwh") == pytest.approx(total(month, "facility_mwh") + lost)
    # at most one cycle a day of 10 MWh out and 12.5 in
    assert 0.5 * 365 * 2.5 < lost <= 365 * 2.5
    assert with_it["grid_mw_drawn"].max() <= 40
    assert np.array_equal(with_it["facility_mw"], hour["facility_mw"])


def test_engines_run_when_the_grid_is_dearer_and_burn_fuel():
    engine = {"power_mw": 4.0, "fuel": "gas", "fuel_price_per_mwh": 40.0, "efficiency": 0.5}
    idle, _ = one_year(make.standing_site(tariff=FLAT, generation=engine))
    assert total(idle, "generated_mwh") == 0
    month, _ = one_year(
        make.standing_site(tariff=FLAT | {"level_per_mwh": 70.0}, generation=engine | {"runs_on_price": True})
    )
    assert total(month, "generated_mwh") == pytest.approx(4 * 8760)
    saved = total(month, "facility_mwh") * (70 + ADDED) - total(month, "energy_cost")
    assert saved == pytest.approx(4 * 8760 * (70 + ADDED - 80))
    assert total(month, "carbon_fuel_t") == pytest.approx(4 * 8760 * 0.202 / 0.5)
    assert total(month, "grid_mwh") == pytest.approx(total(month, "facility_mwh") - 4 * 8760)


def test_backup_is_tested_an_hour_a_month():
    month, _ = one_year(make.standing_site(generation={"power_mw": 20.0}))
    assert total(month, "generated_mwh") == pytest.approx(20 * 12 * 365 / 365.25)
    assert total(month, "carbon_fuel_t") == pytest.approx(240 * 0.2668 / 0.38, rel=0.001)


SUN = {"latitude_deg": 48.9, "longitude_deg": 2.3}


def test_own_sun_saves_grid_energy_at_the_yield_of_the_country():
    """10 MW at 1,102 full-load hours in a year of 365 days, all used by a hall of 16 MW."""
    plain, _ = one_year(make.standing_site(tariff=FLAT))
    month, hour = one_year(make.standing_site(tariff=FLAT, solar=SUN | {"peak_mw": 10.0}))
    assert total(month, "generated_mwh") == pytest.approx(11_020, rel=1e-3)
    assert total(plain, "grid_mwh") - total(month, "grid_mwh") == pytest.approx(total(month, "generated_mwh"))
    saved = total(plain, "energy_cost") - total(month, "energy_cost")
    assert saved == pytest.approx(total(month, "generated_mwh") * (60 + ADDED - 34.25))
    assert month["generated_mwh"][0, 6] > 1.8 * month["generated_mwh"][0, 11]
    assert (hour["grid_mw_drawn"] >= 0).all()


def test_sun_beyond_the_load_is_paid_and_not_exported():
    month, hour = one_year(make.standing_site(tariff=FLAT, solar=SUN | {"peak_mw": 100.0}))
    assert (hour["grid_mw_drawn"] == 0).any()
    assert total(month, "generated_mwh") < 110_200
    paid = total(month, "grid_mwh") * (60 + ADDED) + 110_200 * 34.25
    assert total(month, "energy_cost") == pytest.approx(paid, rel=1e-3)


def test_a_solar_contract_is_paid_as_produced_and_certifies_what_is_drawn():
    ppa = {
        "id": "sun",
        "block_mw": 10.0,
        "price_per_mwh": 40.0,
        "indexation": 1.0,
        "carbon_gco2e_per_kwh": 0.0,
        "solar": SUN | {"full_load_h_per_y": 1102.0},
    }
    plain, _ = one_year(make.standing_site(tariff=FLAT, country="nor"))
    month, _ = one_year(make.standing_site(tariff=FLAT, contracts=[ppa], country="nor"))
    rest = total(plain, "carbon_market_t") / total(plain, "grid_mwh")
    assert total(month, "grid_mwh") == pytest.approx(total(plain, "grid_mwh"))
    saved = total(plain, "energy_cost") - total(month, "energy_cost")
    assert saved == pytest.approx(11_020 * (60 - 40), rel=1e-3)
    certified = (total(plain, "carbon_market_t") - total(month, "carbon_market_t")) / rest
    assert certified == pytest.approx(11_020, rel=1e-3)


def test_a_solar_plant_where_no_yield_is_known_asks_for_one():
    place = make.standing_site(country="fin", solar=SUN | {"peak_mw": 10.0})
    with pytest.raises(ScenarioError, match="full_load_h_per_y: missing, and the catalogue has no"):
        loads(make.scenario(place))


def test_paused_training_is_lost_on_a_full_fleet():
    rule = {"share": 0.3, "hours_per_day": 4, "mode": "shift"}
    plain, _ = one_year(make.standing_site())
    month, hour = one_year(make.standing_site(flexibility=rule))
    lost = total(month, "shed_h100e_h")
    assert lost == pytest.approx(0.3 * H100E * 4 * 365)
    assert total(month, "h100e_h") + lost == pytest.approx(total(plain, "h100e_h"))
    assert total(month, "delayed_h100e_h") == 0
    assert total(month, "curtailed_h100e_h") == 0
    assert total(month, "shed_mwh") == pytest.approx(total(plain, "it_mwh") - total(month, "it_mwh"))
    low = hour["it_mw"][0] < hour["it_mw"].max()
    assert low.reshape(365, 24).sum(axis=1).tolist() == [4] * 365
    assert hour["price_per_mwh"][0][low].mean() > hour["price_per_mwh"][0][~low].mean() + 10


def test_paused_training_is_made_up_for_where_there_is_room():
    rule = {"share": 0.5, "signal": "carbon", "hours_per_day": 6}
    half = {"demand": {"h100e": 0.5 * H100E}}
    plain, _ = one_year(make.standing_site(), **half)
    month, _ = one_year(make.standing_site(flexibility=rule), **half)
    assert total(month, "h100e_h") == pytest.approx(total(plain, "h100e_h"))
    assert total(month, "shed_h100e_h") == pytest.approx(0, abs=1e-6)
    assert total(month, "delayed_h100e_h") == pytest.approx(0.25 * H100E * 6 * 365)
    assert total(month, "carbon_t") < total(plain, "carbon_t")


def test_a_request_is_met_in_the_dearest_hours_of_the_year():
    rule = {"share": 1.0, "signal": "request", "request_hours_per_y": 50}
    _, hour = one_year(make.standing_site(flexibility=rule))
    called = hour["it_mw"][0] < hour["it_mw"].max()
    assert called.sum() == 50
    price = hour["price_per_mwh"][0]
    assert price[called].min() >= np.sort(price)[-50]


def test_a_grid_that_calls_power_back_curtails_exactly_then():
    call = {"share": 0.7, "hours_per_y": 30}
    month, hour = one_year(make.standing_site(grid_call=call))
    drawn = hour["facility_mw"][0]
    assert (drawn < drawn.max() * 0.8).sum() == 30
    assert drawn[drawn < drawn.max() * 0.8].max() <= 0.3 * 40
    assert total(month, "power_limited_h") == 30
    assert total(month, "curtailed_h100e_h") > 0
    whole, dark = one_year(make.standing_site(grid_call={"share": 1.0, "hours_per_y": 10}))
    assert np.sort(dark["facility_mw"][0])[:10].tolist() == [0.0] * 10
    assert total(whole, "power_limited_h") == 10


def test_a_call_on_energised_power_leaves_the_firm_power_that_is_below_it():
    firm = {"unit_mw": 5.0, "units": 4, "redundant_units": 1, "derating": 0.8}  # 12 MW of 40
    _, hour = one_year(make.standing_site(firm_power=firm, grid_call={"share": 0.5, "hours_per_y": 100}))
    assert hour["facility_mw"].min() == pytest.approx(12.0)  # 20 MW are left in the hours called
    _, deep = one_year(make.standing_site(firm_power=firm, grid_call={"share": 0.8, "hours_per_y": 100}))
    assert np.sort(deep["facility_mw"][0])[[0, 99, 100]] == pytest.approx([8.0, 8.0, 12.0])


def test_firm_power_is_k_of_n_derated():
    firm = {"unit_mw": 5.0, "units": 4, "redundant_units": 1, "derating": 0.8}
    month, hour = one_year(make.standing_site(firm_power=firm))
    assert hour["facility_mw"].max() <= 12.0
    assert hour["facility_mw"].max() == pytest.approx(12.0)
    assert total(month, "power_limited_h") == 8760
    # 16 MW of halls, of which 12 MW over the PUE of the hardest hour can be reached: what runs then
    pue = (hour["facility_mw"] / hour["it_mw"])[0]
    hardest = 12.0 / calendar(date(2026, 1, 1), 12).max_by_month(pue)
    assert month["stranded_mw"][0] == pytest.approx(16 - hardest)
    assert (16 - month["stranded_mw"][0]).min() == pytest.approx(hour["it_mw"].min())
    assert month["grid_headroom_mw"] == pytest.approx(0.0, abs=1e-6)


def test_headroom_is_what_the_peak_leaves():
    month, _ = one_year(make.standing_site())
    assert month["grid_headroom_mw"] == pytest.approx(40 - month["facility_peak_mw"])
    assert month["hall_headroom_mw"] == pytest.approx(16 - month["it_peak_mw"])
    assert total(month, "stranded_mw") == 0


@pytest.mark.parametrize(
    ("preset", "margin"),
    [("waterside-tower", 1.0), ("airside-adiabatic-hyperscale", 1.0), ("airside-adiabatic-chillerless", 0.0)],
)
def test_wet_heat_binds_towers_and_outdoor_air(preset, margin):
    """Abu Dhabi is humid: towers and sprays fall short at the highest wet-bulbs, and more so in a wave."""
    cooling = {"preset": preset, "arguments": {"chiller_capacity_margin": margin}}
    place = make.standing_site(climate="abu-dhabi", cooling=cooling)
    month, hour = one_year(place)
    assert 0 < total(month, "cooling_limited_h") < 8760
    limited = hour["it_mw"][0] < hour["it_wanted_mw"][0] * (1 - 1e-9)
    assert limited.sum() == total(month, "cooling_limited_h")
    assert hour["wet_bulb_c"][0][limited].min() > np.percentile(hour["wet_bulb_c"][0], 50)
    wave, _ = one_year(place | {"extreme_heat_k": 5.0})
    assert total(wave, "curtailed_h100e_h") > total(month, "curtailed_h100e_h")
    mild, _ = one_year(make.standing_site(climate="paris", cooling=cooling))
    assert total(mild, "cooling_limited_h") == 0


def test_chillers_short_of_their_part_bind_in_the_heat():
    small = {
        "preset": "air-cooled-chiller",
        "arguments": {"chiller_capacity_margin": 1.0, "chilled_supply_c": 6.67, "free_cooling_share": 0.0},
    }
    place = make.standing_site(climate="abu-dhabi", cooling=small)
    month, hour = one_year(place)
    assert 0 < total(month, "cooling_limited_h") < 8760
    assert total(month, "power_limited_h") == 0
    assert total(month, "curtailed_h100e_h") > 0
    assert month["cooling_curtailed_mwh"] == pytest.approx(month["curtailed_mwh"])
    dry, it = hour["dry_bulb_c"][0], hour["it_mw"][0]
    limited = it < it.max() * (1 - 1e-9)
    assert limited.sum() == total(month, "cooling_limited_h")
    assert dry[limited].min() >= dry[~limited].max() - 1e-9
    wave, _ = one_year(place | {"extreme_heat_k": 5.0})
    assert total(wave, "curtailed_h100e_h") > total(month, "curtailed_h100e_h")


@pytest.mark.parametrize(
    "preset", ["air-cooled-chiller", "dlc-dry-cooler", "dlc-adiabatic", "immersion-dry-cooler"]
)
def test_a_heat_wave_binds_dry_plants_and_ordinary_years_do_not(preset):
    """A margin of 1.2 on the climate's 99.6th percentile is enough in its own years, and not 15 K above."""
    for climate in ("abu-dhabi", "paris"):
        place = make.standing_site(climate=climate, cooling={"preset": preset})
        ordinary, _ = one_year(place)
        assert total(ordinary, "cooling_limited_h") == 0
        wave, hour = one_year(place | {"extreme_heat_k": 15.0})
        assert 0 < total(wave, "cooling_limited_h") < 21 * 24
        limited = hour["it_mw"][0] < hour["it_wanted_mw"][0] * (1 - 1e-9)
        assert hour["dry_bulb_c"][0][limited].min() > 40.0


def test_heat_is_given_away_when_it_is_cold():
    month, hour = one_year(make.standing_site(heat_reuse={"share": 0.5}))
    cold = hour["dry_bulb_c"][0] < 15
    assert total(month, "reused_heat_mwh") == pytest.approx(0.5 * hour["it_mw"][0][cold].sum())
    assert month["reused_heat_mwh"][0, 0] > 1.5 * month["reused_heat_mwh"][0, 6]


def test_embodied_carbon_is_amortised():
    month, _ = one_year(make.standing_site())
    year = 365 / 365.25
    by_hand = (CHIPS * 0.318 / 5 + 16 * 1000 / 20) * year
    assert total(month, "carbon_embodied_t") == pytest.approx(by_hand)


def test_embodied_carbon_ends_with_the_life_and_is_charged_once():
    life = {"accelerator_life_years": 4.0, "facility_life_years": 3.0}
    place = make.standing_site(footprint=life)
    month = run(loads(make.scenario(place, horizon_years=8))).operations.monthly["carbon_embodied_t"][0]
    # in service and ready before the start: what was charged until then is gone
    racks_d = (make.START - place["phases"][0]["deployments"][0]["in_service_on"]).days
    hall_d = (make.START - place["phases"][0]["ready_for_service_on"]).days
    left = CHIPS * 0.318 * (1 - racks_d / (4 * 365.25)) + 16 * 1000 * (1 - hall_d / (3 * 365.25))
    assert month.sum() == pytest.approx(left)
    assert month[48] == 0.0


def test_what_leaves_early_is_charged_whole_by_then():
    order = make.standing_hall()["deployments"][0] | {"refresh": {"age_years": 2.0}}
    place = make.standing_site(phases=[make.standing_hall() | {"deployments": [order]}])
    place |= {"footprint": {"tco2e_per_critical_it_mw": 0.0}}
    month = run(loads(make.scenario(place, horizon_years=4))).operations.monthly["carbon_embodied_t"][0]
    before_d, life_d = (make.START - order["in_service_on"]).days, 5 * 365.25
    assert month.sum() == pytest.approx(CHIPS * 0.318 * (1 - before_d / life_d))
    # evenly over the stated life of five years, and what is left of it in the month in which they go
    left = 1 - 2 * 365.25 / life_d
    assert month.max() == pytest.approx(CHIPS * 0.318 * left, rel=0.1)


def test_a_power_cap_saves_power_and_costs_throughput():
    plain, hour = one_year(make.standing_site())
    capped, low = one_year(make.standing_site(), workload=make.FULL_LOAD | {"power_cap": 6 / 7})
    assert low["it_mw"].max() == pytest.approx(hour["it_mw"].max() * (1 - make.MODULES_SHARE / 7))
    lost = 1.2 * (1 / 7) ** 1.8
    assert total(capped, "h100e_h") == pytest.approx((1 - lost) * total(plain, "h100e_h"))
    assert total(capped, "shed_h100e_h") == pytest.approx(lost * total(plain, "h100e_h"))


HALF = {"allocation": 1.0, "busy_share": 0.5, "power_utilisation": 0.8}


def test_a_bent_power_curve_lies_above_the_line_and_gives_the_same_compute():
    line, _ = one_year(make.standing_site(), workload=HALF)
    bent, hour = one_year(make.standing_site(), workload=HALF | {"power_exponent": 1.4})
    nameplate = 100 * make.SYSTEM_MW["gb300-nvl72"]
    idle = load_catalog().entry("systems", "gb300-nvl72").number("idle_share")
    by_hand = nameplate * (idle + (1 - idle) * (2 * 0.4 - 0.4**1.4))
    assert hour["it_mw"] == pytest.approx(by_hand)
    assert total(bent, "it_mwh") > 1.1 * total(line, "it_mwh")
    assert np.array_equal(bent["h100e_h"], line["h100e_h"])


def test_full_load_draws_the_nameplate_on_any_curve():
    line, _ = one_year(make.standing_site())
    bent, _ = one_year(make.standing_site(), workload=make.FULL_LOAD | {"power_exponent": 1.4})
    assert bent["it_mwh"] == pytest.approx(line["it_mwh"], rel=1e-12)


def test_a_power_cap_holds_on_a_bent_curve():
    use = make.FULL_LOAD | {"power_cap": 0.7, "power_exponent": 1.4}
    month, hour = one_year(make.standing_site(), workload=use)
    assert hour["it_mw"].max() == pytest.approx(
        (1 - 0.3 * make.MODULES_SHARE) * 100 * make.SYSTEM_MW["gb300-nvl72"]
    )
    assert total(month, "shed_h100e_h") > 0


def test_backup_standing_by_is_a_loss_and_no_heat():
    plain, _ = one_year(make.standing_site())
    waiting, hour = one_year(make.standing_site(electrical={"backup_self_use_share": 0.002}))
    lost = total(waiting, "losses_mwh") - total(plain, "losses_mwh")
    assert lost == pytest.approx(16.0 * 0.002 * 8760 / (0.985 * 0.99))
    assert np.array_equal(waiting["cooling_mwh"], plain["cooling_mwh"])
    assert np.array_equal(waiting["it_mwh"], plain["it_mwh"])
    parts = hour["it_mw"] + hour["cooling_mw"] + hour["losses_mw"]
    np.testing.assert_allclose(hour["facility_mw"], parts, rtol=1e-9, atol=0.0)


def test_an_oversubscribed_hall_caps_in_the_hours_its_users_are_awake():
    racks = {"id": "racks", "system": "gb300-nvl72", "systems": 120, "in_service_on": date(2025, 7, 1)}
    with pytest.raises(ScenarioError, match="more than the phase's critical_it_mw"):
        one_year(make.standing_site(phases=[make.standing_hall(deployments=[racks])]))
    full = make.standing_hall(deployments=[racks], oversubscription=1.25)
    day = {"name": "diurnal", "arguments": {"daily_amplitude": 0.5, "weekend_share": 0.8}}
    demand = {"h100e": 0.75 * 1.2 * H100E, "shape": day}
    month, hour = one_year(make.standing_site(phases=[full]), demand=demand)
    assert hour["it_mw"].max() <= 16.0
    assert 0 < total(month, "power_limited_h") < 4380
    assert total(month, "curtailed_h100e_h") > 0


def test_services_go_before_jobs_and_jobs_can_wait():
    chat = {
        "id": "chat",
        "users": 1e6,
        "active_share": 1.0,
        "messages_per_user_day": 86.4,
        "tokens_per_message": 500,
        "h100_s_per_token": 0.002,
        "memory_bound_share": 0.0,
    }
    # 1,000 H100e of messages all day, jobs for half the rest and then for more than the rest
    month, _ = one_year(make.standing_site(), demand={"services": [chat], "h100e": 5000.0})
    assert total(month, "demand_h100e_h") == pytest.approx(6000 * 8760)
    assert total(month, "turned_away_h100e_h") == pytest.approx(0.0, abs=1e-6)
    assert total(month, "h100e_h") == pytest.approx(6000 * 8760)
    assert month["demand_peak_h100e"].max() == pytest.approx(6000)
    more = {"services": [chat], "h100e": H100E}
    away, _ = one_year(make.standing_site(), demand=more)
    assert total(away, "turned_away_h100e_h") == pytest.approx(1000 * 8760)
    assert total(away, "h100e_h") == pytest.approx(H100E * 8760)
    wait, _ = one_year(make.standing_site(), demand=more | {"when_short": "queued"})
    assert total(wait, "turned_away_h100e_h") == 0
    assert wait["queued_h100e_h"][0, -1] == pytest.approx(1000 * 8760)


def test_accelerators_that_work_half_the_time_are_held_for_twice_the_demand():
    job = {"allocation": 0.8, "busy_share": 0.5, "power_utilisation": 1.0}
    # 3,000 at work hold 6,000; all 18,191 in service can do 0.8 x 0.5 = 7,276 of the 9,000 asked for later
    month, hour = one_year(make.standing_site(), demand={"h100e": 3000.0}, workload=job)
    assert total(month, "demand_h100e_h") == pytest.approx(3000 * 8760)
    assert total(month, "h100e_h") == pytest.approx(3000 * 8760)
    assert month["demand_peak_h100e"].max() == pytest.approx(6000)
    # 80 % of the racks are held, half the time at work: 15.96 MW x (0.211 + 0.789 x 0.4) for 0.8 x H100E
    held_mw = 15.9552 * (0.210784 + 0.789216 * 0.4) * 6000 / (0.8 * H100E)
    pue = hour["facility_mw"] / hour["it_mw"]
    assert month["demand_peak_mw"].max() == pytest.approx(held_mw * pue.max(), rel=1e-6)
    short, _ = one_year(make.standing_site(), demand={"h100e": 9000.0}, workload=job)
    done = 0.8 * 0.5 * H100E
    assert total(short, "h100e_h") == pytest.approx(done * 8760)
    assert total(short, "turned_away_h100e_h") == pytest.approx((9000 - done) * 8760)


def test_a_service_ends_and_its_shape_peaks():
    day = {"name": "diurnal", "arguments": {"daily_amplitude": 0.5, "weekend_share": 1.0}}
    chat = {
        "id": "chat",
        "users": 1e6,
        "active_share": 1.0,
        "messages_per_user_day": 86.4,
        "tokens_per_message": 500,
        "h100_s_per_token": 0.002,
        "memory_bound_share": 0.0,
        "months": 6,
        "shape": day,
        "starts_on": date(2026, 4, 1),
    }
    month, _ = one_year(make.standing_site(), demand={"services": [chat]})
    asked = month["demand_h100e_h"][0]
    assert asked[:3].sum() == 0
    assert asked[10:].sum() == 0
    assert month["demand_peak_h100e"].max() == pytest.approx(1500)
    idle = {"services": [chat | {"users": 0.0}]}
    assert total(one_year(make.standing_site(), demand=idle)[0], "h100e_h") == 0


def test_a_weather_file_takes_the_climates_place(tmp_path):
    rows = "\n".join(["30.0,20.0"] * 8760)
    (tmp_path / "hot.csv").write_text(f"dry_bulb_c,wet_bulb_c\n{rows}\n", "utf-8")
    _, hour = one_year(make.standing_site(weather_file=str(tmp_path / "hot.csv")))
    assert set(hour["dry_bulb_c"][0]) == {30.0}
    warmer, _ = run_two(make.standing_site(weather_file=str(tmp_path / "hot.csv"), warming_k_per_decade=1.0))
    assert warmer["dry_bulb_c"][0, -1] == pytest.approx(30 + 0.2, abs=0.01)
    with pytest.raises(ScenarioError, match="weather_file: no such file"):
        one_year(make.standing_site(weather_file=str(tmp_path / "none.csv")))


def run_two(place):
    result = run(loads(make.scenario(place)), hourly=True)
    return result.operations.hourly, result.operations.monthly


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {
                "contracts": [
                    {"id": "a", "share": 0.6, "price_per_mwh": 1},
                    {"id": "b", "share": 0.5, "price_per_mwh": 1},
                ]
            },
            "shares must not sum to more than 1",
        ),
        ({"generation": {"power_mw": 1.0, "fuel": "dielse"}}, "unknown fuel; did you mean diesel"),
        ({"flexibility": {"share": 1.5, "hours_per_day": 4}}, "must be at most 1"),
        ({"flexibility": {"share": 0.5}}, "needs hours_per_day with signal price"),
        ({"firm_power": {"unit_mw": 5.0, "units": 1, "redundant_units": 2}}, "must be less than units"),
        ({"battery": {"power_mw": 1.0}}, "battery.energy_mwh"),
    ],
)
def test_what_cannot_be_is_refused(change, words):
    with pytest.raises(ScenarioError, match=words):
        loads(make.scenario(make.standing_site(**change)))


def test_the_shape_of_a_service_is_checked():
    chat = {"id": "chat", "users": 1.0, "shape": {"name": "diurnel"}}
    with pytest.raises(ScenarioError, match=r"demand.services.chat.shape.name: .*diurnal"):
        loads(make.scenario(make.standing_site(), demand={"services": [chat]}))


SMALL = [{"id": "g1", "grid_mw": 5.0, "energised_on": date(2024, 1, 1)}]
"""A connection far below what the hall draws."""
ENGINES = {"power_mw": 17.0, "fuel": "gas"}


def test_engines_that_bridge_carry_what_the_connection_does_not():
    plain, free = one_year(make.standing_site())
    month, hour = one_year(
        make.standing_site(grid_connection=SMALL, generation=ENGINES | {"runs_when_short": True})
    )
    # the hall draws 17.7 to 21.3 MW: 5 from the grid, the rest, below 17, from the engines
    assert 17 < free["facility_mw"].min() <= free["facility_mw"].max() < 22
    np.testing.assert_allclose(hour["facility_mw"], free["facility_mw"], rtol=1e-12)
    np.testing.assert_allclose(hour["grid_mw_drawn"], 5.0, rtol=1e-12)
    assert total(month, "curtailed_mwh") == total(month, "power_limited_h") == 0
    assert total(month, "stranded_mw") == 0
    assert total(month, "generated_mwh") == pytest.approx(total(plain, "facility_mwh") - 5.0 * 8760)


def test_engines_that_run_on_price_relieve_the_meter_while_they_run():
    cheap = ENGINES | {"runs_on_price": True, "fuel_price_per_mwh": 1.0}
    dear = ENGINES | {"runs_on_price": True, "fuel_price_per_mwh": 1000.0}
    for tariff, engines, limited in ((FLAT, cheap, 0), (FLAT, dear, 8760)):
        month, hour = one_year(make.standing_site(tariff=tariff, grid_connection=SMALL, generation=engines))
        assert total(month, "power_limited_h") == limited
        assert hour["grid_mw_drawn"].max() <= 5.0 * (1 + 1e-12)


def test_too_small_engines_leave_the_meter_at_its_limit_and_the_rest_is_curtailed():
    engines = ENGINES | {"power_mw": 4.0, "runs_when_short": True}
    month, hour = one_year(make.standing_site(grid_connection=SMALL, generation=engines))
    np.testing.assert_allclose(hour["facility_mw"], 5.0 + 4.0, rtol=1e-9)
    assert hour["grid_mw_drawn"].max() <= 5.0 + 1e-9
    assert total(month, "power_limited_h") == 8760


def test_engines_carry_the_hours_in_which_the_grid_calls():
    call = {"share": 0.9, "hours_per_y": 40}  # 4 of 40 MW are left
    alone, _ = one_year(make.standing_site(grid_call=call))
    engines = ENGINES | {"runs_when_short": True}
    month, hour = one_year(make.standing_site(grid_call=call, generation=engines))
    assert total(alone, "power_limited_h") == 40
    assert total(month, "power_limited_h") == 0
    called = hour["grid_mw_drawn"][0] < 5.0
    assert called.sum() == 40
    assert hour["grid_mw_drawn"][0][called] == pytest.approx(4.0, rel=1e-12)


def test_own_sun_relieves_the_meter_only_in_the_hours_it_shines():
    tight = [{"id": "g1", "grid_mw": 12.0, "energised_on": date(2024, 1, 1)}]
    _, dark = one_year(make.standing_site(grid_connection=tight))
    _, hour = one_year(make.standing_site(grid_connection=tight, solar=SUN | {"peak_mw": 20.0}))
    at_noon = np.arange(8760) % 24 == 12
    at_midnight = np.arange(8760) % 24 == 0
    assert np.all(hour["facility_mw"][0][at_noon] > dark["facility_mw"][0][at_noon] + 0.5)
    np.testing.assert_allclose(hour["facility_mw"][0][at_midnight], 12.0, rtol=1e-9)
    assert hour["grid_mw_drawn"].max() <= 12.0 * (1 + 1e-9)


def test_headroom_counts_the_charge_of_a_battery():
    month, hour = one_year(make.standing_site(battery={"power_mw": 5.0, "energy_mwh": 20.0}))
    least = 40.0 - hour["grid_mw_drawn"][0][: 31 * 24].max()
    assert month["grid_headroom_mw"][0][0] == pytest.approx(least, rel=1e-12)
    assert least < 40.0 - month["facility_peak_mw"][0][0] - 2.0


def test_headroom_is_that_of_firm_power_and_of_the_hours_called():
    firm = {"unit_mw": 10.0, "units": 3, "redundant_units": 1}
    month, _ = one_year(make.standing_site(firm_power=firm))
    assert month["grid_headroom_mw"] == pytest.approx(20.0 - month["facility_peak_mw"])
    # a call of 40 % leaves 24 of 40 MW: January's dearest hours among them
    month, hour = one_year(make.standing_site(grid_call={"share": 0.4, "hours_per_y": 4000}))
    called = hour["price_per_mwh"][0] >= np.sort(hour["price_per_mwh"][0])[-4000]
    january = np.arange(8760) < 31 * 24
    assert 0 < (called & january).sum() < january.sum()
    left = 24.0 - hour["grid_mw_drawn"][0][called & january].max()
    assert month["grid_headroom_mw"][0][0] == pytest.approx(left, rel=1e-12)


def test_services_answer_while_jobs_pause():
    # 2 million users ask for a fixed number of H100e, jobs for a third of the fleet
    chat = {"id": "chat", "users": 2e6}
    jobs = {"demand": {"services": [chat], "h100e": H100E / 3}}
    plain, _ = one_year(make.standing_site(), **jobs)
    only, _ = one_year(make.standing_site(), demand={"services": [chat]})
    rule = {"share": 1.0, "hours_per_day": 24, "mode": "shed"}
    month, _ = one_year(make.standing_site(flexibility=rule), **jobs)
    assert 0 < total(only, "h100e_h") < total(plain, "h100e_h")
    # all hours of all days are avoided, so the jobs are lost in full and the services not at all
    assert total(month, "h100e_h") == pytest.approx(total(only, "h100e_h"), rel=1e-9)
    assert total(month, "shed_h100e_h") == pytest.approx(H100E / 3 * 8760, rel=1e-9)


def test_a_day_of_equal_prices_has_no_hours_to_avoid():
    rule = {"share": 0.5, "hours_per_day": 4, "mode": "shed"}
    month, _ = one_year(make.standing_site(tariff=FLAT | {"trend_per_y": 0.0}, flexibility=rule))
    assert total(month, "shed_h100e_h") == total(month, "shed_mwh") == 0


def test_a_battery_fades_and_is_replaced_after_its_life():
    battery = {"power_mw": 5.0, "energy_mwh": 10.0, "fade_per_y": 0.5, "life_years": 2.0}
    place = make.standing_site(battery=battery)
    hour = run(loads(make.scenario(place, horizon_years=3)), hourly=True).operations.hourly
    given = -np.minimum(hour["grid_mw_drawn"] - hour["facility_mw"], 0.0)[0]
    by_day = given.reshape(-1, 24).sum(axis=1)
    most = [by_day[first : first + 300].max() for first in (0, 370, 740)]
    assert most == pytest.approx([10.0, 5.0, 10.0], abs=1e-6)


def test_a_tariff_of_large_loads_bills_the_least_demand():
    """40 MW energised, 85 % of them billed at 10,000 EUR/MW and month, whatever less is drawn."""
    plain, _ = one_year(make.standing_site(tariff=FLAT))
    demand = {"demand_per_mw_month": 10_000.0, "minimum_demand_share": 0.85}
    month, _ = one_year(make.standing_site(tariff=FLAT | demand))
    assert month["facility_peak_mw"].max() < 34.0
    charge = total(month, "energy_cost") - total(plain, "energy_cost")
    assert charge == pytest.approx(12 * 34.0 * 10_000.0)


def test_generation_has_a_least_demand_of_its_own():
    """40 MW energised: 85 % of them for the wires, 60 % or the peak for the plants."""
    wires = {"demand_per_mw_month": 10_000.0, "minimum_demand_share": 0.85}
    plants = {"generation_demand_per_mw_month": 5_000.0, "minimum_generation_share": 0.6}
    plain, _ = one_year(make.standing_site(tariff=FLAT))
    month, _ = one_year(make.standing_site(tariff=FLAT | wires | plants))
    generation = np.maximum(month["facility_peak_mw"], 24.0).sum() * 5_000.0
    charge = total(month, "energy_cost") - total(plain, "energy_cost")
    assert charge == pytest.approx(12 * 34.0 * 10_000.0 + generation)
