"""Energy contracts and own sun of a site: when they run, what they cover, and what one more MWh costs."""

from __future__ import annotations

import math

import numpy as np

from capsim.models.solar import solar_output
from capsim.operations.fleet import SiteFleet
from capsim.operations.surroundings import Surroundings
from capsim.quantities import in_scenario_money
from capsim.scenario import Contract, Scenario, Solar, SolarShape
from capsim.units import DAYS_PER_YEAR, HOURS_PER_DAY, Array, months_to_days

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
        fixed[hours] += contract.share * price_per_mwh(fleet.scenario, contract)
    # shares that add up to all leave rounding behind, which would keep a part of the wholesale price
    left[np.abs(left) < _ALL] = 0.0
    return around._replace(marginal_per_mwh=around.wholesale_per_mwh * left + fixed)


def price_per_mwh(scenario: Scenario, contract: Contract) -> float:
    """Fixed price of a contract. [scenario currency/MWh]"""
    rate = in_scenario_money(scenario, 1.0, contract.currency, contract.price_year)
    return contract.price_per_mwh * rate


def covered_mw(fleet: SiteFleet, contract: Contract, grid_mw: Array) -> Array:
    """Power a contract covers: its share of what is drawn, and its block as it is delivered. [MW]"""
    covered = grid_mw * contract.share
    if contract.solar is None:
        covered += contract.block_mw
    else:
        covered += contract.block_mw * solar_of(fleet.scenario, contract.solar)
    return _only_in(hours_in_force(fleet, contract), covered)


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
