"""Records of what a scenario is held against, and of what a study varies."""

from typing import Annotated

from pydantic import Field

from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import Day, Id, Name, Record, Text


class Source(Record):
    """A publication that values of the scenario refer to by id."""

    id: Id
    """Name used in `source:`."""
    publisher: Name
    """Who published it."""
    published: Day
    """When it was published."""
    statement: Text = ""
    """What it says, in the words of the scenario's author or as a short quotation."""
    url: Text = ""
    """Where it stands, if it has an address."""


class Acceptance(Record):
    """A doubt that the scenario's author has looked at: it is not raised any more."""

    id: Id
    """Name of the question, as it is shown in brackets."""
    at: tuple[Name, ...] = ()
    """Dotted paths of what is meant; everywhere where empty."""
    reason: Name
    """Why the value is meant."""


class Target(Record):
    """An announced or wished-for result that the projection is held against."""

    id: Id
    """Name of the target."""
    h100e: Annotated[float, Quantity("H100e", gt=0)] | None = None
    """H100-equivalents in service. [H100e, in the scenario's definition]"""
    accelerators: Annotated[float, Quantity("accelerators", gt=0)] | None = None
    """Accelerators in service. [accelerators]"""
    facility_mw: Annotated[float, Quantity("MW", gt=0)] | None = None
    """Most power at the meter, a limit; the least is a goal such as `facility_peak_mw >= 1000`. [MW]"""
    critical_it_mw: Annotated[float, Quantity("MW", gt=0)] | None = None
    """Critical IT power ready for service. [MW]"""
    budget: Annotated[float, Quantity("scenario currency", gt=0)] | None = None
    """Capex that may be spent from the start to `by`. [scenario currency]"""
    goals: tuple[Name, ...] = ()
    """Goals in words, such as `facility_peak_mw >= 1000`, `ready_for_service of aion.p1 <= 2029-06` or
    `pue in 2031 <= 1.2`: least (`>=`) or most (`<=`) of any figure. Held at `by` where it names no month."""
    by: Day | None = None
    """Date of the target, not before the plan begins; the horizon's end where it is missing or later."""


class Correlation(Record):
    """Uncertain values that tend to be high together: a Gaussian copula over a study's draws."""

    id: Id
    """Name of the correlation."""
    of: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Paths of uncertain values; `*` stands for any part, so one pattern may name many."""
    rho: Annotated[float, Quantity("1", ge=-1, le=1)]
    """Correlation of the normal scores of every two of them. [1]"""


class Axis(Record):
    """A value a sweep varies; several axes make the product of their values."""

    path: Name
    """Dotted path of the value."""
    values: Annotated[tuple[float | str | Day, ...], Field(min_length=1)]
    """Values it takes, one after another."""
