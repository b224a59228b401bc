"""Closed forms of jobs against simulated runs, gaps and loads, within four standard errors."""

import math

import numpy as np
import pytest

from capsim.models.job_mix import campaigns, productive_share
from capsim.models.power_swing import clipped


def agree(found, expected):
    error = np.std(found, ddof=1) / math.sqrt(len(found))
    assert error > 0
    assert abs(np.mean(found) - expected) <= 4 * error, (np.mean(found), expected, error)


@pytest.mark.parametrize(
    ("size", "rate", "restart_h", "checkpoint_h", "write_h"),
    [(16_384, 6.5, 1 / 6, 1.0, 0.0), (16_384, 3.8, 0.25, 0.1, 0.01), (100_000, 6.5, 0.5, 1.0, 0.1)],
)
def test_goodput_of_simulated_runs(size, rate, restart_h, checkpoint_h, write_h):
    """Run to the failure, keep whole checkpoints, restart; progress over time is a ratio of two means."""
    rng = np.random.default_rng(11)
    mean_h = 24_000.0 / (rate * size / 8)
    run = rng.exponential(mean_h, 200_000)
    kept = np.floor(run / (checkpoint_h + write_h)) * checkpoint_h
    expected = productive_share(
        size,
        failures_per_1000_node_days=rate,
        node_accelerators=8.0,
        restart_h=restart_h,
        checkpoint_h=checkpoint_h,
        write_h=write_h,
    )
    agree(kept - float(expected) * (run + restart_h), 0.0)


@pytest.mark.parametrize("after_h", [1.0, 20.0, 400.0])
def test_a_slot_runs_as_often_as_a_two_state_chain_says(after_h):
    run_h, gap_h, slots = 60.0, 15.0, 4000
    begin, end = campaigns(np.random.default_rng(5), np.zeros(slots), run_h=run_h, gap_h=gap_h, until_h=500.0)
    running = ((begin <= after_h) & (after_h < end)).reshape(slots, -1).sum(axis=1)
    mean = run_h / (run_h + gap_h)
    agree(running, mean + (1.0 - mean) * math.exp(-after_h * (1 / run_h + 1 / gap_h)))


@pytest.mark.parametrize(
    ("jobs", "small"),
    [(1, 0), (3, 0), (5, 200), (12, 1000)],
    ids=["one synchronous job", "three", "five among small ones", "twelve among many"],
)
def test_a_limit_cuts_what_simulated_jobs_exceed_it_by(jobs, small):
    """Jobs of 4 MW that compute for 0.88 of the time, small ones of 0.02 MW, 3 MW of idle power."""
    rng, on, n = np.random.default_rng(7), 0.88, 40_000
    load = 3.0 + 4.0 * rng.binomial(jobs, on, n) + 0.02 * rng.binomial(small, on, n)
    for quantile in (0.2, 0.6, 0.97):
        limit = (1 - quantile) * 3.0 + quantile * (3.0 + 4.0 * jobs + 0.02 * small)
        mean, share = clipped(
            3.0 + 0.02 * small * on,
            jobs=jobs,
            job_mw=4.0,
            on_share=on,
            others_variance=small * 0.02**2 * on * (1 - on),
            limit_mw=limit,
        )
        is_over = load > limit
        if 0.001 < share < 0.999:
            agree(is_over.astype(float), float(share))
            agree(np.minimum(load, limit), float(mean))
