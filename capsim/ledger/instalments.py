"""Instalments: what of each asset's price is paid when, and the milestone and the source behind it."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.ledger.assets import Asset, AssetColumns, columns_of, first_orders
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
    columns: AssetColumns
    """Assets, in the order of `booked`."""
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
    timing: NDArray[np.int64]
    """Row of `paid` that each row has: what is paid on the same days is paid alike."""
    paid: Array
    """Share paid before each edge of a month, shape (n_timings, n_months + 1). [1]"""

    @cached_property
    def assets(self) -> list[Asset]:
        """All assets, in the order of `booked`."""
        return [booked.asset for booked in self.booked]

    @cached_property
    def first_orders(self) -> list[Asset]:
        """Assets of the first order of each deployment, grid step and phase; no refresh."""
        return first_orders(self.assets)

    @cached_property
    def _cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
        """Row, month and amount of all that is paid in the horizon, row by row."""
        share = np.diff(self.paid, axis=1)
        timing, month = np.nonzero(share)
        number = np.bincount(timing, minlength=len(share))
        first = np.cumsum(number) - number
        of_row = number[self.timing]
        row = np.repeat(np.arange(of_row.size), of_row)
        # the cells of a row are those of its timing, from the first of them on
        cell = np.arange(row.size) + np.repeat(first[self.timing] - np.cumsum(of_row) + of_row, of_row)
        month = month[cell]
        return row, month, self.amount[row] * share[timing[cell], month]

    def by_month(self, group: NDArray[np.int64], n_groups: int, level: Array | None = None) -> Array:
        """Paid in each month in groups of assets, shape (n_groups, n_months). [scenario currency]

        Parameters
        ----------
        group : ndarray of int64, shape (n_assets,)
            Group of each asset.
        n_groups : int
            How many groups there are.
        level : ndarray of float64, shape (n_months,), optional
            What a unit of money counts for in each month.
        """
        row, month, amount = self._cells
        n_months = self.paid.shape[1] - 1
        if level is not None:
            amount = amount * level[month]
        # most rows are paid in one month: only what is paid is summed, row after row
        place = group[self.asset[row]] * n_months + month
        return np.asarray(
            np.bincount(place, amount, n_groups * n_months).reshape(n_groups, n_months), np.float64
        )

    def share_paid_by(self, edge: int) -> Array:
        """Share of each row that is paid before an edge of a month, shape (n_rows,). [1]"""
        return np.asarray(self.paid[self.timing, edge])

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
        before, until = self.share_paid_by(0), self.share_paid_by(-1)
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
    shares = np.array([b.shares for b in booked], dtype=np.float64).reshape(-1, len(NAMES))
    assets = columns_of([b.asset for b in booked])
    asset, number, amounts, from_d, full_d, to_d = _rows(shares, assets)
    timing, (first_d, whole_d, last_d) = _timings(from_d, full_d, to_d)
    paid = _paid(first_d, whole_d, last_d, calendar.month_start_d)
    return Instalments(tuple(booked), assets, asset, number, amounts, from_d, to_d, timing, paid)


def share_paid(booked: Sequence[Booked], times_d: Array) -> tuple[Array, Array]:
    """Instalments of assets, and the share of each that is paid before some times.

    Shapes (n_rows,) and (n_rows, n_times). [scenario currency], [1]
    """
    shares = np.array([b.shares for b in booked], dtype=np.float64).reshape(-1, len(NAMES))
    _, _, amounts, from_d, full_d, to_d = _rows(shares, columns_of([b.asset for b in booked]))
    return amounts, _paid(from_d, full_d, to_d, times_d)


def _rows(
    shares: Array, assets: AssetColumns
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array, Array, Array, Array]:
    """Asset, number and amount of each instalment, and its first, its full and its last day."""
    due = np.stack([assets.ordered_d, assets.delivered_from_d, assets.accepted_d], axis=1)
    full = np.stack([assets.ordered_d, assets.delivered_to_d, assets.accepted_d], axis=1)
    amounts = shares * assets.cost[:, None]
    asset, number = np.nonzero(amounts)
    stop_d, full_d = assets.cancelled_d[asset], full[asset, number]
    # of an order that was cancelled nothing more is paid
    is_void = (assets.is_owed[asset] == 0.0) & (full_d > stop_d)
    due_d, full_d = (np.where(is_void, np.inf, days) for days in (due[asset, number], full_d))
    stop_d = np.where(is_void, np.inf, stop_d)
    from_d, to_d = np.minimum(due_d, stop_d), np.minimum(full_d, stop_d)
    return asset, number, amounts[asset, number], from_d, full_d, to_d


def _timings(from_d: Array, full_d: Array, to_d: Array) -> tuple[NDArray[np.int64], Array]:
    """Timing of each instalment, and first, full and last day of each timing, shape (3, n_timings). [d]"""
    number: dict[tuple[float, ...], int] = {}
    # the items of a hall are many and fall due together
    times = zip(from_d.tolist(), full_d.tolist(), to_d.tolist(), strict=True)
    timing = [number.setdefault(days, len(number)) for days in times]
    return np.array(timing, dtype=np.int64), np.array(list(number), dtype=np.float64).reshape(-1, 3).T


def _paid(from_d: Array, full_d: Array, to_d: Array, edges_d: NDArray[Any]) -> Array:
    """Share paid before each edge: evenly towards `full_d`, and all of it after `to_d`. [1]"""
    edges = edges_d.astype(np.float64)
    is_all = to_d[:, None] < edges
    paid = is_all.astype(np.float64)
    # most is paid at once and has no time to run over; what never falls due begins at no time
    runs = np.flatnonzero(full_d > from_d)
    begun_d = from_d[runs]
    share = np.clip((edges - begun_d[:, None]) / (full_d[runs] - begun_d)[:, None], 0.0, 1.0)
    paid[runs] = np.where(is_all[runs], 1.0, share)
    return paid
