"""Walking through a record and all that is in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TypeVar

from capsim.language.tree import Path
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.record import Record

R = TypeVar("R", bound=Record)


def records_in(
    record: Record, path: Path = (), outer: tuple[Record, ...] = ()
) -> Iterator[tuple[Path, Record, tuple[Record, ...]]]:
    """A record and all in it, each with its path and the records it is in.

    What is no mapping in a file, and a record of a list without an id, are left out.
    """
    yield path, record, outer
    kind: type[Record] = type(record)
    for key in _parts(kind):
        inside = vars(record).get(key)
        if isinstance(inside, Record) and vars(inside):
            yield from records_in(inside, (*path, key), (record, *outer))
        elements: tuple[Record, ...] = inside if isinstance(inside, tuple) else ()
        for i, element in enumerate(elements):
            name = vars(element).get("id", "") if "id" in fields_of(type(element)) else str(i)
            if vars(element) and name:
                yield from records_in(element, (*path, key, name), (record, *outer))


@cache
def _parts(kind: type[Record]) -> tuple[str, ...]:
    """The fields of a record that hold records."""
    return tuple(key for key, plan in fields_of(kind).items() if plan.record is not None)


def within(whole: Record, *kinds: type[R]) -> Iterator[tuple[Path, R]]:
    """The records of some kinds in a record, with their paths."""
    return ((path, record) for path, record, _ in records_in(whole) if isinstance(record, kinds))
