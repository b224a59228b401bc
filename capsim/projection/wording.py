"""Numbers, dates and money as a reader wants them."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

from capsim.units import GIGA, KILO, MEGA
from capsim.vocabulary import Asked, Form, Measure, measure_of

NONE = "-"
"""Shown where there is no value."""
ONE_WATT_MW = 1e-6
"""Power below which a reader is told of none. [MW]"""


def count(value: float) -> str:
    """A whole number with separators.

    Examples
    --------
    >>> count(206649.8)
    '206,650'
    """
    return NONE if math.isnan(value) else f"{value:,.0f}"


def rounded(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, written out.

    Examples
    --------
    >>> rounded(201790.4), rounded(1.1346), rounded(0.0)
    ('202,000', '1.13', '0')
    """
    if math.isnan(value):
        return NONE
    # 0 has no first digit to count from
    if value == 0.0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):,.{max(decimals, 0)}f}"


def scaled(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, in millions or billions where it is that large.

    Examples
    --------
    >>> scaled(13_912_345_678.0, 4), scaled(-2.5e6), scaled(470_100.0, 4)
    ('13.91 bn', '-2.50 m', '470,100')
    """
    for size, name in ((GIGA, "bn"), (MEGA, "m")):
        if abs(value) >= size:
            return f"{rounded(value / size, digits)} {name}"
    return rounded(value, digits)


def megawatts(value: float) -> str:
    """A power to the tenth of a MW, below 1 MW to two digits, without a zero at the end. [MW]

    Examples
    --------
    >>> megawatts(200.0), megawatts(168.187), megawatts(0.0448), megawatts(0.0)
    ('200', '168.2', '0.045', '0')
    """
    if ONE_WATT_MW <= abs(value) < 1.0:
        return rounded(value, 2).rstrip("0").rstrip(".")
    return f"{value:,.1f}".removesuffix(".0")


def money(value: float, unit: str) -> str:
    """An amount in bn or m of its unit, to three digits.

    Examples
    --------
    >>> money(6.2063e9, "EUR2025"), money(4e9, "EUR2025"), money(35.2, "EUR2025")
    ('6.21 bn EUR2025', '4 bn EUR2025', '35.2 EUR2025')
    """
    for size, name in ((GIGA, "bn "), (MEGA, "m ")):
        if abs(value) >= size:
            return f"{_short(value / size)} {name}{unit}"
    return f"{_short(value)} {unit}"


FORMS: dict[Form, Callable[[float, str], str]] = {
    "whole": lambda value, unit: f"{count(value)} {unit}",
    "power": lambda value, unit: f"{megawatts(value)} {unit}",
    "tenths": lambda value, unit: f"{value:.1f} {unit}",
    "ratio": lambda value, _: f"{value:.3f}",
    "digits": lambda value, unit: f"{rounded(value, 2)} {unit}",
    "thousands": lambda value, unit: f"{rounded(value / KILO)} k{unit}",
    "millions": lambda value, unit: f"{rounded(value / MEGA)} m {unit}",
    "money": money,
    "percent": lambda value, _: f"{value:.1%}",
}
"""How a figure of each form is written with its unit; a date or a text is no number."""


def stated(measure: Measure, value: float, unit: str) -> str:
    """A figure as it is declared to be read, with a unit; `NONE` where there is no value.

    Examples
    --------
    >>> from capsim.vocabulary import DECLARED
    >>> stated(DECLARED["headline"]["carbon_t"], 463_238.0, "tCO2e")
    '463 ktCO2e'
    """
    return NONE if math.isnan(value) else FORMS[measure.form](value, unit)


def answered(asked: Asked, value: float, money_unit: str) -> str:
    """The value of a figure in words, with its unit; of a date the day its ordinal stands for.

    Examples
    --------
    >>> from capsim.vocabulary import parse_figure
    >>> answered(parse_figure("capex by 2030-12"), 6.374e9, "EUR2025")
    '6.37 bn EUR2025'
    >>> answered(parse_figure("ready_for_service of aion.p1"), 740_000.0, "EUR2025")
    '2027-01-19'
    """
    if math.isnan(value):
        return "never" if asked.is_date else NONE
    if asked.is_date:
        return "never" if math.isinf(value) else date.fromordinal(int(value)).isoformat()
    measure = measure_of(asked)
    return rounded(value) if measure is None else stated(measure, value, measure.unit_in(money_unit))


def _short(value: float) -> str:
    """Three significant digits without zeros at the end."""
    text = rounded(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def month(iso_date: str) -> str:
    """The month of an ISO date.

    Examples
    --------
    >>> month("2029-11-01")
    '2029-11'
    """
    return iso_date[:7]


def plural(number: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> plural(1, "site"), plural(3, "phase")
    ('1 site', '3 phases')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: list[str], most: int = 4) -> str:
    """The first names of a list, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
