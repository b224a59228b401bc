"""The strict reader of a user's weather year."""

import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from capsim.catalog import read_weather, weather_notes

LOCATION = "LOCATION,Somewhere,-,FRA,test,07149,48.7,2.4,1.0,89.0"


def csv_year(path, *, change=None, hours=8760):
    rows = [f"{10 + 5 * np.sin(h / 24):.2f},{6 + 5 * np.sin(h / 24):.2f}" for h in range(hours)]
    for line, text in (change or {}).items():
        rows[line - 2] = text
    path.write_text("dry_bulb_c,wet_bulb_c\n" + "\n".join(rows) + "\n", "utf-8")
    return str(path)


def epw_year(path, *, dry=20.0, humidity=50.0, location=LOCATION, special=None):
    header = [location] + [f"HEADER {i}" for i in range(7)]
    rows = []
    for h in range(8760):
        day = date(2001, 1, 1) + timedelta(days=h // 24)
        when = ["1999", str(day.month), str(day.day), str(h % 24 + 1), "60", "?"]
        fields = [*when, str(dry + (h == 0)), "10", str(humidity), "101325"]
        rows.append(",".join(fields) if h != special else ",".join([*fields[:6], "99.9", *fields[7:]]))
    path.write_text("\n".join(header + rows) + "\n", "utf-8")
    return str(path)


def test_a_csv_year_is_read_once_and_read_only(tmp_path):
    file = csv_year(tmp_path / "year.csv")
    weather = read_weather(file)
    assert weather.dry_bulb_c.shape == (8760,)
    assert weather.wet_bulb_c[0] == 6.0
    assert read_weather(file) is weather
    assert not weather.dry_bulb_c.flags.writeable


def test_an_epw_year_is_turned_to_utc_and_gets_its_wet_bulb(tmp_path):
    weather = read_weather(epw_year(tmp_path / "year.epw"))
    # 20 degC at 50 %: wet-bulb 13.8 degC; the warmer first hour is 00:00 at UTC+1, so 23:00 UTC
    assert weather.wet_bulb_c[5] == pytest.approx(13.8, abs=0.1)
    assert np.flatnonzero(weather.dry_bulb_c > 20).tolist() == [8759]


def test_a_zone_of_half_an_hour_mixes_the_two_hours_it_lies_in(tmp_path):
    weather = read_weather(epw_year(tmp_path / "delhi.epw", location=LOCATION.replace(",1.0,", ",5.5,")))
    # local 00:00 to 01:00 is 18:30 to 19:30 UTC: half of the warm hour in each
    assert np.flatnonzero(weather.dry_bulb_c > 20).tolist() == [8760 - 6, 8760 - 5]
    assert weather.dry_bulb_c[-6] == pytest.approx(20.5)


def test_latin_names_and_empty_lines_at_the_end_are_read(tmp_path):
    plain = read_weather(epw_year(tmp_path / "plain.epw"))
    file = epw_year(tmp_path / "latin.epw")
    text = Path(file).read_text("utf-8").replace("Somewhere", "Aum\u00f4ne") + "\n\n"
    Path(file).write_bytes(text.encode("latin-1"))
    assert np.array_equal(read_weather(file).wet_bulb_c, plain.wet_bulb_c)
    table = csv_year(tmp_path / "blank.csv")
    Path(table).write_text(Path(table).read_text("utf-8") + "\n", "utf-8")
    assert read_weather(table).dry_bulb_c.size == 8760


@pytest.mark.parametrize("zone", ["inf", "nan", "400", "-13"])
def test_a_time_zone_that_no_place_has_is_refused(tmp_path, zone):
    file = epw_year(tmp_path / "zone.epw", location=LOCATION.replace(",1.0,", f",{zone},"))
    with pytest.raises(ValueError, match=rf"^line 1: the time zone must be from -12 to 14 \(got {zone}\)$"):
        read_weather(file)


def test_hours_of_an_epw_file_are_put_in_order_and_none_may_be_there_twice(tmp_path):
    file = epw_year(tmp_path / "swapped.epw")
    lines = Path(file).read_text("utf-8").splitlines()
    lines[100], lines[101] = lines[101], lines[100]
    Path(file).write_text("\n".join(lines), "utf-8")
    assert weather_notes(file)[-1] == "1 rows out of order are put in order"
    assert np.array_equal(
        read_weather(file).dry_bulb_c, read_weather(epw_year(tmp_path / "a.epw")).dry_bulb_c
    )
    lines[101] = lines[100].replace("20.0", "21.0")
    Path(file).write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(ValueError, match="line 102: 2001-01-04 20:00 UTC is given twice, as 20 and 21"):
        read_weather(file)


WRONG = [
    pytest.param({}, {"hours": 8759}, "must have 8760 hours, or 8784 of a leap year (has 8759)", id="short"),
    pytest.param({100: "x,5"}, {}, "line 100: dry_bulb_c is not a number (got x)", id="word"),
    pytest.param({100: "5"}, {}, "line 100: there is no value, and no time to fill it by", id="cut"),
    pytest.param({100: "nan,5"}, {}, "line 100: there is no value, and no time to fill it by", id="nan"),
    pytest.param({100: "99,5"}, {}, "line 100: dry_bulb_c must be from -70 to 60 (got 99)", id="hot"),
    pytest.param({100: "5,6"}, {}, "line 100: the wet-bulb is above the dry-bulb", id="too wet"),
]


@pytest.mark.parametrize(("change", "more", "message"), WRONG)
def test_a_wrong_csv_is_refused_with_its_line(tmp_path, change, more, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_weather(csv_year(tmp_path / "wrong.csv", change=change, **more))


def test_other_wrong_files_are_refused(tmp_path):
    for name, text, words in (
        ("columns.csv", "a,b\n1,2\n", "missing column dry_bulb_c and wet_bulb_c"),
        ("empty.csv", "", "missing column"),
        ("none.epw", "nothing\n", "LOCATION"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(ValueError, match=words):
            read_weather(str(tmp_path / name))
    with pytest.raises(ValueError, match="no such file"):
        read_weather(str(tmp_path / "missing.csv"))
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="UTF-8"):
        read_weather(str(tmp_path / "binary.csv"))
    with pytest.raises(ValueError, match="line 10: dry-bulb must be"):
        read_weather(epw_year(tmp_path / "missing.epw", special=1))
    with pytest.raises(ValueError, match="time zone"):
        read_weather(epw_year(tmp_path / "zone.epw", location=LOCATION.replace(",1.0,", ",x,")))


def test_files_that_are_no_rows_are_refused_and_lines_of_old_macs_are_read(tmp_path):
    """A lone carriage return ends a line; a cell without end is no table."""
    year = Path(csv_year(tmp_path / "year.csv"))
    mac = tmp_path / "mac.csv"
    mac.write_bytes(year.read_bytes().replace(b"\n", b"\r"))
    assert np.array_equal(read_weather(str(mac)).dry_bulb_c, read_weather(str(year)).dry_bulb_c)
    endless = tmp_path / "endless.epw"
    endless.write_text("x" * 200_000, "utf-8")
    with pytest.raises(ValueError, match="is not readable as rows of text"):
        read_weather(str(endless))
