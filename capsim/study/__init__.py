"""Studies: many runs of one or several scenarios, and what they say together.

Named here is what other rooms use beside the functions of studies themselves, which stand in modules of their
names (`capsim.study.ensemble.ensemble`, ...). All of it is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capsim.study.audit import Audit as Audit
    from capsim.study.audit import Ratio as Ratio
    from capsim.study.audit_terms import Term as Term
    from capsim.study.changes import NOTHING as NOTHING
    from capsim.study.compare import Comparison as Comparison
    from capsim.study.contrast import DIFFERENCE_PERCENTILES as DIFFERENCE_PERCENTILES
    from capsim.study.contrast import dates_that_differ as dates_that_differ
    from capsim.study.dates import PhaseDates as PhaseDates
    from capsim.study.ensemble import Ensemble as Ensemble
    from capsim.study.execution import Execution as Execution
    from capsim.study.goals import Chance as Chance
    from capsim.study.goalseek import Solution as Solution
    from capsim.study.goalseek import solve as solve
    from capsim.study.plan import Planned as Planned
    from capsim.study.sensitivity import Sensitivity as Sensitivity
    from capsim.study.statistics import PERCENT as PERCENT
    from capsim.study.statistics import PERCENTILES as PERCENTILES
    from capsim.study.sweep import Sweep as Sweep
    from capsim.study.sweep import parse_axis as parse_axis
    from capsim.study.sweep import scalar as scalar
    from capsim.study.waterfall import Waterfall as Waterfall

_NAMES = {
    "audit": ("Audit", "Ratio"),
    "audit_terms": ("Term",),
    "changes": ("NOTHING",),
    "compare": ("Comparison",),
    "contrast": ("DIFFERENCE_PERCENTILES", "dates_that_differ"),
    "dates": ("PhaseDates",),
    "ensemble": ("Ensemble",),
    "execution": ("Execution",),
    "goals": ("Chance",),
    "goalseek": ("Solution", "solve"),
    "plan": ("Planned",),
    "sensitivity": ("Sensitivity",),
    "statistics": ("PERCENT", "PERCENTILES"),
    "sweep": ("Sweep", "parse_axis", "scalar"),
    "waterfall": ("Waterfall",),
}
_HOMES = {name: f"capsim.study.{module}" for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'capsim.study' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
