"""A projection by simulation, and ones with its parts replaced by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import capsim

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="session")
def aion():
    return capsim.simulate(capsim.load(SCENARIOS / "aion-288k-h100e.yaml"))


@pytest.fixture(scope="session")
def opcore():
    return capsim.simulate(capsim.load(SCENARIOS / "opcore-multi-gw.yaml"))
