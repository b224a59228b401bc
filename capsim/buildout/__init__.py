"""The discrete-event build-out: it decides when. The only room that imports simpy.

What other rooms use of it is named here and made on first use: the run itself (`build_out`), what it
emits (`Timeline` with its causes), and what a timeline tells (what stood idle, what was ordered when).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capsim.buildout.idle_assets import ACCELERATOR_DAYS as ACCELERATOR_DAYS
    from capsim.buildout.idle_assets import GRID_MW_DAYS as GRID_MW_DAYS
    from capsim.buildout.idle_assets import IT_MW_DAYS as IT_MW_DAYS
    from capsim.buildout.idle_assets import POWER as POWER
    from capsim.buildout.idle_assets import stranded as stranded
    from capsim.buildout.outages import MAINTENANCE as MAINTENANCE
    from capsim.buildout.outages import SPARE as SPARE
    from capsim.buildout.outages import TECHNICIAN as TECHNICIAN
    from capsim.buildout.outages import Outages as Outages
    from capsim.buildout.simulate import build_out as build_out
    from capsim.buildout.spending import steps_applied as steps_applied
    from capsim.buildout.spending import works_ordered as works_ordered
    from capsim.buildout.timeline import CANCELLED as CANCELLED
    from capsim.buildout.timeline import FUNDING as FUNDING
    from capsim.buildout.timeline import GRID as GRID
    from capsim.buildout.timeline import HAND_OVER as HAND_OVER
    from capsim.buildout.timeline import LEAD_TIME as LEAD_TIME
    from capsim.buildout.timeline import OF_GRID as OF_GRID
    from capsim.buildout.timeline import PLANNED_START as PLANNED_START
    from capsim.buildout.timeline import Milestone as Milestone
    from capsim.buildout.timeline import Timeline as Timeline
    from capsim.buildout.timeline import Wait as Wait
    from capsim.buildout.uptime import availability as availability
    from capsim.buildout.uptime import repair_days as repair_days
    from capsim.buildout.why_never import TOO_LITTLE as TOO_LITTLE

_MADE_IN = {
    "idle_assets": "ACCELERATOR_DAYS GRID_MW_DAYS IT_MW_DAYS POWER stranded",
    "outages": "MAINTENANCE SPARE TECHNICIAN Outages",
    "simulate": "build_out",
    "spending": "steps_applied works_ordered",
    "timeline": "CANCELLED FUNDING GRID HAND_OVER LEAD_TIME OF_GRID PLANNED_START Milestone Timeline Wait",
    "uptime": "availability repair_days",
    "why_never": "TOO_LITTLE",
}
_HOMES = {name: f"capsim.buildout.{module}" for module, names in _MADE_IN.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'capsim.buildout' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
