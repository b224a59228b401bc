"""Targets count compute that can run: one definition for what is reached, met and crossed."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim import simulate
from capsim.projection.targets import curtailed_share
from capsim.report.figure_cells import goal_title
from capsim.report.opening import goals_of
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
H100E = 7200 * 5000 / 1979
"""100 racks of 72 GB300, by 8-bit operations."""


def results(grid_mw, h100e):
    there = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    place = make.site(make.standing_hall(), grid_connection=there)
    goal = {"id": "goal", "h100e": h100e, "accelerators": 7200, "by": date(2027, 3, 31), "source": "assumed"}
    projection = simulate(loads(make.scenario(place, horizon_years=2, targets=[goal])))
    return projection, {t.metric: t for t in projection.targets}


def test_without_limits_all_in_service_count():
    _, found = results(grid_mw=80.0, h100e=18_000.0)
    target = found["h100e_8bit"]
    assert target.reached == pytest.approx(H100E)
    assert target.met
    assert target.crossed == "2026-01-01"


def test_what_the_meter_does_not_carry_does_not_count():
    """9 MW at the meter for 16 MW of racks: half of what is in service runs, and half the goal is met."""
    projection, found = results(grid_mw=9.0, h100e=18_000.0)
    target = found["h100e_8bit"]
    assert projection.monthly["h100e_8bit"].to_numpy() == pytest.approx(H100E)
    lost, given = (projection.monthly[n].sum("site").to_numpy() for n in ("curtailed_h100e_h", "h100e_h"))
    share = curtailed_share(lost, given)[14]
    assert 0.3 < share < 0.7
    assert target.reached == pytest.approx(H100E * (1 - share))
    assert (target.met, target.crossed) == (False, "")
    assert found["accelerators"].met, "goals for accelerators and MW count what is in place"
    half = results(grid_mw=9.0, h100e=float(H100E * (1 - share) * 0.9))[1]["h100e_8bit"]
    assert half.met
    assert half.crossed


def test_a_fleet_that_grows_inside_a_month_counts_with_the_next_months_limits():
    lost, given = np.array([0.0, 1.0, 6.0, 0.0]), np.array([4.0, 9.0, 4.0, 0.0])
    assert curtailed_share(lost, given).tolist() == [0.1, 0.6, 0.6, 0.0]


def test_goals_know_the_short_names_of_figures():
    """Each is held against the figure it stands for, over the horizon or over months."""
    goals = ["lcoc <= 0.30", "wue in 2027 <= 1.2", "cue <= 0.5"]
    place = make.site(make.standing_hall())
    target = {"id": "short", "goals": goals, "by": date(2027, 3, 31)}
    projection = simulate(loads(make.scenario(place, horizon_years=2, targets=[target])))
    found = {goal.metric: goal.reached for goal in projection.targets}
    whole = ("lcoc_per_h100e_h", "wue_l_per_kwh in 2027", "cue_kg_per_kwh by 2027-03")
    assert list(found) == ["lcoc", "wue in 2027", "cue"]
    assert list(found.values()) == pytest.approx([projection.figure(name) for name in whole])
    shown = [goal_title(goal.metric, goal.sense, goal.goal, "EUR2025") for goal in projection.targets]
    assert shown[0] == "Cost of an H100e-hour <= 0.3 EUR2025/(H100e h)"


def test_a_goal_of_a_month_or_year_of_its_own_says_when_it_is_reached():
    """A goal that is met never says never, and a ceiling that is passed never says that it is kept."""
    goals = [
        "grid_mw >= 80 by 2027-10",
        "accelerators >= 7200 at 2027-06",
        "facility_mwh in 2027 >= 1000",
        "facility_mwh in 2027 <= 1000",
        "facility_mwh in 2027 >= 1e9",
    ]
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    place = make.site(make.standing_hall(), grid_connection=there)
    target = {"id": "own", "goals": goals, "by": date(2027, 3, 31)}
    projection = simulate(loads(make.scenario(place, horizon_years=2, targets=[target])))
    found = [(goal.met, goal.crossed) for goal in projection.targets]
    start = "2026-01-01"
    assert found == [(True, start), (True, start), (True, "2027-12-01"), (False, "2027-12-01"), (False, "")]
    shown = {row.title: row.crossed for row in goals_of(projection)}
    assert "never" not in [row.crossed for row in goals_of(projection) if row.is_met]
    assert shown["Grid power energised by 2027-10 >= 80 MW"] == "2026-01"
