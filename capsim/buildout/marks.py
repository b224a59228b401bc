"""What is noted of a thing while it is built: holds, spans, what it waits for, and its money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from capsim.vocabulary import Cause


class Hold(NamedTuple):
    """A time during which a stage was held up. [d]"""

    start_d: float
    end_d: float
    cause: str


class Span(NamedTuple):
    """When a stage was free of its predecessors, what held it up, when it started and ended. [d]"""

    free_d: float
    holds: tuple[Hold, ...]
    start_d: float
    end_d: float


class Stuck(NamedTuple):
    """A wait for what may never come."""

    since_d: float
    amount: float
    """How much waits, in its unit."""
    unit: str
    cause: Cause | Literal[""]


@dataclass
class Account:
    """Money of something that is paid for. [scenario currency]"""

    committed: float | None = None
    """Price of what is paid for; 0 where it draws no money, None where it is not paid for yet."""
    reserved: float = 0.0
    """Money kept for what was asked for together with something else."""

    @property
    def is_open(self) -> bool:
        """Whether nothing is paid or kept for it."""
        return self.committed is None and not self.reserved
