"""What a waterfall says of its steps: values before and after in their unit, and effects that add up."""

from __future__ import annotations

import math
from collections.abc import Sequence

from capsim.report.figure_cells import MONEY_SCALES
from capsim.report.input_cells import input_cells
from capsim.report.study_values import read_as, signed
from capsim.study import NOTHING, Driver, Waterfall
from capsim.vocabulary import parse_figure

DIGITS = 4
"""Digits of the longest bar."""
NOISE = 1e-12
"""Share of the longest bar up to which an effect is rounding alone."""
UNSET = "unset"
"""What stands for a value that a scenario does not have."""


def changed_values(driver: Driver, money_unit: str) -> tuple[str, str, list[str]]:
    """Title of what a driver changed, its unit (empty where it has none), and its values in that unit.

    Examples
    --------
    >>> changed_values(Driver("finance.wacc_real", "0.065", "0.09", 0.02), "EUR2025")
    ('Cost of capital, real', '%/y', ['6.5', '9'])
    >>> changed_values(Driver("", "2 values", "2 values", 0.02), "EUR2025")
    ('All changes', '', ['2 values', '2 values'])
    """
    texts = [driver.before, driver.after]
    if not driver.path:
        return "All changes", "", texts
    is_one = all(" " not in text or "{dist: " in text for text in texts)
    shown = input_cells(driver.path, [None if text == NOTHING else text for text in texts], money_unit)
    cells = [
        UNSET if text == NOTHING else cell if is_one else text
        for text, cell in zip(texts, shown.cells, strict=True)
    ]
    return shown.title, shown.unit if is_one else "", cells


def effect_words(waterfall: Waterfall, shown: Sequence[Driver]) -> list[str]:
    """A figure before, what each change makes of it, and after: in one unit and resolution."""
    ends, effects = [waterfall.before, waterfall.after], [driver.effect for driver in shown]
    if parse_figure(waterfall.figure).is_date:
        first, last = (read_as(waterfall.figure, end) for end in ends)
        return [first, *map(signed, effects), last]
    most = max(map(abs, ends))
    size, word = next(((s, w) for s, w in MONEY_SCALES if most >= s), MONEY_SCALES[-1])
    return step_words([end / size for end in ends], [effect / size for effect in effects], word.strip())


def step_words(ends: Sequence[float], effects: Sequence[float], unit: str) -> list[str]:
    """What stands beside the bars: all have one unit and the decimals of the longest, so that they add up.

    Examples
    --------
    >>> step_words([0.32178, 0.35991], [0.038, 0.00002, 0.0], "EUR2025")
    ['0.3218 EUR2025', '+0.0380 EUR2025', 'under 0.0001 EUR2025', 'no effect', '0.3599 EUR2025']
    >>> step_words([2655.1, 2650.0], [-5.12], "MW")
    ['2,655 MW', '-5 MW', '2,650 MW']
    """
    longest = max(map(abs, ends), default=0.0) or 1.0
    decimals = max(0, DIGITS - 1 - math.floor(math.log10(longest)))
    least = 10.0**-decimals

    def step(effect: float) -> str:
        if abs(effect) <= NOISE * longest:
            return "no effect"
        is_seen = abs(effect) >= least / 2.0
        return with_its_unit(f"{effect:+,.{decimals}f}" if is_seen else f"under {least:.{decimals}f}")

    def with_its_unit(word: str) -> str:
        return f"{word} {unit}".strip()

    first, last = (with_its_unit(f"{end:,.{decimals}f}") for end in ends)
    return [first, *map(step, effects), last]
