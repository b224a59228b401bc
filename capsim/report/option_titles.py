"""The scenarios of a comparison as a person reads them: by their titles, or by their names."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from capsim.report.folding import folded
from capsim.study import Comparison

BY_SCENARIO: Final = ("scenarios", "titles", "left_out", "best_in", "months")
"""What of a manifest is by the name of the scenario."""


def by_titles(result: Comparison) -> Comparison:
    """A comparison whose scenarios go by their titles, up to a comma where that tells them apart.

    Where two have one title, or one has none, they keep their names.
    """
    # comparisons saved before have no titles
    titles = result.manifest.get("titles", {})
    short = {name: title.partition(", ")[0] for name, title in titles.items()}
    for called in (short, titles):
        if all(called.values()) and len({*called.values()}) == len(result.names):
            return renamed(result, called)
    return result


def against(result: Comparison) -> str:
    """Which option is held against which: by whole titles, variants of one by their names after its."""
    # comparisons saved before have no titles
    titles = [result.manifest.get("titles", {}).get(name, "") for name in result.names]
    is_own = all(titles) and len({*titles}) == len(titles)
    base, *others = titles if is_own else result.names
    of = f"{titles[0]}: " if titles[0] and len({*titles}) == 1 else ""
    return f"{of}{' and '.join(others)} against {base}"


def renamed(result: Comparison, called: Mapping[str, str]) -> Comparison:
    """A comparison with other names of its scenarios."""
    about = result.manifest
    kept: dict[str, Any] = {key: _renamed(about[key], called) for key in BY_SCENARIO if about.get(key)}
    if "order" in about:
        kept["order"] = [called[name] for name in about["order"]]
    return replace(
        result,
        names=tuple(called[name] for name in result.names),
        figures=result.figures.rename(index=called, level="scenario"),
        changes=_renamed(result.changes, called),
        waterfalls=_renamed(result.waterfalls, called),
        dates=tuple(row._replace(scenario=called[row.scenario]) for row in result.dates),
        manifest=about | kept,
        told=_renamed(result.told, called),
    )


def _renamed(of: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    return {called[name]: one for name, one in of.items()}


def over_column(name: str, width: int) -> list[str]:
    """Lines of a name over a column: a title goes on after a space, a name without any where it is joined.

    Examples
    --------
    >>> over_column("AION as relaunched, 2026-05", 12), over_column("aion-288k-h100e", 12)
    (['AION as', 'relaunched,', '2026-05'], ['aion-288k-', 'h100e'])
    """
    if " " in name:
        return textwrap.wrap(name, width, break_long_words=False, break_on_hyphens=False)
    return folded(name, width)
