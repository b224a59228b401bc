"""A result as what is held of it: figures, dates and percentiles, and the inputs it was made of."""

from __future__ import annotations

import json
import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

from capsim.errors import StudyError
from capsim.projection import Projection
from capsim.study.ensembles import Ensemble
from capsim.study.inputs import scenario_inputs
from capsim.study.statistics import ENDS, PERCENTILES
from capsim.vocabulary import DATED, SHORT, no_result, parse_figure, without_currency

Number = float | str | None
"""A number as JSON has it: null for what is no number, text for an infinite one."""
Percentile = tuple[Number, ...]
"""A percentile and the ends of its 95 % interval: numbers, or dates in ISO form; None where there is none."""
MADE_OF: tuple[str, ...] = ("digest", "catalog", "seed", "n")
"""What is held of the manifest of a study."""


@dataclass(frozen=True)
class Held:
    """What is held of a result against another."""

    name: str
    made_of: Mapping[str, Any] = field(default_factory=dict)
    """Digests of the scenario and the catalogue, seed and number of draws."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """NaN where there is nothing to state."""
    dates: Mapping[str, str | None] = field(default_factory=dict)
    """In ISO form; None where not inside the horizon."""
    percentiles: Mapping[str, Percentile] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """What is neither a number nor a date."""
    also: Mapping[str, Any] = field(default_factory=dict)
    """Plain data of any form, of which each leaf counts as a figure or a text."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Lines of the scenario by path, and rows of the catalogue as ``table/record.field``."""
    money_unit: str = ""
    """Unit of money, such as ``EUR2025``; written nowhere, as names of figures have the currency."""
    items: Mapping[str, str] = field(default_factory=dict)
    """Titles of cost items by id and of values of a catalogue by address; written nowhere."""
    title: str = ""
    """Title of the scenario; written nowhere, and empty where it is not known."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it; without what is empty."""
        plain = {
            "name": self.name,
            "made_of": dict(self.made_of),
            "figures": {name: _plain(value) for name, value in self.figures.items()},
            "dates": dict(self.dates),
            "percentiles": {name: [_plain(v) for v in values] for name, values in self.percentiles.items()},
            "texts": dict(self.texts),
            "also": dict(self.also),
            "inputs": dict(self.inputs),
        }
        return {key: value for key, value in plain.items() if value}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Held:
        """What `to_dict` wrote."""
        figures = {name: math.nan if v is None else float(v) for name, v in record.get("figures", {}).items()}
        percentiles = {name: tuple(values) for name, values in record.get("percentiles", {}).items()}
        return cls(**{**record, "figures": figures, "percentiles": percentiles})

    def leaves(self) -> Held:
        """The same with the leaves of what is held beside, as figures and texts by path."""
        beside = dict(_flattened(dict(self.also)))
        numbers = {path: float(leaf) for path, leaf in beside.items() if _is_number(leaf)}
        texts = {path: json.dumps(leaf) for path, leaf in beside.items() if path not in numbers}
        return replace(self, figures={**self.figures, **numbers}, texts={**self.texts, **texts}, also={})

    def but_for(self, moved: Container[str], pinned: Held) -> Held:
        """The same with the values of another for what has not moved, so that they cannot drift unseen."""
        was = pinned.leaves()

        def kept(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
            return {name: v if name in moved else before.get(name, v) for name, v in now.items()}

        return replace(
            self,
            figures=kept(self.figures, was.figures),
            dates=kept(self.dates, was.dates),
            percentiles=kept(self.percentiles, was.percentiles),
            also=_with_leaves(dict(self.also), kept(self.leaves().figures, was.figures)),
        )


def _plain(value: float | str | None) -> Number:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def held_projection(projection: Projection, figures: Sequence[str] = ()) -> Held:
    """What is held of a projection: the figures and dates asked for in words, or all that it states.

    Raises
    ------
    FigureError
        If it has no such figure.
    """
    manifest = projection.manifest
    about = {"scenario": manifest["digest"], "catalogue": manifest["catalogue"], "seed": manifest["seed"]}
    asked = {words: parse_figure(words) for words in figures}
    if not asked:
        numbers = {name: float(value) for name, value in projection.headline.items()} | _by_item(projection)
        dates = {
            f"{kind} of {phase}": days[kind]
            for phase, days in projection.facts.dates.items()
            for kind in DATED
            if kind in days
        }
    else:
        numbers = {words: projection.figure(words) for words, figure in asked.items() if not figure.is_date}
        days = {words: projection.date(words) for words, figure in asked.items() if figure.is_date}
        dates = {words: None if day is None else day.isoformat() for words, day in days.items()}
    facts, inputs = projection.facts, _inputs(projection)
    return Held(
        projection.name,
        about,
        numbers,
        dates,
        inputs=inputs,
        money_unit=facts.money_unit,
        items=facts.items,
        title=facts.title,
    )


def _by_item(projection: Projection) -> dict[str, float]:
    """Money of each item of the ledger over the horizon, by category. [scenario currency]"""
    ledger, amount = projection.ledger, f"amount_{projection.currency}"
    sums = ledger.groupby(["category", "item"], sort=True)[amount].sum().reset_index()
    of = zip(sums["category"], sums["item"], sums[amount], strict=True)
    return {f"{category} of item {item}": float(total) for category, item, total in of}


def _inputs(projection: Projection) -> dict[str, str]:
    """Inputs of a run by line and row; of a saved projection, which has the values alone, by path."""
    if projection.run is not None:
        return scenario_inputs(projection.run.scenario)
    table = projection.assumptions
    of = zip(table["path"], table["value"], table["distribution"], strict=True)
    return {path: f"{value} {drawn}".strip() for path, value, drawn in of}


def held_ensemble(result: Ensemble, name: str = "", inputs: Mapping[str, str] | None = None) -> Held:
    """What is held of an ensemble: central figures and dates, and percentiles with their 95 % intervals."""
    percentiles = dict[str, Percentile]()
    figures, dates = dict[str, float](), dict[str, str | None]()
    for figure, row in result.figures.to_dict(orient="index").items():
        figures[str(figure)] = float(row["central"])
        percentiles |= {
            f"{figure} P{p}": tuple(_known(row[f"p{p}{end}"]) for end in ENDS) for p in PERCENTILES
        }
    for row in result.dates.reset_index().to_dict(orient="records"):
        words = f"{row['milestone']} of {row['site']}.{row['phase']}"
        dates[words] = _day(row["central"])
        percentiles |= {f"{words} P{p}": tuple(_day(row[f"p{p}{end}"]) for end in ENDS) for p in PERCENTILES}
    about = dict[str, Any]((key, result.manifest[key]) for key in MADE_OF if key in result.manifest)
    unit = result.manifest["money_unit"]
    title = str(result.manifest.get("title", ""))
    return Held(name, about, figures, dates, percentiles, inputs=inputs or {}, money_unit=unit, title=title)


def only(held: Held, asked: Sequence[str]) -> Held:
    """The figures and dates of an ensemble that are asked for in words; all where none is."""
    if not asked:
        return held
    names = [*held.figures, *held.dates]
    chosen = [_named(words, names) for words in asked]
    wanted = {f"{name} P{p}" for name in chosen for p in PERCENTILES}
    return replace(
        held,
        figures={name: held.figures[name] for name in chosen if name in held.figures},
        dates={name: held.dates[name] for name in chosen if name in held.dates},
        percentiles={name: values for name, values in held.percentiles.items() if name in wanted},
    )


def _named(words: str, names: Sequence[str]) -> str:
    """The name that words stand for, with the currency of money or without."""
    bare = {without_currency(name): name for name in names}
    found = words if words in names else bare.get(without_currency(SHORT.get(words, words)))
    if found is None:
        raise StudyError(no_result(words, names))
    return found


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _day(day: Any) -> str | None:
    """A date of a table in ISO form; None where there is none (NaT is not equal to itself)."""
    return day.date().isoformat() if day == day else None  # noqa: PLR0124


def _flattened(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of plain data by path.

    Examples
    --------
    >>> dict(_flattened({"a": [1, {"b": None}], "c": "x"}))
    {'a[0]': 1, 'a[1].b': None, 'c': 'x'}
    """
    if isinstance(tree, dict):
        for key, child in tree.items():
            yield from _flattened(child, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, (list, tuple)):
        for index, child in enumerate(tree):
            yield from _flattened(child, f"{path}[{index}]")
    else:
        yield path, tree


def _with_leaves(tree: Any, leaves: Mapping[str, Any], path: str = "") -> Any:
    """Plain data with the leaves at these paths in place of its own.

    Examples
    --------
    >>> _with_leaves({"a": [1, {"b": 2}], "c": "x"}, {"a[1].b": 3})
    {'a': [1, {'b': 3}], 'c': 'x'}
    """
    if isinstance(tree, dict):
        of = {key: f"{path}.{key}" if path else str(key) for key in tree}
        return {key: _with_leaves(child, leaves, of[key]) for key, child in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_with_leaves(child, leaves, f"{path}[{index}]") for index, child in enumerate(tree)]
    return leaves.get(path, tree)


def _is_number(leaf: Any) -> bool:
    """Whether a leaf of plain data is a number, of numpy or not; true and false are none.

    Examples
    --------
    >>> _is_number(3), _is_number(True), _is_number("3")
    (True, False, False)
    """
    return isinstance(leaf, Real) and not isinstance(leaf, bool)
