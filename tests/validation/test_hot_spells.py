"""How long hot weather lasts in synthetic years, against a year hour by hour that no statistic of ours saw.

Greensboro, North Carolina: typical year TMY3 723170 (NREL, hours of 1976 to 2005). `greensboro.csv` has what
the generator takes of a climate (mean dry-bulb by month and hour, spread, both lag-1 correlations) and the
departure of a day's mean that 30 % and 20 % of each month's days exceed. The spells are counted in the
hours themselves and are no input. A typical year joins months of different years, which cuts spells at
their ends; the generator's are 2 % (20 % hottest days) and 14 % (30 %) longer in the mean.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from capsim.models.weather import ClimateTable, weather_hours
from capsim.units import calendar

HOURS = calendar(np.datetime64("2027-01-01").item(), 12).month_hour_index
MONTH = HOURS.reshape(-1, 24)[:, 0] // 24
YEARS = 40
TABLE = pd.read_csv(Path(__file__).with_name("greensboro.csv"))
MEAN_C = TABLE[[f"h{hour:02d}" for hour in range(24)]].to_numpy()
MEASURED = {"p70_k": (2.57, 14, 71), "p80_k": (2.40, 11, 48)}
"""Days above the threshold in a row, mean [d]; spells of three days or more, and days in them."""


def spells(hot: NDArray[np.bool_]) -> tuple[float, int, int]:
    """Mean length of runs of hot days, runs of three or more, and days in those."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hot.astype(int), [0]])))
    length = edges[1::2] - edges[::2]
    return float(length.mean()), int((length >= 3).sum()), int(length[length >= 3].sum())


@lru_cache
def departures() -> NDArray[np.float64]:
    """Of the days' mean dry-bulb from the month's, shape (year, day). [K]"""
    sd, wet_below_k = TABLE["sd_k"].to_numpy(), 4.0
    lags = TABLE["lag1_hour"].to_numpy(), TABLE["lag1_day"].to_numpy()
    climate = ClimateTable(MEAN_C, MEAN_C - wet_below_k, sd, sd, np.full(12, 0.9), *lags)
    years = [weather_hours(climate, HOURS, np.random.default_rng([7, k])).dry_bulb_c for k in range(YEARS)]
    return np.stack([year.reshape(-1, 24).mean(axis=1) for year in years]) - MEAN_C.mean(axis=1)[MONTH]


@pytest.mark.parametrize("threshold", MEASURED)
def test_hot_spells_last_as_long_as_measured(threshold: str) -> None:
    """The measured year is one of the made ones: within two standard deviations of a year."""
    level = TABLE[threshold].to_numpy()[MONTH]
    made = np.array([spells(year > level) for year in departures()])
    away = np.abs(made.mean(axis=0) - MEASURED[threshold]) / made.std(axis=0, ddof=1)
    assert np.all(away <= 2)
    assert made[:, 0].mean() == pytest.approx(MEASURED[threshold][0], rel=0.2)


@pytest.mark.parametrize("threshold", MEASURED)
def test_the_same_days_in_any_order_have_no_such_spells(threshold: str) -> None:
    """The check bites: with the days of each month shuffled, spells are little more than half as long."""
    rng, level = np.random.default_rng(0), TABLE[threshold].to_numpy()[MONTH]
    days = [np.flatnonzero(month == MONTH) for month in range(12)]
    orders = [np.concatenate([rng.permutation(of_month) for of_month in days]) for _ in range(YEARS)]
    pairs = zip(departures(), orders, strict=True)
    made = np.array([spells(year[order] > level)[0] for year, order in pairs])
    assert made.mean() + 3 * made.std(ddof=1) < MEASURED[threshold][0]
