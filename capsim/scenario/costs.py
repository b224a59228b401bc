"""What a cost item is for, and what its amount is in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from capsim.scenario.records.money_records import CostItem

SHARES_OF_OTHERS = (
    "per_facility_cost",
    "per_system_price",
    "per_installed_facility_year",
    "per_installed_it_year",
    "per_installed_year",
)
"""Bases whose amount is a share and not money."""
RENT_BASIS = "per_leased_kw_month"
"""Basis of the rent of leased phases."""
PER_MW, OF_FACILITY, PER_GRID_MW = "per_critical_it_mw", "per_facility_cost", "per_grid_mw"
SYSTEM_PRICES = "the price of the systems (system_price_usd)"
BUILT_IN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SYSTEM_PRICES: ("systems", "servers", "accelerators", "gpus", "compute"),
        "the energy at the meter (tariff)": ("energy", "electricity", "power", "network-charge", "excise"),
    }
)
"""What the ledger books without an item, and what it contains: words of `contains` that count it twice."""


def applies(item: CostItem, country: str) -> bool:
    """Whether an item is for the sites of a country; the portfolio itself has none (empty)."""
    if country in item.except_countries:
        return False
    return not (item.countries and country) or country in item.countries


def is_priced_elsewhere(item: CostItem, country: str) -> bool:
    """Whether an item is used in a country that its amount was not published for."""
    return bool(item.priced_in) and country not in item.priced_in and applies(item, country)
