"""What the results of a study come to, number by number, each named by the records that it stands in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

BETWEEN: Final = " / "
"""Between the parts of a name."""
NAMING: Final = (
    "scenario",
    "variant",
    "figure",
    "site",
    "phase",
    "deployment",
    "milestone",
    "activity",
    "limit",
    "target",
    "goal",
    "path",
)
"""Keys of a record by which it is told from others of its list."""


class Leaves(NamedTuple):
    """Numbers, dates and texts by name."""

    figures: dict[str, float]
    """NaN where there is none."""
    dates: dict[str, str | None]
    """In ISO form."""
    texts: dict[str, str]


def leaves_of(results: Mapping[str, Any]) -> Leaves:
    """Every number, date and text of results.

    A record of a list goes by what it is of, and not by its place, so that one more shifts no other.

    Examples
    --------
    >>> leaves_of({"figures": [{"figure": "pue", "mean": 1.2}], "plan": {"npv": None}}).figures
    {'figures / pue / mean': 1.2, 'plan / npv': nan}
    """
    found = Leaves({}, {}, {})
    for name, leaf in _named(results, ()):
        if leaf is None:
            found.figures[name] = math.nan
        elif isinstance(leaf, str) and _is_date(leaf):
            found.dates[name] = leaf
        elif isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
            found.figures[name] = float(leaf)
        else:
            found.texts[name] = "yes" if leaf is True else "no" if leaf is False else str(leaf)
    return found


def _named(tree: Any, parts: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Leaves of plain data with their names."""
    if isinstance(tree, Mapping):
        for key, child in tree.items():
            yield from _named(child, (*parts, str(key)))
    elif isinstance(tree, list) and any(isinstance(child, (Mapping, list)) for child in tree):
        for name, child in zip(_names(tree), tree, strict=True):
            yield from _named(_without_names(child), (*parts, name))
    else:
        yield BETWEEN.join(parts), ", ".join(map(str, tree)) if isinstance(tree, list) else tree


def _names(records: Sequence[Any]) -> list[str]:
    """A name of each record of a list: what it is of, or its place where that is no name of one alone."""
    names = [", ".join(_of(record).values()) for record in records]
    is_told = all(names) and len({*names}) == len(names)
    return names if is_told else [str(place) for place in range(1, len(records) + 1)]


def _of(record: Any) -> dict[str, str]:
    """What a record is of, by key."""
    if not isinstance(record, Mapping):
        return {}
    return {key: record[key] for key in NAMING if isinstance(record.get(key), str) and record[key]}


def _without_names(record: Any) -> Any:
    """A record without what it is of."""
    named = _of(record)
    return {key: of for key, of in record.items() if key not in named} if named else record


def _is_date(text: str) -> bool:
    """Whether a text is a date in ISO form."""
    try:
        return len(text) == len("2030-01-01") and bool(date.fromisoformat(text))
    except ValueError:
        return False
