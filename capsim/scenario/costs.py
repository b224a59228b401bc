"""What a cost item is for, and what its amount is in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from capsim.scenario.records.money_records import CostItem
from capsim.scenario.records.schema import Site

RENT_BASIS = "per_leased_kw_month"
"""Basis of the rent of leased phases."""
FACILITY_BASIS = "per_critical_it_mw"
"""Basis of the items that make up the facility which others are a share of."""
BATTERY = "battery"
"""Word by which an item contains the battery of a site, whose own price is then not booked."""
SYSTEM_PRICES = "the price of the systems (system_price_usd)"
BUILT_IN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SYSTEM_PRICES: ("systems", "servers", "accelerators", "gpus", "compute"),
        "the energy at the meter (tariff)": ("energy", "electricity", "power", "network-charge", "excise"),
    }
)
"""What the ledger books without an item, and what it contains: words of `contains` that count it twice."""


def is_for(item: CostItem, country: str) -> bool:
    """Whether an item is for the sites of a country."""
    return country not in item.except_countries and (not item.countries or country in item.countries)


def applies(item: CostItem, site: Site | None) -> bool:
    """Whether an item is for a site: country, what halls carry, what is built; the portfolio is no site."""
    if site is None:
        return True
    is_carried = item.media is None or site.cooling.media is None or item.media in site.cooling.media
    is_built = item.works is None or item.works in site.all_works()
    return is_carried and is_built and is_for(item, site.country)


def is_priced_elsewhere(item: CostItem, site: Site) -> bool:
    """Whether an item is used in a country that its amount was not published for."""
    return bool(item.priced_in) and site.country not in item.priced_in and applies(item, site)
