"""Systems out of service for repair: times per cohort as arrays, cheap for any size of fleet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PER_SERVER = "each server by itself"
"""Method: repairs wait for nobody, so servers are independent and each is followed by itself."""
ONE_STREAM = "one stream of failures for all"
"""Method: technicians or spares are shared, so the failures of all queue for them together."""


class Outage(NamedTuple):
    """Outages of the servers of a lot."""

    site: str
    phase: str
    system: str
    share: float
    """Systems that one server is. [systems]"""
    down_d: NDArray[np.float64]
    """When each outage starts. [d]"""
    up_d: NDArray[np.float64]
    """When each outage ends, at most when the lot retires. [d]"""


@dataclass(frozen=True, eq=False)
class Outages:
    """All outages of a build-out. Two are equal where they hold the same, bit for bit."""

    lots: tuple[Outage, ...] = ()
    method: str = ""
    """How they were computed; empty where nothing fails."""
    maintenance_share: float = 0.0
    """Share of the time in which a system is out of service as planned. [1]"""

    @property
    def failures(self) -> int:
        """Number of outages."""
        return sum(lot.down_d.size for lot in self.lots)

    def _key(self) -> object:
        lots = tuple((*lot[:4], lot.down_d.tobytes(), lot.up_d.tobytes()) for lot in self.lots)
        return lots, self.method, self.maintenance_share

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outages) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.method, self.failures))


NO_OUTAGES = Outages()
"""Of a scenario in which nothing fails."""
