"""Why a plan is no ordinary draw: the values that would make it one if they stayed at their medians."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.projection import Run
from capsim.scenario import Scenario, assigned, drawn_together, uncertain_values
from capsim.study.central import REST, kinds_of, mentioned, probabilities
from capsim.study.draws import Design
from capsim.study.figures_of_rows import HEADLINE_ONLY
from capsim.study.observe import play
from capsim.study.statistics import percentile_of

LEAST_SHARE = 0.05
"""Least share a named value has of the mean distance of the draws. [1]"""
TRIED = 4
"""Kinds of values that are tried for a figure on either ground, each with two runs. [1]"""
MIDDLE = 50.0
"""Percentile of a plan that is the median of its draws. [%]"""
ORDINARY = 25.0
"""Percentiles on either side of it inside which a plan is an ordinary draw. [%]"""

STAGE = re.compile(r"\.stages\.[^.]+\.")
"""The part of a path that names a stage."""

Draws = NDArray[np.float64]
"""A number for each draw."""


class Kind(NamedTuple):
    """Values of one kind in all places, as a study drew them."""

    away: Draws
    """How far their draws are from the plan's values, in units of how far they typically are."""
    later: dict[str, float]
    """Each of them as far above the plan's value as it typically is, by path."""
    sooner: dict[str, float]
    """And as far below."""


def causes(
    scenario: Scenario,
    design: Design,
    plan: Mapping[str, float],
    figures: Mapping[str, Draws],
) -> dict[str, list[str]]:
    r"""The values that move the draws away from a plan, by figure.

    Parameters
    ----------
    scenario : Scenario
        The scenario the design is of.
    design : Design
        Probabilities of its uncertain values.
    plan : mapping of str to float
        Each figure of the plan.
    figures : mapping of str to ndarray of float64, shape (n,)
        Its value in each draw; one that is not a number is left out.

    Returns
    -------
    named : dict of list
        By figure, paths with a star for each site, phase and what is in them, the largest first; with
        `REST` at the end where they do not explain enough.

    Notes
    -----
    There are more uncertain values than draws, so no regression tells them apart. Those that seem to
    matter most, by their correlation with the figure and by that times how lopsided they are, are tried:
    two runs of the plan, with values of that kind moved up and down as far as they typically are, give
    the slopes of the figure :math:`g_i` on either side, which differ where the latest counts. A draw in
    which they stay at their medians is :math:`y - g_i(x_i)`, and values are taken up, the largest mean
    of :math:`g_i` first, until the plan is between P25 and P75 of such draws.
    """
    if not figures or not design.paths:
        return {}
    kinds = _drawn(scenario, design, len(next(iter(figures.values()))))
    away = {name: np.nan_to_num(values - plan[name]) for name, values in figures.items()}
    tried = {kind for y in away.values() for kind in _likely(kinds, y)}
    # in the order of the scenario, so that the runs are the same whatever else is asked for
    runs = {kind: _sides(scenario, kinds[kind], design.seed) for kind in kinds if kind in tried}
    named = {}
    for name, y in away.items():
        parts = {
            kind: _moved_by(kinds[kind].away, up[name] - plan[name], down[name] - plan[name])
            for kind, (up, down) in runs.items()
        }
        named[name] = _taken_up(parts, y)
    return named


def _moved_by(away: Draws, up: float, down: float) -> Draws:
    """What values of a kind have of the distance of each draw, by the slopes on either side."""
    return np.where(away > 0.0, away * up, -away * down)


def _drawn(scenario: Scenario, design: Design, n: int) -> dict[str, Kind]:
    """What was drawn, by kind; what never left the plan's value is none."""
    values, together = uncertain_values(scenario), drawn_together(scenario)
    columns, p = mentioned(scenario, design), probabilities(scenario, design, range(n))
    made = {}
    for name, places in _together(kinds_of(scenario, columns)).items():
        paths = [(path, i) for i in places for path in together[design.paths[i]]]
        drawn = {path: values[path].distribution.ppf(p[:, i]) - float(values[path]) for path, i in paths}
        ends = {path: (float(x.min()), float(x.max())) for path, x in drawn.items()}
        typical = {path: float(np.sqrt(np.mean(x**2))) for path, x in drawn.items()}
        if not sum(typical.values()) > 0.0:
            continue
        made[name] = Kind(
            sum(drawn.values(), np.zeros(n)) / sum(typical.values()),
            {path: float(values[path]) + min(by, ends[path][1]) for path, by in typical.items()},
            {path: float(values[path]) + max(-by, ends[path][0]) for path, by in typical.items()},
        )
    return made


def _together(kinds: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Stages of a phase or a grid step as one kind: of those side by side the latest counts."""
    made: dict[str, list[int]] = {}
    for name, places in kinds.items():
        made.setdefault(STAGE.sub(".stages.*.", name), []).extend(places)
    return made


def _likely(kinds: Mapping[str, Kind], y: Draws) -> set[str]:
    """The few kinds that a figure goes along with most, and that seem to shift its draws furthest."""
    side, along, shift = float(np.sign(np.median(y))), dict[str, float](), dict[str, float]()
    for name, kind in kinds.items():
        x = kind.away - kind.away.mean()
        if x.any():
            along[name] = abs(float(x @ y)) / float(np.sqrt(x @ x))
            shift[name] = side * float(x @ y) / float(x @ x) * float(kind.away.mean())
    return {name for by in (along, shift) for name in sorted(by, key=lambda name: -by[name])[:TRIED]}


def _sides(scenario: Scenario, kind: Kind, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """Headline figures of the plan with values of one kind moved up, and down."""
    up, down = (play(assigned(scenario, moved), seed, 0) for moved in (kind.later, kind.sooner))
    return _figures(up), _figures(down)


def _figures(run: Run) -> dict[str, float]:
    return dict(zip(HEADLINE_ONLY.layout(run).figures, HEADLINE_ONLY.row(run).tolist(), strict=False))


def _taken_up(parts: Mapping[str, Draws], y: Draws) -> list[str]:
    """The kinds that bring a plan back among its draws, by what each has of the draws' distance."""
    side, least = float(np.sign(np.median(y))), LEAST_SHARE * abs(float(y.mean()))
    shifts, named = {kind: side * float(part.mean()) for kind, part in parts.items()}, list[str]()
    for kind in sorted((kind for kind in parts if shifts[kind] > least), key=lambda kind: -shifts[kind]):
        if _from_the_middle(y) <= ORDINARY:
            break
        # what explains much of the spread can still leave the draws where they are
        rest = y - parts[kind]
        if abs(np.median(rest)) < abs(np.median(y)) or _from_the_middle(rest) < _from_the_middle(y):
            y = rest
            named.append(kind)
    return named if _from_the_middle(y) <= ORDINARY else [*named, REST]


def _from_the_middle(y: Draws) -> float:
    """How far a plan is from the median of draws that are so far from it. [%]"""
    return abs(percentile_of(0.0, y) - MIDDLE)
