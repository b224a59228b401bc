"""Compute lost in the hours that bind, against every hour of the series; spans and hours agree."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.models.limits import kept_compute_share
from capsim.operations.spans import Spans
from capsim.pipeline import run
from capsim.scenario.load import loads
from capsim.units import calendar

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
DAY = {"name": "diurnal", "arguments": {"daily_amplitude": 0.5, "weekend_share": 0.8}}
IDLE = 0.210784
"""Idle share of a GB300 rack, as in the catalogue. [1]"""
H100E_PER_RACK = 72 * 5000 / 1979
HALF_YEAR_H = 4344
"""Hours from January to June 2026."""


def crowded_hall(racks):
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": racks, "in_service_on": date(2025, 12, 31)}
    return make.standing_hall(oversubscription=2.0, deployments=[fleet])


@pytest.mark.parametrize("grid_mw", [80.0, 14.0])
@pytest.mark.parametrize("flexible", [False, True])
@pytest.mark.parametrize("racks", [100, 140])
def test_compute_lost_is_that_of_each_hour(grid_mw, flexible, racks):
    """A hall of 16 MW with 100 or 140 racks of 0.16 MW, behind a connection that carries it or not."""
    there = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    more = {"flexibility": {"share": 0.5, "hours_per_day": 4, "mode": "shift"}} if flexible else {}
    place = make.site(crowded_hall(racks), grid_connection=there, **more)
    result = run(
        loads(make.scenario(place, horizon_years=1, demand={"h100e": 20_000.0, "shape": DAY})), hourly=True
    )
    month, hour = result.operations.monthly, {k: v[0] for k, v in result.operations.hourly.items()}
    assert (month["power_limited_h"].sum() > 0) == (grid_mw < 20 or racks > 100)
    system_mw = make.SYSTEM_MW["gb300-nvl72"]
    idle = racks * system_mw * IDLE
    kept = kept_compute_share(hour["it_wanted_mw"], hour["it_mw"], idle)
    dynamic = hour["it_wanted_mw"] - idle
    per_mw = H100E_PER_RACK * racks / (racks * system_mw * (1 - IDLE))
    by_month = result.scenario.calendar.sum_by_month
    np.testing.assert_allclose(month["h100e_h"][0], by_month(dynamic * kept * per_mw), rtol=1e-9)
    lost = by_month(dynamic * (1 - kept) * per_mw)
    np.testing.assert_allclose(month["curtailed_h100e_h"][0], lost, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        result.operations.halls["it_peak_mw"][0], result.scenario.calendar.max_by_month(hour["it_mw"])
    )


def test_spans_fold_hours_like_the_calendar():
    year = calendar(date(2026, 1, 1), 12)
    spans = Spans.of([10.4, 99.0, 200.25], year)
    hourly = np.random.default_rng(3).uniform(size=year.n_hours)
    np.testing.assert_allclose(
        spans.fold_by_month(spans.sum_of(hourly)), year.sum_by_month(hourly), rtol=1e-13
    )
    assert np.array_equal(spans.max_by_month(spans.max_of(hourly)), year.max_by_month(hourly))
    some = np.array([0, 250, HALF_YEAR_H, year.n_hours - 1])
    expected = [int(np.searchsorted(spans.edges_h, hour, side="right")) - 1 for hour in some]
    assert spans.of_hours(some).tolist() == expected
    is_so = hourly > 0.5
    assert np.array_equal(year.count_by_month(is_so), year.sum_by_month(is_so.astype(float)))
