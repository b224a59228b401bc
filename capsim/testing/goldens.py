"""Goldens: what a projection came to, as readable JSON, and what moved since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from capsim.errors import StudyError
from capsim.pipeline import simulate
from capsim.projection import Projection, from_json
from capsim.report import diff_lines
from capsim.scenario import Scenario
from capsim.study import (
    Diff,
    Held,
    Tolerance,
    difference,
    ensemble,
    held_ensemble,
    held_projection,
    only,
)
from capsim.temporary import new_file

SHOWN = 20
"""Lines of a diff that a failed test shows."""
ADVICE = "if it is meant: pytest --update-golden, and say why where the change is described"


@dataclass(frozen=True)
class Golden:
    """A file with what is pinned, and what came instead."""

    file: Path
    held: Held
    """What came."""
    diff: Diff | None
    """What moved; None where nothing was pinned yet."""
    pinned: Held | None = None
    """What the file has."""

    @property
    def moved(self) -> bool:
        """Whether it moved beyond tolerance, or was never pinned."""
        return self.diff is None or bool(self.diff.beyond)

    def message(self) -> str:
        """What moved and which inputs changed, in a few lines."""
        return "\n  ".join([f"golden {self.file.stem} moved:", *self._lines(SHOWN)]) + f"\n{ADVICE}"

    def _lines(self, most: int) -> list[str]:
        if self.diff is None:
            return [f"{self.file.name} is not there"]
        lines = diff_lines(self.diff)
        return lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more lines"]

    def write(self) -> str:
        """Pin what came where it moved beyond tolerance; what was written, in a few lines, or nothing.

        What is within its tolerance stays as it was pinned: no update moves a figure without saying so, and
        what adds up over many is told when it is too much.
        """
        if not self.moved:
            return ""
        held = self.held
        if self.diff is not None and self.pinned is not None:
            held = held.but_for({row.name for row in self.diff.beyond}, self.pinned)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(held.to_dict(), indent=1, allow_nan=False, ensure_ascii=False)
        with new_file(self.file) as unfinished:
            unfinished.write_text(f"{text}\n", encoding="utf-8")
        said = "is new" if self.diff is None else "moved:"
        lines = [] if self.diff is None else diff_lines(self.diff)
        return "\n  ".join([f"golden {self.file.stem} {said}", *lines])


def pin(file: Path, held: Held, within: Tolerance) -> Golden:
    """Hold a result against its golden.

    Raises
    ------
    StudyError
        If the file is no golden, or a tolerance is of a figure that there is none of.
    """
    if not file.exists():
        within.check(held.leaves().figures, held.dates)
        return Golden(file, held, None)
    try:
        pinned = Held.from_dict(from_json(file.read_text("utf-8")))
    except (ValueError, TypeError, AttributeError) as fault:
        raise StudyError(f"{file}: is no golden: {fault}") from None
    return Golden(file, held, difference(pinned, held, within), pinned)


def held_scenario(
    scenario: Scenario | Projection,
    figures: Sequence[str] = (),
    *,
    seed: int = 0,
    draws: int = 0,
    also: Mapping[str, Any] | None = None,
) -> Held:
    """What is pinned of a scenario, or of a projection that is there: figures, dates, inputs.

    Parameters
    ----------
    scenario : Scenario or Projection
        It is simulated first where it is a scenario.
    figures : sequence of str
        Figures and dates in words; all that it states, and each item of the ledger, where missing.
    seed : int
        Key of weather and price years, and of the draws.
    draws : int
        Replications whose percentiles are pinned with their 95 % intervals; none where 0.
    also : mapping, optional
        Plain data of one's own: numbers are held as figures, all else as text.
    """
    projection = scenario if isinstance(scenario, Projection) else simulate(scenario, seed)
    held = held_projection(projection, figures)
    if draws:
        if not isinstance(scenario, Scenario):
            raise StudyError("draws are of a scenario; this is a projection")
        drawn = ensemble(scenario, draws, seed=seed, processes=1)
        spread = only(held_ensemble(drawn), figures)
        held = replace(held, percentiles=spread.percentiles, made_of={**held.made_of, "draws": draws})
    return replace(held, also=dict(also or {}))
