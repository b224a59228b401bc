"""What figures in words are read from in a projection: its views, so that a saved one answers too."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from capsim.projection.answers import Milestone, Values
from capsim.vocabulary import DATED, LEDGER, in_currency, without_currency

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


@dataclass(frozen=True)
class Views:
    """One projection as `answers.Results`."""

    projection: Projection

    @property
    def months(self) -> Sequence[date]:
        """First day of each month."""
        return [day.date() for day in self.projection.months.index]

    @property
    def currency(self) -> str:
        """Code of the currency of money."""
        return self.projection.facts.currency

    @property
    def sites(self) -> Collection[str]:
        """All sites."""
        return self.projection.months.sites

    @property
    def headline_names(self) -> Collection[str]:
        """All headline figures."""
        return self.projection.headline

    @property
    def monthly_names(self) -> Collection[str]:
        """Series of sites, and sums over the ledger."""
        return [*self.projection.months.series, *(in_currency(money.name, self.currency) for money in LEDGER)]

    @property
    def milestones(self) -> Collection[Milestone]:
        """Dates of all phases."""
        dates = self.projection.facts.dates
        return [(kind, *_place(phase)) for phase in dates for kind in DATED if kind in dates[phase]]

    def figure_of(self, name: str) -> Values:
        """A headline figure, shape ()."""
        return np.asarray(self.projection.headline[name])

    def series(self, name: str, site: str) -> Values:
        """A monthly series, of the ledger also of a phase, shape (n_months,)."""
        months = self.projection.months
        if name in months.series:
            if site and site not in self.sites:
                raise KeyError(name)
            # summed as arrays, as the run's own totals are
            return months.of(site, name) if site else np.asarray(months.series[name].sum(axis=0))
        return self._of_ledger(without_currency(name, self.currency), site)

    def _of_ledger(self, category: str, of: str) -> Values:
        """A sum over the ledger by month, shape (n_months,). [scenario currency]"""
        ledger, months = self.projection.ledger, self.projection.months.index
        rows = rows_of(ledger[ledger["category"] == category], of)
        amounts = rows.groupby("month")[in_currency("amount", self.currency)].sum()
        return np.asarray(amounts.reindex(months, fill_value=0.0))

    def day(self, milestone: Milestone) -> Values:
        """Ordinal of a date of a phase, shape (). [d]"""
        kind, site, phase = milestone
        on = self.projection.facts.dates[f"{site}.{phase}"][kind]
        return np.asarray(math.nan if on is None else date.fromisoformat(on).toordinal())


def rows_of(ledger: pd.DataFrame, of: str) -> pd.DataFrame:
    """Rows of the ledger of a site or of a ``site.phase``; all where it names neither."""
    if not of:
        return ledger
    site, _, phase = of.partition(".")
    rows = ledger[ledger["site"] == site]
    return rows[rows["phase"] == phase] if phase else rows


def _place(phase: str) -> tuple[str, str]:
    """Site and phase of ``site.phase``."""
    return cast(tuple[str, str], tuple(phase.split(".", 1)))
