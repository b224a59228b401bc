"""Arguments that a scenario passes to a model, tried on a few hours.

A model knows the range of each of its arguments and refuses what lies outside. Tried while the
scenario is loaded, a refusal is a fault of the file, with its line, and not a crash of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from capsim.language.tree import Path
from capsim.models.cooling import COOLING, coefficient_faults, coefficient_names
from capsim.models.demand import DEMAND_SHAPES
from capsim.registry import did_you_mean
from capsim.scenario.records.operations_records import Cooling, Shape
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, rule
from capsim.units import DAYS_PER_WEEK, HOURS_PER_DAY


def refused(model: Callable[..., object], arguments: Mapping[str, float], at: Path | None = None) -> Issues:
    """Try central estimates on a model; a refusal names the argument first, which tells its place."""
    try:
        model(**{key: float(value) for key, value in arguments.items()})
    except TypeError as wrong:
        # a user's own function that cannot be called as its table calls it
        yield Issue(("arguments",), f"cannot be called: {wrong}", at=at)
    except ValueError as refusal:
        key, _, rule = str(refusal).partition(" (got ")[0].partition(" ")
        yield _issue(key, rule, at) if key in arguments else _issue("", str(refusal), at)


def _issue(key: str, rule: str, at: Path | None) -> Issue:
    """What is wrong with an argument; with all of them together where no key is given."""
    return Issue(("arguments", key), rule, got=True) if key else Issue(("arguments",), rule, at=at)


@rule
def shape_takes_the_arguments(shape: Shape, _: Around) -> Issues:
    """A demand shape is known, has the arguments it takes, and accepts them in every hour of a week."""
    parameters = DEMAND_SHAPES.parameters(shape.name) if shape.name in DEMAND_SHAPES else {}
    faults = DEMAND_SHAPES.faults(shape.name, shape.arguments)
    for fault in faults:
        key = next((w for w in fault.split() if w in shape.arguments and w not in parameters), None)
        yield Issue(("arguments", key) if key else ("name",), fault)
    if not faults:
        hours = np.arange(DAYS_PER_WEEK * HOURS_PER_DAY)
        yield from refused(lambda **v: DEMAND_SHAPES[shape.name](hours, **v), shape.arguments, at=("name",))


@rule
def cooling_takes_the_arguments(cooling: Cooling, around: Around) -> Issues:
    """The model of a cooling preset has the arguments it takes, and accepts them."""
    entry = around.catalog.tables["cooling"].get(cooling.preset)
    # an unknown preset has a fault of its own
    if entry is None:
        return
    model = entry.text("model")
    if model not in COOLING:
        hint = did_you_mean(model, COOLING.names)
        yield Issue(("preset",), f"the preset's model {model} is unknown{hint}", got=True)
        return
    names = coefficient_names(model)
    for key in (key for key in cooling.arguments if key not in names):
        hint = did_you_mean(key, names)
        yield Issue(("arguments", key), f"unknown argument of cooling model {model}{hint}")
    missing = [name for name in names if name not in cooling.arguments]
    if missing:
        yield Issue(("arguments",), f"cooling model {model} needs {', '.join(missing)}", at=("preset",))
    # what no plant has, in all that can be drawn, or what has no meaning for this one
    drawn = {key: ends(value) for key, value in cooling.arguments.items()}
    for key, fault in coefficient_faults(model, drawn):
        yield _issue(key, fault, ("preset",))
