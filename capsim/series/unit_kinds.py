"""What a series can be of, and the units that files give it in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from capsim.registry import did_you_mean
from capsim.units import GIGA, KG_PER_T, KILO, KWH_PER_MWH, MEGA, MWH_PER_GWH

_ENERGY = {"kwh": KWH_PER_MWH, "mwh": 1.0, "gwh": 1.0 / MWH_PER_GWH, "wh": MEGA}
"""MWh in the denominator: how many of a unit one MWh has."""
_POWER = {"w": 1.0 / MEGA, "kw": 1.0 / KILO, "mw": 1.0, "gw": GIGA / MEGA}
"""MW of a unit of power."""
_MASS_G = {"g": 1.0, "kg": KILO, "t": KG_PER_T * KILO, "lb": 453.59237, "lbs": 453.59237}
"""Grams of a unit of mass; the pound is exact by its definition. [g]"""
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "EURO": "EUR", "EUROS": "EUR", "US$": "USD"}
CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "JPY",
    "CNY",
    "INR",
    "AUD",
    "CAD",
)
"""Codes that a unit may be alone."""
_CENTS = ("c", "ct", "cts", "cent", "cents", "p", "pence")
_CENTS_PER_UNIT = 100.0
_PER_ENERGY = re.compile(r"(?:/|per[ _])\s*([kMG]?Wh)", re.IGNORECASE)
_PRICE = re.compile(r"([A-Za-z€$£]+)\s*(?:/|per|_per_|_)\s*([kMGkmg]?[Ww][Hh])", re.IGNORECASE)
_CARBON = re.compile(r"(g|kg|t|lbs?)\s*(?:co\S*)?\s*(?:/|per|_per_|_)\s*([kMG]?wh)", re.IGNORECASE)
_EQUIVALENTS = str.maketrans("₂", "2")


class Unit(NamedTuple):
    """What a unit comes to."""

    factor: float
    """Values in the field's unit for one of this."""
    currency: str = ""
    """ISO 4217 code it names; empty where it names none."""
    is_energy: bool = False
    """Whether it is energy in each step, and power only over the length of the step."""
    offset: float = 0.0
    """What is added after the factor."""


@dataclass(frozen=True)
class Measure:
    """A kind of number that a series may be of."""

    name: str
    unit: str
    """Unit of the field."""
    examples: str
    """Units that files may have."""
    is_weekly: bool
    """Whether what it does depends on the day of the week."""
    least: float
    """Lowest value that an hour may have. [unit]"""
    most: float
    """Highest value that an hour may have. [unit]"""
    is_level: bool = False
    """Whether values by date are levels of a plan, each of which holds to the next."""

    def unit_of(self, text: str) -> Unit | None:
        """What a unit comes to in the field's; None where it is none of this measure."""
        return _UNITS[self.name](text.strip().translate(_EQUIVALENTS))

    def checked_unit(self, text: str) -> Unit:
        """The same; ValueError in words where it is none."""
        unit = self.unit_of(text)
        if unit is None:
            hint = did_you_mean(text, self.examples.split(", "))
            raise ValueError(f"{text} is no unit of {self.name}; write one such as {self.examples}{hint}")
        return unit


def _price(text: str) -> Unit | None:
    bare = _PER_ENERGY.fullmatch(text)
    if bare is not None:
        return Unit(_ENERGY[bare.group(1).lower()])
    found = _PRICE.fullmatch(text)
    if found is None:
        code = _SIGNS.get(text.upper(), text.upper())
        # a currency alone is that of a MWh
        return Unit(1.0, code) if code in CURRENCIES else None
    money, energy = found.groups()
    factor = _ENERGY[energy.lower()]
    if money.lower() in _CENTS:
        return Unit(factor / _CENTS_PER_UNIT)
    code = _SIGNS.get(money.upper(), money.upper())
    if code.startswith(("EUROCENT", "CENT", "EUROCT")):
        return Unit(factor / _CENTS_PER_UNIT, "EUR" if code.startswith("EURO") else "")
    return Unit(factor, code) if len(code) == 3 else Unit(factor) if code == "CURRENCY" else None


def _carbon(text: str) -> Unit | None:
    found = _CARBON.fullmatch(text)
    if found is None:
        return None
    mass, energy = found.groups()
    return Unit(_MASS_G[mass.lower()] * _ENERGY[energy.lower()] / KWH_PER_MWH)


def _power(text: str) -> Unit | None:
    # energy by the hour is a power
    word = re.sub(r"h ?/ ?h$", "", text.lower())
    if word in _POWER:
        return Unit(_POWER[word])
    return Unit(1.0 / _ENERGY[word], is_energy=True) if word in _ENERGY else None


def _temperature(text: str) -> Unit | None:
    word = re.sub(r"^(degrees?|deg|grad) ?", "", text.lower()).strip("°º ")
    if word in ("f", "fahrenheit"):
        return Unit(5.0 / 9.0, offset=-160.0 / 9.0)
    if word in ("k", "kelvin"):
        return Unit(1.0, offset=-273.15)
    return Unit(1.0) if word in ("c", "celsius", "") else None


def _ratio(text: str) -> Unit | None:
    alike = ("1", "-", "kw/kw", "kwh/kwh", "mw/mw", "mwh/mwh")
    return Unit(1.0) if text.lower() in alike else Unit(0.01) if text in ("%", "percent") else None


def _count_of(*names: str) -> Callable[[str], Unit | None]:
    """Counts of a thing, alone or by thousands and millions."""

    def count(text: str) -> Unit | None:
        word = text.lower().strip()
        name = next((name for name in names if word.endswith(name)), "")
        many = word.removesuffix(name).strip(" .")
        factor = _MANY.get(many)
        return Unit(factor) if factor is not None and (many or name) else None

    return count


_MANY = {"": 1.0} | dict.fromkeys(
    ("k", "thousand", "thousands", "tsd", "'000", "x1000", "x 1000", "x1,000"), KILO
)
_MANY |= dict.fromkeys(("m", "mn", "million", "millions", "mio"), MEGA)
"""Words for a thousand and a million."""


_UNITS: dict[str, Callable[[str], Unit | None]] = {
    "price": _price,
    "carbon intensity": _carbon,
    "power": _power,
    "temperature": _temperature,
    "PUE": _ratio,
    "shape": lambda text: _power(text) or _ratio(text) or Unit(1.0),
    "demand": _count_of("h100e", "h100-equivalents", "h100"),
    "users": _count_of("users", "1"),
}
_MEASURES = (
    Measure("price", "currency/MWh", "EUR/MWh, ct/kWh, USD/kWh", True, -1e5, 1e5),
    Measure("carbon intensity", "gCO2e/kWh", "g/kWh, kg/MWh, t/MWh, lb/MWh", True, 0.0, 5e3),
    Measure("power", "MW", "MW, kW, MWh, kWh", True, 0.0, 3e6),
    Measure("temperature", "degC", "degC, degF, K", False, -90.0, 70.0),
    Measure("PUE", "1", "1, %", False, 1.0, 10.0),
    Measure("shape", "1", "1, %, MW, kW", True, 0.0, 1e12),
    Measure("demand", "H100e", "H100e", True, 0.0, 1e12, is_level=True),
    Measure("users", "users", "users", True, 0.0, 1e12, is_level=True),
)
MEASURES = {measure.name: measure for measure in _MEASURES}
"""Measures by name."""
