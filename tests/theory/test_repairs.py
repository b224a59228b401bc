"""Failures and repairs against theory, within four standard errors over many replications."""

import math

import numpy as np
import pytest

from capsim.models.reliability import (
    Law,
    availability,
    candidates,
    lognormal_sigma,
    queued,
    renewals,
)

DAYS = 4000.0
SIGMA = lognormal_sigma(5.5, 0.85)
LAW = Law(rate_per_d=1 / 50.0, repair_median_d=0.85, repair_sigma=SIGMA)


def agree(found, expected):
    error = np.std(found, ddof=1) / math.sqrt(len(found))
    assert error > 0
    assert abs(np.mean(found) - expected) <= 4 * error, (np.mean(found), expected, error)


def unlimited(rng, law, servers, days):
    """The other path: one stream of failures for the cohort, nobody waits for a technician."""
    times = candidates(rng, law, servers, days)
    lots = np.zeros(times.size, dtype=np.int64)
    down, up, _ = queued(
        times,
        lots,
        rng.random(times.size),
        law.repairs_d(rng, times.size),
        servers=np.array([servers]),
        technicians=None,
        spares=0,
    )
    return down, np.minimum(up, days)


@pytest.mark.parametrize("path", [renewals, unlimited])
def test_availability_is_mtbf_over_mtbf_plus_mttr(path):
    # from half the time on: by then repairs, whose tail is heavy, are in equilibrium
    law = Law(1 / 50.0, 2.0, 1.0)
    mean_repair = 2.0 * math.exp(0.5)
    found = []
    for replication in range(200):
        down, up = path(np.random.default_rng([replication, 1]), law, 20, DAYS)
        half = DAYS / 2
        out = (np.maximum(up, half) - np.maximum(down, half)).sum()
        found.append(1.0 - out / (20 * half))
    agree(found, availability(50.0, mean_repair))


def test_both_paths_agree_on_failures_and_on_days_lost():
    infant = Law(1 / 50.0, 0.85, SIGMA, infant_factor=3.0, infant_d=60.0)
    differences = {"failures": [], "days": []}
    for replication in range(200):
        one = renewals(np.random.default_rng([replication, 2]), infant, 50, 400.0)
        other = unlimited(np.random.default_rng([replication, 3]), infant, 50, 400.0)
        differences["failures"].append(one[0].size - other[0].size)
        differences["days"].append((one[1] - one[0]).sum() - (other[1] - other[0]).sum())
    for found in differences.values():
        agree(found, 0.0)


def test_new_servers_fail_more_often():
    law = Law(1e-4, 0.01, 0.0, infant_factor=4.0, infant_d=100.0)
    early = [(renewals(np.random.default_rng([k, 4]), law, 2000, 300.0)[0] < 100.0).sum() for k in range(100)]
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
        times = candidates(rng, law, servers, DAYS)
        down, up, _ = queued(
            times,
            np.zeros(times.size, dtype=np.int64),
            rng.random(times.size),
            rng.exponential(repair, times.size),
            servers=np.array([servers]),
            technicians=technicians,
            spares=0,
        )
        late = DAYS / 4
        out = np.minimum(np.maximum(up, late), DAYS) - np.minimum(np.maximum(down, late), DAYS)
        found.append(out.sum() / (DAYS - late))
    agree(found, machine_repair_down(servers, technicians, rate, repair))


def test_enough_spares_leave_nothing_out_and_some_leave_less():
    rng = np.random.default_rng(5)
    times = candidates(rng, LAW, 200, 1000.0)
    lots, chance = np.zeros(times.size, dtype=np.int64), rng.random(times.size)
    work = LAW.repairs_d(rng, times.size)
    lost = []
    for spares in (0, 5, 20, 5000):
        down, up, _ = queued(
            times, lots, chance, work, servers=np.array([200]), technicians=None, spares=spares
        )
        assert np.all(up >= down)
        lost.append((up - down).sum())
    assert lost == sorted(lost, reverse=True)
    assert lost[-1] == 0.0


def test_repair_times_have_the_mean_of_their_lognormal():
    law = Law(1.0, 2.0, 0.8)
    means = [law.repairs_d(np.random.default_rng([k, 6]), 500).mean() for k in range(200)]
    agree(means, 2.0 * math.exp(0.8**2 / 2))
