"""A run before it is labelled: plain arrays, cheap enough for the inner loop of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from capsim.buildout import Timeline
from capsim.ledger import Ledger, Statements, statements
from capsim.operations import Operations
from capsim.scenario import Scenario
from capsim.vocabulary import in_currency


@dataclass(frozen=True)
class Run:
    """What a replication of a scenario computed."""

    scenario: Scenario
    seed: int
    replication: int
    timeline: Timeline
    operations: Operations
    ledger: Ledger

    @cached_property
    def statements(self) -> Statements:
        """Cash flow, profit and balance by month, made when first asked for."""
        return statements(self.scenario, self.ledger)


def money_name(name: str, scenario: Scenario) -> str:
    """Name of a money result with the currency in it: ``capex`` is ``capex_eur``."""
    return in_currency(name, scenario.currency.code)


def money_unit(scenario: Scenario) -> str:
    """Unit of money results, with the price year: ``EUR2025``."""
    return f"{scenario.currency.code}{scenario.currency.price_year}"
