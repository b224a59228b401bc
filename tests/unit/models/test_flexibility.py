"""Hours to avoid, paused work and a battery, by hand and in their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from capsim.models.flexibility import CHARGE_UNTIL_H, daily_battery, dearest_of_year, hours_to_avoid, pause

DAYS = 3
HOUR = np.arange(24 * DAYS) % 24
shares = arrays(np.float64, 24 * DAYS, elements=st.floats(0, 1))
prices = arrays(np.float64, 24 * DAYS, elements=st.floats(-50, 300))
loads = arrays(np.float64, 24 * DAYS, elements=st.floats(0, 20))


def test_the_same_number_of_hours_is_avoided_each_day():
    avoided = hours_to_avoid(np.sin(np.arange(24.0 * DAYS)), 5).reshape(DAYS, 24)
    assert avoided.sum(axis=1).tolist() == [5] * DAYS
    assert hours_to_avoid(HOUR.astype(float), 0).sum() == 0
    assert hours_to_avoid(np.ones(24), 24).all()


@given(arrays(np.float64, 24 * DAYS, elements=st.sampled_from([-5.0, 0.0, 40.0, 41.0])), st.integers(0, 24))
def test_of_equal_hours_the_earlier_ones_are_avoided(price, hours):
    by_day = price.reshape(DAYS, 24)
    dearest = [sorted(range(24), key=lambda h, day=day: (-day[h], h))[:hours] for day in by_day]
    avoided = hours_to_avoid(price, hours).reshape(DAYS, 24)
    assert [np.flatnonzero(day).tolist() for day in avoided] == [sorted(day) for day in dearest]


def test_a_year_is_called_in_its_dearest_hours_and_half_a_year_in_half_as_many():
    year = np.repeat([2027, 2028], [8760, 4392])
    price = np.random.default_rng(1).normal(size=year.size)
    called = dearest_of_year(price, year, 100)
    assert called[:8760].sum() == 100
    assert called[8760:].sum() == round(100 * 4392 / 8760)
    assert price[:8760][called[:8760]].min() > price[:8760][~called[:8760]].max()
    assert not dearest_of_year(price, year, 0).any()


def test_shifted_work_fills_the_room_in_proportion():
    wanted = np.where(HOUR < 12, 0.8, 0.6)
    moved = pause(wanted, HOUR == 18, 0.5, shift=True)
    assert moved.paused.sum() == pytest.approx(0.3 * DAYS)
    assert moved.running.sum() == pytest.approx(wanted.sum())
    # room is 0.2 before noon and 0.4 after, 11 hours of it
    assert moved.made_up[13] == pytest.approx(2 * moved.made_up[3])
    shed = pause(wanted, HOUR == 18, 0.5, shift=False)
    assert shed.made_up.sum() == 0
    assert shed.running.sum() == pytest.approx(wanted.sum() - 0.3 * DAYS)


def test_a_full_fleet_has_no_room_for_paused_work():
    moved = pause(np.ones(24), np.arange(24) < 6, 0.3, shift=True)
    assert moved.made_up.sum() == 0
    assert moved.running.sum() == pytest.approx(24 - 6 * 0.3)


@given(shares, prices, st.floats(0, 1), st.integers(0, 24), st.booleans())
def test_work_is_neither_made_nor_lost_but_as_said(wanted, price, share, hours, shift):
    moved = pause(wanted, hours_to_avoid(price, hours), share, shift=shift)
    assert np.all((moved.running >= -1e-12) & (moved.running <= 1 + 1e-12))
    np.testing.assert_allclose(moved.running, wanted - moved.paused + moved.made_up, atol=1e-12)
    by_day = [x.reshape(DAYS, 24).sum(axis=1) for x in (moved.paused, moved.made_up)]
    assert np.all(by_day[1] <= by_day[0] + 1e-9)
    room = ((1 - wanted) * ~hours_to_avoid(price, hours)).reshape(DAYS, 24).sum(axis=1)
    if shift:
        np.testing.assert_allclose(by_day[1], np.minimum(by_day[0], room), atol=1e-9)


def test_a_fleet_that_grows_within_a_day_makes_up_for_work_and_not_for_shares():
    """10 H100e until noon, 30 after, and a pause of all at 6: 10 * 0.5 of work, over 470 H100e-hours."""
    fleet = np.where(np.arange(24) < 12, 10.0, 30.0)
    moved = pause(np.full(24, 0.5), np.arange(24) == 6, 1.0, shift=True, fleet=fleet)
    assert (moved.paused * fleet).sum() == pytest.approx(5.0)
    assert (moved.made_up * fleet).sum() == pytest.approx(5.0)
    # of each H100e the same share: 5 over 11 * 10 + 12 * 30 = 470 of them
    assert np.delete(moved.made_up, 6) == pytest.approx(5.0 / 470)


# below a millionth of an H100e shares of it are no longer exact to the last bit
fleets = arrays(np.float64, 24 * DAYS, elements=st.just(0.0) | st.floats(1e-6, 1e6))


@given(shares, fleets, prices, st.floats(0, 1))
def test_no_fleet_makes_up_for_more_than_was_paused(wanted, fleet, price, share):
    moved = pause(wanted, hours_to_avoid(price, 5), share, shift=True, fleet=fleet)
    paused, made_up = ((part * fleet).reshape(DAYS, 24).sum(axis=1) for part in (moved.paused, moved.made_up))
    # numbers below the smallest normal one have no relative precision
    assert np.all(made_up <= paused * (1 + 1e-12) + 1e-300)


@given(prices, loads, st.floats(0.1, 30), st.floats(0.1, 30), st.floats(0.3, 1), st.floats(0, 30))
def test_a_battery_stays_within_its_power_energy_and_limit(price, load, power, energy, efficiency, limit):
    flow = daily_battery(
        price, load, limit, power_mw=power, energy_mwh=energy, round_trip_efficiency=efficiency
    )
    charge, discharge = flow
    assert np.all((charge >= 0) & (charge <= power + 1e-9))
    assert np.all((discharge >= 0) & (discharge <= power + 1e-9))
    assert np.all(load + charge <= np.maximum(load, limit) + 1e-9)
    assert np.all(discharge <= load + 1e-9)
    stored = np.cumsum((charge * efficiency - discharge).reshape(DAYS, 24), axis=1)
    assert np.all((stored >= -1e-6) & (stored <= energy + 1e-6))
    np.testing.assert_allclose(stored[:, -1], 0.0, atol=1e-6)
    assert np.all(((charge - discharge) * price).reshape(DAYS, 24).sum(axis=1) <= 1e-6)


def test_a_battery_rests_where_it_would_lose():
    flat = daily_battery(
        np.full(24, 80.0), np.full(24, 5.0), 10.0, power_mw=1, energy_mwh=2, round_trip_efficiency=0.86
    )
    assert flow_sum(flat) == 0
    rising = daily_battery(
        HOUR.astype(float), np.full(HOUR.size, 5.0), 10.0, power_mw=1, energy_mwh=2, round_trip_efficiency=0.8
    )
    assert rising.charge_mw[:3] == pytest.approx([1.0, 1.0, 0.5])
    assert rising.discharge_mw[22:24] == pytest.approx([1.0, 1.0])
    assert rising.charge_mw.reshape(DAYS, 24)[:, CHARGE_UNTIL_H:].sum() == 0


def flow_sum(flow):
    return flow.charge_mw.sum() + flow.discharge_mw.sum()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: hours_to_avoid(np.ones(25), 1), "whole days"),
        (lambda: hours_to_avoid(np.full(24, np.nan), 1), "finite"),
        (lambda: hours_to_avoid(np.ones(24), 25), "hours_per_day"),
        (lambda: dearest_of_year(np.array([np.nan]), np.array([2027]), 1), "finite"),
        (lambda: dearest_of_year(np.ones(2), np.ones(2, int), -1), "hours_per_y"),
        (lambda: pause(np.full(24, 1.1), np.zeros(24, bool), 0.5, shift=True), r"\[0, 1\]"),
        (lambda: pause(np.ones(24), np.zeros(24, bool), np.nan, shift=True), r"\[0, 1\]"),
        (lambda: pause(np.ones(24), np.zeros(24, bool), 0.5, shift=True, fleet=-1.0), "fleet"),
        (lambda: battery(power_mw=0), "power_mw"),
        (lambda: battery(energy_mwh=np.nan), "energy_mwh"),
        (lambda: battery(power_mw=np.inf), "power_mw"),
        (lambda: battery(round_trip_efficiency=0.0), "round_trip_efficiency"),
        (lambda: battery(round_trip_efficiency=1.1), "round_trip_efficiency"),
    ],
)
def test_arguments_out_of_range_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def battery(**changes):
    given = {"power_mw": 1.0, "energy_mwh": 2.0, "round_trip_efficiency": 0.9} | changes
    return daily_battery(np.ones(24), np.ones(24), 2.0, **given)


def best_of_rule(price, load, limit, power, energy, efficiency):
    """Most that one cycle saves which charges before 16:00 and discharges after, by a linear program."""
    n = price.size
    is_early = np.arange(n) < CHARGE_UNTIL_H
    most_in = np.where(is_early, np.clip(limit - load, 0.0, power), 0.0)
    most_out = np.where(is_early, 0.0, np.minimum(load, power))
    found = linprog(
        np.concatenate([price, -price]),
        A_ub=np.concatenate([np.zeros(n), np.ones(n)])[None],
        b_ub=[energy],
        A_eq=np.concatenate([np.full(n, efficiency), np.full(n, -1.0)])[None],
        b_eq=[0.0],
        bounds=[(0.0, most) for most in (*most_in, *most_out)],
    )
    return -found.fun


@pytest.mark.parametrize("seed", range(40))
def test_it_saves_what_a_linear_program_says_within_its_rule(seed):
    rng = np.random.default_rng(seed)
    price = rng.normal(60.0, 40.0, 24).round(rng.integers(0, 3))
    load, limit = rng.uniform(0.0, 12.0, 24), 12.0
    power, energy, efficiency = rng.uniform(0.5, 6.0), rng.uniform(1.0, 30.0), rng.uniform(0.6, 1.0)
    flow = daily_battery(
        price, load, limit, power_mw=power, energy_mwh=energy, round_trip_efficiency=efficiency
    )
    saved = float((flow.discharge_mw - flow.charge_mw) @ price)
    assert saved == pytest.approx(best_of_rule(price, load, limit, power, energy, efficiency), abs=1e-6)


def test_a_pair_of_hours_that_loses_is_left_out():
    # full is 4 MWh: what is bought at 60 costs 75 a MWh out, and only one hour is worth more
    price = np.array([20.0, 60.0] + [90.0] * 14 + [100.0, 70.0] + [10.0] * 6)
    flow = daily_battery(
        price, np.full(24, 5.0), 10.0, power_mw=2.0, energy_mwh=4.0, round_trip_efficiency=0.8
    )
    assert flow.charge_mw[:3] == pytest.approx([2.0, 0.5, 0.0])
    assert flow.discharge_mw[15:19] == pytest.approx([0.0, 2.0, 0.0, 0.0])
