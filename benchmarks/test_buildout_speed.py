"""The build-out alone: a draw of AION, a portfolio of 500 phases, and a fleet that fails.

Events per replication are asserted within a bound; times are reported.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from capsim import Scenario
from capsim.buildout.lifecycle import AMPLE, ONE_STREAM, STOCKED
from capsim.buildout.simulate import build_out
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads, override

Note = Callable[[str, float, str], None]


def _report(note: Note, benchmark: BenchmarkFixture, events: int) -> None:
    note("events per replication", events, "events")
    note("events per second", events / benchmark.stats.stats.min, "events/s")


def test_aion_drawn_and_built_out(benchmark: BenchmarkFixture, aion: Scenario, note: Note) -> None:
    timeline = benchmark(lambda: build_out(sample(aion, 1, 3), 1, 3))
    assert timeline.events < 2_000
    _report(note, benchmark, timeline.events)


PLACE: dict[str, Any] = {
    "country": "fra",
    "climate": "paris",
    "tariff": {"preset": "fr-datacenter"},
    "cooling": {"preset": "dlc-dry-cooler"},
}


def _hall(number: int) -> dict[str, Any]:
    """Hall of 20 MW with all its stages and equipment, the next half a year after the last."""
    order = {
        "id": "racks",
        "system": "gb300-nvl72",
        "fill_share": 1.0,
        "ordered_on": date(2028 + number // 2, 4, 1),
    }
    return {
        "id": f"p{number}",
        "critical_it_mw": 20.0,
        "energization": "g",
        "preset": "fr-greenfield-full",
        "starts_on": date(2026 + number // 2, 1 + 6 * (number % 2), 1),
        "deployments": [order],
    }


def _portfolio() -> Scenario:
    """A hundred sites with five halls each, that share their crews."""
    grid = [{"id": "g", "grid_mw": 150.0, "preset": "fr-grid-fast-track"}]
    halls = [_hall(number) for number in range(5)]
    sites = [PLACE | {"id": f"s{n}", "grid_connection": grid, "phases": halls} for n in range(100)]
    crews = {"installer_crews": 40, "construction_crews": 200, "commissioning_crews": 80}
    return _scenario(sites, crews=crews)


def _scenario(sites: list[dict[str, Any]], **more: Any) -> Scenario:
    head = {"schema": 1, "name": "bench", "start": date(2026, 1, 1), "horizon_years": 12}
    return loads(head | {"sites": sites} | more)


def _fleet(**terms: float) -> Scenario:
    """6,945 racks with 500,040 accelerators in one hall, in service from the start."""
    racks = {"id": "fleet", "system": "gb300-nvl72", "systems": 6945, "in_service_on": date(2025, 12, 31)}
    hall = {
        "id": "p0",
        "critical_it_mw": 1200.0,
        "energization": "g",
        "ready_for_service_on": date(2025, 1, 1),
        "deployments": [racks],
    }
    grid = [{"id": "g", "grid_mw": 1500.0, "energised_on": date(2024, 1, 1)}]
    return _scenario([PLACE | {"id": "s", "grid_connection": grid, "phases": [hall]}], reliability=terms)


def test_a_hundred_sites_and_five_hundred_phases(benchmark: BenchmarkFixture, note: Note) -> None:
    scenario = _portfolio()
    timeline = benchmark(lambda: build_out(scenario))
    assert timeline.events < 60_000
    _report(note, benchmark, timeline.events)


def test_a_fleet_of_half_a_million_accelerators_with_failures(
    benchmark: BenchmarkFixture, note: Note
) -> None:
    scenario = _fleet()
    timeline = benchmark(lambda: build_out(scenario))
    assert timeline.outages.failures > 900_000
    note("failures per replication", timeline.outages.failures, "failures")


@pytest.mark.parametrize(
    ("terms", "method"),
    [
        ({"technicians": 400}, AMPLE),
        ({"spares": 7500}, STOCKED),
        ({"technicians": 120}, ONE_STREAM),
        ({"technicians": 50}, ONE_STREAM),
        ({"spares": 1500}, ONE_STREAM),
        ({"technicians": 120, "spares": 1500}, ONE_STREAM),
    ],
    ids=[
        "ample technicians",
        "ample spares",
        "busy technicians",
        "too few technicians",
        "few spares",
        "technicians and spares",
    ],
)
def test_half_a_million_accelerators_that_share_technicians_and_spares(
    benchmark: BenchmarkFixture, note: Note, terms: dict[str, float], method: str
) -> None:
    scenario = _fleet(**terms)
    timeline = benchmark(lambda: build_out(scenario))
    assert timeline.outages.method == method
    note("failures per replication", timeline.outages.failures, "failures")


def test_aion_with_twenty_technicians(benchmark: BenchmarkFixture, aion: Scenario, note: Note) -> None:
    scenario = override(aion, {"reliability": {"technicians": 20}})
    timeline = benchmark(lambda: build_out(scenario))
    assert timeline.outages.method == ONE_STREAM
    assert timeline.outages.failures > 50_000
    note("failures per replication", timeline.outages.failures, "failures")
