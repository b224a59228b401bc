"""Figures as tables show them: a title with its unit, and numbers alone, counts exact."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from capsim.projection import NONE, answered, count, rounded
from capsim.units import GIGA, KILO, MEGA
from capsim.vocabulary import DECLARED, Asked, Goal, Measure, measure_of, parse_figure

DIGITS = 4
"""Significant digits of what is no count."""
PERCENT = 100.0
NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})
MONEY_SCALES = ((GIGA, "bn "), (MEGA, "m "), (1.0, ""))
"""Sizes of money, from the largest, and their words."""
THINGS, EXACT_TO = ("accelerators", "H100e"), GIGA
"""Units of what is counted one by one, and the number up to which every digit of it is shown."""


def cells_of(measure: Measure, values: Sequence[float], money_unit: str) -> tuple[str, list[str]]:
    """Title of a figure with its unit, and values that all have this unit.

    Examples
    --------
    >>> cells_of(DECLARED["headline"]["accelerators_peak"], [81_792.0, 80_000.0], "EUR2025")
    ('Most accelerators in service', ['81,792', '80,000'])
    >>> cells_of(DECLARED["headline"]["capex"], [13.29e9, 9.9e8, float("nan")], "EUR2025")
    ('Capex, bn EUR2025', ['13.29', '0.9900', '-'])
    >>> cells_of(DECLARED["headline"]["carbon_t"], [340_200.0], "EUR2025")
    ('Carbon, location-based, life cycle, ktCO2e', ['340.2'])
    """
    unit, form = measure.unit_in(money_unit), measure.form
    if form == "money":
        most = max((abs(value) for value in values if not math.isnan(value)), default=0.0)
        size, word = next(((s, w) for s, w in MONEY_SCALES if most >= s), MONEY_SCALES[-1])
        return _titled(measure, f"{word}{unit}"), [rounded(value / size, DIGITS) for value in values]
    if form in ("thousands", "millions"):
        size, word = (KILO, "k") if form == "thousands" else (MEGA, "m ")
        return _titled(measure, f"{word}{unit}"), [rounded(value / size, DIGITS) for value in values]
    if form == "percent":
        return _titled(measure, "%"), [rounded(value * PERCENT, 3) for value in values]
    if form == "power":
        return _titled(measure, unit), [NONE if math.isnan(v) else f"{v:,.1f}" for v in values]
    most = max((abs(value) for value in values if not math.isnan(value)), default=0.0)
    if form == "whole" and most >= (EXACT_TO if unit.startswith(THINGS) else MEGA):
        return _titled(measure, f"million {unit}"), [rounded(value / MEGA, DIGITS) for value in values]
    return _titled(measure, unit), [count(v) if form == "whole" else rounded(v, DIGITS) for v in values]


def _titled(measure: Measure, unit: str) -> str:
    """A title with a unit, where it says more."""
    # a title of money says what it is per, and one of things what they are
    unit = unit.partition("/")[0] if measure.is_money else unit
    bare = unit.partition(" (")[0]
    is_said = bare in ("", "1") or bare.casefold() in measure.title.casefold()
    return measure.title if is_said else f"{measure.title}, {unit}"


def figure_title(text: str | Asked) -> str:
    """A figure asked for, as people call it, with its place and its months.

    Examples
    --------
    >>> figure_title("h100e_8bit by 2030-12"), figure_title("capex_eur"), figure_title("date of grid_mw>=100")
    ('H100e (8bit) by 2030-12', 'Capex', 'Grid power energised reaches 100')
    >>> figure_title("ready_for_service of aion.p1")
    'aion.p1 ready for service'
    """
    asked = parse_figure(text) if isinstance(text, str) else text
    if asked.level is not None:
        level = f"{'reaches' if asked.level.sense == '>=' else 'falls to'} {asked.level.value:,.12g}"
        return f"{figure_title(replace(asked, level=None))} {level}"
    if asked.is_date:
        return f"{asked.of} {DECLARED['date'][asked.name].title}"
    measure = measure_of(asked)
    place, when = f" of {asked.of}" if asked.of else "", f" {asked.when}" if asked.when else ""
    return f"{measure.title if measure else asked.name}{place}{when}"


def goal_title(figure: str, sense: str, value: float, money_unit: str) -> str:
    """A goal in words.

    Examples
    --------
    >>> goal_title("capex", "<=", 4e9, "EUR2025"), goal_title("accelerators", ">=", 100_000.0, "EUR2025")
    ('Capex <= 4 bn EUR2025', 'Accelerators >= 100,000')
    """
    return f"{figure_title(figure)} {sense} {value_of(figure, value, money_unit)}"


def goal_words(goal: Goal, money_unit: str) -> str:
    """A goal in words, with its months.

    Examples
    --------
    >>> from capsim.vocabulary import parse_goal
    >>> goal_words(parse_goal("accelerators>=100000 by 2030-12"), "EUR2025")
    'Accelerators >= 100,000 by 2030-12'
    """
    when = f" {goal.figure.when}" if goal.figure.when else ""
    return goal_title(str(replace(goal.figure, when=None)), goal.sense, goal.value, money_unit) + when


def value_of(figure: str, value: float, money_unit: str, *, alone: bool = False) -> str:
    """A value of a figure with its unit where its title does not say it; `alone`, without a unit.

    Examples
    --------
    >>> value_of("capex", 8.48e9, "EUR2025"), value_of("capex", 8.48e9, "EUR2025", alone=True)
    ('8.48 bn EUR2025', '8.48 bn')
    """
    asked = parse_figure(figure)
    text, measure = answered(asked, value, money_unit), measure_of(asked)
    if measure is None:
        return text
    unit = measure.unit_in(money_unit)
    is_said = _titled(measure, unit) == measure.title
    return text.removesuffix(f" {unit}") if is_said or alone else text


def title_with_unit(text: str, money_unit: str) -> str:
    """A figure in words or by its name in results, as people call it, with its unit.

    Examples
    --------
    >>> title_with_unit("lcoc_eur_per_h100e_h", "EUR2025"), title_with_unit("pue in 2031", "EUR2025")
    ('Cost of an H100e-hour, EUR2025', 'PUE in 2031')
    """
    measure = _called(text)
    return figure_title(text) if measure is None else _titled(measure, measure.unit_in(money_unit))


def _called(text: str) -> Measure | None:
    """What is declared of a figure, with its place and months in its title; None for dates.

    A comparison says after a comma which months it is of.
    """
    figure, comma, months = text.partition(", ")
    measure = measure_of(parse_figure(figure))
    return None if measure is None else measure._replace(own_title=f"{figure_title(figure)}{comma}{months}")


def in_a_sentence(text: str) -> str:
    """A figure inside a sentence, without its unit.

    Examples
    --------
    >>> in_a_sentence("facility_gwh"), in_a_sentence("pue")
    ('energy at the meter', 'PUE')
    """
    title = figure_title(text)
    return title if title[1:2].isupper() or title[1:2].isdigit() else title[:1].lower() + title[1:]


def in_a_row(text: str, values: Sequence[float], money_unit: str) -> list[str]:
    """A figure with its unit, and values that all have this unit; of a date the days.

    Examples
    --------
    >>> in_a_row("capex_eur by 2030-12", [4e9, 5e8], "EUR2025")
    ['Capex by 2030-12, bn EUR2025', '4.000', '0.5000']
    """
    measure = _called(text)
    if measure is None:
        return [figure_title(text), *(value_of(text, value, money_unit) for value in values)]
    title, cells = cells_of(measure, values, money_unit)
    return [title, *cells]


def milestone_title(name: str, titles: Mapping[str, str] = NO_TITLES) -> str:
    """A milestone of a forecast by its title, its site by one of the titles given, by id.

    Examples
    --------
    >>> milestone_title("aion.p1 ready_for_service"), milestone_title("aion.grid energised")
    ('aion.p1 ready for service', 'aion.grid energised')
    >>> milestone_title("aion.p1 ready_for_service", {"aion": "AION campus"})
    'AION campus, p1 ready for service'
    """
    place, _, kind = name.partition(" ")
    site, dot, rest = place.partition(".")
    place = f"{titles[site]}, {rest}" if dot and site in titles else place
    return f"{place} {DECLARED['date'][kind].title}" if kind in DECLARED["date"] else name
