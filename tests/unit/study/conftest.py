"""A small scenario with uncertain values, quick enough to be run often."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.scenario.loading import load, override

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def small():
    """Scaleway's 5,000 GPUs over two years: 41 uncertain values, a few ms a run."""
    return override(load(ROOT / "scenarios" / "scaleway-5000-gpus.yaml"), {"horizon_years": 2})


@pytest.fixture(scope="session")
def shipped():
    """Folder of the shipped scenarios."""
    return ROOT / "scenarios"
