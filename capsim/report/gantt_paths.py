"""Where the critical path of each phase runs among the rows of a Gantt picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from capsim.buildout import CANCELLED, OF_GRID, PLANNED_START
from capsim.projection import Projection, tuples
from capsim.report.gantt_rows import READY, WAIT, Key, Row

Span = tuple[float, float]
"""From and to, since the start. [d]"""


class Critical(NamedTuple):
    """A part of a critical path on a row of the picture."""

    row: int
    start_d: float
    end_d: float


def critical_parts(projection: Projection, rows: Sequence[Row]) -> list[Critical]:
    """Parts of the critical paths of all phases that the rows show, by row.

    Parameters
    ----------
    projection : Projection
        Whose waits without an item are the critical path of their phase, cause by cause.
    rows : sequence of Row
        Rows of grid steps, stages and orders.

    Returns
    -------
    parts : list of Critical
        From the start on; none of a phase whose dates are as given, for nothing decides them.
    """
    place = {row.key: number for number, row in enumerate(rows)}
    held_up: dict[tuple[str, str, str], list[tuple[Key, Span]]] = defaultdict(list)
    waits = [*tuples(projection.waits, *WAIT)]
    for site, phase, item, cause, start_d, end_d in waits:
        if item:
            held_up[site, phase, cause].append(((site, phase, item), (start_d, end_d)))
    parts = set()
    for site, phase, item, cause, start_d, end_d in waits:
        if item or not phase or cause in (PLANNED_START, CANCELLED) or end_d <= max(start_d, 0.0):
            continue
        if cause.startswith(OF_GRID):
            step = projection.facts.energization.get(site, {}).get(phase, "")
            keys = iter([(site, "", step)])
        else:
            keys = _rows_of(site, phase, cause, (start_d, end_d), held_up[site, phase, cause])
        at = next((place[key] for key in keys if key in place), None)
        if at is not None:
            parts.add(Critical(at, max(start_d, 0.0), end_d))
    return sorted(parts)


def _rows_of(
    site: str, phase: str, cause: str, span: Span, held_up: Sequence[tuple[Key, Span]]
) -> Iterator[Key]:
    """Rows that a part of a critical path may stand on: the stage, what waits for the cause, the phase."""
    yield site, phase, cause
    yield from (key for key, (start_d, end_d) in held_up if start_d < span[1] and span[0] < end_d)
    yield site, phase, READY
