"""Drawing a scenario: every uncertain value replaced by one that could come true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from capsim.scenario.schema import Record, Scenario
from capsim.scenario.streams import stream
from capsim.scenario.tree import Path
from capsim.scenario.uncertain import Uncertain


def uncertain_paths(scenario: Scenario) -> tuple[str, ...]:
    """Dotted paths of the uncertain values, in the order of the scenario."""
    return tuple(".".join(path) for path, _ in _uncertain(scenario, ()))


def uncertain_values(scenario: Scenario) -> dict[str, Uncertain]:
    """The uncertain values by dotted path, in the order of the scenario."""
    return {".".join(path): value for path, value in _uncertain(scenario, ())}


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


_NONE: Mapping[str, float] = {}


def sample(
    scenario: Scenario, seed: int, replication: int, probabilities: Mapping[str, float] = _NONE
) -> Scenario:
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
    probabilities : mapping of str to float, optional
        Probabilities by dotted path that a study drew by its own design; in (0, 1). The stream of
        a path is used where it has none here. [1]

    Returns
    -------
    sampled : Scenario
        The same scenario with plain numbers for its uncertain values.
    """
    sampled = _replaced(scenario, (), _Draw(seed, replication, probabilities))
    return sampled if isinstance(sampled, Scenario) else scenario


def assigned(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with some of its uncertain values set, by dotted path; the others stay as they are.

    Nothing is validated anew: the values are taken to lie inside their ranges.
    """
    changed = _replaced(scenario, (), _Assigned(values))
    return changed if isinstance(changed, Scenario) else scenario


class _Draw(NamedTuple):
    """Values of a replication, and where their probabilities come from."""

    seed: int
    replication: int
    probabilities: Mapping[str, float]

    def value(self, path: Path, uncertain: Uncertain) -> float:
        """Value of a path."""
        dotted = ".".join(path)
        probability = self.probabilities.get(dotted)
        if probability is None:
            probability = stream(self.seed, self.replication, "value", dotted).random()
        return float(uncertain.distribution.ppf(probability))


class _Assigned(NamedTuple):
    """Values given by dotted path."""

    values: Mapping[str, float]

    def value(self, path: Path, uncertain: Uncertain) -> float:
        """Value of a path, the uncertain one itself where none is given."""
        return self.values.get(".".join(path), uncertain)


def _replaced(value: Any, path: Path, by: _Draw | _Assigned) -> Any:
    """The value with the uncertain ones in it replaced; the same object where none is."""
    if isinstance(value, Uncertain):
        return by.value(path, value)
    children = _children(value)
    drawn = [_replaced(child, (*path, key), by) for key, child in children]
    if all(new is old for new, (_, old) in zip(drawn, children, strict=True)):
        return value
    if isinstance(value, Record):
        return value.model_copy(update=dict(zip(type(value).model_fields, drawn, strict=True)))
    keys = [key for key, _ in children]
    return dict(zip(keys, drawn, strict=True)) if isinstance(value, dict) else tuple(drawn)
