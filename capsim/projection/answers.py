"""Read a figure that is asked for in words from results, of one run or of many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from capsim.errors import FigureError
from capsim.projection.quotients import QUOTIENTS
from capsim.registry import did_you_mean
from capsim.units import first_of_month
from capsim.vocabulary import ADDED_UP, DATED, Asked, DatedKind, Fold, declared, in_results, no_result

Values = NDArray[np.float64]
"""Shape (...): () of one run, (n,) of many."""
Milestone = tuple[DatedKind, str, str]
"""Milestone, site and phase."""
PORTFOLIO = ""
"""Site that stands for all of them."""


class Results(Protocol):
    """What figures are read from."""

    @property
    def months(self) -> Sequence[date]:
        """First day of each month."""

    @property
    def currency(self) -> str:
        """Code of the currency of money."""

    @property
    def sites(self) -> Collection[str]:
        """Sites of which there are monthly series."""

    @property
    def headline_names(self) -> Collection[str]:
        """Headline figures there are."""

    @property
    def monthly_names(self) -> Collection[str]:
        """Monthly series there are of the portfolio."""

    @property
    def milestones(self) -> Collection[Milestone]:
        """Dates of phases there are."""

    def figure_of(self, name: str) -> Values:
        """A headline figure, shape (...)."""

    def series(self, name: str, site: str) -> Values:
        """A monthly series of the portfolio, a site or a ``site.phase``; KeyError where none is.

        Shape (..., n_months).
        """

    def day(self, milestone: Milestone) -> Values:
        """Ordinal of a date of a phase, shape (...); NaN where it is not inside the horizon. [d]"""


def read(asked: Asked, results: Results) -> Values:
    """A figure of results; of a date its proleptic Gregorian ordinal, NaN where it never is.

    Raises
    ------
    FigureError
        If the results have no such figure, site or phase, or not in that month.
    """
    if asked.level is not None:
        return _day_reached(asked, results)
    if asked.name in DATED:
        return _day(asked, results)
    if asked.when is None:
        return results.figure_of(headline_name(asked, results))
    months = _months(asked, results)
    if asked.full_name in QUOTIENTS:
        quotient = QUOTIENTS[asked.full_name]
        return quotient.value(lambda name: _of_place(name, asked, results)[..., months].sum(-1))
    series, fold = _series(asked, results)
    return folded(series[..., months], fold)


def folded(values: Values, fold: Fold) -> Values:
    """What some months come to, by the last axis: their sum, their highest or lowest, or the last."""
    if fold in ADDED_UP:
        return np.asarray(values.sum(axis=-1))
    if fold == "peak":
        return np.asarray(values.max(axis=-1))
    return np.asarray(values.min(axis=-1) if fold == "least" else values[..., -1])


def headline_name(asked: Asked, results: Results) -> str:
    """Name of a headline figure in the results. Raises FigureError where there is none."""
    name = in_results(asked.name, results.headline_names, results.currency)
    if asked.of:
        raise FigureError(f"{asked} needs a month: {asked} at, by or in 2030-12")
    if name is not None:
        return name
    if in_results(asked.name, results.monthly_names, results.currency) is not None:
        raise FigureError(f"{asked.name} needs a month: {asked.name} at, by or in 2030-12")
    raise FigureError(no_result(asked.name, results.headline_names))


def _series(asked: Asked, results: Results) -> tuple[Values, Fold]:
    """A monthly series and how its months fold."""
    name = in_results(asked.name, results.monthly_names, results.currency)
    measure = declared(name, "monthly") if name is not None else None
    if name is None or measure is None:
        headline = in_results(asked.name, results.headline_names, results.currency)
        if headline is not None:
            raise FigureError(f"{asked.name} is of the whole horizon and needs no month")
        raise FigureError(no_result(asked.name, [*results.monthly_names, *QUOTIENTS]))
    return _of_place(name, asked, results), measure.fold


def _of_place(name: str, asked: Asked, results: Results) -> Values:
    """A monthly series of the place that is asked for; of the portfolio where none is."""
    phases = {f"{site}.{phase}" for _, site, phase in results.milestones}
    if asked.of and asked.of not in {*results.sites, *phases}:
        near = did_you_mean(asked.of, [*results.sites, *phases])
        raise FigureError(f"{asked}: there is no site or phase {asked.of}{near}")
    try:
        return results.series(name, asked.of)
    except KeyError:
        site, _, phase = asked.of.partition(".")
        way_out = f"ask for that of {site}" if phase else f"leave out of {site}"
        raise FigureError(f"{asked}: {asked.name} is not known of {asked.of}; {way_out}") from None


def _months(asked: Asked, results: Results) -> slice:
    """Months a figure is of, by index."""
    months, when = results.months, asked.when
    if when is None or when.last not in months or (when.word == "in" and when.first not in months):
        raise FigureError(f"{asked}: the horizon is from {months[0]:%Y-%m} to {months[-1]:%Y-%m}")
    first = {"at": when.last, "by": months[0], "in": when.first}[when.word]
    return slice(months.index(first), months.index(when.last) + 1)


def so_far(asked: Asked, results: Results) -> Values:
    """A figure by each month: what adds up from the start, the most or the least so far, a level as it is.

    Shape (..., n_months).
    """
    series, fold = _series(asked, results)
    if fold in ADDED_UP:
        return np.asarray(series.cumsum(axis=-1))
    extreme = {"peak": np.maximum, "least": np.minimum}.get(fold)
    return series if extreme is None else np.asarray(extreme.accumulate(series, axis=-1))


def _day_reached(asked: Asked, results: Results) -> Values:
    """Ordinal of the last day of the first month that ends with a level; NaN where none does. [d]"""
    if asked.level is None:
        raise ValueError(f"{asked} names no level")
    series = so_far(asked, results)
    reached = series >= asked.level.value if asked.level.sense == ">=" else series <= asked.level.value
    ends = [first_of_month(month, 1) - timedelta(days=1) for month in results.months]
    days = np.array([end.toordinal() for end in ends], dtype=np.float64)
    return np.where(reached.any(axis=-1), days[reached.argmax(axis=-1)], np.nan)


def _day(asked: Asked, results: Results) -> Values:
    """Ordinal of a date of a phase. [d]"""
    if asked.milestone not in results.milestones:
        phases = sorted({f"{site}.{phase}" for kind, site, phase in results.milestones if kind == asked.name})
        there = f"; there are {', '.join(phases)}" if phases else ""
        near = did_you_mean(asked.of, phases) or there
        raise FigureError(f"{asked}: no phase {asked.of} has that date{near}")
    return results.day(asked.milestone)
