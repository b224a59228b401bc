"""How what a plan earns is worked: its cash by year, discounted or added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from capsim.errors import FigureError
from capsim.projection.wording import scaled
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary import in_currency

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

CASH: Final = {"revenue": 1.0, "capex": -1.0, "opex": -1.0}
"""Categories of the ledger that are cash, and their sign."""
OUTLAY: Final = {**CASH, "opening": -1.0}
"""With what is there at the start, which is brought in."""
VALUED: Final = {**OUTLAY, "residual": -1.0}
"""With what is left at the end, which the ledger has as a negative cost."""


class Step(NamedTuple):
    """A number that a figure is worked from."""

    words: str
    value: float
    unit: str


def _net_present_value(projection: Projection) -> Iterator[Step]:
    """Cash of each year at the real cost of capital."""
    rate = projection.facts.wacc_real
    if rate is None:
        raise FigureError("npv is worked with a cost of capital that results of older versions do not have")
    yield from _discounted(_by_month(projection, VALUED), rate, projection.facts.money_unit)


def _rate_of_return(projection: Projection) -> Iterator[Step]:
    """Cash of each year at the rate that makes it nothing in all."""
    rate = float(projection.headline["irr_real"])
    yield from _discounted(_by_month(projection, VALUED), rate, projection.facts.money_unit)


def _rate_of_owners(projection: Projection) -> Iterator[Step]:
    """What owners receive less what they pay, each year, at the rate that makes it nothing in all."""
    table, code = projection.cash_flow, projection.facts.currency
    named = {
        name: table[in_currency(name, code)]
        for name in ("distributed", "equity_called", "fixed_assets", "debt")
    }
    months = pd.DatetimeIndex(table["month"])
    owners = pd.Series((named["distributed"] - named["equity_called"]).to_numpy(), index=months)
    owners.iloc[0] -= projection.facts.opening_equity
    owners.iloc[-1] += float(named["fixed_assets"].iloc[-1] - named["debt"].iloc[-1])
    yield from _discounted(owners, float(projection.headline["irr_equity_nominal"]), f"{code} nominal")


def _payback(projection: Projection) -> Iterator[Step]:
    """All cash up to the end of each year."""
    yield from _so_far(_by_month(projection, OUTLAY), projection.facts.money_unit)


def _peak_funding(projection: Projection) -> Iterator[Step]:
    """All cash up to the end of each year, and where it is deepest."""
    months, unit = _by_month(projection, CASH), projection.facts.money_unit
    yield from _so_far(months, unit)
    yield _lowest(months, unit)


def _peak_equity(projection: Projection) -> Iterator[Step]:
    """What owners had received less what they had paid, up to the end of each year, and where it is least."""
    table, code = projection.cash_flow, projection.facts.currency
    paid = table[in_currency("distributed", code)] - table[in_currency("equity_called", code)]
    months = pd.Series(paid.to_numpy(), index=pd.DatetimeIndex(table["month"]))
    yield from _so_far(months, f"{code} nominal")
    yield _lowest(months, f"{code} nominal")


def _by_month(projection: Projection, signs: Mapping[str, float]) -> pd.Series[float]:
    """Cash of each month, from the ledger."""
    ledger, amount = projection.ledger, in_currency("amount", projection.facts.currency)
    signed = ledger[amount] * ledger["category"].astype(str).map(signs).fillna(0.0)
    months = projection.months.index
    return signed.groupby(ledger["month"]).sum().reindex(months, fill_value=0.0)


def _discounted(months: pd.Series[float], rate: float, unit: str) -> Iterator[Step]:
    """Cash of each calendar year, and what it comes to at a rate: months from their middle on."""
    factors = (1.0 + rate) ** -((np.arange(len(months)) + 0.5) / MONTHS_PER_YEAR)
    table = pd.DataFrame({"cash": months, "factor": factors, "value": months * factors})
    for year, rows in table.groupby(pd.DatetimeIndex(months.index).year):
        first, last = rows["factor"].iloc[0], rows["factor"].iloc[-1]
        words = f"{year}: {scaled(float(rows['cash'].sum()), 4)}, its months times {first:.4f} to {last:.4f}"
        yield Step(words, float(rows["value"].sum()), unit)
    yield Step(f"at {rate:.2%} a year, in all", float(table["value"].sum()), unit)


def _so_far(months: pd.Series[float], unit: str) -> Iterator[Step]:
    """All cash up to the end of each calendar year."""
    sums = months.groupby(pd.DatetimeIndex(months.index).year).sum()
    for year, total in zip(sums.index, accumulate(sums), strict=True):
        yield Step(f"to the end of {year}", float(total), unit)


def _lowest(months: pd.Series[float], unit: str) -> Step:
    total = months.cumsum()
    return Step(f"least, at the end of {total.idxmin():%Y-%m}", float(total.min()), unit)


RETURNS: Final[Mapping[str, Callable[[Projection], Iterator[Step]]]] = {
    "npv": _net_present_value,
    "irr_real": _rate_of_return,
    "irr_equity_nominal": _rate_of_owners,
    "payback_y": _payback,
    "peak_funding": _peak_funding,
    "peak_equity_nominal": _peak_equity,
}
"""How each figure of an investment is worked."""
