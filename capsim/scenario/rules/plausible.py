"""Where values may plausibly lie: the table of the catalogue, rates, and units mistaken for one another."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from capsim.scenario.records.schema import Site
from capsim.scenario.rules.rule import Around
from capsim.units import (
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    KILO,
    KWH_PER_MWH,
    MEGA,
    MONTHS_PER_YEAR,
)

PLAUSIBLE = "plausible"
"""Table of the catalogue that says how far is too far."""
EURO = "EUR"
"""Currency of the lowest and highest amounts."""
_Slips = tuple[tuple[float, str], ...]
_OF_SHARES: _Slips = ((100.0, "in per cent"),)
_OF_ENERGY_PRICES: _Slips = ((1.0 / KWH_PER_MWH, "per kWh"), (0.1, "in cents per kWh"))
_OF_TIMES: Mapping[str, _Slips] = MappingProxyType(
    {
        "months": ((DAYS_PER_MONTH, "in days"), (DAYS_PER_MONTH / DAYS_PER_WEEK, "in weeks")),
        "weeks": ((DAYS_PER_WEEK, "in days"), (DAYS_PER_WEEK / DAYS_PER_MONTH, "in months")),
        "d": ((HOURS_PER_DAY, "in hours"), (1.0 / DAYS_PER_WEEK, "in weeks")),
        "y": ((MONTHS_PER_YEAR, "in months"),),
    }
)
_OF_OTHERS: _Slips = (
    (1.0 / KILO, "in thousands"),
    (1.0 / MEGA, "in millions"),
    (KILO, "in a unit a thousand times smaller"),
    (MEGA, "in a unit a million times smaller"),
)
"""What a value is multiplied with in a wrong unit, and that unit in words."""
_NEAR = 2.0
"""How far from the range a value may be once turned from a unit that is named. [1]"""


class Span(NamedTuple):
    """Where a value is expected."""

    low: float
    high: float
    like: str
    """What is expected, in words."""


def limit(around: Around, name: str, end: str) -> float:
    """An end of where what has a name among the plausible may be."""
    return around.catalog.entry(PLAUSIBLE, name).number(end)


def rate_between(of: str, to: str, around: Around) -> float:
    """Units of a currency for one of another by the scenario's rates; 0 where it has none."""
    money = around.scenario.currency
    per_unit = {money.code: 1.0} | {rate.currency: rate.per_unit for rate in money.fx}
    return per_unit.get(of, 0.0) / per_unit[to] if to in per_unit else 0.0


def widened(low: float, high: float, factor: float) -> tuple[float, float]:
    """A range in which values up to a factor smaller or larger than its ends are too."""
    # a negative end, as of prices that fall, grows away from 0 downwards
    return min(low / factor, low * factor), max(high / factor, high * factor)


def slip(value: float, span: Span, unit: str) -> str:
    """Words for the wrong unit that a value far outside may be in."""
    slips = _OF_TIMES.get(unit, () if unit.endswith("/d") else _OF_OTHERS)
    if unit in ("1", "1/y"):
        slips = _OF_SHARES
    elif unit.endswith("/MWh"):
        slips = _OF_ENERGY_PRICES
    low, high = widened(span.low, span.high, _NEAR)
    fitting = (words for times, words in slips if low <= value / times <= high)
    return next((f"; is it {words}?" for words in fitting), "")


def power_mw(site: Site) -> float:
    """Power a site is to have: all steps of its connection, and its own engines. [MW]"""
    own_mw = site.generation.power_mw if site.generation is not None else 0.0
    return sum(step.grid_mw for step in site.grid_connection) + own_mw
