"""Rules of a site, its grid steps and its phases: weather and carbon, dates or plans, and an order."""

from __future__ import annotations

from difflib import get_close_matches

from capsim.catalog import Entry, carbon_zones, read_weather, source_of
from capsim.errors import CatalogError
from capsim.models.uncertain import Uncertain
from capsim.registry import MOST_NAMED, did_you_mean
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import GridStep, Phase
from capsim.scenario.rules.order import Waiting, whole_name, wrong_order
from capsim.scenario.rules.rule import Around, Issue, Issues, rule, unknown

_MOST_OF_A_COUNTRY = 20
"""Climates of a country that are all told where one is unknown."""
_LIKE = 0.75
"""How like a name that is unknown the climate must be that is taken for it."""


@rule
def climate_has_weather(site: Site, around: Around) -> Issues:
    """A climate is known and has hourly tables, its own or an analogue's."""
    climates = around.catalog.names("climates")
    if site.climate not in climates:
        written = "-".join(site.climate.lower().split())
        # a city with its river or district is that city
        near = [name for name in climates if f"{written}-".startswith(f"{name}-")]
        near = near or get_close_matches(written, climates, n=1, cutoff=_LIKE)
        of_country = [
            name for name in climates if _country(around.catalog.entry("climates", name)) == site.country
        ]
        clauses = ["unknown climate"]
        if len(of_country) > _MOST_OF_A_COUNTRY:
            likest = get_close_matches(written, of_country, n=MOST_NAMED, cutoff=0.0)
            few = f"in {site.country} there are {len(of_country)}, such as {', '.join(likest)}"
            clauses += [f"{few} (capsim catalog climates lists them)"]
        elif of_country:
            clauses += [f"in {site.country}: {', '.join(of_country)}"]
        clauses += ["or write {nearest: [latitude, longitude]}"]
        clauses += [f"did you mean {near[0]}?"] if near else []
        yield Issue(("climate",), "; ".join(clauses), got=True)
        return
    try:
        source_of(around.catalog, site.climate)
    except CatalogError as refusal:
        yield Issue(("climate",), str(refusal), got=True)


def _country(climate: Entry) -> str:
    """Country of a climate; empty where its record has none."""
    return climate.text("country") if "country" in climate else ""


@rule
def country_has_carbon(site: Site, around: Around) -> Issues:
    """A site that gives no carbon intensity lies in a country of the catalogue."""
    countries = around.catalog.names("carbon")
    if "intensity_gco2e_per_kwh" not in site.carbon.model_fields_set and site.country not in countries:
        places = around.catalog.tables["climates"].values()
        # a country that has places is meant, whichever is spelt like it
        hint = "" if site.country in map(_country, places) else did_you_mean(site.country, countries)
        instead = hint or "; carbon.intensity_gco2e_per_kwh gives its own"
        yield Issue(("country",), f"the catalogue has no carbon intensity of this country{instead}", got=True)


@rule
def carbon_zone_is_known(site: Site, _: Around) -> Issues:
    """A zone of carbon hours is one that was measured."""
    yield from (
        issue._replace(path=("carbon", *issue.path))
        for issue in unknown("zone", site.carbon.zone, "zone of carbon hours", carbon_zones())
    )


@rule
def price_zone_is_known(site: Site, around: Around) -> Issues:
    """A zone of a tariff is one of the catalogue's price zones."""
    zones = around.catalog.names("electricity_prices")
    yield from (
        issue._replace(path=("tariff", *issue.path))
        for issue in unknown(
            "zone", site.tariff.zone, "price zone", zones, "capsim catalog electricity_prices"
        )
    )


@rule
def weather_file_is_a_year(site: Site, _: Around) -> Issues:
    """A weather file can be read as the hours of a year."""
    try:
        if site.weather_file:
            read_weather(site.weather_file)
    except ValueError as refusal:
        yield Issue(("weather_file",), str(refusal), got=True)


@rule
def step_has_a_date_or_a_plan(step: GridStep, _: Around) -> Issues:
    """A grid step is energised on a date, or has stages or a lead time."""
    written = step.model_fields_set
    planned = [key for key in ("preset", "applied_on", "lead_time_months", "stages") if key in written]
    if "energised_on" in written and planned:
        yield Issue(("energised_on",), f"must not be given together with {' and '.join(planned)}")
    elif {"lead_time_months", "stages"} <= written:
        yield Issue(("lead_time_months",), "must not be given together with stages")
    elif not written & {"energised_on", "lead_time_months", "stages", "preset"}:
        yield Issue((), "needs energised_on, or a preset, stages or lead_time_months")


@rule
def phase_has_a_date_or_a_plan(phase: Phase, _: Around) -> Issues:
    """A phase is there on a date, or has stages."""
    written = phase.model_fields_set
    if "ready_for_service_on" not in written:
        if not written & {"preset", "stages"}:
            yield Issue((), "needs ready_for_service_on, or a preset or stages")
        return
    has_overrun = isinstance(phase.overrun, Uncertain) or phase.overrun != 1.0
    planned: list[str] = [key for key in ("preset", "stages", "starts_on") if key in written]
    planned += ["overrun"] if has_overrun else []
    if planned:
        yield Issue(("ready_for_service_on",), f"must not be given together with {' and '.join(planned)}")


@rule
def phase_has_a_connection(phase: Phase, around: Around) -> Issues:
    """A phase is powered by a step of its site's grid connection."""
    steps = [step.id for step in around.the(Site).grid_connection]
    yield from unknown("energization", phase.energization, "step of the grid connection", steps)


@rule
def power_comes_before_hand_over(phase: Phase, around: Around) -> Issues:
    """A hall is not announced ready for service before its power is."""
    ready = phase.ready_for_service_on
    for step in around.the(Site).grid_connection:
        # a hall waits for power that is overdue, which was announced for an earlier day
        due = step.overdue_since or step.energised_on
        day = due if step.id == phase.energization else None
        if day is not None and ready is not None and ready < day:
            rule = (
                f"must not be before its grid step {step.id} is energised on {day.isoformat()}; "
                "a delay of the step is its slip_months"
            )
            yield Issue(("ready_for_service_on",), rule, got=True)


@rule
def phases_are_in_order(scenario: Scenario, _: Around) -> Issues:
    """Phases come after phases that there are, of any site, and not after themselves."""
    waiting = {
        f"{site.id}.{phase.id}": Waiting(("sites", site.id, "phases", phase.id), phase.after)
        for site, phase in scenario.phases()
    }
    yield from wrong_order(waiting, whole_name, "phase of the site, or of another as site.phase")
