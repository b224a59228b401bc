"""What moves the draws of an ensemble away from their central run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.scenario import Factors, Scenario, drawn_together, factor_of, uncertain_values
from capsim.study.draws import Design

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 256
"""Replications whose drawn values are held at a time."""
MOST_DRIVERS = 3
"""Values that are named for a figure."""
LEAST_SHARE = 0.1
"""Least share of the shift a named value has: what does less moves no plan back among its draws. [1]"""
REST = "slips of announced dates, events, weather, prices and all else"
"""What the named values do not explain."""
TAIL = 0.025
"""Chance, on either side, that a value without any effect is named. [1]"""

Sums = NDArray[np.float64]
"""Sums over replications."""
Drivers = dict[str, dict[str, float]]
"""By figure, how far each driver moves the mean from the central run, in the unit of the figure."""


def drivers(
    scenario: Scenario,
    design: Design,
    central: pd.Series[float],
    figures: Mapping[str, NDArray[np.float64]],
) -> Drivers:
    r"""What moves the mean of figures away from their central run.

    Parameters
    ----------
    scenario : Scenario
        The scenario the design is of.
    design : Design
        Probabilities of its uncertain values.
    central : pandas.Series
        Value of each figure in the central run.
    figures : mapping of str to ndarray of float64, shape (n,)
        Its value in each replication; one that is not a number is left out.

    Returns
    -------
    moved : dict of dict
        By figure, the largest few shifts by path, and the rest under `REST`; together they are the
        mean minus the central run.

    Notes
    -----
    Values of one kind in all places are one driver, here the sum of their deviations. It shifts the
    mean by :math:`\beta_i(\bar x_i - c_i)`: the slope of the figure on it, by least squares, times
    how far its mean draw is from its central estimate. Taken up are those whose correlation with
    the figure is beyond chance, by Bonferroni's bound :math:`z_{1-0.025/k}/\sqrt n` for k drivers, and
    kept are those whose slope is beyond chance beside the others (backward elimination by the same
    bound on t): delays go together, and one that only goes along with a cause is none.
    Linear, so good for naming a cause; what curves is in the rest.
    """
    if not figures or not design.paths:
        return {}
    names, n = list(figures), len(next(iter(figures.values())))
    kinds = kinds_of(scenario, mentioned(scenario, design))
    # All that varies between the draws of this scenario may be its streams.
    if not kinds:
        return {}
    squares = np.zeros((len(names), len(kinds), len(kinds)))
    sums, totals = np.zeros((2, len(names), len(kinds))), np.zeros((3, len(names)))
    for first in range(0, n, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, n - first)
        x = _deviations(scenario, design, kinds, range(first, first + count))
        y = np.stack([figures[name][first : first + count] - central[name] for name in names], axis=1)
        is_number = (~np.isnan(y)).astype(np.float64)
        y = np.nan_to_num(y)
        # Summed up in place, so that memory does not grow with the replications.
        squares += np.einsum("rj,ri,rk->jik", is_number, x, x)
        sums += [np.einsum("rj,ri->ji", weight, x) for weight in (is_number, y)]
        totals += [is_number.sum(axis=0), y.sum(axis=0), (y * y).sum(axis=0)]
    return {name: _largest(list(kinds), squares[j], sums[:, j], totals[:, j]) for j, name in enumerate(names)}


def mentioned(scenario: Scenario, design: Design) -> tuple[str, ...]:
    """The first path that each draw of a design is for; empty where it is for another scenario of a grid."""
    together = drawn_together(scenario)
    return tuple(together.get(name, ("",))[0] for name in design.paths)


def kinds_of(scenario: Scenario, paths: tuple[str, ...]) -> dict[str, list[int]]:
    """Columns by path with a star for each site, phase and what is in them."""
    places = {site.id for site in scenario.sites}
    for site in scenario.sites:
        places |= {step.id for step in site.grid_connection} | {phase.id for phase in site.phases}
        places |= {deployment.id for phase in site.phases for deployment in phase.deployments}
    kinds: dict[str, list[int]] = {}
    for column, path in enumerate(paths):
        if not path:
            continue
        parts = path.split(".")
        kinds.setdefault(".".join("*" if part in places else part for part in parts), []).append(column)
    return {paths[columns[0]] if len(columns) == 1 else kind: columns for kind, columns in kinds.items()}


def _deviations(
    scenario: Scenario, design: Design, kinds: Mapping[str, list[int]], replications: range
) -> NDArray[np.float64]:
    """Drawn minus central values, summed by kind, shape (rows, kinds)."""
    spread, paths = uncertain_values(scenario), mentioned(scenario, design)
    p = probabilities(scenario, design, replications)
    deviations = [
        spread[path].distribution.ppf(p[:, i]) - float(spread[path]) if path else np.zeros(len(p))
        for i, path in enumerate(paths)
    ]
    x = np.stack(deviations, axis=1)
    return np.stack([x[:, columns].sum(axis=1) for columns in kinds.values()], axis=1)


def probabilities(scenario: Scenario, design: Design, replications: range) -> NDArray[np.float64]:
    """Probabilities of a design as common factors of delays move them, shape (rows, draws)."""
    from scipy.special import ndtr, ndtri

    p, paths = design.rows(replications[0], len(replications)), mentioned(scenario, design)
    columns: dict[tuple[str, float], list[int]] = {}
    for column, path in enumerate(paths):
        factor = factor_of(path, scenario.uncertainty)
        if path and factor[1] > 0.0:
            columns.setdefault(factor, []).append(column)
    moved = [Factors(scenario.uncertainty, design.seed, k) for k in replications]
    for (_, correlation), those in columns.items():
        path = paths[those[0]]
        common = ndtri([factors.probability(path, 0.5) for factors in moved])
        p[:, those] = ndtr(common[:, None] + np.sqrt(1.0 - correlation) * ndtri(p[:, those]))
    return p


def _largest(kinds: list[str], products: Sums, sums: Sums, totals: Sums) -> dict[str, float]:
    """The largest shifts, from sums over n rows of x x', x, x y, y and y squared, and the rest."""
    from scipy.special import ndtri

    n, total, squares = totals
    mean = sums[0] / n
    covariance = sums[1] - mean * total
    between = products - np.outer(mean, sums[0])
    spread = max(squares - total**2 / n, 0.0)
    scale = np.sqrt(np.maximum(np.diag(between) * spread, 0.0))
    correlation = np.divide(covariance, scale, out=np.zeros_like(mean), where=scale > 0)
    bound = float(ndtri(1 - TAIL / len(kinds)))
    chosen = np.flatnonzero(np.abs(correlation) > bound / np.sqrt(n))
    slope, t = _slopes(between, covariance, spread, chosen, n)
    while len(chosen) > 1 and t.min() < bound:
        chosen = np.delete(chosen, int(t.argmin()))
        slope, t = _slopes(between, covariance, spread, chosen, n)
    shift, least = slope * mean[chosen], LEAST_SHARE * abs(total / n)
    top = [i for i in np.argsort(-np.abs(shift), kind="stable")[:MOST_DRIVERS] if abs(shift[i]) > least]
    named = {kinds[chosen[i]]: float(shift[i]) for i in top}
    return named | {REST: float(total / n - sum(named.values()))}


def _slopes(
    between: Sums, covariance: Sums, spread: float, chosen: NDArray[np.int64], n: float
) -> tuple[Sums, Sums]:
    """Slopes of a figure on the chosen values together, and how many standard errors each is from 0."""
    of_chosen = between[np.ix_(chosen, chosen)]
    slope = np.asarray(np.linalg.lstsq(of_chosen, covariance[chosen], rcond=None)[0], dtype=np.float64)
    left = max(spread - float(slope @ covariance[chosen]), 0.0) / max(n - len(chosen) - 1.0, 1.0)
    error = np.sqrt(left * np.diag(np.linalg.pinv(of_chosen)))
    return slope, np.divide(np.abs(slope), error, out=np.full_like(slope, np.inf), where=error > 0)
