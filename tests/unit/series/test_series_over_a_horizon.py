"""Series on the hours of a horizon: their own hours, what stands beyond them, and values by date.

Tests `series.points`, `series.varying`, `series.written`.
"""

import pickle
from datetime import date

import numpy as np
import pandas as pd
import pytest

from capsim.series.points import Point, hours_of_points, parse_day
from capsim.series.varying import Varying
from capsim.series.written import varying
from capsim.units import Calendar

FIVE_YEARS = Calendar(date(2026, 1, 1), 60)


def year_file(tmp_path, year, *, zone="Europe/Berlin", name="year.csv"):
    """A year by the clock of a zone: the day of the year, and the hour behind the point."""
    times = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", tz=zone, inclusive="left")
    rows = [f"{t.isoformat()},{t.day_of_year + t.hour / 100:.2f}" for t in times]
    file = tmp_path / name
    file.write_text("\n".join(["time,price", *rows]) + "\n", "utf-8")
    return str(file), times


def on(series, calendar=FIVE_YEARS, growth=0.0):
    hours = series.series.over(calendar, growth)
    return pd.Series(hours, pd.date_range(calendar.start, periods=hours.size, freq="h", tz="UTC"))


def test_a_year_repeats_by_weekday_and_by_its_own_clock(tmp_path):
    file, times = year_file(tmp_path, 2026)
    price = varying({"file": file, "time_zone": "Europe/Berlin"}, "price")
    hours = on(price)
    own = hours[times[1:]]
    assert np.allclose(own.to_numpy(), [t.day_of_year + t.hour / 100 for t in times[1:]])
    noon = pd.Timestamp("2029-07-11 12:00", tz="Europe/Berlin")
    # a Wednesday, for which the nearest Wednesday of 2026 stands: 8 July, day 189
    assert hours[noon.tz_convert("UTC")] == pytest.approx(189.12)
    later = hours[times[-1] + pd.Timedelta("1h") :]
    local = later.index.tz_convert("Europe/Berlin")
    day = pd.to_datetime("2026-01-01") + pd.to_timedelta(np.floor(later.to_numpy()) - 1, unit="D")
    assert (day.day_of_week == local.day_of_week).mean() == 1.0
    # the clock's own hours, but for the one that it leaps over
    assert (np.round(later.to_numpy() % 1 * 100) == local.hour).mean() > 0.9998


def test_a_year_repeats_by_date_where_it_is_asked_to(tmp_path):
    file, _ = year_file(tmp_path, 2026, zone="UTC")
    hours = on(varying({"file": file, "beyond": "date"}, "price"))
    assert hours["2029-07-11 12:00"] == 192.12
    assert hours["2028-02-29 12:00"] == 59.12


def test_what_is_beyond_a_series_grows_and_its_own_hours_do_not(tmp_path):
    file, _ = year_file(tmp_path, 2026, zone="UTC")
    price = varying({"file": file, "beyond": "date"}, "price")
    hours = on(price, growth=0.1)
    assert hours["2026-03-01 00:00"] == 60.0
    assert hours["2027-03-01 00:00"] == pytest.approx(66.0)
    assert hours["2030-03-01 00:00"] == pytest.approx(60.0 * 1.1**4)
    early = on(varying({"file": year_file(tmp_path, 2024, zone="UTC", name="b.csv")[0]}, "price"), growth=0.1)
    # of a year before the start, the first year of the horizon is as it was
    assert early["2026-06-01":"2026-06-07"].mean() == pytest.approx(
        early["2027-06-01":"2027-06-07"].mean() / 1.1, rel=0.02
    )


def test_hours_may_be_held_and_scaled(tmp_path):
    file, _ = year_file(tmp_path, 2026, zone="UTC")
    price = varying({"file": file, "beyond": "hold", "mean": 50}, "price")
    assert float(price) == pytest.approx(50.0)
    hours = on(price)
    assert hours.iloc[-1] == hours["2026-12-31 23:00"]


def test_values_by_date_hold_to_the_next_and_demand_is_nothing_before():
    points = [{"on": "2026-07", "value": 100}, {"on": "2027-Q2", "h100e": 200}, {"on": 2029, "value": 400}]
    demand = on(varying(points, "demand"))
    assert [
        demand[d + " 12:00"] for d in ("2026-06-30", "2026-07-01", "2027-03-31", "2027-04-01", "2030-12-31")
    ] == [
        0.0,
        100.0,
        100.0,
        200.0,
        400.0,
    ]
    prices = [{"on": point["on"], "value": point.get("value", 200)} for point in points]
    price = on(varying({"values": prices}, "price"))
    assert price["2026-01-01 12:00"] == 100.0
    grown = on(varying(points, "demand"), growth=1.0)
    assert (grown["2029-06-01 00:00"], grown["2030-06-01 00:00"]) == (400.0, 800.0)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"file": "none.csv"}, "none.csv: no such file"),
        ({"fil": "none.csv"}, "unknown key fil of a series; did you mean file?"),
        ({"file": "a.csv", "values": []}, "a series is either a file or values by date"),
        ({"file": 3}, "file of a series must be text"),
        (
            {"file": "a.csv", "beyond": "weekdays"},
            "beyond must be one of weekday, date, hold; did you mean weekday?",
        ),
        ([{"on": "2027-13", "value": 1}], "must be a date such as 2027-01-31"),
        ([{"on": "2027", "value": "x"}], "value on 2027 must be a number (got x)"),
        ([{"on": "2027", "value": 1}, {"on": "2026", "value": 1}], "2026-01-01 comes after 2027-01-01"),
        ([{"on": "2027", "value": 1}, {"on": "2027", "value": 2}], "2027-01-01 is given twice"),
        ([{"on": "2027"}], "each value by date has on and value"),
        ({"values": [{"on": "2027", "value": 1}], "unit": "EUR/MWh"}, "unit is for a file"),
        ([{"on": "2027", "value": -5}], "values by date: must be from 0 to 1e+12 H100e (got -5)"),
        ({"values": 7}, "values by date are a list"),
        ([{"on": "2027", "vaule": 5}], "unknown key vaule of a value by date; did you mean value?"),
        ([{"on": "2027", "eur_per_kwh": 0.08}], "unknown key eur_per_kwh of a value by date"),
        ([{"on": "2027", "value": 5, "unit": "k"}], "unknown key unit of a value by date"),
        ([{"onn": "2027", "value": 5}], "unknown key onn of a value by date; did you mean on?"),
        (
            {"file": "a.csv", "date_order": "dmy"},
            "date_order must be one of year, month, day | day, month, year",
        ),
        ({"file": "a.csv", "decimal": ","}, "decimal must be one of comma, point (got ,)"),
        ({"file": "a.csv", "rows": "PJM"}, "rows of a series must be a mapping"),
    ],
)
def test_what_is_wrong_is_said_in_words(written, words):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the words are held below
        varying(written, "demand")
    assert words in str(refusal.value)


def test_a_series_is_a_float_that_can_be_sent_and_compared(tmp_path):
    file, _ = year_file(tmp_path, 2026)
    price = varying({"file": file}, "price")
    again = pickle.loads(pickle.dumps(price))
    assert again == price
    assert price != float(price)
    assert price.times(2.0) != price
    assert float(price.times(2.0)) == pytest.approx(2 * float(price))
    assert price.series.level_at(FIVE_YEARS, 100.0) == pytest.approx(on(price)["2026-04-11"].mean())
    assert isinstance(price, Varying)
    assert hash(price) == hash(float(price))


def test_days_of_months_quarters_and_years():
    assert [parse_day(w) for w in ("2027-02", "2027-Q4", "2027", date(2027, 3, 4))] == [
        date(2027, 2, 1),
        date(2027, 10, 1),
        date(2027, 1, 1),
        date(2027, 3, 4),
    ]
    with pytest.raises(ValueError, match="needs at least one value"):
        hours_of_points([])
    assert hours_of_points([Point(date(2027, 1, 1), 3.0)]).values.tolist() == [3.0] * 24


def test_demand_by_quarter_is_a_plan_of_levels(tmp_path):
    file = tmp_path / "demand.csv"
    file.write_text("quarter,h100e\n2027-Q3,100\n2027-Q4,200\n2028-Q1,150\n", encoding="utf-8")
    value = varying({"file": str(file)}, "demand")
    got = value.series.over(Calendar(date(2027, 1, 1), 36)).reshape(-1, 24)[:, 0]
    assert got[0] == got[180] == 0.0
    assert (got[181], got[300], got[400], got[-1]) == (100.0, 200.0, 150.0, 150.0)


@pytest.mark.parametrize(
    "heading", ["prix EUR/MWh", "Preis €/MWh", "EUR/MWh", "price [EUR/MWh]", "price_eur_per_mwh"]
)
def test_the_unit_of_a_heading_has_its_currency(tmp_path, heading):
    file = tmp_path / "p.csv"
    file.write_text(f"month;{heading}\n2027-01;50\n2027-02;60\n", encoding="utf-8")
    assert varying({"file": str(file), "beyond": "hold"}, "price").series.currency == "EUR"


def test_a_heading_that_is_the_unit_alone_scales(tmp_path):
    file = tmp_path / "p.csv"
    file.write_text("month;ct/kWh\n2027-01;5,0\n2027-02;6,0\n", encoding="utf-8")
    value = varying({"file": str(file), "beyond": "hold"}, "price")
    assert (value.series.hours.values.min(), value.series.hours.values.max()) == (50.0, 60.0)


@pytest.mark.parametrize(
    ("rows", "levels"),
    [
        (
            ["2027-01-01,100", "2027-04-15,200", "2027-09-01,300"],
            [(0, 100), (103, 100), (104, 200), (243, 300)],
        ),
        (["Q1 2027,100", "Q4 2027,200"], [(0, 100), (272, 100), (273, 200), (900, 200)]),
        (["2027-01,100", "2027-06,200"], [(0, 100), (150, 100), (151, 200), (900, 200)]),
        (["2027,100", "2028,150", "2030,200"], [(0, 100), (365, 150), (1095, 150), (1096, 200)]),
    ],
)
def test_a_demand_of_a_file_at_uneven_dates_is_that_of_the_same_dates_in_yaml(tmp_path, rows, levels):
    file = tmp_path / "demand.csv"
    file.write_text("\n".join(["date,h100e", *rows]), encoding="utf-8")
    value = varying({"file": str(file)}, "demand")
    calendar = Calendar(date(2027, 1, 1), 60)
    got = value.series.over(calendar).reshape(-1, 24)[:, 0]
    assert [(day, got[day]) for day, _ in levels] == levels
    on_days = {"Q1 2027": "2027-Q1", "Q4 2027": "2027-Q4"}
    pairs = [row.split(",") for row in rows]
    by_date = varying([{"on": on_days.get(day, day), "value": float(n)} for day, n in pairs], "demand")
    assert np.array_equal(by_date.series.over(calendar), value.series.over(calendar))
    assert "rows are at uneven dates: each holds to the next" in value.series.about


def test_an_outlook_every_five_years_holds_from_one_to_the_next(tmp_path):
    file = tmp_path / "outlook.csv"
    file.write_text("year,gCO2/kWh\n2025,50\n2030,30\n2035,20\n", encoding="utf-8")
    got = varying({"file": str(file)}, "carbon intensity").series.over(Calendar(date(2026, 1, 1), 132))
    assert (got[0], got[4 * 8766 + 24], got[-1]) == (50.0, 30.0, 20.0)


def test_a_day_that_is_missing_among_days_is_no_level(tmp_path):
    file = tmp_path / "demand.csv"
    file.write_text("date,h100e\n2027-01-01,1\n2027-01-02,2\n2027-01-04,3\n", encoding="utf-8")
    with pytest.raises(ValueError, match="2027-01-04 follows 2027-01-02; one row for each day is needed"):
        varying({"file": str(file)}, "demand")
    file.write_text("date,price\n2027-01-01,1\n2027-04-02,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="levels that hold to the next are values by date in the scenario"):
        varying({"file": str(file)}, "price")


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Singapore", "America/Los_Angeles"])
@pytest.mark.parametrize("beyond", ["weekday", "date"])
def test_the_ends_of_a_year_of_another_zone_have_hours_and_no_value_held(tmp_path, zone, beyond):
    """A year by its own clock in stamps of UTC, as operators publish: a part of a day stands for no day."""
    times = pd.date_range("2026-01-01", "2027-01-01", freq="h", tz=zone, inclusive="left")
    rows = [f"{t.tz_convert('UTC'):%Y-%m-%dT%H:%MZ},{t.tz_convert('UTC').hour}" for t in times]
    file = tmp_path / "year.csv"
    file.write_text("\n".join(["time,price", *rows]) + "\n", encoding="utf-8")
    hours = on(varying({"file": str(file), "beyond": beyond}, "price"), Calendar(date(2025, 1, 1), 60))
    assert np.array_equal(hours.to_numpy(), hours.index.hour)
