"""The field of a value that a study varies: between which ends, and whether in whole steps."""

from __future__ import annotations

import math
from datetime import date
from typing import Any, get_args

from capsim.errors import StudyError
from capsim.language.paths import split
from capsim.magnitudes import ANY, FIRST_YEAR, LAST_YEAR
from capsim.models.uncertain import Uncertain, parse_distribution
from capsim.scenario import WHOLE, FieldPlan, Scenario, fields_of, record_at

HORIZON = ("start", "horizon_years")
"""Values of the horizon itself: results of two of them have no months in common by which to compare them."""


def present_value(scenario: Scenario, vary: str) -> Any:
    """The number or date a path has, of an uncertain value its central estimate.

    Raises
    ------
    StudyError
        If it is neither, or is of the horizon.
    """
    if vary in HORIZON:
        raise StudyError(f"{vary} cannot be varied: it says which months there are, in which goals are read")
    present = scenario.origin(vary).value
    if _is_uncertain(present):
        return float(Uncertain(parse_distribution(present)))
    if not _is_plain(present):
        raise StudyError(f"{vary} is no number or date (got {_what(present)})")
    return present


def _field(vary: str) -> FieldPlan | None:
    """The field a path names; None where it is none of the format."""
    *parents, key = vary.split(".")
    record = record_at(Scenario, tuple(parents))
    return fields_of(record).get(key) if record else None


def bounds_of(vary: str) -> tuple[float, float]:
    """Lowest and highest value of a field, pulled in a little where a bound is excluded.

    Examples
    --------
    >>> bounds_of("sites.a.phases.p1.critical_it_mw"), bounds_of("sites.a.phases.p1.priority")
    ((1e-06, 10000000.0), (0, 99))
    """
    plan = _field(vary)
    if plan is not None and plan.quantity is not None:
        return plan.quantity.ends()
    first, last = plan.ends if plan is not None else (None, None)
    return (-math.inf if first is None else first), (math.inf if last is None else last)


def beyond_field(vary: str, number: float) -> str:
    """What is wrong with a number that the field cannot be; empty where nothing is.

    Examples
    --------
    >>> beyond_field("sites.a.phases.p1.critical_it_mw", 1e300)
    'must be at most 1e+07 MW, which no plan exceeds'
    >>> beyond_field("sites.a.phases.p1.critical_it_mw", -5), beyond_field("sites.a.phases.p1.priority", 100)
    ('must be greater than 0', 'must be at most 99')
    """
    plan = _field(vary)
    if plan is not None and plan.quantity is not None:
        return plan.quantity.never(number)
    first, last = bounds_of(vary)
    if number < first:
        return f"must be at least {first:g}"
    return f"must be at most {last:g}" if number > last else ANY.fault(number)


def beyond_calendar(ordinal: float) -> str:
    """What is wrong with a day, given as its ordinal, of no year that a plan has; empty where nothing is."""
    if FIRST_YEAR <= date.fromordinal(int(ordinal)).year <= LAST_YEAR:
        return ""
    return f"must be a date from {FIRST_YEAR} to {LAST_YEAR}"


def is_count(vary: str) -> bool:
    """Whether a value is whole whatever it is: 6 MW of halls may be 6.3 as well, 6 systems may not."""
    plan = _field(vary)
    return tuple(split(vary)) in WHOLE or (plan is not None and int in (plan.type_, *get_args(plan.type_)))


def _is_uncertain(value: Any) -> bool:
    return isinstance(value, dict) and "dist" in value


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float, date)) and not isinstance(value, bool)


def _what(value: Any) -> str:
    """A value that cannot be varied, in a few words: of a record, the values in it that can."""
    if isinstance(value, dict):
        fields = [key for key, inner in value.items() if _is_uncertain(inner) or _is_plain(inner)]
        return f"a record; in it may be {', '.join(fields)}" if fields else "a record"
    return "a list" if isinstance(value, (list, tuple)) else repr(value)
