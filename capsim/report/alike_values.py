"""Assumptions of a large plan: a value that many sites or phases have alike is one row that names them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from capsim.projection import plural

MOST_SINGLE = 10_000
"""Values that have a row each; of more, those alike at many places are one row."""
ID = re.compile(r"(?:^sites|\.phases)\.([^.]+)")
"""Ids of a site and a phase in a path."""
KINDS: Mapping[int, str] = {1: "site", 2: "phase"}
"""What a place is, by how many ids it has."""
Place = tuple[str, ...]
"""Ids of a site, or of a site and its phase; empty for what is of the whole scenario."""


def alike_together(table: pd.DataFrame) -> pd.DataFrame:
    """Assumptions with what is alike in field, value, range and source at many places in one row.

    Parameters
    ----------
    table : pandas.DataFrame
        Assumptions of a projection, a row each.

    Returns
    -------
    table : pandas.DataFrame
        The same where there are few. Else `path` has ``*`` for the ids of places, and says that it is of all
        sites or phases of the plan, or names those that it is of; no value and no place is left out.
    """
    if len(table) <= MOST_SINGLE:
        return table
    paths = [str(path) for path in table["path"]]
    split = [_pattern_and_place(path) for path in paths]
    plan: dict[int, set[Place]] = {n: {place[:n] for _, place in split if len(place) >= n} for n in KINDS}
    at: dict[tuple[object, ...], list[int]] = {}
    # numbers of the distinct texts of a column: the sources of all values are long
    codes = (pd.factorize(table[name])[0].tolist() for name in table.columns if name != "path")
    for number, ((pattern, _), *alike) in enumerate(zip(split, *codes, strict=True)):
        at.setdefault((pattern, *alike), []).append(number)
    rows = table.iloc[[numbers[0] for numbers in at.values()]]
    return rows.assign(
        path=[
            paths[numbers[0]] if len(numbers) == 1 else _told(key[0], [split[n][1] for n in numbers], plan)
            for key, numbers in at.items()
        ]
    )


def _pattern_and_place(path: str) -> tuple[str, Place]:
    """A path with ``*`` for the ids of its place, and these."""
    ids = tuple(ID.findall(path)) if path.startswith("sites.") else ()
    return (ID.sub(_starred, path), ids) if ids else (path, ())


def _starred(found: re.Match[str]) -> str:
    return f"{found[0].removesuffix(found[1])}*"


def _told(pattern: object, places: Sequence[Place], plan: Mapping[int, set[Place]]) -> str:
    """The pattern, and whether it is of all such places of the plan, or of which."""
    of_plan = plan[len(places[0])]
    whole = plural(len(of_plan), KINDS[len(places[0])])
    if len(places) == len(of_plan):
        return f"{pattern}, at all {whole}"
    return f"{pattern}, at {len(places):,} of {whole}: {', '.join(map('.'.join, places))}"
