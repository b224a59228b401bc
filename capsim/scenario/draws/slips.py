"""How announced dates come true: what a site announces for one day is one announcement, and slips once.

The hall, the grid step and the systems of a block that are announced for the same day slip together. A slip
is nothing with a probability, else exponential with a mean that grows with how far ahead the date is; or the
block never comes. What is overdue on the data date is late or never comes, the rather the longer it is
overdue. Blocks of a site, and sites of an owner, are late together, and no block of a site
overtakes one that is announced before it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from capsim.models.uncertain import Uncertain
from capsim.scenario.draws.factors import Factors, factor_of
from capsim.scenario.draws.streams import stream
from capsim.scenario.records.buildout_records import Uncertainty
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import GridStep, Phase
from capsim.scenario.records.walk import records_in
from capsim.units import DAYS_PER_MONTH, months_to_days

ANNOUNCED = ("energised_on", "ready_for_service_on", "in_service_on", "finished_on", "delivered_on")
"""Dates that others announce; one after the data date, or without one after the start, may slip."""
NEVER = date(2199, 1, 1)
"""Stands for the date of what never comes: after all horizons."""


class Block(NamedTuple):
    """What a site announces for one day."""

    site: str
    on: date
    """The day; the one it was announced for, of what is overdue."""
    is_overdue: bool = False


class Announcements:
    """The announced dates of a scenario, by block."""

    def __init__(self, scenario: Scenario) -> None:
        self.known_until = scenario.known_until
        self.paths: dict[Block, list[str]] = {}
        self.never: dict[Block, float] = {}
        """Chance of its own that a block never comes, where a phase or a step of it says so."""
        for site in scenario.sites:
            self._collect(site)
        self.owners = {site.id: site.owner for site in scenario.sites}

    def _collect(self, site: Site) -> None:
        for path, record, _ in records_in(site):
            days = {key: vars(record).get(key) for key in ANNOUNCED if key in vars(record)}
            for key, day in days.items():
                # a delay that the planner gives as uncertain is the delay
                has_own = isinstance(record, (Phase, GridStep)) and isinstance(record.slip_months, Uncertain)
                if day is None or day <= self.known_until or has_own:
                    continue
                since = vars(record).get("overdue_since")
                block = Block(site.id, since or day, since is not None)
                self.paths.setdefault(block, []).append(".".join(("sites", site.id, *path, key)))
                if isinstance(record, (Phase, GridStep)) and record.never_probability is not None:
                    self.never[block] = max(self.never.get(block, 0.0), record.never_probability)

    def comes_on(self, block: Block, probability: float, never: float, uncertainty: Uncertainty) -> date:
        """The day of a block at a probability: the latest of all is never."""
        if block.is_overdue:
            return self._comes_late(block, probability, never, uncertainty)
        comes = 1.0 - never
        if probability >= comes:
            return NEVER
        ahead = (block.on - self.known_until).days / DAYS_PER_MONTH
        mean = uncertainty.mean_slip_months * (1.0 + uncertainty.slip_growth_per_month * ahead)
        late_d = months_to_days(slip_months(probability / comes, uncertainty.on_time_share, mean))
        return block.on + timedelta(days=round(late_d))

    def _comes_late(self, block: Block, probability: float, never: float, uncertainty: Uncertainty) -> date:
        """The day of a block that is not there though its day is past."""
        mean = uncertainty.mean_slip_months
        overdue = (self.known_until - block.on).days / DAYS_PER_MONTH
        late = (1.0 - never) * (1.0 - uncertainty.on_time_share) * math.exp(-overdue / mean) if mean else 0.0
        comes = late / (late + never) if late > 0.0 else float(not never)
        if probability >= comes:
            return NEVER
        delay = slip_months(probability / comes, 0.0, mean)
        return self.known_until + timedelta(days=max(1, round(months_to_days(delay))))

    def drawn(
        self, uncertainty: Uncertainty, seed: int, replication: int, factors: Factors | None
    ) -> Mapping[str, date]:
        """What the announced dates come true as, by dotted path."""
        together = _Together(uncertainty, seed, replication, self.owners)
        days: dict[Block, date] = {}
        for block, paths in self.paths.items():
            # by what is announced and not by its day, so that a date that is moved keeps its luck
            alone = float(stream(seed, replication, "slip", paths[0]).random())
            named = next((path for path in paths if _own_factor(path, uncertainty)), None)
            if factors is None:
                probability = alone
            elif named is not None:
                probability = factors.probability(named, alone)
            else:
                probability = together.probability(block.site, alone)
            never = self.never.get(block, uncertainty.never_probability)
            days[block] = self.comes_on(block, probability, never, uncertainty)
        last: dict[str, date] = {}
        for block in sorted(days):
            days[block] = max(days[block], last.get(block.site, days[block]))
            # what never comes holds up nothing behind it
            if days[block] < NEVER:
                last[block.site] = days[block]
        return {path: days[block] for block, paths in self.paths.items() for path in paths}


def _own_factor(path: str, uncertainty: Uncertainty) -> bool:
    name, _ = factor_of(path, uncertainty)
    return any(factor.id == name for factor in uncertainty.factors)


class _Together:
    """Scores that the blocks of a site, and the sites of an owner, share."""

    def __init__(
        self, uncertainty: Uncertainty, seed: int, replication: int, owners: Mapping[str, str]
    ) -> None:
        self.uncertainty, self.key, self.owners = uncertainty, (seed, replication), owners

    def probability(self, site: str, alone: float) -> float:
        """Probability at which a block of a site slips, from one of its own."""
        of_site, of_owner = self.uncertainty.slips_of_a_site, self.uncertainty.slips_of_an_owner
        owner = self.owners[site]
        of_owner = of_owner if owner else 0.0
        if not of_site + of_owner > 0.0:
            return alone
        from scipy.special import ndtr, ndtri

        # what an owner shares, its sites share as well
        own = max(0.0, 1.0 - max(of_site, of_owner))
        score = math.sqrt(own) * float(ndtri(alone))
        score += math.sqrt(max(0.0, of_site - of_owner)) * self._score("slips of site", site)
        score += math.sqrt(of_owner) * self._score("slips of owner", owner) if of_owner else 0.0
        return float(ndtr(score))

    def _score(self, what: str, name: str) -> float:
        return float(stream(*self.key, what, name).standard_normal())


def slip_months(probability: float, on_time_share: float, mean_slip_months: float) -> float:
    """Quantile of a delay that is 0 with a probability and else exponential. [months]

    Examples
    --------
    >>> slip_months(0.59, 0.6, 8.5), round(slip_months(0.8, 0.6, 8.5), 2)
    (0.0, 5.89)
    """
    if not probability > on_time_share:
        return 0.0
    # the quantile of the exponential among those that are late; log1p keeps its digits near 0
    late = (probability - on_time_share) / (1.0 - on_time_share)
    return -mean_slip_months * math.log1p(-late)
