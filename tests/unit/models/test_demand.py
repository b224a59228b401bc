import numpy as np
import pytest

from capsim.models.demand import DEMAND_SHAPES, HOURS_PER_WEEK, demand_h100e

WEEK = np.arange(HOURS_PER_WEEK)
ARGUMENTS = {"flat": {}, "diurnal": {"daily_amplitude": 0.6, "weekend_share": 0.5}}


def diurnal(hours=WEEK, **changes):
    return DEMAND_SHAPES["diurnal"](hours, **{**ARGUMENTS["diurnal"], **changes})


@pytest.mark.parametrize("name", DEMAND_SHAPES.names)
def test_every_shape_has_a_weekly_mean_of_one_and_is_never_negative(name):
    got = DEMAND_SHAPES[name](WEEK, **ARGUMENTS[name])
    assert got.mean() == pytest.approx(1.0, rel=1e-12)
    assert np.all(got >= 0)


@pytest.mark.parametrize("name", DEMAND_SHAPES.names)
def test_every_shape_refuses_hours_of_another_week(name):
    for hour in (-1, HOURS_PER_WEEK):
        with pytest.raises(ValueError, match="hour_of_week"):
            DEMAND_SHAPES[name](np.array([hour]), **ARGUMENTS[name])


def test_diurnal_by_hand():
    # Weekly mean of the day levels is (5 + 2 x 0.5) / 7; Monday 14 h and Saturday 2 h.
    got = diurnal(np.array([14, 5 * 24 + 2]))
    assert got == pytest.approx([7 / 6 * 1.6, 0.5 * 7 / 6 * 0.4])


def test_diurnal_peaks_when_told():
    assert diurnal(np.arange(24), peak_hour_utc=9.0).argmax() == 9


def test_diurnal_without_amplitude_or_weekend_is_flat():
    assert diurnal(daily_amplitude=0.0, weekend_share=1.0) == pytest.approx(np.ones(HOURS_PER_WEEK))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("daily_amplitude", 1.1),
        ("daily_amplitude", np.nan),
        ("weekend_share", -0.1),
        ("weekend_share", np.nan),
        ("weekend_share", np.inf),
        ("peak_hour_utc", 24.0),
        ("peak_hour_utc", np.nan),
    ],
)
def test_impossible_diurnal_arguments_are_refused(name, wrong):
    with pytest.raises(ValueError, match=name):
        diurnal(**{name: wrong})


def test_demand_compounds():
    assert demand_h100e(1000.0, 3.6, [0.0, 1.0, 2.0]) == pytest.approx([1000, 4600, 21160])
    assert demand_h100e(1000.0, 0.0, 7.5) == 1000.0


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((-1.0, 0.1, 1.0), "h100e_at_start"),
        ((np.nan, 0.1, 1.0), "h100e_at_start"),
        ((1.0, -1.0, 1.0), "growth_per_y"),
        ((1.0, np.nan, 1.0), "growth_per_y"),
        ((1.0, 0.1, np.nan), "years_elapsed"),
    ],
)
def test_impossible_demand_is_refused(arguments, match):
    with pytest.raises(ValueError, match=match):
        demand_h100e(*arguments)
