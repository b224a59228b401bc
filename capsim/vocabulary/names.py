"""Find figures by name: with the currency of money or without, and the nearest where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from capsim.vocabulary.figures import DECLARED, Place
from capsim.vocabulary.measures import Measure, without_currency

SHORT: Final = {"lcoc": "lcoc_per_h100e_h", "wue": "wue_l_per_kwh", "cue": "cue_kg_per_kwh"}
"""Names for short."""
MOST_NEAR = 3
"""Names offered in place of one that there is none of."""
LEAST_LIKE = 0.6
"""Likeness from which a name is near. [1]"""


def declared(name: str, place: Place) -> Measure | None:
    """The figure that a name stands for, with the currency of money in it or not; None where for none.

    Examples
    --------
    >>> declared("lcoc", "headline").name
    'lcoc_per_h100e_h'
    >>> measure = declared("capex_usd_per_h100e", "headline")
    >>> measure.name, measure.unit_in("USD2024"), declared("capex", "hourly")
    ('capex_per_h100e', 'USD2024/H100e', None)
    """
    measures, full = DECLARED[place], SHORT.get(name, name)
    if full in measures:
        return measures[full]
    measure = measures.get(without_currency(full))
    return measure if measure is not None and measure.is_money else None


def unit_of(name: str, place: Place, money_unit: str) -> str:
    """Unit of a figure in results whose money is in a unit such as ``EUR2025``; empty for what is none."""
    measure = declared(name, place)
    return measure.unit_in(money_unit) if measure is not None else ""


def in_results(name: str, offered: Iterable[str], currency: str) -> str | None:
    """A figure as results call it, whether or not its name has the currency; None where they have none.

    Examples
    --------
    >>> in_results("lcoc", ["pue", "lcoc_eur_per_h100e_h"], "EUR")
    'lcoc_eur_per_h100e_h'
    >>> in_results("energy_cost_eur", ["energy_cost"], "EUR"), in_results("capex_usd", ["capex_eur"], "EUR")
    ('energy_cost', None)
    """
    bare = without_currency(SHORT.get(name, name), currency)
    return next((name for name in offered if without_currency(name, currency) == bare), None)


def no_result(name: str, offered: Iterable[str]) -> str:
    """What is said of a name that no result has, with the nearest names of those that there are.

    Examples
    --------
    >>> no_result("facility_peek", ["facility_peak_mw", "facility_gwh", "pue"])
    'no result is called facility_peek; did you mean facility_peak_mw or facility_gwh?'
    >>> no_result("power", ["pue"])
    'no result is called power; capsim figures lists them'
    """
    names = {without_currency(result): result for result in offered}
    names |= {result: result for result in names.values()}
    names |= {short: short for short, full in SHORT.items() if full in names}
    alike = get_close_matches(name.lower(), names, n=2 * MOST_NEAR, cutoff=LEAST_LIKE)
    near = list(dict.fromkeys(names[spelling] for spelling in alike))[:MOST_NEAR]
    if not near:
        return f"no result is called {name}; capsim figures lists them"
    *others, last = near
    return f"no result is called {name}; did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
