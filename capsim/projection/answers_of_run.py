"""What figures in words are read from in a run: its plain arrays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from capsim.projection.answers import Milestone, Values
from capsim.projection.headline_figures import Headline, headline
from capsim.projection.phase_dates import date_columns, milestone_days
from capsim.projection.run import Run, money_name
from capsim.vocabulary import LEDGER, MONTHLY, Category


@dataclass(frozen=True)
class Arrays:
    """One run as `answers.Results`."""

    run: Run

    @property
    def months(self) -> Sequence[date]:
        """First day of each month."""
        return self.run.scenario.calendar.months

    @property
    def currency(self) -> str:
        """Code of the currency of money."""
        return self.run.scenario.currency.code

    @property
    def sites(self) -> Collection[str]:
        """All sites."""
        return [site.id for site in self.run.scenario.sites]

    @property
    def headline_names(self) -> Collection[str]:
        """All headline figures."""
        return self._headline

    @cached_property
    def _headline(self) -> Headline:
        return headline(self.run)

    @property
    def monthly_names(self) -> Collection[str]:
        """Series of sites, and sums over the ledger."""
        ledger = (money_name(measure.name, self.run.scenario) for measure in LEDGER)
        return [*(measure.name for measure in MONTHLY), *ledger]

    @property
    def milestones(self) -> Collection[Milestone]:
        """Dates of all phases."""
        return [(column.milestone, column.site, column.phase) for column in date_columns(self.run.scenario)]

    def figure_of(self, name: str) -> Values:
        """A headline figure, shape ()."""
        return np.asarray(self._headline[name])

    def series(self, name: str, site: str) -> Values:
        """A monthly series, of the ledger also of a phase, shape (n_months,)."""
        categories: tuple[Category, ...] = ("capex", "opex")
        by_category = {money_name(category, self.run.scenario): category for category in categories}
        if name in by_category:
            return self.run.ledger.total(by_category[name], of=site)
        if site and site not in self.sites:
            raise KeyError(name)
        by_site = self.run.operations.monthly[name]
        return np.asarray(by_site[list(self.sites).index(site)] if site else by_site.sum(axis=0))

    def day(self, milestone: Milestone) -> Values:
        """Ordinal of a date of a phase, shape (). [d]"""
        day = milestone_days(self.run)[list(self.milestones).index(milestone)]
        return np.asarray(day + self.run.scenario.start.toordinal())
