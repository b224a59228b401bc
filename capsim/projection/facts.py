"""Facts of a run that no table has and its readers need, so that a saved projection needs no catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, TypedDict

from capsim.buildout import availability, repair_days
from capsim.ledger import several_rates
from capsim.models.compute import DEFINITIONS
from capsim.operations import (
    BY_BOUNDS,
    BY_FLOPS,
    MEASURED_SPEED,
    air_of,
    design_dry_bulb_c,
    hours_of_carbon,
    is_flat_for_want_of_hours,
    lent_because,
    price_zone,
    ratio,
    speed_of,
    stand_ins,
)
from capsim.projection import roadmap
from capsim.projection.phase_dates import dates_by_phase
from capsim.projection.run import Run, money_unit
from capsim.quantities import (
    draws_of,
    exchange_rates,
    parts_of,
    scopes_of,
    wacc_real,
    without_parts_of_a_cluster,
)
from capsim.scenario import Scenario, Site, awaited, is_priced_elsewhere, overdue, own_series
from capsim.series import moves_by_the_hour
from capsim.units import HOURS_PER_YEAR, W_PER_KW
from capsim.vocabulary import SYSTEM_KINDS

POINT = ("latitude_deg", "longitude_deg")
"""A place on the globe, north and east positive. [deg]"""


class Failures(TypedDict):
    """Failures counted inside the horizon, how, and what their repairs wait for."""

    number: int
    method: str
    availability: float
    """Share of the accelerator-days in service without repair or maintenance. [1]"""
    waits_for: str
    ends_with: str
    parts: float
    """Accelerators replaced over the horizon: their rate a year times the accelerator-years in service."""
    sites: dict[str, dict[str, float]]
    """By site: the `number` of outages, and server-days they `waited_d` and were `repaired_d`. [d]"""
    technicians: float | None
    """None where there are enough for all."""
    technicians_busy: dict[str, float]
    """Technicians busy in the busiest quarter, by site."""


class Uncertified(TypedDict):
    """Contracts of a site without a carbon value."""

    contracts: list[str]
    residual_mix_g_per_kwh: float | None
    """Residual mix their energy counts at instead, in its year; None for the grid's own. [gCO2e/kWh]"""


@dataclass(frozen=True)
class Facts:
    """What readers of the tables need beside them: plain data, as it is saved."""

    title: str
    start: str
    """First day of the horizon, ISO date."""
    horizon_years: int
    h100e: str
    """Definition of an H100-equivalent in force."""
    currency: str
    """Code of the currency of all money."""
    money_unit: str
    """Unit of real money, with its price year."""
    events: int
    """Events that the build-out processed."""
    energization: dict[str, dict[str, str]]
    """Grid step that powers each phase, by site and phase."""
    systems: dict[str, dict[str, Any]]
    """By name: the `accelerator_count` of a system, 0 for hosted IT, its `all_in_it_kw`, and by site what one
    `draws_at` it idle, computing, in the mean over time and at rated power, by part; with accelerators, the
    `accelerator`, its `all_in_it_w_per_accelerator` and its `h100e` by definition. It `keeps_fans_at` sites
    whose liquid would spare them, being known as a whole alone."""
    exchange_rates: dict[str, float] = field(default_factory=dict)
    """Units of the currency for one of each other, by code."""
    wacc_real: float | None = None
    """Real cost of capital that money is discounted at; results saved before have none. [1/y]"""
    opening_equity: float = 0.0
    """What owners bring in at the start, nominal: what is there, less its debt. [scenario currency]"""
    priced_elsewhere: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Cost items spent in countries they were not priced in: where `priced_in`, and the `sites`."""
    several_rates: dict[str, list[float]] = field(default_factory=dict)
    """Internal rates of return of figures that have more than one, by figure. [1/y]"""
    inference: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Systems by service and by how their tokens are known: measured, bounded, by FLOP/s."""
    flat_prices: dict[str, str] = field(default_factory=dict)
    """Price zone of each site whose price stays flat for want of its hours."""
    own_series: list[dict[str, Any]] = field(default_factory=list)
    """Series of the planner's own, as `capsim.scenario.own_series` has them."""
    questions: list[dict[str, str]] = field(default_factory=list)
    """Values that can hardly be meant: `question`, `path`, `value` and, as `text`, place and doubt."""
    accepted: dict[str, str] = field(default_factory=dict)
    """Questions that the scenario accepts by name, and its reasons."""
    scope: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """By site and part of the money, the items it is in; none where it is out."""
    no_cluster: dict[str, list[str]] = field(default_factory=dict)
    """Of sites that buy accelerators, what these need and no item contains."""
    failures: Failures | None = None
    """None where nothing fails."""
    carbon_hours: dict[str, str] = field(default_factory=dict)
    """How the hours of the grid's carbon are known, by site; by country in results saved before."""
    carbon_lent: dict[str, dict[str, str]] = field(default_factory=dict)
    """Zone whose carbon hours stand in for the site's own, and why (`because`), by site."""
    uncertified: dict[str, Uncertified] = field(default_factory=dict)
    """Contracts that certify no carbon, by site."""
    design_dry_bulb_c: dict[str, float] = field(default_factory=dict)
    """Dry-bulb for which the cooling is sized, by site. [degC]"""
    reasons: list[dict[str, Any]] = field(default_factory=list)
    """Why phases are never ready, and deployments never ordered or delivered: see `Reason`."""
    deployments: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Deployments by site and phase."""
    tranches: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Tranches that wait for milestones, by name: the `amount`, and what each comes `after`."""
    dates: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """Dates of each phase by ``site.phase`` and milestone, ISO; None where not inside the horizon."""
    jobs_never_run: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Classes of whole jobs that find no place, by site: see `NeverRun`."""
    outdated: list[dict[str, Any]] = field(default_factory=list)
    """Orders of systems that two successors had replaced: see `capsim.projection.roadmap`."""
    aged: list[dict[str, Any]] = field(default_factory=list)
    """Deployments without a refresh that run long past their life, with `age_y` and `life_y`. [y]"""
    awaits_launch: list[dict[str, Any]] = field(default_factory=list)
    """Deployments whose delivery waits for the launch of the system."""
    stand_ins: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Data of other places that stand in for a site's own, by site: see `StandIn`."""
    power_lost: list[dict[str, Any]] = field(default_factory=list)
    """Grid power that is lost because it was not used: see `Lost`."""
    capped: list[dict[str, Any]] = field(default_factory=list)
    """What power caps take and save, by site and system: see `Capped`; results saved before have none."""
    overdue: dict[str, dict[str, str]] = field(default_factory=dict)
    """Day that it was announced for, of what is not there on the data date, by site and item; ISO dates."""
    replaced: list[dict[str, Any]] = field(default_factory=list)
    """What was metered, paid and committed, beside what the model has of it: see `Replaced`."""
    confidential: list[str] = field(default_factory=list)
    """Marks of what is confidential, as the scenario has them."""
    items: dict[str, str] = field(default_factory=dict)
    """Titles of cost items that the catalogue has, by id; results saved before have none."""
    as_of: str = ""
    """Data date, ISO; empty where nothing has happened yet."""
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By site: `title`, `country`, and `latitude_deg` and `longitude_deg` of the place itself, else of its
    climate; without the two where neither is known."""


def facts_of(run: Run) -> Facts:
    """The facts of a run."""
    scenario, timeline = run.scenario, run.timeline
    systems = [*timeline.of_kind(*SYSTEM_KINDS)]
    return Facts(
        title=scenario.title,
        start=scenario.start.isoformat(),
        horizon_years=scenario.horizon_years,
        h100e=scenario.h100e,
        currency=scenario.currency.code,
        money_unit=money_unit(scenario),
        events=timeline.events,
        energization={s.id: {p.id: p.energization for p in s.phases} for s in scenario.sites},
        systems={name: _system(run, name) for name in sorted({m.unit for m in systems})},
        exchange_rates=exchange_rates(scenario),
        wacc_real=wacc_real(scenario),
        opening_equity=float(run.statements.opening_equity),
        priced_elsewhere=_priced_elsewhere(run),
        questions=[
            {"question": q.name, "path": q.path, "value": q.value, "text": str(q)}
            for q in scenario.plan.questions
        ],
        accepted={one.id: one.reason for one in scenario.accepted},
        several_rates=several_rates(scenario, run.ledger, run.statements),
        inference=_inference(run, sorted({m.unit for m in systems})),
        flat_prices={
            s.id: price_zone(scenario, s) for s in scenario.sites if is_flat_for_want_of_hours(scenario, s)
        },
        own_series=own_series(scenario),
        scope=scopes_of(scenario),
        no_cluster={s.id: [*out] for s in scenario.sites if (out := without_parts_of_a_cluster(scenario, s))},
        failures=_failures(run),
        carbon_hours={
            s.id: hours_of_carbon(scenario, s)[1]
            for s in scenario.sites
            if not moves_by_the_hour(s.carbon.intensity_gco2e_per_kwh)
        },
        carbon_lent=_carbon_lent(scenario),
        uncertified=_uncertified(run),
        design_dry_bulb_c={s.id: design_dry_bulb_c(scenario, s) for s in scenario.sites},
        reasons=[reason._asdict() | {"chain": list(reason.chain)} for reason in timeline.reasons],
        deployments={s.id: {p.id: [d.id for d in p.deployments] for p in s.phases} for s in scenario.sites},
        tranches=_tranches(run),
        dates=dates_by_phase(run),
        jobs_never_run={
            site: [jobs._asdict() for jobs in never] for site, never in run.operations.never_run.items()
        },
        outdated=roadmap.outdated(run),
        aged=roadmap.aged(run),
        awaits_launch=roadmap.awaits_launch(run),
        stand_ins={s.id: [one._asdict() for one in stand_ins(scenario, s)] for s in scenario.sites},
        power_lost=[one._asdict() for one in run.operations.lost],
        capped=[one._asdict() for one in run.operations.capped],
        overdue={s.id: days for s in scenario.sites if (days := overdue(s))},
        replaced=[one._asdict() for one in (*run.operations.replaced, *run.ledger.replaced)],
        confidential=[*scenario.confidential],
        items=_item_titles(scenario),
        as_of="" if scenario.as_of is None else scenario.as_of.isoformat(),
        places={s.id: _place(run, s) for s in scenario.sites},
    )


def _carbon_lent(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Zones whose carbon hours stand in for those of sites."""
    reasons = {site.id: (site.carbon.zone or "", lent_because(scenario, site)) for site in scenario.sites}
    return {site: {"zone": zone, "because": why} for site, (zone, why) in reasons.items() if why}


def _item_titles(scenario: Scenario) -> dict[str, str]:
    """Titles of the items that are of the catalogue; a row of the user's may have none."""
    shelf = scenario.catalog.tables["cost_items"]
    entries = {item.id: shelf.get(item.id) for item in scenario.costs.items}
    return {name: one.text("title") for name, one in entries.items() if one is not None and "title" in one}


def _place(run: Run, site: Site) -> dict[str, Any]:
    """Where a site is: its own point, else that of its climate."""
    about = {"title": site.title or site.id, "country": site.country}
    climates = run.scenario.catalog.tables["climates"]
    climate = climates.get(site.climate)
    if site.climate_for is not None:
        return about | dict(zip(POINT, map(float, site.climate_for), strict=True))
    if climate is None or POINT[0] not in climate:
        return about
    return about | {name: climate.number(name) for name in POINT}


def _inference(run: Run, systems: list[str]) -> dict[str, dict[str, list[str]]]:
    """How the tokens of each system are known, by service."""
    known: dict[str, dict[str, list[str]]] = {}
    for service in run.scenario.demand.services:
        for system in systems if service.h100e is None else ():
            speed, how = speed_of(run.scenario, service, system)
            if how in (MEASURED_SPEED, BY_FLOPS) or (how == BY_BOUNDS and speed != 1.0):
                known.setdefault(service.id, {}).setdefault(how, []).append(system)
    return known


def _system(run: Run, name: str) -> dict[str, Any]:
    """What a system has and draws, and what of it each accelerator is."""
    catalog = run.scenario.catalog
    system = catalog.entry("systems", name)
    count, all_in_kw = system.number("accelerator_count"), system.number("all_in_it_kw")
    about: dict[str, Any] = {
        "accelerator_count": float(count),
        "all_in_it_kw": all_in_kw,
        "draws_at": {site.id: _draws(run, site, name) for site in _sites_of(run, name)},
        "keeps_fans_at": [site.id for site in _sites_of(run, name) if _keeps_fans(run, site, name)],
    }
    if not count:
        return about
    chip = catalog.entry("accelerators", system.text("accelerator"))
    h100e = {definition: ratio(chip, definition) for definition in DEFINITIONS}
    each = {"accelerator": chip.name, "all_in_it_w_per_accelerator": all_in_kw * W_PER_KW / count}
    return {**about, **each, "h100e": h100e}


def _sites_of(run: Run, system: str) -> list[Site]:
    """Sites that a system comes to."""
    there = {one.site for one in run.timeline.of_kind(*SYSTEM_KINDS) if one.unit == system}
    return [site for site in run.scenario.sites if site.id in there]


def _draws(run: Run, site: Site, system: str) -> dict[str, dict[str, float]]:
    """What one system draws at a site by part, under its cooling and at its workload. [kW]"""
    workload = site.workload or run.scenario.workload
    draws = draws_of(parts_of(run.scenario, system), workload, air_of(run.scenario, site, system))
    return {at: draw._asdict() for at, draw in draws.items()}


def _keeps_fans(run: Run, site: Site, name: str) -> bool:
    """Whether a figure of a whole system made for air has fans in it that a site's liquid would spare."""
    system = next(one for one in run.scenario.systems if one.id == name)
    return system.basis != "parts" and air_of(run.scenario, site, name).share < 1.0


def _priced_elsewhere(run: Run) -> dict[str, dict[str, list[str]]]:
    spent = {(line.item, line.site) for line in run.ledger.lines if line.category in ("capex", "opex")}
    priced_elsewhere = {}
    for item in run.scenario.costs.items:
        sites = [
            site.id
            for site in run.scenario.sites
            if is_priced_elsewhere(item, site) and (item.id, site.id) in spent
        ]
        if sites:
            priced_elsewhere[item.id] = {"priced_in": list(item.priced_in), "sites": sites}
    return priced_elsewhere


def _uncertified(run: Run) -> dict[str, Uncertified]:
    uncertified: dict[str, Uncertified] = {}
    for site in run.scenario.sites:
        contracts = [contract.id for contract in site.contracts if contract.carbon_gco2e_per_kwh is None]
        if contracts:
            mix = site.carbon.residual_mix_gco2_per_kwh
            counted = None if mix is None else float(mix)
            uncertified[site.id] = {"contracts": contracts, "residual_mix_g_per_kwh": counted}
    return uncertified


def _tranches(run: Run) -> dict[str, dict[str, Any]]:
    funding = run.scenario.funding
    after = [(t, [str(name) for name in awaited(t)]) for t in (funding.tranches if funding else ())]
    return {t.id: {"amount": float(t.amount), "after": names} for t, names in after if names}


def _parts(run: Run) -> float:
    """Accelerators that need a part in their place over the horizon."""
    reliability = run.scenario.reliability
    if reliability is None:
        return 0.0
    return float(reliability.parts_afr_per_y * run.operations.monthly["in_service_h"].sum() / HOURS_PER_YEAR)


def _failures(run: Run) -> Failures | None:
    outages = run.timeline.outages
    if not outages.method:
        return None
    days = repair_days(run.scenario, run.timeline)
    return {
        "number": sum(number for _, number, _, _ in days),
        "method": outages.method,
        "availability": availability(run.scenario, run.timeline),
        "parts": _parts(run),
        "waits_for": outages.waits_for,
        "ends_with": outages.ends_with,
        "sites": {s: {"number": n, "waited_d": w, "repaired_d": r} for s, n, w, r in days},
        "technicians": None if math.isinf(outages.load.technicians) else outages.load.technicians,
        "technicians_busy": dict(outages.load.offered),
    }
