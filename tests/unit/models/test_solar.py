"""Sun's path by hand, yields, and places where the sun does not rise or set."""

import numpy as np
import pytest

from capsim.models.solar import solar_dip, solar_output

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


GERMANY = {"latitude_deg": 51.0, "longitude_deg": 10.0, "tilt_deg": 30.0}


def test_the_dip_has_a_mean_of_one_over_the_year_and_is_deepest_at_noon_in_summer():
    shape = solar_dip(0.122, **GERMANY, dip=0.75)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert shape.mean(axis=1) @ days / 365 == pytest.approx(1.0)
    assert shape.argmin(axis=1).tolist() == [11] * 12, "10 degrees east: before 12 UTC"
    assert shape[5, 11] < shape[11, 11] < shape[11, 0] == shape[5, 0]


def test_the_dip_by_hand():
    """A grid without sun is flat; where noon is all solar, a dip of 1 leaves nothing."""
    assert np.array_equal(solar_dip(0.0, **GERMANY, dip=0.75), np.ones((12, 24)))
    assert solar_dip(0.4, **GERMANY, dip=1.0)[5, 11] == 0.0
    # June noon has 4.5 times the mean sun: 0.1 of the year is 0.45 of the hour
    shape, sun = (
        solar_dip(0.1, **GERMANY, dip=0.5),
        solar_output(np.arange(1, 366), **GERMANY, full_load_h_per_y=1000),
    )
    ratio = sun.reshape(365, 24)[151:181, 11].mean() / sun.mean()
    assert shape[5, 11] / shape[5, 0] == pytest.approx(1 - 0.5 * 0.1 * ratio)


def test_the_dip_of_spain_is_that_of_the_week_it_was_set_to():
    """11.5 % of solar power in 2022: noon over night 0.66 at the end of June."""
    shape = solar_dip(0.115, latitude_deg=40.0, longitude_deg=-4.0, tilt_deg=30.0, dip=0.75)
    assert shape[5, 12] / shape[5, 2] == pytest.approx(0.66, abs=0.02)


@pytest.mark.parametrize(
    ("share", "dip"), [(1.01, 0.5), (-0.1, 0.5), (0.1, 1.1), (float("nan"), 0.5), (0.1, float("nan"))]
)
def test_what_a_dip_cannot_be_made_of(share, dip):
    with pytest.raises(ValueError, match="must be in"):
        solar_dip(share, **GERMANY, dip=dip)
