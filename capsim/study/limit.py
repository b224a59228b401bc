"""A limit of a plan: when there is one, and the plan with it lifted or eased, as typed changes of records.

A lifted limit takes no time and holds nothing back, and costs nothing by itself; halls and connections that
grow are paid for at the plan's prices. Dates that the plan itself sets (starts, orders) are no limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from capsim.operations import Sky
from capsim.projection import Headline, Run
from capsim.scenario import Scenario
from capsim.vocabulary import Asked


class Played(NamedTuple):
    """A plan, what it leads to, and the weather and prices that all its variants share."""

    scenario: Scenario
    run: Run
    sky: Sky
    figures: Headline
    """Headline figures of the run, and figures in words beside them."""
    asked: tuple[Asked, ...]
    """Those in words."""
    written: Scenario
    """The plan as it was loaded, before any limit was lifted."""
    lifts: Callable[[Scenario], Scenario]
    """Lifts what is lifted, of the plan with other orders."""
    waiting: frozenset[tuple[str, str, str]] = frozenset()
    """Orders that are later than their hall is earlier, since what they buy is the newest only then."""


Change = Callable[[Played], Scenario]
"""Gives the plan with a limit lifted, or eased by a step."""


@dataclass(frozen=True)
class Limit:
    """What may hold a plan back."""

    name: str
    what: str
    """What lifting it means."""
    step: str
    """What easing it by a step means."""
    why_not: Callable[[Played], str]
    """Why there is nothing to lift; empty where there is."""
    lifted: Change
    eased: Change
    is_of_dates: bool = True
    """Whether it acts through dates alone, so that where no date moves nothing does."""
