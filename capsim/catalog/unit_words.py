"""Units as people write them: how many of one another is, and numbers that a text with one may mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from capsim.series import MEASURES, numbers_of
from capsim.units import (
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    DAYS_PER_YEAR,
    HOURS_PER_DAY,
    MINUTES_PER_HOUR,
    MONTHS_PER_QUARTER,
)

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
        "m3": "m3",
        "m³": "m3",
        "g": "g",
        "gCO2e": "g",
        "gCO2": "g",
    }
)
_NAMED: Mapping[str, tuple[int, str]] = MappingProxyType(
    {"L": (-3, "m3"), "l": (-3, "m3"), "t": (6, "g"), "tCO2e": (6, "g"), "tCO2": (6, "g")}
)
"""Power of ten and base of units that have a name of their own."""
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
        "quarter": MONTHS_PER_QUARTER * DAYS_PER_MONTH,
        "y": DAYS_PER_YEAR,
        "yr": DAYS_PER_YEAR,
        "year": DAYS_PER_YEAR,
    }
)
"""Days of a unit of time, in the singular."""
_SHARES: Mapping[str, float] = MappingProxyType({"1": 1.0, "%": 0.01, "percent": 0.01})
_MULTIPLES: Mapping[str, int] = MappingProxyType(
    {"thousand": 3, "tsd": 3, "k": 3, "million": 6, "mio": 6, "mn": 6, "m": 6}
    | {"billion": 9, "mrd": 9, "bn": 9, "b": 9}
)
_OPEN = ("scenario currency", "currency", "of the basis")
"""Units of money whose currency the record or the scenario has; others begin with its code."""
_SIGNS: Mapping[str, str] = MappingProxyType({"$": "USD", "€": "EUR", "£": "GBP"})
_ALL_CODES = (
    "USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|ISK|TRY|CAD|AUD|NZD|JPY|CNY|HKD|INR|IDR|KRW|MYR|SGD|THB|PHP"
    "|ILS|BRL|MXN|ZAR|AED|SAR"
)
_CODES = frozenset(_ALL_CODES.split("|"))
_MONEY = rf"(?:{_ALL_CODES}|(?:US)?\$|€|£)"
_CENTS = r"(?:euro-?)?c(?:en)?ts?|c"
_CENT = 0.01
_AMOUNT = re.compile(
    rf"(?P<before>{_MONEY})?\s*(?P<multiple>{'|'.join(_MULTIPLES)})?\.?\s*(?P<behind>{_MONEY}|{_CENTS})?",
    re.IGNORECASE,
)
"""What stands for money: a currency before or behind a multiple, or cents."""
_WRITTEN = re.compile(rf"((?:{_MONEY})?)\s*([+-]?[\d.,\s'’]*\d)\s*([^\d\s].*)?", re.IGNORECASE)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
"""A number whose mark may stand before its decimals or between thousands."""


def unit_factor(given: str, wanted: str) -> float | None:
    """How many of a unit one of another is; None where they are not of one kind.

    Of a compound unit, what stands behind a stroke divides.

    Examples
    --------
    >>> unit_factor("kW", "MW"), unit_factor("FLOP/s", "TFLOP/s"), unit_factor("weeks", "MW")
    (0.001, 1e-12, None)
    >>> unit_factor("EUR/kWh", "currency/MWh"), unit_factor("k€/MW/y", "EUR/kW/month")
    (1000.0, 0.083333333)
    """
    given, wanted = (_plain(unit) for unit in (given, wanted))
    simple = _simple_factor(given, wanted)
    if simple is not None:
        return simple
    top, *below = given.split("/")
    wanted_top, *wanted_below = wanted.split("/")
    factor = _of_money(top, wanted_top) if _is_money(wanted_top) else _simple_factor(top, wanted_top)
    # an amount may leave out what it is for, and a share the year it is of
    if factor is None or not below:
        return factor if _is_money(wanted_top) or wanted == "1/y" else None
    if len(below) != len(wanted_below):
        return None
    for per, wanted_per in zip(below, wanted_below, strict=True):
        one = _simple_factor(per, wanted_per)
        # what compounds over another time is no multiple
        if one is None or (one != 1.0 and wanted_top == "1" and wanted_per == "y" and top in _SHARES):
            return None
        factor /= one
    return float(f"{factor:.8g}")


def _plain(unit: str) -> str:
    """A unit with strokes for the words per, and without of what it is."""
    plain = re.sub(r"\s*(?:/|\bper\b)\s*", "/", unit.strip()).removesuffix(" of fuel")
    return "1/" + plain[1:] if plain.startswith("/") else plain


def _simple_factor(given: str, wanted: str) -> float | None:
    """Factor between units that are not compound."""
    if given == wanted or given.removesuffix("s") == wanted.removesuffix("s"):
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
    if unit in _NAMED:
        return _NAMED[unit]
    for prefix, power in _POWERS.items():
        base = _BASES.get(unit.removeprefix(prefix)) if unit.startswith(prefix) else None
        if base is not None:
            return power, base
    return None


def numbers_meant(text: str, unit: str) -> tuple[float, ...]:
    """The numbers to write in a unit that a text such as 60 kW may mean; none where it cannot be told.

    They are two where a mark may stand before decimals or between thousands, the likelier first: a comma is
    taken to stand between thousands, a point before decimals.

    Examples
    --------
    >>> numbers_meant("60 kW", "MW"), numbers_meant("8 %", "1/y"), numbers_meant("1.2 bn EUR", "currency")
    ((0.06,), (0.08,), (1200000000.0,))
    >>> numbers_meant("12 months", "weeks"), numbers_meant("fast", "MW"), numbers_meant("10.500 kW", "MW")
    ((52.178571,), (), (0.0105, 10.5))
    >>> numbers_meant("50,5", "MW")
    (50.5,)
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return ()
    sign, digits, words = found.group(1), found.group(2), (found.group(3) or "").strip()
    factor = _factor_of(
        f"{sign} {words}".strip() if not sign or not words.startswith("/") else sign + words, unit
    )
    if factor is None:
        return ()
    ways = [digits]
    if _EITHER.fullmatch(digits):
        whole, mark, part = re.split(r"([.,])", digits)
        ways = [whole + part, f"{whole}.{part}"] if mark == "," else [f"{whole}.{part}", whole + part]
    try:
        numbers = [_number(way) for way in ways]
    except ValueError:
        return ()
    return tuple(float(f"{number * factor:.8g}") for number in numbers)


def what_to_write(text: str, unit: str) -> str:
    """What to write in a unit for a text with another; empty where it cannot be told.

    Examples
    --------
    >>> what_to_write("60 kW", "MW"), what_to_write("10.500 kW", "MW")
    ('write 0.06', 'write 0.0105, or 10.5 where the point stands between thousands')
    """
    numbers = numbers_meant(text, unit)
    if not numbers:
        return ""
    first, *other = [f"{number:.8g}" for number in numbers]
    is_point = bool(other) and numbers[0] < numbers[1]
    mark = "point stands between thousands" if is_point else "comma stands before decimals"
    return f"write {first}, or {other[0]} where the {mark}" if other else f"write {first}"


def _number(digits: str) -> float:
    return float(numbers_of([digits], [1], "", ";" if re.search(r",\d{1,2}$", digits) else ",")[0])


def _factor_of(words: str, unit: str) -> float | None:
    """Factor of the unit behind a number, 1 where there is none; None where it is of another kind."""
    if not words:
        return 1.0
    factor = unit_factor(words, unit)
    # a shape is in any unit, and a share in none
    is_open = factor is None and unit not in _SHARES and not _is_money(unit.partition("/")[0])
    for measure in MEASURES.values() if is_open else ():
        known = measure.unit_of(words) if measure.unit == unit.replace("gCO2/", "gCO2e/") else None
        factor = factor or (known.factor if known is not None else None)
    return factor


def currency_meant(text: str) -> str:
    """The currency that a text with a number names, as USD of 80 $/MWh; empty where it names none.

    Examples
    --------
    >>> currency_meant("80 USD/MWh"), currency_meant("€ 1.2 m"), currency_meant("60 kW")
    ('USD', 'EUR', '')
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return ""
    top = f"{found.group(1)} {(found.group(3) or '').partition('/')[0].partition(' per ')[0]}".strip()
    money = _AMOUNT.fullmatch(top)
    return "" if money is None else _code(money["before"]) or _code(money["behind"])


def _code(named: str | None) -> str:
    """Code of a sign or a code of a currency; empty for cents of any but the euro, and for none."""
    word = (named or "").upper()
    word = "$" if word == "US$" else word
    if word in _SIGNS:
        return _SIGNS[word]
    return word if word in _CODES else "EUR" if word.startswith("EURO") else ""


def _is_money(unit: str) -> bool:
    return unit in _OPEN or unit in _CODES


def _of_money(given: str, wanted: str) -> float | None:
    """Factor of an amount with a currency, a multiple or cents, where money is wanted.

    Examples
    --------
    >>> _of_money("k$", "USD"), _of_money("$ m", "currency"), _of_money("k€", "USD")
    (1000.0, 1000000.0, None)
    """
    found = _AMOUNT.fullmatch(given)
    if found is None or not any(found.groups()):
        return None
    names = [name for name in (found["before"], found["behind"]) if name]
    is_cents = bool(found["behind"]) and re.fullmatch(_CENTS, found["behind"], re.IGNORECASE) is not None
    codes = {code for name in names if (code := _code(name))}
    if len(codes) > 1 or (wanted not in _OPEN and codes - {wanted}):
        return None
    power = _MULTIPLES[found["multiple"].lower()] if found["multiple"] else 0
    return float(f"1e{power}") * (_CENT if is_cents else 1.0)
