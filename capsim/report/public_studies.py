"""Results of studies without what their scenarios mark as confidential, where they can be told without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from capsim.errors import CapsimError
from capsim.projection import GOALS_LEFT_OUT, LEFT_OUT
from capsim.report.option_titles import renamed
from capsim.report.public_answers import public_answer
from capsim.scenario import holds_marked, is_marked
from capsim.study import (
    Audit,
    Comparison,
    Driver,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Planned,
    Relief,
    Sensitivity,
    Solution,
    Sweep,
    Waterfall,
)
from capsim.vocabulary import parse_figure, parse_goal

if TYPE_CHECKING:
    import pandas as pd

    from capsim.projection import Projection

NO_MARKS = (
    "--public leaves out what is marked as confidential, and nothing is: "
    "a scenario says what is, as in confidential: [costs.items.network.amount]"
)
A_CLAIM = (
    "--public: an audit is of what was announced, and a claim marks nothing as confidential: "
    "its report is public as it is"
)


def public_study(result: Any, plan: Projection | None = None) -> Any:
    """A result without what its scenarios mark.

    Parameters
    ----------
    result : Comparison, Ensemble, Sensitivity and others
        Result of a study.
    plan : Projection, optional
        Of the scenario that the study is of; what is told by texts takes it.

    Raises
    ------
    CapsimError
        If nothing is marked, or it cannot be told without what is.
    """
    if isinstance(result, Audit):
        raise CapsimError(A_CLAIM)
    if isinstance(result, Relief | Solution | Planned | Forecast):
        if plan is None:
            raise CapsimError(
                f"--public: a saved {type(result).__name__.lower()} does not say what its texts tell of "
                "what is confidential: make its report with the study (--report FILE --public)"
            )
        if not plan.facts.confidential:
            raise CapsimError(NO_MARKS)
        return public_answer(result, plan)
    if _told.dispatch(type(result)) is _told.dispatch(object):
        raise TypeError(f"a {type(result).__name__} has no public form")
    marks = result.manifest.get("confidential", ())
    if not marks:
        raise CapsimError(NO_MARKS)
    return _told(result, marks)


@singledispatch
def _told(result: Any, _marks: Sequence[str]) -> Any:
    """A result without what the marks name."""
    raise TypeError(f"a {type(result).__name__} has no public form")


@_told.register
def _ensemble(result: Ensemble, marks: Sequence[str]) -> Ensemble:
    about = _about(result.manifest, marks)
    about["central_outside"] = {
        figure: {cause: shift for cause, shift in causes.items() if not _names(cause, marks)}
        for figure, causes in about.get("central_outside", {}).items()
    }
    shown = [
        one
        for one in result.chances
        if not holds_marked(f"targets.{one.target}", marks) and not _is_goal_of_marked(one.goal, marks)
    ]
    # goals of a target stand without its name in the manifest
    about["goals"] = [one.goal for one in shown]
    if len(shown) < len(result.chances):
        about[GOALS_LEFT_OUT] = len(result.chances) - len(shown)
    dates, criticality = _phases(result.dates, marks), _phases(result.criticality, marks)
    told = None if result.told is None else result.told.public
    return replace(result, dates=dates, criticality=criticality, chances=shown, manifest=about, told=told)


@_told.register
def _grid(result: EnsembleGrid, marks: Sequence[str]) -> EnsembleGrid:
    """Variants of swept values are numbered where any that differs is marked: their names have the values."""
    _check_figures([result.figure], marks)
    called = {name: name for name in result.names}
    if any(_names(path, marks) for path in result.manifest.get("differing", ())):
        numbered = enumerate(result.names, 1)
        called = {name: f"variant {number}" if "=" in name else name for number, name in numbered}
    ensembles = {called[name]: _ensemble(one, marks) for name, one in result.ensembles.items()}
    about = _about(result.manifest, marks)
    about["variants"] = [[called[name], digest] for name, digest in about["variants"]]
    about["goals"] = [goal for one in ensembles.values() for goal in one.manifest["goals"]]
    return EnsembleGrid(ensembles, result.differences.rename(index=called, level="variant"), about)


@_told.register
def _comparison(result: Comparison, marks: Sequence[str]) -> Comparison:
    """What is marked among the changes is one, without its values; marked names are numbered."""
    about = result.manifest
    _check_figures([about["on"], about["by"], *about["figures"]], marks)
    changed = (one.path for changes in result.changes.values() for one in changes)
    is_told, is_named = any(_names(path, marks) for path in changed), is_marked("name", marks)
    called = {
        # the name of a variant that has values set tells them
        name: f"option {number}" if is_named or (is_told and "=" in name) else name
        for number, name in enumerate(result.names, 1)
    }
    shown = replace(
        result,
        changes={
            name: tuple(one for one in changes if not _names(one.path, marks))
            for name, changes in result.changes.items()
        },
        waterfalls={name: _waterfall(parts, marks) for name, parts in result.waterfalls.items()},
        dates=tuple(
            row for row in result.dates if not holds_marked(f"sites.{row.site}.phases.{row.phase}", marks)
        ),
        manifest=_about(about, marks),
        told={name: told.public for name, told in result.told.items() if told.public is not None},
    )
    return renamed(shown, called)


def _waterfall(parts: Waterfall, marks: Sequence[str]) -> Waterfall:
    shown = [one for one in parts.drivers if one.path and not _is_told_by(one, marks)]
    rest = [one.effect for one in parts.drivers if one not in shown]
    hidden = [Driver(LEFT_OUT, LEFT_OUT, LEFT_OUT, sum(rest))] if rest else []
    return replace(parts, drivers=(*shown, *hidden))


def _is_told_by(driver: Driver, marks: Sequence[str]) -> bool:
    """Whether a driver names what is marked, or the same of the record in whose place its own stands."""
    of, _, rest = driver.path.partition(".")
    key = rest.partition(".")[2]
    alike = [mark.split(".") for mark in marks if mark.startswith(f"{of}.")]
    whole = [keys[1] for keys in alike if len(keys) == 2]
    told = f"{driver.before} {driver.after}"
    if any(re.search(rf"\b{re.escape(name)}\b", told) for name in whole):
        return True
    elsewhere = [".".join([of, "*", *keys[2:]]) for keys in alike if len(keys) > 2]
    return _names(driver.path, marks) or bool(key and _names(driver.path, elsewhere))


@_told.register
def _sensitivity(result: Sensitivity, marks: Sequence[str]) -> Sensitivity:
    _check_figures([result.figure], marks)
    indices = None if result.indices is None else _unnamed(result.indices, marks)
    about = _about(result.manifest, marks)
    return replace(result, tornado=_unnamed(result.tornado, marks), indices=indices, manifest=about)


@_told.register
def _sweep(result: Sweep, marks: Sequence[str]) -> Sweep:
    _check_figures([result.figure], marks)
    if any(_names(path, marks) for path in result.axes):
        raise CapsimError("--public: the sweep is told by its values, of which one is confidential")
    return replace(result, manifest=_about(result.manifest, marks))


def _about(manifest: dict[str, Any], marks: Sequence[str]) -> dict[str, Any]:
    """A manifest without marks, and without goals of what is marked."""
    kept = {name: value for name, value in manifest.items() if name not in ("confidential", "differing")}
    for key, path in (("title", "title"), ("scenario", "name")):
        if kept.get(key) and is_marked(path, marks):
            kept[key] = LEFT_OUT
    if "titles" in kept and is_marked("title", marks):
        kept["titles"] = dict.fromkeys(kept["titles"], LEFT_OUT)
    if "goals" in kept:
        kept["goals"] = [goal for goal in kept["goals"] if not _is_goal_of_marked(goal, marks)]
    return kept


def _check_figures(figures: Iterable[str], marks: Sequence[str]) -> None:
    """CapsimError where a figure that was asked for is one of a site or phase that is marked."""
    if any(_is_marked_place(parse_figure(figure).of, marks) for figure in figures):
        raise CapsimError("--public: a figure that was asked for is of a site or phase that is confidential")


def _is_goal_of_marked(goal: str, marks: Sequence[str]) -> bool:
    return _is_marked_place(parse_goal(goal).figure.of, marks)


def _is_marked_place(place: str, marks: Sequence[str]) -> bool:
    """Whether a site as a whole, or anything of a phase, is marked."""
    site, _, phase = place.partition(".")
    whole = bool(site) and is_marked(f"sites.{site}", marks)
    return whole or (bool(phase) and holds_marked(f"sites.{site}.phases.{phase}", marks))


def _unnamed(table: pd.DataFrame, marks: Sequence[str]) -> pd.DataFrame:
    """Rows of values that are not marked."""
    return table[[not _names(str(name).partition(" and ")[0], marks) for name in table.index]]


def _names(path: str, marks: Sequence[str]) -> bool:
    return is_marked(path, marks) or holds_marked(path, marks)


def _phases(table: pd.DataFrame, marks: Sequence[str]) -> pd.DataFrame:
    """Rows of phases of which nothing is marked."""
    keys = table.reset_index()
    if not len(keys):
        return table
    shown = [
        not holds_marked(f"sites.{s}.phases.{p}", marks)
        for s, p in zip(keys["site"], keys["phase"], strict=True)
    ]
    return table[shown]
