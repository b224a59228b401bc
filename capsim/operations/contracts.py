"""Energy contracts and own sun of a site: when they run, what they cover, and what one more MWh costs."""

from __future__ import annotations

import math

import numpy as np

from capsim.models.solar import solar_output
from capsim.operations.fleet import SiteFleet
from capsim.operations.surroundings import Surroundings, with_trend
from capsim.quantities import in_scenario_money, price_level
from capsim.scenario import Contract, Scenario, Solar, SolarShape
from capsim.units import DAYS_PER_YEAR, HOURS_PER_DAY, MONTHS_PER_YEAR, Array, months_later, months_to_days

_ALL = 1e-9
"""How near to 1 shares add up to all that is drawn: they are given in decimals. [1]"""


def hours_in_force(fleet: SiteFleet, deal: Contract | Solar) -> slice:
    """Hours of the horizon in which a contract or a plant of a site runs.

    From its first day, else from the first hour with energised power; for its months, else to the horizon.
    """
    calendar = fleet.scenario.calendar
    if deal.starts_on is not None:
        first = math.ceil(calendar.day_of(deal.starts_on) * HOURS_PER_DAY)
    else:
        energised = np.flatnonzero(fleet.grid_mw > 0.0)
        first = int(fleet.spans.edges_h[energised[0]]) if energised.size else calendar.n_hours
    end = calendar.n_hours
    if deal.months is not None:
        end = min(end, first + math.ceil(months_to_days(deal.months) * HOURS_PER_DAY))
    return slice(max(first, 0), max(end, 0))


def under_contracts(fleet: SiteFleet, around: Surroundings) -> Surroundings:
    """Surroundings with the price of one more MWh drawn from the grid, as contracts leave it.

    A contract for a share follows what is drawn, so its price rules that share of the next MWh. A block is
    paid and sold whatever is drawn: what is not drawn earns the wholesale price, which rules the next MWh.
    """
    shared = [contract for contract in fleet.site.contracts if contract.share]
    # blocks and no contract leave the price of the next MWh as it is
    if not shared:
        return around
    n_hours = fleet.scenario.calendar.n_hours
    left, fixed = np.ones(n_hours), np.full(n_hours, around.adders_per_mwh)
    for contract in shared:
        hours = hours_in_force(fleet, contract)
        left[hours] -= contract.share
        price = np.broadcast_to(price_per_mwh(fleet, contract, around), n_hours)
        fixed[hours] += contract.share * price[hours]
    # shares that add up to all leave rounding behind, which would keep a part of the wholesale price
    left[np.abs(left) < _ALL] = 0.0
    return around._replace(marginal_per_mwh=around.wholesale_per_mwh * left + fixed)


def price_per_mwh(fleet: SiteFleet, contract: Contract, around: Surroundings) -> Array | float:
    """Price of a contract, in each hour or in all alike. [scenario currency/MWh]

    Real: what is fixed in money of the day is worth less from month to month.
    """
    scenario, calendar = fleet.scenario, fleet.scenario.calendar
    rate = in_scenario_money(scenario, 1.0, contract.currency, scenario.currency.price_year)
    is_bounded = contract.floor_per_mwh is not None or contract.cap_per_mwh is not None
    if (
        contract.price_per_mwh is not None
        and contract.indexation == 1.0
        and not (contract.escalator_per_y or is_bounded)
    ):
        return in_scenario_money(scenario, contract.price_per_mwh, contract.currency, contract.price_year)
    hours = np.diff(calendar.month_start_d) * HOURS_PER_DAY
    level = price_level(scenario)
    if contract.price_per_mwh is None:
        nominal = around.wholesale_per_mwh * np.repeat(level, hours) / rate
    else:
        base = (1.0 + scenario.finance.inflation_per_y) ** (
            contract.price_year - scenario.currency.price_year
        )
        of_day = contract.price_per_mwh * (level / base) ** contract.indexation
        nominal = np.repeat(of_day, hours) * _escalated(fleet, contract)
    if is_bounded:
        nominal = np.clip(nominal, contract.floor_per_mwh, contract.cap_per_mwh)
    return np.asarray(nominal * rate / np.repeat(level, hours))


def _escalated(fleet: SiteFleet, contract: Contract) -> Array:
    """Growth of a contract's price since its first day, by whole years, shape (n_hours,). [1]"""
    n_hours = fleet.scenario.calendar.n_hours
    if not contract.escalator_per_y:
        return np.ones(n_hours)
    return np.asarray((1.0 + contract.escalator_per_y) ** _years_in_force(fleet, contract))


def _years_in_force(fleet: SiteFleet, contract: Contract) -> Array:
    """Whole years since the first day of a contract, 0 before it, shape (n_hours,). [y]"""
    calendar = fleet.scenario.calendar
    first = contract.starts_on or calendar.date_of(hours_in_force(fleet, contract).start / HOURS_PER_DAY)
    passed = math.ceil((calendar.end - first).days / DAYS_PER_YEAR)
    days = [calendar.day_of(months_later(first, MONTHS_PER_YEAR * n)) for n in range(1, max(passed, 0) + 1)]
    edges_h = np.array(days) * HOURS_PER_DAY
    return np.searchsorted(edges_h, np.arange(calendar.n_hours), side="right").astype(np.float64)


def covered_mw(fleet: SiteFleet, contract: Contract, grid_mw: Array) -> Array:
    """Power a contract covers: its share of what is drawn, and its block as it is delivered. [MW]"""
    covered = grid_mw * contract.share
    if contract.solar is not None:
        covered += contract.block_mw * solar_of(fleet.scenario, contract.solar)
    elif contract.profile is not None:
        covered += contract.block_mw * with_trend(contract.profile, 0.0, fleet.scenario.calendar)
    else:
        covered += contract.block_mw
    covered = _only_in(hours_in_force(fleet, contract), covered)
    return covered if contract.volume_mwh_per_y is None else _within_volume(fleet, contract, covered)


def _within_volume(fleet: SiteFleet, contract: Contract, covered_mw: Array) -> Array:
    """Power covered until the volume of each year of a contract is used up. [MW]"""
    used = np.cumsum(covered_mw)
    year = _years_in_force(fleet, contract)
    first = np.searchsorted(year, year)
    before = np.where(first > 0, used[first - 1], 0.0)
    left = (contract.volume_mwh_per_y or 0.0) - (used - before - covered_mw)
    return np.clip(covered_mw, 0.0, np.maximum(left, 0.0))


def sun_mw(fleet: SiteFleet) -> Array | None:
    """Output of the solar plant on site, used or not; None where there is none. [MW]"""
    plant = fleet.site.solar
    if plant is None:
        return None
    return _only_in(hours_in_force(fleet, plant), plant.peak_mw * solar_of(fleet.scenario, plant))


def solar_of(scenario: Scenario, shape: SolarShape) -> Array:
    """Output of a solar plant over its peak power, shape (n_hours,). [1]"""
    calendar = scenario.calendar
    first = scenario.start.timetuple().tm_yday
    return solar_output(
        (first - 1 + np.arange(calendar.n_days)) % DAYS_PER_YEAR + 1.0,
        latitude_deg=shape.latitude_deg,
        longitude_deg=shape.longitude_deg,
        tilt_deg=shape.tilt_deg,
        full_load_h_per_y=shape.full_load_h_per_y,
    )


def _only_in(hours: slice, power_mw: Array) -> Array:
    """Power in some hours and none in all others, in place. [MW]"""
    # in place: the caller made the array for this
    power_mw[: hours.start] = 0.0
    power_mw[hours.stop :] = 0.0
    return power_mw
