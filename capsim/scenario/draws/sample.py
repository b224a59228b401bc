"""Drawing a scenario: every uncertain value replaced by one that could come true."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from capsim.language.tree import Path
from capsim.models.uncertain import Uncertain
from capsim.scenario.draws.factors import Factors
from capsim.scenario.draws.streams import stream
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario
from capsim.units import months_to_days

ANNOUNCED = ("energised_on", "ready_for_service_on", "in_service_on")
"""Dates that others announce; one after the scenario's start may slip."""
CHANCE = "cancel_probability"
"""Key whose value is the probability of something that happens or not."""


def uncertain_paths(scenario: Scenario) -> tuple[str, ...]:
    """Dotted paths of the uncertain values, in the order of the scenario."""
    return tuple(uncertain_values(scenario))


def uncertain_values(scenario: Scenario) -> dict[str, Uncertain]:
    """The uncertain values by dotted path, in the order of the scenario."""
    return {".".join(path): value for path, value in _uncertain(scenario, ())}


def _uncertain(value: Any, path: Path) -> list[tuple[Path, Uncertain]]:
    """The uncertain values in a record, a list of records or a mapping."""
    if isinstance(value, Uncertain):
        return [(path, value)]
    return [pair for key, child in _children(value) for pair in _uncertain(child, (*path, key))]


def _children(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Record):
        return [(info.alias or name, getattr(value, name)) for name, info in type(value).model_fields.items()]
    if isinstance(value, dict):
        return list(value.items())
    elements = value if isinstance(value, tuple) else ()
    return [(str(getattr(element, "id", i)), element) for i, element in enumerate(elements)]


_NONE: Mapping[str, float] = MappingProxyType({})


def sample(
    scenario: Scenario,
    seed: int,
    replication: int,
    probabilities: Mapping[str, float] = _NONE,
    *,
    factors: bool = True,
) -> Scenario:
    """The scenario as one replication of a study has it.

    Each uncertain value is the quantile of its distribution at a probability drawn from the stream
    of its path, so a value added to the scenario changes no other draw; values that a common factor
    moves share a part of that probability. Announced dates after the start slip with the
    scenario's probability, and what may be cancelled is or is not. Nothing is validated anew: the
    bounds were checked over the whole range.

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
    factors : bool
        Whether common factors move the values; a study of independent values says no.

    Returns
    -------
    sampled : Scenario
        The same scenario with plain numbers for its uncertain values; `plan` is the one given. A
        scenario that is drawn already stays as it is.
    """
    # a second draw would slip announced dates twice
    if scenario.plan is not scenario:
        return scenario
    drawing = Drawing(scenario, None, seed, replication, probabilities)
    if factors:
        # how values go together is drawn first, and by itself
        uncertainty = _replaced(scenario.uncertainty, ("uncertainty",), drawing.value, drawing.event)
        drawing = replace(drawing, factors=Factors(uncertainty, seed, replication))
    sampled = _replaced(scenario, (), drawing.value, drawing.event)
    drawn: Scenario = sampled if sampled is not scenario else scenario.model_copy()
    drawn._plan = scenario
    return drawn


def assigned(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with some of its uncertain values set, by dotted path; the others stay as they are.

    Nothing is validated anew: the values are taken to lie inside their ranges.
    """
    changed = _replaced(
        scenario,
        (),
        lambda path, uncertain: values.get(".".join(path), uncertain),
        lambda _, value: value,
    )
    return changed if isinstance(changed, Scenario) else scenario


@dataclass(frozen=True)
class Drawing:
    """What drawing a value needs to know."""

    scenario: Scenario
    factors: Factors | None
    """None where values are drawn one by one, and while the correlations themselves are drawn."""
    seed: int
    replication: int
    probabilities: Mapping[str, float]
    """Probabilities by dotted path that stand in for the stream's. [1]"""

    def probability(self, path: Path) -> float:
        """Probability at which the value of a path is drawn."""
        name = ".".join(path)
        alone = self.probabilities.get(name)
        if alone is None:
            alone = float(stream(self.seed, self.replication, "value", name).random())
        return alone if self.factors is None else self.factors.probability(name, alone)

    def value(self, path: Path, uncertain: Uncertain) -> float:
        """Value of a path."""
        return float(uncertain.distribution.ppf(self.probability(path)))

    def event(self, path: Path, value: Any) -> Any:
        """What becomes of a chance or of an announced date; any other value as it is."""
        key = path[-1] if path else ""
        if key == CHANCE and 0.0 < value < 1.0:
            return float(self.probability((*path, "happens")) < value)
        if key in ANNOUNCED and value is not None and value > self.scenario.start:
            return _slipped(value, path, self)
        return value


def _replaced(
    value: Any,
    path: Path,
    number: Callable[[Path, Uncertain], float],
    event: Callable[[Path, Any], Any],
) -> Any:
    """A value with the uncertain ones in it replaced, and what happens; the same object where none is."""
    if isinstance(value, Uncertain):
        value = number(path, value)
    value = event(path, value)
    children = _children(value)
    drawn = [_replaced(child, (*path, key), number, event) for key, child in children]
    # most records hold nothing uncertain, and copying them would cost more than looking
    if all(new is old for new, (_, old) in zip(drawn, children, strict=True)):
        return value
    if isinstance(value, Record):
        return value.model_copy(update=dict(zip(type(value).model_fields, drawn, strict=True)))
    keys = [key for key, _ in children]
    return dict(zip(keys, drawn, strict=True)) if isinstance(value, dict) else tuple(drawn)


def _slipped(announced: date, path: Path, drawing: Drawing) -> date:
    """An announced date as it comes true: kept, or late by an exponential delay."""
    uncertainty = drawing.factors.uncertainty if drawing.factors else drawing.scenario.uncertainty
    slip_d = months_to_days(
        slip_months(drawing.probability(path), uncertainty.on_time_share, uncertainty.mean_slip_months)
    )
    return announced if slip_d <= 0.0 else announced + timedelta(days=round(slip_d))


def slip_months(probability: float, on_time_share: float, mean_slip_months: float) -> float:
    """Quantile of a delay that is 0 with a probability and else exponential. [months]

    Examples
    --------
    >>> slip_months(0.59, 0.6, 8.5), round(slip_months(0.8, 0.6, 8.5), 2)
    (0.0, 5.89)
    """
    if not probability > on_time_share:
        return 0.0
    # the quantile of the exponential among those that are late; log1p keeps its digits near 0
    late = (probability - on_time_share) / (1.0 - on_time_share)
    return -mean_slip_months * math.log1p(-late)
