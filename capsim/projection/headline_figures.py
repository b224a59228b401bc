"""Headline results of a run: a few figures of the whole portfolio over the whole horizon."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from capsim.ledger import (
    Statements,
    build_cost_per_mw,
    cost_per_it_mw_year,
    levelised_costs,
    mw_bought,
    returns,
    statements,
)
from capsim.models.compute import DEFINITIONS
from capsim.operations import ratio
from capsim.projection.quotients import QUOTIENTS
from capsim.projection.run import Run
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary import HEADLINE

Headline = dict[str, float]
"""Figures by name; NaN where there is nothing to state."""
Months = dict[str, NDArray[np.float64]]
"""Monthly series of the portfolio by name, each of shape (n_months,)."""
LEVELISED = {
    "accelerator_h": "lcoc_per_accelerator_h",
    "h100e_h": "lcoc_per_h100e_h",
    "it_mwh": "levelised_cost_per_it_mwh",
}
"""How the levelised cost per unit of each output is called."""
PEAKS = ("it_peak_mw", "facility_peak_mw", "demand_peak_h100e", "demand_peak_mw")
"""Figures that are the highest month of the series of their name."""
RETURNS = ("npv", "irr_real", "irr_equity_nominal", "payback_y", "peak_funding", "peak_equity_nominal")
"""Figures of an investment, in the order of results."""


def headline(run: Run, stated: Statements | None = None) -> Headline:
    """Headline figures of a run, as `capsim.vocabulary.HEADLINE` declares them.

    Peaks are of the portfolio's monthly values; the peak load is the sum of the sites' own peaks.
    Capex per MW and per H100-equivalent divide all capex inside the horizon, refresh included, by
    the MW made ready and the H100-equivalents put in service inside it.
    """
    names = list(run.operations.monthly)
    # all series at once: sums of single ones are many calls for few numbers
    by_month = np.array([run.operations.monthly[name] for name in names]).sum(axis=1)
    month = dict(zip(names, by_month, strict=True))
    total = dict(zip(names, by_month.sum(axis=1).tolist(), strict=True))
    figures = _capacity(month) | _totals(total) | _money(run) | _returns(run, stated)
    currency = run.scenario.currency.code
    return {measure.named(currency): figures[measure.name] for measure in HEADLINE}


def _capacity(month: Months) -> Headline:
    return {
        "accelerators_peak": float(month["accelerators"].max()),
        **{f"h100e_{d}_peak": float(month[f"h100e_{d}"].max()) for d in DEFINITIONS},
        **{f"{name}_end": float(month[name][-1]) for name in ("critical_it_mw", "grid_mw")},
        **{name: float(month[name].max()) for name in PEAKS},
    }


def _totals(total: Headline) -> Headline:
    """Energy, carbon, water and compute, and what is one of them over another."""
    names = ("carbon_t", "carbon_market_t", "carbon_embodied_t", "water_m3", "accelerator_h", "h100e_h")
    quotients = ((name, float(quotient.value(total.__getitem__))) for name, quotient in QUOTIENTS.items())
    # one object stands for nothing to state, so that equal headlines compare equal
    stated = {name: math.nan if math.isnan(value) else value for name, value in quotients}
    return {name: total[name] for name in names} | stated


def _money(run: Run) -> Headline:
    capex, opex = run.ledger.total("capex"), run.ledger.total("opex")
    levelised = levelised_costs(run.scenario, run.operations, run.ledger)
    return {
        "capex": float(capex.sum()),
        "opex": float(opex.sum()),
        "opex_last_year": float(opex[-MONTHS_PER_YEAR:].sum()),
        "capex_per_critical_it_mw": divide(float(capex.sum()), _mw_made_ready(run)),
        "capex_per_h100e": divide(float(capex.sum()), _h100e_put_in_service(run)),
        **{LEVELISED[output]: cost for output, cost in levelised.items()},
    }


def _returns(run: Run, stated: Statements | None) -> Headline:
    """What it earns, and what a MW costs in a year."""
    scenario, timeline, ledger = run.scenario, run.timeline, run.ledger
    figures = returns(scenario, ledger, stated or statements(scenario, ledger))
    bought = mw_bought(scenario, timeline, ledger)
    return {
        "revenue": float(ledger.total("revenue").sum()),
        "residual": -float(ledger.total("residual").sum()),
        **{name: figures[name] for name in RETURNS},
        "build_cost_per_critical_it_mw": build_cost_per_mw(scenario, timeline, ledger),
        "tco_per_it_mw_year": cost_per_it_mw_year(scenario, timeline, ledger),
        "budget_buys_mw": bought.mw,
        "budget_buys_plant_only_mw": bought.plant_only_mw,
    }


def _mw_made_ready(run: Run) -> float:
    end_d = run.scenario.calendar.n_days
    return sum(m.amount for m in run.timeline.of_kind("ready_for_service") if 0 <= m.time_d < end_d)


def _h100e_put_in_service(run: Run) -> float:
    catalog = run.scenario.catalog
    systems: dict[str, float] = defaultdict(float)
    for m in run.timeline.of_kind("in_service"):
        systems[m.unit] += m.amount if m.time_d >= 0 else 0.0
    total = 0.0
    # by system, because the catalogue is slow to ask for every lot
    for name, number in systems.items():
        system = catalog.entry("systems", name)
        if system.number("accelerator_count"):
            chip = catalog.entry("accelerators", system.text("accelerator"))
            total += number * system.number("accelerator_count") * ratio(chip, run.scenario.h100e)
    return total


def divide(part: float, whole: float) -> float:
    """Ratio; NaN where there is no whole."""
    return part / whole if whole else math.nan
