"""What a cost item is for, and what its amount is in."""

from __future__ import annotations

from capsim.scenario.schema import CostItem

SHARES_OF_OTHERS = (
    "per_facility_cost",
    "per_system_price",
    "per_installed_facility_year",
    "per_installed_it_year",
    "per_installed_year",
)
"""Bases whose amount is a share and not money."""


def applies(item: CostItem, country: str) -> bool:
    """Whether an item is for the sites of a country; the portfolio itself has none (empty)."""
    if country in item.except_countries:
        return False
    return not (item.countries and country) or country in item.countries


def is_priced_elsewhere(item: CostItem, country: str) -> bool:
    """Whether an item is used in a country that its amount was not published for."""
    return bool(item.priced_in) and country not in item.priced_in and applies(item, country)
