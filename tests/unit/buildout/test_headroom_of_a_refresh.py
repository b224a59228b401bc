"""What a refresh leaves free on purpose is headroom; what it leaves waiting is idle.

Tests `buildout.idle_assets`, `buildout.cohorts`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.buildout.idle_assets import HALL, stranded
from capsim.buildout.simulate import build_out
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D, HALF_Y_D = 365.25 / 12, 0.5 * 365.25
OLD_MW, NEW_MW = 0.159552, 0.21384
"""All-in IT power of a GB300 and of a VR200 rack. [MW]"""
LAST_D = 730.0
IN_A_DAY = {"installer_crews": 1, "racks_per_crew_day": 100, "burn_in_days": 7}


def empty_mw_d(systems=100, **refresh):
    """MW-days in which a hall of 16 MW is empty, whose 100 racks are followed every half year."""
    terms = {"age_years": 0.5, "system": "vr200-nvl72", "lead_time_weeks": 1} | refresh
    order = make.racks(ordered_on=date(2026, 1, 1), systems=systems, refresh=terms)
    scenario = loads(make.scenario(make.site(make.hall(order)), crews=IN_A_DAY))
    timeline = build_out(scenario)
    new = {m.amount for m in timeline.of_kind("in_service") if m.unit == "vr200-nvl72"}
    (row,) = (row for row in stranded(scenario, timeline) if row.kind == HALL)
    return row.amount, int(*new) if new else 0


def by_hand(racks_mw, followers, followers_mw):
    """A hundred racks a day and a week of burn-in: after the hall is ready, and after each refresh."""
    first_d, next_d = 100 / 100 + 7, followers / 100 + 7
    ready_d = 7 * MONTH_D
    refreshed_d = ready_d + first_d + HALF_Y_D
    again_d = refreshed_d + next_d + HALF_Y_D
    last_d = again_d + next_d + HALF_Y_D
    assert again_d < LAST_D < last_d + next_d + HALF_Y_D
    waits_d = 2 * next_d + min(max(LAST_D - last_d, 0.0), next_d)
    return racks_mw * first_d + followers_mw * waits_d


# racks: 100 x 5,000 / 17,500 TFLOP/s of 8 bits, and 100 x 159.552 / 213.84 kW
@pytest.mark.parametrize(("fill", "expected"), [("compute", 28), ("power", 74)])
def test_power_left_free_by_a_refresh_is_not_idle(fill, expected):
    mw_d, followers = empty_mw_d(fill=fill)
    assert followers == expected
    assert mw_d == pytest.approx(by_hand(100 * OLD_MW, followers, followers * NEW_MW))


def test_systems_that_nothing_follows_leave_an_idle_hall():
    mw_d, _ = empty_mw_d(system=None, lead_time_weeks=None)
    first_d = 7 * MONTH_D + 8
    assert mw_d == pytest.approx(100 * OLD_MW * (8 + LAST_D - first_d - HALF_Y_D))


def test_successors_that_draw_more_are_idle_with_what_they_draw():
    mw_d, followers = empty_mw_d(systems=60, fill="count")
    assert followers == 60
    ready_d, wait_d = 7 * MONTH_D, 60 / 100 + 7
    again_d = ready_d + 2 * wait_d + 2 * HALF_Y_D
    assert again_d + wait_d < LAST_D < again_d + wait_d + HALF_Y_D
    waits_d = 2 * wait_d
    assert mw_d == pytest.approx(60 * OLD_MW * wait_d + 60 * NEW_MW * waits_d)
