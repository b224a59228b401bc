"""The queue for technicians and spares gives what a repair shop played event by event gives, bit for bit."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models import repairs
from capsim.models.reliability import Law, candidates, lognormal_sigma
from capsim.models.repairs import Failures, at_once, queued


class Shop:
    """Repair shop: who is down, who is in repair, what is in store."""

    def __init__(
        self,
        servers: list[int],
        leaves_d: list[float],
        technicians: int | None,
        spares: int,
    ) -> None:
        self.servers, self.missing = servers, [0] * len(servers)
        self.leaves_d = leaves_d
        self.has_spares, self.store = spares > 0, spares
        self.free_d = None if technicians is None else [-math.inf] * technicians
        self.repairs: list[tuple[float, float, float, int]] = []
        self.waiting: list[tuple[float, float, int]] = []
        self.n_served = 0
        self.outages: list[tuple[float, float, float, int]] = []

    def fail(self, time: float, of: int, draw: float, work: float, held: float) -> None:
        """Let a server of a lot fail, if the draw falls on one that is up."""
        self.until(time)
        if draw * self.servers[of] >= self.servers[of] - self.missing[of]:
            return
        start = time if self.free_d is None else max(time, self.free_d[0])
        if self.free_d is not None and start < self.leaves_d[of]:
            heapq.heapreplace(self.free_d, start + held)
        heapq.heappush(self.repairs, (start + work, time, start, of))
        if self.store:
            self.store -= 1
            return
        self.missing[of] += 1
        if self.has_spares:
            self.waiting.append((time, start, of))

    def until(self, time: float) -> None:
        """Hand out what comes out of repair up to a time."""
        while self.repairs and self.repairs[0][0] <= time:
            done, failed, begun, of = heapq.heappop(self.repairs)
            if self.has_spares:
                if self.n_served == len(self.waiting):
                    self.store += 1
                    continue
                failed, begun, of = self.waiting[self.n_served]
                begun = min(begun, done)
                self.n_served += 1
            self.missing[of] -= 1
            self.outages.append((failed, begun, done, of))


def by_events(
    failed_d, lot, chance, repair_d, *, servers, technicians, spares, hands_on_d=math.inf, leaves_d=None
):
    """Outages of the shop, as rows of lot, start, begin and end, sorted."""
    leaves = [math.inf] * len(servers) if leaves_d is None else leaves_d.tolist()
    shop = Shop([int(n) for n in servers], leaves, technicians, spares)
    held_d = np.minimum(repair_d, hands_on_d)
    columns = (failed_d, lot, chance, repair_d, held_d)
    for time, of, draw, work, held in zip(*(column.tolist() for column in columns), strict=True):
        shop.fail(time, of, draw, work, held)
    shop.until(math.inf)
    return sorted((of, down, begun, up) for down, begun, up, of in shop.outages)


def by_arrays(*args, **kwargs):
    """The same of `queued`."""
    found = queued(Failures(*args), **kwargs)
    assert np.all(np.diff(found.down_d) >= 0.0)
    return sorted(zip(*(a.tolist() for a in (found.lot, *found[:3])), strict=True))


@st.composite
def cases(draw):
    """Failures of a few lots; every time on a grid, so that many fall together, or none."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_lots, size = draw(st.integers(1, 4)), draw(st.integers(0, 80))
    span, longest = draw(st.sampled_from([5.0, 30.0, 300.0])), draw(st.sampled_from([1.0, 8.0, 60.0]))
    times, repairs = rng.uniform(0.0, span, size), rng.uniform(0.01, longest, size)
    hands_on = draw(st.sampled_from([math.inf, 0.25, 2.0, "drawn"]))
    hands_on = rng.uniform(0.01, 3.0, size) if hands_on == "drawn" else hands_on
    leaves = draw(st.sampled_from([None, rng.uniform(0.0, 2.0 * span, n_lots)]))
    if draw(st.booleans()):
        times, repairs = np.round(times * 2) / 2, np.ceil(repairs * 2) / 2
        hands_on = np.ceil(hands_on * 2) / 2
        leaves = None if leaves is None else np.round(leaves)
    columns = np.sort(times), rng.integers(0, n_lots, size), rng.random(size), repairs
    return columns, {
        "servers": rng.integers(1, draw(st.sampled_from([2, 6, 40])) + 1, n_lots),
        "technicians": draw(st.sampled_from([None, 1, 2, 3, 30])),
        "spares": draw(st.sampled_from([0, 0, 1, 2, 10, 1000])),
        "hands_on_d": hands_on,
        "leaves_d": leaves,
    }


@given(cases())
def test_the_queue_is_the_shop_played_event_by_event(case):
    columns, terms = case
    assert by_arrays(*columns, **terms) == by_events(*columns, **terms)


@given(cases())
def test_so_is_what_is_found_in_rounds_on_arrays(case):
    columns, terms = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repairs, "MANY", 0)
        patch.setattr(repairs, "BUSY", 1e6)
        patch.setattr(repairs, "MOST_ROUNDS", 1000)
        assert by_arrays(*columns, **terms) == by_events(*columns, **terms)


@given(cases())
def test_lots_whose_repairs_wait_for_nobody_are_each_by_itself(case):
    (failed_d, lot, chance, repair_d), terms = case
    servers = terms["servers"]
    found = []
    for of, count in enumerate(servers.tolist()):
        down_d, up_d = at_once(*(column[lot == of] for column in (failed_d, chance, repair_d)), count)
        found += [(of, *row) for row in zip(down_d.tolist(), down_d.tolist(), up_d.tolist(), strict=True)]
    alone = by_events(failed_d, lot, chance, repair_d, servers=servers, technicians=None, spares=0)
    assert sorted(found) == alone


def years(technicians, spares):
    """Three lots of the catalogue's servers over years, as arguments of `queued`."""
    rng = np.random.default_rng(3)
    servers, starts, days = np.array([300, 2000, 140]), (0.0, 100.0, 400.0), 1200.0
    law = Law(0.0065, 0.85, lognormal_sigma(5.5, 0.85), 3.0, 30.0, 4 / 24)
    times = [
        start + candidates(rng, law, count, days - start).failed_d
        for start, count in zip(starts, servers, strict=True)
    ]
    order = np.argsort(np.concatenate(times), kind="stable")
    columns = (
        np.concatenate(times)[order],
        np.repeat(np.arange(3), [t.size for t in times])[order],
        rng.random(order.size),
        law.repairs_d(rng, order.size),
    )
    terms = {"technicians": technicians, "spares": spares, "hands_on_d": law.hands_on_d}
    return columns, terms | {"servers": servers, "leaves_d": np.full(3, days)}


@pytest.mark.parametrize(
    ("technicians", "spares", "in_rounds"),
    [
        (None, 0, True),
        (2, 0, False),
        (10, 0, True),
        (40, 0, True),
        (None, 20, True),
        (None, 200, True),
        (2, 20, False),
        (10, 20, True),
    ],
)
def test_large_lots_that_seldom_wait_are_done_in_rounds(technicians, spares, in_rounds, monkeypatch):
    columns, terms = years(technicians, spares)
    expected = by_events(*columns, **terms)
    assert columns[0].size > 10_000
    assert spares == 200 or len(expected) > 1_000
    assert by_arrays(*columns, **terms) == expected
    monkeypatch.setattr(repairs, "_with_spares" if spares else "_without_spares", None)
    if in_rounds:
        assert by_arrays(*columns, **terms) == expected
    else:
        with pytest.raises(TypeError):
            queued(Failures(*columns), **terms)


@pytest.mark.parametrize(("technicians", "spares"), [(2, 20), (3, 5), (4, 20), (10, 20)])
def test_what_is_missed_waits_for_technicians_as_far_as_they_are_what_is_short(technicians, spares):
    """Of the servers missed, as many as are in the technicians' queue wait for them; the rest for a spare."""
    (failed_d, lot, chance, repair_d), terms = years(technicians, 0)
    columns = failed_d, lot, np.zeros(chance.size), repair_d
    terms["servers"] = terms["servers"] * 100  # so all failures happen, with spares or without
    queue = queued(Failures(*columns), **terms)
    missed = queued(Failures(*columns), **terms | {"spares": spares})
    looks = np.linspace(10.0, 1200.0, 5000)

    def under_way(from_d, to_d):
        came, went = (np.searchsorted(np.sort(d), looks, side="right") for d in (from_d, to_d))
        return came - went

    short = np.maximum(under_way(queue.down_d, queue.up_d) - spares, 0)
    assert short.max() > 0
    assert np.array_equal(under_way(missed.down_d, missed.up_d), short)
    waiting = np.minimum(short, under_way(queue.down_d, queue.begun_d))
    assert np.array_equal(under_way(missed.down_d, missed.begun_d), waiting)
