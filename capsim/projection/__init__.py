"""Projections: labelled results, milestones, ledger and provenance of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capsim.projection.run import Run

if TYPE_CHECKING:
    from capsim.projection.projection import Projection as Projection

__all__ = ["Projection", "Run"]


def __getattr__(name: str) -> Any:
    """Import `Projection`, and pandas with it, when it is first asked for: a study's processes never do."""
    if name != "Projection":
        raise AttributeError(f"module 'capsim.projection' has no attribute {name!r}")
    from capsim.projection.projection import Projection

    return Projection
