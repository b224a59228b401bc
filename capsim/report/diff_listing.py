"""A diff as the lines of a failed test, by the names under which figures are held."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from capsim.projection import plural
from capsim.study import PERCENT, Diff, Moved
from capsim.units import KILO

MOST_INPUTS = 40
"""Changed inputs that are listed; a scenario made anew changes hundreds."""
Line = tuple[str, str, str, str, str]


def headline_of(diff: Diff) -> str:
    """What a diff comes to, in a line.

    Examples
    --------
    >>> headline_of(Diff("a", "b", (), (), 12, 0))
    'nothing moved: 12 figures, dates and texts are the same'
    """
    if not diff.moved:
        return f"nothing moved: {diff.n_compared:,} figures, dates and texts are the same"
    beyond, within = len(diff.beyond), len(diff.moved) - len(diff.beyond)
    said = f"{beyond:,} of {diff.n_compared:,} figures, dates and texts moved beyond tolerance"
    return said + (f", {within:,} within it" if within else "")


def why(diff: Diff) -> str:
    """What the changed inputs say about it: how many there are, or that the code is what changed."""
    if diff.inputs:
        return f"{plural(len(diff.inputs), 'input')} changed:"
    return "no input changed: what computes the results did" if diff.n_inputs else ""


def moved_lines(rows: Sequence[Moved]) -> Iterator[Line]:
    """Each of them in words: name, before, after, change and per cent."""
    for row in rows:
        yield row.name, stated(row.before), stated(row.after), shown_change(row), per_cent(row.share)


def input_lines(diff: Diff) -> Iterator[Line]:
    """Changed inputs in the same form; the last says how many more there are."""
    for row in diff.inputs[:MOST_INPUTS]:
        yield row.name, stated(row.before), stated(row.after), "", per_cent(row.share)
    more = len(diff.inputs) - MOST_INPUTS
    if more > 0:
        yield f"... and {more} more", "", "", "", ""


def diff_lines(diff: Diff) -> list[str]:
    """A diff as the lines of a failed test: what moved, and the inputs that changed."""
    moved = [_as_line(line) for line in moved_lines(diff.beyond)]
    because = [why(diff)] if why(diff) else []
    return [*moved, *because, *(f"  {_as_line(line)}" for line in input_lines(diff))]


def _as_line(line: Line) -> str:
    name, before, after, change, share = line
    if not before and not after:
        return name
    moved = ", ".join(part for part in (change, f"{share} %" if share else "") if part)
    return f"{name}: {before} -> {after}" + (f" ({moved})" if moved else "")


def stated(value: float | str | None) -> str:
    """A value to ten digits, or a text as it is."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    return "none" if math.isnan(value) else f"{value:,.10g}"


def shown_change(row: Moved) -> str:
    """By how much something moved; empty where that is no number."""
    if not math.isfinite(row.change):
        return ""
    is_date = isinstance(row.before, str) and row.what != "text"
    if is_date:
        return f"{row.change:+,.0f} d"
    # large ones without decimals, whatever the unit
    return f"{row.change:+,.0f}" if abs(row.change) >= KILO else f"{row.change:+.4g}"


def per_cent(share: float) -> str:
    """A relative change in per cent; empty where there is none.

    Examples
    --------
    >>> per_cent(0.001), per_cent(-0.25), per_cent(float("nan"))
    ('+0.1', '-25', '')
    """
    return "" if math.isnan(share) else f"{share * PERCENT:+.3g}"
