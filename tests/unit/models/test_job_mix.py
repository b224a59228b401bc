"""Whole jobs in a fleet, their goodput, their gaps: hand-checkable values, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.job_mix import campaigns, packed, productive_share

NODE = {"node_accelerators": 8.0, "restart_h": 0.25, "checkpoint_h": 1.0}


@pytest.mark.parametrize(
    ("fleet", "sizes", "shares", "jobs"),
    [
        pytest.param(24_576, [16_384], [1.0], [1], id="a third stays empty"),
        pytest.param(24_576, [16_384, 8], [0.667, 0.333], [1, 1024], id="small jobs fill the rest"),
        pytest.param(16_383, [16_384], [1.0], [0], id="one accelerator short is no job"),
        pytest.param(20_000, [16_384, 512], [0.667, 0.333], [1, 7], id="nearer to one job than to none"),
        pytest.param(10_000, [16_384, 512], [0.667, 0.333], [0, 19], id="too small for the largest"),
        pytest.param(0, [16], [1.0], [0], id="no fleet"),
    ],
)
def test_whole_jobs_as_counted_by_hand(fleet, sizes, shares, jobs):
    assert packed(fleet, sizes, shares).tolist() == jobs


@given(
    st.lists(st.floats(0.0, 1e5), min_size=1, max_size=5),
    st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_jobs_are_whole_fit_and_leave_less_than_the_smallest(fleets, sizes, random):
    sizes = sorted(sizes, reverse=True)
    shares = np.array([random.random() + 0.01 for _ in sizes])
    jobs = packed(fleets, sizes, shares / shares.sum())
    held = (jobs * np.array(sizes)[:, None]).sum(axis=0)
    assert np.array_equal(jobs, np.rint(jobs))
    assert np.all(jobs >= 0)
    assert np.all(held <= np.array(fleets) + 1e-6)
    assert np.all(np.array(fleets) - held < sizes[-1] + 1e-6)


def test_goodput_to_first_order_is_the_published_expression():
    """(1 - N r (u + D/2)) / (1 + w/D): 16 nodes at 6.5 per 1,000 node-days lose 0.325 %."""
    nodes, rate = 16, 6.5
    found = productive_share(8 * nodes, failures_per_1000_node_days=rate, write_h=0.01, **NODE)
    lost = nodes * rate / 1000 / 24 * (0.25 + 0.5)
    assert lost == pytest.approx(0.00325, rel=1e-3)
    assert found == pytest.approx((1 - lost) / 1.01, abs=2e-4)


def test_goodput_falls_with_size_and_is_1_without_failures():
    sizes = np.array([8, 1024, 16_384, 131_072])
    shares = productive_share(sizes, failures_per_1000_node_days=6.5, **NODE)
    assert np.all(np.diff(shares) < 0)
    assert np.all((shares > 0) & (shares < 1))
    assert productive_share(16_384, failures_per_1000_node_days=0.0, **NODE) == 1.0


def test_a_slot_more_changes_nothing_of_the_others():
    def of(n):
        begin, end = campaigns(np.random.default_rng(4), np.zeros(n), run_h=50, gap_h=5, until_h=9000)
        return begin.reshape(n, -1), end.reshape(n, -1)

    for few, many in zip(of(2), of(3), strict=True):
        assert np.array_equal(few, many[:2])
    begin, end = of(3)
    assert np.all(begin[:, 0] == 0)
    assert np.all(begin[:, 1:] >= end[:, :-1])
    assert np.all(end[:, -1] > 9000)


@pytest.mark.parametrize(
    "call",
    [
        lambda: packed(-1.0, [8], [1.0]),
        lambda: packed(math.nan, [8], [1.0]),
        lambda: packed(10.0, [8, 16], [0.5, 0.5]),
        lambda: packed(10.0, [8], [0.5]),
        lambda: productive_share(0.0, failures_per_1000_node_days=1.0, **NODE),
        lambda: productive_share(8.0, failures_per_1000_node_days=math.nan, **NODE),
        lambda: productive_share(8.0, failures_per_1000_node_days=1.0, **NODE | {"checkpoint_h": 0.0}),
        lambda: campaigns(np.random.default_rng(0), [0.0], run_h=0.0, gap_h=1.0, until_h=1.0),
        lambda: campaigns(np.random.default_rng(0), [0.0], run_h=1.0, gap_h=-1.0, until_h=1.0),
        lambda: campaigns(np.random.default_rng(0), [math.inf], run_h=1.0, gap_h=1.0, until_h=1.0),
    ],
)
def test_what_has_no_meaning_is_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()


def test_neither_more_slots_nor_a_later_end_changes_what_was_drawn():
    def runs(slots, until_h):
        rng = np.random.default_rng(5)
        begin, end = campaigns(rng, np.zeros(slots), run_h=50, gap_h=5, until_h=until_h)
        return begin.reshape(slots, -1), end.reshape(slots, -1)

    short, long = runs(2, 500), runs(3, 5000)
    for few, many in zip(short, long, strict=True):
        assert np.array_equal(few, many[:2, : few.shape[1]])


def test_the_campaigns_of_every_slot_last_to_the_end_of_the_time_that_matters():
    for until_h in (1.0, 500.0, 9000.0):
        _, end = campaigns(np.random.default_rng(7), np.zeros(400), run_h=50, gap_h=5, until_h=until_h)
        assert end.reshape(400, -1).max(axis=1).min() >= until_h
