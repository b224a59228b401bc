import dataclasses

import numpy as np
import pytest

from capsim.models import weather
from capsim.models.weather import ClimateTable, Weather, warmed, weather_hours

DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
YEAR = np.concatenate([np.tile(np.arange(24) + 24 * m, days) for m, days in enumerate(DAYS)])


def climate(**changes: object) -> ClimateTable:
    season = 12 - 9 * np.cos(2 * np.pi * np.arange(12) / 12)[:, None]
    day = 4 * np.sin(2 * np.pi * (np.arange(24) - 9) / 24)[None, :]
    table = ClimateTable(
        dry_bulb_mean_c=season + day,
        wet_bulb_mean_c=season + day / 2 - 4,
        dry_bulb_sd_k=np.full(12, 3.0),
        wet_bulb_sd_k=np.full(12, 2.0),
        corr_dry_wet=np.full(12, 0.8),
        lag1_hour_corr=np.full(12, 0.975),
        lag1_day_corr=np.full(12, 0.65),
    )
    return dataclasses.replace(table, **changes)


def test_without_spread_every_day_is_the_mean_day() -> None:
    still = climate(dry_bulb_sd_k=np.zeros(12), wet_bulb_sd_k=np.zeros(12))
    dry, wet = weather_hours(still, YEAR, np.random.default_rng(0))
    np.testing.assert_allclose(dry, still.dry_bulb_mean_c.ravel()[YEAR])
    np.testing.assert_allclose(wet, still.wet_bulb_mean_c.ravel()[YEAR])


def test_usual_dry_bulbs_have_the_mean_and_the_warm_hours_of_many_years() -> None:
    years = np.concatenate([weather_hours(climate(), YEAR, np.random.default_rng(k))[0] for k in range(10)])
    usual = weather.usual_dry_bulb_c(climate())
    assert usual.mean() == pytest.approx(climate().dry_bulb_mean_c.mean(), abs=0.01)
    for share in (10, 50, 90, 99):
        assert np.percentile(usual, share) == pytest.approx(np.percentile(years, share), abs=0.8)


def test_same_generator_state_gives_the_same_weather() -> None:
    one, two = (weather_hours(climate(), YEAR, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, weather_hours(climate(), YEAR, np.random.default_rng(4)))


def test_moments_and_persistence_are_the_climates() -> None:
    dry, wet = weather_hours(climate(), np.tile(YEAR, 60), np.random.default_rng(1))
    index = np.tile(YEAR, 60)
    away = dry - climate().dry_bulb_mean_c.ravel()[index]
    wet_away = wet - climate().wet_bulb_mean_c.ravel()[index]
    daily = away.reshape(-1, 24).mean(axis=1)
    assert away.mean() == pytest.approx(0.0, abs=0.15)
    assert away.std() == pytest.approx(3.0, rel=0.03)
    assert wet_away.std() == pytest.approx(2.0, rel=0.05)
    assert np.corrcoef(away, wet_away)[0, 1] == pytest.approx(0.8, abs=0.04)
    assert np.corrcoef(away[1:], away[:-1])[0, 1] == pytest.approx(0.975, abs=0.006)
    assert np.corrcoef(daily[1:], daily[:-1])[0, 1] == pytest.approx(0.65, abs=0.05)


def test_the_warmest_hour_swings_most_and_the_month_keeps_its_variance() -> None:
    by_hour = weather._by_hour(climate().dry_bulb_mean_c)
    np.testing.assert_allclose(np.mean(by_hour**2, axis=1), 1.0)
    assert by_hour[6].argmax() == climate().dry_bulb_mean_c[6].argmax()


def test_nothing_passes_the_stated_extremes() -> None:
    """The dry-bulb alone, or three of 2.5 K above the hour in 250; 1.5 K more where the bulb is wet."""
    table = climate(dry_bulb_max_c=30.0, wet_bulb_max_c=21.0)
    dry, wet = weather_hours(table, np.tile(YEAR, 60), np.random.default_rng(2))
    assert 29.9 < dry.max() <= 30.0 + 1e-9
    assert 21.0 < wet.max() <= 22.5


def test_hours_do_not_depend_on_how_many_follow() -> None:
    """A half year is like the same months of a whole one: nothing is mapped afterwards."""
    table = climate(dry_bulb_percentiles_c=np.array([12.0, 12.0, 22.0, 27.0, 28.0]))
    halves = [weather_hours(table, YEAR[:4344], np.random.default_rng(k)).dry_bulb_c for k in range(40)]
    years = [weather_hours(table, YEAR, np.random.default_rng(k)).dry_bulb_c[:4344] for k in range(40, 80)]
    error = np.std([np.mean(half) for half in halves]) * np.sqrt(2 / 40)
    assert np.mean(halves) == pytest.approx(np.mean(years), abs=4 * error)
    assert np.percentile(halves, 99) == pytest.approx(np.percentile(years, 99), abs=0.5)


def test_a_trend_warms_both_temperatures() -> None:
    weather = warmed(Weather(np.array([10.0, 12.0]), np.array([8.0, 9.0])), np.array([0.0, 0.5]))
    assert [series.tolist() for series in weather] == [[10.0, 12.5], [8.0, 9.5]]


@pytest.mark.parametrize("index", [YEAR[:-1], YEAR[::-1], YEAR + 24, np.roll(YEAR, 1), YEAR.reshape(-1, 24)])
def test_an_index_that_is_not_whole_days_is_refused(index: np.ndarray) -> None:
    with pytest.raises(ValueError, match="month_hour_index"):
        weather_hours(climate(), index, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dry_bulb_mean_c", np.zeros((24, 12))),
        ("wet_bulb_mean_c", np.full((12, 24), np.nan)),
        ("dry_bulb_sd_k", np.full(12, -1.0)),
        ("wet_bulb_sd_k", np.full(12, np.nan)),
        ("corr_dry_wet", np.full(12, 1.01)),
        ("lag1_day_corr", np.zeros(11)),
    ],
)
def test_a_bad_climate_table_is_refused(field: str, value: np.ndarray) -> None:
    with pytest.raises(ValueError, match=field):
        climate(**{field: value})
