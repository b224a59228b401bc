"""What the money of a plan is for: which parts of a build and its operation are in, and from which item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from capsim.models.cost_bases import Systems, bases_per
from capsim.quantities.prices import battery_price, item_costs, ordered_systems, price_of_one
from capsim.scenario import BATTERY, RENT_BASIS, CostItem, Scenario, Site, applies

PRICE, TARIFF, TAX = "system_price_usd", "tariff", "finance.tax_rate"
"""What the ledger books without an item, by the value of the scenario that it comes from."""
MEDIA = "cooling.media"
"""What says of halls that carry no liquid that they need no plant for it."""
OWN_POWER, SUN = "own generation", "solar plant"
RENTED = ("land", "civil", "electrical", "mechanical", "commissioning", "owners-cost", "contingency")
"""What a rent pays for."""
PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "land": ("land",),
        "shell": ("civil",),
        "electrical plant": ("electrical",),
        "mechanical plant": ("mechanical",),
        "liquid cooling": ("liquid-cooling",),
        "commissioning": ("commissioning",),
        "owner's cost": ("owners-cost",),
        "contingency": ("contingency",),
        "grid connection": ("grid-connection",),
        "battery": (BATTERY,),
        OWN_POWER: ("generation",),
        SUN: ("solar",),
        "servers": (PRICE,),
        "cluster network": ("network",),
        "storage": ("storage",),
        "spare parts": ("spares",),
        "staff": ("staff", "staff-per-mw"),
        "maintenance": ("maintenance",),
        "insurance": ("insurance",),
        "taxes on property": ("property-tax",),
        "taxes on profit": (TAX,),
        "energy": (TARIFF,),
        "water": ("water",),
        "software and support": ("software", "support"),
    }
)
"""Parts in the order in which they are listed, with the words by which an item `contains` them."""
Scope = Mapping[str, tuple[str, ...]]
"""By part, the items it is in; none where it is out."""


def scope_of(scenario: Scenario, site: Site) -> Scope:
    """What is in the money of a site, and from which item.

    Parameters
    ----------
    scenario : Scenario
        The scenario, for its cost items, system prices and taxes.
    site : Site
        One of its sites; an item for other countries is not in its scope.

    Returns
    -------
    scope : mapping of str to tuple of str
        Every part of `PARTS`, a battery, a solar plant and engines that do more than stand by only where
        the site has them, with the ids of the items that contain it; a value of the scenario, such as
        ``tariff``, where the ledger books the part without.
    """
    contained: dict[str, list[str]] = {}
    for source, words in _sources(scenario, site):
        for word in words:
            contained.setdefault(word, []).append(source)
    # what is not there is nothing that the money could be missing
    parts = [part for part in PARTS if _is_there(part, site)]
    return {part: tuple(_sources_of(PARTS[part], contained)) for part in parts}


def scopes_of(scenario: Scenario) -> dict[str, dict[str, list[str]]]:
    """What is in the money of every site, as plain data."""
    return {s.id: {part: [*items] for part, items in scope_of(scenario, s).items()} for s in scenario.sites}


def parts_left_out(scenario: Scenario) -> tuple[str, ...]:
    """Parts that the money of a scenario leaves out at a site that has them, in the order of `PARTS`."""
    scopes = [scope_of(scenario, site) for site in scenario.sites]
    return tuple(part for part in PARTS if any(part in scope and not scope[part] for scope in scopes))


def _is_there(part: str, site: Site) -> bool:
    """Whether a site has a part that not every site has."""
    engines = site.generation
    # engines that only stand by are part of the electrical plant
    runs = engines is not None and (engines.runs_when_short or engines.runs_on_price)
    there = {BATTERY: site.battery is not None, OWN_POWER: runs, SUN: site.solar is not None}
    return there.get(part, True)


def _sources_of(words: tuple[str, ...], contained: Mapping[str, list[str]]) -> dict[str, None]:
    """Each source of some words once, in the order in which they are named."""
    return dict.fromkeys(source for word in words for source in contained.get(word, ()))


def _sources(scenario: Scenario, site: Site) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What costs something at a site, and what it contains."""
    yield TARIFF, (TARIFF,)
    if scenario.finance.tax_rate > 0.0:
        yield TAX, (TAX,)
    if any(order.system_price_usd > 0.0 for phase in site.phases for order in phase.deployments):
        yield PRICE, (PRICE,)
    if site.cooling.media == "air":
        yield MEDIA, ("liquid-cooling",)
    leases = any(phase.tenure == "lease" for phase in site.phases)
    if battery_price(scenario, site).amount > 0.0:
        yield BATTERY, (BATTERY,)
    for item in scenario.costs.items:
        if item.amount > 0.0 and applies(item, site) and _is_bought(scenario, item, site):
            yield item.id, (*item.contains, *(RENTED if leases and item.basis == RENT_BASIS else ()))


def _is_bought(scenario: Scenario, item: CostItem, site: Site) -> bool:
    """Whether an item that goes with systems comes to anything: with tenants' own it does not."""
    if item.basis not in bases_per(Systems):
        return True
    orders = (order for phase in site.phases for order in phase.deployments)
    bought = (
        ordered_systems(scenario, order.system, 1.0, price_of_one(scenario, order, is_successor=False))
        for order in orders
    )
    return any(part.amount > 0.0 for one in bought for part in item_costs(scenario, item, one, site))


def without_parts_of_a_cluster(scenario: Scenario, site: Site) -> tuple[str, ...]:
    """What accelerators that a site buys need and none of its items contains: network, storage or both."""
    catalog = scenario.catalog
    orders = (order for phase in site.phases for order in phase.deployments if order.system_price_usd > 0.0)
    if not any(catalog.entry("systems", order.system).number("accelerator_count") for order in orders):
        return ()
    scope = scope_of(scenario, site)
    return tuple(part for part in ("cluster network", "storage") if not scope[part])
