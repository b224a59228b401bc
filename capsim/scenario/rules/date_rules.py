"""Rules of dates and durations: none lies where no plan does."""

from __future__ import annotations

from datetime import date

from capsim.language.tree import Faults, Node, Path, as_written
from capsim.scenario.rules.argument_rules import central
from capsim.units import DAYS_PER_WEEK, DAYS_PER_YEAR, MONTHS_PER_YEAR

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years a date may lie in."""
LONGEST_YEARS = 100
"""Longest stage, lead time or slip whose end is still a date worth telling. [y]"""
LONGEST = {
    "duration_months": LONGEST_YEARS * MONTHS_PER_YEAR,
    "lead_time_months": LONGEST_YEARS * MONTHS_PER_YEAR,
    "slip_months": LONGEST_YEARS * MONTHS_PER_YEAR,
    "lead_time_weeks": round(LONGEST_YEARS * DAYS_PER_YEAR / DAYS_PER_WEEK),
    "margin_weeks": round(LONGEST_YEARS * DAYS_PER_YEAR / DAYS_PER_WEEK),
    "burn_in_days": round(DAYS_PER_YEAR),
}
"""Largest central estimate by key, in the unit of its name."""


def check_dates(node: Node, path: Path, faults: Faults) -> None:
    """Find dates and durations in a tree that no calendar has room for."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if key in LONGEST:
                _check_duration(child, (*path, key), LONGEST[key], faults)
            check_dates(child, (*path, key), faults)
    elif isinstance(node.value, list):
        for number, child in enumerate(node.value):
            name = child.scalar("id") if isinstance(child.value, dict) else None
            check_dates(child, (*path, str(number if name is None else name)), faults)
    elif isinstance(node.value, date) and not FIRST_YEAR <= node.value.year <= LAST_YEAR:
        rule = f"must be a date from {FIRST_YEAR} to {LAST_YEAR}"
        faults.add(node.place, path, rule, as_written(node))


def _check_duration(node: Node, path: Path, most: int, faults: Faults) -> None:
    """Find a central estimate beyond all plans."""
    value = central(node)
    if value is not None and not value <= most:
        faults.add(node.place, path, f"must be at most {most}", as_written(node))
