"""Split a difference among what was changed, whatever order it is changed in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from capsim.errors import ScenarioError, StudyError
from capsim.scenario import Scenario, override, stream
from capsim.study.changes import Change
from capsim.study.execution import Execution
from capsim.study.figures_of_rows import HEADLINE_ONLY, Kept
from capsim.study.observe import play
from capsim.study.store import Store
from capsim.study.swaps import Part, Parts, case_of, grouped, parts_of, shown_of
from capsim.study.tasks import Case, Variants, computed
from capsim.vocabulary import no_result

MOST_EXACT = 6
"""Drivers up to which every order of them is counted; beyond, orders are sampled."""
SAMPLED_ORDERS = 8
"""Orders sampled, each with its reverse."""
MOST_DRIVERS = 24
"""Drivers kept apart; beyond, those of one record are one."""
KEYS_OF_A_GROUP = (None, 6, 4, 2, 1, 0)
"""Keys of the path that changes of one driver share, from the finest to the coarsest grouping."""


@dataclass(frozen=True)
class Driver:
    """A changed value, or the changes of one record, and the part of the difference it makes."""

    path: str
    """Dotted path of what was changed; empty for all changes together."""
    before: str
    """Value in the first scenario, as a file would have it."""
    after: str
    """Value in the other."""
    effect: float
    """Its part of the difference, in the unit of the figure; the parts add up to it."""


@dataclass(frozen=True)
class Waterfall:
    """How the difference of a figure splits among what was changed. Central estimates."""

    figure: str
    before: float
    after: float
    drivers: tuple[Driver, ...]
    exact: bool
    """Whether all orders were counted (Shapley values); sampled where not."""

    @classmethod
    def from_dict(cls, parts: dict[str, Any]) -> Waterfall:
        """A waterfall from its plain data."""
        return cls(**{**parts, "drivers": tuple(Driver(**driver) for driver in parts["drivers"])})


def waterfall(
    base: Scenario,
    changes: Sequence[Change],
    figure: str,
    execution: Execution,
    *,
    seed: int = 0,
    store: Store | None = None,
    part: str = "waterfall",
    kept: Kept = HEADLINE_ONLY,
) -> Waterfall:
    """Split the difference of a figure among what was changed, whatever order it is changed in.

    Parameters
    ----------
    base : Scenario
        Before the changes.
    changes : sequence of Change
        What was changed, from `changes_between`. Those that only make a valid scenario together
        are one driver, and so are those of one record where there are many.
    figure : str
        Headline figure, or one in words that is kept; a NaN counts as 0 (no such output).
    execution : Execution
        Processes or cluster that compute the runs, and who is told.
    seed : int
        Key of weather and price years.
    store : Store, optional
        Folder of the study, in which the runs are kept until it is finished.
    part : str
        Name of the waterfall in that folder.
    kept : Kept
        What is kept of each run; headline figures where missing.

    Returns
    -------
    waterfall : Waterfall
        Parts that add up to the difference.

    Notes
    -----
    The part of a change is its Shapley value: its effect averaged over all orders in which the
    changes can be made [1]_. Beyond `MOST_EXACT` changes it is the mean over `SAMPLED_ORDERS`
    random orders and their reverses, and each order's effects add up by themselves.

    References
    ----------
    .. [1] L. S. Shapley, A value for n-person games, in: Contributions to the Theory of Games II,
       Princeton University Press, 1953, 307-317.
    """
    layout = kept.layout(play(base, seed, 0))
    if figure not in layout.figures:
        raise StudyError(no_result(figure, layout.figures))
    column = layout.figures.index(figure)

    def values_of(cases: Sequence[Case]) -> list[float]:
        task = Variants(base, tuple(cases), seed, layout.n_columns, kept)
        of_part = store.of(f"{part}-{len(cases)}") if store is not None else None
        rows = computed(task, len(cases), execution, of_part)
        return [float(v) for v in np.nan_to_num(rows[:, column], nan=0.0)]

    for groups in _groupings(base, changes):
        try:
            return _split(figure, groups, values_of, seed)
        except ScenarioError:
            continue
    raise StudyError("the changes do not make a valid scenario")


ValuesOf = Callable[[Sequence[Case]], list[float]]
"""Changes by path of several cases -> the figure of each."""
Groups = dict[str, Parts]
"""What is changed by driver."""


def _groupings(base: Scenario, changes: Sequence[Change]) -> Iterator[Groups]:
    """Ways to group the changes, from the finest that is not too fine.

    A record in the place of another, as a site, is split among its keys where that is finer.
    """
    whole, by_key = [Part(change) for change in changes], parts_of(base, changes)
    if any(part.swap for part in by_key):
        groups = grouped(by_key, lambda case: _is_valid(base, case))
        if len(groups) <= MOST_DRIVERS:
            yield groups
    yield from _by_record(whole)


def _is_valid(base: Scenario, case: Case) -> bool:
    try:
        override(base, case)
    except ScenarioError:
        return False
    return True


def _by_record(parts: Parts) -> Iterator[Groups]:
    """Parts by the record they are of, from the finest that is not too fine."""
    last: Groups | None = None
    for keys in KEYS_OF_A_GROUP:
        groups: Groups = {}
        for part in parts:
            groups.setdefault(".".join(part.change.path.split(".")[:keys]), []).append(part)
        if len(groups) <= MOST_DRIVERS and groups != last:
            yield groups
            last = groups


def _split(figure: str, groups: Groups, values_of: ValuesOf, seed: int) -> Waterfall:
    members, n = list(groups.values()), len(groups)
    exact = n <= MOST_EXACT
    orders = [] if exact else _orders(n, seed)
    subsets = _all_subsets(n) if exact else _prefixes(orders)
    cases = [case_of([part for i in sorted(subset) for part in members[i]]) for subset in subsets]
    value = dict(zip(subsets, values_of(cases), strict=True))
    effects = shapley(n, value) if exact else sampled_shapley(orders, value)
    drivers = (
        Driver(path, *shown_of(group), effect)
        for (path, group), effect in zip(groups.items(), effects, strict=True)
    )
    return Waterfall(figure, value[frozenset()], value[frozenset(range(n))], tuple(drivers), exact)


Subset = frozenset[int]


def _all_subsets(n: int) -> list[Subset]:
    return [frozenset(chosen) for size in range(n + 1) for chosen in combinations(range(n), size)]


def _orders(n: int, seed: int) -> list[list[int]]:
    """Random orders, each followed by its reverse."""
    rng = stream(seed, 0, "shapley")
    drawn = [[int(i) for i in rng.permutation(n)] for _ in range(SAMPLED_ORDERS)]
    return [order for one in drawn for order in (one, one[::-1])]


def _prefixes(orders: Sequence[Sequence[int]]) -> list[Subset]:
    return list(dict.fromkeys(frozenset(order[:size]) for order in orders for size in range(len(order) + 1)))


def shapley(n: int, value: Mapping[Subset, float]) -> list[float]:
    """Shapley values of n players.

    Examples
    --------
    >>> value = {frozenset(s): v for s, v in [((), 0.0), ((0,), 1.0), ((1,), 2.0), ((0, 1), 5.0)]}
    >>> shapley(2, value)
    [2.0, 3.0]
    """
    effects = []
    for player in range(n):
        others = [i for i in range(n) if i != player]
        effect = 0.0
        for size in range(n):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            gains = [value[frozenset(s) | {player}] - value[frozenset(s)] for s in combinations(others, size)]
            effect += weight * math.fsum(gains)
        effects.append(effect)
    return effects


def sampled_shapley(orders: Sequence[Sequence[int]], value: Mapping[Subset, float]) -> list[float]:
    """Mean gain of each player over some orders.

    Examples
    --------
    >>> value = {frozenset(s): v for s, v in [((), 0.0), ((0,), 1.0), ((1,), 2.0), ((0, 1), 5.0)]}
    >>> sampled_shapley([[0, 1], [1, 0]], value)
    [2.0, 3.0]
    """
    gains: list[list[float]] = [[] for _ in orders[0]]
    for order in orders:
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            gains[player].append(value[before | {player}] - value[before])
    return [math.fsum(gain) / len(orders) for gain in gains]
