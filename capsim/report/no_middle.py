"""Why a plan is no middle of its draws, in a line of a screen for each reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from capsim.report.figure_cells import in_a_sentence
from capsim.report.sentences import NARROW
from capsim.study import REST
from capsim.vocabulary import declared, input_title, parse_figure

MIDDLE = 50.0
"""Percentile of a plan that is the median of its draws. [%]"""
WHOLE = 100.0
"""All draws. [%]"""
MOST_REASONS = 3
"""Reasons with a line of their own."""
SHORT: Final = {
    "lcoc_per_h100e_h": "cost of compute",
    "levelised_cost_per_it_mwh": "cost of IT energy",
    "h100e_h": "H100e-hours",
    "facility_gwh": "energy",
    "carbon_t": "carbon",
    "water_m3": "water",
}
"""Figures by words that leave room for the reason; others go by their title."""
DELAYS = "the latest path decides"
"""What stages that take longer come to: the plan takes the longest of several medians."""
ALL_ELSE = "late dates, events, weather, prices"
"""What no value explains."""
LATER: Final = (
    "duration_months",
    "overrun",
    "lead_time_weeks",
    "lead_time_months",
    "delivery_weeks",
    "ordered_before_months",
    "launch_slip_months",
    "mean_slip_months",
    "slip_months",
    "slip_growth_per_month",
    "on_time_share",
    "departure",
)
"""Fields of values that make something later."""
POWER: Final = ("module_w", "host_w", "fan_w", "shared_w", "label_share", "idle_share")
"""Fields of a system that say what it draws."""
UNITS: Final = ("_usd", "_weeks", "_months", "_years", "_mw", "_kw", "_w", "_c", "_k", "_pa", "_m3", "_gco2e")
"""Ends of names of fields that are no words."""


def why_no_middle(percentiles: Mapping[str, float], causes: Mapping[str, Sequence[str]]) -> list[str]:
    """A line of at most 80 characters for each reason why a plan is no middle of its draws.

    Parameters
    ----------
    percentiles : mapping of str to float
        Where the plan lies among the draws, by figure. [%]
    causes : mapping of str to sequence of str
        Paths of the values that move the draws away from it, by figure.

    Returns
    -------
    lines : list of str
        Figures that the same moves most are told together; those of more than three reasons are counted.

    Examples
    --------
    >>> why_no_middle({"h100e_h": 84.0}, {"h100e_h": ["sites.*.phases.*.overrun", "workload.allocation"]})
    ['! Plan above 84 % of draws in H100e-hours: the latest path decides; allocation']
    """
    told: dict[tuple[bool, str], list[str]] = {}
    words = {name: [*dict.fromkeys(map(in_words, paths))] for name, paths in causes.items()}
    for name, reasons in words.items():
        told.setdefault((percentiles[name] > MIDDLE, reasons[0]), []).append(name)
    groups = [*told.values()]
    left = sum(map(len, groups[MOST_REASONS:]))
    ends = ["" for _ in groups[: MOST_REASONS - 1]] + [f"; {left} more: --sure" if left else ""]
    return [_line(names, percentiles, words, end) for names, end in zip(groups, ends, strict=False)]


def cause_title(path: str) -> str:
    """A value that moves draws, by its whole title; what no value explains is in words already."""
    return path if path == REST else input_title(path)


def in_words(path: str) -> str:
    """A value that moves draws, by its path in words.

    Examples
    --------
    >>> in_words("systems.vr200-nvl72.module_w"), in_words("costs.items.network.amount")
    ('power of vr200-nvl72', 'cost of network')
    >>> in_words("sites.*.phases.*.overrun"), in_words("finance.wacc_real"), in_words("prices and all else")
    ('the latest path decides', 'wacc real', 'prices and all else')
    >>> in_words("sites.a.cooling.arguments.site_water_m3_per_mw_y"), in_words("sites.*.tariff.trend_per_y")
    ('site water', 'trend')
    """
    if path == REST:
        return ALL_ELSE
    *parents, field = path.split(".")
    if field in LATER:
        return DELAYS
    of = parents[-1] if parents else ""
    if field in POWER:
        return f"power of {of}"
    if field == "amount":
        return f"cost of {of}"
    stem = field.partition("_per_")[0]
    unit = next((unit for unit in UNITS if stem.endswith(unit)), "")
    return stem.removesuffix(unit).replace("_", " ")


def _line(
    names: Sequence[str], percentiles: Mapping[str, float], words: Mapping[str, Sequence[str]], end: str
) -> str:
    """What moves some figures away: as many of them, and of what moves all of them, as a line holds."""
    is_above = percentiles[names[0]] > MIDDLE
    shares = sorted(percentiles[name] if is_above else WHOLE - percentiles[name] for name in names)
    share = " to ".join(dict.fromkeys(f"{each:.0f}" for each in (shares[0], shares[-1])))
    at = f"! Plan {'above' if is_above else 'below'} {share} % of draws in "
    first, *others = words[names[0]]
    figures, room = [_called(name) for name in names], NARROW - len(end)
    shown = len(figures)
    while shown > 1 and len(f"{at}{_listed(figures, shown)}: {first}") > room:
        shown -= 1
    line = f"{at}{_listed(figures, shown)}: {first}"
    for reason in others:
        if all(reason in words[name] for name in names) and len(f"{line}; {reason}") <= room:
            line = f"{line}; {reason}"
    return line + end


def _listed(figures: Sequence[str], shown: int) -> str:
    left = len(figures) - shown
    if left:
        return f"{', '.join(figures[:shown])} and {left} more"
    return " and ".join(part for part in (", ".join(figures[: shown - 1]), figures[shown - 1]) if part)


def _called(name: str) -> str:
    measure = declared(parse_figure(name).name, "headline")
    return SHORT.get(measure.name if measure else name) or in_a_sentence(name)
