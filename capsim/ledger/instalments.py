"""Instalments: what of each asset's price is paid when, and the milestone and the source behind it."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.ledger.assets import Asset
from capsim.units import Array, Calendar

NAMES = ("order", "delivery", "acceptance")
"""Instalments, in the order they fall due."""
BEFORE, INSIDE, AFTER = "before the start", "in the horizon", "after the horizon"
"""Periods of payment; capex counts what is paid in the horizon."""


class Flow(NamedTuple):
    """One instalment: a cash flow with the milestone that makes it due and where its price comes from."""

    site: str
    phase: str
    item: str
    """Cost item, or `systems`."""
    instalment: str
    """`order`, `delivery` or `acceptance`."""
    milestone: str
    """Kind of the milestone; `cancelled` where the cancellation made it due."""
    milestone_item: str
    """Deployment, grid step or stage of the milestone; empty for the phase."""
    period: str
    """Whether it is paid before the start, in the horizon or after it."""
    from_d: int
    """First day of payment. [d]"""
    to_d: int
    """Last day of payment; the same for what is paid at once. [d]"""
    amount: float
    """What of the instalment is paid in the period, real. [scenario currency]"""
    path: str
    """Dotted path of the price in the scenario."""


class Booked(NamedTuple):
    """An asset at its price with trend, and how it is paid."""

    item: str
    asset: Asset
    shares: tuple[float, float, float]
    """Shares of the three instalments; they sum to 1. [1]"""
    path: str


@dataclass(frozen=True)
class Instalments:
    """All instalments as columns; one row per asset and instalment that is not zero."""

    booked: tuple[Booked, ...]
    asset: NDArray[np.int64]
    """Index of the asset of each row."""
    number: NDArray[np.int64]
    """0, 1, 2: order, delivery, acceptance."""
    amount: Array
    """Instalment, real. [scenario currency]"""
    from_d: Array
    """First day of payment; infinity where it never falls due. [d]"""
    to_d: Array
    """Last day of payment. [d]"""
    paid: Array
    """Share paid before each edge of a month, shape (n_rows, n_months + 1). [1]"""

    @property
    def assets(self) -> list[Asset]:
        """All assets, in the order of `booked`."""
        return [booked.asset for booked in self.booked]

    @property
    def monthly(self) -> Array:
        """Paid in each month, shape (n_rows, n_months). [scenario currency]"""
        return np.asarray(self.amount[:, None] * np.diff(self.paid, axis=1))

    def flows(self, n_days: int) -> list[Flow]:
        """Instalments in order of time; none that never falls due.

        Those of one item, milestone and days are one row. What runs over the start or the end of the
        horizon is a row on each side of it, so the rows in the horizon sum to capex.

        Parameters
        ----------
        n_days : int
            Length of the horizon. [d]
        """
        sums: dict[tuple[Any, ...], float] = defaultdict(float)
        parts = self._by_period()
        columns = (self.asset, self.number, self.from_d, self.to_d)
        for index, number, from_d, to_d, *amounts in zip(
            *(c.tolist() for c in columns), *parts.tolist(), strict=True
        ):
            # never due
            if to_d == np.inf:
                continue
            booked = self.booked[index]
            what = _what(booked, number, to_d)
            for period, first_d, last_d, amount in zip(*_spans(n_days), amounts, strict=True):
                if amount:
                    days = max(floor(from_d), first_d), min(floor(to_d), last_d)
                    sums[*what, period, *days, booked.path] += amount
        flows = [Flow._make((*key[:-1], amount, key[-1])) for key, amount in sums.items()]
        return sorted(flows, key=lambda flow: (flow.from_d, flow[:3], NAMES.index(flow.instalment), flow))

    def _by_period(self) -> Array:
        """Amounts paid before, in and after the horizon, shape (3, n_rows). [scenario currency]"""
        before, until = self.paid[:, 0], self.paid[:, -1]
        return np.asarray(self.amount * np.array([before, until - before, 1.0 - until]))


def _spans(n_days: int) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    """Names, first and last days of the periods. [d]"""
    never = sys.maxsize
    return (BEFORE, INSIDE, AFTER), (-never, 0, n_days), (-1, n_days - 1, never)


def _what(booked: Booked, number: int, to_d: float) -> tuple[str, ...]:
    """Place, item and milestone of an instalment, as a flow begins with them."""
    asset = booked.asset
    milestone = "cancelled" if asset.cancelled_d <= to_d else asset.kinds[number]
    return asset.site, asset.phase, booked.item, NAMES[number], milestone, asset.item


def instalments(booked: Sequence[Booked], calendar: Calendar) -> Instalments:
    """Instalments of assets.

    What a cancellation finds unpaid falls due on its day. The second instalment runs evenly over
    its time; an asset whose second instalment has no time is paid at once.
    """
    n = len(booked)
    shares = np.array([b.shares for b in booked], dtype=np.float64).reshape(n, 3)
    assets = [b.asset for b in booked]
    cost = np.array([a.cost for a in assets], dtype=np.float64)
    times = [(a.ordered_d, a.delivered_from_d, a.accepted_d, a.delivered_to_d) for a in assets]
    due = np.array(times, dtype=np.float64).reshape(n, 4)
    stop_d = np.array([a.cancelled_d for a in assets], dtype=np.float64)
    start = np.minimum(due[:, :3], stop_d[:, None])
    end = np.minimum(due[:, [0, 3, 2]], stop_d[:, None])
    asset, number = np.nonzero((shares * cost[:, None]) != 0.0)
    from_d, full_d, to_d = start[asset, number], due[:, [0, 3, 2]][asset, number], end[asset, number]
    paid = _paid(from_d, full_d, to_d, calendar.month_start_d)
    amount = (shares * cost[:, None])[asset, number]
    return Instalments(tuple(booked), asset, number, amount, from_d, to_d, paid)


def _paid(from_d: Array, full_d: Array, to_d: Array, edges_d: NDArray[np.int64]) -> Array:
    """Share paid before each edge: evenly towards `full_d`, and all of it after `to_d`. [1]"""
    edges = edges_d.astype(np.float64)
    is_all = to_d[:, None] < edges
    # what is paid at once has no time to run over, and what never falls due begins at no time
    runs = full_d > from_d
    begun_d = np.where(runs, from_d, 0.0)
    span_d = np.where(runs, full_d - begun_d, 1.0)
    share = np.clip((edges - begun_d[:, None]) / span_d[:, None], 0.0, 1.0)
    return np.where(is_all, 1.0, share * runs[:, None])
