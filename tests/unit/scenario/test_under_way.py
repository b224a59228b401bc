"""What was applied for or ordered in one piece runs since that day, whatever a line says of its parts.

Tests `scenario.informed`, `buildout.deployment`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from scipy import stats

from capsim.buildout.simulate import build_out
from capsim.scenario import Sampler, loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D = 365.25 / 12
AS_OF = date(2026, 11, 28)
QUEUE = {"id": "queue", "duration_months": {"dist": "lognormal", "median": 12.0, "sigma": 0.3}}
WORKS = {"id": "works", "duration_months": 10.0}


def happened(what, item, on, number=None, unit=""):
    record = {"on": on, "site": "a", "item": item, "what": what}
    return record | ({"number": number, "unit": unit} if number is not None else {})


def milestone(scenario, kind, item):
    found = (m for m in build_out(scenario).of_kind(kind) if m.item == item)
    return [(scenario.calendar.date_of(m.time_d), m.amount) for m in found]


def applied(on, *lines, stages=(QUEUE, WORKS), as_of=AS_OF, **changes):
    """A hall and its grid step of a queue and works."""
    step = {"id": "g1", "grid_mw": 24.0, "stages": list(stages)} | changes
    step |= {"applied_on": on} if on is not None else {}
    place = make.site(make.hall(deployments=[]), grid_connection=[step])
    return loads(make.scenario(place, horizon_years=8, as_of=as_of, actuals=list(lines)))


def queue_left(elapsed_months):
    """Median of what is left of the queue after a time, worked by scipy. [months]"""
    whole = stats.lognorm(0.3, scale=12.0)
    return whole.isf(whole.sf(elapsed_months) / 2.0) - elapsed_months


@pytest.mark.parametrize("by", ["plan", "line"])
def test_the_queue_of_a_grid_step_runs_since_its_application(by):
    """Ten months of its twelve are gone: 3.6 are left in the median; on the day itself all twelve are."""
    on = date(2026, 1, 28)
    elapsed = (AS_OF - on).days / MONTH_D
    lines = [happened("applied", "g1", on)] if by == "line" else []
    scenario = applied(on if by == "plan" else None, *lines)
    assert milestone(scenario, "started", "g1.queue") == [(on, 1.0)]
    ((over, _),) = milestone(scenario, "finished", "g1.queue")
    assert (over - AS_OF).days / MONTH_D == pytest.approx(queue_left(elapsed), abs=0.05)
    ((fresh, _),) = milestone(applied(AS_OF), "finished", "g1.queue")
    assert (fresh - AS_OF).days / MONTH_D == pytest.approx(12.0, abs=0.05)
    sampler = Sampler(scenario)
    for k in range(10):
        ((drawn, _),) = milestone(sampler.sample(1, k), "finished", "g1.queue")
        assert drawn >= AS_OF


def test_only_what_comes_after_nothing_runs_since_the_application():
    """Study and queue side by side have begun; works have not, nor a queue that a line says began later."""
    study = {"id": "study", "duration_months": 30.0, "after": []}
    on, later = date(2025, 11, 28), date(2026, 6, 1)
    scenario = applied(on, stages=(QUEUE, study, WORKS | {"after": ["queue", "study"]}))
    begun = {name: milestone(scenario, "started", f"g1.{name}")[0][0] for name in ("queue", "study", "works")}
    assert begun["queue"] == begun["study"] == on
    assert begun["works"] > AS_OF
    said = applied(on, happened("started", "g1.queue", later))
    assert milestone(said, "started", "g1.queue") == [(later, 1.0)]
    over = applied(on, happened("finished", "g1.queue", later))
    assert milestone(over, "finished", "g1.queue") == [(later, 1.0)]
    # without a data date a plan's durations are as it has them
    assert milestone(applied(on, as_of=None), "finished", "g1.queue")[0][0] == date(2026, 11, 28)


def counted(*lines, as_of=AS_OF, **order):
    """A hall that is there, and 100 racks that take a lognormal lead time of 50 weeks."""
    lead = {"lead_time_weeks": {"dist": "lognormal", "median": 50.0, "sigma": 0.4}}
    racks = make.racks(**lead, **order)
    hall = make.standing_hall(deployments=[racks])
    place = make.standing_site(phases=[hall])
    return loads(make.scenario(place, horizon_years=6, as_of=as_of, actuals=list(lines)))


@pytest.mark.parametrize("by", ["plan", "line"])
def test_the_rest_of_an_order_was_ordered_with_it(by):
    """20 of 100 racks are there after 60 of 50 weeks: the rest is on its way, given that it is not there."""
    on, later = date(2025, 10, 1), date(2026, 4, 1)
    lines = [happened("in_service", "p1.racks", later, 20, "systems")]
    lines += [happened("ordered", "p1.racks", on)] if by == "line" else []
    scenario = counted(*lines, ordered_on=on if by == "plan" else date(2026, 8, 1))
    ordered = milestone(scenario, "ordered", "racks")
    assert {day for day, _ in ordered} == {on}
    assert sum(n for _, n in ordered) == 100
    delivered = milestone(scenario, "delivered", "racks")
    assert delivered[0] == (later, 20)
    whole, elapsed = stats.lognorm(0.4, scale=50.0), (AS_OF - on).days / 7
    assert (delivered[1][0] - on).days / 7 == pytest.approx(whole.isf(whole.sf(elapsed) / 2.0), abs=0.2)
    sampler = Sampler(scenario)
    for k in range(10):
        came = milestone(sampler.sample(1, k), "delivered", "racks")
        assert [n for day, n in came if day <= AS_OF] == [20]


def test_the_rest_of_an_order_that_is_not_placed_waits_for_its_day():
    """Systems that came without an order: those to be ordered later, or just in time, are ordered then."""
    lines = [happened("in_service", "p1.racks", date(2026, 4, 1), 20, "systems")]
    later = milestone(counted(*lines, ordered_on=date(2027, 3, 1)), "ordered", "racks")
    assert later == [(date(2026, 4, 1), 20), (date(2027, 3, 1), 80)]
    timed = milestone(counted(*lines, ordering="just_in_time", ordered_on=None), "ordered", "racks")
    assert timed == [(date(2026, 4, 1), 20), (AS_OF, 80)]
