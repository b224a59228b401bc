"""What a study keeps of a run: one vector of headline figures, monthly series and dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import Timeline, build_out
from capsim.ledger import book
from capsim.operations import Sky, operate
from capsim.projection import DateColumn, Run, date_columns, headline, milestone_days, money_name, money_unit
from capsim.scenario import Scenario, hold
from capsim.study.criticality import OF_EACH, ActivityColumn, activity_columns, activity_days
from capsim.vocabulary import LEDGER, MONTHLY, Fold

PORTFOLIO = ""
"""Name of the sum over all sites."""


class SeriesColumns(NamedTuple):
    """A monthly series of a site or of the portfolio in the vector of a run."""

    name: str
    """Name of the series, with the currency in the names of money."""
    site: str
    """Site, or ``site.phase`` of money, or `PORTFOLIO`."""
    unit: str
    """Unit, with the price year of money."""
    fold: Fold
    """What a month shows of its hours."""
    first: int
    """First column; the series has one per month."""


@dataclass(frozen=True)
class Layout:
    """Names of the columns of a vector."""

    figures: tuple[str, ...]
    """Headline figures, which come first, and figures in words that are kept beside them."""
    series: tuple[SeriesColumns, ...]
    """Monthly series, one after another."""
    n_months: int
    """Months of the horizon."""
    dates: tuple[DateColumn, ...] = ()
    """Dated milestones."""
    activities: tuple[ActivityColumn, ...] = ()
    """Activities on the way to phases, which come last."""

    @property
    def first_date(self) -> int:
        """Column the dates begin at."""
        return len(self.figures) + len(self.series) * self.n_months

    @property
    def first_activity(self) -> int:
        """Column the activities begin at."""
        return self.first_date + len(self.dates)

    @property
    def n_columns(self) -> int:
        """Length of a vector."""
        return self.first_activity + len(OF_EACH) * len(self.activities)

    def months_of(self, series: SeriesColumns) -> slice:
        """Columns of a series."""
        return slice(series.first, series.first + self.n_months)

    def columns(self, name: str, site: str = PORTFOLIO) -> SeriesColumns:
        """A series by name; KeyError where there is none."""
        for series in self.series:
            if (series.name, series.site) == (name, site):
                return series
        raise KeyError(name)

    def names(self) -> tuple[str, ...]:
        """Name of every column: figures, ``series[site]@month``, ``milestone_d[site.phase]``, activities."""
        monthly = (
            f"{s.name}{f'[{s.site}]' if s.site else ''}@{m}"
            for s in self.series
            for m in range(self.n_months)
        )
        activities = (name for column in self.activities for name in column.names())
        return (*self.figures, *monthly, *map(str, self.dates), *activities)


def play(
    scenario: Scenario, seed: int, replication: int, sky: Sky | None = None, *, banked: bool = False
) -> Run:
    """A run without any label, as `capsim.pipeline.run` makes it; `sky` and `banked` as in `operate`."""
    hold(scenario)
    timeline = build_out(scenario, seed, replication)
    return operated(scenario, timeline, seed, replication, sky, banked=banked)


def operated(
    scenario: Scenario,
    timeline: Timeline,
    seed: int,
    replication: int,
    sky: Sky | None = None,
    *,
    banked: bool = False,
) -> Run:
    """The run of a scenario whose timeline is known."""
    operations = operate(scenario, timeline, seed, replication, banked=banked, sky=sky)
    return Run(scenario, seed, replication, timeline, operations, book(scenario, timeline, operations))


Detail = Literal["figures", "portfolio", "dates", "sites"]
"""How much of a run is kept: headline figures; the portfolio's series too; dates too; each place's too."""


def layout_of(run: Run, detail: Detail = "portfolio") -> Layout:
    """Layout of a run's vector; the same for every replication of its scenario."""
    scenario, figures = run.scenario, tuple(headline(run))
    if detail == "figures":
        return Layout(figures, (), scenario.calendar.n_months)
    sites = [PORTFOLIO, *(site.id for site in scenario.sites)] if detail == "sites" else [PORTFOLIO]
    unit = money_unit(scenario)
    kinds = [(site, s.name, s.unit_in(unit), s.fold) for site in sites for s in MONTHLY]
    places = [PORTFOLIO, *_places(scenario)] if detail == "sites" else [PORTFOLIO]
    kinds += [(place, money_name(s.name, scenario), unit, s.fold) for place in places for s in LEDGER]
    n_months = scenario.calendar.n_months
    series = (
        SeriesColumns(name, site, unit, fold, len(figures) + i * n_months)
        for i, (site, name, unit, fold) in enumerate(kinds)
    )
    if detail == "portfolio":
        return Layout(figures, tuple(series), n_months)
    return Layout(figures, tuple(series), n_months, date_columns(scenario), activity_columns(scenario))


def _places(scenario: Scenario) -> list[str]:
    """Places that the ledger tells apart: each site, and each ``site.phase``."""
    phases = [f"{site.id}.{phase.id}" for site in scenario.sites for phase in site.phases]
    return [*(site.id for site in scenario.sites), *phases]


def observe(run: Run, detail: Detail = "portfolio") -> NDArray[np.float64]:
    """Vector of a run, in the order of `layout_of`."""
    figures = np.array(list(headline(run).values()))
    if detail == "figures":
        return figures
    monthly = np.stack([run.operations.monthly[s.name] for s in MONTHLY], axis=1)
    places = [PORTFOLIO, *_places(run.scenario)] if detail == "sites" else [PORTFOLIO]
    money = [run.ledger.total(kind, of=place) for place in places for kind in ("capex", "opex")]
    dates = [] if detail == "portfolio" else [milestone_days(run), activity_days(run)]
    sites = [monthly.ravel()] if detail == "sites" else []
    return np.concatenate([figures, monthly.sum(axis=0).ravel(), *sites, *money, *dates])
