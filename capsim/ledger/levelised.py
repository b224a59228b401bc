"""Levelised costs of a ledger, and the total cost of ownership per MW-year."""

from __future__ import annotations

import math

import numpy as np

from capsim.buildout import Timeline
from capsim.ledger.assets import AssetColumns
from capsim.ledger.booking import COSTS, Ledger
from capsim.ledger.opex import years_of_months
from capsim.models.finance import capital_recovery_factor, levelised_cost
from capsim.operations import Operations, month_shares
from capsim.quantities import wacc_real
from capsim.scenario import Scenario
from capsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR, Array, Calendar, row_blocks

OUTPUTS = ("accelerator_h", "h100e_h", "it_mwh")
"""Monthly series a levelised cost is stated per."""


def levelised_costs(scenario: Scenario, operations: Operations, ledger: Ledger) -> dict[str, float]:
    """Levelised cost per unit of each output.

    Costs are cash, plus the value of what is there at the start, less the value left at the end.
    Both costs and output are discounted at the real WACC from the middle of each month.

    Returns
    -------
    levelised : dict
        By name of the output; NaN where there is none. [scenario currency per unit]
    """
    return _levelised(scenario, operations, ledger.total(*COSTS))


def levelised_by_item(
    scenario: Scenario, operations: Operations, ledger: Ledger
) -> dict[str, dict[str, float]]:
    """Part of each levelised cost that each cost item makes, by item; the sum is `levelised_costs`."""
    items = dict.fromkeys(line.item for line in ledger.lines if line.category in COSTS)
    return {item: _levelised(scenario, operations, ledger.total(*COSTS, item=item)) for item in items}


def month_times_y(scenario: Scenario) -> Array:
    """Middle of each month, shape (n_months,). [y]"""
    return np.asarray((np.arange(scenario.calendar.n_months) + 0.5) / MONTHS_PER_YEAR)


def _levelised(scenario: Scenario, operations: Operations, costs: Array) -> dict[str, float]:
    times_y, rate_per_y = month_times_y(scenario), wacc_real(scenario)
    made = np.array([operations.monthly[output].sum(axis=0) for output in OUTPUTS])
    prices = levelised_cost(costs, made, rate_per_y=rate_per_y, times_y=times_y)
    return dict(zip(OUTPUTS, prices.tolist(), strict=True))


def cost_per_it_mw_year(scenario: Scenario, timeline: Timeline, ledger: Ledger) -> float:
    """Total cost of ownership per MW of critical IT power and year, real.

    Each asset costs its annuity at the real WACC over its life while it works, and opex is added;
    the sum over the horizon is divided by the MW-years ready for service in it. NaN where there
    are none. [scenario currency/MW/y]
    """
    calendar, assets = scenario.calendar, ledger.instalments.columns
    end_d = np.minimum(assets.accepted_d + assets.life_y * DAYS_PER_YEAR, assets.cancelled_d)
    capital = annuities(scenario, assets) @ _years_between(calendar, assets.accepted_d, end_d)
    ready = [(m.time_d, m.amount) for m in timeline.of_kind("ready_for_service")]
    start_d, mw = np.array(ready, dtype=np.float64).reshape(-1, 2).T
    last_d = np.full(start_d.shape, float(calendar.n_days))
    mw_years = float(mw @ _years_between(calendar, start_d, last_d))
    return (float(capital) + float(ledger.total("opex").sum())) / mw_years if mw_years else math.nan


def _years_between(calendar: Calendar, start_d: Array, end_d: Array) -> Array:
    """Time inside the horizon between pairs of times, of shape (n,). [y]"""
    years = years_of_months(calendar)
    return np.concatenate(
        [np.zeros(0)]
        + [month_shares(calendar, start_d[some], end_d[some]) @ years for some in row_blocks(start_d.size)]
    )


def annuities(scenario: Scenario, assets: AssetColumns) -> Array:
    """Yearly sums that pay assets back with interest over their lives; interest alone where they last.

    At the real WACC, shape (n_assets,). [scenario currency/y]
    """
    rate = wacc_real(scenario)
    lasts = np.isinf(assets.life_y)
    factor = capital_recovery_factor(rate, np.where(lasts, 1.0, assets.life_y))
    return np.asarray(assets.cost * np.where(lasts, rate, factor))
