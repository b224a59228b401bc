"""Financing statements in nominal money: cash flow, profit and balance by month.

Assets are carried at what was paid for them, with the interest capitalised until they work, less
depreciation. A grant is released to profit as fast as what it paid for is depreciated. Cash is never
kept: owners pay what is missing and receive what is left each month. What is there at the start was
paid by the owners, and enters at its straight-line value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.ledger.assets import Asset
from capsim.ledger.booking import Ledger
from capsim.models.debt import REPAYMENTS, follow, tax_after_losses
from capsim.models.depreciation import written_off, written_off_by_table
from capsim.models.ratios import share_of
from capsim.quantities import price_level
from capsim.scenario import Debt, Grant, Scenario
from capsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR, Array

CLASSES = ("it", "facility", "land")


@dataclass(frozen=True)
class Statements:
    """Monthly statements, each series of shape (n_months,), nominal. [scenario currency]"""

    flows: dict[str, Array]
    """Cash flow and profit by name; see `FLOWS`."""
    balance: dict[str, Array]
    """At the end of each month: `fixed_assets`, `debt`, `deferred_grants`, `equity`."""
    funding: dict[tuple[str, str], tuple[Array, Array]]
    """Paid in and paid out by (kind, id) of the payer: `equity`, `debt`, `grant`."""
    opening_equity: float
    """Value of what is there at the start, which the owners brought in. [scenario currency]"""


FLOWS = (
    "revenue",
    "opex",
    "capex",
    "grants",
    "debt_drawn",
    "interest_paid",
    "debt_repaid",
    "tax",
    "equity_called",
    "distributed",
    "depreciation",
    "grants_released",
    "interest_capitalised",
    "profit_before_tax",
    "profit",
)
"""Flows of a month: cash from `revenue` to `distributed`, then what is no cash."""


class Vintages(NamedTuple):
    """What was paid for assets of one class that start to work in one month and end in another."""

    asset_class: NDArray[np.int64]
    """Index into `CLASSES`."""
    works_from_d: Array
    """Day the asset starts to work, or is written off; infinity where never. [d]"""
    life_y: Array
    paid: Array
    """Nominal payments, shape (n, n_months). [scenario currency]"""
    opening: Array
    """Value at the start, shape (n,). [scenario currency]"""


def statements(scenario: Scenario, ledger: Ledger) -> Statements:
    """Cash flow, profit and balance of a ledger.

    Parameters
    ----------
    scenario : Scenario
        Loaded scenario; without debts and grants the owners pay all.
    ledger : Ledger
        Of a projection.

    Returns
    -------
    statements : Statements
        With fixed assets = debt + deferred grants + equity at the end of every month.
    """
    level = price_level(scenario)
    assets = _vintages(ledger, level)
    flows = {name: level * ledger.total(name) for name in ("revenue", "opex", "capex")}
    granted = {grant.id: _granted(grant, assets) for grant in scenario.finance.grants}
    grants = {name: by_vintage.sum(axis=0) for name, by_vintage in granted.items()}
    loans = {d.id: _loan(scenario, d, assets) for d in scenario.finance.debts}
    zero = np.zeros(level.size)
    flows["grants"] = sum(grants.values(), zero)
    for name in ("debt_drawn", "interest_paid", "debt_repaid", "interest_capitalised"):
        flows[name] = sum((getattr(loan, name) for loan in loans.values()), zero)
    none = np.zeros(assets.paid.shape)
    carried = assets.paid + sum((loan.by_vintage for loan in loans.values()), none)
    # what is there at the start is there in the first month, and is written off with the rest
    carried[:, 0] += assets.opening
    gone = _written_off(scenario, assets)
    flows["depreciation"] = _spread(carried, gone)
    flows["grants_released"] = _spread(sum(granted.values(), none), gone)
    _close(scenario, flows)
    balance = _balance(flows, float(assets.opening.sum()))
    return Statements(flows, balance, _funding(scenario, flows, grants, loans), float(assets.opening.sum()))


def _vintages(ledger: Ledger, level: Array) -> Vintages:
    """Payments by class, start of work and life; what was paid before the start as opening value."""
    paid = ledger.instalments
    key_of = [_key(asset) for asset in paid.assets]
    distinct = {key: number for number, key in enumerate(sorted(set(key_of)))}
    keys = np.array(list(distinct), dtype=np.float64).reshape(-1, 3)
    group = np.array([distinct[key] for key in key_of], dtype=np.int64)
    nominal = paid.by_month(group, len(keys), level)
    before = np.bincount(group[paid.asset], paid.amount * paid.share_paid_by(0), len(keys))
    age_y = np.maximum(-keys[:, 1], 0.0) / DAYS_PER_YEAR
    opening = level[0] * before * (1.0 - written_off(age_y, life_y=keys[:, 2]) * (keys[:, 1] < 0.0))
    return Vintages(keys[:, 0].astype(np.int64), keys[:, 1], keys[:, 2], nominal, opening)


def _key(asset: Asset) -> tuple[int, float, float]:
    """Class, start of work and life; what is cancelled is written off on the day."""
    is_whole = asset.cancelled_d == np.inf
    times = (asset.accepted_d, asset.life_y) if is_whole else (asset.cancelled_d, 0.0)
    return CLASSES.index(asset.asset_class), *times


def _pays_for(of: str, assets: Vintages) -> NDArray[np.bool_]:
    """Which vintages a loan or grant of a class, or of all, pays for, shape (n, 1)."""
    is_of = np.ones(len(CLASSES), dtype=bool) if of == "all" else np.array([of == name for name in CLASSES])
    return np.asarray(is_of[assets.asset_class][:, None])


def _granted(grant: Grant, assets: Vintages) -> Array:
    """What a grant pays of each vintage by month until its sum is reached, shape (n, n_months)."""
    covered = np.where(_pays_for(grant.of, assets), assets.paid, 0.0)
    capex = covered.sum(axis=0)
    total = grant.share * np.cumsum(capex)
    paid_out = np.diff(total if grant.at_most is None else np.minimum(total, grant.at_most), prepend=0.0)
    return np.asarray(covered * share_of(paid_out, capex))


class Loan(NamedTuple):
    """One tranche of debt by month."""

    debt_drawn: Array
    interest_paid: Array
    debt_repaid: Array
    interest_capitalised: Array
    by_vintage: Array
    """Interest capitalised on each vintage, shape (n, n_months)."""


def _loan(scenario: Scenario, debt: Debt, assets: Vintages) -> Loan:
    """A tranche: drawn with capex, interest added to it until the asset works, then repaid."""
    edges_d, n_months = scenario.calendar.month_start_d, assets.paid.shape[1]
    rate = (1.0 + debt.rate_nominal_per_y) ** (1.0 / MONTHS_PER_YEAR) - 1.0
    drawn = np.where(_pays_for(debt.of, assets), debt.share * assets.paid, 0.0)
    month = np.arange(n_months)
    works = np.searchsorted(edges_d, assets.works_from_d, side="right") - 1
    is_building = month < np.maximum(works, 0)[:, None]
    growth = (1.0 + rate) ** month
    # what is drawn, carried back to the first month, sums to a balance with interest on interest
    balance = np.cumsum(np.where(is_building, drawn, 0.0) / growth, axis=1) * growth
    last = np.where(is_building, balance, 0.0)
    # each month bears interest on the balance at the end of the one before
    before = np.zeros_like(drawn)
    before[:, 1:] = last[:, :-1]
    capitalised = rate * before
    starts = np.where(is_building, 0.0, drawn).sum(axis=0)
    # in the month in which the asset starts to work, all that has grown becomes a loan to repay
    starts += np.where(is_building, 0.0, before * (1.0 + rate)).sum(axis=0)
    periods = max(1, round(debt.term_years * MONTHS_PER_YEAR))
    schedule = REPAYMENTS[debt.repayment](rate, periods)
    interest, principal = (follow(starts, payments) for payments in schedule)
    return Loan(drawn.sum(axis=0), interest, principal, capitalised.sum(axis=0), capitalised)


def _written_off(scenario: Scenario, assets: Vintages) -> Array:
    """Share of each vintage written off by each edge of a month, shape (n, n_months + 1). [1]"""
    finance, edges_d = scenario.finance, scenario.calendar.month_start_d.astype(np.float64)
    factors = (finance.declining_factor_it, finance.declining_factor_facility, 1.0)
    tables = (finance.tax_table_it, finance.tax_table_facility, None)
    bonuses = (finance.bonus_share_it, finance.bonus_share_facility, 0.0)
    start_d = assets.works_from_d[:, None]
    age_y = np.where(np.isfinite(start_d), edges_d - start_d, -1.0) / DAYS_PER_YEAR
    share = np.zeros(age_y.shape)
    for index, (factor, table, bonus) in enumerate(zip(factors, tables, bonuses, strict=True)):
        rows = assets.asset_class == index
        share[rows] = written_off(age_y[rows], life_y=assets.life_y[rows, None], factor=factor)
        if table is not None:
            # what is cancelled has no life, and is written off on the day
            by_table = rows & (assets.life_y > 0.0) & np.isfinite(assets.works_from_d)
            share[by_table] = _by_table(scenario, table, assets.works_from_d[by_table])
        if bonus:
            share[rows] = bonus * (age_y[rows] > 0.0) + (1.0 - bonus) * share[rows]
    return share


def _by_table(scenario: Scenario, table: str, start_d: Array) -> Array:
    """Share written off by each edge of a month, by a table of fiscal years, shape (n, n_months + 1). [1]"""
    entry, calendar = scenario.catalog.entry("tax_depreciation", table), scenario.calendar
    shares = [float(value.value) for name, value in entry.values.items() if name.startswith("year_")]
    first = scenario.start.year + math.floor(min(0.0, *start_d) / DAYS_PER_YEAR) - 1
    last = calendar.end.year + len(shares) + 1 + math.ceil(max(0.0, *start_d) / DAYS_PER_YEAR)
    month = scenario.finance.fiscal_year_starts
    years_d = [calendar.day_of(date(year, month, 1)) for year in range(first, last + 1)]
    edges_d = calendar.month_start_d
    return np.array([written_off_by_table(edges_d, start, years_d, shares) for start in start_d])


def _spread(added: Array, share: Array) -> Array:
    """Depreciation of all that is added to vintages by month, each sum over the rest of the life.

    `share` is written off by each edge, shape (n, n_months + 1). A sum added in a month with a share
    s already gone is written off by (share - s) / (1 - s) from there on.
    """
    left = 1.0 - share[:, :-1]
    # what is added after all is written off goes at once
    late = np.where(left > 0.0, 0.0, added)
    upto = np.cumsum(share_of(added, left), axis=1)
    return np.asarray((upto * np.diff(share, axis=1) + late).sum(axis=0))


def _close(scenario: Scenario, flows: dict[str, Array]) -> None:
    """Add profit, tax at the end of each fiscal year, and what the owners pay and receive."""
    expenses = ("opex", "depreciation", "interest_paid")
    flows["profit_before_tax"] = _net(flows, ("revenue", "grants_released"), expenses)
    # months since a first month of fiscal years, whole years of them
    starts = scenario.finance.fiscal_year_starts
    month = np.array([day.year * MONTHS_PER_YEAR + day.month - starts for day in scenario.calendar.months])
    years = month // MONTHS_PER_YEAR
    last = np.append(np.flatnonzero(np.diff(years)), years.size - 1)
    by_year = np.diff(np.cumsum(flows["profit_before_tax"])[last], prepend=0.0)
    finance = scenario.finance
    # tax falls due in the last month of a year, or of the horizon
    flows["tax"] = np.zeros(years.size)
    flows["tax"][last] = tax_after_losses(
        by_year, rate=finance.tax_rate, offset_share=finance.loss_offset_share
    )
    flows["profit"] = flows["profit_before_tax"] - flows["tax"]
    paid = ("opex", "capex", "interest_paid", "debt_repaid", "tax")
    cash = _net(flows, ("revenue", "grants", "debt_drawn"), paid)
    flows["equity_called"] = np.maximum(-cash, 0.0)
    flows["distributed"] = np.maximum(cash, 0.0)


def _net(flows: dict[str, Array], added: tuple[str, ...], less: tuple[str, ...]) -> Array:
    """Sum of some flows less others, one after the other, shape (n_months,). [scenario currency]"""
    return np.asarray(sum([*(flows[name] for name in added), *(-flows[name] for name in less)]))


def _balance(flows: dict[str, Array], opening: float) -> dict[str, Array]:
    """Balance at the end of each month."""

    def total(*added: str, less: str) -> Array:
        return np.cumsum(_net(flows, added, (less,)))

    return {
        "fixed_assets": opening + total("capex", "interest_capitalised", less="depreciation"),
        "debt": total("debt_drawn", "interest_capitalised", less="debt_repaid"),
        "deferred_grants": total("grants", less="grants_released"),
        "equity": opening + total("equity_called", "profit", less="distributed"),
    }


def _funding(
    scenario: Scenario, flows: dict[str, Array], grants: dict[str, Array], loans: dict[str, Loan]
) -> dict[tuple[str, str], tuple[Array, Array]]:
    """Who pays what when, and gets what back."""
    funding: dict[tuple[str, str], tuple[Array, Array]] = {}
    shares = {owner.id: owner.share for owner in scenario.finance.owners} or {"owners": 1.0}
    for name, share in shares.items():
        funding["equity", name] = (share * flows["equity_called"], share * flows["distributed"])
    for name, loan in loans.items():
        funding["debt", name] = (loan.debt_drawn, loan.interest_paid + loan.debt_repaid)
    for name, granted in grants.items():
        funding["grant", name] = (granted, np.zeros_like(granted))
    return funding
