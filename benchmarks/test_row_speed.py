"""Rows of a study, part by part, as a multiple of plain numpy over the same hours in the same process."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import simpy

from capsim import Scenario
from capsim.buildout import build_out
from capsim.ledger import book
from capsim.operations import operate
from capsim.projection import Run, headline
from capsim.scenario import Sampler
from capsim.scenario.loading import override
from capsim.study.draws import design_of

ROWS, WARM = 96, 32
"""Rows that are timed, and rows before them, in which imports, tables and years of the banks are made."""
EVENTS_OF_A_PROCESS = 10
BESIDE = ("floor", "plain SimPy")
"""What is timed beside the parts of a row."""
CASES: dict[str, tuple[str, dict[str, object]]] = {
    "aion": ("aion", {}),
    "opcore": ("opcore", {}),
    "le chat": ("le_chat", {}),
    "aion with failures": ("aion", {"reliability": {}}),
    "aion with failures, 24 years": ("aion", {"reliability": {}, "horizon_years": 24}),
}


class Watch:
    """Processor time of parts of a row, by part. [s]"""

    def __init__(self) -> None:
        self.taken_s: dict[str, list[float]] = {}

    def __call__(self, part: str, compute: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What a function gives, timed."""
        start = time.process_time()
        result = compute(*arguments, **options)
        self.taken_s.setdefault(part, []).append(time.process_time() - start)
        return result

    def median_s(self, part: str) -> float:
        """Median of the rows that are timed."""
        return float(np.median(self.taken_s[part][WARM:]))


def timed_rows(scenario: Scenario, floor: Callable[..., float]) -> Watch:
    """Rows of a scenario in which all that is uncertain is drawn, beside the floor and plain SimPy."""
    watch, rng, events = Watch(), np.random.default_rng(0), build_out(scenario).events
    design, sampler = design_of([scenario], 0, WARM + ROWS), Sampler(scenario)
    for k, drawn in enumerate(design.rows(0, WARM + ROWS)):
        watch("floor", floor, scenario.calendar, len(scenario.sites), rng)
        watch("plain SimPy", plain_events, events)
        probabilities = dict(zip(design.paths, map(float, drawn), strict=True))
        sample = watch("sampling", sampler.sample, 0, k, probabilities)
        timeline = watch("build-out", build_out, sample, 0, k)
        operations = watch("operations", operate, sample, timeline, 0, k, banked=True)
        ledger = watch("ledger", book, sample, timeline, operations)
        watch("headline", headline, Run(sample, 0, k, timeline, operations, ledger))
    return watch


def plain_events(number: int) -> float:
    """As many events in SimPy as a build-out has, in processes of ten, with nothing done in them."""
    env = simpy.Environment()

    def wait() -> Generator[simpy.Event, None, None]:
        for _ in range(EVENTS_OF_A_PROCESS - 2):  # its start and its end are events as well
            yield env.timeout(1.0)

    for _ in range(max(1, number // EVENTS_OF_A_PROCESS)):
        env.process(wait())
    env.run()
    return float(env.now)


@pytest.mark.parametrize("case", CASES)
def test_row(case, request, benchmark, note, floor):
    name, changes = CASES[case]
    scenario = override(request.getfixturevalue(name), changes)
    watch: Watch = benchmark.pedantic(timed_rows, (scenario, floor), rounds=1)
    assert len(watch.taken_s["floor"]) == WARM + ROWS
    parts = [part for part in watch.taken_s if part not in BESIDE]
    note("floor", watch.median_s("floor"), "s")
    note("build-out over plain SimPy", watch.median_s("build-out") / watch.median_s("plain SimPy"), "")
    for part in parts:
        note(f"{part} over the floor", watch.median_s(part) / watch.median_s("floor"), "")
    note("row over the floor", sum(map(watch.median_s, parts)) / watch.median_s("floor"), "")
