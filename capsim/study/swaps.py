"""What of a difference is changed alone: values, and keys of records that stand in the place of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from capsim.language.tree import Node, is_records, plain
from capsim.scenario import Scenario
from capsim.study.changes import NOTHING, UNRELATED, Change, children
from capsim.study.tasks import Case

ID = "id"
"""Key of a record that says which it is."""


@dataclass(frozen=True)
class Swap:
    """A record that is gone, and one that comes in its place."""

    gone: str
    """Dotted path of the first."""
    new: str
    before: Mapping[str, Any]
    """The first as plain data."""
    after: Mapping[str, Any]

    @property
    def keys(self) -> list[str]:
        """Keys in which they differ."""
        keys = dict.fromkeys([*self.before, *self.after])
        unrelated = (*UNRELATED, ID)
        return [k for k in keys if k not in unrelated and self.before.get(k) != self.after.get(k)]

    def with_keys(self, changed: Sequence[str]) -> Case:
        """Changes by path that make the new record, with these keys its own and the others of the old one."""
        own = (*changed, *UNRELATED, ID)
        kept = {key: value for key, value in self.before.items() if key not in own}
        return {self.gone: None, self.new: kept | {k: v for k, v in self.after.items() if k in own}}


@dataclass(frozen=True)
class Part:
    """What one driver changes: a value, or a key of a record that stands in the place of another."""

    change: Change
    swap: Swap | None = None

    @property
    def key(self) -> str:
        """Key of the record."""
        return self.change.path.rpartition(".")[2]


Parts = list[Part]
IsValid = Callable[[Case], bool]


def case_of(parts: Sequence[Part]) -> Case:
    """Changes by path that some parts make together."""
    case = {part.change.path: part.change.value for part in parts if part.swap is None}
    swaps: dict[str, tuple[Swap, list[str]]] = {}
    for part in parts:
        if part.swap is not None:
            swaps.setdefault(part.swap.new, (part.swap, []))[1].append(part.key)
    for swap, keys in swaps.values():
        case |= swap.with_keys(keys)
    return case


def parts_of(base: Scenario, changes: Sequence[Change]) -> Parts:
    """Changes one by one, with records that stand in the place of others key by key."""
    swaps = {swap.gone: swap for swap in _swaps(base, changes)}
    inside = {path for swap in swaps.values() for path in (swap.gone, swap.new)}
    alone = [Part(change) for change in changes if change.path not in inside]
    return alone + [
        Part(
            Change(f"{swap.new}.{key}", _shown(swap.before, key), _shown(swap.after, key), None),
            swap,
        )
        for swap in swaps.values()
        for key in swap.keys
    ]


def grouped(parts: Parts, is_valid: IsValid) -> dict[str, Parts]:
    """Parts by driver: those that cannot be changed, or left as they are, alone are one driver together.

    Parameters
    ----------
    parts : list of Part
        Of `parts_of`.
    is_valid : callable
        Whether some changes by path make a valid scenario.
    """
    groups: dict[str, Parts] = {part.change.path: [part] for part in parts}
    # first those of one record, then all
    for keys in (-1, 0):
        stuck = {path for path in groups if not _stands_alone(path, groups, is_valid)}
        if not stuck:
            break
        merged: dict[str, Parts] = {path: of for path, of in groups.items() if path not in stuck}
        together: dict[str, Parts] = {}
        for path in (path for path in groups if path in stuck):
            together.setdefault(".".join(path.split(".")[:keys]), []).extend(groups[path])
        groups = merged | together
    return groups


def _stands_alone(path: str, groups: Mapping[str, Parts], is_valid: IsValid) -> bool:
    """Whether a driver may be the only one that is changed, and the only one that is not."""
    others = [part for of, parts in groups.items() if of != path for part in parts]
    return is_valid(case_of(groups[path])) and is_valid(case_of(others))


def shown_of(parts: Parts) -> tuple[str, str]:
    """Values of a driver before and after; of several what they are, or their number."""
    if len(parts) == 1:
        return parts[0].change.before, parts[0].change.after
    swap = parts[0].swap
    if swap is None or any(part.swap is not swap for part in parts):
        return (f"{len(parts)} values",) * 2
    keys = ", ".join(part.key.replace("_", " ") for part in parts)
    names = (path.rpartition(".")[2] for path in (swap.gone, swap.new))
    before, after = (f"{keys} of {name}" for name in names)
    return before, after


def _swaps(base: Scenario, changes: Sequence[Change]) -> Iterator[Swap]:
    """Records of one list that are gone, each with one that is new, in their order."""
    by_list: dict[str, tuple[list[Change], list[Change]]] = {}
    for change in changes:
        sides = by_list.setdefault(change.path.rpartition(".")[0], ([], []))
        if change.value is None:
            sides[0].append(change)
        elif change.before == NOTHING:
            sides[1].append(change)
    for of, (gone, new) in by_list.items():
        records = _records(base, of)
        for one, other in zip_longest(gone, new):
            if one is not None and other is not None:
                before = records.get(one.path.rpartition(".")[2])
                if isinstance(before, dict) and isinstance(other.value, dict):
                    yield Swap(one.path, other.path, before, other.value)


def _records(base: Scenario, path: str) -> dict[str, Any]:
    """Records of a list of a scenario's files by id, as plain data; none where it is no list."""
    node: Node | None = base._provenance.merged
    for key in path.split(".") if path else ():
        node = children(node).get(key)
    return (
        {}
        if node is None or not is_records(node)
        else {key: plain(one) for key, one in children(node).items()}
    )


def _shown(record: Mapping[str, Any], key: str) -> str:
    """A value as a file would have it; of what has parts, its number of them."""
    if key not in record:
        return NOTHING
    value = record[key]
    if isinstance(value, (dict, list)):
        return f"{len(value)} value{'s' if len(value) > 1 else ''}"
    return str(value)
