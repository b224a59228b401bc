"""Figures in words, as studies read them from rows, and keep them beside headline figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from capsim.errors import FigureError
from capsim.projection import Arrays, Milestone, Run, headline_name, money_name, read
from capsim.scenario import Scenario
from capsim.study.observe import PORTFOLIO, Detail, Layout, layout_of, observe
from capsim.vocabulary import Asked, parse_figure


class Columns(Protocol):
    """Rows of which some columns are read: all of a study, or one."""

    @property
    def layout(self) -> Layout:
        """What the columns are."""

    def months(self, start: int, stop: int) -> NDArray[np.float64]:
        """Some columns, shape (n, stop - start)."""


@dataclass(frozen=True)
class OneRow:
    """The row of one run."""

    layout: Layout
    row: NDArray[np.float64]

    def months(self, start: int, stop: int) -> NDArray[np.float64]:
        """Some columns, shape (1, stop - start)."""
        return self.row[None, start:stop]


@dataclass(frozen=True)
class Answers:
    """Rows of a scenario as `capsim.projection.answers.Results`."""

    scenario: Scenario
    rows: Columns

    @property
    def months(self) -> Sequence[date]:
        """First day of each month."""
        return self.scenario.calendar.months

    @property
    def currency(self) -> str:
        """Code of the currency of money."""
        return self.scenario.currency.code

    @property
    def sites(self) -> Collection[str]:
        """All sites."""
        return [site.id for site in self.scenario.sites]

    @property
    def headline_names(self) -> Collection[str]:
        """Headline figures, and figures in words that are kept beside them."""
        return self.rows.layout.figures

    @property
    def monthly_names(self) -> Collection[str]:
        """Series of the portfolio."""
        return [series.name for series in self.rows.layout.series if series.site == PORTFOLIO]

    @property
    def milestones(self) -> Collection[Milestone]:
        """Dates of phases that are kept."""
        return [(column.milestone, column.site, column.phase) for column in self.rows.layout.dates]

    def figure_of(self, name: str) -> NDArray[np.float64]:
        """A headline figure, shape (n,)."""
        column = self.rows.layout.figures.index(name)
        return self.rows.months(column, column + 1)[:, 0]

    def series(self, name: str, site: str) -> NDArray[np.float64]:
        """A monthly series, shape (n, n_months)."""
        columns = self.rows.layout.months_of(self.rows.layout.columns(name, site))
        return self.rows.months(columns.start, columns.stop)

    def day(self, milestone: Milestone) -> NDArray[np.float64]:
        """Ordinal of a date of a phase, shape (n,). [d]"""
        column = self.rows.layout.first_date + list(self.milestones).index(milestone)
        return self.rows.months(column, column + 1)[:, 0] + self.scenario.start.toordinal()


def values_of(asked: Asked, rows: Columns, scenario: Scenario) -> NDArray[np.float64]:
    """A figure in every row, shape (n,).

    Raises
    ------
    FigureError
        If rows of that scenario have no such figure.
    """
    return read(asked, Answers(scenario, rows))


def headline_of(name: str, layout: Layout, scenario: Scenario) -> str:
    """Name of a headline figure in results. Raises FigureError where it is none."""
    asked = parse_figure(name)
    if not asked.is_headline:
        raise FigureError(f"a headline figure is needed here, over the whole horizon (got {name!r})")
    return headline_name(asked, Answers(scenario, OneRow(layout, np.empty(0))))


def column_of(on: str, run: Run) -> tuple[str, tuple[Asked, ...]]:
    """Name of a figure in the rows of a study, and what these must keep beside headline figures to have it.

    ``lcoc`` is the levelised cost per MWh of IT energy where there is no accelerator to share it out to.
    """
    asked = parse_figure(on)
    if not asked.is_headline:
        # asked once, so that what there is none of is refused before anything is computed
        values_in(run, [asked])
        return str(asked), (asked,)
    layout, name = layout_of(run, "figures"), headline_name(asked, Arrays(run))
    if on == "lcoc" and np.isnan(observe(run, "figures")[layout.figures.index(name)]):
        return money_name("levelised_cost_per_it_mwh", run.scenario), ()
    return name, ()


@dataclass(frozen=True)
class Kept:
    """What a study keeps of each run: its columns, and figures in words beside the headline figures."""

    detail: Detail = "figures"
    asked: tuple[Asked, ...] = ()

    def layout(self, run: Run) -> Layout:
        """Layout of a run's row."""
        layout, more = layout_of(run, self.detail), len(self.asked)
        series = tuple(one._replace(first=one.first + more) for one in layout.series)
        return replace(layout, figures=(*layout.figures, *map(str, self.asked)), series=series)

    def row(self, run: Run) -> NDArray[np.float64]:
        """Row of a run, in the order of its layout."""
        row = observe(run, self.detail)
        # headline figures take their time, and to count them is to work them out again
        if not self.asked:
            return row
        n_figures = len(layout_of(run, "figures").figures)
        return np.concatenate([row[:n_figures], values_in(run, self.asked), row[n_figures:]])


HEADLINE_ONLY: Final = Kept()
"""Nothing but headline figures."""


def values_in(run: Run, asked: Sequence[Asked]) -> NDArray[np.float64]:
    """Figures of a run, shape (n_asked,). FigureError where there is none."""
    arrays = Arrays(run)
    return np.array([float(read(one, arrays)) for one in asked])
