"""Simulated French day-ahead prices of 2023 and 2024 against the measured ones.

Mean, 5th and 95th percentile and share of negative hours are those of price_residuals.csv, computed from
the hourly prices of the years. They are what the price is mapped onto, so this shows that the
map reproduces them through month x hour shape and persistence; it does not forecast another year.
Tolerances: mean 2 %, percentiles 4 EUR/MWh, negative hours 0.5 percentage points, of the mean of 20 years.
"""

import numpy as np
import pytest

from capsim.catalog import price_residual, price_shape
from capsim.models.grid import relative_price
from capsim.units import calendar

HOURS = calendar(np.datetime64("2023-01-01").item(), 12).month_hour_index
YEARS = 20
MEASURED = {2023: (96.66, 7.0, 169.7, 0.0168), 2024: (58.01, 0.0, 122.8, 0.0401)}
"""Mean, P5 and P95 [EUR/MWh], and share of the hours below 0, by year."""


@pytest.fixture(scope="module", params=MEASURED)
def drawn(request):
    year = request.param
    spread = price_residual("fra", year)
    years = [
        MEASURED[year][0]
        * relative_price(
            price_shape("fra", year),
            HOURS,
            np.random.default_rng([year, k]),
            residual_sd_over_mean=spread.sd_over_mean,
            lag1_hour_corr=spread.lag1_hour_corr,
            quantiles=spread.quantiles,
        )
        for k in range(YEARS)
    ]
    return year, np.array(years)


def test_mean_percentiles_and_negative_hours(drawn):
    year, prices = drawn
    mean, p05, p95, negative = MEASURED[year]
    assert prices.mean() == pytest.approx(mean, rel=0.02)
    assert np.percentile(prices, 5, axis=1).mean() == pytest.approx(p05, abs=4.0)
    assert np.percentile(prices, 95, axis=1).mean() == pytest.approx(p95, abs=4.0)
    assert (prices < 0).mean() == pytest.approx(negative, abs=0.005)


def test_prices_persist_from_hour_to_hour(drawn):
    """The residual's lag-1 correlation is an input; the map keeps it within 0.03."""
    year, prices = drawn
    cells = np.zeros((YEARS, 288))
    for k, series in enumerate(prices):
        cells[k] = np.bincount(HOURS, series, minlength=288) / np.bincount(HOURS, minlength=288)
    away = prices - cells.mean(axis=0)[HOURS]
    lag1 = np.mean([np.corrcoef(a[1:], a[:-1])[0, 1] for a in away])
    assert lag1 == pytest.approx(price_residual("fra", year).lag1_hour_corr, abs=0.03)


def test_the_evening_is_dearer_than_noon_in_summer(drawn):
    _, prices = drawn
    hour, month = HOURS % 24, HOURS // 24
    noon, evening = (prices[:, (month == 6) & (hour == h)].mean() for h in (13, 20))
    assert evening > 1.3 * noon
