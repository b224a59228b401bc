"""Levelised costs of a ledger."""

from __future__ import annotations

import numpy as np

from capsim.ledger.book import COSTS, Ledger
from capsim.models.finance import levelised_cost
from capsim.operations.operate import Operations
from capsim.scenario.money import wacc_real
from capsim.scenario.schema import Scenario
from capsim.units import MONTHS_PER_YEAR

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
    n_months = scenario.calendar.n_months
    times_y = (np.arange(n_months) + 0.5) / MONTHS_PER_YEAR
    costs = ledger.total(*COSTS)
    return {
        output: float(
            levelised_cost(
                costs,
                operations.monthly[output].sum(axis=0),
                rate_per_y=wacc_real(scenario),
                times_y=times_y,
            )
        )
        for output in OUTPUTS
    }
