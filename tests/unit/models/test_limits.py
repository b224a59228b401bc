import numpy as np
import pytest

from capsim.models.limits import RELATIVE_GAP, lost_compute_share, throttle


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


def test_a_parabola_is_hit_at_once():
    """The facility over the heat of its halls is one; each guess evaluates the whole plant."""
    asked = []

    def facility(it_mw, hours):
        asked.append(it_mw.shape)
        return 2.0 + 1.05 * it_mw + 0.0002 * it_mw**2

    got = throttle(np.full(50, 120.0), facility, np.linspace(60.0, 120.0, 50))
    assert asked == [(50,), (3, 50), (50,)]  # the load wanted, three loads for the parabola, the answer
    drawn = 2.0 + 1.05 * got + 0.0002 * got**2
    assert drawn == pytest.approx(np.linspace(60.0, 120.0, 50), rel=RELATIVE_GAP)


def test_only_hours_the_parabola_misses_are_guessed_again():
    """A kink between the loads tried and the answer, in one hour of three."""
    asked = []

    def facility(it_mw, hours):
        asked.append(hours.tolist())
        return 1.1 * it_mw + 0.2 * np.maximum(it_mw - np.array([1e3, 50.0, 1e3])[hours], 0.0)

    got = throttle([100.0] * 3, facility, [60.0, 55.5, 80.0])
    assert got == pytest.approx([60 / 1.1, 50 + 0.5 / 1.3, 80 / 1.1], rel=2 * RELATIVE_GAP)
    assert asked[:3] == [[0, 1, 2]] * 3
    assert all(hours == [1] for hours in asked[3:])


def test_part_of_the_facility_over_the_limit_is_enough_to_know():
    """Its IT load alone is over the limit, so what its cooling would draw at it need not be computed."""
    whole = throttle([200.0, 500.0], linear, 121.0)
    part = throttle([200.0, 500.0], linear, 121.0, at_wanted_mw=np.array([200.0, 500.0]))
    assert part == pytest.approx(whole, rel=2 * RELATIVE_GAP)
    assert np.all(linear(part, None) <= 121.0)


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


def test_no_load_is_tried_that_is_not_between_none_and_what_is_wanted():
    tried = []

    def facility(it_mw, hours):
        tried.extend(np.ravel(it_mw).tolist())
        return it_mw + 20.0 * (it_mw > 40.0)

    throttle([100.0], facility, 50.0)
    assert 0.0 <= min(tried) <= max(tried) <= 100.0


def test_a_facility_with_a_kink_takes_few_guesses():
    """10 + 0.5 x, and 3.5 x - 170 above 60: 50 at 62.857; halving alone would take some fifty."""
    asked = []

    def facility(it_mw, hours):
        asked.append(it_mw)
        return 10.0 + 0.5 * it_mw + 3.0 * np.maximum(it_mw - 60.0, 0.0)

    assert throttle([100.0], facility, 50.0) == pytest.approx([220.0 / 3.5], rel=2 * RELATIVE_GAP)
    assert len(asked) < 20


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


def test_lost_compute_by_hand():
    assert lost_compute_share([100, 100, 100], [100, 60, 0]) == pytest.approx([0.0, 0.4, 1.0])


def test_nothing_is_lost_where_nothing_was_wanted():
    assert lost_compute_share([20, 0, 0], [20, 0, 5]) == pytest.approx([0.0, 0.0, 0.0])


def test_racks_switched_off_lose_no_less_than_the_published_one():
    # H100 from 700 W to 600 W: 12 % of training throughput reported lost, more here
    assert 0.12 < lost_compute_share(700, 600) < 0.20


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_impossible_power_is_refused(wrong):
    with pytest.raises(ValueError, match="IT loads"):
        lost_compute_share(100.0, wrong)
