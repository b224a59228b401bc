"""Series of a projection: by month, by hall and month, and by hour; and what is read off one hour.

A figure that is found in several of these, or among the headline figures, is declared in the first.
"""

from __future__ import annotations

from typing import Final

from capsim.vocabulary.measures import Measure

MONTHLY: Final = (
    Measure("accelerators", "accelerators", "Accelerators in service", "end", "higher"),
    Measure("h100e_bf16", "H100e (bf16)", "H100-equivalents in service, by dense BF16", "end", "higher"),
    Measure("h100e_8bit", "H100e (8bit)", "H100-equivalents in service, by dense 8-bit", "end", "higher"),
    Measure("h100e_best", "H100e (best)", "H100-equivalents in service, by best precision", "end", "higher"),
    Measure("critical_it_mw", "MW", "Critical IT power ready for service", "end", "higher"),
    Measure("grid_mw", "MW", "Contracted grid power energised", "end"),
    Measure("grid_usable_mw", "MW", "Grid power usable: energised, and within firm power", "end"),
    Measure("it_peak_mw", "MW", "Highest hourly IT load", "peak"),
    Measure("facility_peak_mw", "MW", "Highest hourly facility load", "peak", "lower"),
    Measure("it_mwh", "MWh", "IT energy", "sum"),
    Measure("cooling_mwh", "MWh", "Cooling energy", "sum", "lower"),
    Measure("losses_mwh", "MWh", "Electrical losses and lighting", "sum", "lower"),
    Measure("facility_mwh", "MWh", "Facility energy at the meter", "sum", "lower"),
    Measure("curtailed_mwh", "MWh", "IT energy wanted and not given because a limit binds", "sum", "lower"),
    Measure(
        "cooling_curtailed_mwh", "MWh", "Part of it that the cooling plant could not carry", "sum", "lower"
    ),
    Measure("energy_cost", "currency", "Cost of energy at the meter", "sum", "lower"),
    Measure("carbon_t", "tCO2e", "Location-based carbon of the energy from the grid", "sum", "lower"),
    Measure("carbon_market_t", "tCO2e", "Market-based carbon of the energy from the grid", "sum", "lower"),
    Measure("carbon_fuel_t", "tCO2e", "Carbon of fuel burnt on site", "sum", "lower"),
    Measure(
        "carbon_embodied_t", "tCO2e", "Embodied carbon of accelerators and halls, amortised", "sum", "lower"
    ),
    Measure("water_m3", "m3", "Water taken in by the cooling", "sum", "lower"),
    Measure("water_source_m3", "m3", "Water consumed to make the energy from the grid", "sum", "lower"),
    Measure("grid_mwh", "MWh", "Energy from the grid", "sum", "lower"),
    Measure("generated_mwh", "MWh", "Energy of own generation", "sum"),
    Measure("battery_loss_mwh", "MWh", "Energy lost in the battery", "sum", "lower"),
    Measure("reused_heat_mwh", "MWh", "IT heat given away", "sum", "higher"),
    Measure(
        "grid_headroom_mw",
        "MW",
        "Least hourly margin of the month at the meter: its limit less what passes",
        "least",
        "higher",
    ),
    Measure(
        "hall_headroom_mw",
        "MW",
        "Critical IT power ready above the month's peak IT load; none in halls that cut load",
        "margin",
    ),
    Measure(
        "stranded_mw",
        "MW",
        "Critical IT power ready that the meter cannot carry at its peak",
        "margin",
        "lower",
    ),
    Measure("power_limited_h", "h", "Hours in which a hall or the grid connection binds", "hours", "lower"),
    Measure("cooling_limited_h", "h", "Hours in which the cooling plant binds", "hours", "lower"),
    Measure("in_service_h", "h", "Accelerator-hours in service", "sum", "higher"),
    Measure("held_h", "h", "Accelerator-hours held by a job", "sum", "higher"),
    Measure("accelerator_h", "h", "Accelerator-hours delivered: allocated and busy", "sum", "higher"),
    Measure(
        "h100e_h",
        "H100e h",
        "H100e-hours delivered: allocated and busy, in the definition in force",
        "sum",
        "higher",
    ),
    Measure(
        "curtailed_h100e_h",
        "H100e h",
        "H100e-hours lost to a limit, in the definition in force",
        "sum",
        "lower",
    ),
    Measure(
        "shed_h100e_h",
        "H100e h",
        "H100e-hours given up by choice: paused work, caps of full fleets",
        "sum",
        "lower",
    ),
    Measure("delayed_h100e_h", "H100e h", "H100e-hours moved to other hours of the same day", "sum", "lower"),
    Measure("shed_mwh", "MWh", "IT energy not drawn in the hours in which work pauses", "sum"),
    Measure("demand_h100e_h", "H100e h", "H100e-hours asked for; 0 where demand has no limit", "sum"),
    Measure("turned_away_h100e_h", "H100e h", "H100e-hours asked for and turned away", "sum", "lower"),
    Measure("queued_h100e_h", "H100e h", "H100e-hours of jobs that wait", "end", "lower"),
    Measure("demand_peak_h100e", "H100e", "Accelerators that the busiest hour of demand would hold", "peak"),
    Measure("demand_peak_mw", "MW", "Facility power that serves the highest hourly demand", "peak"),
)
"""All monthly series of a site, in the order they are shown."""
WAITING: Final = Measure(
    "waiting_mw", "MW", "Planned critical IT power that does not compute, by cause", "mean", "lower"
)
"""Monthly, by site and by what binds."""
_MONTHLY = {measure.name: measure for measure in MONTHLY}
HALLS: Final = (
    _MONTHLY["critical_it_mw"],
    Measure("nameplate_mw", "MW", "All-in IT power of the systems in service", "end"),
    _MONTHLY["it_peak_mw"],
    Measure(
        "headroom_mw",
        "MW",
        "Critical IT power ready above the month's peak IT load; 0 where the hall cuts load",
        "margin",
    ),
    Measure(
        "stranded_mw",
        "MW",
        "Critical IT power ready that the site's meter cannot carry at its peak",
        "margin",
        "lower",
    ),
    Measure("capped_h", "h", "Time in which the hall's own limit cuts what its systems want", "sum", "lower"),
)
"""Monthly series of each hall."""
HOURLY: Final = (
    Measure("it_mw", "MW", "IT load", "sum"),
    Measure("cooling_mw", "MW", "Cooling power", "sum", "lower"),
    Measure("losses_mw", "MW", "Electrical losses and lighting", "sum", "lower"),
    Measure("facility_mw", "MW", "Facility load at the meter", "sum", "lower"),
    Measure("grid_mw_drawn", "MW", "Power drawn from the grid", "sum", "lower"),
    Measure("water_m3_per_h", "m3/h", "Water taken in by the cooling", "sum", "lower"),
    Measure("it_wanted_mw", "MW", "IT load without power limits", "sum"),
    Measure("critical_it_mw_ready", "MW", "Critical IT power ready for service", "end", "higher"),
    Measure("grid_mw_energised", "MW", "Contracted grid power energised", "end"),
    Measure("accelerators_in_service", "accelerators", "Accelerators in service", "end", "higher"),
    Measure("dry_bulb_c", "degC", "Dry-bulb temperature", "end"),
    Measure("wet_bulb_c", "degC", "Wet-bulb temperature", "end"),
    Measure("price_per_mwh", "currency/MWh", "Price of energy at the meter", "end", "lower"),
    Measure("carbon_g_per_kwh", "gCO2e/kWh", "Carbon intensity of the grid", "end", "lower"),
    Measure("grid_mw_usable", "MW", "Grid power usable: energised, within firm power and calls", "end"),
    Measure(
        "cooling_capacity_it_mw",
        "MW",
        "IT load whose heat the cooling carries in this weather",
        "end",
        "higher",
    ),
    Measure("held_by_halls_mw", "MW", "IT load wanted that halls hold back", "sum", "lower"),
    Measure("held_by_cooling_mw", "MW", "IT load wanted that the cooling holds back", "sum", "lower"),
    Measure(
        "held_by_meter_mw", "MW", "IT load wanted that the power at the meter holds back", "sum", "lower"
    ),
    Measure("generated_mw", "MW", "Own generation", "sum"),
    Measure("battery_mw", "MW", "Charge of the battery (negative: discharge)", "sum"),
    Measure("energy_cost_per_h", "currency/h", "Cost of energy at the meter", "sum", "lower"),
    Measure("carbon_t_per_h", "tCO2e/h", "Location-based carbon of the energy from the grid", "sum", "lower"),
    Measure("carbon_fuel_t_per_h", "tCO2e/h", "Carbon of fuel burnt on site", "sum", "lower"),
    Measure("h100e_delivered", "H100e", "H100e that compute, in the definition in force", "sum", "higher"),
)
"""Hourly series of a site, kept on request."""
OF_AN_HOUR: Final = (
    Measure("pue", "1", "Power usage effectiveness of the hour", "whole", "lower"),
    Measure(
        "design_dry_bulb_c", "degC", "Design day: dry-bulb that 0.4 % of the climate's hours exceed", "whole"
    ),
    Measure(
        "grid_headroom_mw",
        "MW",
        "Headroom at the meter: usable grid power less what is drawn",
        "end",
        "higher",
    ),
    Measure("hall_headroom_mw", "MW", "Headroom of the halls: critical IT power ready less IT load", "end"),
    Measure(
        "cooling_headroom_it_mw",
        "MW",
        "Headroom of the cooling: IT load it carries less IT load",
        "end",
        "higher",
    ),
)
"""What is stated of one hour beside the hourly series."""
