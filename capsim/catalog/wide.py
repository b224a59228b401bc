"""Tables with one row per month and hour: rows of one name are read, and those of no other."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

import numpy as np

from capsim.catalog.loader import DATA
from capsim.errors import CatalogError
from capsim.units import HOURS_PER_DAY, MONTHS_PER_YEAR, Array

HOURS = tuple(f"h{hour:02d}" for hour in range(HOURS_PER_DAY))
"""Columns of the hours of a day."""


@cache
def _text(table: str) -> tuple[str, list[str]]:
    """Header and lines of a shipped wide table; no cell of one breaks a line."""
    header, *lines = (DATA / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    return header, lines


def rows_of(table: str, name: str) -> list[dict[str, str]]:
    """Rows of a wide table whose first column is a name; none where it has no such rows."""
    header, lines = _text(table)
    return list(csv.DictReader([header, *(line for line in lines if line.startswith(f"{name},"))]))


@cache
def names_in(table: str) -> tuple[str, ...]:
    """Names that a wide table has rows of, in its order."""
    return tuple(dict.fromkeys(line[: line.index(",")] for line in _text(table)[1]))


def by_month_and_hour(rows: Sequence[dict[str, str]]) -> Array:
    """Twelve rows of 24 hours, in whatever order, as a read-only table of shape (12, 24)."""
    values = np.full((MONTHS_PER_YEAR, HOURS_PER_DAY), np.nan)
    for row in rows:
        values[int(row["month"]) - 1] = [float(row[hour]) for hour in HOURS]
    return checked(values)


def by_month(rows: Sequence[dict[str, str]], column: str) -> Array:
    """A column of twelve rows, one per month, as a read-only series of shape (12,)."""
    values = np.full(MONTHS_PER_YEAR, np.nan)
    for row in rows:
        values[int(row["month"]) - 1] = float(row[column])
    return checked(values)


def checked(values: Array) -> Array:
    """The values, read-only, once none is missing."""
    if not np.isfinite(values).all():
        raise CatalogError("a shipped month x hour table has a missing value")
    values.setflags(write=False)
    return values


def in_utc(by_hour: Array, utc_offset_h: float) -> Array:
    """Hours of local time along the last axis, turned to UTC by their standard time, read-only.

    Days that would belong to the month before or after keep their month, and the hours of a year wrap
    round it; daylight saving is left out. Where a zone is off by a part of an hour, as India by half of
    one, an hour of UTC holds parts of two local ones.

    Examples
    --------
    >>> in_utc(np.arange(24.0), 1)[[17, 23]], in_utc(np.arange(24.0), 5.5)[[0, 10]]
    (array([18.,  0.]), array([ 5.5, 15.5]))
    """
    whole = int(np.floor(utc_offset_h))
    part = utc_offset_h - whole
    # roll copies, so the shipped table stays as it is
    turned = np.roll(by_hour, -whole, axis=-1)
    if part:
        turned = turned * (1.0 - part) + np.roll(turned, -1, axis=-1) * part
    turned.flags.writeable = False
    return turned
