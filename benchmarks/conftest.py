"""What the benchmarks share: shipped scenarios, loaded once, and notes shown after the times.

Counts are asserted; times and memory are reported and never asserted. Run by ``make bench``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import capsim
from capsim import Scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
AION_FILE = SCENARIOS / "aion-288k-h100e.yaml"
OPCORE_FILE = SCENARIOS / "opcore-multi-gw.yaml"

NOTES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NOTES] = []


@pytest.fixture
def note(request: pytest.FixtureRequest, benchmark: BenchmarkFixture) -> Callable[[str, float, str], None]:
    """``note(what, value, unit)``: a figure shown after the times and kept with them."""

    def add(what: str, value: float, unit: str) -> None:
        benchmark.extra_info[what] = f"{value:,.6g} {unit}"
        request.config.stash[NOTES].append(f"{request.node.name}: {what} {value:,.6g} {unit}")

    return add


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    del exitstatus
    if config.stash[NOTES]:
        terminalreporter.section("figures beside the times")
        for line in config.stash[NOTES]:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def aion_file() -> Path:
    return AION_FILE


@pytest.fixture(scope="session")
def aion() -> Scenario:
    return capsim.load(AION_FILE)


@pytest.fixture(scope="session")
def opcore() -> Scenario:
    return capsim.load(OPCORE_FILE)


def _site_hours(scenario: Scenario) -> int:
    return len(scenario.sites) * scenario.calendar.n_hours


@pytest.fixture(scope="session")
def site_hours() -> Callable[[Scenario], int]:
    """Sites times hours of the horizon: what the operations' cost grows with. [h]"""
    return _site_hours
