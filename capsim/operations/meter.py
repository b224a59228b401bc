"""What passes the meter of a site: own generation and battery, contracts, cost and carbon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capsim.models.flexibility import daily_battery
from capsim.operations.contracts import covered_mw, price_per_mwh, sun_mw
from capsim.operations.fleet import SiteFleet
from capsim.operations.surroundings import Surroundings
from capsim.quantities import in_scenario_money
from capsim.scenario import Battery
from capsim.units import (
    DAYS_PER_YEAR,
    G_PER_KG,
    HOURS_PER_DAY,
    HOURS_PER_YEAR,
    KG_PER_T,
    KWH_PER_MWH,
    Array,
)

_T_PER_MWH_OF_G_PER_KWH = KWH_PER_MWH / (G_PER_KG * KG_PER_T)
"""Carbon of one MWh at one g/kWh. [t]"""


@dataclass(frozen=True)
class Meter:
    """Hourly flows at the meter, each of shape (n_hours,)."""

    grid_mw: Array
    """Power drawn from the grid, battery and own generation taken into account. [MW]"""
    generated_mw: Array | None
    """Own generation; None where there is none. [MW]"""
    battery_loss_mw: Array | None
    """Charge less discharge; None without a battery. [MW]"""
    cost: Array
    """Cost of the energy: grid, contracts and fuel. [scenario currency/h]"""
    carbon_t: Array
    """Location-based life-cycle carbon of what is drawn from the grid. [tCO2e/h]"""
    market_carbon_t: Array
    """Market-based life-cycle carbon: what contracts certify, the residual mix for the rest. [tCO2e/h]"""
    renewable_mw: Array | None
    """Energy of own sun and of renewable guarantees of origin; None where there is none. [MW]"""
    fuel_carbon_t: Array | None
    """Direct carbon of fuel burnt on site; None where there is none. [tCO2/h]"""


def meter(fleet: SiteFleet, around: Surroundings, facility_mw: Array, limit_mw: Array) -> Meter:
    """Flows, cost and carbon at the meter of a site."""
    scenario, site = fleet.scenario, fleet.site
    grid, battery_loss = facility_mw, None
    produced = sun_mw(fleet)
    sunny = None if produced is None else np.minimum(facility_mw, produced)
    if sunny is not None:
        grid = grid - sunny
    engines = own_generation(fleet, around, grid, limit_mw)
    if engines is not None:
        grid = grid - engines
    if site.battery is not None:
        flow = daily_battery(
            around.marginal_per_mwh,
            grid,
            limit_mw,
            power_mw=site.battery.power_mw,
            energy_mwh=battery_energy_mwh(site.battery, _powered_day(fleet), grid.size // HOURS_PER_DAY),
            round_trip_efficiency=site.battery.round_trip_efficiency,
        )
        battery_loss = flow.charge_mw - flow.discharge_mw
        grid = np.maximum(grid + battery_loss, 0.0)
    cost = grid * around.price_per_mwh
    for contract in site.contracts:
        covered = covered_mw(fleet, contract, grid)
        cost += covered * (price_per_mwh(fleet, contract, around) - around.wholesale_per_mwh)
    carbon_t = grid * around.carbon_g_per_kwh * _T_PER_MWH_OF_G_PER_KWH
    fuel_carbon, generated = None, engines if sunny is None else sunny
    if produced is not None and site.solar is not None:
        sun = site.solar
        cost += produced * in_scenario_money(scenario, sun.cost_per_mwh, sun.currency, sun.price_year)
    if engines is not None and site.generation is not None:
        cost += engines * fuel_cost_per_mwh(fleet)
        engine = site.generation
        fuel_carbon = engines * (engine.carbon_kg_per_mwh / (engine.efficiency * KG_PER_T))
        generated = engines if sunny is None else engines + sunny
    market = _market_carbon_t(fleet, around, grid, carbon_t)
    renewable = _renewable_mw(fleet, grid, sunny)
    return Meter(grid, generated, battery_loss, cost, carbon_t, market, renewable, fuel_carbon)


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


def own_generation(fleet: SiteFleet, around: Surroundings, load_mw: Array, limit_mw: Array) -> Array | None:
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
        short = np.clip(load_mw - limit_mw, 0.0, engines.power_mw)
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


def _market_carbon_t(fleet: SiteFleet, around: Surroundings, grid_mw: Array, location_t: Array) -> Array:
    """Market-based carbon: what contracts certify, the residual mix for the rest. [tCO2/h]"""
    certified = [c for c in fleet.site.contracts if c.carbon_gco2e_per_kwh is not None]
    # nothing certified, and a residual mix that is the grid: both ways of counting agree
    if not certified and around.residual_g_per_kwh is around.carbon_g_per_kwh:
        return location_t
    rest, carbon = grid_mw, np.zeros_like(grid_mw)
    for contract in certified:
        covered = np.minimum(rest, covered_mw(fleet, contract, grid_mw))
        carbon += covered * ((contract.carbon_gco2e_per_kwh or 0.0) * _T_PER_MWH_OF_G_PER_KWH)
        rest = rest - covered
    carbon += rest * (around.residual_g_per_kwh * _T_PER_MWH_OF_G_PER_KWH)
    return carbon
