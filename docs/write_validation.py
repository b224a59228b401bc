"""Write docs/validation.md: what capsim gives for published cases, beside what was published.

    python docs/write_validation.py

The cases stand in tests/validation/published/, and the tests of tests/validation/ hold the same figures. The
first table of the page, in five rows, stands in the README too.
"""

from __future__ import annotations

import csv
import dataclasses
import math
import runpy
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from capsim.catalog import load_catalog
from capsim.models.system_power import Parts, system_power_kw
from capsim.models.weather import Weather
from capsim.operations import CLIMATE
from capsim.operations.borrowed_data import stand_ins
from capsim.operations.outside import hall_air
from capsim.pipeline import run
from capsim.quantities import parts_of, working_kw
from capsim.scenario import Sampler, Scenario, Workload, loads

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "tests" / "validation" / "published"
PAGE = ROOT / "docs" / "validation.md"
README = ROOT / "README.md"
MARKS = "<!-- from docs/validation.md -->", "<!-- to here -->"
"""What the README's copy of the first table stands between."""
prices, failures, caps, water = (
    SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name(f"{name}.py"))))
    for name in ("price_cases", "failure_cases", "cap_cases", "water_cases")
)
sections = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("validation_sections.py"))))
DRAWS = 200
"""Draws of a case, of a plant a year of hours each; P10 and P90 are then off by about 0.02 of the
probability, and are printed to the digits that this leaves."""
PLANTS = {"air": "air-cooled-chiller", "liquid": "dlc-dry-cooler", "immersion": "immersion-dry-cooler"}
"""Plant that stands for what cools the systems of a case."""
ROOM = Weather(np.array([20.0]), np.array([15.0]))
NO_WORK = "idle"
LEFT_OUT = "(left out here)"
"""What stands behind what a case calibrates where it is met by the others alone."""
PARTS_OF = "parts of"
"""What a case calibrates where parts of its system were worked from it."""
SPREADS = "HPL"
"""Family from whose spread the departure of systems from their parts is."""
SPRAYS = "plants with sprays"
WATER_KINDS = {
    SPRAYS: ("airside-adiabatic-open",),
    "plants with towers": ("waterside-tower", "tropical-water-cooled"),
}
"""Plants whose published waters a kind's spread is from."""


class Case(NamedTuple):
    """A published figure, and what the model gives for it."""

    family: str
    name: str
    published: float
    unit: str
    basis: str
    source: str
    calibrates: str
    note: str
    central: float
    low: float
    """P10 of the draws."""
    high: float
    """P90 of the draws."""
    unsure: float
    """Standard error of the two, for the number of draws: the larger."""
    bound: str = ""
    """Words of what is published as a bound, ``below`` or ``at most``; empty of a value."""

    @property
    def error(self) -> float:
        """Central value over the published one, less 1. [1]"""
        return self.central / self.published - 1.0

    @property
    def is_inside(self) -> bool:
        """Whether the published figure is inside P10 to P90; of a bound, the central value inside it."""
        if self.bound:
            return self.central <= self.published
        return self.low <= self.published <= self.high

    @property
    def is_calibrating(self) -> bool:
        """Whether anything that it is compared with was set to the case."""
        return self.calibrates not in ("", "nothing") and not self.calibrates.endswith(LEFT_OUT)


def _ends(drawn: Sequence[float]) -> dict[str, float]:
    """P10 and P90 of draws, and their standard error: half of what is an error of the probability around."""
    around = math.sqrt(0.1 * 0.9 / len(drawn))
    low, high = np.percentile(drawn, [10, 90])
    errors = [np.diff(np.percentile(drawn, [100 * (p - around), 100 * (p + around)])) / 2 for p in (0.1, 0.9)]
    return {"low": float(low), "high": float(high), "unsure": float(np.max(errors))}


class Water(NamedTuple):
    """P5 and P95 of the water of a case, and whether what is published is between them. [L/kWh]"""

    low: float
    high: float
    is_inside: bool
    """Whether it is, or beyond an end by no more than the standard error that these draws leave of it."""


def water_between(drawn: Sequence[float], published: float) -> Water:
    """P5 and P95 of draws of a water, against what is published. [L/kWh]"""
    around = math.sqrt(0.05 * 0.95 / len(drawn))
    low, high = np.percentile(drawn, [5, 95])
    share = float(np.mean(np.asarray(drawn) <= published))
    return Water(float(low), float(high), 0.05 - around <= share <= 0.95 + around)


def rows(name: str) -> list[dict[str, str]]:
    """The published cases of a file."""
    with (PUBLISHED / f"{name}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def system_scenario(system: str, workload: str, cooling: str) -> Scenario:
    """A scenario of one system at a workload."""
    media = {"media": "air and liquid", "rack_kw": 700}
    order = {"id": "d1", "system": system, "systems": 1, "in_service_on": "2026-01-01"}
    hall = {"id": "p1", "critical_it_mw": 1, "energization": "g1", "ready_for_service_on": "2025-12-01"}
    site = {
        "id": "a",
        "country": "fra",
        "climate": "paris",
        "tariff": {"preset": "fr-datacenter"},
        "cooling": {"preset": PLANTS[cooling], **media},
        "grid_connection": [{"id": "g1", "grid_mw": 2, "energised_on": "2025-01-01"}],
        "phases": [{**hall, "deployments": [{**order, "system_price_usd": 1, "launch_slip_months": 0}]}],
    }
    text = {
        "schema": 1,
        "name": "case",
        "start": "2026-01-01",
        "horizon_years": 1,
        "workload": {"preset": "hpl" if workload == NO_WORK else workload},
        "sites": [site],
    }
    return loads(_dated(text))


def _dated(value: Any) -> Any:
    """The same with dates in place of their text."""
    if isinstance(value, dict):
        return {key: _dated(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_dated(child) for child in value]
    is_date = isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"
    return date.fromisoformat(value) if is_date else value


def system_kw(row: dict[str, str], scenario: Scenario) -> float:
    """Power of the systems of a case in a scenario, central or drawn. [kW]"""
    return _working_kw(row, scenario, case_parts(row, scenario), scenario.workload)


def _working_kw(row: dict[str, str], scenario: Scenario, parts: Parts, workload: Workload) -> float:
    """Power of the systems of a case with these parts at a workload, in the air of a scenario. [kW]"""
    air = hall_air(scenario, scenario.sites[0], ROOM)
    if row["workload"] == NO_WORK:
        return float(row["systems"]) * system_power_kw(parts, 0.0, air=air)
    if row["workload"] not in ("research-cluster",):
        workload = workload.model_copy(update={"allocation": 1.0, "busy_share": 1.0})
    return float(row["systems"]) * working_kw(parts, workload, air)


def case_parts(row: dict[str, str], scenario: Scenario) -> Parts:
    """Parts of the system of a case: modules at the power they are known to be set to.

    Without the share of the cluster where servers were measured alone.
    """
    parts = parts_of(scenario, row["system"])
    if row.get("set_w"):
        parts = dataclasses.replace(parts, module_w=float(row["set_w"]))
    return dataclasses.replace(parts, shared_w=0.0) if "servers alone" in row["note"] else parts


def utilisation_of(row: dict[str, str]) -> float:
    """Utilisation at which the central parts of a case draw what was measured. [1]"""
    scenario = system_scenario(row["system"], row["workload"], row["cooling"])
    parts, air = case_parts(row, scenario), hall_air(scenario, scenario.sites[0], ROOM)
    u = np.linspace(0.0, 1.0, 1001)
    kw = np.array([system_power_kw(parts, x, air=air) for x in u]) * float(row["systems"])
    return float(np.interp(float(row["published_kw"]), kw, u))


@cache
def left_out(family: str) -> dict[str, Case]:
    """Each scored case of a family at the median utilisation of the others, by name.

    What systems depart from their parts by is drawn from the spread of the others in a family that range is
    from. A case that parts of its system were worked from cannot be left out of them, and is not scored.
    """
    of_class = [row for row in rows("systems") if row["family"] == family]
    found = [utilisation_of(row) for row in of_class]
    others = [float(np.median(found[:at] + found[at + 1 :])) for at in range(len(found))]
    errors = np.array([_error_at(row, of) for row, of in zip(of_class, others, strict=True)])
    scored = {}
    for at, (row, utilisation) in enumerate(zip(of_class, others, strict=True)):
        if PARTS_OF in row["calibrates"]:
            continue
        spread = float(np.std(np.delete(errors, at)) / np.std(errors)) if family == SPREADS else 1.0
        kw = [_kw_without(row, one, utilisation, spread) for one in _drawn_of(row)]
        scored[row["case"]] = _case_of(
            row, float(row["published_kw"]) * (1.0 + float(errors[at])), kw
        )._replace(
            family=f"system power, {family}, each left out",
            calibrates=f"{row['calibrates']} {LEFT_OUT}" if row["calibrates"] else "",
        )
    return scored


def _error_at(row: dict[str, str], utilisation: float) -> float:
    """Error of a case at a utilisation of its class. [1]"""
    scenario = system_scenario(row["system"], row["workload"], row["cooling"])
    parts, air = case_parts(row, scenario), hall_air(scenario, scenario.sites[0], ROOM)
    kw = float(row["systems"]) * system_power_kw(parts, utilisation, air=air)
    return kw / float(row["published_kw"]) - 1.0


def _kw_without(row: dict[str, str], drawn: Scenario, utilisation: float, spread: float) -> float:
    """Power of a case in a draw about another utilisation, its range and that of departures scaled. [kW]"""
    parts = case_parts(row, drawn)
    parts = dataclasses.replace(parts, departure=1.0 + (parts.departure - 1.0) * spread)
    away = drawn.workload.power_utilisation - _central_utilisation(row["workload"])
    moved = min(1.0, utilisation + away * spread)
    return _working_kw(row, drawn, parts, drawn.workload.model_copy(update={"power_utilisation": moved}))


def _central_utilisation(workload: str) -> float:
    """Utilisation of a class of work in the catalogue. [1]"""
    return load_catalog().entry("assumptions", f"workload-{workload}").number("power_utilisation")


def drawn_kw(row: dict[str, str]) -> list[float]:
    """Power of the systems of a case in every draw. [kW]"""
    return [system_kw(row, scenario) for scenario in _drawn_of(row)]


def _drawn_of(row: dict[str, str]) -> list[Scenario]:
    """Draws of the scenario of a case."""
    return _drawn(row["system"], row["workload"], row["cooling"])


@cache
def _drawn(system: str, workload: str, cooling: str) -> list[Scenario]:
    """Draws of a scenario that several cases share."""
    sampler = Sampler(system_scenario(system, workload, cooling))
    return [sampler.sample(0, number) for number in range(DRAWS)]


@cache
def system_cases() -> tuple[Case, ...]:
    """Every published power of a system."""
    return tuple(_system_case(row) for row in rows("systems"))


def _system_case(row: dict[str, str]) -> Case:
    scenario = system_scenario(row["system"], row["workload"], row["cooling"])
    return _case_of(row, system_kw(row, scenario), drawn_kw(row))


def _case_of(row: dict[str, str], central: float, drawn: Sequence[float]) -> Case:
    """A published power of systems beside a central value and draws. [kW]"""
    return Case(
        family=f"system power, {row['family']}",
        name=f"{row['case']}: {row['systems']} x {row['system']}",
        published=float(row["published_kw"]),
        unit="kW",
        basis=row["basis"],
        source=row["source"],
        calibrates=row["calibrates"],
        note=row["note"],
        central=central,
        bound=row["bound"],
        **_ends(drawn),
    )


@cache
def load_of(hall: str) -> dict[str, float]:
    """Share of its critical IT power that a class of halls draws: low, mode and high. [1]"""
    (row,) = (row for row in rows("load_factors") if row["hall"] == hall)
    return {"low": float(row["low"]), "mode": float(row["load"]), "high": float(row["high"])}


def place_of(row: dict[str, str]) -> tuple[str, str, str, str]:
    """Plant, electrical chain, climate and class of hall of a case."""
    return row["preset"], row["electrical"], row["climate"], row["hall"]


@cache
def plant_scenario(
    preset: str,
    electrical: str,
    climate: str,
    hall: str = "",
    water_factor: float | None = None,
    spread: Spread | None = None,
) -> Scenario:
    """A year of a hall of 10 MW in which hosted IT draws what its class does; all of it without a class.

    With a factor on the plant's water, or how its water and its site's spread, in place of the catalogue's.
    """
    load = load_of(hall) if hall else {}
    drawn_kw = {"dist": "triangular", **{end: 100.0 * of for end, of in load.items()}}
    order = {"id": "d1", "system": "hosted-it-100kw", "systems": 100, "in_service_on": "2026-01-01"}
    phase = {"id": "p1", "critical_it_mw": 10, "energization": "g1", "ready_for_service_on": "2025-12-01"}
    site = {
        "id": "a",
        "country": "fra",
        "climate": climate,
        "tariff": {"preset": "fr-datacenter"},
        "cooling": {"preset": preset, "media": "air and liquid", "rack_kw": 400},
        "electrical": {"preset": electrical},
        "grid_connection": [{"id": "g1", "grid_mw": 40, "energised_on": "2025-01-01"}],
        "phases": [{**phase, "deployments": [order]}],
    }
    if water_factor is not None:
        site["cooling"]["water_factor"] = water_factor
    if spread is not None:
        site["cooling"] |= spread.as_written()
    nameplate = {
        "nameplate_kw": drawn_kw if load else 100.0,
        "label_share": 1.0,
        "idle_share": 0.5,
        "shared_w": 0.0,
    }
    text = {
        "schema": 1,
        "name": "case",
        "start": "2026-01-01",
        "horizon_years": 1,
        "workload": {"allocation": 1.0, "busy_share": 1.0, "power_utilisation": 1.0},
        "systems": [{"id": "hosted-it-100kw", "basis": "nameplate", "departure": 1.0, **nameplate}],
        "sites": [site],
    }
    return loads(_dated(text))


def plant_figures(scenario: Scenario, number: int = 0) -> dict[str, float]:
    """PUE and WUE [L/kWh] of the year."""
    months = run(scenario, seed=0, replication=number).operations.monthly
    it_mwh = float(months["it_mwh"].sum())
    return {
        "pue": float(months["facility_mwh"].sum()) / it_mwh,
        "wue": float(months["water_m3"].sum()) / it_mwh,
    }


@cache
def _plant_draws(place: tuple[str, str, str, str], draws: int) -> list[dict[str, float]]:
    sampler = Sampler(plant_scenario(*place))
    return [plant_figures(sampler.sample(0, number), number) for number in range(draws)]


def plant_draws(row: dict[str, str], draws: int = DRAWS) -> list[float]:
    """The figure of a case in every draw: PUE, or WUE in L/kWh."""
    return [figures[row["figure"]] for figures in _plant_draws(place_of(row), draws)]


class Spread(NamedTuple):
    """How the water of plants of a class, and that of their sites, spreads: lognormal."""

    of_plant: float
    """Deviation of the logarithm of the factor on the plant's water, about 1. [1]"""
    site: tuple[float, float] | None
    """Median of the site's water, deviation of its logarithm; the catalogue's where None. [m3/MW/y, 1]"""

    def as_written(self) -> dict[str, Any]:
        """As fields of a site's cooling."""
        written = {"water_factor": {"dist": "lognormal", "median": 1.0, "sigma": self.of_plant}}
        if self.site is None:
            return written
        median, sigma = self.site
        return written | {"site_water_m3_per_mw_y": {"dist": "lognormal", "median": median, "sigma": sigma}}


@cache
def waters_of(case: str) -> tuple[float, float]:
    """Water of a case with its plant's as it is, and twice as much of the plant. [L/kWh]"""
    (row,) = (row for row in rows("plants") if row["case"] == case)
    once, twice = (plant_figures(plant_scenario(*place_of(row), factor))["wue"] for factor in (1.0, 2.0))
    return once, twice


def water_rows(kind: str) -> list[dict[str, str]]:
    """Published waters of a kind of plant, from which its spread is."""
    return [row for row in rows("plants") if row["figure"] == "wue" and row["preset"] in WATER_KINDS[kind]]


def water_ratios(kind: str) -> dict[str, float]:
    """Published water over what the class comes to, of each case of a kind; NaN where it sets nothing."""
    return {
        row["case"]: water.ratio(float(row["published"]), *waters_of(row["case"])) for row in water_rows(kind)
    }


def site_waters() -> dict[str, float]:
    """Water of the sites whose plants evaporate less than all else takes, by case. [m3/MW/y]"""
    found = {}
    for row in rows("plants"):
        if row["figure"] != "wue":
            continue
        once, twice = waters_of(row["case"])
        of_site = 2.0 * once - twice
        if twice - once <= of_site:
            per_mw = load_catalog().entry("cooling", row["preset"]).number("site_water_m3_per_mw_y")
            found[row["case"]] = (float(row["published"]) - (twice - once)) / of_site * per_mw
    return found


@cache
def waters_left_out() -> dict[str, Water]:
    """Water of each case as the others of its kind spread, by case."""
    ends = {}
    for kind in WATER_KINDS:
        for row in water_rows(kind):
            of_sites = [value for case, value in site_waters().items() if case != row["case"]]
            # of towers the site's is a thousandth, and no range of its own
            site = water.site_water(of_sites) if kind == SPRAYS else None
            spread = Spread(water.sigma_of(water_ratios(kind), row["case"]), site)
            sampler = Sampler(plant_scenario(*place_of(row), spread=spread))
            drawn = [plant_figures(sampler.sample(0, number), number)["wue"] for number in range(DRAWS)]
            ends[row["case"]] = water_between(drawn, float(row["published"]))
    return ends


@cache
def plant_cases() -> tuple[Case, ...]:
    """Every published PUE and WUE."""
    return tuple(plant_case(row) for row in rows("plants"))


def plant_case(row: dict[str, str], draws: int = DRAWS) -> Case:
    """A published PUE or WUE beside that of the plant that stands for it."""
    drawn, scenario = plant_draws(row, draws), plant_scenario(*place_of(row))
    return Case(
        family=row["family"],
        name=f"{row['case']}: {row['preset']}, {weather_in_words(scenario)}, {row['hall']}",
        published=float(row["published"]),
        unit="L/kWh" if row["figure"] == "wue" else "",
        basis=row["basis"],
        source=row["source"],
        calibrates=row["calibrates"],
        note=row["note"],
        central=plant_figures(scenario)[row["figure"]],
        bound=row["bound"],
        **_ends(drawn),
    )


def weather_in_words(scenario: Scenario) -> str:
    """Climate of the one site of a case, and whose weather that is where another place stands in for it."""
    (site,) = scenario.sites
    borrowed = [one for one in stand_ins(scenario, site) if one.what == CLIMATE]
    lent = "".join(f" (weather of {one.used}, {one.distance_km:,.0f} km off)" for one in borrowed)
    return f"{site.climate}{lent}"


def price_cases() -> Iterator[Case]:
    """Years and half-years of prices that others counted, made from the years before."""
    for row in prices.published():
        drawn = prices.drawn_figures(row)
        yield Case(
            family=f"prices of years kept out, {row['figure'].partition(' (')[0]}",
            name=f"{row['case']}: {row['figure']}",
            published=float(row["published"]),
            unit=row["unit"],
            basis=row["basis"],
            source=row["source"],
            calibrates="",
            note=row["note"],
            central=float(np.median(drawn)),
            **_ends(drawn),
        )


def failure_cases() -> Iterator[Case]:
    """Figures of published logs of failures."""
    for log in failures.logs():
        yield Case(
            family="logs of failures",
            name=log.name,
            published=log.published,
            unit=log.unit,
            basis=log.basis,
            source=log.source,
            calibrates=log.calibrates,
            note=log.note,
            central=log.central,
            **_ends(log.drawn),
        )


def cap_cases() -> Iterator[Case]:
    """Throughput of capped modules against the curves of the catalogue."""
    return (_cap_case(point, _CAPS) for point in caps.points())


@cache
def caps_left_out() -> tuple[Case, ...]:
    """The same against the curve of the other studies."""
    return tuple(_cap_case(point, f"{_CAPS}, each study left out") for point in caps.points_left_out())


def _cap_case(point: Any, family: str) -> Case:
    row = point.row
    return Case(
        family=family,
        name=f"{row['case']}: {row['what']}, {float(row['cut']):.3f} of the power cut",
        published=point.published,
        unit="of the throughput",
        basis="measured, as published",
        source=row["source"],
        calibrates=point.calibrates,
        note="",
        central=point.central,
        low=point.low,
        high=point.high,
        unsure=0.0,
    )


def page_of(cases: list[Case]) -> str:
    """The page: medians, bias and coverage by family, what else tests hold, then every case."""
    families = list(dict.fromkeys(case.family for case in cases))
    lines = [
        _HEAD,
        *_in_five_rows(cases),
        "",
        "Family by family, with the systems in sample too:",
        "",
        *_by_family(cases, families),
        "",
        *sections.held_by_tests(rows("held_by_tests")),
        "",
        *sections.proves_little(cases, rows("held_by_tests")),
        "",
        *sections.not_simulated(rows("not_simulated")),
        "",
        *sections.loads_of_halls(rows("load_factors")),
        "",
        *sections.skill_between_sites([case for case in cases if case.family == _CAMPUSES]),
        "",
        *sections.waters(_evaporative(), plant_figures(plant_scenario(*_CHILLED))["wue"]),
        "",
        *sections.waters_left_out(
            {kind: water_rows(kind) for kind in WATER_KINDS},
            {kind: water_ratios(kind) for kind in WATER_KINDS},
            waters_left_out(),
        ),
        "",
        *sections.prices_by_statistic(prices),
        "",
        *sections.trends_tried(prices),
        "",
        *_systems_left_out(),
        "",
        *_caps_left_out(),
    ]
    for family in families:
        lines += [
            "",
            f"## {family[0].upper()}{family[1:]}",
            "",
            *(_of_existing_halls() if family == _EXISTING else ()),
            *_table(c for c in cases if c.family == family),
        ]
    return "\n".join(lines) + "\n"


def _systems_left_out() -> Iterator[str]:
    """Every case of system power that is met by the others alone, and those that cannot be."""
    yield "## Systems, each left out"
    yield ""
    yield (
        "Simulated with the utilisation of the class, and what systems depart from their parts by, from the "
        "other rows alone: what a row calibrates in the catalogue is not in its own line. The families "
        "research and idle have no second row to a class, and are reported below and not scored here."
    )
    for family in _SCORED:
        kept = [
            row["case"]
            for row in rows("systems")
            if row["family"] == family and PARTS_OF in row["calibrates"]
        ]
        yield ""
        yield f"### {family[0].upper()}{family[1:]}"
        yield ""
        if kept:
            names = " and ".join(f"`{name}`" for name in kept)
            yield f"{names} are not here: parts of their server were worked from them."
            yield ""
        yield from _table(left_out(family).values())


def _caps_left_out() -> Iterator[str]:
    """Every point of a power cap that is met by the other studies alone."""
    yield "## Power caps, each study left out"
    yield ""
    shipped, refitted = load_catalog().entry("assumptions", "workload-large-training"), caps.curve_without()
    cases = caps_left_out()
    points = [100.0 * abs(case.central - case.published) for case in cases]
    yield (
        f"The curve that ships loses {shipped.number('loss_per_cap'):g} x cut ^ "
        f"{shipped.number('cap_exponent'):g}, the fit to the points that calibrate it "
        f"({refitted.loss_per_cap.value:.2f}, {refitted.exponent.value:.2f}); the H100 on images is not "
        "among them. Here each study is met by the fit to the others, and by the ranges of scale and "
        f"exponent that their chips give one more. It is {np.median(points):.1f} points of throughput off "
        f"in the median, {max(points):.0f} at worst, and {sum(case.is_inside for case in cases)} of "
        f"{len(cases)} are inside. All are of work that computes all the time; Linpack and prefill are taken "
        "as it, without a study. Of decoding, which waits for memory, there is one, so its points are in "
        "sample."
    )
    yield ""
    yield from _table(cases)


def _evaporative() -> list[tuple[Case, Water]]:
    """Known evaporative plants with P5 and P95 of their water."""
    return [
        (plant_case(row), water_between(plant_draws(row), float(row["published"])))
        for row in rows("plants")
        if row["family"] == _EVAPORATIVE
    ]


def _of_existing_halls() -> Iterator[str]:
    """Which numbers of their presets have no source but the rows of the table."""
    entry = load_catalog().entry("cooling", "existing-hall-2010s")
    free = [
        name
        for name, value in entry.values.items()
        if value.kind == "assumed" and not isinstance(value.value, str) and name not in _NOT_OF_PUE
    ]
    yield (
        "No coefficient of these presets has a source of its own, and all were chosen with the rows below in "
        f"view: {', '.join(f'`{name}`' for name in free)}, and the losses of `legacy-ups`. The rows say that "
        "a class can meet halls of its age, within what is plausible for each part; they do not say that it "
        "meets others. `plant_factor` is from the spread of another operator's campuses."
    )
    yield ""


def _by_family(cases: list[Case], families: list[str]) -> Iterator[str]:
    yield from _HEADINGS
    for family in families:
        yield _row_of(family, [case for case in cases if case.family == family])
    for family in _SCORED:
        yield _row_of(f"system power, {family}, each left out", list(left_out(family).values()))
    yield _row_of(f"{_CAPS}, each study left out", list(caps_left_out()))


def _in_five_rows(cases: list[Case]) -> Iterator[str]:
    """The families of what is read together, systems out of sample."""
    yield from _HEADINGS
    systems = [one for family in _SCORED for one in left_out(family).values()]
    yield _row_of("power of systems, each left out", systems)
    for name, family in _TOGETHER.items():
        yield _row_of(name, [case for case in cases if case.family.startswith(family)])


def _row_of(name: str, scored: Sequence[Case]) -> str:
    free = [one for one in scored if not one.is_calibrating]
    # a bound has no error: it holds or it does not
    valued = [one.error for one in scored if not one.bound]
    errors = _summary(valued) if valued else "– | – | –"
    inside = " | ".join(
        f"{sum(one.is_inside for one in some)} of {len(some)}" if some else "none" for some in (scored, free)
    )
    return f"| {name} | {len(scored)} | {len(scored) - len(free)} | {errors} | {inside} |"


def _summary(errors: list[float]) -> str:
    """Median error, bias and worst of some errors, as cells."""
    signed = np.array(errors)
    figures = (np.median(np.abs(signed)), np.median(signed), np.abs(signed).max())
    return " | ".join(_percent(float(figure)) for figure in figures)


def shown_in_readme(page: str) -> str:
    """The first table of the page, as the README has it."""
    return page[page.index(_HEADINGS[0]) :].partition("\n\n")[0]


def with_table(readme: str, table: str) -> str:
    """The README with this table between its marks."""
    before, _, rest = readme.partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    return f"{before}{MARKS[0]}\n{table}\n{MARKS[1]}{after}"


_CHILLED = ("airside-adiabatic-hyperscale", "central-ups", "amsterdam", "own")
"""A plant that stands for the PUE of regions whose water is not published."""
_EXISTING, _CAMPUSES, _EVAPORATIVE = "PUE of existing halls", "PUE of campuses", "WUE of evaporative plants"
_CAPS = "throughput under a power cap"
_SCORED = ("HPL", "training")
"""Families of systems whose rows can be left out one by one."""
_NOT_OF_PUE = ("rack_kw", "cost_factor", "water_factor")
"""Numbers of a preset that its PUE does not hang on."""

_HEADINGS = (
    "| family | cases | calibrating | median error | bias | worst | inside P10 to P90 | of the others |",
    "|---|--:|--:|--:|--:|--:|--:|--:|",
)
_TOGETHER = {
    "PUE of halls, plants and campuses": "PUE of ",
    "WUE of plants and halls": "WUE of ",
    "hours of negative prices in years kept out": "prices of years kept out, negative hours",
    "logs of failures": "logs of ",
}
"""Rows of the first table of several families, by what the names of these begin with."""
_HEAD = """# Validation

What capsim gives for published cases: written by `make validation`, and held by the tests in
`tests/validation/`. A case that *calibrates* a class of the catalogue is no proof of it: where some of a
family do, its errors and its coverage are in sample. How well systems are met out of sample stands in the
rows *each left out*: the utilisation of the class, and the range of what systems draw over their parts, are
then from the others alone; a case that parts of its system were worked from cannot be left out of them, and
is not counted there. Bias is the median of simulated over published, less 1. Intervals are P10 to P90 of
draws; *of the others* counts the cases that calibrate nothing. Means of many halls, of a nation or a survey,
are of another kind than a hall: they have a family of their own, outside the first table. So have bounds
(*below 1.1*), which are no values: one holds where the central value is inside it, and has no error. Of a
place without tables of its own the name says whose weather it has and how far off that is. Misses stay.
"""


def _table(cases: Iterable[Case]) -> Iterator[str]:
    yield "| case | published | simulated | P10 to P90 | inside | error | basis | calibrates | source |"
    yield "|---|--:|--:|--:|---|--:|---|---|---|"
    for case in cases:
        note = f" ({case.note})" if case.note else ""
        cells = (
            f"{case.name}{note}",
            f"{case.bound} {case.published:g} {case.unit}".strip(),
            _digits(case.central),
            shown_ends(case),
            "yes" if case.is_inside else "**no**",
            "–" if case.bound else _percent(case.error),
            case.basis,
            case.calibrates or "nothing",
            case.source,
        )
        yield f"| {' | '.join(cells)} |"


def shown_ends(case: Case) -> str:
    """P10 and P90 to the digits that hold, and to all where rounding would put a case on the other side."""
    ends = [as_sure(end, case.unsure) for end in (case.low, case.high)]
    if not case.bound and (float(ends[0]) <= case.published <= float(ends[1])) != case.is_inside:
        ends = [_digits(end) for end in (case.low, case.high)]
    return " to ".join(ends)


def _digits(value: float) -> str:
    """Four significant digits, and all before the point."""
    return f"{value:.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"


def as_sure(value: float, unsure: float) -> str:
    """A value to the last digit that its standard error is not above, at most four significant ones."""
    if not unsure > 0.0:
        return _digits(value)
    decimals = -math.ceil(math.log10(unsure))
    return f"{value:.{decimals}f}" if decimals > 0 else f"{round(value, decimals):.0f}"


def _percent(share: float) -> str:
    return f"{100.0 * share:+.1f} %" if share < 0 else f"{100.0 * share:.1f} %"


if __name__ == "__main__":
    text = page_of([*system_cases(), *plant_cases(), *price_cases(), *failure_cases(), *cap_cases()])
    PAGE.write_text(text, "utf-8")
    README.write_text(with_table(README.read_text("utf-8"), shown_in_readme(text)), "utf-8")
