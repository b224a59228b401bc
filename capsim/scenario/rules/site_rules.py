"""Rules within a site: names, grid steps, phases, stages and what fits into a hall."""

from __future__ import annotations

from datetime import date

from capsim.catalog import Catalog, Entry, climate_names, read_weather
from capsim.language.tree import Faults, Node, Path, as_written
from capsim.models.cooling import COOLING, coefficient_names
from capsim.models.stages import STAGE_KINDS
from capsim.registry import did_you_mean
from capsim.scenario.fill.presets import GRID_FIELD, stage_values
from capsim.scenario.rules.argument_rules import central, check_cooling_arguments
from capsim.scenario.rules.energy_rules import check_cover, check_firm_power, check_flexibility, check_solar
from capsim.scenario.rules.naming import check_after, check_name
from capsim.scenario.rules.stage_rules import check_stages
from capsim.units import KW_PER_MW, MONTHS_PER_YEAR, first_of_month

FUEL_PREFIX = "fuel-"
_ROUNDING = 1e-9
NEEDED_OF_A_SYSTEM = ("accelerator_count", "all_in_it_kw", "rack_count", "idle_share")
"""Fields of a system that no field of a scenario stands in for."""
CHAIN_PREFIX = "electrical-"
"""Beginning of the catalogue's assumptions that are electrical chains."""


def check_site(site: Node, path: Path, root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find all that is wrong between the records of a site."""
    if check_name(site, "climate", path, "climate", catalog.names("climates"), faults):
        _check_weather(site, path, faults)
    tariff, carbon = site.get("tariff"), site.get("carbon")
    if tariff is not None:
        tariffs = catalog.names("tariffs")
        check_name(tariff, "preset", (*path, "tariff"), "tariff preset", tariffs, faults)
    if carbon is None or carbon.get("intensity_gco2e_per_kwh") is None:
        _check_country(site, path, catalog, faults)
    _check_cooling(site, (*path, "cooling"), catalog, faults)
    electrical = site.get("electrical")
    if electrical is not None:
        chains = [
            name.removeprefix(CHAIN_PREFIX)
            for name in catalog.names("assumptions")
            if name.startswith(CHAIN_PREFIX)
        ]
        check_name(electrical, "preset", (*path, "electrical"), "electrical preset", chains, faults)
    _check_weather_file(site, path, faults)
    _check_contracts(site, path, faults)
    check_firm_power(site, path, faults)
    check_cover(site, path, faults)
    check_solar(site, path, faults)
    check_flexibility(site, path, root, faults)
    _check_fuel(site, (*path, "generation"), catalog, faults)
    for name, step in site.records("grid_connection"):
        _check_step(step, (*path, "grid_connection", name), catalog, faults)
    phases = site.records("phases")
    steps = [name for name, _ in site.records("grid_connection")]
    for name, phase in phases:
        inner = (*path, "phases", name)
        check_name(phase, "energization", inner, "step of the grid connection", steps, faults)
        _check_phase(phase, inner, catalog, faults)
        _check_hand_over(phase, inner, site, faults)
        for deployment_name, deployment in phase.records("deployments"):
            _check_deployment(
                deployment, (*inner, "deployments", deployment_name), phase, root, catalog, faults
            )
        _check_fit(phase, inner, catalog, faults)


def _check_weather(site: Node, path: Path, faults: Faults) -> None:
    """The climate has hourly tables; one that only a user's file names has none."""
    climate, known = site.value["climate"], climate_names()
    if climate.value not in known:
        hint = did_you_mean(climate.value, list(known))
        rule = f"the catalogue has no weather tables of this climate{hint}"
        faults.add(climate.place, (*path, "climate"), rule, as_written(climate))


def _check_country(site: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """A site that gives no carbon intensity lies in a country of the catalogue."""
    country, known = site.get("country"), catalog.names("carbon")
    if country is not None and isinstance(country.value, str) and country.value not in known:
        hint = did_you_mean(country.value, list(known))
        rule = f"the catalogue has no carbon intensity of this country{hint}"
        faults.add(country.place, (*path, "country"), rule, as_written(country))


def _check_cooling(site: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """Find an unknown cooling preset, or arguments its model does not take."""
    cooling = site.get("cooling")
    if cooling is None or not check_name(
        cooling, "preset", path, "cooling preset", catalog.names("cooling"), faults
    ):
        return
    preset = cooling.value["preset"]
    model = catalog.entry("cooling", preset.value).text("model")
    if model not in COOLING:
        hint = did_you_mean(model, list(COOLING.names))
        faults.add(
            preset.place, (*path, "preset"), f"the preset's model {model} is unknown{hint}", preset.value
        )
        return
    known = coefficient_names(model)
    arguments = cooling.get("arguments")
    given = arguments.value if arguments is not None and isinstance(arguments.value, dict) else {}
    for key, child in given.items():
        if key not in known:
            rule = f"unknown argument of cooling model {model}{did_you_mean(key, known)}"
            faults.add(child.place, (*path, "arguments", key), rule)
    missing = [key for key in known if key not in given]
    if missing:
        rule = f"cooling model {model} needs {', '.join(missing)}"
        faults.add(preset.place, (*path, "arguments"), rule)
    check_cooling_arguments(model, given, (*path, "arguments"), preset.place, faults)


def _check_weather_file(site: Node, path: Path, faults: Faults) -> None:
    """Find a weather file that cannot be read as the hours of a year."""
    file = site.get("weather_file")
    if file is None or not isinstance(file.value, str) or not file.value:
        return
    try:
        read_weather(file.value)
    except ValueError as fault:
        faults.add(file.place, (*path, "weather_file"), str(fault), as_written(file))


def _check_contracts(site: Node, path: Path, faults: Faults) -> None:
    """Contracts cover no more than all energy."""
    shares = sum(central(contract.get("share")) or 0.0 for _, contract in site.records("contracts"))
    if not shares <= 1 + _ROUNDING:
        rule = f"shares must not sum to more than 1 (sum {shares:.6g})"
        faults.add(site.value["contracts"].place, (*path, "contracts"), rule)


def _check_fuel(site: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """Find an unknown fuel of own generation."""
    generation = site.get("generation")
    if generation is not None:
        names = catalog.names("assumptions")
        fuels = [name.removeprefix(FUEL_PREFIX) for name in names if name.startswith(FUEL_PREFIX)]
        check_name(generation, "fuel", path, "fuel", fuels, faults)


def _check_step(step: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """A step is energised on a date, or has a lead time."""
    known = [name for name, entry in catalog.tables["buildout_presets"].items() if GRID_FIELD in entry]
    check_name(step, "preset", path, "grid connection preset", known, faults)
    planned = [key for key in ("preset", "applied_on", "lead_time_months", "stages") if _is_own(step, key)]
    if "energised_on" in step.value and planned:
        rule = f"must not be given together with {' and '.join(planned)}"
        faults.add(step.value["energised_on"].place, (*path, "energised_on"), rule)
    elif "lead_time_months" in step.value and "stages" in step.value:
        rule = "must not be given together with stages"
        faults.add(step.value["lead_time_months"].place, (*path, "lead_time_months"), rule)
    elif not {"energised_on", "lead_time_months", "stages", "preset"} & set(step.value):
        faults.add(step.place, path, "needs energised_on, or a preset, stages or lead_time_months")
    for name, stage in step.records("stages"):
        if stage.scalar("needs_energization") is True:
            inner = (*path, "stages", name, "needs_energization")
            faults.add(stage.value["needs_energization"].place, inner, "the step brings the power itself")
    _check_stages(step, path, catalog, faults)


def _is_own(node: Node, key: str) -> bool:
    """Whether the scenario itself gives a key, and not the catalogue."""
    child = node.get(key)
    return child is not None and child.place.layer != "catalog"


def _check_phase(phase: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """A phase is there on a date, or has stages."""
    known = [name for name, entry in catalog.tables["buildout_presets"].items() if _is_of_phases(entry)]
    check_name(phase, "preset", path, "build-out preset", known, faults)
    planned = [key for key in ("preset", "stages", "starts_on") if key in phase.value]
    after, overrun = phase.get("after"), phase.get("overrun")
    planned += ["after"] if after is not None and after.value else []
    planned += ["overrun"] if overrun is not None and overrun.value != 1 else []
    if "ready_for_service_on" in phase.value and planned:
        rule = f"must not be given together with {' and '.join(planned)}"
        faults.add(phase.value["ready_for_service_on"].place, (*path, "ready_for_service_on"), rule)
    elif not {"ready_for_service_on", "preset", "stages"} & set(phase.value):
        faults.add(phase.place, path, "needs ready_for_service_on, or a preset or stages")
    _check_stages(phase, path, catalog, faults)


def _check_hand_over(phase: Node, path: Path, site: Node, faults: Faults) -> None:
    """A hall is not announced ready for service before its power is."""
    steps = dict(site.records("grid_connection"))
    name, ready = phase.scalar("energization"), phase.scalar("ready_for_service_on")
    energised = steps[name].scalar("energised_on") if name in steps else None
    if isinstance(ready, date) and isinstance(energised, date) and ready < energised:
        rule = (
            f"must not be before its grid step {name} is energised on {energised.isoformat()}; "
            "a delay of the step is its slip_months"
        )
        node = phase.value["ready_for_service_on"]
        faults.add(node.place, (*path, "ready_for_service_on"), rule, as_written(node))


def _is_of_phases(entry: Entry) -> bool:
    """Whether a build-out preset has the stages of a phase, and not those of a grid step."""
    return bool(stage_values(entry)) and GRID_FIELD not in entry


def _check_stages(node: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """Stages of a phase or a grid step are of a known kind, take their time, and wait for known ones."""
    for name, stage in node.records("stages"):
        check_name(stage, "kind", (*path, "stages", name), "stage kind", STAGE_KINDS.names, faults)
    what = "stage of the phase" if path[-2] == "phases" else "stage of the grid step"
    check_after(node.records("stages"), (*path, "stages"), what, faults)
    check_stages(node, path, catalog, faults)


def _exactly_one(node: Node, path: Path, keys: tuple[str, str], faults: Faults) -> None:
    given = [key for key in keys if key in node.value]
    if len(given) != 1:
        rule = f"needs exactly one of {keys[0]} and {keys[1]}, has {'both' if given else 'neither'}"
        faults.add(node.place, path, rule)


def _check_deployment(
    deployment: Node, path: Path, phase: Node, root: Node, catalog: Catalog, faults: Faults
) -> None:
    """Find what is wrong with a deployment's system, number and dates."""
    systems = catalog.names("systems")
    refresh = deployment.get("refresh")
    for node, inside in ((deployment, path), (refresh, (*path, "refresh"))):
        if node is not None and check_name(node, "system", inside, "system", systems, faults):
            _check_system(node, (*inside, "system"), catalog, faults)
    _exactly_one(deployment, path, ("systems", "fill_share"), faults)
    if deployment.scalar("ordering") in {None, "fixed"}:
        _exactly_one(deployment, path, ("ordered_on", "in_service_on"), faults)
    elif "in_service_on" in deployment.value:
        rule = "must not be given together with an ordering policy"
        faults.add(deployment.value["in_service_on"].place, (*path, "in_service_on"), rule)
    _check_order(deployment, path, root, faults)
    there, ready = deployment.get("in_service_on"), phase.scalar("ready_for_service_on")
    if there is None or not isinstance(there.value, date):
        return
    if not isinstance(ready, date):
        rule = "systems can be there only if the phase has ready_for_service_on"
        faults.add(there.place, (*path, "in_service_on"), rule, as_written(there))
    elif not ready <= there.value:
        rule = f"must not be before the phase is ready for service on {ready.isoformat()}"
        faults.add(there.place, (*path, "in_service_on"), rule, as_written(there))


def _check_system(node: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """A user's own system has all that a run needs to know of it."""
    system = node.value["system"]
    entry = catalog.entry("systems", system.value)
    has_year = path[-2] != "refresh" or node.scalar("system_price_year") is not None
    needed = [*NEEDED_OF_A_SYSTEM, *([] if has_year else ["price_year"])]
    if "accelerator_count" in entry and entry.number("accelerator_count"):
        needed.append("accelerator")
    missing = [key for key in needed if key not in entry]
    if missing:
        rule = f"the catalogue has no {' and no '.join(missing)} of this system"
        faults.add(system.place, path, rule, as_written(system))


def _check_order(deployment: Node, path: Path, root: Node, faults: Faults) -> None:
    """Orders are placed inside the horizon."""
    ordered, start, years = deployment.get("ordered_on"), root.scalar("start"), root.scalar("horizon_years")
    if ordered is None or not isinstance(ordered.value, date):
        return
    if not isinstance(start, date) or not isinstance(years, int) or not 1 <= years <= 30:
        return
    end = first_of_month(start, years * MONTHS_PER_YEAR)
    if not start <= ordered.value < end:
        rule = f"must be inside the horizon, from {start.isoformat()} to before {end.isoformat()}"
        faults.add(ordered.place, (*path, "ordered_on"), rule, as_written(ordered))


def _check_fit(phase: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """The systems of a phase, and those that follow them, fit into its critical IT power."""
    critical_mw = central(phase.get("critical_it_mw"))
    deployments = phase.records("deployments")
    shares = sum(central(d.get("fill_share")) or 0.0 for _, d in deployments)
    listed_mw = sum(_systems_mw(d, catalog) for _, d in deployments)
    if critical_mw is None or not critical_mw > 0 or not deployments:
        return
    place = phase.value["deployments"].place
    room = central(phase.get("oversubscription")) or 1.0
    if not shares <= room + _ROUNDING:
        rule = f"fill shares must not sum to more than {room:.6g} (sum {shares:.6g})"
        faults.add(place, (*path, "deployments"), rule)
        return
    need_mw = listed_mw + shares * critical_mw
    if not need_mw <= critical_mw * room * (1 + _ROUNDING):
        rule = f"the systems need {need_mw:.6g} MW, more than the phase's critical_it_mw"
        faults.add(place, (*path, "deployments"), rule, f"{critical_mw:.6g}")
        return
    _check_successors(deployments, critical_mw, critical_mw * room, (*path, "deployments"), catalog, faults)


def _check_successors(
    deployments: list[tuple[str, Node]],
    critical_mw: float,
    room_mw: float,
    path: Path,
    catalog: Catalog,
    faults: Faults,
) -> None:
    """As many successors as before fit into the hall, whichever deployment is refreshed first."""
    parts = [(name, d, *_successors_mw(d, critical_mw, catalog)) for name, d in deployments]
    need_mw = sum(max(first_mw, next_mw) for _, _, first_mw, next_mw in parts)
    if need_mw <= room_mw * (1 + _ROUNDING):
        return
    for name, deployment, first_mw, next_mw in parts:
        if next_mw > first_mw:
            fill = deployment.value["refresh"].value["fill"]
            rule = (
                f"as many successors need {next_mw:.6g} instead of {first_mw:.6g} MW, all {need_mw:.6g} MW "
                f"in a hall for {room_mw:.6g} MW; power and compute stay inside what there was"
            )
            faults.add(fill.place, (*path, name, "refresh", "fill"), rule, as_written(fill))


def _successors_mw(deployment: Node, critical_mw: float, catalog: Catalog) -> tuple[float, float]:
    """All-in IT power of a deployment's systems, and of as many that follow them. [MW]"""
    listed_mw, share = _systems_mw(deployment, catalog), central(deployment.get("fill_share")) or 0.0
    first_mw, refresh = listed_mw + share * critical_mw, deployment.get("refresh")
    if refresh is None or refresh.scalar("fill") != "count":
        return first_mw, first_mw
    old_kw, new_kw = (_all_in_kw(node, catalog) for node in (deployment, refresh))
    if not (old_kw and new_kw):
        return first_mw, first_mw
    count = deployment.scalar("systems") if listed_mw else int(share * critical_mw * KW_PER_MW / old_kw)
    return first_mw, float(count) * new_kw / KW_PER_MW if isinstance(count, int) else first_mw


def _all_in_kw(node: Node, catalog: Catalog) -> float:
    """All-in IT power of one of the systems a record names, 0 where it is not known. [kW]"""
    name = node.scalar("system")
    entry = catalog.tables["systems"].get(name) if isinstance(name, str) else None
    return entry.number("all_in_it_kw") if entry is not None and "all_in_it_kw" in entry else 0.0


def _systems_mw(deployment: Node, catalog: Catalog) -> float:
    """All-in IT power of a deployment's systems, 0 where it is not known. [MW]"""
    count = deployment.scalar("systems")
    return count * _all_in_kw(deployment, catalog) / KW_PER_MW if isinstance(count, int) else 0.0
