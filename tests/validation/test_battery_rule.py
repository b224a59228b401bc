"""The battery's rule against the best of each day, on hours like those of 2025 in France and Germany."""

from datetime import date

import numpy as np
import pytest
from scipy.optimize import linprog

from capsim.catalog import price_years
from capsim.models.flexibility import daily_battery
from capsim.models.grid import relative_price
from capsim.units import calendar

POWER_MW, EFFICIENCY = 10.0, 0.863
CASES = {("FR", 2): 0.74, ("FR", 4): 0.80, ("DE-LU", 2): 0.82, ("DE-LU", 4): 0.86}
"""What the docs say: earned by the rule over the best of each day, by market and hours of energy."""


def best_of_day(price, energy_mwh):
    """Most a battery can earn in a day from empty to empty, with foresight and any number of cycles."""
    n, stored = price.size, np.tril(np.ones((price.size, price.size)))
    level = np.hstack([EFFICIENCY * stored, -stored])
    result = linprog(
        np.concatenate([price, -price]),
        A_ub=np.vstack([level, -level]),
        b_ub=np.concatenate([np.full(n, energy_mwh), np.zeros(n)]),
        A_eq=np.concatenate([np.full(n, EFFICIENCY), np.full(n, -1.0)])[None],
        b_eq=[0.0],
        bounds=[(0.0, POWER_MW)] * (2 * n),
    )
    return -result.fun


@pytest.mark.parametrize(("market", "hours"), CASES)
def test_the_rule_earns_what_the_docs_say_of_the_best_of_each_day(market, hours):
    year, energy = price_years(market)[-1], hours * POWER_MW
    index = calendar(date(2025, 1, 1), 12).month_hour_index
    rng = np.random.default_rng(1)
    relative = relative_price(year.shape, index, rng, residual=year.residual, quantiles=year.quantiles)
    # every tenth day
    price = (relative * year.mean).reshape(-1, 24)[::10]
    flow = daily_battery(
        price.ravel(),
        np.full(price.size, 50.0),
        100.0,
        power_mw=POWER_MW,
        energy_mwh=energy,
        round_trip_efficiency=EFFICIENCY,
    )
    earned = float((flow.discharge_mw - flow.charge_mw) @ price.ravel())
    best = sum(best_of_day(day, energy) for day in price)
    assert earned < best
    assert earned / best == pytest.approx(CASES[market, hours], abs=0.04)
