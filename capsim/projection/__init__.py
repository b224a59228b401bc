"""Projections: labelled results, milestones, ledger and provenance of one run."""

from capsim.projection.projection import Projection
from capsim.projection.run import Run

__all__ = ["Projection", "Run"]
