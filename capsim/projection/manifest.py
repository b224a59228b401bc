"""The manifest: what it takes to make a projection again, and nothing else."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version
from typing import Any

from capsim.extensions import checksums
from capsim.projection.run import Run
from capsim.scenario import values_set

RESOLVED = "scenario.yaml"
"""File of a saved projection that has the scenario as resolved."""
LIBRARIES = ("capsim", "numpy", "scipy", "pandas", "xarray", "simpy", "pydantic")
"""Libraries whose version the manifest names."""
OPTIONS = ("--set", "override")
"""What the layers of values begin with that no file, but an option or a call has set."""


def manifest_of(run: Run) -> dict[str, Any]:
    """What it takes to make the projection again. No clock time."""
    scenario = run.scenario
    return {
        "scenario": scenario.name,
        "digest": scenario.digest,
        "resolved": RESOLVED,
        "overrides": values_set(scenario, OPTIONS),
        "seed": run.seed,
        "replication": run.replication,
        "catalogue": scenario.catalog.version,
        "extensions": checksums(),
        "versions": dict(_versions()),
    }


@cache
def _versions() -> dict[str, str]:
    """Versions of what computes, which a process keeps; read from the files of each once."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
