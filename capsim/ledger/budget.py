"""What a budget builds: MW of new phases, bought one after the other in the order they start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from capsim.buildout import Timeline
from capsim.ledger.assets import Asset
from capsim.ledger.booking import Ledger
from capsim.scenario import Scenario

Place = tuple[str, str]
"""Site and phase; the phase is empty for the whole site, both for the portfolio."""


class Build(NamedTuple):
    """A phase that becomes ready in the horizon, and what it costs. Real."""

    start_d: float
    """First order for it: the start of its construction, or of what is bought before. [d]"""
    site: str
    phase: str
    mw: float
    """Critical IT power. [MW]"""
    plant: float
    """Price of its buildings and plant. [scenario currency]"""
    whole: float
    """The same with first systems, and its share by MW of the grid connection and land of its site and
    of what is bought for the portfolio. [scenario currency]"""


class Bought(NamedTuple):
    """Critical IT power a budget builds."""

    mw: float
    """With grid connection, land and first systems. [MW]"""
    plant_only_mw: float
    """Buildings and plant alone. [MW]"""


NOTHING = Bought(math.nan, math.nan)
"""What there is to state without a budget, or where nothing is built."""


def mw_bought(scenario: Scenario, timeline: Timeline, ledger: Ledger) -> Bought:
    """What the budget of the first target that has one builds.

    New phases are bought whole in the order they start, the last in part. A budget above the price of
    all of them goes on at the price per MW of the last.
    """
    budget = next((t.budget for t in scenario.targets if t.budget is not None), None)
    # there is nothing to buy with, or nothing to buy
    if budget is None:
        return NOTHING
    phases = builds(scenario, timeline, ledger)
    if not phases:
        return NOTHING
    whole, plant_only = [(b.mw, b.whole) for b in phases], [(b.mw, b.plant) for b in phases]
    return Bought(_bought(budget, whole), _bought(budget, plant_only))


def builds(scenario: Scenario, timeline: Timeline, ledger: Ledger) -> list[Build]:
    """Phases that become ready in the horizon, in the order they start."""
    end_d = scenario.calendar.n_days
    mw = {
        (m.site, m.phase): m.amount for m in timeline.of_kind("ready_for_service") if 0.0 <= m.time_d < end_d
    }
    by_place = _new_assets(ledger, mw, end_d)
    site_mw: dict[str, float] = {}
    for (site, _), size in mw.items():
        site_mw[site] = site_mw.get(site, 0.0) + size
    shared = {site: _cost(by_place.get((site, ""), ())) / total for site, total in site_mw.items()}
    of_all = _cost(by_place.get(("", ""), ())) / sum(mw.values()) if mw else 0.0
    phases = []
    for (site, phase), size in mw.items():
        of_phase = by_place.get((site, phase), [])
        plant = _cost([a for a in of_phase if a.asset_class == "facility"])
        whole = _cost(of_phase) + size * (shared[site] + of_all)
        start_d = min((a.ordered_d for a in of_phase), default=math.inf)
        phases.append(Build(start_d, site, phase, size, plant, whole))
    return sorted(phases)


def _new_assets(ledger: Ledger, mw: dict[Place, float], end_d: float) -> dict[Place, list[Asset]]:
    """Assets of new phases, with first systems only, and new ones of their sites and the portfolio."""
    by_place: dict[Place, list[Asset]] = {}
    for a in ledger.instalments.first_orders:
        if (a.site, a.phase) in mw if a.phase else 0.0 <= a.accepted_d < end_d:
            by_place.setdefault((a.site, a.phase), []).append(a)
    return by_place


def _cost(assets: Sequence[Asset]) -> float:
    return sum(a.cost for a in assets)


def _bought(budget: float, prices: list[tuple[float, float]]) -> float:
    """MW a budget buys of (MW, price) in order; NaN where they cost nothing. [MW]"""
    left, bought = budget, 0.0
    for mw, price in prices:
        # the last phase that the money reaches is bought in part
        if price >= left:
            return bought + mw * left / price if price > 0.0 else bought
        left, bought = left - price, bought + mw
    mw, price = prices[-1]
    return bought + left * mw / price if price > 0.0 else math.nan
