"""Questions of whether systems and places suit a plant: fans in liquid, cold plates in air, warm seas.

What carries no heat of a system at all is refused (`racks_are_cooled`); what follows of systems is of halls
that are said to carry both media, while their plant is one for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from capsim.catalog import Entry, climate_table
from capsim.models.cooling import COOLING, Plant
from capsim.models.cooling.sea import SeaWater
from capsim.registry import is_of_package
from capsim.scenario.records.operations_records import Cooling
from capsim.scenario.records.schema import Site
from capsim.scenario.records.site_records import Deployment, Refresh
from capsim.scenario.rules.plausible import limit
from capsim.scenario.rules.rule import Around, Issue, Issues, question

LIQUID_SHARE = "liquid_share"
"""Argument of plants with a loop at the racks: the share of all heat that it takes."""
BY_AIR, BY_LIQUID = "air", "liquid"
"""Media that the catalogue has systems made for."""


@question
def air_cooled_in_liquid(order: Deployment | Refresh, around: Around) -> Issues:
    """Servers made for air are not in halls whose plant takes most of the heat by liquid at the racks."""
    entry, site = around.catalog.tables["systems"].get(order.system or ""), around.the(Site)
    share, cooling = site.cooling.arguments.get(LIQUID_SHARE, 0.0), site.cooling
    if (
        entry is None
        or not _is_made_for(BY_AIR, entry)
        or not share
        or BY_LIQUID not in (cooling.media or "")
    ):
        return
    # the planner has said what the loop takes of a mix
    is_mixed = any(_is_made_for(BY_LIQUID, other) for other in _systems(site, around))
    if is_mixed and share != _of_preset(cooling, around):
        return
    rule = (
        f"is made for air, and the plant of the halls ({cooling.preset}) takes {share:g} of all heat by "
        "liquid at the racks: cooling and fans of servers without cold plates come out too low; give them a "
        f"site with a plant for air, or cooling.arguments.{LIQUID_SHARE} as it is of the mix"
    )
    yield Issue(("system",), rule, got=True)


@question
def liquid_cooled_in_air(order: Deployment | Refresh, around: Around) -> Issues:
    """Systems made for liquid are not in halls whose plant has no liquid at the racks."""
    entry, cooling = around.catalog.tables["systems"].get(order.system or ""), around.the(Site).cooling
    is_said = "media" in cooling.model_fields_set and BY_LIQUID in (cooling.media or "")
    is_asked = is_said and not _is_of_an_author(cooling, around)
    if entry is None or not _is_made_for(BY_LIQUID, entry) or not is_asked:
        return
    if not cooling.arguments.get(LIQUID_SHARE, 0.0):
        fitting = [
            name
            for name, other in around.catalog.tables["cooling"].items()
            if LIQUID_SHARE in other and BY_LIQUID in other.text("media")
        ]
        rule = (
            f"is made for liquid, and the plant of the halls ({cooling.preset}) takes all heat by air: its "
            f"power and water are not those of a loop; take a preset such as {' or '.join(fitting[:2])}"
        )
        yield Issue(("system",), rule, got=True)


@question
def sea_of_a_warm_climate(site: Site, around: Around) -> Issues:
    """A plant without chillers takes its cold from water of a place where that is cold all year."""
    name = around.catalog.entry("cooling", site.cooling.preset).text("model")
    if name not in COOLING or not _is_a(SeaWater, COOLING[name]):
        return
    # over a year the sea is about as warm as the air above it
    mean_c = float(climate_table(around.catalog, site.climate).dry_bulb_mean_c.mean())
    most_c = limit(around, "sea_air_c", "high")
    if mean_c > most_c:
        rule = (
            f"takes its cold from water that is cold in every hour, and the air of {site.climate} has "
            f"{mean_c:.1f} degC in the mean of the year, where up to {most_c:g} is cool enough: seas, lakes "
            "and rivers are about as warm as the air, in summer warmer than the plant can use, and it has no "
            "chillers; accept it for water of the depth, or take a plant with chillers"
        )
        yield Issue(("cooling", "preset"), rule, got=True)


def _is_a(plant: type[Plant], model: Callable[..., Any]) -> bool:
    """Whether a cooling model is of a class of plants; a function of a user's own is of none."""
    return isinstance(model, type) and issubclass(model, plant)


def _is_made_for(medium: str, system: Entry) -> bool:
    """Whether accelerators are made to be cooled by a medium; tenants of a hall bring what suits it."""
    has_any = "accelerator_count" in system and system.number("accelerator_count") > 0.0
    return has_any and "cooling_medium" in system and system.text("cooling_medium") == medium


def _is_of_an_author(cooling: Cooling, around: Around) -> bool:
    """Whether a plant's model is a function of the user's: how it takes heat, its author knows alone."""
    plant = around.catalog.tables["cooling"].get(cooling.preset)
    model = "" if plant is None else plant.text("model")
    return model in COOLING and not is_of_package(COOLING[model].__module__)


def _systems(site: Site, around: Around) -> Iterator[Entry]:
    """Systems that come to a site, with those that replace them."""
    orders = [order for phase in site.phases for order in phase.deployments]
    names = [one.system for order in orders for one in (order, order.refresh) if one is not None]
    shelf = around.catalog.tables["systems"]
    return (shelf[name] for name in names if name is not None and name in shelf)


def _of_preset(cooling: Cooling, around: Around) -> float | None:
    """Share that the loop of the preset takes."""
    entry = around.catalog.entry("cooling", cooling.preset)
    return entry.number(LIQUID_SHARE) if LIQUID_SHARE in entry else None
