"""The hour a planner asks for, and the duration curve.

Tests `projection.hour_views`, `report.hour_tables`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capsim.errors import ProjectionError
from capsim.pipeline import simulate
from capsim.projection.hour_views import SiteHours, time_asked
from capsim.report.hour_tables import hour_listing, off_design
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


@pytest.fixture(scope="module")
def projection():
    return simulate(loads(make.scenario(make.standing_site(), horizon_years=1)), hourly=True)


def test_the_hardest_and_the_hottest_hour(projection):
    rows = projection.hourly.sel(site="a").to_dataframe()
    hardest, hottest = projection.hour("a"), projection.hour("a", "hottest")
    assert hardest["facility_mw"] == rows["facility_mw"].max()
    assert hottest["dry_bulb_c"] == rows["dry_bulb_c"].max()
    assert hardest["pue"] == pytest.approx(hardest["facility_mw"] / hardest["it_mw"])
    assert hardest["grid_carries_it_mw"] == pytest.approx(hardest["grid_mw_usable"] / hardest["pue"])


def in_service_from(day):
    """A site in Paris whose hall is there from a day on, over a year."""
    late = make.standing_hall(ready_for_service_on=day)
    late["deployments"] = [late["deployments"][0] | {"in_service_on": day}]
    place = make.standing_site(phases=[late])
    return simulate(loads(make.scenario(place, horizon_years=1)), hourly=True)


def test_the_hottest_hour_is_one_with_load():
    shown = in_service_from(date(2026, 10, 1))  # after the summer
    hottest = shown.hour("a", "hottest")
    rows = shown.hourly.sel(site="a").to_dataframe()
    loaded = rows[rows["facility_mw"] > 0]
    assert loaded.index[0] >= pd.Timestamp(2026, 10, 1)
    assert hottest["dry_bulb_c"] == loaded["dry_bulb_c"].max() < rows["dry_bulb_c"].max()
    assert hottest["facility_mw"] > 0


def test_the_design_hour_is_the_hardest_in_the_air_the_cooling_is_sized_for(projection):
    """Paris: 30.9 degC, the dry-bulb that 0.4 % of the hours exceed, 0.85 K above the typical year's."""
    design = projection.hour("a", "design")
    assert design["design_dry_bulb_c"] == pytest.approx(30.9)
    assert design["dry_bulb_c"] == pytest.approx(30.9, abs=0.25)
    rows = projection.hourly.sel(site="a").to_dataframe()
    near = rows[(rows["dry_bulb_c"] - 30.9).abs() <= 0.25]
    assert len(near) > 1
    assert design["facility_mw"] == near["facility_mw"].max() <= projection.hour("a")["facility_mw"]
    assert design.attrs["units"]["design_dry_bulb_c"] == "degC"


def test_the_design_hour_is_one_with_load_and_says_how_far_off_it_is(projection):
    """In service in December only, when Paris is far from its 30.9 degC: the warmest hour of December."""
    shown = in_service_from(date(2026, 12, 1))
    design = shown.hour("a", "design")
    assert design["facility_mw"] > 0
    assert design.name >= pd.Timestamp(2026, 12, 1)
    december = shown.hourly["dry_bulb_c"].sel(site="a", hour="2026-12").to_numpy()
    assert design["dry_bulb_c"] == december.max() < 20
    off = f"the nearest is {30.9 - december.max():.3g} K below; "
    assert off_design(design).endswith(off)
    assert off_design(design).startswith("no hour with load is within 0.25 K of the design day")
    assert hour_listing(shown, "a", "design")[0].title.endswith(off + "no limit binds")
    assert off_design(projection.hour("a", "design")) == ""


def largest_share_held(hours):
    """The largest share of the IT load wanted that is held back in any of some hours."""
    return float(((hours["it_wanted_mw"] - hours["it_mw"]) / hours["it_wanted_mw"]).max())


@pytest.mark.parametrize(
    "limit",
    [
        # what a mean hour takes of 16 MW of IT, so that the meter binds on warm days
        {"grid_connection": [{"id": "g1", "grid_mw": 20.0, "energised_on": date(2024, 1, 1)}]},
        {
            "climate": "abu-dhabi",
            "extreme_heat_k": 10.0,
            "cooling": {"preset": "air-cooled-chiller", "arguments": {"chiller_capacity_margin": 1.0}},
        },
    ],
)
def test_where_a_limit_binds_the_hardest_hour_is_the_one_it_holds_back_most(limit):
    scenario = loads(make.scenario(make.standing_site(**limit), horizon_years=1, workload=make.FULL_LOAD))
    shown = simulate(scenario, hourly=True)
    hours = shown.hourly.sel(site="a").to_dataframe()
    most = largest_share_held(hours)
    assert most > 0.02
    for at, air_c in (("hardest", None), ("design", shown.hour("a", "design")["design_dry_bulb_c"])):
        hour = shown.hour("a", at)
        there = hours if air_c is None else hours[(hours["dry_bulb_c"] - air_c).abs() <= 0.25]
        assert 1.0 - hour["it_mw"] / hour["it_wanted_mw"] == pytest.approx(
            largest_share_held(there), abs=1e-6
        )
    # and so does the finding of the same limit name that weather
    heat = shown.heat.sites["a"]
    if heat["stranded_it_mw"] > 0.0:
        assert shown.hour("a")["dry_bulb_c"] == pytest.approx(heat["hottest_dry_bulb_c"], abs=0.1)


def test_hours_of_one_site_are_those_of_all():
    sites = [make.standing_site(id="a"), make.standing_site(id="b", climate="dallas")]
    scenario = loads(make.scenario(*sites, horizon_years=1))
    kept = SiteHours("b")
    simulate(scenario, hourly=kept)
    assert kept.dataset(scenario).identical(simulate(scenario, hourly=True).hourly.sel(site=["b"]))


@pytest.mark.parametrize(
    "at", ["2026-07-15T15", "2026-07-15 15:00", "2026-07-15T15Z", "2026-07-15T17:00+02:00"]
)
def test_an_hour_in_other_spellings(projection, at):
    assert projection.hour("a", at).name == pd.Timestamp(2026, 7, 15, 15)


def test_half_an_hour_is_no_hour(projection):
    with pytest.raises(KeyError, match="whole UTC hours from 2026-01-01T00 to 2026-12-31T23"):
        projection.hour("a", "2026-07-15T15:30")


def test_an_hour_by_its_time(projection):
    values = projection.hour("a", "2026-07-15T15")
    assert values.name == pd.Timestamp(2026, 7, 15, 15)
    hour = (31 + 28 + 31 + 30 + 31 + 30 + 14) * 24 + 15
    assert values["dry_bulb_c"] == float(projection.hourly["dry_bulb_c"][0, hour])


def test_the_duration_curve_has_every_hour_in_falling_order(projection):
    curve = projection.duration_curve("a", 2026)
    assert len(curve) == 8760
    assert np.all(np.diff(curve) <= 0)
    assert curve.sum() == pytest.approx(float(projection.monthly["facility_mwh"].sum()))
    assert projection.duration_curve("a", 2026, "dry_bulb_c").iloc[0] > 30


def test_what_is_not_there(projection):
    for call in (
        lambda: projection.hour("b"),
        lambda: projection.hour("a", "2030-01-01"),
        lambda: projection.hour("a", "noon"),
        lambda: projection.duration_curve("a", 2030),
        lambda: projection.duration_curve("a", 2026, "nothing"),
    ):
        with pytest.raises(KeyError):
            call()
    with pytest.raises(ProjectionError, match="hourly=True"):
        simulate(loads(make.scenario(make.standing_site(), horizon_years=1))).hour("a")


FIRM = {"unit_mw": 10.0, "units": 2, "redundant_units": 1, "derating": 0.9}


def an_hour(at="hardest", workload=make.FULL_LOAD, **changes):
    scenario = loads(make.scenario(make.standing_site(**changes), horizon_years=1, workload=workload))
    return simulate(scenario, hourly=True).hour("a", at)


def test_an_hour_says_what_binds_and_what_is_left():
    """100 racks at 0.159552 MW in a hall of 16 MW: it leaves 0.0448 MW, the meter 40 MW less the load."""
    free = an_hour()
    assert free.attrs["binds"] == "nothing"
    assert free["it_mw"] == pytest.approx(100 * 0.159552)
    assert free["hall_headroom_mw"] == pytest.approx(16 - 15.9552)
    assert free["grid_mw_usable"] == free["grid_mw_energised"] == 40
    assert free["grid_headroom_mw"] == pytest.approx(40 - free["facility_mw"])
    assert free["cooling_capacity_it_mw"] - free["it_mw"] == free["cooling_headroom_it_mw"]
    assert free["cooling_headroom_it_mw"] > 0
    assert free["h100e_delivered"] == pytest.approx(7200 * 5000 / 1979)
    assert free["energy_cost_eur_per_h"] == pytest.approx(free["facility_mw"] * free["price_eur_per_mwh"])
    assert free["carbon_t_per_h"] == pytest.approx(free["facility_mw"] * free["carbon_g_per_kwh"] / 1000)
    assert set(free.index) == set(free.attrs["units"]) == set(free.attrs["long_name"])


def test_firm_power_of_nine_megawatts_binds_at_the_meter():
    """2 transformers of 10 MW less one, derated to 0.9: 9 MW of 40 contracted."""
    short = an_hour(firm_power=FIRM)
    assert short.attrs["binds"] == "the power at the meter"
    assert (short["grid_mw_energised"], short["grid_mw_usable"]) == (40, 9)
    assert short["grid_mw_drawn"] == pytest.approx(9)
    assert short["grid_headroom_mw"] == 0
    assert short["held_by_meter_mw"] == pytest.approx(15.9552 - short["it_mw"])
    assert short["held_by_halls_mw"] == short["held_by_cooling_mw"] == 0


def test_halls_bind_before_the_meter():
    """100 racks of 0.159552 MW in a hall of 12 MW hold back 3.9552 MW; the meter takes the rest."""
    small = make.standing_hall(critical_it_mw=12.0, oversubscription=1.5)
    halls = an_hour(phases=[small])
    assert halls.attrs["binds"] == "the halls"
    assert halls["held_by_halls_mw"] == pytest.approx(15.9552 - 12)
    both = an_hour(phases=[small], firm_power=FIRM)
    limits = "the halls, then the power at the meter", "the power at the meter, then the halls"
    assert both.attrs["binds"] in limits
    assert both["held_by_halls_mw"] + both["held_by_meter_mw"] == pytest.approx(15.9552 - both["it_mw"])


def test_a_plant_too_small_for_the_heat_binds():
    hot = an_hour(
        "hottest",
        climate="abu-dhabi",
        extreme_heat_k=10.0,
        cooling={"preset": "air-cooled-chiller", "arguments": {"chiller_capacity_margin": 1.0}},
    )
    assert hot.attrs["binds"] == "the cooling"
    assert hot["it_mw"] == pytest.approx(hot["cooling_capacity_it_mw"], rel=1e-6)
    assert hot["cooling_headroom_it_mw"] == 0
    assert hot["held_by_cooling_mw"] == pytest.approx(15.9552 - hot["it_mw"])


MEANINGS = {
    "energy_cost_eur_per_h": "energy_cost_eur",
    "carbon_t_per_h": "carbon_t",
    "carbon_fuel_t_per_h": "carbon_fuel_t",
    "h100e_delivered": "h100e_h",
    "generated_mw": "generated_mwh",
    "battery_mw": "battery_loss_mwh",
    "held_by_cooling_mw": "cooling_curtailed_mwh",
}


def test_the_hours_add_up_to_the_months():
    """Under limits of all kinds, own power, a capacity charge and demand."""
    place = make.standing_site(
        climate="tucson",
        extreme_heat_k=10.0,
        cooling={"preset": "air-cooled-chiller", "arguments": {"chiller_capacity_margin": 1.0}},
        firm_power={"unit_mw": 20.0, "units": 1},
        grid_call={"share": 0.7, "hours_per_y": 200},
        tariff={"preset": "fr-datacenter", "capacity_per_mw_y": 12_000.0},
        battery={"power_mw": 1.0, "energy_mwh": 4.0},
        generation={"power_mw": 2.0, "fuel": "gas", "runs_on_price": True},
        flexibility={"share": 0.4, "hours_per_day": 5},
    )
    scenario = loads(make.scenario(place, horizon_years=1, demand={"h100e": 17_900.0}))
    shown = simulate(scenario, hourly=True)
    hours = shown.hourly.sel(site="a").to_dataframe().drop(columns="site")
    months = shown.monthly.sel(site="a")
    for hourly, monthly in MEANINGS.items():
        by_month = hours[hourly].groupby(hours.index.month).sum().to_numpy()
        assert np.abs(by_month).max() > 0, hourly
        np.testing.assert_allclose(by_month, months[monthly].to_numpy(), rtol=1e-9, atol=1e-6, err_msg=hourly)
    held = hours["held_by_halls_mw"] + hours["held_by_cooling_mw"] + hours["held_by_meter_mw"]
    np.testing.assert_allclose(held, hours["it_wanted_mw"] - hours["it_mw"], atol=1e-6)
    assert held.sum() == pytest.approx(float(months["curtailed_mwh"].sum()))
    assert (hours["held_by_meter_mw"] > 0).sum() > 0


@pytest.mark.parametrize("at", ["nonsense", "2030-13-01"])
def test_a_time_that_is_none_is_refused_before_anything_is_projected(at):
    with pytest.raises(KeyError, match="give hardest, hottest, design or a time such as"):
        time_asked(at)


def test_a_time_is_read_in_utc_and_an_hour_that_is_found_has_none():
    assert time_asked("2030-07-15T15+02:00") == pd.Timestamp("2030-07-15T13")
    assert time_asked("hardest") is None
