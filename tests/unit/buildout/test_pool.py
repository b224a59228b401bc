"""A stock that comes in over time: served by rank and name, in order or past what cannot be covered."""

import pytest
import simpy

from capsim.buildout.pool import Pool


def given_days(in_order, puts, asks):
    """Day each name gets its amount; `puts` are (day, amount), `asks` (name, day, amount, rank)."""
    env = simpy.Environment()
    pool, days = Pool(env, in_order), {}

    def put(day, amount):
        yield env.timeout(day)
        pool.put(amount)

    def ask(name, day, amount, rank):
        yield env.timeout(day)
        days[name] = yield pool.ask(amount, rank, (name,))

    for arguments in puts:
        env.process(put(*arguments))
    for arguments in asks:
        env.process(ask(*arguments))
    env.run()
    return days, pool


def test_who_asks_waits_for_what_comes_in():
    days, pool = given_days(True, [(1, 5.0), (3, 5.0)], [("a", 0, 8.0, 0)])
    assert days == {"a": 3}
    assert (pool.received, pool.given, pool.level) == (10.0, 8.0, 2.0)


def test_at_one_time_rank_goes_before_name_and_name_before_the_order_of_asking():
    asks = [("c", 0, 1.0, 1), ("b", 0, 1.0, 1), ("z", 0, 1.0, 0)]
    days, _ = given_days(True, [(1, 1.0), (2, 1.0), (3, 1.0)], asks)
    assert days == {"z": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(("in_order", "small"), [(True, 2), (False, 1)])
def test_in_order_a_large_amount_holds_up_the_small_ones_behind_it(in_order, small):
    days, _ = given_days(in_order, [(1, 5.0), (2, 5.0)], [("large", 0, 9.0, 0), ("small", 0, 1.0, 1)])
    assert days["small"] == small


def test_nothing_waits_for_nobody_and_less_than_nothing_gives_back():
    days, pool = given_days(True, [(5, 1.0)], [("a", 0, 3.0, 0), ("b", 1, 0.0, 9), ("c", 2, -2.0, 9)])
    # 2 given back on day 2 and 1 that comes on day 5
    assert days == {"b": 1, "c": 2, "a": 5}
    assert pool.level == 0.0


def test_what_is_withdrawn_gets_nothing_and_holds_nobody_up():
    env = simpy.Environment()
    pool = Pool(env, in_order=True)
    first, second = pool.ask(9.0, 0, ("first",)), pool.ask(1.0, 1, ("second",))
    pool.put(1.0)
    env.run()
    assert not second.triggered
    pool.withdraw(lambda name: name == ("first",))
    env.run()
    assert (first.value, second.value) == (None, 0)
