"""How large and how small a quantity of a unit may be: the one edge that every number is held against.

The ends are assumed, and lie orders of magnitude beyond the largest plan on earth: they refuse a slip of the
keyboard or a hostile file, never a plan. What is beyond them would overflow a model, or print as nonsense.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years a date may lie in: assumed."""
LEAST = 1e-12
"""Smallest amount that is not 0 and counts as a number, in any unit but those below: assumed."""


@dataclass(frozen=True)
class Magnitude:
    """Ends of the size of a quantity, whatever its sign."""

    largest: float
    """Largest amount. [unit]"""
    least: float = LEAST
    """Smallest amount that is not 0. [unit]"""
    unit: str = ""
    """Unit to name in a message; empty where there is none to name."""

    def largest_in_words(self) -> str:
        """The largest amount, with its unit."""
        return f"{self.largest:g} {self.unit}".rstrip()

    def fault(self, value: float, *, may_be_zero: bool = True) -> str:
        """What is wrong with the size of a number; empty where nothing is.

        Examples
        --------
        >>> magnitude_of("MW").fault(1e300)
        'must be at most 1e+07 MW, which no plan exceeds'
        >>> magnitude_of("MW").fault(-1e300), magnitude_of("MW").fault(1e-300)
        ('must be at least -1e+07 MW, which no plan falls below', 'must be 0 or at least 1e-06 MW')
        """
        # a comparison, since a whole number may be too large to be asked
        if not -math.inf <= value <= math.inf:
            return "must be a number"
        if value > self.largest:
            return f"must be at most {self.largest_in_words()}, which no plan exceeds"
        if value < -self.largest:
            return f"must be at least -{self.largest_in_words()}, which no plan falls below"
        if 0.0 < abs(value) < self.least:
            sign = "-" if value < 0.0 else ""
            bound = ("0 or " if may_be_zero else "") + ("at most" if sign else "at least")
            return f"must be {bound} {sign}{self.least:g} {self.unit}".rstrip()
        return ""


ANY = Magnitude(1e20)
"""Of what has no unit of its own here: more than all money on earth in its weakest currency."""
_COUNTS = (
    "H100e|accelerators|systems or accelerators|users|nodes|crews|technicians"
    "|racks/d|systems/quarter|tokens/s"
)
_SIZES: Mapping[str, Magnitude] = MappingProxyType(
    {
        # all power stations of the world have some 1e7 MW
        "MW|MVA": Magnitude(1e7, 1e-6),
        "W|kW": Magnitude(1e7, 1e-6),
        "MWh": Magnitude(1e10, 1e-6),
        "MWh/y": Magnitude(1e11, 1e-6),
        _COUNTS: Magnitude(1e12),
        "crews/MW|nodes/system": Magnitude(1e5),
        # five centuries
        "y": Magnitude(500.0),
        "months|month": Magnitude(6e3),
        "weeks|week": Magnitude(26e3),
        "d": Magnitude(2e5),
        "h|h/y|h/d|min|d/y": Magnitude(5e6),
        # a ratio, a share of which 1 is all, or a weight beside others
        "1|%": Magnitude(1e10),
        "1/y|1/month": Magnitude(100.0),
        "1/1000 node-d|failures/1000 node-d|1/d": Magnitude(1e5),
        "tokens": Magnitude(1e10),
        "s/token": Magnitude(1e5),
        "K|K/decade|degC|deg": Magnitude(500.0),
        "gCO2/kWh|gCO2e/kWh|kgCO2/MWh of fuel": Magnitude(1e5),
        "kgCO2e/accelerator|tCO2e/MW|m3/MW/y": Magnitude(1e7),
        "L/kWh": Magnitude(1e4),
        # money, of which a unit of the weakest currency is a millionth of a dollar
        "scenario currency|of the basis": ANY,
        "scenario currency per unit": Magnitude(1e10),
        "currency per hour": Magnitude(1e10),
        "USD/system": Magnitude(1e10),
        "currency/MWh|currency/MWh of fuel|currency/kW/month": Magnitude(1e12),
        "currency/MW|currency/MW/y|currency/MW/month": Magnitude(1e16),
        # what an argument or an amount is in is said elsewhere
        "as the kind says|as in the catalogue|as the shape says": Magnitude(1e12),
        "as `unit` says|as the claim says|as its path says": ANY,
    }
)
_SAID_ELSEWHERE = ("as ", "of the basis", "1")
"""How units begin that say nothing behind a number."""
MAGNITUDES: Mapping[str, Magnitude] = MappingProxyType(
    {
        unit: Magnitude(
            size.largest, size.least, "" if unit == "1" or unit.startswith(_SAID_ELSEWHERE) else unit
        )
        for units, size in _SIZES.items()
        for unit in units.split("|")
    }
)
"""Ends by unit."""
_CODE = re.compile(r"^[A-Z]{3}/")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def magnitude_of(unit: str) -> Magnitude:
    """The ends of a unit, those of money whatever its currency; `ANY` where the unit has none of its own.

    Examples
    --------
    >>> magnitude_of("EUR/MWh").largest, magnitude_of("furlongs").largest
    (1000000000000.0, 1e+20)
    """
    return MAGNITUDES.get(unit) or MAGNITUDES.get(_CODE.sub("currency/", unit)) or ANY


def plain_day(text: str) -> date:
    """A date in the years of plans; ValueError says in words what is wrong with it.

    Examples
    --------
    >>> plain_day("9999-12-31")
    Traceback (most recent call last):
    ValueError: must be a date from 1900 to 2200
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date such as 2026-11-28") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"must be a date from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def plain_number(text: str) -> float:
    """A number as people and files write it; ValueError for what only a programming language calls one.

    Examples
    --------
    >>> plain_number("1.5e3")
    1500.0
    >>> try:
    ...     plain_number("1_000")
    ... except ValueError as error:
    ...     print(error)
    1_000 is no number
    """
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number
