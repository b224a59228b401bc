"""Projections: labelled results, milestones, ledger and provenance of one run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capsim.projection.projection import Projection as Projection
    from capsim.projection.run import Run as Run

_HOMES = {"Projection": "capsim.projection.projection", "Run": "capsim.projection.run"}

__all__ = ["Projection", "Run"]


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: a study's processes never need pandas for a `Projection`."""
    if name not in _HOMES:
        raise AttributeError(f"module 'capsim.projection' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
