"""A diff for a terminal, as lines of a test, and as Markdown for a pull request."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from capsim.projection import plural
from capsim.report.grids import grid, numbers, words
from capsim.study import PERCENT, Diff, Moved
from capsim.units import KILO

HEADINGS = ("what", "before", "after", "change", "%")
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
        yield row.name, _stated(row.before), _stated(row.after), _change(row), per_cent(row.share)


def input_lines(diff: Diff) -> Iterator[Line]:
    """Changed inputs in the same columns; the last says how many more there are."""
    for row in diff.inputs[:MOST_INPUTS]:
        yield row.name, _stated(row.before), _stated(row.after), "", per_cent(row.share)
    more = len(diff.inputs) - MOST_INPUTS
    if more > 0:
        yield f"... and {more} more", "", "", "", ""


def diff_tables(diff: Diff) -> Group:
    """A diff for a terminal."""
    parts: list[Text | Table] = [Text(f"{diff.old} -> {diff.new}: {headline_of(diff)}")]
    if diff.beyond:
        parts.append(_grid(moved_lines(diff.beyond)))
    if diff.moved and why(diff):
        parts += [Text(""), Text(why(diff))]
    if diff.moved and diff.inputs:
        parts.append(_grid(input_lines(diff)))
    return Group(*parts)


def _grid(rows: Iterator[Line]) -> Table:
    """Names stand whole; what is long of the rest goes on in the next line."""
    what, before, after, *of_numbers = HEADINGS
    of_words = [words(what, no_wrap=True), words(before, justify="right"), words(after, justify="right")]
    return grid([*of_words, *map(numbers, of_numbers)], rows, gap=2)


def diff_lines(diff: Diff) -> list[str]:
    """A diff as the lines of a failed test: what moved, and the inputs that changed."""
    moved = [_as_line(line) for line in moved_lines(diff.beyond)]
    because = [why(diff)] if why(diff) else []
    return [*moved, *because, *(f"  {_as_line(line)}" for line in input_lines(diff))]


def diff_markdown(diff: Diff) -> str:
    """A diff as Markdown: a line, a table of what moved, and one of the inputs that changed, folded."""
    lines = [f"**{_safe(diff.old)} → {_safe(diff.new)}**: {headline_of(diff)}", ""]
    if diff.beyond:
        lines += [*_table(moved_lines(diff.beyond)), ""]
    if diff.moved and why(diff):
        summary = f"<details><summary>{why(diff)}</summary>"
        lines += (
            [summary, "", *_table(input_lines(diff)), "", "</details>", ""]
            if diff.inputs
            else [why(diff), ""]
        )
    return "\n".join(lines)


def _table(rows: Iterator[Line]) -> list[str]:
    head = [f"| {' | '.join(HEADINGS)} |", "|---|--:|--:|--:|--:|"]
    return head + [f"| {' | '.join(_safe(cell) for cell in row)} |" for row in rows]


def _safe(text: str) -> str:
    """Text that is no mark-up of a table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _as_line(line: Line) -> str:
    name, before, after, change, share = line
    if not before and not after:
        return name
    moved = ", ".join(part for part in (change, f"{share} %" if share else "") if part)
    return f"{name}: {before} -> {after}" + (f" ({moved})" if moved else "")


def _stated(value: float | str | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    return "none" if math.isnan(value) else f"{value:,.10g}"


def _change(row: Moved) -> str:
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
