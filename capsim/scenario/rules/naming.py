"""Names that must be known: entries of the catalogue, ids of other records, and their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from capsim.language.tree import Faults, Node, Path, as_written
from capsim.registry import did_you_mean


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

    A record without `after` comes after the one before it in the list.
    """
    placed = [(name, record, (*path, name)) for name, record in records]
    names = [name for name, _ in records]
    before = {name: [earlier] for earlier, name in pairwise(names)}
    check_waits(placed, lambda _, named: named, what, faults, before)


def check_phases_after(root: Node, faults: Faults) -> None:
    """The same for the phases of all sites: another site's phase is written `site.phase`."""
    placed = [
        (f"{site_id}.{phase_id}", phase, ("sites", site_id, "phases", phase_id))
        for site_id, site in root.records("sites")
        for phase_id, phase in site.records("phases")
    ]

    def whole(name: str, named: str) -> str:
        return named if "." in named else f"{name.partition('.')[0]}.{named}"

    check_waits(placed, whole, "phase of the site, or of another as site.phase", faults)


def check_waits(
    placed: Sequence[tuple[str, Node, Path]],
    whole: Callable[[str, str], str],
    what: str,
    faults: Faults,
    implied: Mapping[str, list[str]] | None = None,
) -> None:
    """Check the `after` of records by name and path; `whole` turns what a record writes into a name.

    `implied` is what a record without `after` comes after; where none is given it waits for none.
    """
    known = [name for name, *_ in placed]
    waits: dict[str, list[str]] = {}
    for name, record, path in placed:
        named = _named(record)
        waits[name] = list((implied or {}).get(name, [])) if named is None else []
        for element in named or []:
            if not isinstance(element.value, str):
                continue
            if (wanted := whole(name, element.value)) in known:
                waits[name].append(wanted)
                continue
            own = [other.rpartition(".")[2] for other in known]
            near = [short for short in own if whole(name, short) in known]
            rule = f"unknown {what}{did_you_mean(element.value, [*dict.fromkeys([*near, *known])])}"
            faults.add(element.place, (*path, "after"), rule, element.value)
    for name, record, path in placed:
        if _named(record) is not None and _reaches(name, name, waits):
            circle = _circle(name, waits)
            sites = {other.rpartition(".")[0] for other in circle}
            shown = circle if len(sites) > 1 else [other.rpartition(".")[2] for other in circle]
            rule = f"comes after itself: {' > '.join(shown)}"
            if implied and any(_named(other) is None for own, other, _ in placed if own in circle):
                rule += "; one without after comes after the one before it"
            faults.add(record.value["after"].place, (*path, "after"), rule)


def _named(record: Node) -> list[Node] | None:
    """What a record writes as `after`; None where it says nothing."""
    after = record.get("after")
    return after.value if after is not None and isinstance(after.value, list) else None


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
