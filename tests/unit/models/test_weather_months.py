"""Bounded distributions of months that together have the percentiles of a year."""

import numpy as np
import pytest

from capsim.models.weather_months import (
    Statistics,
    dry_bulb_of_wet,
    moments_of,
    months_of,
    percentiles_of,
)

SEASON = 12 - 9 * np.cos(2 * np.pi * np.arange(12) / 12)[:, None]
MEAN = SEASON + 4 * np.sin(2 * np.pi * (np.arange(24) - 9) / 24)[None, :]
SD = 5 - 2 * SEASON[:, 0] / 21
FREE = Statistics(MEAN, np.repeat(SD[:, None], 24, axis=1), None, 36.0)
OWN = percentiles_of(months_of(FREE))
WANTED = FREE._replace(percentiles_c=OWN + np.array([0.0, 0.2, -0.2, -0.8, -1.2]))
"""Years whose hottest hours are cooler than means and spreads alone make them."""


def test_months_have_means_spreads_and_together_the_percentiles():
    months = months_of(WANTED)
    mean, spread = moments_of(months)
    np.testing.assert_allclose(mean, MEAN, atol=0.2)
    np.testing.assert_allclose(spread, SD, rtol=0.11)
    np.testing.assert_allclose(percentiles_of(months)[1:], WANTED.percentiles_c[1:], atol=0.2)


def test_without_percentiles_means_and_spreads_are_exact():
    mean, spread = moments_of(months_of(FREE))
    np.testing.assert_allclose(mean, MEAN, atol=1e-3)
    np.testing.assert_allclose(spread, SD, rtol=1e-3)


def test_a_month_is_no_hotter_than_the_year_and_its_season_allow():
    months = months_of(WANTED)
    highest = (months.mean_c + months.spread_k * months.departure[:, -1:]).max(axis=1)
    warmest = MEAN.max(axis=1)
    assert highest.max() <= 36.0 + 1e-9
    # 65 % of the difference between the warmest hours of the mean days
    assert highest.max() - highest[0] >= 0.65 * (warmest.max() - warmest[0]) - 1.5


def test_departures_rise_and_scores_beyond_the_table_stay_at_its_ends():
    months = months_of(WANTED)
    assert np.all(np.diff(months.departure, axis=1) >= 0)
    ends = months.temperature_c(np.array([6, 6]), np.repeat([[-9.0], [9.0]], 24, axis=1)).reshape(2, 24)
    np.testing.assert_allclose(ends[0], months.mean_c[6] + months.spread_k[6] * months.departure[6, 0])
    # the last step of the table counts as its end
    np.testing.assert_allclose(ends[1], months.mean_c[6] + months.spread_k[6] * months.departure[6, -2])


def test_scores_become_temperatures_as_by_interpolation():
    months, rng = months_of(WANTED), np.random.default_rng(1)
    month, score = np.array([0, 6, 11]), rng.standard_normal((3, 24))
    made = months.temperature_c(month, score).reshape(3, 24)
    scores = np.linspace(-5, 5, 41)
    for day, m in enumerate(month):
        departure = np.interp(score[day], scores, months.departure[m])
        np.testing.assert_allclose(made[day], months.mean_c[m] + months.spread_k[m] * departure)


def test_statistics_of_the_wet_bulb_hold_after_its_cut():
    dry = months_of(WANTED)
    wet = WANTED._replace(mean_c=MEAN - 1.0, percentiles_c=None, highest_c=30.0)
    most = dry_bulb_of_wet(dry, np.full(12, 0.9))
    mean, spread = moments_of(months_of(wet, most), most)
    np.testing.assert_allclose(mean, wet.mean_c, atol=0.05)
    np.testing.assert_allclose(spread, SD, rtol=0.05)


def test_equally_likely_temperatures_have_the_mean():
    usual = months_of(WANTED).equally_likely_c(100)
    assert usual.shape == (12, 24, 100)
    np.testing.assert_allclose(usual.mean(axis=2), MEAN, atol=0.25)


def test_arrays_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        months_of(WANTED).departure[0, 0] = 1.0
