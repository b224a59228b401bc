"""Failures and repairs against theory, within four standard errors over many replications."""

import math
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from capsim.buildout import lifecycle
from capsim.buildout.lifecycle import AMPLE, ONE_STREAM, SPARES_ONLY, STOCKED
from capsim.buildout.simulate import build_out
from capsim.models.reliability import (
    Law,
    candidates,
    chance_any_waits,
    lognormal_sigma,
)
from capsim.models.repairs import Failures, queued
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
DAYS = 4000.0
SIGMA = lognormal_sigma(5.5, 0.85)
LAW = Law(rate_per_d=1 / 50.0, repair_median_d=0.85, repair_sigma=SIGMA)


def agree(found, expected):
    error = np.std(found, ddof=1) / math.sqrt(len(found))
    assert error > 0
    assert abs(np.mean(found) - expected) <= 4 * error, (np.mean(found), expected, error)


def alone(rng, law, servers, days):
    """Each server followed by itself, from failure to repair to failure: the law as it is stated."""
    down, up = [], []
    for _ in range(servers):
        age = 0.0
        while True:
            expected = law.expected(np.array(age)) + rng.standard_exponential()
            failed = float(law.age_at(expected))
            if failed >= days:
                break
            age = failed + float(law.repairs_d(rng, 1)[0])
            down.append(failed)
            up.append(min(age, days))
            if age >= days:
                break
    return np.array(down), np.array(up)


def unlimited(rng, law, servers, days, technicians=None):
    """The other path: one stream of failures for the cohort, nobody waits for a technician."""
    drawn = candidates(rng, law, servers, days)
    lots = np.zeros(drawn.failed_d.size, dtype=np.int64)
    found = queued(
        Failures(drawn.failed_d, lots, drawn.chance, drawn.repair_d),
        servers=np.array([servers]),
        technicians=technicians,
        spares=0,
        hands_on_d=law.hands_on_d,
    )
    return found.down_d, np.minimum(found.up_d, days)


def ample(rng, law, servers, days):
    """The same with a technician for every server."""
    return unlimited(rng, law, servers, days, technicians=servers)


@pytest.mark.parametrize("path", [alone, unlimited, ample])
def test_availability_is_mtbf_over_mtbf_plus_mttr(path):
    # from half the time on: by then repairs, whose tail is heavy, are in equilibrium
    law = Law(1 / 50.0, 2.0, 1.0, hands_on_d=0.2)
    mean_repair = 2.0 * math.exp(0.5)
    found = []
    for replication in range(200):
        down, up = path(np.random.default_rng([replication, 1]), law, 20, DAYS)
        half = DAYS / 2
        out = (np.maximum(up, half) - np.maximum(down, half)).sum()
        found.append(1.0 - out / (20 * half))
    agree(found, 50.0 / (50.0 + mean_repair))


def test_both_paths_agree_on_failures_and_on_days_lost():
    infant = Law(1 / 50.0, 0.85, SIGMA, infant_factor=3.0, infant_d=60.0)
    differences = {"failures": [], "days": []}
    for replication in range(200):
        one = alone(np.random.default_rng([replication, 2]), infant, 50, 400.0)
        other = unlimited(np.random.default_rng([replication, 3]), infant, 50, 400.0)
        differences["failures"].append(one[0].size - other[0].size)
        differences["days"].append((one[1] - one[0]).sum() - (other[1] - other[0]).sum())
    for found in differences.values():
        agree(found, 0.0)


@pytest.mark.parametrize(
    ("technicians", "spares", "method"),
    [(30, 0, AMPLE), (None, 400, STOCKED), (30, 20, SPARES_ONLY)],
)
def test_the_queue_is_left_out_only_where_it_changes_nothing(technicians, spares, method, monkeypatch):
    """The catalogue's failures of 900 servers, by the method chosen and by the queue, at other seeds."""
    terms = {"technicians": technicians, "spares": spares, "batch_sigma": 0.0}
    scenario = make.scenario(make.standing_site(), reliability=terms)
    found = {}
    for limit, seeds in ((lifecycle.NEVER, range(100)), (0.0, range(100, 200))):
        monkeypatch.setattr(lifecycle, "NEVER", limit)
        runs = [build_out(loads(scenario), seed).outages for seed in seeds]
        assert {run.method for run in runs} == {method if limit else ONE_STREAM}
        found[limit > 0.0] = np.array(
            [
                (
                    run.failures,
                    sum((lot.up_d - lot.down_d).sum() for lot in run.lots),
                    sum((lot.begun_d - lot.down_d).sum() for lot in run.lots),
                )
                for run in runs
            ]
        )
    failures, days, waited = (found[True] - found[False]).T
    if method == STOCKED:
        assert not found[True].any()
        assert not found[False].any()
        return
    agree(failures, 0.0)
    agree(days, 0.0)
    assert not waited.any()


def test_the_chance_of_any_wait_is_bounded():
    """500 servers that fail every 50 days keep 5 technicians at work; a 17th is asked for in some runs."""
    servers, days = 500, 40.0
    law = Law(1 / 50.0, 2.0, 1.0, hands_on_d=0.5)
    held = law.mean_hands_on_d
    waits = []
    for replication in range(2000):
        rng = np.random.default_rng([replication, 11])
        times = candidates(rng, law, servers, days).failed_d
        found = queued(
            Failures(
                times,
                np.zeros(times.size, dtype=np.int64),
                rng.random(times.size),
                law.repairs_d(rng, times.size),
            ),
            servers=np.array([servers]),
            technicians=16,
            spares=0,
            hands_on_d=law.hands_on_d,
        )
        waits.append(bool(np.any(found.begun_d > found.down_d)))
    error = np.std(waits, ddof=1) / math.sqrt(len(waits))
    offered, arrivals = servers / 50.0 * held, servers / 50.0 * days
    bound = chance_any_waits(arrivals, offered, 16)
    assert 0.0 < np.mean(waits) <= bound + 4 * error
    assert bound < 1.0
    for places in (8, 16, 20, 60):
        exact = arrivals * stats.poisson.sf(places - 1, offered)
        assert min(1.0, exact) <= chance_any_waits(arrivals, offered, places) <= max(1e-300, 30 * exact)


def test_new_servers_fail_more_often():
    law = Law(1e-4, 0.01, 0.0, infant_factor=4.0, infant_d=100.0)
    early = [(alone(np.random.default_rng([k, 4]), law, 2000, 300.0)[0] < 100.0).sum() for k in range(100)]
    agree(early, 2000 * 100.0 * 4e-4)


def machine_repair_down(servers, technicians, rate, repair):
    """Mean number down in the machine-repairman model M/M/c//N."""
    weight = [1.0]
    for down in range(servers):
        working = min(down + 1, technicians)
        weight.append(weight[-1] * (servers - down) * rate / (working / repair))
    return sum(k * w for k, w in enumerate(weight)) / sum(weight)


@pytest.mark.parametrize("technicians", [1, 3])
def test_repair_with_few_technicians_is_the_machine_repairman(technicians):
    servers, rate, repair = 12, 1 / 30.0, 4.0
    law, found = Law(rate, 1.0, 0.0), []
    for replication in range(200):
        rng = np.random.default_rng([replication, technicians])
        times = candidates(rng, law, servers, DAYS).failed_d
        down, _, up, _ = queued(
            Failures(
                times,
                np.zeros(times.size, dtype=np.int64),
                rng.random(times.size),
                rng.exponential(repair, times.size),
            ),
            servers=np.array([servers]),
            technicians=technicians,
            spares=0,
        )
        late = DAYS / 4
        out = np.minimum(np.maximum(up, late), DAYS) - np.minimum(np.maximum(down, late), DAYS)
        found.append(out.sum() / (DAYS - late))
    agree(found, machine_repair_down(servers, technicians, rate, repair))


def shop(seed, servers, technicians, rate, hands_on, rest):
    """Exponential hands-on times, and a lognormal rest of the repair that holds nobody."""
    rng = np.random.default_rng(seed)
    times = candidates(rng, Law(rate, 1.0, 0.0), servers, DAYS).failed_d
    held = rng.exponential(hands_on, times.size)
    return queued(
        Failures(
            times,
            np.zeros(times.size, dtype=np.int64),
            rng.random(times.size),
            held + rest * np.exp(rng.standard_normal(times.size) - 0.5),
        ),
        servers=np.array([servers]),
        technicians=technicians,
        spares=0,
        hands_on_d=held,
    )


def mean_between(from_d, to_d, low, high):
    """Mean number of intervals under way between two times."""
    return (np.clip(to_d, low, high) - np.clip(from_d, low, high)).sum() / (high - low)


@pytest.mark.parametrize("technicians", [1, 3])
def test_only_the_hands_on_part_of_a_repair_queues_for_technicians(technicians):
    # a closed network: the rest of the repair is time away from the queue, as time up is, whatever
    # its distribution; so at the technicians it is the machine repairman with a longer time away
    servers, rate, hands_on, rest = 12, 1 / 30.0, 4.0, 10.0
    at_technicians = machine_repair_down(servers, technicians, 1 / (1 / rate + rest), hands_on)
    away = (servers - at_technicians) * rest / (1 / rate + rest)
    queue, out = [], []
    for replication in range(200):
        found = shop([replication, technicians, 8], servers, technicians, rate, hands_on, rest)
        low = DAYS / 4
        out.append(mean_between(found.down_d, found.up_d, low, DAYS))
        queue.append(mean_between(found.down_d, found.begun_d, low, DAYS))
    agree(out, at_technicians + away)
    throughput = (servers - at_technicians) / (1 / rate + rest)
    agree(queue, at_technicians - throughput * hands_on)


def test_littles_law_holds_for_the_technicians_queue():
    gaps, looks = [], np.arange(DAYS / 4, DAYS, 0.25)
    for replication in range(100):
        found = shop([replication, 9], 12, 1, 1 / 30.0, 2.0, 5.0)
        joined = np.searchsorted(np.sort(found.down_d), looks, side="right")
        left = np.searchsorted(np.sort(found.begun_d), looks, side="right")
        late = (found.down_d >= DAYS / 4) & (found.down_d < DAYS)
        rate = late.sum() / (DAYS * 3 / 4)
        wait = (found.begun_d - found.down_d)[late].mean()
        assert wait > 0
        gaps.append((joined - left).mean() - rate * wait)
    agree(gaps, 0.0)


def few_spares(seed, spares):
    """Failures of two large lots, all of which happen, and the outages they leave."""
    rng = np.random.default_rng(seed)
    law = Law(1 / 500.0, 2.0, 1.0)
    times = candidates(rng, law, 1000, DAYS).failed_d
    work = law.repairs_d(rng, times.size)
    found = queued(
        Failures(times, rng.integers(0, 2, times.size), np.zeros(times.size), work),
        servers=np.array([10**6, 10**6]),
        technicians=None,
        spares=spares,
    )
    return times, work, found


@pytest.mark.parametrize("spares", [1, 5, 10])
def test_servers_missed_are_those_in_repair_beyond_the_spares(spares):
    # in repair is an M/G/inf: Poisson with 2 failures a day times the mean repair, 6.6 servers
    mean = 2.0 * 2.0 * math.exp(0.5)
    number = np.arange(200)
    expected = (np.maximum(number - spares, 0) * stats.poisson.pmf(number, mean)).sum()
    missed = []
    for replication in range(100):
        _, _, found = few_spares([replication, spares, 13], spares)
        missed.append(mean_between(found.down_d, found.up_d, DAYS / 4, DAYS))
    agree(missed, expected)


@pytest.mark.parametrize("spares", [1, 5, 10])
def test_littles_law_holds_for_the_queue_for_spares(spares):
    """Servers missed, as repairs under way beyond the spares, against the waits of the outages."""
    for replication in range(5):
        times, work, found = few_spares([replication, spares, 14], spares)
        events = np.concatenate([times, times + work])
        order = np.argsort(events)
        in_repair = np.cumsum(np.repeat([1, -1], times.size)[order])
        whole = np.ptp(events)
        missed = (np.maximum(in_repair - spares, 0)[:-1] * np.diff(events[order])).sum() / whole
        waits = found.up_d - found.down_d
        assert waits.size > 500
        assert missed == pytest.approx(times.size / whole * (waits.sum() / times.size), rel=1e-9)


def test_a_technician_is_held_for_no_longer_than_the_repair():
    # the mean of the smaller of a lognormal and a constant, against draws
    for hands_on in (0.1, 1.0, 30.0):
        law = Law(1.0, 0.85, SIGMA, hands_on_d=hands_on)
        draws = [
            np.minimum(law.repairs_d(np.random.default_rng([k, 10]), 500), hands_on).mean()
            for k in range(200)
        ]
        agree(draws, law.mean_hands_on_d)
    assert Law(1.0, 2.0, 0.0, hands_on_d=0.5).mean_hands_on_d == 0.5
    assert Law(1.0, 2.0, 0.0, hands_on_d=5.0).mean_hands_on_d == 2.0
    assert LAW.mean_hands_on_d == pytest.approx(5.5)


def test_enough_spares_leave_nothing_out_and_some_leave_less():
    rng = np.random.default_rng(5)
    times = candidates(rng, LAW, 200, 1000.0).failed_d
    lots, chance = np.zeros(times.size, dtype=np.int64), rng.random(times.size)
    work = LAW.repairs_d(rng, times.size)
    lost = []
    for spares in (0, 5, 20, 5000):
        down, _, up, _ = queued(
            Failures(times, lots, chance, work), servers=np.array([200]), technicians=None, spares=spares
        )
        assert np.all(up >= down)
        lost.append((up - down).sum())
    assert lost == sorted(lost, reverse=True)
    assert lost[-1] == 0.0


def test_repair_times_have_the_mean_of_their_lognormal():
    law = Law(1.0, 2.0, 0.8)
    means = [law.repairs_d(np.random.default_rng([k, 6]), 500).mean() for k in range(200)]
    agree(means, 2.0 * math.exp(0.8**2 / 2))
