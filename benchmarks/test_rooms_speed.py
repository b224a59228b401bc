"""Each room alone, warm: where the time of a projection goes."""

from __future__ import annotations

import math
import time

import pytest

from capsim import Scenario
from capsim.buildout import Timeline
from capsim.buildout.simulate import build_out
from capsim.ledger import book, statements
from capsim.operations import operate
from capsim.scenario.loading import override

EVENTS_PER_ITEM = 12
"""More events than any stage, grid step, phase, deployment or cohort needs."""


def items(scenario: Scenario, timeline: Timeline) -> int:
    """Stages, grid steps, phases and deployments, and cohorts of every generation of systems."""
    phases = [phase for site in scenario.sites for phase in site.phases]
    count = sum(len(site.grid_connection) for site in scenario.sites) + len(phases)
    count += sum(len(phase.stages) + len(phase.deployments) for phase in phases)
    return count + sum(1 for _ in timeline.of_kind("in_service"))


@pytest.mark.parametrize("name", ["aion", "opcore"])
def test_build_out(name, request, benchmark, note):
    scenario = request.getfixturevalue(name)
    timeline = benchmark(build_out, scenario, seed=0)
    assert 0 < timeline.events <= EVENTS_PER_ITEM * items(scenario, timeline)
    assert timeline.events == build_out(scenario, seed=0).events
    note("events", timeline.events, "events")
    note("speed", timeline.events / benchmark.stats.stats.median, "events/s")


@pytest.mark.parametrize("name", ["aion", "opcore"])
def test_operations(name, request, benchmark, note, site_hours):
    scenario = request.getfixturevalue(name)
    timeline = build_out(scenario, seed=0)
    operate(scenario, timeline, seed=0)
    benchmark(operate, scenario, timeline, seed=0)
    note("cost of a site-hour", benchmark.stats.stats.median / site_hours(scenario), "s")


@pytest.mark.parametrize("name", ["aion", "opcore"])
def test_ledger(name, request, benchmark):
    scenario = request.getfixturevalue(name)
    timeline = build_out(scenario, seed=0)
    operations = operate(scenario, timeline, seed=0)
    benchmark(book, scenario, timeline, operations)


@pytest.mark.parametrize("name", ["aion", "opcore"])
def test_statements(name, request, benchmark):
    scenario = request.getfixturevalue(name)
    timeline = build_out(scenario, seed=0)
    ledger = book(scenario, timeline, operate(scenario, timeline, seed=0))
    stated = benchmark(statements, scenario, ledger)
    assert set(stated.balance) == {"fixed_assets", "debt", "deferred_grants", "equity"}


SITE = "sites.aion"
CASES: dict[str, dict[str, object]] = {
    "nothing binds": {},
    "limited demand": {
        "demand.h100e": 100_000.0,
        "demand.shape": {"name": "diurnal", "arguments": {"daily_amplitude": 0.5, "weekend_share": 0.8}},
    },
    "battery": {f"{SITE}.battery": {"power_mw": 20.0, "energy_mwh": 80.0}},
    "flexible load": {f"{SITE}.flexibility": {"share": 0.3, "hours_per_day": 4}},
    "grid binds on hot days": {f"{SITE}.grid_connection.block-{n}.grid_mw": 80.0 for n in (1, 2)},
    "grid binds most of the time": {f"{SITE}.grid_connection.block-{n}.grid_mw": 70.0 for n in (1, 2)},
    "grid always binds": {f"{SITE}.grid_connection.block-{n}.grid_mw": 50.0 for n in (1, 2)},
}
AIRSIDE = {
    f"{SITE}.cooling": {"preset": "airside-adiabatic-hyperscale", "media": "air and liquid", "rack_kw": 600.0}
}
CASES["airside"] = AIRSIDE
CASES["grid binds, demand is limited"] = (
    CASES["limited demand"] | CASES["grid always binds"] | {"demand.h100e": 190_000.0}
)
CASES["the same, airside"] = CASES["grid binds, demand is limited"] | AIRSIDE


@pytest.mark.parametrize("case", CASES)
def test_one_site_decade(case, request, benchmark, note):
    """A site over ten years, hourly with weather, cooling, price, carbon and limits; target 12 ms."""
    scenario = override(request.getfixturevalue("aion"), {"horizon_years": 10, **CASES[case]})
    timeline = build_out(scenario, seed=0)
    bound = operate(scenario, timeline, seed=0).monthly["power_limited_h"].sum()
    assert (bound > 0) == any(".grid_mw" in path for path in CASES[case])
    seeds = iter(range(1, 1_000_000))
    benchmark(lambda: operate(scenario, timeline, seed=next(seeds)))
    note("best of the rounds", benchmark.stats.stats.min, "s")
    note("hours that bind", bound, "h")


@pytest.mark.parametrize("years", [5, 10, 20, 25])
def test_site_years(years, request, benchmark, note):
    """The cost of a site-year at several horizons, as processor time of all threads: it should not change.

    Arrays of hours outgrow caches and the sizes at which libraries start threads; within a quarter of
    each other the four are called linear.
    """
    scenario = override(request.getfixturevalue("aion"), {"horizon_years": years})
    timeline = build_out(scenario, seed=0)
    best = math.inf

    def timed(seed: int) -> None:
        nonlocal best
        start = time.process_time()
        operate(scenario, timeline, seed=seed)
        best = min(best, time.process_time() - start)

    seeds = iter(range(1_000_000))
    benchmark.pedantic(lambda: timed(next(seeds)), rounds=25, warmup_rounds=2)
    note("best of the rounds, per year", best / years, "s")
