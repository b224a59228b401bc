"""What holds in every hour: the energy balance, and the limits of halls and grid connection."""

import runpy
from datetime import date
from itertools import pairwise, permutations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.catalog import climate_names
from capsim.models.psychrometrics import saturated_enthalpy_kj_per_kg, water_of_enthalpy
from capsim.operations.spans import Spans
from capsim.pipeline import run
from capsim.scenario.loading import loads
from capsim.units import HOURS_PER_DAY

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))


@settings(max_examples=40)
@given(make.portfolios(), st.integers(0, 10))
def test_balance_and_limits_hold_in_every_hour(mapping, seed):
    scenario = loads(mapping)
    hour = run(scenario, seed=seed, hourly=True).operations.hourly
    for site, place in enumerate(scenario.sites):
        energised = np.minimum(hour["critical_it_mw_ready"][site], hour["grid_mw_energised"][site])
        losses = make.chain_losses_mw(place, hour["it_mw"][site], energised, hour["cooling_mw"][site])
        np.testing.assert_allclose(hour["losses_mw"][site], losses, rtol=1e-9, atol=1e-9)
        parts = hour["it_mw"][site] + hour["cooling_mw"][site] + losses
        np.testing.assert_allclose(hour["facility_mw"][site], parts, rtol=1e-9, atol=1e-9)
    for name in ("it_mw", "cooling_mw", "losses_mw"):
        assert np.all(hour[name] >= 0), name
    assert np.all(hour["facility_mw"] >= hour["it_mw"])
    assert np.all(hour["it_mw"] <= hour["critical_it_mw_ready"])
    assert np.all(hour["it_mw"] <= hour["it_wanted_mw"])
    assert np.all(hour["facility_mw"] <= hour["grid_mw_energised"])


@settings(max_examples=20)
@given(make.portfolios())
def test_months_are_sums_and_peaks_of_their_hours(mapping):
    result = run(loads(mapping), hourly=True)
    calendar, month, hour = result.scenario.calendar, result.operations.monthly, result.operations.hourly
    edges = calendar.month_start_d * HOURS_PER_DAY
    for name in ("it", "cooling", "losses", "facility"):
        for m, (first, last) in enumerate(pairwise(edges)):
            inside = hour[f"{name}_mw"][:, first:last]
            assert month[f"{name}_mwh"][:, m] == pytest.approx(inside.sum(axis=1), rel=1e-12)
            if name in {"it", "facility"}:
                assert np.array_equal(month[f"{name}_peak_mw"][:, m], inside.max(axis=1))
    wanted = calendar.sum_by_month(hour["it_wanted_mw"])
    assert month["curtailed_mwh"] == pytest.approx(wanted - month["it_mwh"], rel=1e-9, abs=1e-9)
    cost = calendar.sum_by_month(hour["facility_mw"] * hour["price_per_mwh"])
    assert month["energy_cost"] == pytest.approx(cost, rel=1e-12, abs=1e-9)
    carbon_t = calendar.sum_by_month(hour["facility_mw"] * hour["carbon_g_per_kwh"]) / 1000
    assert month["carbon_t"] == pytest.approx(carbon_t, rel=1e-12)


@settings(max_examples=20)
@given(make.portfolios())
def test_compute_is_delivered_only_by_what_is_in_service_and_powered(mapping):
    scenario = loads(mapping)
    month = run(scenario).operations.monthly
    use = scenario.workload.allocation * scenario.workload.busy_share
    assert np.all(month["accelerator_h"] >= 0)
    assert np.all(month["accelerator_h"] <= month["in_service_h"] * use * (1 + 1e-12))
    assert np.all(month["curtailed_h100e_h"] >= -1e-9 - 1e-12 * month["h100e_h"])
    nothing_held_back = month["curtailed_mwh"] == 0
    assert month["accelerator_h"][nothing_held_back] == pytest.approx(
        month["in_service_h"][nothing_held_back] * use, rel=1e-12
    )


AMPLE = {"arguments": {"chiller_capacity_margin": 2.0}}
LIMITS = [
    pytest.param({"grid_mw": 5.0}, "granada", id="a third of the power needed"),
    pytest.param({"grid_mw": 0.001}, "paris", id="a kilowatt"),
    pytest.param({"grid_mw": 17.5}, "abu-dhabi", id="binds in the heat only"),
    pytest.param({"grid_mw": 16.0}, "helsinki", id="as much as the hall"),
]


@pytest.mark.parametrize("cooling", make.COOLING_PRESETS)
@pytest.mark.parametrize(("step", "climate"), LIMITS)
def test_not_a_watt_over_a_grid_connection_that_binds(step, climate, cooling):
    late = {"id": "g2", "applied_on": make.START, "lead_time_months": 10.0, "grid_mw": 1.0}
    there = {"id": "g1", "energised_on": date(2025, 1, 1), **step}
    # the sea has no chillers to run out of
    ample = {"preset": cooling} if cooling == "sea-water" else AMPLE | {"preset": cooling}
    place = make.standing_site(grid_connection=[there, late], climate=climate, cooling=ample)
    hour = run(loads(make.scenario(place, horizon_years=1)), hourly=True).operations.hourly
    facility, grid = hour["facility_mw"][0], hour["grid_mw_energised"][0]
    assert np.all(facility <= grid)
    throttled = hour["it_mw"][0] < hour["it_wanted_mw"][0]
    assert throttled.any()
    # where the grid binds, all of it is used: cooling and losses leave room for the last watt of IT
    below = (grid - facility)[throttled & (hour["it_mw"][0] < hour["critical_it_mw_ready"][0])]
    assert np.all(below <= 2e-9 * grid.max())


@pytest.fixture(scope="module")
def quantiles():
    """Sorted dry-bulb, wet-bulb and water in the air of twenty climates, from Helsinki to the Gulf."""
    found = {}
    for name in (*climate_names()[:19], "abu-dhabi"):
        hour = run(
            loads(make.scenario(make.standing_site(climate=name))), seed=3, hourly=True
        ).operations.hourly
        dry, wet = hour["dry_bulb_c"][0], hour["wet_bulb_c"][0]
        found[name] = np.sort([dry, wet, water_of_enthalpy(dry, saturated_enthalpy_kj_per_kg(wet))])
    return found


@pytest.mark.parametrize("cooling", make.COOLING_PRESETS)
def test_a_colder_climate_never_has_a_higher_annual_pue(cooling, quantiles):
    """Colder at every quantile of dry-bulb and wet-bulb; where outside air itself cools, no moister too.

    An airside economiser chills mild air that is too humid and needs no chiller for hot air that is dry:
    Tucson and Lisbon are warmer than La Rochelle, drier when it is mild, and cheaper to cool.
    """
    airside = cooling.startswith("airside")
    orders = 3 if airside else 2
    pairs = [
        (colder, warmer)
        for colder, warmer in permutations(quantiles, 2)
        if np.all(quantiles[colder][:orders] <= quantiles[warmer][:orders])
    ]
    assert len(pairs) > 40
    assert {("helsinki", "abu-dhabi"), ("stockholm", "paris")} <= set(pairs)
    pue = {}
    for climate in {name for pair in pairs for name in pair}:
        place = make.standing_site(climate=climate, cooling={"preset": cooling})
        month = run(loads(make.scenario(place)), seed=3).operations.monthly
        pue[climate] = month["facility_mwh"].sum() / month["it_mwh"].sum()
    humidifying = 1e-4 if airside else 0.0
    for colder, warmer in pairs:
        assert 1.0 < pue[colder] <= pue[warmer] + humidifying, (colder, warmer)


def hourly_level(steps, n_hours):
    """Mean over each hour of a level that changes in steps and is 0 before the first."""
    horizon = SimpleNamespace(n_hours=n_hours, month_start_h=np.zeros(1, dtype=np.int64))
    spans = Spans.of([time_d for time_d, _ in steps], horizon)
    return spans.hourly(spans.level(steps))


steps = st.lists(st.tuples(st.floats(-50.0, 20.0), st.floats(0.001, 100.0)), max_size=25)


@given(steps, st.integers(1, 15))
def test_hourly_level_is_the_integral_of_the_steps_over_each_hour(given_steps, n_days):
    n_hours = n_days * HOURS_PER_DAY
    expected = np.zeros(n_hours)
    for hour in range(n_hours):
        for time_d, change in given_steps:
            expected[hour] += change * min(max(hour + 1 - time_d * HOURS_PER_DAY, 0.0), 1.0)
    np.testing.assert_allclose(hourly_level(given_steps, n_hours), expected, rtol=1e-9, atol=1e-9)


@given(st.lists(st.tuples(st.floats(-50.0, 20.0), st.floats(0.0, 25.0)), max_size=10))
def test_hourly_level_of_what_comes_and_goes_is_never_negative(stays):
    changes = [(start, 3.0) for start, _ in stays] + [(start + length, -3.0) for start, length in stays]
    level = hourly_level(changes, 15 * HOURS_PER_DAY)
    assert np.all(level >= -1e-9)
    assert np.all(level <= 3.0 * len(stays) + 1e-9)
