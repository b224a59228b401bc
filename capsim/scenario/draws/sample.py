"""Drawing a scenario: every uncertain value replaced by one that could come true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType, UnionType
from typing import Any

from capsim.language.tree import Path
from capsim.models.uncertain import Uncertain
from capsim.scenario.draws.factors import Factors
from capsim.scenario.draws.risks import with_risks
from capsim.scenario.draws.slips import ANNOUNCED, Announcements
from capsim.scenario.draws.streams import stream
from capsim.scenario.draws.together import draw_names
from capsim.scenario.records.record import Record, with_fields
from capsim.scenario.records.schema import Scenario

CHANCE = "cancel_probability"
"""Key whose value is the probability of something that happens or not."""


Places = dict[str | int, Any]
"""What is drawn in a record, a list or a mapping, by the part that holds it: the dotted path of a value, or
the places inside."""


def uncertain_paths(scenario: Scenario) -> tuple[str, ...]:
    """Dotted paths of the uncertain values, in the order of the scenario."""
    return tuple(uncertain_values(scenario))


def uncertain_values(scenario: Scenario) -> dict[str, Uncertain]:
    """The uncertain values by dotted path, in the order of the scenario."""
    return {".".join(path): value for path, value in _found(scenario, (), Uncertain)}


def drawn_together(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Dotted paths of the uncertain values by the name of their draw: a path where it is drawn by itself."""
    return _by_draw(scenario, uncertain_values(scenario))


def numbers_together(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Dotted paths of all numbers by the name of the draw that each has where it is uncertain."""
    return _by_draw(scenario, [".".join(path) for path, _ in _found(scenario, (), float | int)])


def _by_draw(scenario: Scenario, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    names, together = draw_names(scenario), dict[str, tuple[str, ...]]()
    for path in paths:
        name = names.get(path, path)
        together[name] = (*together.get(name, ()), path)
    return together


def _found(value: Any, path: Path, kind: type | UnionType) -> list[tuple[Path, Any]]:
    """The values of a kind in a record, a list of records or a mapping."""
    if isinstance(value, kind):
        return [] if isinstance(value, bool) else [(path, value)]
    return [pair for _, key, child in _parts(value) for pair in _found(child, (*path, key), kind)]


def _parts(value: Any) -> list[tuple[str | int, str, Any]]:
    """What a record, a list of records or a mapping is made of: the part, its key in paths, its value."""
    if isinstance(value, Record):
        fields = type(value).model_fields.items()
        return [(name, info.alias or name, getattr(value, name)) for name, info in fields]
    if isinstance(value, dict):
        return [(key, key, element) for key, element in value.items()]
    elements = value if isinstance(value, tuple) else ()
    return [(i, str(getattr(element, "id", i)), element) for i, element in enumerate(elements)]


def _places(value: Any, path: Path, is_drawn: Callable[[str, Any], bool]) -> str | Places | None:
    """Where something is drawn in a value: a path, or places inside it; None where nothing is."""
    dotted = ".".join(path)
    if is_drawn(dotted, value):
        return dotted
    inside = ((part, _places(child, (*path, key), is_drawn)) for part, key, child in _parts(value))
    return {part: places for part, places in inside if places is not None} or None


def _replaced(value: Any, places: str | Places | None, new: Callable[[str, Any], Any]) -> Any:
    """A value with what is at the places made new; all other records in it stay the same objects."""
    if isinstance(places, str):
        return new(places, value)
    # most records hold nothing uncertain, and copying them would cost more than all draws
    if places is None:
        return value
    if isinstance(value, Record):
        fields = {str(part): _replaced(getattr(value, str(part)), at, new) for part, at in places.items()}
        return with_fields(value, fields)
    changed = {part: _replaced(value[part], at, new) for part, at in places.items()}
    if isinstance(value, dict):
        return value | changed
    return tuple(changed.get(i, element) for i, element in enumerate(value))


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
    of its path, or of the thing it is a value of, so a value added to the scenario changes no other
    draw; values that a common factor moves share a part of that probability. Announced dates after the
    start slip with the scenario's probability, and what may be cancelled is or is not. Nothing is
    validated anew: the bounds were checked over the whole range.

    Parameters
    ----------
    scenario : Scenario
        A loaded scenario.
    seed : int
        Seed of the study.
    replication : int
        Number of the replication, from 0.
    probabilities : mapping of str to float, optional
        Probabilities by draw, as `drawn_together` names them, that a study drew by its own design; in
        (0, 1). The stream of a draw is used where it has none here. [1]
    factors : bool
        Whether common factors move the values; a study of independent values says no.

    Returns
    -------
    sampled : Scenario
        The same scenario with plain numbers for its uncertain values; `plan` is the one given. A
        scenario that is drawn already stays as it is.
    """
    return Sampler(scenario).sample(seed, replication, probabilities, factors=factors)


@dataclass(frozen=True)
class Sampler:
    """Draws a scenario again and again, as `sample` does, and looks for what is drawn in it once."""

    scenario: Scenario

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names of the draws of values that are drawn with their like."""
        return draw_names(self.scenario)

    @cached_property
    def _uncertain(self) -> tuple[tuple[str, str], ...]:
        """Paths of the uncertain values, each with the name of its draw."""
        return tuple((path, self._names.get(path, path)) for path in uncertain_paths(self.scenario))

    @cached_property
    def _announced(self) -> Announcements:
        """The announced dates, by what slips together."""
        return Announcements(self.scenario)

    @cached_property
    def _drawn_at(self) -> Places:
        """Where something is drawn."""

        def is_drawn(path: str, value: Any) -> bool:
            key = path.rpartition(".")[2]
            return (
                isinstance(value, Uncertain)
                or (key == CHANCE and 0.0 < value < 1.0)
                or (key in ANNOUNCED and value is not None and value > self.scenario.known_until)
            )

        places = _places(self.scenario, (), is_drawn)
        return places if isinstance(places, dict) else {}

    def sample(
        self,
        seed: int,
        replication: int,
        probabilities: Mapping[str, float] = _NONE,
        *,
        factors: bool = True,
    ) -> Scenario:
        """The scenario as one replication of a study has it."""
        scenario = self.scenario
        # a second draw would slip announced dates twice
        if scenario.plan is not scenario:
            return scenario
        drawing = Drawing(self._names, None, seed, replication, probabilities)
        uncertainty = scenario.uncertainty
        if factors:
            # how values go together is drawn first, and by itself
            places = self._drawn_at.get("uncertainty")
            uncertainty = _replaced(scenario.uncertainty, places, drawing.value)
            drawing = replace(drawing, factors=Factors(uncertainty, seed, replication))
            drawing = replace(drawing, known=self._at_once(drawing))
        dates = self._announced.drawn(uncertainty, seed, replication, drawing.factors)
        drawing = replace(drawing, dates=dates)
        drawn: Scenario = _replaced(scenario, self._drawn_at, drawing.value)
        drawn = with_risks(drawn, seed, replication)
        drawn._plan = scenario
        return drawn

    def _at_once(self, drawing: Drawing) -> dict[str, float]:
        """Probabilities of all uncertain values by dotted path, which takes less than one by one."""
        paths = [path for path, _ in self._uncertain]
        alone = [drawing.alone(name) for _, name in self._uncertain]
        factors = drawing.factors
        at = alone if factors is None else factors.probabilities(paths, alone)
        return dict(zip(paths, at, strict=True))


def assigned(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with some of its uncertain values set, by dotted path; the others stay as they are.

    Nothing is validated anew: the values are taken to lie inside their ranges.
    """
    places = _places(scenario, (), lambda path, value: isinstance(value, Uncertain) and path in values)
    changed: Scenario = _replaced(scenario, places, lambda path, _: values[path])
    return changed


@dataclass(frozen=True)
class Drawing:
    """What drawing a value needs to know."""

    names: Mapping[str, str]
    """Name of the draw by dotted path, of what is drawn with its like."""
    factors: Factors | None
    """None where values are drawn one by one, and while the correlations themselves are drawn."""
    seed: int
    replication: int
    probabilities: Mapping[str, float]
    """Probabilities by draw that stand in for the stream's. [1]"""
    dates: Mapping[str, date] = field(default_factory=dict)
    """What announced dates come true as, by dotted path."""
    known: Mapping[str, float] = field(default_factory=dict)
    """Probabilities by dotted path that are found already, factors included. [1]"""

    def alone(self, name: str) -> float:
        """Probability of a draw by itself."""
        alone = self.probabilities.get(name)
        if alone is None:
            alone = float(stream(self.seed, self.replication, "value", name).random())
        return alone

    def probability(self, path: str) -> float:
        """Probability at which the value of a path is drawn."""
        known = self.known.get(path)
        if known is not None:
            return known
        alone = self.alone(self.names.get(path, path))
        return alone if self.factors is None else self.factors.probability(path, alone)

    def value(self, path: str, value: Any) -> Any:
        """What becomes of an uncertain value, of a chance, and of an announced date."""
        if isinstance(value, Uncertain):
            value = float(value.distribution.ppf(self.probability(path)))
        key = path.rpartition(".")[2]
        if key == CHANCE and 0.0 < value < 1.0:
            return float(self.probability(f"{path}.happens") < value)
        return self.dates.get(path, value) if key in ANNOUNCED else value
