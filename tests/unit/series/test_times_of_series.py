"""Times of files: steps that change, dates that can be read in two ways, forms of spreadsheets, clocks.

Tests `series.steps`, `series.stamps`, `series.hours`, `series.time_columns`, `series.time_forms`.
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
    file.write_text(text, "utf-8")
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


FIRSTS = ["01/01/2025", "01/02/2025", "01/03/2025", "01/04/2025"]


@pytest.mark.parametrize(
    ("stamps", "n_days"),
    [
        (FIRSTS, [31, 28, 31, 30]),
        ([f"{s[3:5]}/{s[:2]}/{s[6:]}" for s in FIRSTS], [31, 28, 31, 30]),
        ([s.replace("/", ".") for s in FIRSTS], [31, 28, 31, 30]),
        (["01/01/25", "01/04/25", "01/07/25", "01/10/25"], [90, 91, 92, 92]),
        ([f"01/{m:02}/{y}" for y in (2025, 2026) for m in range(1, 13)], None),
        (["01/01/2025 00:00", "01/02/2025 00:00"], [31, 28]),
    ],
)
def test_firsts_of_months_are_no_days_of_january(tmp_path, stamps, n_days):
    """As French, German and American spreadsheets write months."""
    got = read(tmp_path, "date,price\n" + "".join(f"{s},{i}\n" for i, s in enumerate(stamps)))
    days = np.unique(got.values, return_counts=True)[1] // 24
    assert days.tolist() == (
        n_days or [(pd.Timestamp(2025, 1, 1) + pd.DateOffset(months=i)).days_in_month for i in range(24)]
    )


def test_days_of_january_that_may_be_months_can_be_named(tmp_path):
    text = "date,price\n" + "".join(f"01/{d:02}/2025,{d}\n" for d in range(1, 6))
    months = read(tmp_path, text)
    assert months.step == "month"
    assert months.notes == (
        "dates are the first of each month, read as day, month, year; "
        "were they days of January, date_order: month, day, year says so",
    )
    days = read(tmp_path, text, date_order="month, day, year")
    assert (days.step, days.values.size) == ("day", 120)


@pytest.mark.parametrize(
    "stamps",
    [
        [f"01/02/2025 {h:02}:00" for h in range(24)],
        ["02/03/2025", "02/04/2025"],
    ],
)
def test_what_is_even_in_both_orders_is_refused(tmp_path, stamps):
    text = "time,price\n" + "".join(f"{s},{i}\n" for i, s in enumerate(stamps))
    with pytest.raises(ValueError, match=r"can be day, month, year or month, day, year; write date_order"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("stamps", "step", "first", "hours"),
    [
        (["45658", "45659"], "day", "2025-01-01", 48),
        (["45658.041666666664", "45658.083333333336"], "hours", "2025-01-01 01:00", 2),
        (["45658,0416667", "45658,0833333"], "hours", "2025-01-01 01:00", 2),
        (["45658", "45689", "45717"], "month", "2025-01-01", 90 * 24),
        (["1735693200000", "1735696800000"], "hours", "2025-01-01 01:00", 2),
        (["01-Jan-2025 01:00", "01-Jan-2025 02:00"], "hours", "2025-01-01 01:00", 2),
        (["1 January 2025", "2 January 2025"], "day", "2025-01-01", 48),
        (["1. März 2025", "2. März 2025"], "day", "2025-03-01", 48),
        (["1 août 2025", "2 août 2025"], "day", "2025-08-01", 48),
        (["Jan-25", "Feb-25"], "month", "2025-01-01", 59 * 24),
        (["Dez 2024", "Jan 2025"], "month", "2024-12-01", 62 * 24),
        (["févr. 2025", "mars 2025"], "month", "2025-02-01", 59 * 24),
        (["2025-Jan", "2025-Feb"], "month", "2025-01-01", 59 * 24),
        (["Q1 2025", "Q2 2025"], "quarter", "2025-01-01", 181 * 24),
        (["Q4/24", "Q1/25"], "quarter", "2024-10-01", 182 * 24),
        (["1. Quartal 2025", "2. Quartal 2025"], "quarter", "2025-01-01", 181 * 24),
        (["1er trimestre 2025", "2e trimestre 2025"], "quarter", "2025-01-01", 181 * 24),
        (["T1 2025", "T2 2025"], "quarter", "2025-01-01", 181 * 24),
        (["1Q25", "2Q25"], "quarter", "2025-01-01", 181 * 24),
    ],
)
@pytest.mark.parametrize("heading", ["date", "Quartal", "unix_time"])
def test_forms_of_spreadsheets_and_reports(tmp_path, stamps, step, first, hours, heading):
    separator = ";" if "," in stamps[0] else ","
    rows = "".join(f"{s}{separator}{i}\n" for i, s in enumerate(stamps))
    got = read(tmp_path, f"{heading}{separator}EUR/MWh\n{rows}")
    assert (got.step, got.first_h, got.values.size) == (step, hour_of(first), hours)


@pytest.mark.parametrize("heading", ["year,quarter,price", "Year,Quarter,price"])
def test_times_in_columns_for_their_parts(tmp_path, heading):
    got = read(tmp_path, f"{heading}\n2025,1,5\n2025,2,6\n")
    assert (got.step, got.values.size) == ("quarter", 181 * 24)
    rows = "".join(f"2025,3,{d},{h},{h}\n" for d in (1, 2) for h in range(1, 25))
    got = read(tmp_path, "year,month,day,hour,price\n" + rows)
    assert (got.first_h, got.values.tolist()) == (hour_of("2025-03-01"), [*range(1, 25)] * 2)
    got = read(tmp_path, "year,month,price\n2025,1,5\n2025,2,6\n")
    assert (got.step, got.values.size) == ("month", 59 * 24)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        (
            "month,day,hour,price\n1,1,0,5\n1,1,1,6\n",
            "line 1: the times have no year (columns: month, day, hour)",
        ),
        ("time,price\nTag 1,5\nTag 2,6\n", "line 2: time is no time in a form that is read"),
        ("stamp,price\nx,5\ny,6\n", "has no column of times; name it under time_column"),
        ("Year,month,price\n2025,x,5\n2025,y,6\n", "is given twice"),
    ],
)
def test_a_column_of_times_that_cannot_be_read_is_named(tmp_path, heading, words):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the words are held below
        read(tmp_path, heading)
    assert words in str(refusal.value)


YEAR = pd.date_range("2025-01-01", "2026-01-01", freq="h", tz="Europe/Berlin", inclusive="left")


def headed(heading, zone, value="price"):
    times = YEAR.tz_convert(zone)
    rows = (f"{t:%Y-%m-%d %H:%M},{i % 97}\n" for i, t in enumerate(times))
    return f"{heading},{value}\n" + "".join(rows)


@pytest.mark.parametrize("value", ["price", "Day Ahead Auktion (DE-LU)"])
@pytest.mark.parametrize(
    ("heading", "zone"),
    [
        ("Datum (MEZ)", "Etc/GMT-1"),
        ("Datum (MEZ)", "Europe/Berlin"),
        ("Date (GMT+1)", "Etc/GMT-1"),
        ("Date (CET)", "Europe/Berlin"),
        ("Date (UTC)", "UTC"),
        ("time (UTC+01:00)", "Etc/GMT-1"),
        ("time (UTC-5)", "Etc/GMT+5"),
        ("time (-05:00)", "Etc/GMT+5"),
        ("time (Europe/Berlin)", "Europe/Berlin"),
        ("time (America/New_York)", "America/New_York"),
        ("time [CET/CEST]", "Europe/Berlin"),
    ],
)
def test_a_heading_names_the_clock_and_the_rows_show_daylight_saving(tmp_path, heading, zone, value):
    """Under MEZ some mean an hour ahead of UTC all year, and some the clock on the wall."""
    got = read(tmp_path, headed(heading, zone, value))
    assert (got.first_h, got.values.size) == (hour_of("2024-12-31 23:00"), 8760)
    assert np.array_equal(got.values, np.arange(8760) % 97)
    assert not any("filled" in note or "left out" in note for note in got.notes)


@pytest.mark.parametrize("heading", ["time (EST)", "Time (IST)", "time (local)", "Ortszeit time_start"])
def test_a_clock_that_is_not_known_is_refused_by_name(tmp_path, heading):
    text = f"{heading},price\n2025-01-01 00:00,1\n2025-01-01 01:00,2\n"
    with pytest.raises(ValueError, match=r"is no clock that is known; write time_zone, or a heading"):
        read(tmp_path, text)
    assert read(tmp_path, text, time_zone="-05:00").first_h == hour_of("2025-01-01 05:00")
    offsets = text.replace(":00,", ":00-05:00,")
    assert read(tmp_path, offsets).first_h == hour_of("2025-01-01 05:00")


@pytest.mark.parametrize(
    ("heading", "given", "is_right"),
    [
        ("time (UTC)", "Europe/Berlin", False),
        ("time (Europe/Paris)", "Europe/Berlin", True),
        ("Datum (MEZ)", "Europe/Berlin", True),
        ("Datum (MEZ)", "+01:00", True),
        ("Datum (MEZ)", "UTC", False),
        ("MTU (CET/CEST)", "America/New_York", False),
    ],
)
def test_a_clock_that_contradicts_the_heading_is_refused(tmp_path, heading, given, is_right):
    text = f"{heading},price\n2025-07-01 00:00,1\n2025-07-01 01:00,2\n"
    if is_right:
        assert read(tmp_path, text, time_zone=given).zone == given
        return
    with pytest.raises(ValueError, match=f"and time_zone says {given}; leave out the one that is wrong"):
        read(tmp_path, text, time_zone=given)


def test_two_offsets_tell_the_clock(tmp_path):
    text = of_offsets(YEAR, np.arange(8760) % 97)
    assert read(tmp_path, text).zone == "Europe/Paris"
    text = of_offsets(YEAR.tz_convert("America/New_York"), np.arange(8760) % 97)
    assert read(tmp_path, text).zone == "America/New_York"


def test_a_row_of_the_mean_under_the_series_is_left_out_and_said(tmp_path):
    file = tmp_path / "series.csv"
    file.write_text("time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,2\nAverage,1.5\n", "utf-8")
    got = read_series(str(file), Wanted("price"))
    assert got.hours.values.tolist() == [1.0, 2.0]
    assert got.about.endswith("; 1 row under the series left out (Average)")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_a_local_clock_that_nothing_names_is_refused_though_no_value_contradicts(tmp_path, zone):
    """Hours that are twice alike in autumn, and one missing in spring, are no doubles and no gap."""
    times = pd.date_range("2025-01-01", "2026-01-01", freq="h", tz=zone, inclusive="left")
    text = "time,price\n" + "".join(f"{t:%Y-%m-%d %H:%M},{t.month}\n" for t in times)
    with pytest.raises(
        ValueError, match=r"days of 23 and 25 hours of .*, and nothing names a clock; write time_zone"
    ):
        read(tmp_path, text)
    assert read(tmp_path, text, time_zone=zone).values.size == 8760
