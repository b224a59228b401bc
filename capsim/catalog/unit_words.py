"""Units as people write them: how many of one another is, and the number that a text with a unit means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from capsim.series import MEASURES, numbers_of
from capsim.units import DAYS_PER_MONTH, DAYS_PER_WEEK, DAYS_PER_YEAR, HOURS_PER_DAY, MINUTES_PER_HOUR

_POWERS = MappingProxyType({"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12, "P": 15})
_BASES: Mapping[str, str] = MappingProxyType(
    {
        "B": "B",
        "byte": "B",
        "bytes": "B",
        "Byte": "B",
        "B/s": "B/s",
        "byte/s": "B/s",
        "W": "W",
        "Wh": "Wh",
        "VA": "VA",
        "FLOP/s": "OP/s",
        "FLOPS": "OP/s",
        "OP/s": "OP/s",
        "OPS": "OP/s",
    }
)
_DAYS: Mapping[str, float] = MappingProxyType(
    {
        "min": 1.0 / (MINUTES_PER_HOUR * HOURS_PER_DAY),
        "h": 1.0 / HOURS_PER_DAY,
        "hour": 1.0 / HOURS_PER_DAY,
        "d": 1.0,
        "day": 1.0,
        "week": DAYS_PER_WEEK,
        "wk": DAYS_PER_WEEK,
        "month": DAYS_PER_MONTH,
        "y": DAYS_PER_YEAR,
        "yr": DAYS_PER_YEAR,
        "year": DAYS_PER_YEAR,
    }
)
"""Days of a unit of time, in the singular."""
_SHARES: Mapping[str, float] = MappingProxyType({"1": 1.0, "%": 0.01, "percent": 0.01, "1/y": 1.0})
_MULTIPLES: Mapping[str, int] = MappingProxyType(
    {"k": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "b": 9, "billion": 9}
)
_OPEN = ("currency", "scenario currency", "of the basis")
"""How units of money begin whose currency the record has; others begin with its code."""
_SIGNS: Mapping[str, str] = MappingProxyType({"$": "USD", "€": "EUR", "£": "GBP"})
_MONEY = "USD|EUR|GBP|CHF|[$€£]"
_AMOUNT = re.compile(rf"(?i)({'|'.join(_MULTIPLES)})?({_MONEY})?(?:/.*)?")
"""A word behind an amount of money: a multiple, a currency, or both in one."""
_WRITTEN = re.compile(rf"((?:{_MONEY})?)\s*([+-]?[\d.,\s'’]*\d)\s*([^\d\s].*)?")


def unit_factor(given: str, wanted: str) -> float | None:
    """How many of a unit one of another is; None where they are not of one kind.

    Examples
    --------
    >>> unit_factor("kW", "MW"), unit_factor("FLOP/s", "TFLOP/s"), unit_factor("weeks", "MW")
    (0.001, 1e-12, None)
    """
    if given == wanted:
        return 1.0
    for table in (_DAYS, _SHARES):
        days = [table.get(unit) or table.get(unit.removesuffix("s")) for unit in (given, wanted)]
        if days[0] and days[1]:
            return days[0] / days[1]
    sizes = _size(given), _size(wanted)
    if sizes[0] is None or sizes[1] is None or sizes[0][1] != sizes[1][1]:
        return None
    return float(f"1e{sizes[0][0] - sizes[1][0]}")


def _size(unit: str) -> tuple[int, str] | None:
    """Power of ten and base of a unit."""
    for prefix, power in _POWERS.items():
        base = _BASES.get(unit.removeprefix(prefix)) if unit.startswith(prefix) else None
        if base is not None:
            return power, base
    return None


def number_meant(text: str, unit: str) -> float | None:
    """The number to write in a unit for a text such as 60 kW; None where it cannot be told.

    Examples
    --------
    >>> number_meant("60 kW", "MW"), number_meant("8 %", "1/y"), number_meant("1.2 bn EUR", "currency")
    (0.06, 0.08, 1200000000.0)
    >>> number_meant("12 months", "weeks"), number_meant("fast", "MW")
    (52.178571, None)
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    sign, digits, words = found.group(1), found.group(2), (found.group(3) or "").strip()
    try:
        number = float(numbers_of([digits], [1], "", ";" if re.search(r",\d{1,2}$", digits) else ",")[0])
    except ValueError:
        return None
    factor = unit_factor(words, unit) if words else None
    if factor is None:
        factor = _of_money(sign, words, unit)
    for measure in MEASURES.values() if factor is None and words else ():
        known = measure.unit_of(words) if measure.unit == unit.replace("gCO2/", "gCO2e/") else None
        factor = factor or (known.factor if known is not None else None)
    return None if factor is None else float(f"{number * factor:.8g}")


def _of_money(sign: str, words: str, unit: str) -> float | None:
    """Factor of an amount with a currency or a multiple, in a unit that is money.

    Examples
    --------
    >>> _of_money("", "k$", "USD/system"), _of_money("$", "m", "currency"), _of_money("", "kW", "currency")
    (1000.0, 1000000.0, None)
    >>> _of_money("", "k€", "USD/system") is None
    True
    """
    is_money = unit.startswith((*_OPEN, "USD", "EUR"))
    found = [_AMOUNT.fullmatch(word) for word in words.split()]
    multiples = [one.group(1) for one in found if one and one.group(1)]
    named = [sign] if sign else []
    named += [one.group(2) for one in found if one and one.group(2)]
    codes = {_SIGNS.get(name, name.upper()) for name in named}
    is_other = not unit.startswith(_OPEN) and bool(codes - {unit[:3]})
    if not is_money or is_other or not all(found) or not (named or multiples) or len(multiples) > 1:
        return None
    return float(f"1e{_MULTIPLES[multiples[0].lower()] if multiples else 0}")
