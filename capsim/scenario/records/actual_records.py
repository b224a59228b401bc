"""The record of what has happened by the data date, and the milestones it may name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import Day, Name, Record, Text

EVENTS = (
    "started",
    "finished",
    "percent_done",
    "remaining_months",
    "announced",
    "ready_for_service",
    "applied",
    "energised",
    "ordered",
    "delivered",
    "in_service",
    "cancelled",
)
"""What may happen; all else that an actual names is a figure."""

ONCE = (
    "started",
    "finished",
    "ready_for_service",
    "applied",
    "energised",
    "ordered",
    "delivered",
    "cancelled",
)
"""What happens to a thing on one day."""

DATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "stage": ("finished_on",),
        "phase": ("ready_for_service_on", "finished_on"),
        "step": ("energised_on", "finished_on"),
        "kit": ("delivered_on",),
        "order": ("in_service_on",),
    }
)
"""Fields that hold the announced date of what an actual may be of."""


class Actual(Record):
    """Something that happened, or was said, on a day: a line of a status file."""

    on: Day
    """Day on which it happened, was measured or was announced."""
    site: Text = ""
    """Id of the site; the portfolio where missing."""
    item: Text = ""
    """What of the site: a grid step or a phase, or behind a dot one of its stages, its equipment or its
    deployments, as `p1.permit`; the site itself where missing."""
    what: Name
    """A milestone (`started`, `finished`, `applied`, `energised`, `ordered`, `delivered`, `in_service`,
    `ready_for_service`, `cancelled`), a state (`percent_done`, `remaining_months`), `announced`, or a figure
    of results."""
    number: Annotated[float, Quantity("as `unit` says")] | None = None
    """Number that goes with it, `value` of a status file; it may be uncertain where the present itself is not
    known for sure."""
    day: Day | None = None
    """Date that is announced, `value` of a status file."""
    unit: Text = ""
    """Unit of the number."""
