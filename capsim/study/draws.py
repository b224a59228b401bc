"""The design of a study: which probability each uncertain value has in each replication.

Columns belong to paths and rows to replications. A column is drawn by the seed and its own path, so that it
is the same whatever else is uncertain; a row is the same whatever process computes it and whatever rows were
computed before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError, whole
from capsim.registry import did_you_mean, near_or_all
from capsim.scenario import Scenario, drawn_together, numbers_together
from capsim.study.draw_columns import column_keys, cube_rows, random_rows, spread_rows

MOST_DRAWS = 2**24
"""Draws of a study at most: at 15 ms each they take a processor three days. [draws]"""
DESIGNS = ("sobol", "lhs", "random")
"""Sobol's sequence by value, Latin hypercube in groups of `LHS_ROWS`, independent draws."""
LHS_ROWS = 256
"""Replications of one Latin hypercube; a longer study has several, drawn one by one."""
HALF_CELL = 2.0**-33
"""Distance kept from 0 and 1, where a quantile may be infinite. [1]"""
SMALLEST_EIGENVALUE = -1e-9
"""Least eigenvalue a correlation matrix may have, after rounding."""
SMALLEST_PIVOT = 1e-12
"""Variance below which a score follows from those before it: they are correlated by 1. [1]"""

Correlated = tuple[str, str, float]
"""Two draws and the correlation between them."""


@dataclass(frozen=True)
class Design:
    """Probabilities by replication and draw."""

    paths: tuple[str, ...]
    """What the columns are drawn for: a dotted path, or the thing that several paths are values of."""
    seed: int
    """Seed of the study."""
    kind: str = "sobol"
    """One of `DESIGNS`."""
    n: int = 0
    """Replications of the study; only the last Latin hypercube depends on it."""
    correlated: tuple[Correlated, ...] = ()
    """Correlations of the normal scores behind the columns (a Gaussian copula)."""
    part: str = ""
    """Which of several samples of a study, independent of each other."""

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Probabilities of `count` replications from `first` on, shape (count, n_paths). [1]"""
        if not self.paths:
            return np.empty((count, 0))
        drawn = self._correlate(self._independent(first, count))[:, : len(self.paths)]
        return np.clip(drawn, HALF_CELL, 1.0 - HALF_CELL)

    def row(self, replication: int) -> dict[str, float]:
        """Probabilities of one replication by path. [1]"""
        values = self.rows(replication, 1)[0]
        return dict(zip(self.paths, map(float, values), strict=True))

    @cached_property
    def _certain(self) -> tuple[str, ...]:
        """What is correlated with a column and has none: a value that is set keeps the luck of others."""
        named = {name for a, b, _ in self.correlated for name in (a, b)}
        return tuple(sorted(named.difference(self.paths)))

    @cached_property
    def _keys(self) -> NDArray[np.uint32]:
        """Keys of the columns, and of what is correlated with them and has none."""
        return column_keys(f"{self.seed} {self.part}", (*self.paths, *self._certain))

    def _independent(self, first: int, count: int) -> NDArray[np.float64]:
        keys = self._keys
        if self.kind == "sobol":
            return spread_rows(keys, first, count)
        if self.kind == "random":
            return random_rows(keys, first, count)
        groups = range(first // LHS_ROWS, (first + count - 1) // LHS_ROWS + 1)
        sizes = [max(1, min(LHS_ROWS, self.n - group * LHS_ROWS)) for group in groups]
        cubes = [cube_rows(keys, group * LHS_ROWS, size) for group, size in zip(groups, sizes, strict=True)]
        start = first - groups[0] * LHS_ROWS
        return np.concatenate(cubes)[start : start + count]

    def _correlate(self, independent: NDArray[np.float64]) -> NDArray[np.float64]:
        """Independent probabilities as correlated ones, of the same shape. [1]"""
        if not self.correlated:
            return independent
        from scipy.special import ndtr, ndtri

        columns, root = self._copula
        scores = ndtri(independent[:, columns])
        drawn = independent.copy()
        # row by row and score by score: a product of matrices rounds by how many of either there are
        for i, column in enumerate(columns):
            drawn[:, column] = ndtr((scores[:, : i + 1] * root[i, : i + 1]).sum(axis=1))
        return drawn

    @cached_property
    def _copula(self) -> tuple[list[int], NDArray[np.float64]]:
        """Columns that are correlated, by name, and the lower root of their correlation matrix."""
        column = {name: i for i, name in enumerate((*self.paths, *self._certain))}
        names = sorted({name for a, b, _ in self.correlated for name in (a, b)})
        place = {name: i for i, name in enumerate(names)}
        matrix = np.eye(len(names))
        for a, b, rho in self.correlated:
            matrix[place[a], place[b]] = matrix[place[b], place[a]] = rho
        if not (np.linalg.eigvalsh(matrix).min() >= SMALLEST_EIGENVALUE):
            raise StudyError("correlations contradict one another: no joint distribution has them all")
        return [column[name] for name in names], _lower_root(matrix)


def _lower_root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cholesky's root, also of a matrix without full rank; a row is the same whatever rows follow."""
    root = np.zeros_like(matrix)
    for j in range(len(matrix)):
        left = matrix[j:, j] - (root[j:, :j] * root[j, :j]).sum(axis=1)
        if left[0] > SMALLEST_PIVOT:
            root[j:, j] = left / np.sqrt(left[0])
    return root


def check_draws(n: int) -> None:
    """Refuse more draws than any study takes; StudyError says how many there may be."""
    if not n <= MOST_DRAWS:
        raise StudyError(f"draws must be at most {MOST_DRAWS:,} (got {n:,})")


def design_of(scenarios: Sequence[Scenario], seed: int, n: int, kind: str = "sobol") -> Design:
    """Design over the uncertain values of scenarios; what several have is drawn once for all.

    Parameters
    ----------
    scenarios : sequence of Scenario
        The scenarios of a study.
    seed : int
        Seed of the study.
    n : int
        Number of replications.
    kind : {"sobol", "lhs", "random"}
        How probabilities are spread.

    Returns
    -------
    design : Design
        With the correlations the scenarios state.

    Raises
    ------
    StudyError
        If the kind is unknown, the draws are too many, or a correlation cannot be or names no value.
    """
    check_draws(whole("number of draws", n))
    if kind not in DESIGNS:
        raise StudyError(f"unknown design {kind}{near_or_all(kind, list(DESIGNS))}")
    together: dict[str, tuple[str, ...]] = {}
    for scenario in scenarios:
        for name, paths in drawn_together(scenario).items():
            together[name] = (*together.get(name, ()), *paths)
    known = dict(together)
    for scenario in scenarios:
        if scenario.correlations:
            known = numbers_together(scenario) | known
    pairs: dict[tuple[str, str], float] = {}
    for scenario in scenarios:
        for correlation in scenario.correlations:
            group = _matching(known, correlation.of, correlation.id)
            pairs |= {(a, b): correlation.rho for i, a in enumerate(group) for b in group[i + 1 :]}
    return _possible(Design(tuple(together), seed, kind, n, tuple((*two, rho) for two, rho in pairs.items())))


def _possible(design: Design) -> Design:
    """A design whose correlations can be: among the uncertain values alone where only those can."""
    if not design.correlated:
        return design
    among = tuple(pair for pair in design.correlated if {*pair[:2]} <= {*design.paths})
    # One row, so that correlations that cannot be are named before anything is computed.
    replace(design, correlated=among).rows(0, 1)
    try:
        design.rows(0, 1)
    except StudyError:
        return replace(design, correlated=among)
    return design


def _matching(known: Mapping[str, tuple[str, ...]], patterns: Sequence[str], name: str) -> list[str]:
    """Draws whose name, or the path of a value they are for, matches one of the patterns, in order."""
    every = {draw: (draw, *paths) for draw, paths in known.items()}
    for pattern in patterns:
        if not any(fnmatchcase(path, pattern) for paths in every.values() for path in paths):
            hint = did_you_mean(pattern, [path for paths in every.values() for path in paths])
            raise StudyError(f"correlations.{name}: no value is called {pattern}{hint}")
    return [
        draw
        for draw, paths in every.items()
        if any(fnmatchcase(path, pattern) for path in paths for pattern in patterns)
    ]
