"""Figures of a whole portfolio: over the horizon, by calendar year, and dates of phases."""

from __future__ import annotations

from typing import Final

from capsim.vocabulary.events import DATED
from capsim.vocabulary.measures import NOMINAL, Measure
from capsim.vocabulary.series import MONTHLY

_MONTHLY = {measure.name: measure for measure in MONTHLY}


def _monthly(*names: str) -> tuple[Measure, ...]:
    """Figures that are monthly series too: they fold over the months and add up over the sites."""
    return tuple(_MONTHLY[name] for name in names)


_ENERGY: Final = (
    Measure("facility_gwh", "GWh", "Facility energy at the meter", "sum", "lower"),
    Measure("pue", "1", "Power usage effectiveness: facility energy over IT energy", "whole", "lower"),
)
_SPENT: Final = (
    Measure("capex", "currency", "What is paid once, for building and buying", "sum", "lower"),
    Measure("opex", "currency", "What it costs to run, energy included", "sum", "lower"),
)
HEADLINE: Final = (
    Measure("accelerators_peak", "accelerators", "Most accelerators in service", "peak", "higher"),
    Measure("h100e_bf16_peak", "H100e", "Most H100-equivalents in service, by dense BF16", "peak", "higher"),
    Measure("h100e_8bit_peak", "H100e", "Most H100-equivalents in service, by dense 8-bit", "peak", "higher"),
    Measure(
        "h100e_best_peak", "H100e", "Most H100-equivalents in service, by best precision", "peak", "higher"
    ),
    Measure("critical_it_mw_end", "MW", "Critical IT power ready for service at the end", "end", "higher"),
    Measure("grid_mw_end", "MW", "Contracted grid power energised at the end", "end"),
    *_monthly("it_peak_mw", "facility_peak_mw"),
    *_ENERGY,
    Measure("it_gwh", "GWh", "IT energy", "sum"),
    *_monthly("carbon_t", "carbon_market_t", "carbon_embodied_t"),
    Measure("cue_kg_per_kwh", "kgCO2e/kWh", "Carbon of grid and fuel over IT energy", "whole", "lower"),
    *_monthly("water_m3"),
    Measure("wue_l_per_kwh", "l/kWh", "Water taken in by the cooling over IT energy", "whole", "lower"),
    Measure(
        "wue_source_l_per_kwh",
        "l/kWh",
        "Water of cooling and of making the energy, over IT energy",
        "whole",
        "lower",
    ),
    Measure("erf", "1", "Energy reuse factor: heat given away over facility energy", "whole", "higher"),
    *_monthly("accelerator_h", "h100e_h"),
    Measure("curtailed_share", "1", "Compute that limits take over all wanted", "whole", "lower", "percent"),
    *_monthly("demand_peak_h100e", "demand_peak_mw"),
    Measure(
        "turned_away_share", "1", "Compute turned away over what is asked for", "whole", "lower", "percent"
    ),
    *_SPENT,
    Measure("opex_last_year", "currency", "Opex of the last twelve months", "sum", "lower"),
    Measure(
        "capex_per_critical_it_mw",
        "currency/MW",
        "Capex, refresh included, per MW made ready",
        "whole",
        "lower",
    ),
    Measure(
        "capex_per_h100e",
        "currency/H100e",
        "Capex, refresh included, per H100e put in service",
        "whole",
        "lower",
    ),
    Measure(
        "lcoc_per_accelerator_h", "currency/h", "Levelised cost of an accelerator-hour", "whole", "lower"
    ),
    Measure("lcoc_per_h100e_h", "currency/(H100e h)", "Levelised cost of an H100e-hour", "whole", "lower"),
    Measure(
        "levelised_cost_per_it_mwh", "currency/MWh", "Levelised cost of a MWh of IT energy", "whole", "lower"
    ),
    Measure("revenue", "currency", "What compute and halls are sold or let for", "sum", "higher"),
    Measure("residual", "currency", "Value that is left at the end", "sum", "higher"),
    Measure("npv", "currency", "Net present value before tax and financing, real", "whole", "higher"),
    Measure("irr_real", "1/y", "Internal rate of return before tax and financing, real", "whole", "higher"),
    Measure(
        "irr_equity_nominal", "1/y", "Rate of return of the owners after tax and debt", "whole", "higher"
    ),
    Measure("payback_y", "y", "Time until what was paid has come back", "whole", "lower"),
    Measure("peak_funding", "currency", "Deepest point of the cash flow summed up", "whole", "lower"),
    Measure("peak_equity_nominal", NOMINAL, "Most that the owners have in", "whole", "lower"),
    Measure(
        "build_cost_per_critical_it_mw",
        "currency/MW",
        "Price of what is new, without refresh, per MW made ready",
        "whole",
        "lower",
    ),
    Measure(
        "tco_per_it_mw_year",
        "currency/(MW y)",
        "Cost of ownership of a MW of critical IT for a year",
        "whole",
        "lower",
    ),
    Measure("budget_buys_mw", "MW", "Critical IT power that the budget builds", "whole", "higher"),
    Measure(
        "budget_buys_plant_only_mw",
        "MW",
        "Critical IT power that the budget builds without systems in it",
        "whole",
        "higher",
    ),
)
"""Headline figures: of the whole portfolio over the whole horizon."""
LEDGER: Final = _SPENT
"""Sums over the ledger that studies keep by month beside the monthly series."""
YEARLY: Final = (
    *_monthly("accelerators", "h100e_bf16", "h100e_8bit", "h100e_best", "critical_it_mw"),
    Measure("facility_mean_mw", "MW", "Facility load at the meter, mean of the year", "mean", "lower"),
    *_monthly("facility_peak_mw"),
    *_ENERGY,
    *_monthly("carbon_t", "water_m3"),
    *_SPENT,
    Measure("binds", "", "What keeps most planned MW from computing", "whole", "neither", "text"),
)
"""Columns of the yearly table; of H100-equivalents those of the definition in force."""
_MEANING_OF_DATES: Final = (
    "The phase's grid step carries power",
    "The hall is handed over",
    "The first of its systems is in service",
    "The last of its first fleet is in service",
)
DATES: Final = tuple(
    Measure(name, "date", meaning, "whole", "lower")
    for name, meaning in zip(DATED, _MEANING_OF_DATES, strict=True)
)
"""Dates of a phase that studies keep."""
