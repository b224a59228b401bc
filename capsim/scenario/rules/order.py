"""What comes after what: names of records that wait for one another, and circles among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from capsim.language.tree import Path
from capsim.registry import did_you_mean
from capsim.scenario.rules.rule import Issue, Issues


class Waiting(NamedTuple):
    """A record that may wait for others."""

    path: Path
    """Path of the record."""
    after: Sequence[str] | None
    """What it says it comes after; None where it says nothing."""
    before: Sequence[str] = ()
    """What it comes after where it says nothing."""


def wrong_order(waiting: Mapping[str, Waiting], whole: Callable[[str, str], str], what: str) -> Issues:
    """Find records that come after unknown ones, or after themselves in a circle.

    `whole` turns what a record writes into one of the names.
    """
    waits: dict[str, list[str]] = {}
    for name, (path, after, before) in waiting.items():
        waits[name] = list(before) if after is None else []
        for i, other in enumerate(after or ()):
            if whole(name, other) in waiting:
                waits[name].append(whole(name, other))
                continue
            shorts = [full.rpartition(".")[2] for full in waiting]
            near = [short for short in shorts if whole(name, short) in waiting]
            hint = did_you_mean(other, [*dict.fromkeys([*near, *waiting])])
            yield Issue((*path, "after"), f"unknown {what}{hint}", got=other, at=(*path, "after", str(i)))
    for name, circle in _circles(waits):
        # told where it was written, and not at those that only come after the one before
        if waiting[name].after is None:
            continue
        sites = {other.rpartition(".")[0] for other in circle}
        shown = circle if len(sites) > 1 else [other.rpartition(".")[2] for other in circle]
        rule = f"comes after itself: {' > '.join(shown)}"
        if any(waiting[other].after is None for other in circle):
            rule += "; one without after comes after the one before it"
        yield Issue((*waiting[name].path, "after"), rule)


def whole_name(name: str, named: str) -> str:
    """A phase as `site.phase`, from how another of that name writes it: in its own site by id alone."""
    return named if "." in named else f"{name.partition('.')[0]}.{named}"


def _circles(waits: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Each record that comes after itself, with the circle from it back to itself."""
    for name in waits:
        if not reaches(name, name, waits):
            continue
        circle = [name]
        while len(circle) == 1 or circle[-1] != name:
            circle.append(next(n for n in waits[circle[-1]] if n == name or reaches(n, name, waits)))
        yield name, circle


def reaches(start: str, goal: str, waits: Mapping[str, Sequence[str]]) -> bool:
    """Whether following `waits` from a record leads to another."""
    seen: set[str] = set()
    ahead = list(waits.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            ahead += waits.get(name, ())
    return False
