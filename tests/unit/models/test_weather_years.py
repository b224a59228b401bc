"""Measured years put on a calendar, and heat waves laid over a year.

Tests `models.weather`.
"""

from datetime import date

import numpy as np
import pytest

from capsim.models.weather import Weather, repeated_year, with_heat_wave
from capsim.units import calendar

HOURS = calendar(date(2027, 1, 1), 24)
YEAR = Weather(np.arange(8760.0), np.arange(8760.0) - 1)


def test_a_year_is_repeated_and_a_leap_day_is_its_eve():
    weather = repeated_year(YEAR, HOURS.month_of_hour, HOURS.day_of_month_of_hour)
    assert weather.dry_bulb_c.size == HOURS.n_hours == 8760 + 8784
    assert np.array_equal(weather.dry_bulb_c[:8760], YEAR.dry_bulb_c)
    leap = 8760 + 59 * 24
    assert np.array_equal(weather.dry_bulb_c[leap : leap + 24], YEAR.dry_bulb_c[58 * 24 : 59 * 24])
    assert np.array_equal(weather.wet_bulb_c[leap + 24 :], YEAR.wet_bulb_c[59 * 24 :])


def test_a_calendar_that_starts_in_july_starts_with_the_years_july():
    half = calendar(date(2027, 7, 1), 12)
    weather = repeated_year(YEAR, half.month_of_hour, half.day_of_month_of_hour)
    assert weather.dry_bulb_c[0] == 181 * 24


def test_a_heat_wave_is_on_the_hottest_three_weeks_of_every_year():
    day = np.arange(HOURS.n_days)
    dry = np.repeat(20 - 10 * np.cos(2 * np.pi * day / 365.25), 24)
    stressed = with_heat_wave(Weather(dry, dry - 5), HOURS.year_of_hour, 4.0)
    extra = (stressed.dry_bulb_c - dry).reshape(-1, 24)
    assert extra.sum() == pytest.approx(2 * 21 * 24 * 4.0)
    hot = np.flatnonzero(extra[:365, 0])
    assert hot.min() >= 165
    assert hot.max() <= 200
    assert stressed.dry_bulb_c - stressed.wet_bulb_c == pytest.approx(5.0)


def test_what_is_no_year_is_refused():
    short = Weather(np.zeros(24), np.zeros(24))
    with pytest.raises(ValueError, match="8760"):
        repeated_year(short, HOURS.month_of_hour, HOURS.day_of_month_of_hour)
    with pytest.raises(ValueError, match="whole days"):
        repeated_year(YEAR, HOURS.month_of_hour[:5], HOURS.day_of_month_of_hour[:5])
    with pytest.raises(ValueError, match="finite"):
        with_heat_wave(short, np.full(24, 2027), np.nan)
