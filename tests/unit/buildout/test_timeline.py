"""Milestones by place, in their order."""

from capsim.buildout.timeline import Milestone, ordered

ROWS = [
    Milestone(3.0, "a", "p1", "", "ready_for_service", 10.0, "MW"),
    Milestone(1.0, "a", "p1", "permit", "started", 1.0, "stage"),
    Milestone(2.0, "a", "", "g1", "energised", 15.0, "MW"),
    Milestone(2.0, "b", "p1", "permit", "started", 1.0, "stage"),
]


def test_milestones_of_a_site_and_of_a_phase_are_those_of_all_in_the_same_order():
    timeline = ordered(ROWS, [], 0)
    kinds = ("started", "energised", "ready_for_service")
    for site in ("a", "b", "none"):
        assert list(timeline.of_site(site, *kinds)) == [m for m in timeline.of_kind(*kinds) if m.site == site]
    assert [m.time_d for m in timeline.of_phase("a", "p1", *kinds)] == [1.0, 3.0]
    assert [m.item for m in timeline.of_phase("a", "", *kinds)] == ["g1"]
    assert not list(timeline.of_phase("a", "p2", *kinds))


def test_an_index_made_before_leaves_two_timelines_equal():
    one, other = ordered(ROWS, [], 0), ordered(ROWS, [], 0)
    assert one.ready_for_service_d() == {("a", "p1"): 3.0}
    assert list(one.of_site("b", "started"))
    assert one == other
    assert hash(one) == hash(other)


def test_what_was_cancelled_is_a_grid_step_a_phase_or_an_order():
    rows = [
        Milestone(4.0, "a", "", "g1", "cancelled", 24.0, "MW"),
        Milestone(5.0, "a", "p1", "", "cancelled", 16.0, "MW"),
        Milestone(6.0, "a", "p1", "racks", "cancelled", 10.0, "gb300-nvl72"),
    ]
    timeline = ordered(rows, [], 0)
    assert timeline.cancelled_d() == {("a", "p1"): 5.0}
    assert timeline.orders_cancelled_d() == {("a", "p1", "racks"): 6.0}


def test_at_one_time_and_place_what_is_no_step_of_a_life_comes_first():
    rows = [
        Milestone(1.0, "a", "p1", "works", "finished", 1.0, "stage"),
        Milestone(1.0, "a", "p1", "works", "started", 1.0, "stage"),
        Milestone(1.0, "a", "p1", "works", "committed", 5.0, "EUR"),
    ]
    assert [m.kind for m in ordered(rows, [], 0).milestones] == ["committed", "started", "finished"]
