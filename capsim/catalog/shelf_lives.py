"""How long values are good for, by kind, from the month in which they were looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from capsim.catalog.records import Catalog, Entry, Value
from capsim.units import MONTHS_PER_YEAR, first_of_month

TABLE = "shelf_lives"
"""Table of the catalogue that has the kinds."""
WORDS = ("text", "year")
"""Units of what is no number that could be out of date."""
MONTH = re.compile(r"(\d{4})-(\d{2})(-\d{2})?")
ADDRESS = re.compile(r"https?://[^\s,;)\"']+")


class Life(NamedTuple):
    """How long values of a kind are good for."""

    kind: str
    """Entry of the table."""
    of: tuple[str, ...]
    """Patterns of its values, as ``table/entry.field``."""
    months: int | None
    """Months from that in which a value was looked up; None for what does not age. [months]"""


class Stale(NamedTuple):
    """A value that is past its shelf life."""

    place: str
    """Row of the catalogue, as ``table/entry.field``."""
    kind: str
    """Kind of its shelf life."""
    value: Value
    since: date | None
    """Day from which it is past it; None where it does not say when it was looked up."""

    @property
    def address(self) -> str:
        """First address its source names; empty where it names none."""
        found = ADDRESS.search(self.value.source)
        return found[0].rstrip(".") if found else ""


def lives(catalog: Catalog) -> tuple[Life, ...]:
    """The kinds, in the order of the table: the first that has a value is its kind."""
    return tuple(_life(entry) for entry in catalog.tables[TABLE].values())


def _life(entry: Entry) -> Life:
    months = round(entry.number("months")) if "months" in entry else None
    return Life(entry.name, tuple(entry.text("of").split()), months)


def life_of(place: str, kinds: tuple[Life, ...]) -> Life | None:
    """The kind of a value by its place; None where it has none."""
    return next((life for life in _of_table(place.partition("/")[0], kinds) if _holds(life, place)), None)


@cache
def _of_table(table: str, kinds: tuple[Life, ...]) -> tuple[Life, ...]:
    return tuple(life for life in kinds if any(fnmatchcase(table, p.partition("/")[0]) for p in life.of))


def _holds(life: Life, place: str) -> bool:
    return any(fnmatchcase(place, pattern) for pattern in life.of)


def past_since(value: Value, life: Life) -> date | None:
    """First day on which a value is past its shelf life, whatever the day of the month it was looked up.

    None where it does not age, or does not say when it was looked up.

    Examples
    --------
    >>> price = Value(4e6, "USD", None, None, "published", "", "2026-11", "", "", "x.csv:2")
    >>> past_since(price, Life("prices", (), 6)).isoformat()
    '2027-06-01'
    """
    found = MONTH.fullmatch(value.retrieved.strip())
    if life.months is None or found is None or not 1 <= int(found[2]) <= MONTHS_PER_YEAR:
        return None
    return first_of_month(date(int(found[1]), int(found[2]), 1), life.months + 1)


def stale(catalog: Catalog, as_of: date, rows: Mapping[str, Value] | None = None) -> Iterator[Stale]:
    """Values that are past their shelf life on a day.

    Parameters
    ----------
    catalog : Catalog
        The catalogue in force; a value of a user that does not say when it was looked up counts as past it.
    as_of : date
        The day.
    rows : mapping of str to Value, optional
        Rows looked at, by ``table/entry.field``; all of the catalogue where missing.
    """
    kinds = lives(catalog)
    for place, value in (dict(all_rows(catalog)) if rows is None else rows).items():
        found = _stale(place, value, kinds, as_of)
        if found is not None:
            yield found


def all_rows(catalog: Catalog) -> Iterator[tuple[str, Value]]:
    """Every value of the catalogue by its place, table by table."""
    for table, entries in catalog.tables.items():
        for name, entry in entries.items():
            for key, value in entry.values.items():
                yield f"{table}/{name}.{key}", value


def _stale(place: str, value: Value, kinds: tuple[Life, ...], as_of: date) -> Stale | None:
    """A value as stale, where it is; names, and the years of prices beside them, do not age by themselves."""
    life = life_of(place, kinds)
    if life is None or life.months is None or value.unit in WORDS:
        return None
    # what has happened by the day it was looked up, such as a launch, stays so
    if value.unit == "date" and str(value.value) < value.retrieved:
        return None
    since = past_since(value, life)
    is_past = since is None or as_of >= since
    return Stale(place, life.kind, value, since) if is_past else None
