"""The design of a study: which probability each uncertain value has in each replication.

Columns belong to paths and rows to replications, so a row is the same whatever process computes it
and whatever rows were computed before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.registry import did_you_mean, near_or_all
from capsim.scenario import Scenario, drawn_together, stream
from capsim.study.sobol import sobol_points

MOST_DRAWS = 2**24
"""Draws of a study at most: at 15 ms each they take a processor three days. [draws]"""
DESIGNS = ("sobol", "lhs", "random")
"""Scrambled Sobol' sequence, Latin hypercube in groups of `LHS_ROWS`, independent draws."""
LHS_ROWS = 256
"""Replications of one Latin hypercube; a longer study has several, drawn one by one."""
HALF_CELL = 2.0**-32
"""Distance kept from 0 and 1, where a quantile may be infinite. [1]"""
SMALLEST_EIGENVALUE = -1e-9
"""Least eigenvalue a correlation matrix may have, after rounding."""

Correlated = tuple[int, int, float]
"""Two columns and the correlation between them."""


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

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Probabilities of `count` replications from `first` on, shape (count, n_paths). [1]"""
        # The sequence has no dimension 0.
        if not self.paths:
            return np.empty((count, 0))
        return self.correlate(np.clip(self._independent(first, count), HALF_CELL, 1.0 - HALF_CELL))

    def row(self, replication: int) -> dict[str, float]:
        """Probabilities of one replication by path. [1]"""
        values = self.rows(replication, 1)[0]
        return dict(zip(self.paths, map(float, values), strict=True))

    def _independent(self, first: int, count: int) -> NDArray[np.float64]:
        if self.kind == "sobol":
            return sobol_rows(len(self.paths), self.seed, first, count)
        if self.kind == "random":
            return np.array([self._random_row(k) for k in range(first, first + count)])
        groups = range(first // LHS_ROWS, (first + count - 1) // LHS_ROWS + 1)
        cubes = np.concatenate([self._cube(group) for group in groups])
        start = first - groups[0] * LHS_ROWS
        return np.asarray(cubes[start : start + count])

    def _random_row(self, replication: int) -> list[float]:
        return [stream(self.seed, replication, "value", path).random() for path in self.paths]

    def _cube(self, group: int) -> NDArray[np.float64]:
        from scipy.stats import qmc

        size = max(1, min(LHS_ROWS, self.n - group * LHS_ROWS))
        rng = stream(self.seed, group, "latin-hypercube")
        return np.asarray(qmc.LatinHypercube(len(self.paths), rng=rng).random(size))

    def correlate(self, independent: NDArray[np.float64]) -> NDArray[np.float64]:
        """Independent probabilities as correlated ones, of the same shape. [1]"""
        if not self.correlated:
            return independent
        from scipy.special import ndtr, ndtri

        columns, root = self._copula
        # In place in a copy, since most columns stay as they are.
        drawn = independent.copy()
        drawn[:, columns] = ndtr(ndtri(independent[:, columns]) @ root)
        return np.asarray(np.clip(drawn, HALF_CELL, 1.0 - HALF_CELL))

    @cached_property
    def _copula(self) -> tuple[list[int], NDArray[np.float64]]:
        """Columns that are correlated, and the symmetric root of their correlation matrix."""
        columns = sorted({column for a, b, _ in self.correlated for column in (a, b)})
        place = {column: i for i, column in enumerate(columns)}
        matrix = np.eye(len(columns))
        for a, b, rho in self.correlated:
            matrix[place[a], place[b]] = matrix[place[b], place[a]] = rho
        values, vectors = np.linalg.eigh(matrix)
        if not (values.min() >= SMALLEST_EIGENVALUE):
            raise StudyError("correlations contradict one another: no joint distribution has them all")
        return columns, np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def sobol_rows(n_columns: int, seed: int, first: int, count: int) -> NDArray[np.float64]:
    """Rows of the scrambled Sobol' sequence, in the middle of their cells."""
    return sobol_points(n_columns, seed, first, count) + HALF_CELL


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
        If the kind is unknown, the draws are too many, or a correlation cannot be or names no uncertain
        value.
    """
    check_draws(n)
    if kind not in DESIGNS:
        raise StudyError(f"unknown design {kind}{near_or_all(kind, list(DESIGNS))}")
    together: dict[str, tuple[str, ...]] = {}
    for scenario in scenarios:
        for name, paths in drawn_together(scenario).items():
            together[name] = (*together.get(name, (name,)), *paths)
    pairs: dict[tuple[int, int], float] = {}
    for scenario in scenarios:
        for correlation in scenario.correlations:
            group = _matching(together, correlation.of, correlation.id)
            pairs |= {(a, b): correlation.rho for i, a in enumerate(group) for b in group[i + 1 :]}
    design = Design(tuple(together), seed, kind, n, tuple((a, b, rho) for (a, b), rho in pairs.items()))
    # One row, so that correlations that cannot be are named before anything is computed.
    if design.correlated:
        design.rows(0, 1)
    return design


def _matching(together: Mapping[str, tuple[str, ...]], patterns: Sequence[str], name: str) -> list[int]:
    """Columns whose draw, or the path of a value it is for, matches one of the patterns, in order."""
    for pattern in patterns:
        if not any(fnmatchcase(path, pattern) for paths in together.values() for path in paths):
            hint = did_you_mean(pattern, [path for paths in together.values() for path in paths])
            raise StudyError(f"correlations.{name}: no uncertain value is called {pattern}{hint}")
    found = (any(fnmatchcase(path, p) for path in paths for p in patterns) for paths in together.values())
    return [i for i, is_found in enumerate(found) if is_found]
