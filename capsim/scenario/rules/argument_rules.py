"""Arguments that a scenario passes to a model, tried on a few hours.

A model knows the range of each of its arguments and refuses what lies outside. Tried while the
scenario is loaded, a refusal is a fault of the file, with its line, and not a crash of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from capsim.language.tree import Faults, Node, Path, Place, as_written, plain
from capsim.models.cooling import coefficient_faults
from capsim.models.demand import DEMAND_SHAPES
from capsim.models.stages import STAGE_KINDS
from capsim.models.uncertain import parse_distribution
from capsim.registry import Table
from capsim.units import DAYS_PER_WEEK, HOURS_PER_DAY


def check_cooling_arguments(
    name: str, given: Mapping[str, Node], path: Path, at: Place, faults: Faults
) -> None:
    """Find arguments that no plant has, in all that can be drawn, or that have no meaning for this one."""
    for key, rule in coefficient_faults(name, {key: ends(node) for key, node in given.items()}):
        if key:
            faults.add(given[key].place, (*path, key), rule, as_written(given[key]))
        else:
            faults.add(at, path, rule)


def ends(node: Node) -> tuple[float, ...]:
    """Central estimate of a number in the tree, and the ends of its range."""
    middle = central(node)
    if middle is None:
        return ()
    return (middle, *parse_distribution(plain(node)).support) if node.is_distribution else (middle,)


def highest(node: Node | None) -> float:
    """Upper end of what can be drawn for a number in the tree; 0 where there is none."""
    return max(ends(node), default=0.0) if node is not None else 0.0


def check_shape_arguments(
    name: str, given: Mapping[str, Node], path: Path, at: Place, faults: Faults
) -> None:
    """Find arguments outside the range of a demand shape: every hour of a week."""

    def shape(**values: Any) -> object:
        return DEMAND_SHAPES[name](np.arange(DAYS_PER_WEEK * HOURS_PER_DAY), **values)

    _check(DEMAND_SHAPES, name, shape, given, path, at, faults)


def check_stage_arguments(
    name: str, given: Mapping[str, Node], path: Path, at: Place, faults: Faults
) -> None:
    """Find arguments outside the range of a kind of stage, in all that can be drawn: a stage of a day."""
    values = {key: ends(node) for key, node in given.items()}
    if not all(values.values()) or STAGE_KINDS.faults(name, given):
        return
    middle = {key: found[0] for key, found in values.items()}
    tried = [{**middle, key: end} for key, found in values.items() for end in found[1:]]
    for arguments in (middle, *tried):
        try:
            STAGE_KINDS[name](1.0, None, **arguments)
        except ValueError as refusal:
            _refuse(refusal, given, path, at, faults)
            return


def _check(
    table: Table[Any],
    name: str,
    model: Callable[..., object],
    given: Mapping[str, Node],
    path: Path,
    at: Place,
    faults: Faults,
) -> None:
    """Try the central estimates; a refusal names the argument first, which tells its place."""
    values = {key: central(node) for key, node in given.items()}
    if None in values.values() or table.faults(name, values):
        return
    try:
        model(**values)
    except ValueError as refusal:
        _refuse(refusal, given, path, at, faults)


def _refuse(refusal: ValueError, given: Mapping[str, Node], path: Path, at: Place, faults: Faults) -> None:
    """A model's refusal as a fault: at the argument it names, or at the model."""
    key, _, rule = str(refusal).partition(" (got ")[0].partition(" ")
    node = given.get(key)
    if node is None:
        faults.add(at, path, str(refusal))
    else:
        faults.add(node.place, (*path, key), rule, as_written(node))


def central(node: Node | None) -> float | None:
    """Central estimate of a number in the tree; None where it is none."""
    if node is None:
        return None
    if node.is_distribution:
        try:
            return parse_distribution(plain(node)).central
        except ValueError:
            return None
    is_number = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    return float(node.value) if is_number else None
