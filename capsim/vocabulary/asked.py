"""Figures and goals in words: the one grammar of what is asked of results, wherever it is asked.

::

    FIGURE   NAME [of SITE] [WHEN]              h100e_8bit at 2030-12, capex by 2028-12, pue in 2031, npv
             MILESTONE of SITE.PHASE            ready_for_service of aion.p1
             date of NAME [of SITE] >= NUMBER   date of critical_it_mw >= 100 (also <=)
    WHEN     at MONTH | by MONTH | in MONTH     a month is 2030-12, a day is its month, a year its twelve
    GOAL     FIGURE >= VALUE [WHEN]             also <= and =; the value of a date is a month or a day

`at` is the month by itself, `by` all months from the start to it, `in` the months of a year or the month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, NoReturn, cast

from capsim.errors import FigureError
from capsim.magnitudes import ANY, FIRST_YEAR, LAST_YEAR, plain_number
from capsim.registry import did_you_mean
from capsim.units import MONTHS_PER_YEAR, first_of_month
from capsim.vocabulary.events import DATED, DatedKind
from capsim.vocabulary.measures import Fold, Measure
from capsim.vocabulary.names import SHORT, declared

Sense = Literal[">=", "<=", "="]
Word = Literal["at", "by", "in"]
WORDS: Final = ("at", "by", "in")
DATE: Final = "date"
"""What asks for the day on which a level is reached."""
ADDED_UP: Final[tuple[Fold, ...]] = ("sum", "hours")
"""Folds of series of which months add up."""
FIGURE_FORM: Final = (
    "NAME [of SITE] [at|by|in YYYY-MM], MILESTONE of SITE.PHASE or date of NAME>=NUMBER, "
    "such as h100e_8bit at 2030-12"
)
GOAL_FORM: Final = "FIGURE>=VALUE, also <= or =, such as h100e_8bit>=288000 by 2029-12"
_NAME = r"(?P<name>[A-Za-z][A-Za-z0-9_]*)"
_OF = r"(?:\s+of\s+(?P<of>[A-Za-z0-9_.-]+))?"
_WHEN = r"(?:\s+(?P<word>[a-z]+)\s+(?P<when>\d\S*))?"
_FIGURE = re.compile(rf"{_NAME}{_OF}{_WHEN}")
_DATE_OF = re.compile(rf"date\s+of\s+{_NAME}{_OF}\s*(?P<sense>>=|<=)\s*(?P<value>\S+)")
_GOAL = re.compile(r"(?P<figure>.*\S)\s*(?P<sense>>=|<=|(?<![<>])=)\s*(?P<value>[^\s<>=]+)(?P<when>\s+.*)?")
_UNIT = re.compile(r"(?!(at|by|in)\b)(?![a-z]+\s+\d)(?P<unit>\S.*?)(\s+(at|by|in)\s.*)?$")
"""What stands behind a value and is neither a month nor a word that a month follows."""
_CURRENCY = re.compile(r"[A-Z]{3}")
SHOWN_CHARACTERS = 40
"""How much of what is longer a message shows."""
MOST_CHARACTERS = 500
"""Longest figure or goal in words; what is longer is none, and no message repeats it."""
_MONTH = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")
"""Commas between thousands."""


class When(NamedTuple):
    """Months that a figure is of."""

    word: Word
    first: date
    """First day of the first month of a year or of the month named."""
    last: date
    """First day of the last of them."""

    def __str__(self) -> str:
        # twelve months were written as their year
        months = f"{self.first:%Y-%m}" if self.first == self.last else f"{self.first:%Y}"
        return f"{self.word} {months}"


class Level(NamedTuple):
    """A level whose first month is asked for."""

    sense: Literal[">=", "<="]
    value: float


@dataclass(frozen=True)
class Asked:
    """A figure of results, as it is asked for."""

    name: str
    """Name of the figure, with the currency of money or without, or of a milestone of phases."""
    of: str = ""
    """A site, or a phase as ``site.phase``; empty for the portfolio."""
    when: When | None = None
    """Months it is of; None for headline figures and dates."""
    level: Level | None = None
    """Where the date is asked for at which a level is reached."""

    @property
    def full_name(self) -> str:
        """Its name where it is given for short."""
        return SHORT.get(self.name, self.name)

    @property
    def is_date(self) -> bool:
        """Whether it is a date."""
        return self.level is not None or self.name in DATED

    @property
    def is_headline(self) -> bool:
        """Whether it is a figure of the portfolio over the whole horizon."""
        return not (self.of or self.when or self.is_date)

    @property
    def milestone(self) -> tuple[DatedKind, str, str]:
        """Milestone, site and phase of a date of a phase."""
        site, _, phase = self.of.partition(".")
        return cast(DatedKind, self.name), site, phase

    def __str__(self) -> str:
        place = f" of {self.of}" if self.of else ""
        if self.level is not None:
            return f"date of {self.name}{place}{self.level.sense}{self.level.value:.12g}"
        return f"{self.name}{place}{f' {self.when}' if self.when else ''}"


@dataclass(frozen=True)
class Goal:
    """A figure and the value it should have."""

    figure: Asked
    sense: Sense
    value: float
    """The value; of a date its proleptic Gregorian ordinal. [d]"""
    name: str = ""
    """Target of the scenario the goal is from."""

    @property
    def month(self) -> date | None:
        """First day of the last month that the figure is of; None where it has none."""
        return self.figure.when.last if self.figure.when else None

    def __str__(self) -> str:
        when = f" {self.figure.when}" if self.figure.when else ""
        value = f"{self.value:.12g}"
        if self.figure.is_date:
            value = date.fromordinal(int(self.value)).isoformat()
        return f"{replace(self.figure, when=None)}{self.sense}{value}{when}"


def parse_figure(text: str) -> Asked:
    """A figure in words.

    Raises
    ------
    FigureError
        If the words are no figure, or a month is none.

    Examples
    --------
    >>> asked = parse_figure("h100e_8bit of aion at 2030-12")
    >>> asked.name, asked.of, asked.when.last, str(asked)
    ('h100e_8bit', 'aion', datetime.date(2030, 12, 1), 'h100e_8bit of aion at 2030-12')
    >>> str(parse_figure("date of critical_it_mw  >= 1e2"))
    'date of critical_it_mw>=100'
    """
    _hold(text)
    level = _DATE_OF.fullmatch(text.strip())
    if level is not None:
        sense = cast(Literal[">=", "<="], level["sense"])
        return Asked(level["name"], level["of"] or "", level=Level(sense, _number(level["value"], text)))
    match = _FIGURE.fullmatch(text.strip())
    if match is None:
        _refuse("a figure", FIGURE_FORM, text)
    if match["word"] and match["word"] not in WORDS:
        raise FigureError(f"a month follows at, by or in{did_you_mean(match['word'], WORDS)} (got {text!r})")
    when = _when(cast(Word, match["word"]), match["when"], text) if match["when"] else None
    asked = Asked(match["name"], match["of"] or "", when)
    _check(asked, text)
    return asked


def _check(asked: Asked, text: str) -> None:
    """Refuse a date without its level or its phase, and what adds up asked for as if it were a level."""
    if asked.name == DATE and asked.of:
        raise FigureError(
            f"the date of a level is written date of {asked.of}>=NUMBER, also <= (got {text!r})"
        )
    if asked.is_date and (asked.when is not None or not asked.of.partition(".")[2]):
        raise FigureError(f"a date of a phase is written {asked.name} of SITE.PHASE (got {text!r})")
    measure = declared(asked.name, "monthly")
    if measure is not None and measure.fold in ADDED_UP and asked.when and asked.when.word == "at":
        month = f"{asked.when.last:%Y-%m}"
        way_out = f"{asked.name} by {month} (from the start) or {asked.name} in {month}"
        raise FigureError(f"{asked.name} adds up: write {way_out} (got {text!r})")


def measure_of(asked: Asked) -> Measure | None:
    """What is declared of a figure asked for; None for dates, and for what is declared nowhere.

    Examples
    --------
    >>> measure_of(parse_figure("capex_usd by 2030-12")).unit, measure_of(parse_figure("npv")).name
    ('currency', 'npv')
    """
    if asked.is_date:
        return None
    return declared(asked.name, "headline") or declared(asked.name, "monthly")


def parse_goal(text: str) -> Goal:
    """A goal in words.

    Raises
    ------
    FigureError
        If the words are no goal.

    Examples
    --------
    >>> goal = parse_goal("h100e_8bit>=288000 by 2029-12")
    >>> goal.figure.name, goal.sense, goal.value, goal.month
    ('h100e_8bit', '>=', 288000.0, datetime.date(2029, 12, 1))
    >>> str(parse_goal("ready_for_service of aion.p1 <= 2029-06"))
    'ready_for_service of aion.p1<=2029-06-30'
    """
    _hold(text)
    match = _GOAL.fullmatch(text.strip())
    if match is None:
        _refuse("a goal", GOAL_FORM, text)
    unit = _UNIT.match((match["when"] or "").strip())
    if unit is not None:
        _refuse_unit(match["figure"].strip(), f"{match['sense']} {match['value']}", unit["unit"], text)
    figure = parse_figure(match["figure"] + (match["when"] or ""))
    sense = cast(Sense, match["sense"])
    read = _day if figure.is_date else _number
    return Goal(figure, sense, read(match["value"], text))


def _refuse_unit(figure: str, value: str, unit: str, text: str) -> NoReturn:
    """Refuse what stands behind a value and is no month: its unit, or the currency of money."""
    rule = f"a value is in the unit of its figure, and at, by or in may follow it, not {unit}"
    name, _, rest = figure.partition(" ")
    measure = declared(name, "headline") or declared(name, "monthly")
    if measure is not None and measure.is_money and _CURRENCY.fullmatch(unit):
        named = " ".join(part for part in (measure.named(unit), rest) if part)
        rule += f": {named} {value} names the currency"
    raise FigureError(f"{rule} (got {text!r})")


def _hold(text: str) -> None:
    """Refuse what is no text, or longer than any figure or goal."""
    if not isinstance(text, str):
        raise FigureError(f"a figure or a goal is text (got {text!r})")
    if not len(text) <= MOST_CHARACTERS:
        rule = f"a figure or a goal has at most {MOST_CHARACTERS} characters"
        raise FigureError(f"{rule} (got {len(text):,}, which begin {text[:SHOWN_CHARACTERS]!r})")


def _refuse(what: str, form: str, text: str) -> NoReturn:
    raise FigureError(f"{what} is written {form} (got {text!r})")


def _when(word: Word, written: str, text: str) -> When:
    """Months of a year, a month or a day."""
    first, last = _months(written, text)
    return When(word, first, last)


def _months(written: str, text: str) -> tuple[date, date]:
    """First days of the first and of the last month of a year, a month or a day."""
    year, *rest = written.split("-")
    try:
        if not _MONTH.fullmatch(written):
            raise ValueError(written)
        day = date.fromisoformat("-".join([year, *rest, *("01", "01")[len(rest) :]]))
    except ValueError:
        rule = f"{written} is no month: write YYYY-MM, or YYYY for a year"
        raise FigureError(f"{rule} (got {text!r})") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise FigureError(f"{written} is not from {FIRST_YEAR} to {LAST_YEAR} (got {text!r})")
    first = day.replace(day=1)
    return first, first if rest else first_of_month(first, MONTHS_PER_YEAR - 1)


def _day(written: str, text: str) -> float:
    """The day a goal names, of a month or a year its last. [d]"""
    _, last = _months(written, text)
    if written.count("-") == 2:
        return float(date.fromisoformat(written).toordinal())
    return float((first_of_month(last, 1) - timedelta(days=1)).toordinal())


def _number(written: str, text: str) -> float:
    """A number, with `,` between thousands where that reads better."""
    try:
        number = plain_number(_THOUSANDS.sub("", written))
    except ValueError:
        raise FigureError(f"{written} is no number (got {text!r})") from None
    if too_far := ANY.fault(number):
        raise FigureError(f"a value {too_far} (got {text!r})")
    return number
