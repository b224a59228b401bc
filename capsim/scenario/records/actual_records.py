"""Records of what has happened by the data date: dates, counts and figures."""

from __future__ import annotations

from typing import Annotated, Literal

from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import Day, Name, Record, Text

ActualUnit = Literal["systems", "accelerators"]
"""What is counted of a deployment."""


class Count(Record):
    """How many there were on a day, of all."""

    on: Day
    """Day of the count, not after `as_of`."""
    number: Annotated[float, Quantity("systems or accelerators", ge=0)]
    """How many there were. [systems or accelerators]"""
    unit: ActualUnit = "systems"
    """What is counted."""


class Power(Record):
    """How much of a grid step was energised on a day, of all."""

    on: Day
    """Day from which on, not after `as_of`."""
    mw: Annotated[float, Quantity("MW", gt=0)]
    """Power that was energised by then. [MW]"""


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
    `ready_for_service`), a state (`percent_done`, `remaining_months`), `announced`, or a figure of
    results."""
    number: Annotated[float, Quantity("as `unit` says")] | None = None
    """Number that goes with it, `value` of a status file; it may be uncertain where the present itself is not
    known for sure."""
    day: Day | None = None
    """Date that is announced, `value` of a status file."""
    unit: Text = ""
    """Unit of the number."""
