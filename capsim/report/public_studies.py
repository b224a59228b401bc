"""Results of studies without what their scenario marks as confidential, where they can be told without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from capsim.errors import CapsimError
from capsim.projection import Hidden, Projection
from capsim.scenario import holds_marked, is_marked
from capsim.study import Ensemble, Relief, Sensitivity

if TYPE_CHECKING:
    import pandas as pd


def public_relief(relief: Relief, projection: Projection) -> Relief:
    """A relief without limits and floats that name what a projection's scenario marks."""
    hidden = Hidden(projection)
    return replace(
        relief,
        lifted=tuple(row for row in relief.lifted if not hidden.is_told_in(f"{row.limit} {row.what}")),
        ladder=tuple(gain for gain in relief.ladder if not hidden.is_told_in(" ".join(gain.limits))),
        slack=tuple(one for one in relief.slack if not hidden.is_phase(one.site, one.phase)),
    )


@singledispatch
def public_study(result: Any, marks: Sequence[str]) -> Any:
    """A result without what the marks name; CapsimError where it cannot be told without it."""
    raise CapsimError(
        f"--public: a {type(result).__name__.lower()} is told by what it changes, of which "
        f"{', '.join(marks)} may be: only projections, ensembles and sensitivities have a public report"
    )


@public_study.register
def _ensemble(result: Ensemble, marks: Sequence[str]) -> Ensemble:
    about = dict(result.manifest)
    about["central_outside"] = {
        figure: {cause: shift for cause, shift in causes.items() if not _names(cause, marks)}
        for figure, causes in about.get("central_outside", {}).items()
    }
    return replace(
        result,
        dates=_phases(result.dates, marks),
        criticality=_phases(result.criticality, marks),
        chances=[one for one in result.chances if not holds_marked(f"targets.{one.target}", marks)],
        manifest=about,
    )


@public_study.register
def _sensitivity(result: Sensitivity, marks: Sequence[str]) -> Sensitivity:
    indices = None if result.indices is None else _unnamed(result.indices, marks)
    return replace(result, tornado=_unnamed(result.tornado, marks), indices=indices)


def _unnamed(table: pd.DataFrame, marks: Sequence[str]) -> pd.DataFrame:
    """Rows of values that are not marked."""
    return table[[not _names(name, marks) for name in table.index]]


def _names(value: object, marks: Sequence[str]) -> bool:
    return is_marked(str(value), marks) or holds_marked(str(value), marks)


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
