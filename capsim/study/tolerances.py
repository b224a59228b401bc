"""How far figures and dates may move before it counts: for all of them, and for some by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from capsim.errors import StudyError
from capsim.magnitudes import ANY, magnitude_of, plain_number
from capsim.registry import did_you_mean
from capsim.study.statistics import PERCENT
from capsim.vocabulary import in_results, without_currency

ALL = "*"
"""Name that stands for every figure."""
SAME = 1e-9
"""Relative difference below which two numbers count as equal: other machines round otherwise. [1]"""
_SIZES = {"rel": magnitude_of("1"), "abs": ANY, "days": magnitude_of("d")}
"""How large a tolerance may be, by option."""
Allowed = float | Mapping[str, float]
"""One number for all figures, or numbers by name; a name may be a pattern, and `ALL` stands for the rest."""


@dataclass(frozen=True)
class Tolerance:
    """What figures and dates are allowed to move."""

    rel: Mapping[str, float]
    """Share of what a figure was, by name. [1]"""
    abs: Mapping[str, float]
    """In the unit of the figure, by name."""
    days: Mapping[str, float]
    """Of dates, by name. [d]"""

    def of_figure(self, name: str, before: float) -> float:
        """The most a figure may differ from what it was, in its unit; the wider of the two bounds."""
        share, least = _of(self.rel, name), _of(self.abs, name)
        return max(least, share * abs(before) if math.isfinite(before) else 0.0)

    def of_date(self, name: str) -> float:
        """The most a date may differ from what it was. [d]"""
        return _of(self.days, name)

    def check(self, figures: Iterable[str], dates: Iterable[str]) -> None:
        """Refuse names that no figure and no date has. Raises StudyError."""
        for option, bounds, names in (
            ("rel", self.rel, list(figures)),
            ("abs", self.abs, list(figures)),
            ("days", self.days, list(dates)),
        ):
            for pattern in bounds:
                if pattern != ALL and not any(_means(pattern, name) for name in names):
                    kind = "date" if option == "days" else "figure"
                    raise StudyError(f"{option}: no {kind} is called {pattern}{did_you_mean(pattern, names)}")


def tolerance(rel: Allowed = SAME, abs: Allowed = 0.0, days: Allowed = 0.0) -> Tolerance:  # noqa: A002
    """Tolerance from numbers, or from numbers by name. Raises StudyError where one is negative or none.

    Examples
    --------
    >>> mine = tolerance(rel={"lcoc": 0.01}, days=3)
    >>> mine.of_figure("lcoc_eur_per_h100e_h", 0.5), mine.of_date("ready_for_service of a.p1")
    (0.005, 3.0)
    """
    bounds = {"rel": rel, "abs": abs, "days": days}
    made = {name: _by_name(name, allowed) for name, allowed in bounds.items()}
    return Tolerance(**{**made, "rel": {ALL: SAME} | made["rel"]})


def tolerance_in_words(rel: Iterable[str], abs: Iterable[str], days: Iterable[str]) -> Tolerance:  # noqa: A002
    """Tolerance from options such as ``1e-6``, ``1%`` or ``lcoc=1%``; StudyError where one is neither."""
    made = {
        "rel": dict(map(_in_words, rel)),
        "abs": dict(map(_in_words, abs)),
        "days": dict(map(_in_words, days)),
    }
    return tolerance(**made)


def _in_words(text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    try:
        value = plain_number(number.removesuffix("%")) / (PERCENT if number.endswith("%") else 1.0)
    except ValueError:
        raise StudyError(f"a tolerance is written 1e-6, 1% or FIGURE=1% (got {text})") from None
    return name or ALL, value


def _by_name(option: str, allowed: Allowed) -> dict[str, float]:
    by_name = dict(allowed) if isinstance(allowed, Mapping) else {ALL: float(allowed)}
    for name, bound in by_name.items():
        if not bound >= 0.0:
            raise StudyError(f"{option}: the tolerance of {name} must be at least 0 (got {bound:g})")
        if too_far := _SIZES[option].fault(bound):
            raise StudyError(f"{option}: the tolerance of {name} {too_far} (got {bound:g})")
    return by_name


def _of(bounds: Mapping[str, float], name: str) -> float:
    """The bound of a name: its own before that of a pattern, and the last pattern that fits."""
    fitting = [pattern for pattern in bounds if _means(pattern, name)]
    exact = [pattern for pattern in fitting if not set("*?[") & set(pattern)]
    return bounds[(exact or fitting)[-1]] if fitting else 0.0


def _means(pattern: str, name: str) -> bool:
    """Whether a pattern, or a figure without its currency or by its short name, stands for a name."""
    if fnmatchcase(name, pattern):
        return True
    bare = without_currency(name)
    return in_results(pattern, [bare], "") == bare
