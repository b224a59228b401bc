"""The same hours in plain numpy: what a row of a study is held against, in the same process.

Weather and price are drawn, a plant is evaluated, and energy, cost and carbon are summed by month: the least
that any hourly simulation of a site does, without persistence, limits, halls or money.
"""

from __future__ import annotations

import numpy as np

from capsim.units import Calendar


def floor(calendar: Calendar, n_sites: int, rng: np.random.Generator) -> float:
    """Facility energy of some sites over the hours of a horizon. [MWh]"""
    table = np.linspace(5.0, 25.0, 288)
    return float(sum(_site(calendar, table, rng) for _ in range(n_sites)))


def _site(calendar: Calendar, table_c: np.ndarray, rng: np.random.Generator) -> float:
    index, n_hours = calendar.month_hour_index, calendar.n_hours
    dry_c = table_c[index] + 5.0 * rng.standard_normal(n_hours)
    wet_c = np.minimum(dry_c, dry_c - 4.0 + 2.0 * rng.standard_normal(n_hours))
    price = 60.0 + table_c[index] + 20.0 * rng.standard_normal(n_hours)
    it_mw = np.repeat(np.linspace(0.0, 180.0, calendar.n_months), np.diff(calendar.month_start_d) * 24)
    lift_k = np.maximum(dry_c - 18.0, 0.0)
    cooling_mw = it_mw * (0.03 + 0.002 * lift_k + 0.0005 * lift_k**2)
    water_m3 = it_mw * 0.1 * np.maximum(dry_c - wet_c, 0.0)
    facility_mw = 1.05 * (it_mw + cooling_mw)
    series = (it_mw, cooling_mw, facility_mw, water_m3, facility_mw * price, facility_mw * 0.044)
    months = [np.add.reduceat(hourly, calendar.month_start_h) for hourly in series]
    return float(months[2].sum())
