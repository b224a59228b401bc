"""Names that must be known: entries of the catalogue, ids of other records, and their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsim.registry import did_you_mean
from capsim.scenario.tree import Faults, Node, Path, as_written


def check_name(node: Node, key: str, path: Path, what: str, known: Iterable[str], faults: Faults) -> bool:
    """Find a name that is not known; return whether there is a name and it is known."""
    child = node.get(key)
    if child is None or not isinstance(child.value, str):
        return False
    names = list(known)
    if child.value not in names:
        hint = did_you_mean(child.value, names)
        faults.add(child.place, (*path, key), f"unknown {what}{hint}", as_written(child))
    return child.value in names


def check_after(records: list[tuple[str, Node]], path: Path, what: str, faults: Faults) -> None:
    """Find records that come after unknown ones, or after themselves in a circle.

    A record without `after` waits for none here: the order of a list can make no circle.
    """
    known = [name for name, _ in records]
    waits: dict[str, list[str]] = {}
    for name, record in records:
        after = record.get("after")
        elements = after.value if after is not None and isinstance(after.value, list) else []
        for element in elements:
            if isinstance(element.value, str) and element.value not in known:
                rule = f"unknown {what}{did_you_mean(element.value, known)}"
                faults.add(element.place, (*path, name, "after"), rule, element.value)
        waits[name] = [element.value for element in elements if element.value in known]
    for name, record in records:
        if _reaches(name, name, waits):
            rule = f"comes after itself: {' > '.join(_circle(name, waits))}"
            faults.add(record.value["after"].place, (*path, name, "after"), rule)


def _reaches(start: str, goal: str, waits: Mapping[str, list[str]]) -> bool:
    """Whether following `waits` from a record leads to another."""
    seen: set[str] = set()
    ahead = list(waits[start])
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            ahead += waits[name]
    return False


def _circle(name: str, waits: Mapping[str, list[str]]) -> list[str]:
    """The records of a circle, from a record back to itself."""
    circle = [name]
    while len(circle) == 1 or circle[-1] != name:
        circle.append(next(n for n in waits[circle[-1]] if n == name or _reaches(n, name, waits)))
    return circle
