"""What is linear in a fleet that fails comes out the same in the spans of the plan as hour by hour.

Tests `operations.fleet`, `operations.held_back`.
"""

import numpy as np
import pytest

from capsim.buildout import build_out
from capsim.operations import held_back
from capsim.operations.fleet import site_fleets
from capsim.operations.held_back import out_of_service_mw, waiting_in_service
from capsim.scenario import override

CURTAILED = ("curtailed_mwh", "cooling_curtailed_mwh")


@pytest.fixture(scope="module")
def failing(aion):
    return override(aion.run.scenario, {"reliability": {"maintenance_days_per_y": 3.0}, "horizon_years": 4})


def test_spans_of_the_plan_hold_the_means_of_the_hours(failing):
    (fleet,) = site_fleets(failing, build_out(failing))
    assert fleet.by_plan.spans.hours.size < fleet.spans.hours.size == failing.calendar.n_hours
    for hall, of_plan in zip(fleet.phases, fleet.by_plan.phases, strict=True):
        np.testing.assert_array_equal(hall.ready_mw, fleet.by_plan.spans.hourly(of_plan.ready_mw))
        for system, mean in zip(hall.systems, of_plan.systems, strict=True):
            found = fleet.by_plan.spans.sum_by_month(mean.level)
            np.testing.assert_allclose(found, fleet.spans.sum_by_month(system.level), rtol=1e-12)
            assert np.all(mean.level <= mean.placed)


def test_what_waits_is_the_same_by_the_plan_and_by_the_hour(failing, monkeypatch):
    timeline = build_out(failing)
    (fleet,) = site_fleets(failing, timeline)
    nothing = dict.fromkeys(CURTAILED, np.zeros(failing.calendar.n_months))
    down = out_of_service_mw(failing, timeline.outages, [fleet])
    by_plan = waiting_in_service(fleet, 1.0, nothing, down)
    monkeypatch.setattr(held_back, "_is_linear", lambda planned: False)
    by_hour = waiting_in_service(fleet, 1.0, nothing, down)
    assert by_plan.keys() == by_hour.keys()
    assert by_plan["repair", "aion"].sum() > 0.0
    for cause, mw in by_hour.items():
        np.testing.assert_allclose(by_plan[cause], mw, rtol=1e-9, atol=1e-9)


def test_nothing_fails_nothing_is_by_the_hour(aion):
    (fleet,) = site_fleets(aion.run.scenario, aion.run.timeline)
    assert fleet.by_plan is fleet
