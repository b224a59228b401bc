"""A small build-out by hand: when each thing happens and what it waited for.

Tests `buildout.simulate`, `buildout.schedule`, `buildout.site`, `buildout.works`, `buildout.cohorts`,
`buildout.closing`, `quantities.sizes`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.buildout.schedule import duration_d, predecessors
from capsim.buildout.simulate import build_out
from capsim.errors import SimulationError
from capsim.quantities.sizes import part_sizes, successor_sizes, system_count
from capsim.scenario.loading import loads
from capsim.scenario.records.site_records import GridStep, Stage

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D = 365.25 / 12


def days(timeline, kind, **where):
    """Days of the milestones of a kind, in order."""
    found = timeline.of_kind(kind)
    return [m.time_d for m in found if all(getattr(m, key) == value for key, value in where.items())]


def path(timeline, phase="p1", site="a"):
    """Critical path of a phase as (cause, start, end)."""
    return [
        (w.cause, w.start_d, w.end_d)
        for w in timeline.waits
        if (w.site, w.phase, w.item) == (site, phase, "")
    ]


def build(*places, **changes):
    return build_out(loads(make.scenario(*places, **changes)))


def test_stages_follow_each_other_and_commissioning_needs_power():
    timeline = build(make.site())
    assert days(timeline, "energised") == [3 * MONTH_D]
    assert days(timeline, "started", item="permit") == [0.0]
    assert days(timeline, "started", item="construction") == [2 * MONTH_D]
    assert days(timeline, "started", item="commissioning") == [6 * MONTH_D]
    assert days(timeline, "ready_for_service") == [7 * MONTH_D]
    assert path(timeline) == [
        ("permit", 0.0, 2 * MONTH_D),
        ("construction", 2 * MONTH_D, 6 * MONTH_D),
        ("commissioning", 6 * MONTH_D, 7 * MONTH_D),
    ]


def test_a_late_grid_holds_commissioning_and_is_the_whole_path_before_it():
    late = [{"id": "g1", "grid_mw": 24.0, "applied_on": date(2026, 2, 1), "lead_time_months": 12.0}]
    timeline = build(make.site(grid_connection=late))
    energised_d = 31 + 12 * MONTH_D
    assert days(timeline, "started", item="commissioning") == [energised_d]
    assert days(timeline, "ready_for_service") == [energised_d + MONTH_D]
    assert path(timeline) == [
        ("planned start", 0.0, 31.0),
        ("grid connection", 31.0, energised_d),
        ("commissioning", energised_d, energised_d + MONTH_D),
    ]
    waited = [w for w in timeline.waits if w.item == "commissioning"]
    assert [(w.cause, w.start_d, w.end_d) for w in waited] == [("grid connection", 6 * MONTH_D, energised_d)]


def test_ready_for_service_needs_power_even_where_no_stage_does():
    late = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2027, 1, 1)}]
    hall = make.hall(stages=[{"id": "construction", "duration_months": 4.0}])
    timeline = build(make.site(hall, grid_connection=late))
    assert days(timeline, "ready_for_service") == [365.0]
    assert path(timeline) == [("grid connection", 0.0, 365.0)]


def test_a_stage_off_the_critical_path_may_end_earlier_and_nothing_moves():
    def stages(design_months):
        beside = {"id": "design", "duration_months": design_months, "after": []}
        last = {"id": "commissioning", "duration_months": 1.0, "after": ["construction", "design"]}
        return make.site(make.hall(stages=[*make.stages()[:2], beside, last]))

    timelines = [build(stages(m)) for m in (5.0, 1.0)]
    assert (
        timelines[0].ready_for_service_d() == timelines[1].ready_for_service_d() == {("a", "p1"): 7 * MONTH_D}
    )
    assert path(timelines[0]) == path(timelines[1])
    assert [cause for cause, *_ in path(build(stages(9.0)))] == ["design", "commissioning"]
    assert build(stages(9.0)).ready_for_service_d() == {("a", "p1"): 10 * MONTH_D}


@pytest.mark.parametrize(
    ("stage", "months"), [("permit", 1.0), ("construction", 3.0), ("commissioning", 0.25)]
)
def test_a_shorter_stage_on_the_critical_path_makes_the_phase_earlier(stage, months):
    shorter = [s | ({"duration_months": months} if s["id"] == stage else {}) for s in make.stages()]
    saved = dict(make.STAGES)[stage] - months
    assert days(build(make.site(make.hall(stages=shorter))), "ready_for_service") == pytest.approx(
        [(7 - saved) * MONTH_D]
    )


def test_a_phase_starts_when_the_plan_and_the_earlier_phase_allow():
    second = make.hall(id="p2", after=["p1"], starts_on=date(2026, 3, 1))
    timeline = build(make.site(make.hall(), second))
    assert days(timeline, "started", phase="p2", item="permit") == [7 * MONTH_D]
    assert path(timeline, "p2")[:2] == [("planned start", 0.0, 59.0), ("earlier phase", 59.0, 7 * MONTH_D)]
    assert days(timeline, "ready_for_service", phase="p2") == [14 * MONTH_D]


def test_systems_are_delivered_wait_for_hall_and_are_installed_at_the_rate_of_the_crew():
    timeline = build(make.site())
    ready_d = 7 * MONTH_D
    # 100 racks at two a day: those of the first day, then seven cohorts of 14
    done_d = [ready_d + 1 + 7 * week for week in range(8)]
    assert days(timeline, "ordered") == [59.0]
    assert days(timeline, "delivered") == [59.0 + 70]
    assert days(timeline, "install_started") == pytest.approx([ready_d, *done_d[:-1]])
    assert days(timeline, "installed") == pytest.approx(done_d)
    assert days(timeline, "in_service") == pytest.approx([day + 7 for day in done_d])
    assert [m.amount for m in timeline.of_kind("in_service")] == [2, *[14] * 7]
    waits = [(w.cause, w.start_d, w.end_d) for w in timeline.waits if w.item == "racks"]
    assert waits == [("lead time", 59.0, 129.0), ("hall", 129.0, ready_d)]


def test_two_crews_install_twice_as_fast():
    timeline = build(make.site(), crews={"installer_crews": 2, "racks_per_crew_day": 2, "burn_in_days": 0})
    ready_d = 7 * MONTH_D
    assert days(timeline, "in_service") == pytest.approx([ready_d + day for day in (1, 9, 17, 25)])


def test_systems_leave_at_their_refresh_age_and_successors_fill_their_power():
    order = make.racks(
        refresh={"age_years": 0.5, "system": "vr200-nvl72", "fill": "power", "lead_time_weeks": 10}
    )
    pace = {"installer_crews": 1, "racks_per_crew_day": 100, "burn_in_days": 7}
    timeline = build(make.site(make.hall(order)), crews=pace)
    service_d = 7 * MONTH_D + 1 + 7
    retired_d = service_d + 0.5 * 365.25
    assert days(timeline, "in_service", unit="gb300-nvl72") == [service_d]
    assert days(timeline, "retired", unit="gb300-nvl72") == [retired_d]
    successors = [m for m in timeline.milestones if m.unit == "vr200-nvl72"]
    assert {m.amount for m in successors} == {74}  # 100 x 159.552 kW / 213.84 kW = 74.6
    assert days(timeline, "ordered", unit="vr200-nvl72")[0] == pytest.approx(retired_d - 70)
    assert days(timeline, "delivered", unit="vr200-nvl72")[0] == pytest.approx(retired_d)
    assert days(timeline, "in_service", unit="vr200-nvl72")[0] == pytest.approx(retired_d + 0.74 + 7)


def test_successors_with_a_long_lead_time_are_ordered_as_soon_as_there_is_something_to_replace():
    refresh = {"age_years": 0.1, "system": "gb300-nvl72", "fill": "count", "lead_time_weeks": 20}
    pace = {"installer_crews": 1, "racks_per_crew_day": 100, "burn_in_days": 7}
    timeline = build(make.site(make.hall(make.racks(refresh=refresh))), crews=pace)
    first, second = days(timeline, "in_service")[:2]
    assert days(timeline, "ordered")[1] == first
    assert second == pytest.approx(first + 140 + 1 + 7)


def test_systems_without_a_refresh_stay_and_without_a_successor_leave():
    assert not days(build(make.site()), "retired")
    gone = build(make.site(make.hall(make.racks(refresh={"age_years": 0.5}))))
    assert len(days(gone, "retired")) == len(days(gone, "in_service")) == 8


def test_what_is_there_has_its_dates_in_the_past():
    timeline = build(make.standing_site())
    assert days(timeline, "energised") == [float((date(2024, 1, 1) - make.START).days)]
    assert days(timeline, "ready_for_service") == [-365.0]
    assert set(days(timeline, "in_service")) == {-184.0}
    assert timeline.waits == ()


def test_a_hall_with_a_date_to_come_waits_for_it():
    hall = make.standing_hall(ready_for_service_on=date(2026, 5, 1), deployments=[])
    timeline = build(make.standing_site(phases=[hall]))
    assert days(timeline, "ready_for_service") == [120.0]
    assert path(timeline) == [("planned start", 0.0, 120.0)]


def test_systems_have_no_milestone_from_the_horizon_on_but_halls_and_grid_do():
    slow = make.hall(stages=make.stages(("permit", 30.0)))
    timeline = build(make.site(slow))
    assert days(timeline, "ready_for_service") == pytest.approx([(3 + 30) * MONTH_D])
    assert not days(timeline, "in_service")
    assert len(days(timeline, "delivered")) == 1


def test_too_many_events_stop_the_run_with_a_message():
    order = make.racks(refresh={"age_years": 0.1, "system": "gb300-nvl72", "lead_time_weeks": 0})
    fast = {"installer_crews": 1, "racks_per_crew_day": 1e9, "burn_in_days": 0}
    scenario = loads(make.scenario(make.site(make.hall(order)), crews=fast))
    with pytest.raises(SimulationError, match="has not ended after 200 events"):
        build_out(scenario, max_events=200)


def test_systems_that_fill_a_share_are_whole_and_inside_it():
    scenario = loads(make.scenario(make.site(make.hall(make.racks(systems=None, fill_share=0.5)))))
    phase = scenario.sites[0].phases[0]
    assert system_count(phase, phase.deployments[0], scenario.catalog) == int(8000 / 159.552) == 50


def test_lots_and_successors_by_hand():
    assert part_sizes(3, 10) == [1, 1, 1]
    assert part_sizes(0, 3) == []
    assert part_sizes(7, 2) == [3, 4]
    assert successor_sizes([1, 1, 1], 100.0, 150.0) == [0, 1, 1]
    assert successor_sizes([5], 100.0, 50.0) == [10]


def test_stages_that_wait_for_each_other_are_an_error():
    stages = (
        Stage(id="one", duration_months=1.0, after=("two",)),
        Stage(id="two", duration_months=1.0, after=("one",)),
    )
    with pytest.raises(ValueError, match="wait for each other"):
        predecessors(SimpleNamespace(id="p", stages=stages))


def test_stage_kind_work_takes_its_duration():
    stage = Stage(id="permit", duration_months=12.0)
    step = GridStep(id="g1", grid_mw=1.0, stages=(stage,))
    assert duration_d(step, stage, None) == 365.25


def test_nothing_is_delivered_before_its_launch():
    # launched on 2026-10-01, day 273, whatever the ten weeks from March; a launch a month late a month later
    def delivered(**changes):
        order = make.racks(system="vr200-nvl72", systems=50) | changes
        return days(build(make.site(make.hall(order))), "delivered")[0]

    assert delivered(launch_slip_months=0.0) == 273.0
    assert delivered(launch_slip_months=1.0) == pytest.approx(273.0 + MONTH_D)
    assert delivered(launch_slip_months=0.0, ordered_on=date(2026, 8, 1)) == 212.0 + 70.0
