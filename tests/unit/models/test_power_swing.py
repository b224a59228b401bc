"""Power that a limit cuts from jobs that swing as one: exact cases, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.power_swing import MOST_JOBS, clipped, swing

SHARES = st.floats(0.0, 1.0)


def test_one_job_is_cut_while_it_computes():
    """10 MW above 2 MW for 0.9 of the time, under 11 MW: 1 MW is cut for 0.9 of the time."""
    mean, share = clipped(2.0, jobs=1.0, job_mw=10.0, on_share=0.9, limit_mw=11.0)
    assert mean == pytest.approx(11.0 - 0.9)
    assert share == pytest.approx(0.9)


def test_two_jobs_are_cut_when_both_compute():
    mean, share = clipped(0.0, jobs=2.0, job_mw=10.0, on_share=0.5, limit_mw=15.0)
    assert share == pytest.approx(0.25)
    assert mean == pytest.approx(10.0 - 0.25 * 5.0)


def test_half_a_job_is_there_half_of_the_time():
    mean, share = clipped(0.0, jobs=0.5, job_mw=10.0, on_share=0.8, limit_mw=6.0)
    assert share == pytest.approx(0.4)
    assert mean == pytest.approx(4.0 - 0.4 * 4.0)


def test_normal_alone_is_the_textbook_partial_expectation():
    """At a limit on the mean, half of the time is cut and sigma / sqrt(2 pi) on average."""
    mean, share = clipped(50.0, jobs=0.0, job_mw=1.0, on_share=1.0, others_variance=4.0, limit_mw=50.0)
    assert share == pytest.approx(0.5)
    assert mean == pytest.approx(50.0 - 2.0 / math.sqrt(2.0 * math.pi))


def test_many_jobs_as_normal_are_near_the_count():
    """The same mean on either side of the number up to which jobs are counted out."""
    limits = np.linspace(110.0, 124.0, 29)
    counted = clipped(0.0, jobs=MOST_JOBS, job_mw=1.0, on_share=0.9, limit_mw=limits)
    normal = clipped(0.0, jobs=MOST_JOBS + 1e-9, job_mw=1.0, on_share=0.9, limit_mw=limits)
    np.testing.assert_allclose(normal[0], counted[0], atol=0.05)
    # a limit on a whole number of jobs cuts what lies above it: half a job off the normal curve
    np.testing.assert_allclose(normal[1], counted[1], atol=0.08)


@given(
    base=st.floats(0.0, 50.0),
    jobs=st.floats(0.0, 20.0),
    job=st.floats(0.0, 20.0),
    on=SHARES,
    variance=st.floats(0.0, 100.0),
    limit=st.floats(0.0, 500.0),
)
def test_never_above_the_limit_nor_the_load(base, jobs, job, on, variance, limit):
    mean, share = clipped(base, jobs=jobs, job_mw=job, on_share=on, others_variance=variance, limit_mw=limit)
    load = base + float(swing(jobs, job, on)[0])
    assert mean <= min(load, limit) * (1 + 1e-9) + 1e-9
    assert 0.0 <= share <= 1.0


@given(st.floats(1.01, 2.0), st.integers(1, 30), st.floats(0.05, 0.95))
def test_a_higher_limit_cuts_less_and_larger_jobs_are_cut_more(over, jobs, on):
    """The same mean load in jobs of twice the size has the wider spread, and loses more to a limit."""
    limits = 100.0 * on * np.linspace(0.5, over, 9)
    mean, share = clipped(0.0, jobs=2.0 * jobs, job_mw=50.0 / jobs, on_share=on, limit_mw=limits)
    assert np.all(np.diff(mean) >= -1e-9)
    assert np.all(np.diff(share) <= 1e-12)
    larger, _ = clipped(0.0, jobs=float(jobs), job_mw=100.0 / jobs, on_share=on, limit_mw=limits)
    assert np.all(larger <= mean + 1e-9)


@pytest.mark.parametrize(
    "change",
    [
        {"base_mw": -1.0},
        {"jobs": math.nan},
        {"job_mw": -1.0},
        {"on_share": 1.1},
        {"others_variance": -1.0},
        {"limit_mw": math.nan},
    ],
)
def test_what_has_no_meaning_is_refused(change):
    good = {"base_mw": 1.0, "jobs": 1.0, "job_mw": 1.0, "on_share": 0.5, "limit_mw": 1.0}
    with pytest.raises(ValueError, match="must be"):
        clipped(**good | change)
