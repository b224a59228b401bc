"""Rules of series of a planner's own: what they cover, the money they are in, and profiles of a week."""

from __future__ import annotations

from capsim.scenario.fill.level_years import LEVEL_YEARS
from capsim.scenario.records.energy_records import Contract
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.operations_records import Carbon, Demand, Service, Shape, Tariff
from capsim.scenario.records.schema import Site
from capsim.scenario.rules.rule import Around, Issue, Issues, rule, unknown
from capsim.series import Varying, check_zone
from capsim.units import DAYS_PER_WEEK, HOURS_PER_DAY

PROFILES = (HOURS_PER_DAY, DAYS_PER_WEEK * HOURS_PER_DAY)
"""Lengths of an own profile: a day or a week. [h]"""


@rule
def series_reach_over_the_horizon(
    record: Tariff | Carbon | Demand | Service | Shape | Site | Contract, around: Around
) -> Issues:
    """A series has the hours of the horizon, a whole year to repeat, or says what stands beyond it."""
    # a start that is none has a fault of its own
    if around.scenario.start.day != 1:
        return
    calendar = around.scenario.calendar
    for key in fields_of(type(record)):
        value = getattr(record, key, None)
        if not isinstance(value, Varying):
            continue
        series = value.series
        is_said = "beyond" in series.written or series.beyond == "hold"
        if series.misses(calendar) and not (is_said or series.covers_a_year):
            hours = series.hours
            rule = (
                f"{series.label} has {hours.first_day} to {hours.last_day}, and the horizon is "
                f"{calendar.start} to {calendar.end}; give a whole year, which is repeated, or write "
                "beyond: hold, date or weekday"
            )
            yield Issue((key,), rule)


@rule
def prices_are_in_the_money_of_the_tariff(tariff: Tariff, _: Around) -> Issues:
    """A series of prices whose unit names a currency is in that of its tariff."""
    level = tariff.level_per_mwh
    code = level.series.currency if isinstance(level, Varying) else ""
    if code and code != tariff.currency:
        rule = f"is in {code}, and the tariff is in {tariff.currency}; write currency: {code} beside it"
        yield Issue(("level_per_mwh",), rule)


@rule
def series_have_their_own_years(carbon: Carbon, _: Around) -> Issues:
    """A year is that of a level: a series says itself of which hours it is."""
    for year, level in LEVEL_YEARS[Carbon.__name__].items():
        if getattr(carbon, year) is not None and isinstance(getattr(carbon, level), Varying):
            yield Issue((year,), f"must not be given beside a series, as {level} is, which has its own years")


@rule
def service_says_what_it_asks_for(service: Service, _: Around) -> Issues:
    """A service has users or compute, and not both."""
    given = [key for key in ("users", "h100e") if getattr(service, key) is not None]
    if len(given) != 1:
        yield Issue(
            (), "needs users, or h100e of a tenant" if not given else "has both users and h100e", at=()
        )


@rule
def throughput_is_of_known_systems(service: Service, around: Around) -> Issues:
    """Measured output is of systems of the catalogue."""
    for system in service.throughput:
        for issue in unknown(system, system, "system", around.catalog.names("systems")):
            yield Issue(("throughput", system), issue.rule, got=system)


@rule
def profile_is_of_a_day_or_a_week(shape: Shape, _: Around) -> Issues:
    """An own profile has the hours of a day or of a week, stands alone, and has a clock that is known."""
    if shape.profile and (len(shape.profile) not in PROFILES or not sum(shape.profile) > 0.0):
        yield Issue(
            ("profile",), f"must have 24 or 168 values with a positive sum (has {len(shape.profile)})"
        )
    ways = [key for key in ("profile", "series", "name") if key in shape.model_fields_set]
    if len(ways) > 1:
        yield Issue((ways[0],), f"must not be given together with {ways[1]}")
    try:
        check_zone(shape.time_zone or "UTC")
    except ValueError as refusal:
        yield Issue(("time_zone",), str(refusal))
