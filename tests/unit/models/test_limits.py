import numpy as np
import pytest

from capsim.models.limits import RELATIVE_GAP, kept_compute_share, throttle


def linear(it_mw, hours):
    return 1.0 + 1.2 * it_mw


def test_hours_inside_their_limit_keep_what_they_want():
    wanted = np.array([0.0, 10.0, 50.0])
    assert throttle(wanted, linear, 61.0).tolist() == wanted.tolist()


def test_linear_facility_by_hand():
    got = throttle([10.0, 100.0, 200.0], linear, [61.0, 61.0, 121.0])
    assert got == pytest.approx([10.0, 50.0, 100.0], rel=2 * RELATIVE_GAP)


def test_only_hours_over_their_limit_are_solved():
    asked = []

    def facility(it_mw, hours):
        asked.append(hours.tolist())
        return 1.2 * it_mw

    throttle([10.0, 100.0, 10.0, 90.0], facility, 60.0)
    assert asked[0] == [0, 1, 2, 3]
    assert all(set(hours) <= {1, 3} for hours in asked[1:])


def test_each_hour_meets_its_own_curve():
    overhead = np.array([1.1, 1.5, 2.0])
    got = throttle([100.0] * 3, lambda it, hours: it * overhead[hours], 90.0)
    assert got == pytest.approx(90.0 / overhead, rel=2 * RELATIVE_GAP)


def test_a_parabola_is_hit_at_the_third_guess():
    """Losses of a UPS are one; what is evaluated is the whole plant, so guesses cost."""
    asked = []

    def facility(it_mw, hours):
        asked.append(hours.size)
        return 2.0 + 1.05 * it_mw + 0.0002 * it_mw**2

    got = throttle(np.full(50, 120.0), facility, np.linspace(60.0, 120.0, 50))
    assert len(asked) == 4  # at the load wanted, and three guesses
    drawn = 2.0 + 1.05 * got + 0.0002 * got**2
    assert drawn == pytest.approx(np.linspace(60.0, 120.0, 50), rel=RELATIVE_GAP)


def test_empty_hall_over_the_limit_gets_nothing():
    assert throttle([100.0, 100.0], linear, [0.5, 0.0]).tolist() == [0.0, 0.0]


def test_no_limit_is_infinite():
    assert throttle([1e6], linear, np.inf).tolist() == [1e6]


def test_facility_that_jumps_over_the_limit_ends_just_below_the_jump():
    got = throttle([100.0], lambda it, hours: it + 20.0 * (it > 40.0), 50.0)
    assert got <= 40.0
    assert got == pytest.approx([40.0], rel=1e-9)


def test_nearly_flat_and_steep_facility_converges():
    def facility(it_mw, hours):
        return 30.0 + (it_mw / 100.0) ** 40 * 70.0

    got = throttle([100.0], facility, 31.0)
    assert 31.0 * (1 - RELATIVE_GAP) <= facility(got, None).item() <= 31.0


def test_vector_equals_scalar_loop():
    wanted, limit = np.linspace(0.0, 100.0, 11), np.linspace(80.0, 20.0, 11)

    def facility(it_mw, hours):
        return 2.0 + it_mw + 0.01 * it_mw**2

    loop = [throttle([w], facility, cap).item() for w, cap in zip(wanted, limit, strict=True)]
    assert throttle(wanted, facility, limit) == pytest.approx(loop, rel=1e-12)


@pytest.mark.parametrize("wanted", [[-1.0], [np.nan], [np.inf], [[1.0]]])
def test_impossible_loads_are_refused(wanted):
    with pytest.raises(ValueError, match="it_wanted_mw"):
        throttle(wanted, linear, 10.0)


@pytest.mark.parametrize("limit", [-1.0, np.nan])
def test_impossible_limits_are_refused(limit):
    with pytest.raises(ValueError, match="limit_mw"):
        throttle([1.0], linear, limit)


def test_kept_compute_by_hand():
    assert kept_compute_share([100, 100, 100], [100, 60, 20], 20) == pytest.approx([1.0, 0.5, 0.0])


def test_kept_compute_where_nothing_was_wanted():
    assert kept_compute_share([20, 0, 10], [20, 0, 0], [20, 0, 20]) == pytest.approx([1.0, 1.0, 1.0])


def test_linear_cap_keeps_no_more_than_the_published_one():
    # H100 from 700 W to 600 W, 70 W idle: 12 % of training throughput reported lost, more here.
    assert 0.80 < kept_compute_share(700, 600, 70) < 0.88


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_impossible_power_is_refused(wrong):
    with pytest.raises(ValueError, match="IT loads"):
        kept_compute_share(100.0, wrong, 20.0)
