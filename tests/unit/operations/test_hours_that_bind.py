"""Compute lost in the hours that bind, against every hour of the series; spans and hours agree.

Tests `operations.held_back`, `operations.hourly_series`, `operations.monthly`, `operations.power`,
`operations.spans`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.models.limits import RELATIVE_GAP
from capsim.operations import month_shares, site_plant
from capsim.operations.spans import Spans
from capsim.pipeline import run
from capsim.scenario.loading import loads
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


@pytest.mark.parametrize("grid_mw", [80.0, 14.0, 2.0])
@pytest.mark.parametrize("flexible", [False, True])
@pytest.mark.parametrize("racks", [100, 140])
def test_compute_lost_is_that_of_each_hour(grid_mw, flexible, racks):
    """A hall of 16 MW with 100 or 140 racks of 0.16 MW, behind a connection that carries it, or part of it,
    or not even its idle racks: racks without work are off first, and of the others as many run as fit."""
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
    dynamic = hour["it_wanted_mw"] - idle
    at_work = dynamic / (racks * system_mw * (1 - IDLE))
    kept = np.minimum(1, hour["it_mw"] / (dynamic + idle * at_work))
    per_mw = H100E_PER_RACK * racks / (racks * system_mw * (1 - IDLE))
    by_month = result.scenario.calendar.sum_by_month
    np.testing.assert_allclose(month["h100e_h"][0], by_month(dynamic * kept * per_mw), rtol=1e-9)
    lost = by_month(dynamic * (1 - kept) * per_mw)
    np.testing.assert_allclose(month["curtailed_h100e_h"][0], lost, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        result.operations.halls["it_peak_mw"][0], result.scenario.calendar.max_by_month(hour["it_mw"])
    )


@pytest.mark.parametrize(
    "cooling", ["dlc-dry-cooler", "airside-adiabatic-open", "waterside-tower", "air-cooled-chiller"]
)
def test_cooling_left_out_at_the_heat_wanted_changes_nothing(cooling, monkeypatch):
    """Far over the connection, only heat that fits is cooled; hours inside it are as they were."""
    there = [{"id": "g1", "grid_mw": 9.0, "energised_on": date(2024, 1, 1)}]
    place = make.site(crowded_hall(100), grid_connection=there, cooling={"preset": cooling})
    day = {"name": "diurnal", "arguments": {"daily_amplitude": 0.9, "weekend_share": 0.3}}
    scenario = loads(make.scenario(place, horizon_years=1, demand={"h100e": 12_000.0, "shape": day}))
    made = []
    for most in (0.0, 1.0):
        monkeypatch.setattr(site_plant, "_MOST", most)
        made.append({k: v[0] for k, v in run(scenario, hourly=True).operations.hourly.items()})
    whole, part = made
    bound = whole["it_mw"] < whole["it_wanted_mw"]
    assert 2000 < bound.sum() < 8000
    for name in ("it_mw", "cooling_mw", "facility_mw", "water_m3_per_h"):
        np.testing.assert_allclose(part[name], whole[name], rtol=2e-9, atol=1e-9)
    assert np.all(part["facility_mw"] <= 9.0)
    assert np.all(part["facility_mw"][bound] >= 9.0 * (1 - RELATIVE_GAP))


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
    cut = spans.cut(some)
    assert spans.of_hours(some).tolist() == expected
    assert cut.spread(np.arange(spans.hours.size)).tolist() == expected
    by_hour = np.array([4.0, 1.0, 2.0, 8.0])
    assert cut.sum_of(by_hour).sum() == 15.0
    assert cut.sum_of(by_hour)[expected[0]] == 4.0
    assert np.array_equal(cut.max_of(by_hour), cut.min_of(by_hour))
    assert spans.cut(some[:0]).max_of(by_hour[:0]).tolist() == [0.0] * spans.hours.size
    is_so = hourly > 0.5
    assert np.array_equal(year.count_by_month(is_so), year.sum_by_month(is_so.astype(float)))


def test_shares_of_months_between_times():
    quarter = calendar(date(2026, 1, 1), 3)
    assert month_shares(quarter, 15.5, 45.0).tolist() == [0.5, 0.5, 0.0]
    start_d, end_d = [15.5, -10.0, 100.0, 20.0], [45.0, 31.0, np.inf, 10.0]
    together = month_shares(quarter, start_d, end_d)
    each = [month_shares(quarter, *span) for span in zip(start_d, end_d, strict=True)]
    np.testing.assert_array_equal(together, each)
    assert together[1:].tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert month_shares(quarter, start_d, 59.0).tolist()[2] == [0.0, 0.0, 0.0]
    assert month_shares(quarter, [], []).shape == (0, 3)


def test_work_is_made_up_for_in_full_by_a_fleet_that_grows_within_the_day():
    """Two racks a day, with room from the first week on: in the next month all is made up."""
    rule = {"share": 1.0, "hours_per_day": 8, "mode": "shift"}
    demand = {"h100e": 1_500.0, "shape": DAY}
    made = run(loads(make.scenario(make.site(flexibility=rule), demand=demand))).operations.monthly
    in_service = made["in_service_h"][0]
    grows = np.flatnonzero((in_service[:-1] > 0) & (in_service[1:] > 1.5 * in_service[:-1]))[0] + 1
    assert made["delayed_h100e_h"][0, grows] > 0.2 * made["h100e_h"][0, grows]
    assert abs(made["shed_h100e_h"][0, grows]) <= 1e-9 * made["delayed_h100e_h"][0, grows]
