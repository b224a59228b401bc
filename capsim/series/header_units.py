"""The unit that the heading of a column says, and what is wrong with it."""

from __future__ import annotations

import re

from capsim.series.unit_kinds import CURRENCIES, MEASURES, Unit

_BRACKETS = re.compile(r"([\[(])([^\])]*)[\])]")
_MONEY = "|".join(CURRENCIES).lower()
_ENDING = re.compile(
    rf"(?i)(?:^|[_ ])((?:{_MONEY}|ct|c|g|kg)(?:co2(?:e|eq)?)?(?:_per)?_[kmg]?wh|per[_ ][kmg]?wh"
    rf"|{_MONEY}|[kmg]?w|[kmg]?wh|h100e|pue)$"
)
_RATIO = re.compile(
    r"(?i).*\S ?(?:/|_per_| per ) ?(?:[kmgt]?wh?|[gm]j|mmbtu|therms?|t|kg|h|hours?|d|days?|a|y|yr|years?"
    r"|months?)"
)
_LIKE_A_UNIT = re.compile(
    rf"(?i){_RATIO.pattern[4:]}|[€$£¥%]|per ?cent|pct|(?:[kmgt]|euro)?(?:{_MONEY})"
    r"|[kmgt]?wh?|[kmgt]?va|gj|mmbtu|therms?|cents?|cts?|pence|thousands?|tsd\.?|millions?|mio\.?|mn|k|m|'?000s?"
    r"|x ?1,?0+|gpus?|chips?|racks?|accelerators?|servers?|°.|deg ?[cfk]?"
)
"""What can hardly be a remark on a column: where it is no unit of its measure, it is of something else."""
_MEANS_ANY = ("shape",)
"""Measures that have no unit."""


def unit_said(name: str, beneath: str, measure: str) -> str:
    """The unit of a measure that a heading has in brackets or ends with; empty where it has none."""
    if measure in _MEANS_ANY:
        return ""
    known = MEASURES[measure]
    return next((text for text in _said(name, beneath) if text and known.unit_of(text)), "")


def _said(name: str, beneath: str) -> list[str]:
    """Words of a heading that may be its unit, the likeliest first."""
    texts = [text for _, text in (*_BRACKETS.findall(name), *_BRACKETS.findall(beneath))] + [beneath]
    texts = [part for text in texts for part in (text, text.partition(",")[0], text.partition(";")[0])]
    ending = _ENDING.search(name)
    texts += [ending.group(1)] if ending else []
    # as in "prix EUR/MWh", and a heading that is the unit alone
    texts.append(name.strip().rpartition(" ")[2])
    return [text.strip() for text in texts]


def checked_heading(name: str, beneath: str, measure: str, given: str) -> str:
    """The unit that a planner gives or a heading says; empty where neither does.

    Raises
    ------
    ValueError
        Where the heading says a unit of something else, or another than the planner.

    Examples
    --------
    >>> checked_heading("price [ct/kWh]", "", "price", ""), checked_heading("price (spot)", "", "price", "")
    ('ct/kWh', '')
    """
    said = unit_said(name, beneath, measure)
    if said and given:
        _check_alike(name, said, measure, given)
    foreign = "" if said or measure in _MEANS_ANY else _foreign(name, beneath, measure)
    if foreign and (not given or _RATIO.fullmatch(foreign)):
        rule = f"{foreign} is no unit of {measure}"
        way = f"; write one such as {MEASURES[measure].examples} in its place" + (
            "" if given else ", or under unit"
        )
        raise ValueError(f"column {name}: {rule}{way}")
    return given or said


def _check_alike(name: str, said: str, measure: str, given: str) -> None:
    known = MEASURES[measure]
    one, other = known.checked_unit(given), known.checked_unit(said)
    if not _is_alike(one, other):
        raise ValueError(
            f"column {name} is in {said}, and unit says {given}; leave out the one that is wrong"
        )


def _is_alike(one: Unit, other: Unit) -> bool:
    currencies = {unit.currency for unit in (one, other)} - {""}
    return len(currencies) < 2 and one._replace(currency="") == other._replace(currency="")


def _foreign(name: str, beneath: str, measure: str) -> str:
    """A unit of something else in a heading; empty where there is none."""
    for bracket, text in (*_BRACKETS.findall(name), *_BRACKETS.findall(beneath)):
        word: str = text.strip()
        if word and (bracket == "[" or _LIKE_A_UNIT.fullmatch(word)):
            return word
    last: str = re.split(r"[ _]", name.strip())[-1]
    is_named_so = last == name.strip() and last.lower() in MEASURES[measure].name.lower()
    return last if _LIKE_A_UNIT.fullmatch(last) and len(last) > 1 and not is_named_so else ""
