"""The objects of a run before its first event: each knows its plan, its place and its neighbours.

Tests `buildout.layout`, `buildout.world`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

from capsim.buildout.layout import lay_out
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def laid_out(**changes):
    kit = {"id": "ups", "item": "lt-ups", "needed_at": "construction"}
    first = make.site(make.hall(equipment=[kit]), make.hall(id="p2", after=["p1"]))
    second = make.site(make.hall(id="q1", after=["a.p2", "a.p1"]), id="b")
    return lay_out(loads(make.scenario(first, second, **changes)), 0, 0)


def test_phases_know_those_before_and_after_them_also_at_other_sites():
    one, two, other = laid_out().phases
    assert (one.earlier, one.later) == ([], [two, other])
    assert (two.earlier, two.later) == ([one], [other])
    assert other.earlier == [two, one]


def test_what_powers_a_phase_and_what_belongs_to_it_is_at_hand():
    world = laid_out()
    phase = world.sites["a"].phases["p1"]
    assert phase.step is world.sites["a"].steps["g1"]
    assert [served.name for served in phase.step.phases] == [("a", "p1", ""), ("a", "p2", "")]
    assert [item.name for item in phase.needed_at("construction")] == [("a", "p1", "ups")]
    assert not phase.needed_at("permit")
    assert [order.name for order in world.orders] == [
        ("a", "p1", "racks"),
        ("a", "p2", "racks"),
        ("b", "q1", "racks"),
    ]


def test_nothing_has_begun_and_nothing_waits():
    world = laid_out()
    for phase in world.phases:
        assert phase.start_d == float("inf")
        assert phase.stuck is None
        assert phase.account.is_open
        assert not any((phase.is_given_up, phase.is_cancelled(), phase.ready.triggered))
        assert not any(item.is_ordered for item in phase.items.values())
    assert world.env.peek() == float("inf")


def test_planners_expect_central_values_in_a_draw():
    permit = {"id": "permit", "duration_months": {"dist": "triangular", "low": 1.0, "mode": 2.0, "high": 6.0}}
    scenario = loads(make.scenario(make.site(make.hall(stages=[permit]))))
    (phase,) = lay_out(sample(scenario, 1, 4), 1, 4).phases
    # the median: half of the triangle lies above 6 - sqrt(5 x 4 / 2)
    assert phase.expected_stages["permit"].duration_months == 6.0 - 10.0**0.5
    assert phase.stages["permit"].duration_months != 6.0 - 10.0**0.5
