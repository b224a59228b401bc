"""How a figure is worked from its numbers, for a terminal."""

from __future__ import annotations

from rich.console import RenderableType

from capsim.projection import Projection, meaning_of, scaled, worked
from capsim.report.grids import grid, numbers, titled, words

DIGITS = 5
"""Significant digits of a number."""


def working(projection: Projection, text: str) -> RenderableType:
    """How a figure is worked from its numbers."""
    asked, steps = worked(projection, text)
    rows = [(step.words, scaled(step.value, DIGITS), step.unit) for step in steps]
    table = grid([words("worked from"), numbers("value"), words("unit")], rows, gap=1)
    return titled(f"{asked}: {meaning_of(projection, asked)}", table)
