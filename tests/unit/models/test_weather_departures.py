import numpy as np
import pytest

from capsim.errors import SimulationError
from capsim.models import weather_departures
from capsim.models.weather_departures import departures, variance_shares


def test_shares_reproduce_both_correlations() -> None:
    shares = variance_shares(np.full(12, 0.975), np.full(12, 0.65))[0]
    parts = [
        weather_departures._hourly_process(weather_departures._HOUR_MEMORY),
        weather_departures._daily_process(0.0),
        weather_departures._daily_process(weather_departures._DAY_MEMORY),
    ]
    hour = sum(s * p.lag1_hour for s, p in zip(shares, parts, strict=True))
    covariance = sum(s * p.day_covariance for s, p in zip(shares, parts, strict=True))
    variance = sum(s * p.day_variance for s, p in zip(shares, parts, strict=True))
    assert shares.sum() == pytest.approx(1.0)
    assert hour == pytest.approx(0.975, abs=1e-6)
    assert covariance / variance == pytest.approx(0.65, abs=1e-6)


def test_shares_of_unreachable_correlations_stay_shares() -> None:
    shares = variance_shares(np.linspace(-0.5, 1.0, 12), np.linspace(1.0, -0.5, 12))
    assert np.all(shares >= 0)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_day_weights_keep_unit_variance() -> None:
    for memory in (0.0, 0.8):
        early, late = weather_departures._day_weights(memory)
        np.testing.assert_allclose(early**2 + late**2 + 2 * memory * early * late, 1.0)


def test_departures_do_not_depend_on_how_many_days_are_multiplied_at_once(monkeypatch) -> None:
    """31 years: products of so many days in one go would be split over the threads of BLAS."""
    shares = variance_shares(np.full(12, 0.97), np.full(12, 0.6))
    month = np.arange(31 * 365) // 30 % 12
    made = []
    for days in (weather_departures._DAYS_AT_ONCE, 100, month.size):
        monkeypatch.setattr(weather_departures, "_DAYS_AT_ONCE", days)
        made.append(departures(month, shares, np.random.default_rng(5)))
    assert made[0].shape == (2, month.size, 24)
    for other in made[1:]:
        np.testing.assert_allclose(other, made[0], rtol=1e-12, atol=1e-12)
    assert made[0].std(axis=(1, 2)) == pytest.approx([1.0, 1.0], abs=0.02)


def test_an_environment_that_solves_the_fits_wrongly_is_refused(monkeypatch):
    """As with a solver that stops early: Paris came out colder, and 18 K off in single hours."""
    weather_departures._check_fits.cache_clear()
    right = np.linalg.lstsq
    monkeypatch.setattr(np.linalg, "lstsq", lambda rows, values: (1.001 * right(rows, values)[0] + 1e-4,))
    with pytest.raises(SimulationError, match="solves the fits of the weather wrongly here: shares"):
        variance_shares(np.full(12, 0.97), np.full(12, 0.6))
    monkeypatch.undo()
    weather_departures._check_fits.cache_clear()
    assert variance_shares(np.full(12, 0.97), np.full(12, 0.6)).sum() == pytest.approx(12)
