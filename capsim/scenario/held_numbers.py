"""Holding what a file says against the ends of its fields, before anything is made of it.

What fills a tree reckons with numbers and dates of it, before the records are there to refuse them. What lies
beyond all ends is a fault here, and from then on a word in its place, which nothing reckons with.
"""

from __future__ import annotations

from typing import Any

from capsim.language.tree import Faults, Node, Path, as_written, plain
from capsim.magnitudes import ANY
from capsim.models.uncertain import Uncertain, parse_distribution
from capsim.scenario.records.fields import FieldPlan, fields_of
from capsim.scenario.records.record import Record
from capsim.scenario.rules.date_rules import CALENDAR_RULE, LONGEST, is_off_the_calendar

BEYOND = "beyond all ends"
"""Stands in the place of a value that is refused: neither a number nor a date, nor read as one."""


def hold_numbers(node: Node, kind: type[Record], faults: Faults, path: Path = ()) -> None:
    """Replace what lies beyond the ends of the fields of a record, and of those in it, in place.

    Parameters
    ----------
    node : Node
        Tree of the record, before it is filled.
    kind : type
        The record.
    faults : Faults
        Gets a fault for each value that is replaced.
    path : Path
        Where the record stands.
    """
    children = node.value if isinstance(node.value, dict) else {}
    for key, plan in fields_of(kind).items():
        child = children.get(key)
        if child is None:
            continue
        if plan.record is None:
            _hold(child, plan, faults, (*path, key))
        elif plan.shape == "record":
            hold_numbers(child, plan.record, faults, (*path, key))
        else:
            for name, element in child.children() if isinstance(child.value, list) else ():
                hold_numbers(element, plan.record, faults, (*path, key, name))


def _hold(node: Node, plan: FieldPlan, faults: Faults, path: Path) -> None:
    """Replace a value beyond the ends of its field, or what is inside one that is no scalar."""
    if fault := _beyond(node, plan):
        faults.add(node.place, path, fault, as_written(node))
        node.value = BEYOND
    elif not node.is_distribution:
        for name, inner in node.children():
            _hold(inner, plan, faults, (*path, name))


def _beyond(node: Node, plan: FieldPlan) -> str:
    """In which way a value lies beyond the ends of its field; empty where it does not, or is no value."""
    value = node.value
    if is_off_the_calendar(value):
        return CALENDAR_RULE
    if node.is_distribution:
        return _spread_beyond(node, plan)
    if plan.type_ is int:
        # what is no whole number is told by the record
        is_beyond = isinstance(value, int) and plan.is_beyond(value)
        return _whole_beyond(value, *plan.ends) if is_beyond else ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    fault = plan.quantity.too_far(value) if plan.quantity is not None else ANY.fault(value)
    # of a duration a nearer end is known than that of its unit
    return f"must be at most {LONGEST[plan.key]}" if fault and value > LONGEST.get(plan.key, value) else fault


def _whole_beyond(value: int, first: Any, last: Any) -> str:
    return f"must be at least {first}" if first is not None and value < first else f"must be at most {last}"


def _spread_beyond(node: Node, plan: FieldPlan) -> str:
    """In which way what an uncertain value may be lies beyond the ends of its field."""
    if plan.quantity is None:
        return ""
    try:
        return plan.quantity.too_far(Uncertain(parse_distribution(plain(node))))
    except (TypeError, ValueError, OverflowError):
        # what makes no distribution is told by the record
        return ""
