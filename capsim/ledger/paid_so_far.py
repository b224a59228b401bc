"""What was paid so far: it takes the place of what the plan has due by then, and what is to come stays.

A report says what was paid in all by its day. Between two reports payments are spread as the plan has them,
and evenly where it has none. The difference to the plan is an asset of its own in each month, so that capex,
statements and residual values are of what was paid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from capsim.ledger.assets import PAID_KINDS, Asset
from capsim.ledger.instalments import Booked, share_paid
from capsim.quantities import Replaced, last_of_each, price_level
from capsim.scenario import Actual, AssetClass, Scenario
from capsim.units import Array

PAID, COMMITTED = "paid", "committed"
DIFFERENCE = "paid over plan"
"""Item: what was paid by the data date, less what the plan has due by then."""
AT_ONCE = (1.0, 0.0, 0.0)
PATH = "actuals"
LEAST = 1e-9
"""Share of a sum under which a difference is rounding. [1]"""
Scope = tuple[str, str, str]
"""Site, item and figure of lines."""


def paid_over_plan(scenario: Scenario, booked: Sequence[Booked]) -> tuple[list[Booked], list[Replaced]]:
    """What was paid beyond the plan, or less, as assets; and the sums that were paid and committed."""
    extra: list[Booked] = []
    told: list[Replaced] = []
    levels = price_level(scenario)

    def level(time_d: float) -> float:
        return float(levels[min(max(scenario.calendar.month_of_day(time_d), 0), len(levels) - 1)])

    for scope, lines in last_of_each(scenario.actuals, PAID, COMMITTED).items():
        is_of = _within(scenario, scope)
        rows = [row for row in (*booked, *extra) if is_of(row.asset)]
        if scope[2] == PAID:
            told.append(_told(scenario, scope, lines[-1], _nominal_due(scenario, rows, lines)))
            extra += _differences(scenario, scope, rows, lines)
        else:
            by_d = _ends(scenario, lines)[-1]
            bound = sum(r.asset.cost * level(r.asset.ordered_d) for r in rows if r.asset.ordered_d < by_d)
            told.append(_told(scenario, scope, lines[-1], bound))
    return extra, told


def _told(scenario: Scenario, scope: Scope, line: Actual, modelled: float) -> Replaced:
    day = line.on.isoformat()
    return Replaced(*scope, day, day, float(line.number or 0.0), modelled, scenario.currency.code)


def _within(scenario: Scenario, scope: Scope) -> Callable[[Asset], bool]:
    """Whether an asset is of what a line is of."""
    site, item, _ = scope
    head, _, tail = item.partition(".")
    phases = {(place.id, phase.id) for place, phase in scenario.phases()}
    if not site:
        return lambda _: True
    if not item:
        return lambda asset: asset.site == site
    if (site, head) not in phases:
        return lambda asset: (asset.site, asset.phase, asset.item) == (site, "", item)
    return lambda asset: (asset.site, asset.phase) == (site, head) and tail in ("", asset.item)


def _ends(scenario: Scenario, lines: Sequence[Actual]) -> Array:
    """Ends of the days of some lines. [d]"""
    return np.array([scenario.calendar.day_of(line.on) + 1.0 for line in lines])


def _nominal_due(scenario: Scenario, rows: Sequence[Booked], lines: Sequence[Actual]) -> float:
    """What the plan has due by the last of some lines, in money of its days. [scenario currency]"""
    edges_d, end_d = scenario.calendar.month_start_d[:-1].astype(np.float64), _ends(scenario, lines)[-1]
    times_d = np.array([*edges_d[edges_d < end_d], end_d])
    due = np.diff(_due(rows, times_d), prepend=0.0)
    months = np.clip([scenario.calendar.month_of_day(time_d - 1.0) for time_d in times_d], 0, None)
    return float(due @ price_level(scenario)[months])


def _due(rows: Sequence[Booked], times_d: Array) -> Array:
    """What the plan has due before some times, real. [scenario currency]"""
    amount, share = share_paid(rows, times_d)
    return np.asarray(amount @ share)


def _differences(
    scenario: Scenario, scope: Scope, rows: Sequence[Booked], lines: Sequence[Actual]
) -> list[Booked]:
    """What was paid over the plan in each month up to the last report, by class of asset."""
    ends_d, sums = _ends(scenario, lines), np.array([float(line.number or 0.0) for line in lines])
    edges_d = scenario.calendar.month_start_d.astype(np.float64)
    times_d = np.unique(np.concatenate([edges_d[edges_d < ends_d[-1]], ends_d]))
    due, level = _due(rows, times_d), price_level(scenario)
    paid = _spread(times_d, due, ends_d, sums)
    months = np.array([scenario.calendar.month_of_day(time_d - 1.0) for time_d in times_d])
    # what is paid is money of its day, and the ledger is real
    real = np.diff(paid, prepend=0.0) / level[np.clip(months, 0, len(level) - 1)]
    over = real - np.diff(due, prepend=0.0)
    costs: dict[int, float] = {}
    for month, cost in zip(months.tolist(), over.tolist(), strict=True):
        costs[month] = costs.get(month, 0.0) + cost
    days_d = dict(zip(months.tolist(), times_d - 1.0, strict=True))
    least = LEAST * max(abs(sums[-1]), 1.0)
    return [
        _booked(scenario, scope, asset_class, share * cost, days_d[month])
        for month, cost in costs.items()
        if abs(cost) > least
        for asset_class, share in _classes(rows).items()
    ]


def _spread(times_d: Array, due: Array, ends_d: Array, sums: Array) -> Array:
    """What was paid before some times: between two reports as the plan has it, evenly where it has none."""
    paid = np.zeros(len(times_d))
    first_d, first, first_due = min(0.0, times_d[0]), 0.0, 0.0
    for end_d, total in zip(ends_d.tolist(), sums.tolist(), strict=True):
        last_due = float(due[times_d == end_d][0])
        inside = (times_d >= first_d) & (times_d <= end_d)
        if last_due > first_due:
            share = (due[inside] - first_due) / (last_due - first_due)
        else:
            share = (times_d[inside] - first_d) / (end_d - first_d)
        paid[inside] = first + (total - first) * share
        first_d, first, first_due = end_d, total, last_due
    return paid


def _classes(rows: Sequence[Booked]) -> dict[AssetClass, float]:
    """Shares of the classes in the price of some assets; plant where there are none. [1]"""
    costs: dict[AssetClass, float] = {}
    for row in rows:
        if row.item != DIFFERENCE:
            costs[row.asset.asset_class] = costs.get(row.asset.asset_class, 0.0) + row.asset.cost
    total = sum(costs.values())
    return {name: cost / total for name, cost in costs.items()} if total > 0.0 else {"facility": 1.0}


def _booked(scenario: Scenario, scope: Scope, asset_class: AssetClass, cost: float, time_d: float) -> Booked:
    """A difference as an asset that is paid at once."""
    site, item, _ = scope
    head, _, _ = item.partition(".")
    phase = head if (site, head) in {(place.id, one.id) for place, one in scenario.phases()} else ""
    finance = scenario.finance
    lives = {"it": finance.life_it_years, "facility": finance.life_facility_years, "land": math.inf}
    times = (time_d, time_d, time_d, time_d, lives[asset_class])
    return Booked(DIFFERENCE, Asset(site, phase, PAID, PAID_KINDS, cost, asset_class, *times), AT_ONCE, PATH)
