"""Sweep: a scenario at every point of a grid of values, each point a labelled run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from capsim.errors import ScenarioError, StudyError
from capsim.language.reader import parse_scalar
from capsim.magnitudes import plain_number
from capsim.projection import finite
from capsim.scenario import OVERRIDE_CALL, Scenario
from capsim.shown import Pictured
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.figures_of_rows import Kept, column_of
from capsim.study.folder import result_of
from capsim.study.headings import heading_of, unit_at
from capsim.study.observe import play
from capsim.study.store import Store, identity, of_scenario
from capsim.study.tasks import Case, Variants, computed

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 10_000
"""Points a sweep may have."""

Axes = Mapping[str, Sequence[Any]]
"""Values by dotted path."""


@dataclass(frozen=True, eq=False)
class Sweep(Pictured):
    """Labelled results of a sweep.

    Attributes
    ----------
    axes : dict
        Values by dotted path.
    figure : str
        The figure asked for.
    points : pandas.DataFrame
        A row per point, indexed by the values of the axes; headline figures and the one asked for as columns.
    manifest : dict
        What the study was.
    """

    axes: dict[str, tuple[Any, ...]]
    figure: str
    points: pd.DataFrame
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        return f"<Sweep of {self.figure} over {', '.join(self.axes)}: {len(self.points)} points>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        points = self.points.reset_index().to_dict(orient="records")
        plain: dict[str, Any] = finite({"manifest": self.manifest, "figure": self.figure, "points": points})
        return plain


def sweep(
    scenario: Scenario,
    axes: Axes | None = None,
    on: str = "lcoc",
    *,
    seed: int = 0,
    **keywords: Unpack[ExecutionKeywords],
) -> Sweep:
    """Run a scenario at every combination of some values, with its central estimates.

    Parameters
    ----------
    scenario : Scenario
        Loaded with `capsim.load`.
    axes : mapping of str to sequence, optional
        Values by dotted path; the scenario's own `axes` where missing.
    on : str
        Figure in words to show (`capsim.vocabulary.asked`); all headline figures are kept beside it.
    seed : int
        Key of weather and price years.
    **keywords
        As in `ensemble`.

    Returns
    -------
    sweep : Sweep
        Figures at every point.

    Raises
    ------
    StudyError
        If there is no axis, or there are too many points.
    ScenarioError
        If a point is no valid scenario.
    """
    of_scenario_file = {axis.path: axis.values for axis in scenario.axes}
    chosen = {path: tuple(values) for path, values in (of_scenario_file if axes is None else axes).items()}
    if not chosen or not all(len(values) for values in chosen.values()):
        raise StudyError("a sweep needs an axis: values by path, in the scenario or as an option")
    n = math.prod(len(values) for values in chosen.values())
    if not n <= MOST_POINTS:
        axes_in_words = " x ".join(f"{path} ({len(values):,})" for path, values in chosen.items())
        raise StudyError(f"a sweep has at most {MOST_POINTS:,} points (got {n:,}: {axes_in_words})")
    run = play(scenario, seed, 0)
    figure, asked = column_of(on, run)
    kept = Kept(asked=asked)
    layout = kept.layout(run)
    cases = tuple(dict(zip(chosen, point, strict=True)) for point in product(*chosen.values()))
    what = {"seed": seed, "on": figure, "axes": finite(chosen)} | heading_of(scenario)
    units = {path: unit_at(scenario, path) for path in chosen}
    about = identity("sweep", **of_scenario(scenario), **what, units=units)
    execution = Execution(**keywords)

    def compute(store: Store) -> Sweep:
        try:
            rows = computed(Variants(scenario, cases, seed, layout.n_columns, kept), n, execution, store)
        except ScenarioError as error:
            raise as_swept(error, "axes" if axes is None else "--sweep") from None
        return Sweep(chosen, figure, _table(cases, layout.figures, rows), about)

    def read(store: Store) -> Sweep:
        rows = [[point[name] for name in layout.figures] for point in store.results()["points"]]
        return Sweep(chosen, figure, _table(cases, layout.figures, rows), about)

    return result_of(execution, about, {"": scenario}, compute, read).with_scenario(scenario)


def _table(cases: Sequence[Case], figures: Sequence[str], rows: ArrayLike) -> pd.DataFrame:
    """Figures of all points, indexed by the values of the axes."""
    import pandas as pd

    values = pd.DataFrame(np.array(rows, dtype=float), columns=list(figures))
    # Not a product of axes: columns of their own keep the types of the values.
    return pd.concat([pd.DataFrame(list(cases)), values], axis=1).set_index(list(cases[0]))


def as_swept(error: ScenarioError, layer: str) -> ScenarioError:
    """Faults of a point, each said to be of the sweep and not of the override that made the point."""
    faults = [replace(f, file=layer) if f.file == OVERRIDE_CALL else f for f in error.faults]
    return ScenarioError(error.source, faults)


def parse_axes(texts: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Axes in words, by path; StudyError where a path has two of them, of which one would be lost."""
    axes: dict[str, tuple[Any, ...]] = {}
    for path, values in map(parse_axis, texts):
        if path in axes:
            raise StudyError(f"{path} is swept twice; name all its values at once")
        axes[path] = values
    return axes


def parse_axis(text: str) -> tuple[str, tuple[Any, ...]]:
    """An axis in words: ``PATH=1:10:1`` (ends included) or ``PATH=x,y,z``.

    Examples
    --------
    >>> parse_axis("horizon_years=4:12:4")
    ('horizon_years', (4, 8, 12))
    >>> parse_axis("h100e=8bit,best")
    ('h100e', ('8bit', 'best'))
    """
    path, equals, written = text.partition("=")
    if not (equals and path.strip() and written.strip()):
        raise StudyError(f"an axis is written PATH=START:STOP:STEP or PATH=A,B,C (got {text!r})")
    parts = written.split(":")
    if len(parts) == 3:
        with suppress(ValueError):
            start, stop, step = (plain_number(part.strip()) for part in parts)
            is_whole = all(part.strip().lstrip("+-").isdigit() for part in parts)
            return path.strip(), _range(text, start, stop, step, whole=is_whole)
    return path.strip(), tuple(scalar(part.strip()) for part in written.split(","))


def _range(text: str, start: float, stop: float, step: float, *, whole: bool) -> tuple[Any, ...]:
    steps = (stop - start) / step if step else math.nan
    if not steps >= 0:
        raise StudyError(f"a range needs a step that leads from start to stop (got {text!r})")
    if not steps < MOST_POINTS:
        many = f"{math.floor(steps) + 1:,}" if math.isfinite(steps) else "without end"
        raise StudyError(f"a sweep has at most {MOST_POINTS:,} points: the values of {text} are {many}")
    count = math.floor(steps + 1e-9) + 1
    values = start + step * np.arange(count)
    return tuple(int(v) if whole else float(v) for v in values.round(12))


def scalar(text: str) -> Any:
    """A scalar as a scenario file reads it: a number, a date or a word. Raises StudyError."""
    try:
        return parse_scalar(text)
    except ValueError as fault:
        raise StudyError(f"{fault} (got {text})") from None
