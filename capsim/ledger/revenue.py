"""Revenue: accelerator-hours at a price path, and the rent of tenants."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from capsim.buildout import Timeline
from capsim.ledger.line import Flow, Line
from capsim.models.ratios import share_of
from capsim.operations import Operations, month_shares
from capsim.quantities import in_scenario_money
from capsim.scenario import Rent, Revenue, Scenario
from capsim.units import DAYS_PER_YEAR, Array

RESERVED, ON_DEMAND, RENT, TENANTS_ENERGY = "reserved-hours", "on-demand-hours", "rent", "tenants-energy"
"""Items of revenue."""


def revenue(scenario: Scenario, timeline: Timeline, operations: Operations) -> Iterator[Flow]:
    """Revenue by site and item; nothing is sold where nothing is in service."""
    sold = scenario.revenue
    if sold is None:
        return
    if sold.prices:
        yield from _compute(scenario, operations, sold)
    if sold.rent is not None:
        yield from _rent(scenario, timeline, operations, sold.rent)


def price_path(scenario: Scenario, sold: Revenue) -> Array:
    """Price of an hour in the middle of each month, real, shape (n_months,). [scenario currency/h]"""
    calendar = scenario.calendar
    points = sorted(sold.prices, key=lambda price: price.on)
    on_d = np.array([calendar.day_of(price.on) for price in points])
    amounts = [
        in_scenario_money(scenario, price.amount, price.currency, price.price_year or price.on.year)
        for price in points
    ]
    edges = calendar.month_start_d
    middle_d = (edges[:-1] + edges[1:]) / 2
    after_y = np.maximum(middle_d - on_d[-1], 0.0) / DAYS_PER_YEAR
    return np.asarray(np.interp(middle_d, on_d, amounts) * (1.0 + sold.trend_per_y) ** after_y)


def _compute(scenario: Scenario, operations: Operations, sold: Revenue) -> Iterator[Flow]:
    """Reserved hours of what is in service, and delivered hours of the rest on demand."""
    price, monthly = price_path(scenario, sold), operations.monthly
    for row, site in enumerate(scenario.sites):
        delivered, in_service = monthly["accelerator_h"][row], monthly["in_service_h"][row]
        if sold.per == "h100e_h":
            per_accelerator = share_of(monthly["h100e_h"][row], delivered)
            delivered, in_service = monthly["h100e_h"][row], in_service * per_accelerator
        reserved = sold.reserved_share * in_service * price * (1.0 - sold.reserved_discount)
        on_demand = (1.0 - sold.reserved_share) * sold.sold_share * delivered * price
        yield Line(site.id, "", RESERVED, "revenue"), reserved, "revenue.prices"
        yield Line(site.id, "", ON_DEMAND, "revenue"), on_demand, "revenue.prices"


def _rent(scenario: Scenario, timeline: Timeline, operations: Operations, rent: Rent) -> Iterator[Flow]:
    """Rent per kW of systems without accelerators in service, and their share of the energy."""
    amount = in_scenario_money(scenario, rent.amount_per_kw_month, rent.currency, rent.price_year)
    tenants, everyone = _kw_in_service(scenario, timeline)
    for row, site in enumerate(scenario.sites):
        paid = amount * tenants[row]
        yield Line(site.id, "", RENT, "revenue"), paid, "revenue.rent.amount_per_kw_month"
        of_energy = rent.energy_share * share_of(tenants[row], everyone[row])
        energy = of_energy * operations.monthly["energy_cost"][row]
        yield Line(site.id, "", TENANTS_ENERGY, "revenue"), energy, "revenue.rent.energy_share"


def _kw_in_service(scenario: Scenario, timeline: Timeline) -> tuple[Array, Array]:
    """Mean all-in IT power in service, of tenants and of all, shape (n_sites, n_months). [kW]"""
    calendar, systems = scenario.calendar, scenario.catalog
    row = {site.id: i for i, site in enumerate(scenario.sites)}
    changes = timeline.fleet_changes
    entries = [systems.entry("systems", system) for *_, system in changes.keys]
    site = np.array([row[key[0]] for key in changes.keys], dtype=np.int64)[changes.key]
    kw = np.array([entry.number("all_in_it_kw") for entry in entries])[changes.key]
    rented = np.array([not entry.number("accelerator_count") for entry in entries], dtype=bool)[changes.key]
    power = (changes.amount * kw)[:, None] * month_shares(calendar, changes.time_d, calendar.n_days)
    tenants, everyone = np.zeros((2, len(row), calendar.n_months))
    np.add.at(tenants, site[rented], power[rented])
    np.add.at(everyone, site, power)
    return np.maximum(tenants, 0.0), np.maximum(everyone, 0.0)
