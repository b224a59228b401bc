"""Drawing a scenario: every uncertain value replaced by one that could come true."""

from __future__ import annotations

from typing import Any

from capsim.scenario.schema import Record, Scenario
from capsim.scenario.streams import stream
from capsim.scenario.tree import Path
from capsim.scenario.uncertain import Uncertain


def uncertain_paths(scenario: Scenario) -> tuple[str, ...]:
    """Dotted paths of the uncertain values, in the order of the scenario."""
    return tuple(".".join(path) for path, _ in _uncertain(scenario, ()))


def _uncertain(value: Any, path: Path) -> list[tuple[Path, Uncertain]]:
    """The uncertain values in a record, a list of records or a mapping."""
    if isinstance(value, Uncertain):
        return [(path, value)]
    return [found for key, child in _children(value) for found in _uncertain(child, (*path, key))]


def _children(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Record):
        return [(info.alias or name, getattr(value, name)) for name, info in type(value).model_fields.items()]
    if isinstance(value, dict):
        return list(value.items())
    elements = value if isinstance(value, tuple) else ()
    return [(str(getattr(element, "id", i)), element) for i, element in enumerate(elements)]


def sample(scenario: Scenario, seed: int, replication: int) -> Scenario:
    """The scenario as one replication of a study has it.

    Each uncertain value is the quantile of its distribution at a probability drawn from the stream
    of its path, so a value added to the scenario changes no other draw. Nothing is validated anew:
    the bounds were checked over the whole range.

    Parameters
    ----------
    scenario : Scenario
        A loaded scenario.
    seed : int
        Seed of the study.
    replication : int
        Number of the replication, from 0.

    Returns
    -------
    sampled : Scenario
        The same scenario with plain numbers for its uncertain values.
    """
    sampled = _sampled(scenario, (), seed, replication)
    return sampled if isinstance(sampled, Scenario) else scenario


def _sampled(value: Any, path: Path, seed: int, replication: int) -> Any:
    """The value with all in it drawn; the same object where nothing in it is uncertain."""
    if isinstance(value, Uncertain):
        probability = stream(seed, replication, "value", ".".join(path)).random()
        return float(value.distribution.ppf(probability))
    children = _children(value)
    drawn = [_sampled(child, (*path, key), seed, replication) for key, child in children]
    if all(new is old for new, (_, old) in zip(drawn, children, strict=True)):
        return value
    if isinstance(value, Record):
        return value.model_copy(update=dict(zip(type(value).model_fields, drawn, strict=True)))
    keys = [key for key, _ in children]
    return dict(zip(keys, drawn, strict=True)) if isinstance(value, dict) else tuple(drawn)
