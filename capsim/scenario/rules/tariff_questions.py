"""Questions to tariffs and contracts at sites: of another place or size, without price or carbon."""

from __future__ import annotations

from capsim.catalog import Entry, km_outside, loads_of, tariff_country, tariffs_of
from capsim.scenario.records.energy_records import Contract
from capsim.scenario.records.operations_records import Tariff
from capsim.scenario.records.schema import Site
from capsim.scenario.rules.plausible import limit
from capsim.scenario.rules.rule import Around, Issue, Issues, country_title, ends, question
from capsim.series import Varying, moves_by_the_hour

PARTS = (
    "level_per_mwh",
    "excise_per_mwh",
    "network_per_mwh",
    "demand_per_mw_month",
    "generation_demand_per_mw_month",
    "trend_per_y",
)
"""What a tariff of the catalogue says of its own place."""
HOURS = "hours of the price"
"""What a tariff's zone brings along."""
_MOST_ZONES = 3
"""Zones of a country that are named."""


@question
def tariff_of_another_place(site: Site, around: Around) -> Issues:
    """What a site takes from a tariff of the catalogue is of its country and of its territory."""
    entry, parts = around.catalog.entry("tariffs", site.tariff.preset), _parts_of_preset(site.tariff)
    country, outside = tariff_country(entry), km_outside(around.catalog, entry, site.climate)
    away = ""
    if country and country != site.country:
        away = f"is of {country_title(country, around)} and the site in {country_title(site.country, around)}"
    elif outside:
        away = f"is of a territory that the site lies {outside:.0f} km outside of"
    if away and parts:
        rule = f"{away}; these of its parts are not the site's: {', '.join(parts)}"
        words = (_level(entry) if PARTS[0] in parts else "", _zones(site, around) if HOURS in parts else "")
        rule = "; ".join((rule, *filter(None, words), _instead(site, around)))
        yield Issue(("tariff", "preset"), rule, got=True)


@question
def tariff_of_another_size(site: Site, around: Around) -> Issues:
    """A tariff is for loads of the power that a site is to have."""
    low, high = loads_of(around.catalog.entry("tariffs", site.tariff.preset))
    grid_mw = _grid_mw(site)
    if grid_mw and not low <= grid_mw <= high:
        end = f"{low:g} MW or more" if grid_mw < low else f"{high:g} MW or less"
        rule = f"is for loads of {end} and the site is to have {grid_mw:.6g} MW; {_instead(site, around)}"
        yield Issue(("tariff", "preset"), rule, got=True)


@question
def level_of_another_zone(site: Site, around: Around) -> Issues:
    """A tariff whose hours are of a zone of one's own has a level of it, too."""
    tariff, own = site.tariff, around.catalog.entry("tariffs", site.tariff.preset).text("zone")
    if tariff.zone not in (None, own) and "level_per_mwh" not in tariff.model_fields_set:
        means = around.catalog.entry("electricity_prices", tariff.zone or own)
        years = sorted(key for key in means.values if key.startswith("day_ahead_"))
        last = means.values[years[-1]] if years else None
        there = f"; {years[-1][-4:]} had {last.value:g} {last.unit} there" if last else ""
        level = _level(around.catalog.entry("tariffs", tariff.preset))
        rule = (
            f"moves a level that is of {own}, as network and excise are; {level}: give level_per_mwh{there}"
        )
        yield Issue(("tariff", "zone"), rule, got=True)


@question
def energy_for_nothing(tariff: Tariff, _: Around) -> Issues:
    """The wholesale level of a tariff is not nothing: no market gives its energy away all year."""
    level = tariff.level_per_mwh
    if "level_per_mwh" in tariff.model_fields_set and not isinstance(level, Varying) and not max(ends(level)):
        rule = "is the mean wholesale price, and makes energy free; a price paid elsewhere is a contract's"
        yield Issue(("level_per_mwh",), f"{rule} or a cost item's", got=True)


@question
def contract_without_carbon(contract: Contract, around: Around) -> Issues:
    """No source of energy has a life cycle without emissions: 0 is the direct part alone."""
    if contract.carbon_gco2e_per_kwh == 0.0:
        least = limit(around, "carbon_gco2e_per_kwh", "low")
        rule = (
            f"is of the life cycle, and no source has less than {least:g} gCO2e/kWh (wind and nuclear about "
            "12, sun 45); 0 is direct emissions alone, and a saving by it is one of scope"
        )
        yield Issue(("carbon_gco2e_per_kwh",), rule, got=True)


def _parts_of_preset(tariff: Tariff) -> list[str]:
    """Parts of a tariff that its author left to the preset, without those that are nothing."""
    left = [key for key in PARTS if key not in tariff.model_fields_set and getattr(tariff, key)]
    is_given = "zone" in tariff.model_fields_set or moves_by_the_hour(tariff.level_per_mwh)
    has_hours = tariff.spread == "hourly" and not is_given
    return [*left, *([HOURS] if has_hours else [])]


def _level(tariff: Entry) -> str:
    """The price level that a tariff brings along, of which zone it is, and its source."""
    level = tariff.values[PARTS[0]]
    source = level.source.partition(";")[0]
    return f"the level taken is {level.value:g} {level.unit} of {tariff.text('zone')} ({source})"


def _zones(site: Site, around: Around) -> str:
    """Zones of the site's country whose hours the catalogue has; empty where there are none."""
    shelf = around.catalog.tables["electricity_prices"]
    own = [name for name in shelf if name.partition("-")[0] == site.country]
    if not own:
        return ""
    more = f" and {len(own) - _MOST_ZONES} more" if len(own) > _MOST_ZONES else ""
    return f"tariff.zone takes hours of the country's: {', '.join(own[:_MOST_ZONES])}{more}"


def _instead(site: Site, around: Around) -> str:
    """Tariffs of the catalogue that are for a site, in words."""
    catalog, grid_mw = around.catalog, _grid_mw(site)
    near = [
        name
        for name in tariffs_of(catalog, site.country, grid_mw or None)
        if not km_outside(catalog, catalog.entry("tariffs", name), site.climate)
    ]
    return f"for the site there is {', '.join(near)}" if near else "the catalogue has no tariff for the site"


def _grid_mw(site: Site) -> float:
    """Power of all grid steps of a site. [MW]"""
    return sum(step.grid_mw for step in site.grid_connection)
