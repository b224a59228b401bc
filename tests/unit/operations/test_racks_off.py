"""Where power is short, racks are switched off: as many run as fit, and those without work are off first.

Tests `operations.power`, `operations.phase_loads`, `operations.hall_swing`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
RACK_MW, IDLE = make.SYSTEM_MW["gb300-nvl72"], 0.210784
"""All-in power of a GB300 rack [MW] and its idle share [1], as in the catalogue."""
H100E_PER_RACK = 72 * 5000 / 1979
FULL = {"allocation": 1.0, "busy_share": 1.0, "power_utilisation": 1.0}


def behind(grid_mw, racks=400, **changes):
    """A year of a hall of 64 MW with racks, behind a connection; all accelerators at work unless changed."""
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": racks, "in_service_on": date(2025, 12, 31)}
    hall = make.standing_hall(deployments=[fleet], critical_it_mw=64.0)
    there = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    text = {"horizon_years": 1, "workload": FULL} | changes
    found = run(loads(make.scenario(make.site(hall, grid_connection=there), **text)), hourly=True).operations
    return SimpleNamespace(
        month={name: float(series.sum()) for name, series in found.monthly.items()},
        hour={name: series[0] for name, series in found.hourly.items()},
    )


def test_a_connection_below_idle_runs_what_fits():
    """400 racks idle at 13.5 MW. Behind 10 MW, at a PUE of 1.1 to 1.33, 46 to 57 of them run in full."""
    found = behind(10.0)
    assert 400 * RACK_MW * IDLE > 13.0
    running = found.hour["it_mw"] / RACK_MW
    assert 46 < running.min() < running.max() < 57
    assert np.all(found.hour["facility_mw"] <= 10.0)
    np.testing.assert_allclose(found.hour["h100e_delivered"], running * H100E_PER_RACK, rtol=1e-9)
    assert found.month["h100e_h"] == pytest.approx(running.sum() * H100E_PER_RACK)
    kept = found.month["it_mwh"] / (found.month["it_mwh"] + found.month["curtailed_mwh"])
    share = found.month["h100e_h"] / (found.month["h100e_h"] + found.month["curtailed_h100e_h"])
    assert share == pytest.approx(kept)


def test_racks_without_work_are_off_first():
    """Of 400 racks half have work: 31.9 MW of them and 6.7 MW idle. What carries the half loses nothing."""
    half = {"h100e": 200 * H100E_PER_RACK}
    ample, enough, short = (behind(grid_mw, demand=half) for grid_mw in (80.0, 43.5, 20.0))
    at_work = 200 * RACK_MW
    np.testing.assert_allclose(ample.hour["it_mw"], at_work * (1 + IDLE))
    is_cut = enough.hour["it_mw"] < at_work * (1 + IDLE) * 0.9999
    assert is_cut.any()
    assert np.all(enough.hour["it_mw"] >= at_work)
    assert enough.month["curtailed_h100e_h"] == 0.0
    assert enough.month["h100e_h"] == pytest.approx(ample.month["h100e_h"])
    np.testing.assert_allclose(
        short.hour["h100e_delivered"], short.hour["it_mw"] / RACK_MW * H100E_PER_RACK, rtol=1e-9
    )


JOBS = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0}


def of_jobs(size):
    classes = [{"id": "job", "accelerators": size, "share": 1.0}]
    return {"preset": "large-training", "jobs": JOBS | {"classes": classes}}


def test_racks_that_no_job_holds_are_off_first():
    """One job of 20,000 in 28,800 accelerators: 122 of 400 racks hold none, and idle at 0.034 MW each."""
    mix = of_jobs(20_000)
    ample = behind(80.0, workload=mix)
    held = ample.month["held_h"] / ample.month["in_service_h"]
    assert held == pytest.approx(20_000 / 28_800)
    without_idle = ample.hour["it_mw"][0] - (1 - held) * 400 * RACK_MW * IDLE
    enough = behind(float(ample.hour["facility_mw"].max()) - 1.0, workload=mix)
    assert enough.month["curtailed_mwh"] > 0.0
    assert np.all(enough.hour["it_mw"] >= without_idle)
    assert enough.month["curtailed_h100e_h"] == 0.0
    short = behind(10.0, workload=mix)
    kept = short.hour["it_mw"] / without_idle
    np.testing.assert_allclose(short.hour["h100e_delivered"], ample.hour["h100e_delivered"] * kept, rtol=1e-9)


def test_a_hall_with_many_jobs_loses_as_one_without_a_mix():
    """160 racks want 20.5 MW of a hall's 16: a fifth is off. Jobs of one server hardly swing."""
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": 160, "in_service_on": date(2025, 12, 31)}
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    place = make.site(make.standing_hall(oversubscription=2.0, deployments=[fleet]), grid_connection=there)

    def lost(workload):
        month = run(loads(make.scenario(place, horizon_years=1, workload=workload))).operations.monthly
        return month["curtailed_h100e_h"].sum() / (month["h100e_h"] + month["curtailed_h100e_h"]).sum()

    busy = {"power_utilisation": 0.75}
    plain = {"preset": "large-training", "allocation": 1.0, "busy_share": 1.0} | busy
    mixed = of_jobs(8.0) | busy
    mixed["jobs"]["classes"][0]["compute_share"] = 1.0
    wanted = 160 * RACK_MW * (IDLE + (1 - IDLE) * 0.75)
    assert lost(plain) == pytest.approx(1 - 16 / wanted)
    assert lost(mixed) == pytest.approx(1 - 16 / wanted, rel=1e-6)


@settings(max_examples=12, deadline=None)
@given(
    grid_mw=st.floats(1.0, 90.0),
    more=st.floats(1.001, 1.5),
    asked=st.sampled_from([None, 100.0, 300.0]),
    size=st.sampled_from([None, 8.0, 1440.0, 20_000.0]),
)
def test_more_grid_never_gives_less_compute(grid_mw, more, asked, size):
    changes = {} if asked is None else {"demand": {"h100e": asked * H100E_PER_RACK}}
    changes |= {} if size is None else {"workload": of_jobs(size)}
    less, larger = (behind(mw, **changes) for mw in (grid_mw, grid_mw * more))
    scale = 1e-6 * (1.0 + larger.hour["h100e_delivered"])
    assert np.all(larger.hour["h100e_delivered"] >= less.hour["h100e_delivered"] - scale)
    for found in (less, larger):
        delivered, lost = found.month["h100e_h"], found.month["curtailed_h100e_h"]
        assert lost >= -1e-6 * delivered
        assert found.hour["h100e_delivered"].sum() == pytest.approx(delivered)
