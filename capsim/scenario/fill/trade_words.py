"""Values in the words of the trade, settled before anything is filled: MVA, and dates as text in Python."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from capsim.language.tree import Faults, Node, Note, Path, from_python
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.quantity import POWER_FACTOR
from capsim.scenario.records.record import Record

APPARENT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"GridStep": ("grid_mw", "grid_mva"), "FirmPower": ("unit_mw", "unit_mva")}
)
"""Power of a record, and the apparent power that may stand in its place."""
_STRENGTH = ("extends", "file", "override", "--set")
"""Layers, from weak to strong; what is set in Python is as strong as --set."""


def settle_words(kind: type[Record], node: Node, faults: Faults, path: Path) -> None:
    """Put power in the place of apparent power, and dates in the place of their texts, in a record."""
    if kind.__name__ in APPARENT:
        _power_of_apparent(*APPARENT[kind.__name__], node, faults, path)
    # a file has dates of its own; only in Python are they text
    for key, plan in fields_of(kind).items():
        child = node.get(key) if plan.type_ is date else None
        if child is not None and isinstance(child.value, str) and not child.place.line:
            _as_date(child)


def _as_date(node: Node) -> None:
    try:
        node.value = date.fromisoformat(node.value)
    except ValueError:
        # what is no date is for its field to refuse
        return


def _power_of_apparent(power: str, apparent: str, node: Node, faults: Faults, path: Path) -> None:
    mva, mw, factor = node.get(apparent), node.get(power), node.get("power_factor")
    if mva is None and factor is not None and factor.value != POWER_FACTOR:
        rule = f"is of power in MVA, and {power} needs none; write {apparent}, or take it out"
        faults.add(factor.place, (*path, "power_factor"), rule, factor.text)
    if mva is None or isinstance(mva.value, (str, bool)) or _is_that_of(mw, mva, factor):
        return
    if mw is not None and _strength(mva) <= _strength(mw):
        faults.add(mva.place, (*path, apparent), f"must not be given together with {power}")
        return
    share = POWER_FACTOR if factor is None else factor.value
    if mva.is_distribution or not isinstance(share, (int, float)) or not isinstance(mva.value, (int, float)):
        faults.add(mva.place, (*path, apparent), f"must be a number; write an uncertain {power}")
        return
    about = f"{apparent} {mva.value:g} at a power factor of {share:g}"
    node.value[power] = from_python(mva.value * share, mva.place, Note(about, kind="derived"))


def _is_that_of(mw: Node | None, mva: Node, factor: Node | None) -> bool:
    """Whether power is that of the apparent power beside it, as a resolved scenario has both."""
    share = POWER_FACTOR if factor is None else factor.value
    numbers = [part for part in (mw and mw.value, mva.value, share) if isinstance(part, (int, float))]
    return len(numbers) == 3 and math.isclose(numbers[0], numbers[1] * numbers[2], rel_tol=1e-12)


def _strength(node: Node) -> int:
    layer = node.place.layer.partition(" ")[0]
    return _STRENGTH.index(layer) if layer in _STRENGTH else len(_STRENGTH)
