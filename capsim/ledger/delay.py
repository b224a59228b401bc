"""What is built new: its price per MW, and what a month's delay of a phase costs."""

from __future__ import annotations

import math
from typing import NamedTuple

from capsim.buildout import Timeline
from capsim.ledger.assets import columns_of
from capsim.ledger.booking import Ledger
from capsim.ledger.levelised import annuities
from capsim.quantities import in_scenario_money, wacc_real
from capsim.scenario import RENT_BASIS, Scenario, applies
from capsim.units import KW_PER_MW, MONTHS_PER_YEAR


class Delay(NamedTuple):
    """Cost of a month in which a phase is built and paid for, and not in service. Real."""

    site: str
    phase: str
    idle_systems: float
    """Straight-line loss of value of its first systems. [scenario currency/month]"""
    interest_on_systems: float
    """Real WACC on their price. [scenario currency/month]"""
    stranded_plant: float
    """Annuity of its buildings and plant. [scenario currency/month]"""
    rent: float
    """Rent of the hall, where it is leased. [scenario currency/month]"""

    @property
    def total(self) -> float:
        """Sum of the four. [scenario currency/month]"""
        return self.idle_systems + self.interest_on_systems + self.stranded_plant + self.rent


def build_cost_per_mw(scenario: Scenario, timeline: Timeline, ledger: Ledger) -> float:
    """Price of what is built new, per MW of critical IT power made ready in the horizon.

    Buildings, plant, grid connection, land and the first systems; no refresh. NaN where nothing is
    made ready. [scenario currency/MW]
    """
    end_d = scenario.calendar.n_days
    ready_d = timeline.ready_for_service_d()
    mw = sum(m.amount for m in timeline.of_kind("ready_for_service") if 0.0 <= m.time_d < end_d)
    cost = sum(
        a.cost
        for a in ledger.instalments.first_orders
        if 0.0 <= ready_d.get((a.site, a.phase), a.accepted_d) < end_d and a.accepted_d < end_d
    )
    return cost / mw if mw else math.nan


def delays(scenario: Scenario, timeline: Timeline, ledger: Ledger) -> list[Delay]:
    """Cost of a month's delay of every phase that becomes ready after the start.

    The phase is taken as built, and all that was bought for it as there and paid.
    """
    built = {place for place, day_d in timeline.ready_for_service_d().items() if 0.0 < day_d < math.inf}
    costs = {place: [0.0, 0.0, 0.0, rent] for place, rent in _rents(scenario).items() if place in built}
    assets = [a for a in ledger.instalments.first_orders if (a.site, a.phase) in built]
    for a, annuity in zip(assets, annuities(scenario, columns_of(assets)).tolist(), strict=True):
        # systems lose value as they age; plant waits for its use at its full annuity
        parts = costs.setdefault((a.site, a.phase), [0.0, 0.0, 0.0, 0.0])
        if a.asset_class == "it":
            parts[0] += a.cost / a.life_y / MONTHS_PER_YEAR
            parts[1] += a.cost * wacc_real(scenario) / MONTHS_PER_YEAR
        else:
            parts[2] += annuity / MONTHS_PER_YEAR
    return [Delay(*place, *parts) for place, parts in sorted(costs.items())]


def _rents(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Rent of each leased phase by (site, phase). [scenario currency/month]"""
    items = [item for item in scenario.costs.items if item.basis == RENT_BASIS]
    rents: dict[tuple[str, str], float] = {}
    for site in scenario.sites:
        here = [item for item in items if applies(item, site)]
        per_kw = sum(in_scenario_money(scenario, i.amount, i.currency, i.price_year) for i in here)
        leased = [phase for phase in site.phases if phase.tenure == "lease"]
        rents |= {(site.id, phase.id): phase.critical_it_mw * KW_PER_MW * per_kw for phase in leased}
    return rents
