"""Is the event engine unbiased? Queues against their theory, within four standard errors."""

import math
import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import simpy

from capsim.buildout.crews import Crews
from capsim.buildout.installers import Installers
from capsim.buildout.pool import Pool
from capsim.buildout.simulate import begin
from capsim.buildout.timeline import CREW
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))


def erlang_c_wait(rate, service, crews):
    """Mean wait in M/M/c, from Erlang's C formula."""
    load = rate * service
    term = load**crews / math.factorial(crews) * crews / (crews - load)
    waits = term / (sum(load**k / math.factorial(k) for k in range(crews)) + term)
    return waits * service / (crews - load)


def by_installers(env, crews):
    """Racks are set up by all crews at once: who asks waits until the first of them begins."""
    pool = Installers(env, float(crews))

    def work(number, racks):
        asked_d = env.now
        begun_d = yield pool.install(racks, 50, (f"{number:06d}",))
        return begun_d - asked_d

    return work, lambda: sum(math.isinf(job.begun_d) for job in pool._queue)


def by_crews(env, crews):
    """A stage is worked on by one crew."""
    pool = Crews(env, capacity=crews)

    def work(_, days):
        asked_d = env.now
        with pool.request(priority=50) as crew:
            yield crew
            wait_d = env.now - asked_d
            yield env.timeout(days)
        return wait_d

    return work, lambda: len(pool.queue)


def serve(rng, desk, crews, rate, service, jobs):
    """Jobs that arrive at random and take an exponential time: waits, and queue over time."""
    env = simpy.Environment()
    work, waiting = desk(env, crews)
    arrivals = np.cumsum(rng.exponential(1.0 / rate, jobs))
    sizes = rng.exponential(service, jobs)
    area = SimpleNamespace(value=0.0, since=0.0)
    waits = np.zeros(jobs)

    def job(number):
        yield env.timeout(arrivals[number])
        waits[number] = yield from work(number, sizes[number])

    def watch():
        while env.peek() < math.inf:
            yield env.timeout(0.25)
            area.value += 0.25 * waiting()
            area.since = env.now

    for number in range(jobs):
        env.process(job(number))
    env.process(watch())
    env.run(until=float(arrivals[-1]))
    return waits, area.value / area.since, jobs / arrivals[-1]


@pytest.mark.parametrize(("crews", "load"), [(1, 0.6), (3, 0.75)])
@pytest.mark.parametrize("desk", [by_installers, by_crews])
def test_waits_for_crews_are_those_of_erlang(desk, crews, load):
    means = []
    for replication in range(40):
        rng = np.random.default_rng([replication, crews])
        waits, _, _ = serve(rng, desk, crews, load * crews, 1.0, 1500)
        means.append(waits[300:1400].mean())
    error = np.std(means, ddof=1) / math.sqrt(len(means))
    # installers are one server at the rate of all crews
    at_once, takes_d = (1, 1.0 / crews) if desk is by_installers else (crews, 1.0)
    assert abs(np.mean(means) - erlang_c_wait(load * crews, takes_d, at_once)) <= 4 * error


@pytest.mark.parametrize("desk", [by_installers, by_crews])
def test_littles_law_holds_for_the_crews(desk):
    gaps = []
    for replication in range(30):
        rng = np.random.default_rng([replication, 99])
        waits, queue, rate = serve(rng, desk, 2, 1.5, 1.0, 800)
        gaps.append(queue - rate * waits.mean())
    error = np.std(gaps, ddof=1) / math.sqrt(len(gaps))
    assert abs(np.mean(gaps)) <= 4 * error + 0.01  # the ends of a finite run, and looking every quarter day


def test_littles_law_holds_for_a_pool():
    """Orders of one system each, and systems that come one by one: an M/M/1 with stock."""
    gaps = []
    for replication in range(30):
        rng = np.random.default_rng([replication, 7])
        env = simpy.Environment()
        pool = Pool(env, in_order=True)
        waits, area = [], [0.0]

        def order(time_d, env=env, pool=pool, waits=waits):
            yield env.timeout(time_d)
            asked = env.now
            yield pool.ask(1.0, 50, (f"{time_d}",))
            waits.append(env.now - asked)

        def come(times, env=env, pool=pool):
            for gap in times:
                yield env.timeout(gap)
                pool.put(1.0)

        def watch(env=env, pool=pool, area=area):
            while True:
                yield env.timeout(0.25)
                area[0] += 0.25 * len(pool.queue)

        arrivals = np.cumsum(rng.exponential(1.0, 500))
        for time_d in arrivals:
            env.process(order(time_d))
        env.process(come(rng.exponential(0.8, 1000)))
        env.process(watch())
        env.run(until=float(arrivals[-1]) + 100.0)
        assert len(waits) == 500
        assert pool.received == pytest.approx(pool.level + pool.given)
        gaps.append((area[0] - sum(waits)) / env.now)
    error = np.std(gaps, ddof=1) / math.sqrt(len(gaps))
    assert abs(np.mean(gaps)) <= 4 * error


def crowded(rng, phases):
    """Halls that start on random days, and share few crews for construction, commissioning and racks."""
    there = [{"id": "g1", "grid_mw": 40.0, "energised_on": make.START}]
    halls = []
    for number in range(phases):
        build, commission = rng.exponential(4.0), rng.exponential(1.5)
        rows = [
            {"id": "construction", "duration_months": build, "crew": "construction"},
            {"id": "commissioning", "duration_months": commission, "crew": "commissioning"},
        ]
        order = make.racks(systems=int(rng.integers(10, 90)))
        starts_on = make.START + timedelta(days=int(rng.integers(0, 1500)))
        halls.append(make.hall(order, id=f"p{number}", stages=rows, starts_on=starts_on))
    places = [make.site(hall, id=f"s{n}", grid_connection=there) for n, hall in enumerate(halls)]
    crews = {"installer_crews": 2, "racks_per_crew_day": 2, "burn_in_days": 7}
    limited = {"construction_crews": 3, "commissioning_crews": 1}
    return loads(make.scenario(*places, crews=crews | limited, horizon_years=12))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_littles_law_holds_for_every_crew_of_a_build_out(seed):
    """Those who stand in each queue, watched event by event, against the waits the build-out records.

    All who came have left in the end, so the law is an identity: the mean number waiting is the rate of
    arrivals times the mean wait.
    """
    phases = 40
    world = begin(crowded(np.random.default_rng([seed, 12]), phases))
    stages = ("construction", "commissioning")
    area, begin_d = dict.fromkeys((*stages, "racks"), 0.0), world.env.now
    while world.env.peek() < math.inf:
        step_d = world.env.peek() - world.env.now
        for name in stages:
            area[name] += len(world.crews[name].queue) * step_d
        # an order waits until the crews begin with its first cohort
        queued = world.shared_installers._queue
        area["racks"] += step_d * sum(math.isinf(j.begun_d) and j.key[2][-1] == "000000" for j in queued)
        world.env.step()
    days, number = world.env.now - begin_d, phases
    assert {m.phase for m in world.milestones if m.kind == "installed"} == {f"p{n}" for n in range(phases)}
    for name in area:
        waits = [w.end_d - w.start_d for w in world.waits if w.cause == CREW and w.item == name]
        assert len(waits) > 5
        if name in stages:
            assert number == sum(m.kind == "started" and m.item == name for m in world.milestones)
        mean_wait = sum(waits) / number
        assert area[name] / days == pytest.approx(number / days * mean_wait, rel=1e-9)
