"""A run before it is labelled: plain arrays, cheap enough for the inner loop of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from capsim.buildout.timeline import Timeline
from capsim.ledger import Ledger, Statements, statements
from capsim.operations import Operations
from capsim.scenario.records.schema import Scenario


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


def money_name(stem: str, scenario: Scenario, per: str = "") -> str:
    """Name of a money result, with the currency in it: ``capex_eur``, ``lcoc_eur_per_h100e_h``."""
    return f"{stem}_{scenario.currency.code.lower()}" + (f"_per_{per}" if per else "")


def money_unit(scenario: Scenario, per: str = "") -> str:
    """Unit of a money result, with the price year: ``EUR2025``, ``EUR2025/MWh``."""
    return f"{scenario.currency.code}{scenario.currency.price_year}" + (f"/{per}" if per else "")
