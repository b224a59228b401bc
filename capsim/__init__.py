"""capsim: capacity planning for data centers and GPU fleets.

>>> import capsim
>>> scenario = capsim.load("scenarios/aion-288k-h100e.yaml")   # doctest: +SKIP
>>> projection = capsim.simulate(scenario, seed=0)             # doctest: +SKIP

The public names are made on first use, so importing the package costs nothing.
"""

from __future__ import annotations

# `typing` takes as long as Ctrl-C needs to come before the command can say so in a line
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from capsim.errors import CapsimError as CapsimError
    from capsim.errors import ScenarioError as ScenarioError
    from capsim.pipeline import simulate as simulate
    from capsim.projection import Projection as Projection
    from capsim.scenario import Scenario as Scenario
    from capsim.scenario import load as load
    from capsim.study import audit as audit
    from capsim.study import compare as compare
    from capsim.study import ensemble as ensemble
    from capsim.study import plan as plan
    from capsim.study import relief as relief
    from capsim.study import sensitivity as sensitivity
    from capsim.study import solve as solve

__version__ = "0.2.0"

_HOMES = {
    "CapsimError": "capsim.errors",
    "Projection": "capsim.projection",
    "Scenario": "capsim.scenario",
    "ScenarioError": "capsim.errors",
    "audit": "capsim.study",
    "compare": "capsim.study",
    "ensemble": "capsim.study",
    "load": "capsim.scenario",
    "plan": "capsim.study",
    "relief": "capsim.study",
    "sensitivity": "capsim.study",
    "simulate": "capsim.pipeline",
    "solve": "capsim.study",
}

__all__ = [
    "CapsimError",
    "Projection",
    "Scenario",
    "ScenarioError",
    "__version__",
    "audit",
    "compare",
    "ensemble",
    "load",
    "plan",
    "relief",
    "sensitivity",
    "simulate",
    "solve",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'capsim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
