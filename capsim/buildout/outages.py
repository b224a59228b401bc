"""Systems out of service for repair: times per cohort as arrays, cheap for any size of fleet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.vocabulary import OutageCause

TECHNICIAN: Final[OutageCause] = "technician"
"""Cause: nobody is free to take the server up."""
SPARE: Final[OutageCause] = "spare"
"""Cause: no spare is there."""
REPAIR: Final[OutageCause] = "repair"
"""Cause: it is under repair, parts and vendor included."""
MAINTENANCE: Final[OutageCause] = "maintenance"
"""Cause: maintenance is planned."""


class Service(NamedTuple):
    """A lot in service."""

    site: str
    phase: str
    item: str
    system: str
    systems: int
    from_d: float
    to_d: float
    """Retirement or end of the horizon. [d]"""
    name: str
    """Name of its random stream within the deployment."""


class Outage(NamedTuple):
    """Outages of the servers of a lot."""

    site: str
    phase: str
    system: str
    share: float
    """Systems that one server is. [systems]"""
    down_d: NDArray[np.float64]
    """When each outage starts. [d]"""
    begun_d: NDArray[np.float64]
    """When a technician took the server up, or at the end where a spare came before. [d]"""
    up_d: NDArray[np.float64]
    """When each outage ends, at most when the lot retires. [d]"""


class Load(NamedTuple):
    """Work that failures make for technicians, in the quarter in which it is most."""

    technicians: float
    """Technicians there are at any time; infinite where their number is not limited."""
    offered: tuple[tuple[str, float], ...]
    """By site, technicians its repairs would keep at work with no time between. [technicians]"""

    @property
    def total(self) -> float:
        """Technicians all repairs would keep at work. [technicians]"""
        return sum(busy for _, busy in self.offered)

    @property
    def share(self) -> float:
        """Hands-on time that failures ask for over what the technicians have. [1]"""
        return self.total / self.technicians


NO_LOAD = Load(math.inf, ())
"""Where nothing fails."""


@dataclass(frozen=True, eq=False)
class Outages:
    """All outages of a build-out. Two are equal where they hold the same, bit for bit."""

    lots: tuple[Outage, ...] = ()
    method: str = ""
    """How they were computed; empty where nothing fails."""
    maintenance_share: float = 0.0
    """Share of the time in which a system is out of service as planned. [1]"""
    waits_for: OutageCause | Literal[""] = ""
    """What outages wait for until they are taken up: `TECHNICIAN`; nothing where empty."""
    ends_with: OutageCause = REPAIR
    """What keeps a server out from then on: its `REPAIR`, or the `SPARE` that is under repair."""
    load: Load = NO_LOAD
    """Work for technicians."""

    @property
    def failures(self) -> int:
        """Number of outages."""
        return sum(lot.down_d.size for lot in self.lots)

    def _key(self) -> object:
        lots = tuple((*lot[:4], *(times.tobytes() for times in lot[4:])) for lot in self.lots)
        return lots, self.method, self.maintenance_share, self.waits_for, self.ends_with, self.load

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outages) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.method, self.failures))


NO_OUTAGES = Outages()
"""Of a scenario in which nothing fails."""
