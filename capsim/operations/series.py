"""The monthly series: name, unit, meaning, and how an hourly quantity becomes a monthly one."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Series(NamedTuple):
    """One monthly series of a site."""

    name: str
    """Name, with its unit where the quantity has one."""
    unit: str
    """Unit; `currency` stands for the scenario's currency in its price year."""
    long_name: str
    """Meaning in words."""
    fold: Literal["end", "sum", "peak", "least", "margin", "hours"]
    """Whether a month shows the level at its end, the sum, peak or least of its hours, the level at its end
    held against its highest hour, or counts hours."""


SERIES = (
    Series("accelerators", "accelerators", "Accelerators in service", "end"),
    Series("h100e_bf16", "H100e (bf16)", "H100-equivalents in service, by dense BF16", "end"),
    Series("h100e_8bit", "H100e (8bit)", "H100-equivalents in service, by dense 8-bit", "end"),
    Series("h100e_best", "H100e (best)", "H100-equivalents in service, by best precision", "end"),
    Series("critical_it_mw", "MW", "Critical IT power ready for service", "end"),
    Series("grid_mw", "MW", "Contracted grid power energised", "end"),
    Series("grid_usable_mw", "MW", "Grid power usable: energised, and within firm power", "end"),
    Series("it_peak_mw", "MW", "Highest hourly IT load", "peak"),
    Series("facility_peak_mw", "MW", "Highest hourly facility load", "peak"),
    Series("it_mwh", "MWh", "IT energy", "sum"),
    Series("cooling_mwh", "MWh", "Cooling energy", "sum"),
    Series("losses_mwh", "MWh", "Electrical losses and lighting", "sum"),
    Series("facility_mwh", "MWh", "Facility energy at the meter", "sum"),
    Series("curtailed_mwh", "MWh", "IT energy wanted and not given because a limit binds", "sum"),
    Series("cooling_curtailed_mwh", "MWh", "Part of it that the cooling plant could not carry", "sum"),
    Series("energy_cost", "currency", "Cost of energy at the meter", "sum"),
    Series("carbon_t", "tCO2e", "Location-based carbon of the energy from the grid", "sum"),
    Series("carbon_market_t", "tCO2e", "Market-based carbon of the energy from the grid", "sum"),
    Series("carbon_fuel_t", "tCO2e", "Carbon of fuel burnt on site", "sum"),
    Series("carbon_embodied_t", "tCO2e", "Embodied carbon of accelerators and halls, amortised", "sum"),
    Series("water_m3", "m3", "Water taken in by the cooling", "sum"),
    Series("water_source_m3", "m3", "Water consumed to make the energy from the grid", "sum"),
    Series("grid_mwh", "MWh", "Energy from the grid", "sum"),
    Series("generated_mwh", "MWh", "Energy of own generation", "sum"),
    Series("battery_loss_mwh", "MWh", "Energy lost in the battery", "sum"),
    Series("reused_heat_mwh", "MWh", "IT heat given away", "sum"),
    Series(
        "grid_headroom_mw",
        "MW",
        "Least hourly margin of the month at the meter: its limit less what passes",
        "least",
    ),
    Series(
        "hall_headroom_mw",
        "MW",
        "Critical IT power ready above the month's peak IT load; none in halls that cut load",
        "margin",
    ),
    Series("stranded_mw", "MW", "Critical IT power ready that the meter cannot carry at its peak", "margin"),
    Series("power_limited_h", "h", "Hours in which a hall or the grid connection binds", "hours"),
    Series("cooling_limited_h", "h", "Hours in which the cooling plant binds", "hours"),
    Series("in_service_h", "h", "Accelerator-hours in service", "sum"),
    Series("held_h", "h", "Accelerator-hours held by a job", "sum"),
    Series("accelerator_h", "h", "Accelerator-hours delivered: allocated and busy", "sum"),
    Series(
        "h100e_h", "H100e h", "H100e-hours delivered: allocated and busy, in the definition in force", "sum"
    ),
    Series("curtailed_h100e_h", "H100e h", "H100e-hours lost to a limit, in the definition in force", "sum"),
    Series(
        "shed_h100e_h", "H100e h", "H100e-hours given up by choice: paused work, caps of full fleets", "sum"
    ),
    Series("delayed_h100e_h", "H100e h", "H100e-hours moved to other hours of the same day", "sum"),
    Series("shed_mwh", "MWh", "IT energy not drawn in the hours in which work pauses", "sum"),
    Series("demand_h100e_h", "H100e h", "H100e-hours asked for; 0 where demand has no limit", "sum"),
    Series("turned_away_h100e_h", "H100e h", "H100e-hours asked for and turned away", "sum"),
    Series("queued_h100e_h", "H100e h", "H100e-hours of jobs that wait", "end"),
    Series("demand_peak_h100e", "H100e", "Accelerators that the busiest hour of demand would hold", "peak"),
    Series("demand_peak_mw", "MW", "Facility power that serves the highest hourly demand", "peak"),
)
"""All monthly series, in the order they are shown."""

HALLS = (
    Series("critical_it_mw", "MW", "Critical IT power ready for service", "end"),
    Series("nameplate_mw", "MW", "All-in IT power of the systems in service", "end"),
    Series("it_peak_mw", "MW", "Highest hourly IT load", "peak"),
    Series(
        "headroom_mw",
        "MW",
        "Critical IT power ready above the month's peak IT load; 0 where the hall cuts load",
        "margin",
    ),
    Series(
        "stranded_mw",
        "MW",
        "Critical IT power ready that the site's meter cannot carry at its peak",
        "margin",
    ),
    Series("capped_h", "h", "Time in which the hall's own limit cuts what its systems want", "sum"),
)
"""Monthly series of each hall."""

HOURLY = (
    Series("it_mw", "MW", "IT load", "sum"),
    Series("cooling_mw", "MW", "Cooling power", "sum"),
    Series("losses_mw", "MW", "Electrical losses and lighting", "sum"),
    Series("facility_mw", "MW", "Facility load at the meter", "sum"),
    Series("grid_mw_drawn", "MW", "Power drawn from the grid", "sum"),
    Series("water_m3_per_h", "m3/h", "Water taken in by the cooling", "sum"),
    Series("it_wanted_mw", "MW", "IT load without power limits", "sum"),
    Series("critical_it_mw_ready", "MW", "Critical IT power ready for service", "end"),
    Series("grid_mw_energised", "MW", "Contracted grid power energised", "end"),
    Series("accelerators_in_service", "accelerators", "Accelerators in service", "end"),
    Series("dry_bulb_c", "degC", "Dry-bulb temperature", "end"),
    Series("wet_bulb_c", "degC", "Wet-bulb temperature", "end"),
    Series("price_per_mwh", "currency/MWh", "Price of energy at the meter", "end"),
    Series("carbon_g_per_kwh", "gCO2e/kWh", "Carbon intensity of the grid", "end"),
    Series("grid_mw_usable", "MW", "Grid power usable: energised, within firm power and calls", "end"),
    Series("cooling_capacity_it_mw", "MW", "IT load whose heat the cooling carries in this weather", "end"),
    Series("held_by_halls_mw", "MW", "IT load wanted that halls hold back", "sum"),
    Series("held_by_cooling_mw", "MW", "IT load wanted that the cooling holds back", "sum"),
    Series("held_by_meter_mw", "MW", "IT load wanted that the power at the meter holds back", "sum"),
    Series("generated_mw", "MW", "Own generation", "sum"),
    Series("battery_mw", "MW", "Charge of the battery (negative: discharge)", "sum"),
    Series("energy_cost_per_h", "currency/h", "Cost of energy at the meter", "sum"),
    Series("carbon_t_per_h", "tCO2e/h", "Location-based carbon of the energy from the grid", "sum"),
    Series("carbon_fuel_t_per_h", "tCO2e/h", "Carbon of fuel burnt on site", "sum"),
    Series("h100e_delivered", "H100e", "H100e that compute, in the definition in force", "sum"),
)
"""Hourly series kept on request."""
