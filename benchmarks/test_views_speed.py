"""What simulating costs beside the run it holds: views are made on first use, so hardly more."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from pytest_benchmark.fixture import BenchmarkFixture

from capsim import Scenario
from capsim.pipeline import run, simulate
from capsim.projection.projection import VIEWS

ROUNDS = 15


def _seconds(function: Callable[[Scenario], object], scenario: Scenario) -> float:
    start = time.perf_counter()
    function(scenario)
    return time.perf_counter() - start


def test_simulate_beside_run(
    aion: Scenario, benchmark: BenchmarkFixture, note: Callable[[str, float, str], None]
) -> None:
    """Both in turn, so that a slow spell of the machine meets both; target: at most 1.25 times the run."""
    simulate(aion)
    pairs = [(_seconds(run, aion), _seconds(simulate, aion)) for _ in range(ROUNDS)]
    run_s, simulate_s = (statistics.median(each) for each in zip(*pairs, strict=True))
    assert list(vars(benchmark(simulate, aion))) == ["run"]
    note("time of a run", run_s, "s")
    note("simulate over run", simulate_s / run_s, "1")


def test_all_views(aion: Scenario, benchmark: BenchmarkFixture) -> None:
    """Every view of a run, made anew each time."""

    def made() -> int:
        projection = simulate(aion)
        return sum(getattr(projection, name) is not None for name in VIEWS)

    assert benchmark(made) == len(VIEWS) - 2  # neither hours nor draws are kept
