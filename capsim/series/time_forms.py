"""The forms that a time stamp is written in, and the time that one stands for."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal, NamedTuple

from capsim.series.clock import DAY, fixed_offset
from capsim.units import HOURS_PER_DAY, MINUTES_PER_HOUR, MONTHS_PER_QUARTER, SECONDS_PER_HOUR

Step = Literal["hours", "day", "month", "quarter", "year"]
"""Length of the time a stamp stands for; that of `hours`, an hour or a part of one, the stamps tell."""
_TIME = (
    r"(?:[T ,;]*(?P<H>\d{1,2})[:hH](?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?(?:\s*(?P<p>[AaPp]\.?[Mm])\.?)?)?"
)
_ZONE = r"\s*\(?(?P<z>Z|UTC|GMT|CES?T|MES?Z|[+-]\d{2}:?(?:\d{2})?)?\)?"
_YEAR = r"(?P<y>\d{4}|\d{2})"
_NAME = r"(?P<b>[^\W\d_]{3,9})\.?"
_OF_QUARTER = r"(?:Q|T|Quartal|quarter|trimestre|qtr)"
SERIAL = "serial number"
_FORMS: tuple[tuple[str, str], ...] = (
    ("year, month, day", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME + _ZONE),
    ("day, month, year", r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.]" + _YEAR + _TIME + _ZONE),
    ("month, day, year", r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.]" + _YEAR + _TIME + _ZONE),
    ("month by name", _NAME + r" (?P<d>\d{1,2}),? (?P<y>\d{4})" + _TIME + _ZONE),
    ("day, month by name", r"(?P<d>\d{1,2})\.?[- /]" + _NAME + r"[- /,]+" + _YEAR + _TIME + _ZONE),
    (
        "digits",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[:T ]?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?" + _ZONE,
    ),
    ("hour without minutes", r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})T(?P<H>\d{2})" + _ZONE),
    ("seconds since 1970", r"(?P<u>\d{9,10})(?:\.0)?"),
    ("milliseconds since 1970", r"(?P<u>\d{9,10})\d{3}(?:\.0)?"),
    (SERIAL, r"(?P<n>[2-7]\d{4}(?:[.,]\d+)?)"),
    ("month", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})"),
    ("month, year", r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    ("month by name, year", _NAME + r"[- /']+" + _YEAR),
    ("year, month by name", r"(?P<y>\d{4})[- /]" + _NAME),
    ("quarter", r"(?P<y>\d{4})[-/ ]*[QqTt](?P<q>[1-4])"),
    ("quarter, year", r"[QqTt](?P<q>[1-4])[-/ ']*" + _YEAR),
    (
        "quarter by name",
        r"(?i:(?P<q>[1-4])\.?\s*(?:st|nd|rd|th|er|e|ème)?\s*" + _OF_QUARTER + r")[-/ ']*" + _YEAR,
    ),
    ("year", r"(?P<y>\d{4})"),
)
ORDERS = tuple(name for name, _ in _FORMS[:3])
"""Orders of day, month and year that a planner may name."""
AMERICAN = "month, day, year"
SPANS: dict[str, Step] = {
    "month": "month",
    "month, year": "month",
    "month by name, year": "month",
    "year, month by name": "month",
    "quarter": "quarter",
    "quarter, year": "quarter",
    "quarter by name": "quarter",
    "year": "year",
}
"""What stamps stand for by their form alone."""
_UNSURE = ("year", "digits", SERIAL, "seconds since 1970", "milliseconds since 1970")
"""Forms that a whole number may have that is no time."""
_MONTHS = (
    ("jan",),
    ("feb", "fev"),
    ("mar", "mrz"),
    ("apr", "avr"),
    ("may", "mai"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "aou"),
    ("sep",),
    ("oct", "okt"),
    ("nov",),
    ("dec", "dez"),
)
"""How the names of months begin in English, German and French, without accents."""
_ZONES = {"CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120}
_CENTURY = 2000
_HALF_DAY = HOURS_PER_DAY // 2
_SERIAL_OF_1970 = 25569
"""Number of 1970-01-01 where spreadsheets count days; from March 1900 on."""


class Stamp(NamedTuple):
    """A time of a wall clock."""

    wall_min: int
    ahead_min: int | None
    """Minutes ahead of UTC, where the stamp says it."""
    has_time: bool


class Form:
    """One way of writing a time."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._pattern = re.compile(pattern)

    def read(self, text: str) -> Stamp | None:
        """A time; None where the text is not of this form, or no day of the calendar."""
        found = self._pattern.fullmatch(text)
        if found is None:
            return None
        got = found.groupdict()
        if got.get("u"):
            return Stamp(int(got["u"]) * MINUTES_PER_HOUR // SECONDS_PER_HOUR, 0, True)
        if got.get("n"):
            return _of_serial(got["n"])
        day, hour = _day(got), _hour(got)
        if day is None or hour is None:
            return None
        zone = got.get("z")
        ahead = None if not zone else _ZONES.get(zone, fixed_offset(zone))
        minutes = hour * MINUTES_PER_HOUR + int(got.get("M") or 0)
        return Stamp(day * DAY + minutes, ahead, got.get("H") is not None)


FORMS = tuple(Form(*form) for form in _FORMS)


def looks_like_a_time(text: str) -> bool:
    """Whether a cell is a time in one of the forms that no plain number has."""
    return any(form.read(start_of(text)) for form in FORMS if form.name not in _UNSURE)


def may_be_a_time(text: str) -> bool:
    """Whether a cell is a time in any of the forms."""
    return any(form.read(start_of(text)) for form in FORMS)


def start_of(text: str) -> str:
    """The first of two times that are written as from - to."""
    return text.partition(" - ")[0].strip()


def _of_serial(text: str) -> Stamp:
    """A day and its share that spreadsheets count from 1900, to the minute."""
    minutes = round((float(text.replace(",", ".")) - _SERIAL_OF_1970) * DAY)
    return Stamp(minutes, None, minutes % DAY != 0)


def _day(got: dict[str, str | None]) -> int | None:
    """Days since 1970 of the parts of a date; None where there is no such day."""
    year = int(got["y"] or 0)
    year += _CENTURY if year < 100 else 0
    month = int(got.get("m") or 1)
    if got.get("b"):
        month = _month_named(str(got["b"]))
    if got.get("q"):
        month = (int(got["q"] or 1) - 1) * MONTHS_PER_QUARTER + 1
    try:
        return (date(year, month, int(got.get("d") or 1)) - date(1970, 1, 1)).days
    except ValueError:
        return None


def _month_named(word: str) -> int:
    """Number of a month by its name or the start of it; 0 where it is none."""
    plain = unicodedata.normalize("NFKD", word.lower()).encode("ascii", "ignore").decode()
    starts = enumerate(_MONTHS, start=1)
    return next((i for i, names in starts if plain.startswith(names)), 0)


def _hour(got: dict[str, str | None]) -> int | None:
    """Hour of a day, 24 for its end; None where there is no such hour."""
    hour = int(got.get("H") or 0)
    half = (got.get("p") or "").replace(".", "").lower()
    if half:
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "pm" else 0)
    return hour if hour <= HOURS_PER_DAY and int(got.get("M") or 0) < MINUTES_PER_HOUR else None
