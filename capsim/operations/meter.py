"""What passes the meter of a site: own generation and battery, contracts, cost and carbon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capsim.models.flexibility import daily_battery
from capsim.operations.contracts import covered_mw, price_per_mwh, sun_mw
from capsim.operations.fleet import SiteFleet, sum_of
from capsim.operations.power_limit import Limit
from capsim.operations.surroundings import Surroundings
from capsim.quantities import in_scenario_money
from capsim.scenario import Battery, Contract
from capsim.units import (
    DAYS_PER_YEAR,
    G_PER_KG,
    HOURS_PER_DAY,
    HOURS_PER_YEAR,
    KG_PER_T,
    KWH_PER_MWH,
    Array,
    Calendar,
)

_T_PER_MWH_OF_G_PER_KWH = KWH_PER_MWH / (G_PER_KG * KG_PER_T)
"""Carbon of one MWh at one g/kWh. [t]"""


@dataclass(frozen=True)
class PerMwh:
    """What follows from a power at so much for each MWh, by the hour or by the month."""

    power_mw: Array
    """Power, shape (n_hours,). [MW]"""
    per_mwh: Array | float
    """How much of it for each MWh: by the hour or all alike, or by the month where no hours are asked."""
    unit: float = 1.0
    """Unit of `per_mwh` in that of the result. [1]"""
    more: Array | None = None
    """What comes on top of it in each hour; None for nothing."""

    @property
    def hourly(self) -> Array:
        """In each hour, shape (n_hours,)."""
        flow = np.asarray(self.power_mw * self.per_mwh)
        flow *= self.unit
        return flow if self.more is None else flow + self.more

    def by_month(self, calendar: Calendar, energy_mwh: Array | None = None) -> Array:
        """In each month, shape (n_months,); `energy_mwh` is that of the power, where it is known already."""
        rate = self.per_mwh
        if isinstance(rate, np.ndarray) and rate.size == self.power_mw.size:
            total = calendar.sum_of_products_by_month(self.power_mw, rate)
        else:
            energy_mwh = calendar.sum_by_month(self.power_mw) if energy_mwh is None else energy_mwh
            total = energy_mwh * rate
        total *= self.unit
        return total if self.more is None else total + calendar.sum_by_month(self.more)


@dataclass(frozen=True)
class Meter:
    """Hourly flows at the meter, each of shape (n_hours,)."""

    grid_mw: Array
    """Power drawn from the grid, battery and own generation taken into account. [MW]"""
    generated_mw: Array | None
    """Own generation; None where there is none. [MW]"""
    battery_loss_mw: Array | None
    """Charge less discharge; None without a battery. [MW]"""
    cost: PerMwh
    """Cost of the energy: grid, contracts and fuel. [scenario currency/h]"""
    carbon_t: PerMwh
    """Location-based life-cycle carbon of what is drawn from the grid. [tCO2e/h]"""
    market_carbon_t: PerMwh
    """Market-based life-cycle carbon: what contracts certify, the residual mix for the rest. [tCO2e/h]"""
    renewable_mw: Array | None
    """Energy of own sun and of renewable guarantees of origin; None where there is none. [MW]"""
    fuel_carbon_t: Array | None
    """Direct carbon of fuel burnt on site; None where there is none. [tCO2/h]"""


def meter(fleet: SiteFleet, around: Surroundings, facility_mw: Array, limit: Limit) -> Meter:
    """Flows, cost and carbon at the meter of a site."""
    scenario, site = fleet.scenario, fleet.site
    grid, battery_loss = facility_mw, None
    produced = sun_mw(fleet)
    sunny = None if produced is None else np.minimum(facility_mw, produced)
    if sunny is not None:
        grid = grid - sunny
    engines = own_generation(fleet, around, grid, limit)
    if engines is not None:
        grid = grid - engines
    if site.battery is not None:
        flow = daily_battery(
            around.marginal_per_mwh,
            grid,
            limit.hourly_mw,
            power_mw=site.battery.power_mw,
            energy_mwh=battery_energy_mwh(site.battery, _powered_day(fleet), grid.size // HOURS_PER_DAY),
            round_trip_efficiency=site.battery.round_trip_efficiency,
        )
        battery_loss = flow.charge_mw - flow.discharge_mw
        grid = np.maximum(grid + battery_loss, 0.0)
    costs = [_cost_of_contract(fleet, contract, around, grid) for contract in site.contracts]
    carbon_t = PerMwh(grid, around.carbon_g_per_kwh, _T_PER_MWH_OF_G_PER_KWH)
    fuel_carbon, generated = None, engines if sunny is None else sunny
    if produced is not None and site.solar is not None:
        sun = site.solar
        costs.append(produced * in_scenario_money(scenario, sun.cost_per_mwh, sun.currency, sun.price_year))
    if engines is not None and site.generation is not None:
        costs.append(engines * fuel_cost_per_mwh(fleet))
        engine = site.generation
        fuel_carbon = engines * (engine.carbon_kg_per_mwh / (engine.efficiency * KG_PER_T))
        generated = engines if sunny is None else engines + sunny
    cost = PerMwh(grid, around.price_per_mwh, more=sum_of(costs, grid) if costs else None)
    market = _market_carbon_t(fleet, around, carbon_t)
    renewable = _renewable_mw(fleet, grid, sunny)
    return Meter(grid, generated, battery_loss, cost, carbon_t, market, renewable, fuel_carbon)


def _cost_of_contract(fleet: SiteFleet, contract: Contract, around: Surroundings, grid_mw: Array) -> Array:
    """What a contract costs beyond the wholesale price of what it covers. [scenario currency/h]"""
    beyond = price_per_mwh(fleet, contract, around) - around.wholesale_per_mwh
    return np.asarray(covered_mw(fleet, contract, grid_mw) * beyond)


def battery_energy_mwh(battery: Battery, new_d: int, n_days: int) -> Array:
    """Energy a battery delivers from full on each day: it fades, and is replaced after its life. [MWh]"""
    age_y = np.maximum(np.arange(n_days) - new_d, 0) / DAYS_PER_YEAR % battery.life_years
    return np.asarray(battery.energy_mwh * (1.0 - battery.fade_per_y) ** np.floor(age_y))


def _powered_day(fleet: SiteFleet) -> int:
    """Day of the first grid power, from which a battery ages; the horizon where there is none. [d]"""
    powered = np.flatnonzero(fleet.grid_mw > 0.0)
    edges_h = fleet.spans.edges_h
    return int(edges_h[powered[0] if powered.size else -1]) // HOURS_PER_DAY


def engines_on_price(fleet: SiteFleet, around: Surroundings) -> Array | None:
    """Power of the engines in the hours in which the grid costs more than their fuel, else 0. [MW]"""
    engines = fleet.site.generation
    if engines is None or not engines.runs_on_price:
        return None
    runs = around.marginal_per_mwh > fuel_cost_per_mwh(fleet)
    return np.where(runs, engines.power_mw, 0.0)


def own_generation(fleet: SiteFleet, around: Surroundings, load_mw: Array, limit: Limit) -> Array | None:
    """Power of the engines on site, never more than the load; None where there are none. [MW]"""
    engines = fleet.site.generation
    if engines is None:
        return None
    tests = engines.power_mw * engines.test_hours_per_y / HOURS_PER_YEAR
    generated = np.minimum(load_mw, tests)
    on_price = engines_on_price(fleet, around)
    if on_price is not None:
        generated = np.maximum(generated, np.minimum(load_mw, on_price))
    if engines.runs_when_short:
        short = np.clip(load_mw - limit.hourly_mw, 0.0, engines.power_mw)
        generated = np.maximum(generated, short)
    return generated


def fuel_cost_per_mwh(fleet: SiteFleet) -> float:
    """Cost of the fuel of own electricity. [scenario currency/MWh]"""
    engines = fleet.site.generation
    if engines is None:
        return 0.0
    price = engines.fuel_price_per_mwh, engines.currency, engines.price_year
    return in_scenario_money(fleet.scenario, *price) / engines.efficiency


def _renewable_mw(fleet: SiteFleet, grid_mw: Array, sunny_mw: Array | None) -> Array | None:
    """Own sun that is used, and what contracts cover with renewable guarantees of origin. [MW]"""
    renewable = sunny_mw
    for contract in fleet.site.contracts:
        if contract.renewable_share:
            covered = np.minimum(grid_mw, covered_mw(fleet, contract, grid_mw)) * contract.renewable_share
            renewable = covered if renewable is None else renewable + covered
    return renewable


def _market_carbon_t(fleet: SiteFleet, around: Surroundings, location_t: PerMwh) -> PerMwh:
    """Market-based carbon: what contracts certify, the residual mix for the rest. [tCO2e/h]"""
    certified = [c for c in fleet.site.contracts if c.carbon_gco2e_per_kwh is not None]
    # nothing certified, and a residual mix that is the grid: both ways of counting agree
    if not certified and around.residual_g_per_kwh is around.carbon_g_per_kwh:
        return location_t
    grid_mw = rest = location_t.power_mw
    carbon = []
    for contract in certified:
        covered = np.minimum(rest, covered_mw(fleet, contract, grid_mw))
        carbon.append(covered * ((contract.carbon_gco2e_per_kwh or 0.0) * _T_PER_MWH_OF_G_PER_KWH))
        rest = rest - covered
    more = sum_of(carbon, grid_mw) if carbon else None
    return PerMwh(rest, around.residual_g_per_kwh, _T_PER_MWH_OF_G_PER_KWH, more)
