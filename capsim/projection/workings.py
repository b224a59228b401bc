"""How a figure is worked from its numbers: what is added up, or divided by what."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from capsim.errors import FigureError
from capsim.operations import month_shares
from capsim.projection.answers import read
from capsim.projection.answers_of_views import Views, rows_of
from capsim.projection.peaks import first_peak
from capsim.projection.quotients import QUOTIENTS, Quotient
from capsim.projection.worked_returns import RETURNS, Step
from capsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR, calendar
from capsim.vocabulary import (
    ADDED_UP,
    DECLARED,
    LEDGER,
    Asked,
    declared,
    in_currency,
    in_results,
    measure_of,
    parse_figure,
    without_currency,
)

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


OVER_MW: Final = "capex_per_critical_it_mw"
OVER_H100E: Final = "capex_per_h100e"
BUILD_COST: Final = "build_cost_per_critical_it_mw"
OWNERSHIP: Final = "tco_per_it_mw_year"
LAST_YEAR: Final = "opex_last_year"
BY_ITEM: Final = (*(measure.name for measure in LEDGER), "revenue", "residual", LAST_YEAR)
"""Figures that are sums over the ledger."""
LEVELISED: Final = ("lcoc_per_accelerator_h", "lcoc_per_h100e_h", "levelised_cost_per_it_mwh")
"""Figures that are sums of what each item makes of them."""


def worked(projection: Projection, text: str) -> tuple[Asked, list[Step]]:
    """A figure in words, and the numbers that it is worked from; the last is the figure.

    Raises
    ------
    FigureError
        If the projection has no such figure, or it is worked month by month from cash flows.
    """
    asked = parse_figure(text)
    value = float(read(asked, Views(projection)))
    if asked.is_date:
        raise FigureError(f"{asked} is a date: capsim run shows what it waited for (got {text!r})")
    name = _name(asked, projection)
    for kinds, steps_of in _WAYS.items():
        if name in kinds:
            steps = list(steps_of(projection, asked, name))
            return asked, [*steps, Step(str(asked), value, _unit(projection, asked))]
    raise FigureError(
        f"{asked} is worked payment by payment, over phases, systems and assets: capsim explain --ledger "
        "lists the payments with what each is for"
    )


def meaning_of(projection: Projection, asked: Asked) -> str:
    """What a figure is, in words; empty for a milestone."""
    measure = measure_of(asked) or measure_of(Asked(_name(asked, projection)))
    return measure.meaning if measure is not None else ""


def _name(asked: Asked, projection: Projection) -> str:
    """Declared name of a figure."""
    measure = measure_of(asked)
    found = in_results(asked.name, projection.headline, projection.facts.currency)
    return measure.name if measure is not None else without_currency(found or asked.name)


def _unit(projection: Projection, asked: Asked) -> str:
    measure = measure_of(asked) or measure_of(Asked(_name(asked, projection)))
    return measure.unit_in(projection.facts.money_unit) if measure is not None else ""


def _quotient(projection: Projection, asked: Asked, name: str) -> Iterator[Step]:
    """The sums of a ratio, and what they are multiplied by for its unit."""
    quotient: Quotient = QUOTIENTS[name]
    series = [("", one) for one in quotient.of] + [("over: ", one) for one in quotient.over]
    for before, one in series:
        # a headline ratio is of the whole horizon
        when = asked.when or parse_figure(f"{one} by {_last_month(projection)}").when
        total = float(read(Asked(one, asked.of, when), Views(projection)))
        yield Step(before + DECLARED["monthly"][one].meaning, total, _unit(projection, Asked(one, when=when)))
    if not math.isclose(quotient.scale, 1.0):
        yield Step("times, for the unit", quotient.scale, "")


def _last_month(projection: Projection) -> str:
    return f"{projection.end - pd.Timedelta(days=1):%Y-%m}"


def _items(projection: Projection, asked: Asked, name: str) -> Iterator[Step]:
    """What each item of the ledger comes to, the largest first."""
    ledger, amount = projection.ledger, in_currency("amount", projection.facts.currency)
    rows = rows_of(ledger[ledger["category"] == name], asked.of)
    if asked.when is not None:
        first = projection.start if asked.when.word == "by" else pd.Timestamp(asked.when.first)
        rows = rows[(rows["month"] >= first) & (rows["month"] <= pd.Timestamp(asked.when.last))]
    if name == LAST_YEAR:
        ledger = ledger[ledger["month"] >= projection.end - pd.DateOffset(years=1)]
        rows = ledger[ledger["category"] == "opex"]
    # what is left at the end is booked as a negative cost
    sign = -1.0 if name == "residual" else 1.0
    yield from _largest(sign * rows.groupby("item")[amount].sum(), projection.facts.money_unit)


def _levelised(projection: Projection, asked: Asked, name: str) -> Iterator[Step]:
    """What each item makes of a levelised cost: its discounted costs over the discounted output."""
    _has_a_value(projection, asked, name)
    column = in_currency(name, projection.facts.currency)
    yield from _largest(projection.levelised.set_index("item")[column], _unit(projection, Asked(name)))


def _largest(by_item: pd.Series[float], unit: str) -> Iterator[Step]:
    for item, value in by_item.sort_values(key=abs, ascending=False).items():
        if value:
            yield Step(str(item), float(value), unit)


def _capex_over(projection: Projection, asked: Asked, name: str) -> Iterator[Step]:
    """Capex, and what was made ready or put in service inside the horizon."""
    capex = float(projection.headline[in_currency("capex", projection.facts.currency)])
    yield Step(DECLARED["headline"]["capex"].meaning, capex, projection.facts.money_unit)
    value = float(read(asked, Views(projection)))
    words = "MW made ready" if name == OVER_MW else "H100e put in service"
    yield Step(f"over: {words}", capex / value, "MW" if name == OVER_MW else "H100e")


def _build_cost(projection: Projection, asked: Asked, _: str) -> Iterator[Step]:
    """Price of what is new, and the MW that became ready inside the horizon."""
    ready = projection.milestones[projection.milestones["kind"] == "ready_for_service"]
    days = (projection.end - projection.start).days
    mw = float(ready["amount"][(ready["time_d"] >= 0.0) & (ready["time_d"] < days)].sum())
    value = float(read(asked, Views(projection)))
    words = "price of buildings, plant, grid, land and first systems"
    yield Step(words, value * mw, projection.facts.money_unit)
    yield Step("over: MW made ready", mw, "MW")


def _cost_of_ownership(projection: Projection, asked: Asked, _: str) -> Iterator[Step]:
    """Annuities of all assets while they work, opex, and the MW-years that are ready."""
    ready = projection.milestones[projection.milestones["kind"] == "ready_for_service"]
    horizon = calendar(projection.start.date(), len(projection.months.index))
    shares = month_shares(horizon, ready["time_d"].to_numpy(), horizon.n_days)
    years = shares @ (np.diff(horizon.month_start_d) / DAYS_PER_YEAR)
    mw_years = float(ready["amount"].to_numpy() @ years)
    opex = float(projection.headline[in_currency("opex", projection.facts.currency)])
    value, unit = float(read(asked, Views(projection))), projection.facts.money_unit
    words = "annuities of the assets at the real cost of capital, while they work"
    yield Step(words, value * mw_years - opex, unit)
    yield Step("opex", opex, unit)
    yield Step("over: MW of critical IT ready, times years", mw_years, "MW y")


def _month_of(projection: Projection, asked: Asked, name: str) -> Iterator[Step]:
    """What each site has in the month that a level is of: the highest, the least or the last one."""
    series = Views(projection).series(_series_of(name), asked.of)
    first, stop = _slice(projection, asked)
    fold = "end" if name.endswith("_end") else _FOLDS.get(name, "peak")
    pick: dict[str, int] = {"peak": first_peak(series[first:stop]), "least": int(series[first:stop].argmin())}
    at = first + pick.get(fold, stop - first - 1)
    month = f"{projection.months.index[at]:%Y-%m}"
    measure = declared(_series_of(name), "monthly")
    unit = measure.unit_in(projection.facts.money_unit) if measure else ""
    for site in [asked.of] if asked.of else Views(projection).sites:
        value = float(Views(projection).series(_series_of(name), site)[at])
        yield Step(f"{_series_of(name)} of {site} at {month}", value, unit)


def _slice(projection: Projection, asked: Asked) -> tuple[int, int]:
    """First of the months a figure is of, and the one after the last; all where it names none."""
    months = Views(projection).months
    if asked.when is None:
        return 0, len(months)
    first = {"at": asked.when.last, "by": months[0], "in": asked.when.first}[asked.when.word]
    return months.index(first), months.index(asked.when.last) + 1


def _series_of(name: str) -> str:
    """The monthly series that a highest level or a level at the end is of."""
    if name in DECLARED["monthly"]:
        return name
    return name.removesuffix("_peak").removesuffix("_end")


_FOLDS: Final = {
    name: measure.fold for name, measure in DECLARED["monthly"].items() if measure.fold not in ADDED_UP
}
LEVELS: Final = tuple(_FOLDS) + tuple(
    name
    for name, measure in DECLARED["headline"].items()
    if measure.fold in ("peak", "end") and name not in _FOLDS and _series_of(name) in DECLARED["monthly"]
)
"""Figures that are a level of one month."""
SUMS: Final = tuple(
    name for name, measure in DECLARED["monthly"].items() if measure.fold in ADDED_UP and name not in BY_ITEM
)
"""Figures that add up over sites and years."""


def _years(projection: Projection, asked: Asked, name: str) -> Iterator[Step]:
    """What each calendar year comes to, or the months of it that there are."""
    unit = _unit(projection, Asked(name))
    months = Views(projection).series(name, asked.of)
    series = pd.Series(months, index=projection.months.index)
    if asked.when is not None:
        first = projection.start if asked.when.word == "by" else pd.Timestamp(asked.when.first)
        series = series[first : pd.Timestamp(asked.when.last)]
    for year, months_of in series.groupby(pd.DatetimeIndex(series.index).year):
        ends = dict.fromkeys(f"{month:%Y-%m}" for month in (months_of.index[0], months_of.index[-1]))
        is_whole = len(months_of) == MONTHS_PER_YEAR
        yield Step(str(year) if is_whole else " to ".join(ends), float(months_of.sum()), unit)


def why_none(asked: Asked) -> str:
    """What a result has to hold for a figure that may have no value; empty where it always has one."""
    measure = measure_of(asked)
    if measure is None:
        return ""
    if measure.name in LEVELISED:
        return "it needs an output that the costs are shared out to"
    return "it needs revenue, and cash that comes back" if measure.name in RETURNS else ""


def _has_a_value(projection: Projection, asked: Asked, name: str) -> None:
    """FigureError, with why, for a figure that the result has none of."""
    if math.isnan(float(read(asked, Views(projection)))):
        raise FigureError(f"{asked}: there is none; {why_none(Asked(name))} (got {asked})")


def _returns(projection: Projection, asked: Asked, name: str) -> Iterator[Step]:
    """Cash by year; nothing without revenue, where there is no such figure."""
    _has_a_value(projection, asked, name)
    yield from RETURNS[name](projection)


_WAYS: Mapping[tuple[str, ...], Callable[[Projection, Asked, str], Iterator[Step]]] = {
    tuple(QUOTIENTS): _quotient,
    BY_ITEM: _items,
    LEVELISED: _levelised,
    (OVER_MW, OVER_H100E): _capex_over,
    (BUILD_COST,): _build_cost,
    (OWNERSHIP,): _cost_of_ownership,
    LEVELS: _month_of,
    SUMS: _years,
    tuple(RETURNS): _returns,
}
"""How each figure is worked."""
