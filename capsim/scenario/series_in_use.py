"""Which values of a scenario are series of the planner's own, and what each takes the place of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from capsim.catalog import read_weather, weather_notes
from capsim.language.tree import Path
from capsim.scenario.records.fields import FieldPlan, fields_of
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario
from capsim.scenario.records.walk import records_in
from capsim.series import HOLD, Series, Varying

_REPLACED: Mapping[str, str] = MappingProxyType(
    {
        "level_per_mwh": "the tariff's level",
        "intensity_gco2e_per_kwh": "the grid's mean intensity",
        "residual_mix_gco2_per_kwh": "the residual mix",
        "h100e": "a demand that grows from its start",
        "users": "a number of users that grows from its start",
        "pue": "the power of cooling and electrical chain",
        "series": "a named shape of the week",
        "profile": "a block that is the same in every hour",
    }
)
"""What a series takes the place of, by its field."""
WEATHER = "weather_file"
"""Key of a site's own weather."""
_BY_THE_HOUR: Mapping[str, str] = MappingProxyType(
    {
        "level_per_mwh": " and the hours of its zone",
        "intensity_gco2e_per_kwh": " and its hours",
    }
)
_BEYOND: Mapping[str, str] = MappingProxyType(
    {
        "weekday": "hours it does not have are those of the same weekday of its nearest year",
        "date": "hours it does not have are those of the same date of its nearest year",
        "hold": "its first and its last value hold before and after it",
        "none before": "there is nothing before it, and its last value holds after it",
    }
)
_PERCENT = 100.0
_TRENDS = ("trend_per_y", "growth_per_y")
"""Fields of a record by which what its series does not have grows."""


def own_series(scenario: Scenario) -> list[dict[str, Any]]:
    """The series in use, as plain data: path, site, what was read, how it goes on, and what it replaces."""
    found = [_told(scenario, *where) for where in _found(scenario)]
    for site in scenario.sites:
        if site.weather_file:
            about = "; ".join(weather_notes(site.weather_file))
            told: dict[str, Any] = {
                "path": f"sites.{site.id}.{WEATHER}",
                "site": site.id,
                "label": site.weather_file,
            }
            mean_c = float(read_weather(site.weather_file).dry_bulb_c.mean())
            told |= {"about": about or "as it is", "beyond": "", "replaces": "the weather of its climate"}
            found.append({**told, "mean": mean_c, "unit": "degC"})
    return found


def words_on(own: Mapping[str, Any]) -> str:
    """What a series in use is, what it takes the place of and how it goes on."""
    beyond = f"; {own['beyond']}" if own["beyond"] else ""
    return f"{own['label']} ({own['about']}), in place of {own['replaces']}{beyond}"


def _found(scenario: Scenario) -> Iterator[tuple[Path, FieldPlan, Series, Record]]:
    for path, record, _ in records_in(scenario):
        for key, value in _values(record):
            yield (*path, key), fields_of(type(record))[key], value.series, record


def _values(record: Record) -> Iterator[tuple[str, Varying]]:
    for key in fields_of(type(record)):
        value = getattr(record, key, None)
        if isinstance(value, Varying):
            yield key, value


def _told(scenario: Scenario, path: Path, plan: FieldPlan, series: Series, record: Record) -> dict[str, Any]:
    hours = series.hours
    replaces = _REPLACED[plan.key] + (_BY_THE_HOUR.get(plan.key, "") if hours.is_hourly else "")
    return {
        "path": ".".join(path),
        "site": path[1] if path[:1] == ("sites",) else "",
        "label": series.label,
        "about": series.about,
        "beyond": _beyond(series, record) if series.misses(scenario.calendar) else "",
        "mean": float(hours.values.mean()),
        "unit": plan.quantity.unit.replace("currency", scenario.currency.code) if plan.quantity else "",
        "replaces": replaces,
    }


def _beyond(series: Series, record: Record) -> str:
    """What stands in hours that a series does not have, and how that grows."""
    words = _BEYOND["none before" if series.is_none_before else series.beyond]
    name, rate = next(
        ((key, float(getattr(record, key))) for key in _TRENDS if key in fields_of(type(record))), ("", 0.0)
    )
    if not rate:
        return words
    # what holds before a series is its first value, whatever the rate
    where = "after" if series.beyond == HOLD else "beyond"
    turn = "grows" if rate > 0.0 else "falls"
    return f"{words}; what is {where} it {turn} by {_PERCENT * abs(rate):.3g} %/y ({name})"
