import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.catalog import climate_table, load_catalog
from capsim.models.weather import weather_hours
from capsim.models.weather_departures import variance_shares
from capsim.units import calendar

CLIMATES = sorted(load_catalog().names("climates"))
CORRELATIONS = st.lists(st.floats(-1.0, 1.0), min_size=12, max_size=12).map(np.array)


@settings(max_examples=30, deadline=None)
@given(name=st.sampled_from(CLIMATES), seed=st.integers(0, 2**32), months=st.integers(1, 30))
def test_wet_bulb_is_never_above_dry_bulb(name: str, seed: int, months: int) -> None:
    hours = calendar(np.datetime64("2026-03-01").item(), months).month_hour_index
    dry, wet = weather_hours(climate_table(load_catalog(), name), hours, np.random.default_rng(seed))
    assert dry.shape == wet.shape == hours.shape
    assert np.all(wet <= dry)
    assert np.all(np.isfinite(dry))
    assert dry.min() > -60
    assert dry.max() < 60


@settings(max_examples=30, deadline=None)
@given(hour=CORRELATIONS, day=CORRELATIONS)
def test_variance_shares_are_shares(hour: np.ndarray, day: np.ndarray) -> None:
    shares = variance_shares(hour, day)
    assert np.all(shares >= 0)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
