"""Sun's path by hand, yields, and places where the sun does not rise or set."""

import numpy as np
import pytest

from capsim.models.solar import solar_output

YEAR = np.arange(1, 366)
PARIS = {"latitude_deg": 48.9, "longitude_deg": 2.3, "tilt_deg": 30.0, "full_load_h_per_y": 1102.0}


def hours(**changes):
    return solar_output(YEAR, **PARIS | changes).reshape(365, 24)


def test_a_year_has_its_yield_and_no_hour_more_than_the_peak():
    output = hours()
    assert output.sum() == pytest.approx(1102.0)
    assert output.min() == 0.0
    assert output.max() <= 1.0


def test_days_are_as_long_as_the_sun_is_up():
    """Paris: 16 h of daylight at the summer solstice, 8 h in winter, 12 h at the equinox, to the hour."""
    up = (hours(tilt_deg=0.0) > 0).sum(axis=1)
    assert up[171] == pytest.approx(16, abs=1)
    assert up[354] == pytest.approx(8, abs=1)
    assert up[79] == pytest.approx(12, abs=1)


def test_noon_by_hand():
    """Flat panels see the sine of the sun's height: 64.55 degrees in summer, 17.65 in winter."""
    flat = hours(tilt_deg=0.0, longitude_deg=7.5)  # true noon in the middle of the hour from 11
    most = solar_output(YEAR, **PARIS | {"tilt_deg": 0.0, "longitude_deg": 7.5, "full_load_h_per_y": 1.0})
    scale = flat.sum() / most.sum()
    summer, winter = flat[171, 11], flat[354, 11]
    high, low = np.sin(np.radians([90 - 48.9 + 23.45, 90 - 48.9 - 23.45]))
    ratio = (high * 0.7 ** (1 / high) ** 0.678) / (low * 0.7 ** (1 / low) ** 0.678)
    assert ratio == pytest.approx(4.53, abs=0.01)
    assert summer / winter == pytest.approx(ratio, rel=2e-3)
    assert scale == pytest.approx(1102.0)


def test_noon_comes_earlier_in_the_east():
    assert hours(longitude_deg=60.0)[100].argmax() == 7
    assert hours(longitude_deg=-60.0)[100].argmax() == 15


def test_the_south_has_its_summer_in_december():
    north, south = hours(), hours(latitude_deg=-48.9)
    assert north[171].sum() > north[354].sum()
    assert south[171].sum() < south[354].sum()


def test_polar_night_and_midnight_sun():
    output = hours(latitude_deg=80.0, tilt_deg=0.0, full_load_h_per_y=500.0)
    assert output[354].sum() == 0.0
    assert (output[171] > 0).all()


@pytest.mark.parametrize(
    "wrong",
    [{"latitude_deg": 91}, {"longitude_deg": np.nan}, {"tilt_deg": -1}, {"full_load_h_per_y": 4000}],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        hours(**wrong)
    with pytest.raises(ValueError, match="day_of_year"):
        solar_output([np.nan], **PARIS)
