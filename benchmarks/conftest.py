"""What the benchmarks share: shipped scenarios, loaded once, and notes shown after the times.

Counts are asserted; times and memory are reported and never asserted. Run by ``make bench``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

import capsim
from capsim import Scenario
from capsim.units import HOURS_PER_DAY, Calendar

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
        benchmark.extra_info[what] = {"value": value, "unit": unit}
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


@pytest.fixture(scope="session")
def le_chat() -> Scenario:
    return capsim.load(SCENARIOS / "le-chat-15m-subscribers.yaml")


def _site_hours(scenario: Scenario) -> int:
    return len(scenario.sites) * scenario.calendar.n_hours


@pytest.fixture(scope="session")
def site_hours() -> Callable[[Scenario], int]:
    """Sites times hours of the horizon: what the operations' cost grows with. [h]"""
    return _site_hours


@pytest.fixture(scope="session")
def floor() -> Callable[[Calendar, int, np.random.Generator], float]:
    """The same hours in plain numpy: what a row of a study is held against, in the same process.

    Weather and price are drawn, a plant is evaluated, and energy, cost and carbon are summed by month: the
    least any hourly simulation of a site does, without persistence, limits, halls or money.
    """
    return _floor


def _floor(calendar: Calendar, n_sites: int, rng: np.random.Generator) -> float:
    """Facility energy of some sites over the hours of a horizon, in plain numpy. [MWh]"""
    table = np.linspace(5.0, 25.0, 288)
    return float(sum(_site(calendar, table, rng) for _ in range(n_sites)))


def _site(calendar: Calendar, table_c: NDArray[np.float64], rng: np.random.Generator) -> float:
    index, n_hours = calendar.month_hour_index, calendar.n_hours
    dry_c = table_c[index] + 5.0 * rng.standard_normal(n_hours)
    wet_c = np.minimum(dry_c, dry_c - 4.0 + 2.0 * rng.standard_normal(n_hours))
    price = 60.0 + table_c[index] + 20.0 * rng.standard_normal(n_hours)
    it_mw = np.repeat(
        np.linspace(0.0, 180.0, calendar.n_months), np.diff(calendar.month_start_d) * HOURS_PER_DAY
    )
    lift_k = np.maximum(dry_c - 18.0, 0.0)
    cooling_mw = it_mw * (0.03 + 0.002 * lift_k + 0.0005 * lift_k**2)
    water_m3 = it_mw * 0.1 * np.maximum(dry_c - wet_c, 0.0)
    facility_mw = 1.05 * (it_mw + cooling_mw)
    series = (it_mw, cooling_mw, facility_mw, water_m3, facility_mw * price, facility_mw * 0.044)
    months = [np.add.reduceat(hourly, calendar.month_start_h) for hourly in series]
    return float(months[2].sum())
