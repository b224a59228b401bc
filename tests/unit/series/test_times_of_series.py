"""Times of files: steps that change, dates that can be read in two ways, forms of spreadsheets, clocks.

Tests `series.steps`, `series.stamps`, `series.hours`.
"""

import numpy as np
import pandas as pd
import pytest

from capsim.series.exports import Wanted
from capsim.series.series_given import read_series
from capsim.series.steps import starts_of_ends, steps_of

HOUR = pd.Timedelta("1h")


def read(tmp_path, text, **wanted):
    file = tmp_path / "series.csv"
    file.write_text(text)
    return read_series(str(file), Wanted(wanted.pop("measure", "price"), **wanted)).hours


def hour_of(text):
    return (pd.Timestamp(text) - pd.Timestamp(0)) // HOUR


def hourly_then_quarterly(zone="Europe/Berlin"):
    """A week by the hour and a week by quarters of an hour, with the mean of each hour."""
    hours = pd.date_range("2025-09-24", "2025-10-01", freq="h", tz=zone, inclusive="left")
    quarters = pd.date_range("2025-10-01", "2025-10-08", freq="15min", tz=zone, inclusive="left")
    times = hours.append(quarters)
    values = np.random.default_rng(3).normal(70, 40, len(times)).round(2)
    n = len(hours)
    return times, values, np.concatenate([values[:n], values[n:].reshape(-1, 4).mean(axis=1)])


def of_offsets(times, values):
    return "time,price\n" + "".join(f"{t.isoformat()},{v}\n" for t, v in zip(times, values, strict=True))


def of_smard(times, values):
    head = "Datum von;Datum bis;Deutschland/Luxemburg [€/MWh] Originalauflösungen\n"
    return head + "".join(
        f"{t:%d.%m.%Y %H:%M};x;{v:.2f}\n".replace(".", "_", 2).replace(".", ",").replace("_", ".")
        for t, v in zip(times, values, strict=True)
    )


@pytest.mark.parametrize("make", [of_offsets, of_smard])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_file_may_go_from_hours_to_quarters_on_a_day(tmp_path, make, is_turned):
    """As auctions did: an hour keeps its own price, and is no gap of three quarters."""
    times, values, expected = hourly_then_quarterly()
    order = slice(None, None, -1 if is_turned else 1)
    got = read(tmp_path, make(times[order], values[order]))
    assert np.allclose(got.values, expected, rtol=0, atol=1e-9)
    assert got.first_h == hour_of("2025-09-23 22:00")
    assert any(
        note.startswith("rows go from 60 to 15 minutes apart on 2025-") and "each stands for the time" in note
        for note in got.notes
    )
    assert not any("filled" in note for note in got.notes)


def test_energy_is_power_over_the_step_it_was_in(tmp_path):
    times, values, expected = hourly_then_quarterly("UTC")
    values = np.abs(values)
    n = 168
    power = np.concatenate([values[:n], values[n:].reshape(-1, 4).sum(axis=1)])
    text = "time,load [MWh]\n" + "".join(
        f"{t:%Y-%m-%d %H:%M},{v}\n" for t, v in zip(times, values, strict=True)
    )
    got = read(tmp_path, text, measure="power")
    assert np.allclose(got.values, power)
    assert expected.size == got.values.size


def test_energy_of_a_day_or_month_is_power_over_its_hours(tmp_path):
    months = read(tmp_path, "month,load [MWh]\n2025-01,744\n2025-02,1344\n", measure="power")
    assert sorted(set(months.values)) == [1.0, 2.0]
    days = read(
        tmp_path, "date,load [MWh]\n2025-03-29,24\n2025-03-30,23\n", measure="power", time_zone="Europe/Paris"
    )
    assert days.values.tolist() == [1.0] * 47


def test_ends_of_steps_that_change_are_turned_to_starts(tmp_path):
    times, values, expected = hourly_then_quarterly("UTC")
    ends = times + pd.to_timedelta(np.where(np.arange(len(times)) < 168, 60, 15), unit="min")
    text = "time,price\n" + "".join(f"{t:%Y-%m-%d %H:%M},{v}\n" for t, v in zip(ends, values, strict=True))
    assert np.allclose(read(tmp_path, text, ends=True).values, expected)
    assert starts_of_ends(np.array([180, 120, 60, 195, 210])).tolist() == [120, 60, 0, 180, 195]


@pytest.mark.parametrize(
    ("minutes", "steps"),
    [
        ([0, 60, 120, 240, 300], [60] * 5),
        ([0, 15, 30, 60, 75, 90], [15] * 6),
        ([0, 30, 60, 120, 180], [30, 30, 60, 60, 60]),
        ([*range(0, 1440, 180), 1440, 1500, 1560, 1620, *range(1680, 3000, 60)], [180] * 8 + [60] * 26),
    ],
)
def test_a_single_longer_distance_is_a_gap_and_a_run_of_them_a_step(minutes, steps):
    assert steps_of(np.array(minutes), range(len(minutes))).tolist() == steps


def test_a_gap_among_hours_is_still_a_gap_where_quarters_follow(tmp_path):
    times, values, expected = hourly_then_quarterly("UTC")
    kept = [i for i in range(len(times)) if i != 5]
    got = read(tmp_path, of_offsets(times[kept], values[kept]))
    assert np.array_equal(got.values[6:], expected[6:])
    assert got.notes[0] == "1 gap (1 h in all) filled on a straight line"
