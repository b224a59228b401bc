"""What holds for every portfolio, whatever its contracts, battery, engines, flexible load and limits."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))

EXTRAS = {
    "firm_power": {"unit_mw": 2.0, "units": 4, "redundant_units": 1, "derating": 0.9},
    "contracts": [
        {"id": "c", "share": 0.5, "block_mw": 0.05, "price_per_mwh": 60.0, "carbon_gco2e_per_kwh": 0.0}
    ],
    "grid_call": {"share": 0.6, "hours_per_y": 80},
    "flexibility": {"share": 0.4, "hours_per_day": 5},
    "battery": {"power_mw": 2.0, "energy_mwh": 6.0},
    "generation": {"power_mw": 3.0, "fuel": "gas", "runs_on_price": True, "runs_when_short": True},
    "solar": {"peak_mw": 9.0, "latitude_deg": 48.9, "longitude_deg": 2.3, "full_load_h_per_y": 1102.0},
    "heat_reuse": {"share": 0.6},
    "extreme_heat_k": 6.0,
    "electrical": {"backup_self_use_share": 0.004},
}


@st.composite
def portfolios(draw):
    """Random portfolios whose sites have some of the extras, under limited or unlimited demand."""
    mapping = draw(make.portfolios())
    for place in mapping["sites"]:
        place.update({name: EXTRAS[name] for name in draw(st.sets(st.sampled_from(sorted(EXTRAS))))})
    demand = draw(st.sampled_from(({}, {"h100e": 3000.0}, {"h100e": 3000.0, "when_short": "queued"})))
    workload = mapping["workload"] | {"power_exponent": draw(st.sampled_from((1.0, 1.4)))}
    return mapping | {"demand": demand, "workload": workload}


@settings(max_examples=40)
@given(portfolios(), st.integers(0, 5))
def test_balance_limits_and_flows(mapping, seed):
    scenario = loads(mapping)
    operations = run(scenario, seed=seed, hourly=True).operations
    hour, month = operations.hourly, operations.monthly
    assert np.all(hour["facility_mw"] >= hour["it_mw"])
    assert np.all(hour["it_mw"] <= hour["critical_it_mw_ready"])
    for site, place in enumerate(scenario.sites):
        if place.generation is None and place.solar is None:
            assert np.all(hour["facility_mw"][site] <= hour["grid_mw_energised"][site])
        firm = place.firm_power
        it, cooling, limit = (hour[n][site] for n in ("it_mw", "cooling_mw", "grid_mw_energised"))
        if firm is not None:
            most = (firm.units - firm.redundant_units) * firm.unit_mw * firm.derating
            assert np.all(hour["grid_mw_drawn"][site] <= most * (1 + 1e-12))
            limit = np.minimum(limit, most)
        if place.grid_call is None and place.generation is None and place.solar is None:  # else it moves
            energised = np.minimum(hour["critical_it_mw_ready"][site], limit)
            losses = make.chain_losses_mw(place, it, energised, cooling)
            np.testing.assert_allclose(hour["losses_mw"][site], losses, rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(hour["facility_mw"][site], it + cooling + losses, atol=1e-9)
        least = make.chain_losses_mw(place, it, 0.0, cooling)  # without what hangs on the halls' size
        assert np.all(hour["losses_mw"][site] >= least * (1 - 1e-9))
        if place.battery is None:
            assert np.all(hour["grid_mw_drawn"][site] <= hour["facility_mw"][site] * (1 + 1e-12))
        assert np.all(hour["grid_mw_drawn"][site] <= hour["grid_mw_energised"][site] * (1 + 1e-12))
    assert np.all(hour["grid_mw_drawn"] >= 0)
    flow = month["facility_mwh"] + month["battery_loss_mwh"] - month["generated_mwh"]
    np.testing.assert_allclose(month["grid_mwh"], flow, rtol=1e-9, atol=1e-7)
    assert np.all(month["battery_loss_mwh"] >= -1e-6)
    for site, place in enumerate(scenario.sites):
        # what certificates of 0 g/kWh can only lower: direct CO2 of the mix, and the rest of the life cycle
        mix, most = place.carbon.residual_mix_gco2_per_kwh, month["carbon_t"][site]
        if mix is not None:
            beyond = (1.0 - place.carbon.direct_share) * most
            most = np.maximum(most, month["grid_mwh"][site] * mix / 1000 + beyond)
        assert place.carbon.trend_per_y <= 0
        assert np.all(month["carbon_market_t"][site] <= most * (1 + 1e-9))
    assert np.all(month["reused_heat_mwh"] <= month["it_mwh"])


@settings(max_examples=30)
@given(portfolios(), st.sampled_from((1.0, 0.9, 0.5)))
def test_demand_is_served_turned_away_or_waits(mapping, busy_share):
    use = {"allocation": 0.8, "busy_share": busy_share, "power_utilisation": 0.7}
    scenario = loads(mapping | {"workload": use})
    month = {name: series.sum(axis=0) for name, series in run(scenario).operations.monthly.items()}
    asked, away, waits = (month[n] for n in ("demand_h100e_h", "turned_away_h100e_h", "queued_h100e_h"))
    if scenario.demand.h100e is None:
        assert asked.sum() == away.sum() == waits.sum() == 0
        return
    took = month["h100e_h"] + month["curtailed_h100e_h"] + month["shed_h100e_h"]
    met = asked - away - np.diff(waits, prepend=0.0)
    np.testing.assert_allclose(took, met, rtol=1e-6, atol=1e-3)


@settings(max_examples=30)
@given(make.portfolios(ample_crews=True))
def test_energy_between_events_is_exact_in_every_month(mapping):
    """Accelerator-hours, and the IT energy wanted, are the integral of the milestones, month by month.

    By hand from the events, whatever part of an hour or a month they fall in: a system draws its all-in
    power x (idle + (1 - idle) x allocation x busy share x power utilisation). What limits hold back of it
    is curtailed.
    """
    result = run(loads(mapping), hourly=True)
    scenario, use = result.scenario, result.scenario.workload
    edges_d = scenario.calendar.month_start_d.astype(float)
    chip_h, mwh = np.zeros(edges_d.size - 1), np.zeros(edges_d.size - 1)
    for m in result.timeline.of_kind("in_service", "retired"):
        system = scenario.catalog.entry("systems", m.unit)
        inside_h = np.maximum(edges_d[1:] - np.maximum(m.time_d, edges_d[:-1]), 0.0) * 24
        systems = m.amount * (1 if m.kind == "in_service" else -1)
        idle = system.number("idle_share")
        load = idle + (1 - idle) * use.allocation * use.busy_share * use.power_utilisation
        chip_h += inside_h * systems * system.number("accelerator_count")
        mwh += inside_h * systems * system.number("all_in_it_kw") / 1000 * load
    month, hour = result.operations.monthly, result.operations.hourly
    np.testing.assert_allclose(month["in_service_h"].sum(axis=0), chip_h, rtol=1e-9, atol=1e-6)
    assert hour["accelerators_in_service"].sum() == pytest.approx(chip_h.sum(), rel=1e-9, abs=1e-6)
    wanted = (month["it_mwh"] + month["curtailed_mwh"]).sum(axis=0)
    np.testing.assert_allclose(wanted, mwh, rtol=1e-9, atol=1e-6)
    days = np.arange(np.datetime64(make.START), np.datetime64(make.START) + scenario.calendar.n_days)
    month_of_day = days.astype("datetime64[M]") - np.datetime64(make.START, "M")
    for name in ("it", "facility"):  # what coarser steps show is the sum of the days, by the calendar
        daily = hour[f"{name}_mw"].sum(axis=0).reshape(-1, 24).sum(axis=1)
        by_month = np.bincount(month_of_day.astype(int), daily)
        np.testing.assert_allclose(month[f"{name}_mwh"].sum(axis=0), by_month, rtol=1e-9, atol=1e-9)
