"""What the numbers of a user's file must satisfy, where a run could not do with just any number."""

from __future__ import annotations

import csv
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

from capsim.catalog.reading import Rows
from capsim.catalog.records import Value
from capsim.errors import Fault


class Range(NamedTuple):
    """Numbers that are allowed."""

    words: str
    """The rule, as in ``must be greater than 0``."""
    low: float
    holds_low: bool
    """Whether `low` itself is allowed."""
    high: float

    def holds(self, number: float) -> bool:
        """Whether a number is allowed."""
        above = number >= self.low if self.holds_low else number > self.low
        return above and number <= self.high


@cache
def _ranges() -> dict[tuple[str, str], Range]:
    """Ranges by patterns of tables and fields. Values that become fields of a scenario are checked there."""
    with Path(__file__).with_name("ranges.csv").open(encoding="utf-8", newline="") as stream:
        return {
            (row["table"], row["field"]): Range(
                row["rule"], float(row["low"]), row["holds_low"] == "yes", float(row["high"])
            )
            for row in csv.DictReader(stream)
        }


@cache
def allowed(table: str, field: str) -> Range | None:
    """Numbers that a field of a table may have; None for all."""
    fitting = (
        numbers
        for (of, pattern), numbers in _ranges().items()
        if fnmatchcase(table, of) and fnmatchcase(field, pattern)
    )
    return next(fitting, None)


_FX_NAME = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?\Z")


def out_of_range(table: str, rows: Rows) -> list[Fault]:
    """Faults of values, and of the ends of their ranges, that no run can use."""
    faults = []
    for (name, field), value in rows.items():
        path, within = f"{table}.{name}.{field}", allowed(table, field)
        if within is not None:
            numbers = (n for n in (value.value, value.low, value.high) if isinstance(n, float))
            wrong = (number for number in numbers if not within.holds(number))
            faults += [fault_at(value, path, within.words, f"{number:g}") for number in wrong]
        if table == "fx" and not _FX_NAME.match(name):
            faults.append(fault_at(value, path, "name must be a year or a month, as in 2025-07", name))
    return faults


def fault_at(value: Value, path: str, rule: str, got: str) -> Fault:
    """A fault at the place a value was read from."""
    file, _, line = value.origin.rpartition(":")
    return Fault(file, int(line), path, rule, got)
