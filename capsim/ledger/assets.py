"""Assets: what was bought, the milestones its price is tied to, when it works and how long it lasts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Generic, NamedTuple

import numpy as np

from capsim.buildout import Timeline, steps_applied, works_ordered
from capsim.ledger.orders import batches
from capsim.models.cost_bases import Grid, Hall, OwnedSite, Portfolio, Systems, Thing
from capsim.quantities import Part, battery_price, ordered_systems, price_of_one
from capsim.scenario import BATTERY, AssetClass, CostItem, Phase, Scenario, Site
from capsim.units import DAYS_PER_YEAR, Array, years_to_days

PLANT_KINDS = ("started", "started", "ready_for_service")
GRID_KINDS = ("applied", "applied", "energised")
SYSTEM_KINDS = ("ordered", "delivered", "in_service")
LUMP_KINDS = ("due", "due", "due")
PAID_KINDS = ("paid", "paid", "paid")
NOT_ENDED = (1.0, math.inf)
"""Share built and day of the end of what was not given up. [1], [d]"""


class Asset(NamedTuple):
    """Something that keeps its value for a life, straight-line. Times are infinity where never."""

    site: str
    """Empty for what belongs to the whole portfolio."""
    phase: str
    """Empty for what belongs to the whole site."""
    item: str
    """Deployment, grid step or stage whose milestones the price is tied to, or the battery; empty for the
    phase."""
    kinds: tuple[str, str, str]
    """Milestones its three instalments are tied to."""
    cost: float
    """Price. [scenario currency]"""
    asset_class: AssetClass
    ordered_d: float
    """Order, start of construction, or application. [d]"""
    delivered_from_d: float
    """First day of the second instalment; the same as `delivered_to_d` where it is paid at once. [d]"""
    delivered_to_d: float
    """Last day of the second instalment. [d]"""
    accepted_d: float
    """Acceptance, on which it starts to work. [d]"""
    life_y: float
    """Economic life. [y]"""
    leaves_d: float = math.inf
    """Day it leaves. [d]"""
    cancelled_d: float = math.inf
    """Day it was cancelled; what is not paid then falls due. [d]"""
    is_owed: bool = True
    """Whether it does: not of an order that was cancelled itself."""


class AssetColumns(NamedTuple):
    """Assets as arrays, each of shape (n_assets,)."""

    cost: Array
    """Price. [scenario currency]"""
    ordered_d: Array
    delivered_from_d: Array
    delivered_to_d: Array
    accepted_d: Array
    life_y: Array
    leaves_d: Array
    cancelled_d: Array
    is_owed: Array
    """1 where what a cancellation finds unpaid falls due."""


def columns_of(assets: Sequence[Asset]) -> AssetColumns:
    """Prices, times and lives of assets, as `Asset` has them."""
    first = Asset._fields.index("ordered_d")
    rows = [(a.cost, *a[first:]) for a in assets]
    return AssetColumns(*np.array(rows, dtype=np.float64).reshape(-1, len(AssetColumns._fields)).T.copy())


class Bought(NamedTuple, Generic[Thing]):
    """A thing that cost items are counted per, and the asset that each of them makes of it."""

    thing: Thing
    asset: Asset
    """Its cost is the share of the thing that was built. [1]"""
    priced_d: float
    """Day whose price it has. [d]"""
    path: str = ""
    """Dotted path of the price it has itself, without any cost item."""


class BuiltHall(NamedTuple):
    """An owned phase that is there, built, or was cancelled after its construction had started."""

    site: Site
    phase: Phase
    start_d: float
    """Start of construction. [d]"""
    ready_d: float
    """Ready for service. [d]"""
    cancelled_d: float
    priced_d: float
    """Day whose price it has: that of the commitment, or the start of construction. [d]"""
    built_share: float
    """Share of it that was built before it was given up; 1 where it was not. [1]"""


Things = dict[type, list[Bought[Any]]]
"""What was bought, by the class of the things."""


def built_halls(scenario: Scenario, timeline: Timeline) -> Iterator[BuiltHall]:
    """Owned phases that are there, built, or cancelled after their construction had started."""
    ready_d = timeline.ready_for_service_d()
    ordered, ended = works_ordered(scenario, timeline), _ended(timeline)
    for site, phase in scenario.phases():
        key = (site.id, phase.id)
        end_d, (start_d, priced_d) = ready_d.get(key, math.inf), ordered[key]
        share, stop_d = ended.get((*key, ""), NOT_ENDED)
        if phase.tenure == "own" and start_d < math.inf and start_d <= stop_d and share > 0:
            yield BuiltHall(site, phase, start_d, end_d, stop_d, priced_d, share)


def _ended(timeline: Timeline) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Share built and day of the end of what was given up, by site, phase and grid step. [1], [d]"""
    return {(a.site, a.phase, a.step): (a.share_done, a.until_d) for a in timeline.abandoned}


def things_bought(scenario: Scenario, timeline: Timeline, halls: list[BuiltHall]) -> Things:
    """All that cost items of capex may be counted per, but the portfolio."""
    life_y = scenario.finance.life_facility_years
    return {
        Hall: [_hall(hall, life_y) for hall in halls],
        Grid: list(_grid_steps(scenario, timeline, life_y)),
        OwnedSite: _sites(halls, life_y),
        Systems: list(systems_bought(scenario, timeline)),
    }


def _hall(hall: BuiltHall, life_y: float) -> Bought[Hall]:
    """Construction start, evenly until hand-over, hand-over."""
    site, phase, start_d, ready_d, stop_d, priced_d, share = hall
    built_d = ready_d if phase.ready_for_service_on is None else start_d
    times = (start_d, start_d, built_d, ready_d, life_y, math.inf, stop_d)
    asset = Asset(site.id, phase.id, "", PLANT_KINDS, share, "facility", *times)
    return Bought(Hall(phase.critical_it_mw, phase.cost_overrun, phase.works), asset, priced_d)


def _grid_steps(scenario: Scenario, timeline: Timeline, life_y: float) -> Iterator[Bought[Grid]]:
    """Application, evenly until energization, energization."""
    energised = {(m.site, m.item): m.time_d for m in timeline.of_kind("energised")}
    ended = _ended(timeline)
    for site in scenario.sites:
        applied_d_of = steps_applied(timeline, site)
        for step in site.grid_connection if not site.is_leased else ():
            end_d, applied_d = energised.get((site.id, step.id), math.inf), applied_d_of[step.id]
            share, stop_d = ended.get((site.id, "", step.id), NOT_ENDED)
            if applied_d < math.inf and applied_d <= stop_d and min(end_d, stop_d) < math.inf:
                times = (applied_d, applied_d, end_d, end_d, life_y, math.inf, stop_d)
                asset = Asset(site.id, "", step.id, GRID_KINDS, share, "facility", *times)
                yield Bought(Grid(step.grid_mw), asset, applied_d)


def _sites(halls: list[BuiltHall], life_y: float) -> list[Bought[OwnedSite]]:
    """Sites with an owned phase, when their first construction starts."""
    # a site is bought once, with the first of its phases
    mw, start_d = dict[str, float](), dict[str, float]()
    for hall in halls:
        site = hall.site.id
        mw[site] = mw.get(site, 0.0) + hall.phase.critical_it_mw
        start_d[site] = min(hall.start_d, start_d.get(site, math.inf))
    return [_lump(OwnedSite(mw[site]), site, PLANT_KINDS, start_d[site], life_y) for site in mw]


def portfolio_bought(scenario: Scenario, item: CostItem, halls: list[BuiltHall]) -> Bought[Portfolio]:
    """The whole portfolio, on the day on which an item falls due."""
    due_d = 0.0 if item.due_on is None else scenario.calendar.day_of(item.due_on)
    thing = Portfolio(sum(hall.phase.critical_it_mw for hall in halls))
    return _lump(thing, "", LUMP_KINDS, due_d, scenario.finance.life_facility_years)


def batteries_bought(scenario: Scenario, timeline: Timeline) -> Iterator[Bought[Site]]:
    """Batteries of sites: new with the first grid power, and again whenever one is at the end of its life."""
    powered_d: dict[str, float] = {}
    for m in timeline.of_kind("energised"):
        powered_d[m.site] = min(powered_d.get(m.site, math.inf), max(m.time_d, 0.0))
    for site in scenario.sites:
        if site.battery is None or not battery_price(scenario, site).amount:
            continue
        life_y, time_d = site.battery.life_years, powered_d.get(site.id, math.inf)
        while time_d < scenario.calendar.n_days:
            # by its name, so that the first of them counts as new and later ones as replacements
            times = (time_d, time_d, time_d, time_d, life_y)
            yield Bought(site, Asset(site.id, "", BATTERY, LUMP_KINDS, 1.0, "facility", *times), time_d)
            time_d += years_to_days(life_y)


def _lump(
    thing: Thing, site: str, kinds: tuple[str, str, str], time_d: float, life_y: float
) -> Bought[Thing]:
    asset = Asset(site, "", "", kinds, 1.0, "facility", time_d, time_d, time_d, time_d, life_y)
    return Bought(thing, asset, time_d)


def systems_bought(scenario: Scenario, timeline: Timeline) -> Iterator[Bought[Systems]]:
    """Every order of systems at its price: order, delivery, in service.

    The first order of a deployment is its first generation, later ones are successors.
    """
    orders = scenario.deployments()
    prices: dict[tuple[str, str, str, bool], Part] = {}
    in_order = sorted(batches(timeline), key=lambda batch: batch.ordered_d)
    # read backwards, the earliest of each deployment stays
    first_d = {batch[:3]: batch.ordered_d for batch in reversed(in_order)}
    for site, phase, item, system, number, ordered_d, delivered_d, in_service_d, stop_d, is_owed in in_order:
        order = orders[site, phase, item]
        is_successor = ordered_d != first_d[site, phase, item]
        generation = site, phase, item, is_successor
        if generation not in prices:
            prices[generation] = price_of_one(scenario, order, is_successor=is_successor)
        stay_y = math.inf if order.refresh is None else order.refresh.age_years
        life_y = min(scenario.finance.life_it_years, stay_y)
        leaves_d = in_service_d + years_to_days(stay_y)
        times = (ordered_d, delivered_d, delivered_d, in_service_d, life_y, leaves_d, stop_d, is_owed)
        path = f"sites.{site}.phases.{phase}.deployments.{item}."
        yield Bought(
            ordered_systems(scenario, system, number, prices[generation]),
            Asset(site, phase, item, SYSTEM_KINDS, 1.0, "it", *times),
            ordered_d,
            path + ("refresh.system_price_usd" if is_successor else "system_price_usd"),
        )


def first_orders(assets: Sequence[Asset]) -> list[Asset]:
    """Assets of the first order of each deployment, grid step and phase; no refresh."""
    groups: dict[tuple[str, str, str], list[Asset]] = defaultdict(list)
    # what was paid over the plan is no order
    assets = [a for a in assets if a.kinds != PAID_KINDS]
    for a in assets:
        groups[a.site, a.phase, a.item].append(a)
    first_d = {key: min(a.ordered_d for a in group) for key, group in groups.items()}
    return [a for a in assets if a.ordered_d <= first_d[a.site, a.phase, a.item]]


def value_left(assets: AssetColumns, time_d: float) -> Array:
    """Value of assets at a time, straight-line over their lives; none once they are cancelled. [currency]"""
    age_y = np.maximum(time_d - assets.accepted_d, 0.0) / DAYS_PER_YEAR
    value = assets.cost * np.maximum(1.0 - age_y / assets.life_y, 0.0)
    # cancelled assets are written off on the day
    return np.where(assets.cancelled_d <= time_d, 0.0, value)
