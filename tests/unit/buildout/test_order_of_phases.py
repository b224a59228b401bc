"""Phases that come after those of other sites, and equipment ordered just in time, by hand.

Tests `buildout.deployment`, `buildout.forecast`, `buildout.order_dates`, `buildout.critical_path`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.buildout.simulate import build_out
from capsim.errors import ScenarioError
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads, override

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D = 365.25 / 12
UPS = {"id": "ups", "item": "lt-ups", "lead_time_weeks": 10.0, "needed_at": "construction"}


def build(*places, **changes):
    return build_out(loads(make.scenario(*places, **changes)))


def days(timeline, kind, **where):
    found = timeline.of_kind(kind)
    return [m.time_d for m in found if all(getattr(m, key) == value for key, value in where.items())]


def path_of(timeline, phase="p1"):
    return [(w.cause, w.start_d, w.end_d) for w in timeline.waits if w.phase == phase and not w.item]


def two_sites(*, first_after=(), second_after=("a.p1",)):
    first = make.site(make.hall(deployments=[], after=list(first_after)))
    second = make.site(make.hall(id="q1", deployments=[], after=list(second_after)), id="b")
    return make.scenario(first, second)


def test_a_phase_may_come_after_a_phase_of_another_site():
    timeline = build_out(loads(two_sites()))
    assert days(timeline, "started", site="b", item="permit") == [7 * MONTH_D]
    assert days(timeline, "ready_for_service", site="b") == [14 * MONTH_D]
    path = [(w.cause, w.start_d, w.end_d) for w in timeline.waits if (w.site, w.item) == ("b", "")]
    assert path[0] == ("earlier phase", 0.0, 7 * MONTH_D)


def test_the_forecast_follows_a_phase_of_another_site():
    order = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=0.0)
    second = make.site(make.hall(order, id="q1", after=["a.p1"]), id="b")
    timeline = build(make.site(make.hall(deployments=[])), second)
    assert days(timeline, "ordered") == pytest.approx([14 * MONTH_D - 70.0])


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (["b.q1"], ["a.p1"], "sites.a.phases.p1.after: comes after itself: a.p1 > b.q1 > a.p1"),
        (["p1"], [], "sites.a.phases.p1.after: comes after itself: p1 > p1"),
        (
            [],
            ["a.p2"],
            "sites.b.phases.q1.after: unknown phase of the site, or of another as site.phase; did",
        ),
        ([], ["a.p2"], "did you mean a.p1? (got a.p2)"),
        ([], ["p1"], "unknown phase of the site, or of another as site.phase"),
    ],
)
def test_circles_and_unknown_phases_are_refused_at_load(first, second, message):
    with pytest.raises(ScenarioError) as caught:
        loads(two_sites(first_after=first, second_after=second))
    assert message in str(caught.value)


def with_ups(**changes):
    return make.site(make.hall(deployments=[], equipment=[UPS | changes]))


def test_equipment_just_in_time_arrives_a_margin_before_its_stage():
    # construction starts after the permit's 2 months: ordered 10 + 1 weeks before that
    need_d = 2 * MONTH_D
    with_margin = {"ordering": "just_in_time", "margin_weeks": 1.0, "lead_time_weeks": 5.0}
    timeline = build(with_ups(**with_margin))
    assert days(timeline, "equipment_ordered") == pytest.approx([need_d - 42.0])
    assert days(timeline, "equipment_delivered") == pytest.approx([need_d - 7.0])
    assert days(timeline, "ready_for_service") == [7 * MONTH_D]
    fixed = build(with_ups(lead_time_weeks=5.0))
    assert days(fixed, "equipment_ordered") == [0.0]
    assert fixed.ready_for_service_d() == timeline.ready_for_service_d()


def test_equipment_that_takes_longer_than_there_is_time_is_ordered_at_once_and_holds_its_stage():
    timeline = build(with_ups(ordering="just_in_time", margin_weeks=4.0))
    assert days(timeline, "equipment_ordered") == [0.0]
    assert days(timeline, "started", item="construction") == [70.0]
    # as with an order on the date: with the UPS a day longer, all is a day later
    assert path_of(timeline)[:2] == [("ups", 0.0, 70.0), ("construction", 70.0, 70.0 + 4 * MONTH_D)]
    assert path_of(timeline) == path_of(build(with_ups()))


def test_equipment_just_in_time_is_never_ordered_before_its_date_or_stage():
    late = {"ordering": "just_in_time", "margin_weeks": 0.0, "lead_time_weeks": 1.0}
    after = build(with_ups(ordered_after="permit", **late))
    assert days(after, "equipment_ordered") == [2 * MONTH_D]
    dated = build(with_ups(ordered_on=date(2026, 3, 1), **late))
    assert days(dated, "equipment_ordered") == [59.0]
    early = build(with_ups(ordered_on=date(2025, 1, 1), **late))
    assert days(early, "equipment_ordered") == pytest.approx([2 * MONTH_D - 7.0])


def test_equipment_just_in_time_waits_for_the_power_its_stage_waits_for():
    needs = {"needed_at": "commissioning", "ordering": "just_in_time", "margin_weeks": 2.0}
    place = with_ups(**needs)
    place["grid_connection"] = [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 12.0}]
    assert days(build(place), "equipment_ordered") == pytest.approx([12 * MONTH_D - 84.0])


@pytest.mark.parametrize("timing", [{}, {"ordering": "just_in_time", "margin_weeks": 0.0}])
def test_equipment_that_arrives_with_the_power_it_is_timed_for_is_not_what_was_waited_for(timing):
    # the site is ready in month 6, power comes in month 12 and the UPS never later than that
    place = with_ups(needed_at="commissioning", **timing)
    place["grid_connection"] = [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 12.0}]
    path = [("grid connection", 0.0, 12 * MONTH_D), ("commissioning", 12 * MONTH_D, 13 * MONTH_D)]
    assert path_of(build(place)) == path


@pytest.mark.parametrize("timing", [{}, {"ordering": "just_in_time", "margin_weeks": 0.0}])
@pytest.mark.parametrize("is_first", [True, False])
def test_of_equipment_the_one_that_comes_last_by_itself_counts_in_any_order_of_listing(timing, is_first):
    # the transformer, ordered on day 59, takes 60 weeks to day 479; the UPS of 20 weeks is timed for it
    last = {"needed_at": "commissioning"}
    ups = UPS | last | {"lead_time_weeks": 20.0, "ordering": "just_in_time", "margin_weeks": 0.0}
    long = last | {"id": "transformer", "item": "lt-power-transformer", "lead_time_weeks": 60.0}
    long |= {"ordered_on": date(2026, 3, 1)} | timing
    kits = [ups, long] if is_first else [long, ups]
    path = path_of(build(make.site(make.hall(deployments=[], equipment=kits))))
    assert path[:2] == [("planned start", 0.0, 59.0), ("transformer", 59.0, 479.0)]


def two_kits(transformer, ups):
    """30 weeks from the end of the permit on (two weeks' margin), and 26; both for the commissioning."""
    last = {"needed_at": "commissioning"}
    first = {"id": "transformer", "item": "lt-power-transformer", "lead_time_weeks": 30.0}
    first |= last | {"ordered_after": "permit", "margin_weeks": 2.0, "ordering": transformer}
    return [first, UPS | last | {"lead_time_weeks": 26.0, "margin_weeks": 0.0, "ordering": ups}]


@pytest.mark.parametrize("transformer", ["fixed", "just_in_time"])
def test_a_just_in_time_order_counts_on_the_delivery_of_another_that_is_under_way(transformer):
    # the transformer is ordered when the permit is there, on day 60.9, and arrives on day 270.9, after
    # the construction (182.6): the UPS follows 26 weeks before that, and commissioning takes a month
    kits = two_kits(transformer, "just_in_time")
    timeline = build(make.site(make.hall(deployments=[], equipment=kits)))
    arrival_d = 2 * MONTH_D + 210.0
    assert days(timeline, "equipment_ordered") == pytest.approx([2 * MONTH_D, arrival_d - 182.0])
    assert days(timeline, "equipment_delivered") == pytest.approx([arrival_d, arrival_d])
    assert days(timeline, "ready_for_service") == pytest.approx([arrival_d + MONTH_D])


def test_racks_just_in_time_count_on_the_delivery_of_equipment_that_is_under_way():
    # the hall is ready on day 60.9 + 210 + 30.4 = 301.3; racks of 20 weeks and two weeks' margin: 147.3
    order = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=2.0, lead_time_weeks=20)
    kits = two_kits("just_in_time", "just_in_time")
    timeline = build(make.site(make.hall(order, equipment=kits)))
    ready_d = 3 * MONTH_D + 210.0
    assert days(timeline, "ordered") == pytest.approx([ready_d - 154.0])
    assert days(timeline, "delivered") == pytest.approx([ready_d - 14.0])


@pytest.mark.parametrize("preset", ["fr-greenfield-full", "us-greenfield-full", "nordic-greenfield-full"])
def test_a_preset_whose_whole_equipment_is_just_in_time_is_ready_on_the_day_of_fixed_orders(preset):
    phase = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "preset": preset}
    power = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2025, 1, 1)}]

    def ready_d(**changes):
        place = make.site(phase | changes, grid_connection=power)
        scenario = loads(make.scenario(place, horizon_years=5))
        return scenario.sites[0].phases[0].equipment, build_out(scenario).ready_for_service_d()["a", "p1"]

    kits, fixed_d = ready_d()
    late = [{"id": kit.id, "ordering": "just_in_time"} for kit in kits]
    assert len(late) == 5
    assert ready_d(equipment=late)[1] == pytest.approx(fixed_d)


def test_an_order_that_is_due_within_a_day_is_placed_on_time():
    # five weeks before construction is day 25.875; free from the 26th of January (25) on
    late = {"ordering": "just_in_time", "margin_weeks": 0.0, "lead_time_weeks": 5.0}
    timeline = build(with_ups(ordered_on=date(2026, 1, 26), **late))
    assert days(timeline, "equipment_ordered") == pytest.approx([2 * MONTH_D - 35.0])
    assert days(timeline, "ready_for_service") == pytest.approx([7 * MONTH_D])


def test_equipment_of_a_phase_that_was_dropped_is_not_ordered():
    rows = make.stages()
    rows[0]["cancel_probability"] = 1.0
    late = UPS | {"needed_at": "commissioning", "ordering": "just_in_time", "margin_weeks": 0.0}
    timeline = build(make.site(make.hall(deployments=[], stages=rows, equipment=[late])))
    assert days(timeline, "cancelled") == [2 * MONTH_D]
    assert not days(timeline, "equipment_ordered")


def test_draws_order_by_the_plan_and_wait_for_what_is_late():
    # a planner who expects 5 to 7 weeks orders by the central 6, and what takes longer comes too late
    weeks = {"dist": "triangular", "low": 5.0, "mode": 6.0, "high": 7.0}
    late = {"ordering": "just_in_time", "margin_weeks": 0.0, "lead_time_weeks": weeks}
    scenario = loads(make.scenario(with_ups(**late)))
    for k in range(20):
        timeline = build_out(sample(scenario, 1, k), 1, k)
        assert days(timeline, "equipment_ordered") == pytest.approx([2 * MONTH_D - 42.0])
        delivered = days(timeline, "equipment_delivered")[0]
        assert days(timeline, "started", item="construction") == [max(2 * MONTH_D, delivered)]


def other(**changes):
    """A hall that shares nothing with the first: a grid step, crews and money of its own."""
    return make.hall(make.racks(), id="p2", energization="g2", starts_on=date(2026, 2, 1), **changes)


@pytest.mark.parametrize("replication", range(5))
def test_an_unrelated_phase_changes_no_other_milestone_by_a_bit(replication):
    months = {"dist": "triangular", "low": 1.0, "mode": 2.0, "high": 6.0}
    grid = [
        {"id": "g1", "grid_mw": 24.0, "stages": [{"id": "works", "duration_months": months}]},
        {"id": "g2", "grid_mw": 24.0, "lead_time_months": months},
    ]
    rows = [stage | {"duration_months": months} for stage in make.stages()]
    kind = {"kind": "attempts", "arguments": {"refusal_probability": 0.4}}
    rows[0] |= kind
    own = make.hall(make.racks(), stages=rows, equipment=[UPS | {"lead_time_weeks": months}])
    crews = {"installer_crews": 100, "racks_per_crew_day": 2, "burn_in_days": 7}

    def timeline(*halls):
        place = make.site(*halls, grid_connection=grid)
        scenario = loads(make.scenario(place, crews=crews, reliability={}))
        drawn = sample(scenario, 3, replication)
        return build_out(drawn, 3, replication)

    alone, both = timeline(own), timeline(own, other(stages=rows))

    def of_p1(found):
        return [row for row in found if row.phase == "p1" or row.item.startswith("g")]

    assert of_p1(alone.milestones) == of_p1(both.milestones)
    assert of_p1(alone.waits) == of_p1(both.waits)
    assert len(both.milestones) > len(alone.milestones)


def test_an_overrun_stretches_all_stages_of_its_phase_and_no_grid_step():
    # permit 2, construction 4 and commissioning 1 months become 3, 6 and 1.5; power comes after 3 months
    slow = build(make.site(make.hall(deployments=[], overrun=1.5)))
    assert days(slow, "finished", phase="p1") == pytest.approx([3 * MONTH_D, 9 * MONTH_D, 10.5 * MONTH_D])
    assert days(slow, "energised") == pytest.approx([3 * MONTH_D])
    assert [wait.cause for wait in slow.waits if wait.item == ""] == [
        "permit",
        "construction",
        "commissioning",
    ]


def test_the_overrun_of_a_preset_is_drawn_and_is_one_in_the_central_case():
    there = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2024, 1, 1)}]
    phase = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "preset": "fr-greenfield-hall"}
    scenario = loads(make.scenario(make.site(phase, grid_connection=there)))
    plan = scenario.sites[0].phases[0]
    assert (plan.overrun, plan.overrun.distribution.sigma) == (1.0, 0.32)
    assert (plan.cost_overrun, plan.cost_overrun.distribution.sigma) == (1.0, 0.193)
    # permit 14, construction 18 and commissioning 2.3 months are the likeliest; their medians are longer
    modes = [stage.duration_months.distribution.mode for stage in plan.stages]
    medians = [float(stage.duration_months.distribution.ppf(0.5)) for stage in plan.stages]
    assert modes == [14.0, 18.0, 2.3]
    assert days(build_out(scenario), "ready_for_service") == pytest.approx([sum(medians) * MONTH_D])
    drawn = [sample(scenario, 7, k) for k in range(400)]
    logs = np.log([d.sites[0].phases[0].overrun for d in drawn])
    assert abs(logs.mean()) <= 4 * 0.32 / 20
    assert abs(logs.std(ddof=1) - 0.32) <= 4 * 0.32 / np.sqrt(2 * 399)
    took = [build_out(d, 7, k).ready_for_service_d()["a", "p1"] for k, d in enumerate(drawn[:5])]
    for d, ready_d in zip(drawn, took, strict=False):
        phase = d.sites[0].phases[0]
        months = phase.overrun * sum(stage.duration_months for stage in phase.stages)
        assert ready_d == pytest.approx(months * MONTH_D)
    own = override(scenario, {"sites.a.phases.p1.overrun": 1.2})
    assert sample(own, 7, 0).sites[0].phases[0].overrun == 1.2


def test_forecasts_do_not_know_the_overrun_that_is_drawn():
    # racks take 10 weeks and are aimed at the hand-over expected after 7 months: ordered on day 143, when the
    # permit is over after 3 months and not 2, and four of construction and one of commissioning are expected
    order = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=0.0)
    scenario = loads(make.scenario(make.site(make.hall(order))))
    late = override(scenario, {"sites.a.phases.p1.overrun": 1.5})
    late._plan = scenario
    (ordered_d,) = days(build_out(late), "ordered")
    assert ordered_d == pytest.approx(8 * MONTH_D - 70.0, abs=1.0)


def test_a_circle_through_the_order_of_the_list_is_refused_at_load():
    # construction says nothing, so it comes after the permit before it, and the permit after construction
    rows = make.stages()
    rows[0]["after"] = ["construction"]
    queue = [{"id": "queue", "after": ["works"]}, {"id": "study"}, {"id": "works"}]
    step = {"id": "g1", "grid_mw": 24.0, "stages": [row | {"duration_months": 2.0} for row in queue]}
    rule = "one without after comes after the one before it"
    for place, message in [
        (
            make.site(make.hall(stages=rows)),
            "phases.p1.stages.permit.after: comes after itself: permit > construction",
        ),
        (
            make.site(grid_connection=[step]),
            "grid_connection.g1.stages.queue.after: comes after itself: queue > works > study > queue",
        ),
    ]:
        with pytest.raises(ScenarioError) as caught:
            loads(make.scenario(place))
        assert message in str(caught.value)
        assert rule in str(caught.value)


def test_a_stage_before_its_elders_in_the_list_is_no_circle():
    rows = make.stages()
    rows[0]["after"] = ["construction"]
    rows[1]["after"] = []
    timeline = build(make.site(make.hall(deployments=[], stages=rows)))
    assert days(timeline, "started", item="permit") == pytest.approx([4 * MONTH_D])
