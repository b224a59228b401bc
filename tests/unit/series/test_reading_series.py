"""Files of series as they come: separators, clocks, units, known exports, and what is wrong with them.

Tests `series.clock`, `series.exports`, `series.files`, `series.hours`, `series.layouts`, `series.unit_kinds`,
`series.header_units`, `series.numbers`, `series.series_given`, `series.sheet`, `series.stamps`.
"""

import numpy as np
import pandas as pd
import pytest

from capsim.series.clock import Clock, check_zone, fixed_offset, utc_of_wall, wall_of_utc
from capsim.series.exports import Wanted
from capsim.series.numbers import numbers_of
from capsim.series.series_given import read_series
from capsim.series.sheet import sheet_of_text, text_of
from capsim.series.stamps import read_stamps
from capsim.series.unit_kinds import MEASURES

BERLIN = pd.date_range("2026-01-01", "2027-01-01", freq="h", tz="Europe/Berlin", inclusive="left")
PRICES = np.random.default_rng(7).normal(80.0, 60.0, len(BERLIN)).round(2)
FIRST_H = 490895
"""Hour of 2025-12-31 23:00 UTC since 1970."""
HOUR = pd.Timedelta("1h")


def comma(value):
    return f"{value:.2f}".replace(".", ",")


def smard():
    zones = ("Deutschland/Luxemburg", "Belgien")
    head = "Datum von;Datum bis;" + ";".join(f"{zone} [€/MWh] Originalauflösungen" for zone in zones)
    rows = [
        f"{t:%d.%m.%Y %H:%M};{t + HOUR:%d.%m.%Y %H:%M};{comma(p)};-"
        for t, p in zip(BERLIN, PRICES, strict=True)
    ]
    return "\ufeff" + "\n".join([head, *rows]) + "\n"


def smard_in_english():
    head = "Start date;End date;Germany/Luxembourg [€/MWh] Original resolutions"
    rows = [
        f"{t:%b} {t.day}, {t:%Y} {t:%I:%M %p};{t + HOUR:%b %d, %Y %I:%M %p};{p:,.2f}"
        for t, p in zip(BERLIN, PRICES, strict=True)
    ]
    return "\n".join([head, *rows]) + "\n"


def energy_charts():
    head = '"Datum (MEZ)","Day Ahead Auktion (DE-LU)"\n,"Preis (EUR/MWh, EUR/tCO2)"'
    rows = [f"{t:%Y-%m-%dT%H:%M}{t.isoformat()[-6:]},{p}" for t, p in zip(BERLIN, PRICES, strict=True)]
    return "\n".join([head, *rows]) + "\n"


def entso_e():
    head = '"MTU (CET/CEST)","Area","Sequence","Day-ahead Price (EUR/MWh)","Intraday Price (EUR/MWh)"'

    def mtu(t):
        marker = f" ({t.tzname()})" if t.month in (3, 10) else ""
        return f"{t:%d/%m/%Y %H:%M:%S}{marker}"

    rows = []
    for t, p in zip(BERLIN, PRICES, strict=True):
        span = f'"{mtu(t)} - {mtu(t + HOUR)}","BZN|DE-LU"'
        rows += [f'{span},"Sequence Sequence 1","{p}",""', f'{span},"Sequence Sequence 2","{p + 9}",""']
    return "\n".join([head, *rows]) + "\n"


def entso_e_in_utc():
    head = '"MTU (UTC)","Area","Sequence","Day-ahead Price (EUR/MWh)"'
    rows = [
        f'"{t:%d/%m/%Y %H:%M} - {t + HOUR:%d/%m/%Y %H:%M}","BZN|DE-LU","Without Sequence","{p}"'
        for t, p in zip(BERLIN.tz_convert("UTC"), PRICES, strict=True)
    ]
    return "\n".join([head, *rows]) + "\n"


def entso_e_library():
    head = "DateTime(UTC)\tResolutionCode\tAreaCode\tMapCode\tPrice[Currency/MWh]\tCurrency"
    rows = [
        f"{t:%Y-%m-%d %H:%M:%S.000}\tPT60M\t10Y1001A1001A82H\tDE_LU\t{p}\tEUR"
        for t, p in zip(BERLIN.tz_convert("UTC"), PRICES, strict=True)
    ]
    return "\n".join([head, *rows]) + "\n"


def plain_by_clock():
    return "time,price_eur_per_mwh\n" + "".join(
        f"{t:%Y-%m-%d %H:%M},{p}\n" for t, p in zip(BERLIN, PRICES, strict=True)
    )


def in_two_columns():
    return "Date,Hour,Price [ct/kWh]\n" + "".join(
        f"{t:%d.%m.%Y},{t.hour + 1},{p / 10:.3f}\n" for t, p in zip(BERLIN, PRICES, strict=True)
    )


OF_PRICES = [smard, smard_in_english, energy_charts, entso_e, entso_e_in_utc, entso_e_library]


def read(tmp_path, text, **wanted):
    file = tmp_path / "series.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_series(str(file), Wanted(wanted.pop("measure", "price"), **wanted))


@pytest.mark.parametrize("make", OF_PRICES)
def test_known_exports_of_prices_are_read_as_they_are(tmp_path, make):
    """The hours of a German year, with a day of 23 hours and one of 25."""
    got = read(tmp_path, make())
    assert got.hours.first_h == FIRST_H
    assert np.allclose(got.hours.values, PRICES, rtol=0, atol=1e-9)
    assert got.hours.notes == ()


@pytest.mark.parametrize("make", [plain_by_clock, in_two_columns])
def test_a_clock_named_by_field_is_turned_to_utc(tmp_path, make):
    got = read(tmp_path, make(), time_zone="Europe/Berlin")
    assert got.hours.first_h == FIRST_H
    assert np.allclose(got.hours.values, PRICES, rtol=0, atol=1e-2)


def test_without_any_clock_it_is_utc_and_that_is_said(tmp_path):
    got = read(tmp_path, "time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,2\n")
    assert got.hours.first_h == 490896
    assert got.about == (
        "price [taken as currency/MWh], 2026-01-01 to 2026-01-01 by UTC, as nothing says another clock"
    )


def test_parquet_with_a_zone_is_read(tmp_path):
    file = tmp_path / "p.parquet"
    pd.DataFrame({"time": BERLIN, "price": PRICES}).to_parquet(file)
    got = read_series(str(file), Wanted("price"))
    assert (got.hours.first_h, got.hours.values.tolist()) == (FIRST_H, PRICES.tolist())


def test_quarters_of_an_hour_are_averaged_and_energy_becomes_power(tmp_path):
    quarters = pd.date_range("2026-03-28", "2026-03-31", freq="15min", tz="Europe/Berlin", inclusive="left")
    load = np.arange(len(quarters)) * 250.0
    head = "Datum von;Datum bis;Gesamt (Netzlast) [MWh] Originalauflösungen"
    rows = [
        f"{t:%d.%m.%Y %H:%M};x;{v:,.2f}".replace(",", "_").replace(".", ",", 3).replace("_", ".")
        for t, v in zip(quarters, load, strict=True)
    ]
    # the date has points of its own
    rows = [f"{t:%d.%m.%Y %H:%M};{r.split(';', 1)[1]}" for t, r in zip(quarters, rows, strict=True)]
    got = read(tmp_path, "\n".join([head, *rows]), measure="power")
    assert np.allclose(got.hours.values, load.reshape(-1, 4).sum(axis=1))
    assert got.hours.values.size == 71
    assert got.hours.notes == ("4 values an hour are averaged",)


def test_eco2mix_has_a_row_without_value_between_two_and_a_clock_without_the_changes(tmp_path):
    rows = []
    for day in ("2026-03-28", "2026-03-29", "2026-03-30"):
        for quarter in range(96):
            value = "" if quarter % 2 else str(40 + quarter)
            rows.append(
                f"France\tDonnées définitives\t{day}\t{quarter // 4:02}:{quarter % 4 * 15:02}\t50000\t{value}"
            )
    head = "Périmètre\tNature\tDate\tHeures\tConsommation\tTaux de Co2"
    text = "\n".join([head, *rows]) + "\n"
    got = read(tmp_path, text.encode("cp1252"), measure="carbon intensity")
    assert got.hours.values.size == 71
    assert got.hours.values[:2].tolist() == [41.0, 45.0]
    assert got.hours.notes[0] == "2 rows of an hour that the clock leaps over left out"
    assert got.about.startswith("RTE eco2mix: Taux de Co2 [g/kWh]")


def test_eia_930_stamps_the_end_of_the_hour_in_american_dates(tmp_path):
    head = (
        "Balancing Authority,Data Date,Hour Number,UTC Time at End of Hour,Demand (MW),Demand (MW) (Adjusted)"
    )
    times = pd.date_range("2026-01-12 06:00", periods=30, freq="h")
    rows = [f'PJM,01/12/2026,1,{t:%m/%d/%Y %I:%M:%S %p},"1","{90000 + i:,}"' for i, t in enumerate(times)]
    got = read(tmp_path, "\n".join([head, *rows]), measure="power")
    assert got.hours.first_h == (pd.Timestamp("2026-01-12 05:00") - pd.Timestamp(0)) // HOUR
    assert got.hours.values[:2].tolist() == [90000.0, 90001.0]
    both = "\n".join([head, *rows, *[row.replace("PJM", "MISO") for row in rows]])
    with pytest.raises(ValueError, match=r"several|2 values of Balancing Authority \(PJM, MISO"):
        read(tmp_path, both, measure="power")
    got = read(tmp_path, both, measure="power", rows={"Balancing Authority": "MISO"})
    assert got.hours.values.size == 30


def test_electricity_maps_gives_the_life_cycle(tmp_path):
    head = (
        "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO₂eq/kWh (direct),"
        "Carbon intensity gCO₂eq/kWh (Life cycle),Carbon-free energy percentage (CFE%)"
    )
    rows = [f"2026-01-01 {h:02}:00:00,France,France,FR,{20 + h},{40 + h},90" for h in range(24)]
    got = read(tmp_path, "\n".join([head, *rows]), measure="carbon intensity")
    assert got.hours.values.tolist() == [40.0 + h for h in range(24)]


@pytest.mark.parametrize(
    ("unit", "measure", "value"),
    [
        ("ct/kWh", "price", 80.0),
        ("€/MWh", "price", 8.0),
        ("USD/kWh", "price", 8000.0),
        ("kg/MWh", "carbon intensity", 8.0),
        ("lbs/MWh", "carbon intensity", 8.0 * 0.45359237),
        ("gCO₂eq/kWh", "carbon intensity", 8.0),
        ("kW", "power", 0.008),
        ("GW", "power", 8000.0),
        ("degF", "temperature", -40.0 / 3.0),
    ],
)
def test_units_of_a_field_come_to_those_of_the_measure(unit, measure, value):
    known = MEASURES[measure].checked_unit(unit)
    assert 8.0 * known.factor + known.offset == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("cells", "separator", "numbers"),
    [
        (["1.234,5", "7", "-3,25"], ";", [1234.5, 7.0, -3.25]),
        (["1,234.5", "7", "-3.25"], ";", [1234.5, 7.0, -3.25]),
        (["1 234,5", "2 000"], ";", [1234.5, 2000.0]),
        (["1,234", "12,345,678"], ",", [1234.0, 12345678.0]),
        (["12,5", "3"], ",", [12.5, 3.0]),
        (["1'234.5", "1e3"], "\t", [1234.5, 1000.0]),
        (["−3", "+4"], ",", [-3.0, 4.0]),
        (["1.5", "2,25"], ";", None),
    ],
)
def test_numbers_of_several_languages(cells, separator, numbers):
    if numbers is None:
        with pytest.raises(ValueError, match=r"line 2: x is not a number \(got 1.5\)"):
            numbers_of(cells, [2, 3], "x", separator)
        return
    assert numbers_of(cells, range(2, 2 + len(cells)), "x", separator).tolist() == numbers


WRONG = [
    ("time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,x\n", {}, "line 3: price is not a number (got x)"),
    ("time,price\n2026-01-01 00:00,1\n2026-13-01 01:00,2\n", {}, "line 3: 2026-13-01 01:00 is not a time"),
    (
        "time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,2\n2026-01-01 01:00,3\n",
        {},
        "line 4: 2026-01-01 01:00 UTC is given twice, as 2 and 3 (first on line 3)",
    ),
    (
        "time,price\n" + "".join(f"2026-01-01 {h:02}:00,1\n" for h in (0, 1, 2, 9, 10)),
        {},
        "line 5: no value from 2026-01-01 03:00 to 2026-01-01 09:00 UTC (6 h)",
    ),
    (
        "time,price\n2026-01-01 00:00,1\n2026-01-01 00:07,2\n2026-01-01 00:14,2\n",
        {},
        "rows are 7 minutes apart",
    ),
    (
        "time,price\n2026-01-01 00:00,1 €\n2026-01-01 01:00,2 €\n",
        {},
        "line 2: price has numbers with a unit (got 1 €); write them alone, and the unit in the header",
    ),
    ("price\n1\n2\n", {}, "line 1: has no column of times; name it under time_column (columns: price)"),
    ("time,a,b\n2026-01-01 00:00,1,2\n2026-01-01 01:00,1,2\n", {}, "write one of them: column: a | b"),
    ("time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,2\n", {"unit": "EUR/furlong"}, "is no unit of price"),
    ("time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,2\n", {"column": "pricee"}, "did you mean price?"),
    (
        "time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,2\n",
        {"time_zone": "Europe/Pari"},
        "did you mean Europe/Paris?",
    ),
    ("time,price\n01/02/2026 00:00,1\n02/02/2026 00:00,2\n", {}, "write date_order: day, month, year"),
    (
        "month,price\n2026-01,1\n2026-03,2\n",
        {},
        "line 3: 2026-03-01 follows 2026-01-01; one row for each month",
    ),
    ("time,price\n", {}, "line 1: there are no rows under the header"),
    ("", {}, "has no rows"),
    (b"\xff\xfe\x00", {}, "is not UTF-8 text"),
    (
        "time,pri\x1b[31mce\n2026-01-01 00:00,1\n",
        {},
        r"has a character of control (\x1b) near line 1",
    ),
    (b"PAR1 and nothing else", {}, "is not readable as Parquet"),
    (b"PK\x03\x04 and the parts of a workbook", {}, "is a workbook or an archive; save the sheet"),
    ("time,price,price\n2026-01-01 00:00,1,2\n", {}, "line 1: column price is given more than once"),
    (
        "time,price\n2026-01-01 00:00,1\n2026-01-01 01:00,9e9\n",
        {},
        "must be from -100000 to 100000 currency/MWh",
    ),
    ("time,price\n2026-01-01 00:00,1\n1970-01-01 00:00,2\n2200-01-01 01:00,3\n", {}, "line"),
]


@pytest.mark.parametrize(("text", "more", "words"), WRONG)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, more, words):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the words are held below
        read(tmp_path, text, **more)
    assert words in str(refusal.value)


def test_what_can_be_repaired_is_repaired_and_said(tmp_path):
    """Newest first, an hour twice alike, two hours missing."""
    hours = [h for h in range(24) if h not in (7, 8)]
    rows = [f"2026-01-01 {h:02}:00,{h}" for h in [*hours, 23]]
    got = read(tmp_path, "\n".join(["time,price", *rows[::-1]]))
    assert got.hours.values.tolist() == [float(h) for h in range(24)]
    assert got.hours.notes == (
        "rows were newest first and are put in order",
        "1 row given twice is taken once",
        "1 gap (2 h in all) filled on a straight line",
    )


def test_zones_of_half_an_hour_share_their_hours_with_utc(tmp_path):
    text = "time,price\n" + "".join(f"2026-01-01 {h:02}:00,{h}\n" for h in range(24))
    got = read(tmp_path, text, time_zone="Asia/Kolkata")
    # 00:00 in India is 18:30 UTC
    assert got.hours.values[:3].tolist() == [0.0, 0.5, 1.5]
    assert got.hours.first_h == 490896 - 6


def test_days_months_and_years_are_spread_over_their_hours(tmp_path):
    months = read(tmp_path, "month,price\n2026-01,1\n2026-02,2\n2026-03,3\n").hours
    assert [int((months.values == v).sum()) for v in (1, 2, 3)] == [744, 672, 744]
    days = read(
        tmp_path, "date,price\n28.03.2026,1\n29.03.2026,2\n30.03.2026,3\n", time_zone="Europe/Paris"
    ).hours
    assert [int((days.values == v).sum()) for v in (1, 2, 3)] == [24, 23, 24]
    years = read(tmp_path, "year,price\n2027,1\n2028,2\n").hours
    assert (years.step, years.values.size) == ("year", 8760 + 8784)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "+10:00"])
def test_clocks_agree_with_pandas(zone):
    utc = np.arange(490896, 490896 + 9000) * 60
    fixed = fixed_offset(zone)
    there = pd.to_datetime(utc, unit="m", utc=True)
    there = there + pd.Timedelta(minutes=fixed) if fixed is not None else there.tz_convert(zone)
    wall = wall_of_utc(utc, zone)
    assert (
        wall.tolist()
        == (there.tz_localize(None) - pd.Timestamp(0)).total_seconds().astype(int).__floordiv__(60).tolist()
    )
    assert np.mean(utc_of_wall(wall, zone) == utc) > 0.999


def test_known_forms_of_times():
    forms = [
        "2026-02-01T00:00Z",
        "01.02.2026 00:00",
        "20260201:0000",
        "Feb 1, 2026 12:00 AM",
        "2026/2/1 0:00",
    ]
    for form in forms:
        assert read_stamps(
            [form], [2], Clock("UTC"), order="day, month, year" if form[2] == "." else ""
        ).utc.tolist() == [29498400]
    assert read_stamps(["1769904000"], [2], Clock("UTC")).utc.tolist() == [29498400]


def test_texts_of_spreadsheets_and_comments():
    assert text_of("é;ü".encode("utf-16")) == "é;ü"
    sheet = sheet_of_text("# made by hand\n\ntime;price\n2026;1\n")
    assert (sheet.header, sheet.lines) == (("time", "price"), [4])
    with pytest.raises(ValueError, match="unknown time zone"):
        check_zone("Mars")


HOURS_OF_A_DAY = range(24)
OLDER = {
    "ENTSO-E, by zone in the heading": (
        '"MTU (CET/CEST)","Day-ahead Price [EUR/MWh]","Currency","BZN|FR"\n'
        + "".join(
            f'"02.01.2024 {h:02}:00 - 02.01.2024 {h:02}:59","{h}.5","EUR",""\n' for h in HOURS_OF_A_DAY
        ),
        ("price", "2024-01-01 23:00", 0.5, "EUR"),
    ),
    "ENTSO-E, load": (
        '"Time (CET/CEST)","Day-ahead Total Load Forecast [MW] - BZN|FR","Actual Total Load [MW] - BZN|FR"\n'
        + "".join(f'"02.01.2024 {h:02}:00 - 02.01.2024 {h:02}:59","9","{h}50"\n' for h in HOURS_OF_A_DAY),
        ("power", "2024-01-01 23:00", 50.0, ""),
    ),
    "SMARD of 2018": (
        "Datum;Uhrzeit;Deutschland/Luxemburg[Euro/MWh];Dänemark 1[Euro/MWh]\n"
        + "".join(f"02.01.2018;{h:02}:00;{h},25;-\n" for h in HOURS_OF_A_DAY),
        ("price", "2018-01-01 23:00", 0.25, "EUR"),
    ),
    "EIA-930 by its API, whose hours are told by their ends": (
        "period,respondent,respondent-name,type,type-name,value,value-units\n"
        + "".join(
            f"2024-01-02T{h:02},PJM,PJM Interconnection,D,Demand,{90 + h},megawatthours\n"
            for h in HOURS_OF_A_DAY
        ),
        ("power", "2024-01-01 23:00", 90.0, ""),
    ),
    "Electricity Maps of 2022, with direct and life cycle": (
        "Datetime (UTC),Country,Zone Name,Zone Id,Carbon Intensity gCO₂eq/kWh (direct),"
        "Carbon Intensity gCO₂eq/kWh (LCA)\n"
        + "".join(f"2022-01-01 {h:02}:00:00,France,France,FR,{30 + h},{50 + h}\n" for h in HOURS_OF_A_DAY),
        ("carbon intensity", "2022-01-01 00:00", 50.0, ""),
    ),
}


@pytest.mark.parametrize("name", OLDER)
def test_older_layouts_of_known_exports_are_read_as_they_are(tmp_path, name):
    text, (measure, first, value, currency) = OLDER[name]
    got = read(tmp_path, text, measure=measure)
    assert got.hours.first_h == (pd.Timestamp(first) - pd.Timestamp(0)) // pd.Timedelta("1h")
    assert (got.hours.values[0], got.hours.values.size, got.currency) == (value, 24, currency)


@pytest.mark.parametrize(
    ("stamps", "step", "hours"),
    [
        (["2025-01-01 00:00:00", "2025-02-01 00:00:00", "2025-03-01 00:00:00"], "month", 90 * 24),
        (["2025-01-01", "2025-02-01"], "month", 59 * 24),
        (["2025-01-01T00:00Z", "2025-04-01T00:00Z"], "quarter", 181 * 24),
        (["2025-01-01", "2026-01-01"], "year", 730 * 24),
        (["2025-01-01 00:00", "2025-01-02 00:00"], "day", 48),
        (["2025-02-01 00:00", "2025-02-01 01:00"], "hours", 2),
    ],
)
def test_first_days_stand_for_their_month_quarter_or_year(tmp_path, stamps, step, hours):
    rows = "".join(f"{stamp},{i}\n" for i, stamp in enumerate(stamps))
    got = read(tmp_path, f"time,EUR/MWh\n{rows}").hours
    assert (got.step, got.values.size) == (step, hours)


@pytest.mark.parametrize(
    ("heading", "measure", "unit", "words"),
    [
        (
            "price [EUR/GJ]",
            "price",
            "",
            "column price [EUR/GJ]: EUR/GJ is no unit of price; write one such as EUR/MWh",
        ),
        ("price (EUR/GJ)", "price", "EUR/MWh", "EUR/GJ is no unit of price"),
        ("price [foo]", "price", "", "foo is no unit of price"),
        ("price_cents", "price", "", "cents is no unit of price"),
        ("price (kWh)", "price", "", "kWh is no unit of price"),
        (
            "GPU",
            "demand",
            "",
            "GPU is no unit of demand; write one such as H100e in its place, or under unit",
        ),
        ("demand (MW)", "demand", "", "MW is no unit of demand"),
        ("demand (GPU/year)", "demand", "", "GPU/year is no unit of demand"),
        ("intensity (kg/GJ)", "carbon intensity", "kg/MWh", "kg/GJ is no unit of carbon intensity"),
        ("load [EUR/MWh]", "power", "", "EUR/MWh is no unit of power"),
        (
            "price (EUR/kWh)",
            "price",
            "EUR/MWh",
            "column price (EUR/kWh) is in EUR/kWh, and unit says EUR/MWh",
        ),
        ("price [EUR/MWh]", "price", "ct/kWh", "is in EUR/MWh, and unit says ct/kWh; leave out the one"),
        ("price_usd_per_mwh", "price", "EUR/MWh", "is in usd_per_mwh, and unit says EUR/MWh"),
    ],
)
def test_units_of_something_else_and_two_that_contradict_are_refused(tmp_path, heading, measure, unit, words):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the words are held below
        read(tmp_path, f"month,{heading}\n2025-01,100\n2025-02,100\n", measure=measure, unit=unit)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("heading", "measure", "unit", "value", "currency"),
    [
        ("price (spot, day ahead)", "price", "", 100.0, ""),
        ("price (DE-LU)", "price", "", 100.0, ""),
        ("price [zone 3]", "price", "EUR/MWh", 100.0, "EUR"),
        ("price (EUR/MWh)", "price", "€/MWh", 100.0, "EUR"),
        ("price [ct/kWh]", "price", "c/kWh", 1000.0, ""),
        ("price_usd", "price", "", 100.0, "USD"),
        ("price_eur_mwh", "price", "", 100.0, "EUR"),
        ("price_per_mwh", "price", "", 100.0, ""),
        ("price per kWh", "price", "", 1e5, ""),
        ("price_sek", "price", "", 100.0, "SEK"),
        ("price (DE/LU)", "price", "", 100.0, ""),
        ("price [DE/LU]", "price", "EUR/MWh", 100.0, "EUR"),
        ("load (day/night)", "power", "kW", 0.1, ""),
        ("consumption_kwh", "power", "", 0.1 / 744, ""),
        ("H100e [k]", "demand", "", 1e5, ""),
        ("demand (thousands)", "demand", "", 1e5, ""),
        ("users [millions]", "users", "", 1e8, ""),
        ("load [MWh/h]", "power", "", 100.0, ""),
        ("GPU", "demand", "H100e", 100.0, ""),
    ],
)
def test_units_of_headings_are_read_and_remarks_are_none(tmp_path, heading, measure, unit, value, currency):
    quoted = f'"{heading}"'
    got = read(tmp_path, f"month,{quoted}\n2025-01,100\n2025-02,100\n", measure=measure, unit=unit)
    assert (got.hours.values[0], got.currency) == (value, currency)


def test_a_currency_alone_is_said_to_be_taken_by_the_mwh(tmp_path):
    got = read(tmp_path, "month,price (USD)\n2025-01,100\n2025-02,100\n")
    assert got.about.startswith("price (USD) [USD, taken as USD/MWh]")


@pytest.mark.parametrize(
    ("text", "decimal", "values"),
    [
        ("quarter;H100e\n2025-Q1;1.000\n2025-Q2;1.500\n", ",", [1000.0, 1500.0]),
        ("quarter;H100e\n2025-Q1;1.000\n2025-Q2;1.500\n", ".", [1.0, 1.5]),
        ("quarter;H100e\n2025-Q1;1.000\n2025-Q2;1.000.000\n", "", [1000.0, 1e6]),
        ("quarter;H100e\n2025-Q1;1.000\n2025-Q2;12.500,5\n", "", [1000.0, 12500.5]),
        ("quarter;H100e\n2025-Q1;1.000\n2025-Q2;1.50\n", "", [1.0, 1.5]),
        ("quarter;H100e\n2025-Q1;0.500\n2025-Q2;1.500\n", "", [0.5, 1.5]),
        ("quarter;H100e;share\n2025-Q1;1.000;12,5\n2025-Q2;1.500;13,5\n", "", [1000.0, 1500.0]),
        ("quarter;H100e;share\n2025-Q1;1.000;12.5\n2025-Q2;1.500;13.5\n", "", [1.0, 1.5]),
        ("quarter\tH100e\n2025-Q1\t1,000\n2025-Q2\t1,500\n", ".", [1000.0, 1500.0]),
        ("quarter,H100e\n2025-Q1,1.000\n2025-Q2,1.500\n", "", [1.0, 1.5]),
    ],
)
def test_points_stand_before_decimals_or_between_thousands(tmp_path, text, decimal, values):
    got = read(tmp_path, text, measure="demand", column="H100e", decimal=decimal)
    assert [got.hours.values[0], got.hours.values[-1]] == values


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (
            "1.000;1.500",
            "line 2: H100e 1.000 can be 1000 or 1; write it without the point, or with other than three",
        ),
        ("7;12.345", "line 3: H100e 12.345 can be 12345 or 12.345"),
        ("-1.000;2", "line 2: H100e -1.000 can be -1000 or -1"),
    ],
)
def test_points_that_can_be_either_are_refused_with_the_way_out(tmp_path, column, words):
    rows = "".join(f"2025-Q{i + 1};{cell}\n" for i, cell in enumerate(column.split(";")))
    with pytest.raises(ValueError, match="or say decimal: comma or decimal: point") as refusal:
        read(tmp_path, f"quarter;H100e\n{rows}", measure="demand")
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "header", "separator"),
    [
        ("MTU (CET/CEST),Price [EUR/MWh],BZN|DE-LU\na,1,\nb,2,\n", 3, ","),
        ("time,price,zone|x;y\na,1,c\nb,2,d\n", 3, ","),
        ("time;price, net of tax\na;1,5\nb;2,5\n", 2, ";"),
        ("time;price (EUR/MWh, EUR/t);load\na;1,5;3\nb;2,5;4\n", 3, ";"),
        ("time|price, EUR\na|1.5\nb|2.5\n", 2, "|"),
        ("time\tprice\na\t1,5\nb\t2,5\n", 2, "\t"),
        ("Prices of 2026, by the hour\ntime;price\na;1,5\nb;2,5\nc;2,5\nd;3,5\n", 2, ";"),
        ("Exported by a tool,,\nZone: DE,,\ntime,price,\na,1,\nb,2,\n", 3, ","),
        (",price\na,1\nb,2\n", 2, ","),
        ("Source: the exchange\n\ntime,price,zone\na,1,x\nb,2,x\n", 3, ","),
        ("price\n1\n2\n", 1, ","),
    ],
)
def test_the_separator_is_what_the_rows_have_as_often_as_the_header(text, header, separator):
    sheet = sheet_of_text(text)
    assert (len(sheet.header), sheet.separator, sheet.rows[-1][0]) == (
        header,
        separator,
        text.splitlines()[-1][0],
    )
    assert sheet.lines[-1] == text.count("\n")
