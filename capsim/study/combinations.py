"""The scenarios of a grid: files, their overrides and swept values, each combination with a name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain, count, product
from typing import Any

from capsim.errors import ScenarioError, StudyError
from capsim.projection import money_unit
from capsim.scenario import Scenario, load, override
from capsim.study.sweeps import Axes, as_swept

MOST_VARIANTS = 500
"""Variants a grid may have."""
BASE = "base"
"""What the file as it stands is called among overrides."""
TOGETHER = "+"
"""Between overrides that make one variant together."""
APART = "/"
"""Between the parts of a variant's name."""


def variants(
    files: Sequence[str | os.PathLike[str]],
    *,
    overrides: Sequence[str] = (),
    sets: Sequence[str] = (),
    axes: Axes | None = None,
) -> dict[str, Scenario]:
    """Every combination of files, overrides and swept values, by name.

    Parameters
    ----------
    files : sequence of str or path-like
        Scenario files.
    overrides : sequence of str
        Named overrides, each a variant of every file; ``x+y`` applies two together, and ``base`` is the file
        as it stands. Without any, files are taken as they stand.
    sets : sequence of str
        Values set in all variants, such as ``"finance.wacc_real=0.08"``.
    axes : mapping of str to sequence, optional
        Values by dotted path, each combination a variant.

    Returns
    -------
    variants : dict of str to Scenario
        In the order of files, overrides and values, the last varying fastest. A name says only what differs:
        ``aion-288k-h100e/rubin/wacc_real=0.08``.

    Raises
    ------
    StudyError
        If two variants have one name, or there are too many.
    ScenarioError
        If a variant is no valid scenario.
    """
    axes = axes or {}
    points = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    n = len(files) * max(1, len(overrides)) * len(points)
    if not 0 < n <= MOST_VARIANTS:
        raise StudyError(f"a grid has from 1 to {MOST_VARIANTS:,} variants (got {n:,})")
    labels, keys = _of_files(files, overrides, sets), _short(axes)
    made: dict[str, Scenario] = {}
    for (label, scenario), point in product(labels, points):
        swept = [f"{keys[path]}={_written(value)}" for path, value in point.items()]
        name = APART.join([*label, *swept]) or scenario.name
        if name in made:
            raise StudyError(f"two variants are called {name}: an override or a value is named twice")
        made[name] = _at(scenario, point)
    return made


def _of_files(
    files: Sequence[str | os.PathLike[str]], overrides: Sequence[str], sets: Sequence[str]
) -> list[tuple[list[str], Scenario]]:
    """Each file with each override, and the parts of its name in which it differs from others."""
    choices = overrides or [BASE]
    names = with_names([load(file, sets=sets) for file in files])
    labelled = []
    for (name, _), file in zip(names.items(), files, strict=True):
        for words in choices:
            applied = () if words == BASE else words.split(TOGETHER)
            label = [part for part, of in ((name, files), (words, choices)) if len(of) > 1]
            labelled.append((label, load(file, overrides=applied, sets=sets)))
    return labelled


def _at(scenario: Scenario, point: Mapping[str, Any]) -> Scenario:
    """A scenario with the values of a point."""
    # Nothing is set where nothing is swept: the scenario stays the one its file says.
    if not point:
        return scenario
    try:
        return override(scenario, point)
    except ScenarioError as error:
        raise as_swept(error, "--sweep") from None


def _short(paths: Mapping[str, Any]) -> dict[str, str]:
    """The shortest ends of paths that tell them apart."""
    keys = {path: path.split(".") for path in paths}

    def is_own(path: str, size: int) -> bool:
        return sum(key[-size:] == keys[path][-size:] for key in keys.values()) == 1

    sizes = {path: next(n for n in count(1) if is_own(path, n)) for path in paths}
    return {path: ".".join(keys[path][-size:]) for path, size in sizes.items()}


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.12g}"
    return value.isoformat() if isinstance(value, date) else str(value)


def with_names(scenarios: Sequence[Scenario] | Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Scenarios by name; those of one name are numbered. Raises StudyError where one is no scenario."""
    if isinstance(scenarios, Scenario | str | os.PathLike) or not isinstance(scenarios, Iterable):
        got = type(scenarios).__name__
        raise StudyError(f"scenarios are given as a list, or as a mapping of names to them (got one {got})")
    listed = list(scenarios.values() if isinstance(scenarios, Mapping) else scenarios)
    others = [one for one in listed if not isinstance(one, Scenario)]
    if others:
        got = f"{type(others[0]).__name__} {others[0]!r}"
        raise StudyError(f"each is a scenario, as capsim.load gives it (got {got})")
    if isinstance(scenarios, Mapping):
        return dict(scenarios)
    by_name: dict[str, Scenario] = {}
    for scenario in listed:
        numbered = (f"{scenario.name}-{number}" for number in count(2))
        by_name[next(name for name in chain([scenario.name], numbered) if name not in by_name)] = scenario
    return by_name


def check_comparable(by_name: Mapping[str, Scenario]) -> None:
    """Raise StudyError where scenarios do not count in the money of the first."""
    unit = money_unit(next(iter(by_name.values())))
    for name, scenario in by_name.items():
        if money_unit(scenario) != unit:
            raise StudyError(f"{name}: currency and price year must be those of the first scenario")
