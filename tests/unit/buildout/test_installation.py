"""When systems are there follows from deliveries and the rate of the crews, and from no bookkeeping.

Tests `buildout.installers`, `buildout.cohorts`, `buildout.deliveries`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import simpy

from capsim.buildout.cohorts import first_day_and_weeks
from capsim.buildout.installers import Installers
from capsim.buildout.simulate import build_out
from capsim.errors import ScenarioError
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
BURN_IN_D = 7.0


def hall(*orders, mw=16.0, **changes):
    """A hall that is ready on the first day."""
    there = {"ready_for_service_on": make.START, "stages": None}
    return {
        k: v for k, v in make.hall(*orders, critical_it_mw=mw, **there, **changes).items() if v is not None
    }


def play(*halls, crews=None, **changes):
    power = [{"id": "g1", "grid_mw": 4000.0, "energised_on": date(2025, 1, 1)}]
    pace = {"burn_in_days": BURN_IN_D, "racks_per_crew_day": 2} | (crews or {})
    place = make.site(*halls, grid_connection=power)
    return build_out(loads(make.scenario(place, crews=pace, **changes)))


def racks(number=100, **changes):
    """Racks that are there on the first day."""
    return make.racks(systems=number, lead_time_weeks=0, ordered_on=make.START, **changes)


def served(timeline, **names):
    """Days on which systems come into service, and how many."""
    rows = timeline.of_kind("in_service")
    return [(m.time_d, m.amount) for m in rows if all(getattr(m, key) == v for key, v in names.items())]


def test_a_hall_of_1000_mw_by_hand():
    # 100 crews of two racks a day; 6,000 racks take 30 days, the first 200 one of them
    ramp = served(play(hall(racks(6000), mw=1000.0)))
    assert ramp[0] == pytest.approx((1 + BURN_IN_D, 200))
    assert ramp[-1][0] == pytest.approx(30 + BURN_IN_D)
    assert sum(amount for _, amount in ramp) == 6000
    # 29 days are four weeks, of 1,450 racks each
    assert ramp[1:] == [pytest.approx((1 + 7.25 * week + BURN_IN_D, 1450)) for week in (1, 2, 3, 4)]


@pytest.mark.parametrize("parts", [1, 12, 100])
def test_an_order_in_parts_has_the_same_dates_to_a_day(parts):
    # 6,000 racks in one order, in 12 or in 100 of the same hall: ready on day 0, done on day 30
    orders = [racks(6000 // parts, id=f"d{n:03d}") for n in range(parts)]
    ramp = served(play(hall(*orders, mw=1000.0)))
    there, by_d = 0.0, {}
    for time_d, amount in ramp:
        there += amount
        by_d[there] = time_d
    assert there == 6000
    assert ramp[0][0] == pytest.approx(1 + BURN_IN_D, abs=1.0)
    assert ramp[-1][0] == pytest.approx(30 + BURN_IN_D, abs=1e-6)
    # between them nothing is there before it is installed, nor more than a cohort of a week after
    for number, time_d in by_d.items():
        assert time_d == pytest.approx(number / 200 + BURN_IN_D, abs=1e-6)


@pytest.mark.parametrize(("mw", "days"), [(5.0, 15.0), (10.0, 15.0), (20.0, 7.5), (40.0, 3.75)])
def test_crews_grow_with_the_hall_and_a_hall_has_at_least_one(mw, days):
    last_d, _ = served(play(hall(racks(30), mw=mw)))[-1]
    assert last_d == pytest.approx(days + BURN_IN_D)


def test_a_hall_has_its_own_crews_and_a_portfolio_shares_those_it_counts():
    halls = [hall(racks(40), id=name, mw=10.0) for name in ("p1", "p2")]
    own = play(*halls)
    assert {served(own, phase=name)[-1][0] for name in ("p1", "p2")} == {20 + BURN_IN_D}
    # one crew of two racks a day for both: first p1, then p2
    shared = play(*halls, crews={"installer_crews": 1})
    assert served(shared, phase="p1")[-1][0] == pytest.approx(20 + BURN_IN_D)
    assert served(shared, phase="p2")[0][0] == pytest.approx(21 + BURN_IN_D)
    assert served(shared, phase="p2")[-1][0] == pytest.approx(40 + BURN_IN_D)
    (wait,) = [w for w in shared.waits if w.cause == "crew"]
    assert wait == (0.0, 20.0, "a", "p2", "racks", "crew")


def test_what_is_of_better_rank_interrupts_and_the_rest_goes_on():
    # 40 racks from day 0, ten of better rank from day 7: those take days 7 to 12, the others end on day 25
    urgent = make.racks(id="vip", systems=10, lead_time_weeks=1, ordered_on=make.START, priority=1)
    timeline = play(hall(racks(40), urgent), crews={"installer_crews": 1})
    assert served(timeline, item="vip")[-1][0] == pytest.approx(12 + BURN_IN_D)
    assert served(timeline, item="racks")[-1][0] == pytest.approx(25 + BURN_IN_D)


def test_a_delivery_over_weeks_is_installed_as_it_comes():
    # 100 racks over 10 weeks, in 11 parts from day 0 on; two a day are more than come
    timeline = play(hall(racks(delivery_weeks=10)), crews={"installer_crews": 1})
    delivered = [(m.time_d, m.amount) for m in timeline.of_kind("delivered")]
    assert [day for day, _ in delivered] == pytest.approx([7.0 * week for week in range(11)])
    assert sum(amount for _, amount in delivered) == 100
    assert {amount for _, amount in delivered} == {9, 10}
    assert served(timeline)[-1][0] == pytest.approx(70 + delivered[-1][1] / 2 + BURN_IN_D)
    # where the crews are slower than deliveries, they set the end
    slow = play(hall(racks(delivery_weeks=10)), crews={"installer_crews": 1, "racks_per_crew_day": 1})
    assert served(slow)[-1][0] == pytest.approx(100 + BURN_IN_D)


def test_no_system_is_lost_between_order_and_service():
    refresh = {"age_years": 0.3, "system": "gb300-nvl72", "fill": "count", "lead_time_weeks": 4}
    order = racks(97, delivery_weeks=6, refresh=refresh)
    allocation = [{"id": "q", "from_on": make.START, "systems_per_quarter": 40.5}]
    supply = [{"id": "v", "systems": ["gb300-nvl72"], "allocation": allocation}]
    timeline = play(hall(order), supply=supply)
    total = {
        kind: sum(m.amount for m in timeline.of_kind(kind)) for kind in ("ordered", "delivered", "retired")
    }
    missing = sum(m.amount for m in timeline.of_kind("undelivered"))
    assert total["ordered"] == total["delivered"] + missing
    assert all(float(m.amount).is_integer() for m in timeline.of_kind("delivered", "in_service", "retired"))
    assert total["retired"] <= sum(m.amount for m in timeline.of_kind("in_service")) <= total["delivered"]


def test_cohorts_are_the_first_day_and_then_weeks():
    assert first_day_and_weeks(320, 32.0) == [10, 77, 78, 77, 78]
    assert first_day_and_weeks(3, 300.0) == [1, 1, 1]  # no cohort without a system
    assert first_day_and_weeks(1, 0.0) == [1]
    assert len(first_day_and_weeks(10**6, 10.0**6)) == 53


def test_a_queue_of_installers_by_hand():
    # two racks a day: "b" comes first; "a" asks at the same moment and by name goes before it
    env, done = simpy.Environment(), {}
    pool = Installers(env, racks_per_day=2.0)

    def ask(name, day, number, rank):
        yield env.timeout(day)
        begun_d = yield pool.install(number, rank, (name,))
        done[name] = begun_d, env.now

    for row in (("b", 0.0, 6.0, 5), ("a", 0.0, 2.0, 5), ("c", 1.0, 2.0, 5), ("vip", 2.0, 4.0, 1)):
        env.process(ask(*row))
    env.run()
    assert done == {"a": (0.0, 1.0), "b": (1.0, 6.0), "vip": (2.0, 4.0), "c": (6.0, 7.0)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lots": 12}, "deployments.racks.lots: is no key any more: systems come over delivery_weeks"),
        ({"delivery_weeks": -1}, "deployments.racks.delivery_weeks: must be at least 0 (got -1)"),
    ],
)
def test_keys_of_earlier_versions_are_refused_with_those_that_took_their_place(changes, message):
    with pytest.raises(ScenarioError) as caught:
        play(hall(racks(**changes)))
    assert message in str(caught.value)


def test_crews_are_counted_once_and_supplies_have_no_rule():
    with pytest.raises(ScenarioError, match="halls have no crews of their own beside installer_crews"):
        play(hall(racks()), crews={"installer_crews": 1, "installer_crews_per_mw": 0.1})
    entry = {"id": "q", "from_on": make.START, "systems_per_quarter": 1}
    with pytest.raises(ScenarioError, match=r"supply.v.rule: is no key any more"):
        play(
            hall(racks()),
            supply=[{"id": "v", "systems": ["gb300-nvl72"], "rule": "who_fits", "allocation": [entry]}],
        )
