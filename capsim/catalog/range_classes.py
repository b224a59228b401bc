"""Ranges by kind of value, stated once: what a number without a range of its own is taken to vary by.

The table ``range_classes`` names the values of each class: a class has a `factor`, whose low and high are
those of the value over the value, or says why its values are `exact`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from capsim.catalog.reading import Rows
from capsim.catalog.records import Value

TABLE = "range_classes"
"""Table of the catalogue that has the classes."""


class RangeClass(NamedTuple):
    """Values that vary alike."""

    name: str
    """Entry of the table."""
    of: tuple[str, ...]
    """Patterns of its values, as ``table/entry.field``."""
    factor: Value | None
    """Range over the value; None where the values are exact."""

    def holds(self, place: str) -> bool:
        """Whether a value of the catalogue is one of the class."""
        return any(fnmatchcase(place, pattern) for pattern in self.of)


def range_classes(rows: Rows) -> Iterator[RangeClass]:
    """The classes, in the order of the table's rows."""
    for (name, field), value in rows.items():
        if field == "of":
            yield RangeClass(name, tuple(str(value.value).split()), rows.get((name, "factor")))


def with_ranges(table: str, rows: Rows, classes: Sequence[RangeClass]) -> Rows:
    """The rows of a table, with the ends of ranges that numbers lack: those of the first class each is in."""
    of_table = [
        one
        for one in classes
        if one.factor is not None and any(pattern.partition("/")[0] == table for pattern in one.of)
    ]
    return {key: _ranged(table, key, value, of_table) for key, value in rows.items()} if of_table else rows


def _ranged(table: str, key: tuple[str, str], value: Value, classes: Sequence[RangeClass]) -> Value:
    """A value with both ends of its range, where its class has one."""
    number, place = value.value, f"{table}/{'.'.join(key)}"
    if isinstance(number, str) or number <= 0.0 or None not in (value.low, value.high):
        return value
    found = next((one for one in classes if one.holds(place)), None)
    if found is None or found.factor is None or found.factor.low is None or found.factor.high is None:
        return value
    low = number * found.factor.low if value.low is None else value.low
    high = number * found.factor.high if value.high is None else value.high
    return replace(value, low=low, high=high, source=f"{value.source}; range assumed: {TABLE}/{found.name}")
