"""Energy contracts of a site: what they cover, and what one more MWh costs under them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from capsim.models.solar import solar_output
from capsim.operations.surroundings import Surroundings
from capsim.scenario.money import in_scenario_money
from capsim.scenario.schema import Contract, Scenario, Site, SolarShape
from capsim.units import DAYS_PER_YEAR

Array = NDArray[np.float64]

_ALL = 1e-9
"""How near to 1 shares add up to all that is drawn: they are given in decimals. [1]"""


def under_contracts(scenario: Scenario, site: Site, around: Surroundings) -> Surroundings:
    """Surroundings with the price of one more MWh drawn from the grid, as contracts leave it.

    A contract for a share follows what is drawn, so its price rules that share of the next MWh. A block is
    paid and sold whatever is drawn: what is not drawn earns the wholesale price, which rules the next MWh.
    """
    share = math.fsum(contract.share for contract in site.contracts)
    if not share:
        return around
    fixed = sum(contract.share * price_per_mwh(scenario, contract) for contract in site.contracts)
    left = 0.0 if math.isclose(share, 1.0, abs_tol=_ALL) else 1.0 - share
    marginal = around.wholesale_per_mwh * left + (fixed + around.adders_per_mwh)
    return around._replace(marginal_per_mwh=marginal)


def price_per_mwh(scenario: Scenario, contract: Contract) -> float:
    """Fixed price of a contract. [scenario currency/MWh]"""
    rate = in_scenario_money(scenario, 1.0, contract.currency, contract.price_year)
    return contract.price_per_mwh * rate


def covered_mw(scenario: Scenario, contract: Contract, grid_mw: Array) -> Array:
    """Power a contract covers: its share of what is drawn, and its block as it is delivered. [MW]"""
    block: Array | float = contract.block_mw
    if contract.solar is not None:
        block = contract.block_mw * solar_of(scenario, contract.solar)
    return np.asarray(grid_mw * contract.share + block)


def sun_mw(scenario: Scenario, site: Site) -> Array | None:
    """Output of the solar plant on site, used or not; None where there is none. [MW]"""
    return None if site.solar is None else site.solar.peak_mw * solar_of(scenario, site.solar)


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
