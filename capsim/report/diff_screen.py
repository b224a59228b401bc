"""What moved between two results, for a person: what matters most first, by titles and with units."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table

from capsim.errors import CapsimError
from capsim.models.compute import DEFINITIONS
from capsim.projection import NONE, plural
from capsim.report.diff_listing import headline_of, per_cent, shown_change, stated, why
from capsim.report.figure_cells import figure_title, in_a_row
from capsim.report.first_screen import FittingScreen
from capsim.report.folding import Name
from capsim.report.grids import numbers, open_grid, words
from capsim.report.input_cells import input_cells, written
from capsim.report.opening import COMPUTE, NEVER, POWER, TAKES
from capsim.report.sentences import ALL, Line
from capsim.scenario import unit_by_name
from capsim.study import BETWEEN, ChangedInput, Diff, Moved
from capsim.units import DAYS_PER_YEAR
from capsim.vocabulary import declared, input_title, item_title, parse_figure

HEADS = ("before", "after", "change", "%")
FIRST: Final = (*(COMPUTE[0].format(definition=d) for d in DEFINITIONS), POWER[0])
"""Figures that stand first, in the order of all first screens: what is reached."""
HEADLINES: Final = frozenset({*TAKES, "capex", "opex", COMPUTE[1], POWER[1], "npv"})
"""Figures that stand before all others where they moved by `SEEN` at least."""
SEEN = 0.01
"""Relative change below which a headline figure waits for what moved more. [1]"""
DATES: Final = ("ready_for_service", "fleet_in_service")
"""Milestones of which the date that moved most stands between the two."""
MOST_INPUTS = 3
"""Inputs of the first screen: lines that what moved gives way to."""
PERCENTILES: Final = ("P50", "P10", "P90")
"""Percentiles by what they matter; the others follow."""
_PERCENTILE = re.compile(r"(?P<of>.+) (?P<end>P\d+)")
_OF_ITEM = re.compile(r"(?P<category>\w+) of item (?P<item>.+)")
_PLAIN: Final = frozenset({"figures", "plan", "dates"})
"""Parts of names in a study that say nothing."""


class DiffRow(NamedTuple):
    """A line of a table."""

    title: str
    cells: list[str]


def diff_opening(diff: Diff) -> RenderableType:
    """What moved in the answer, most important first, and which inputs changed: at most a screen."""
    above: list[RenderableType] = [*_head(diff)]
    if not diff.moved:
        return Group(*above)
    moved = [moved_row(diff, row) for row in by_weight(diff.beyond)]
    inputs = [input_row(diff, row) for row in diff.inputs]
    below: list[RenderableType] = [""]
    if why(diff):
        below += [*(_inputs_table(diff, inputs[:MOST_INPUTS]) if inputs else [Line(why(diff))])]
    if len(inputs) > MOST_INPUTS:
        below.append(Line(f"and {plural(len(inputs) - MOST_INPUTS, 'input')} more"))
    below.append(Line(f"More: {ALL}"))
    if not moved:
        return Group(*above, *below)
    return FittingScreen([*above, ""], lambda n: _table("Moved", moved[:n]), len(moved), "line", below)


def diff_tables(diff: Diff) -> Group:
    """All that moved beyond tolerance, and all inputs that changed."""
    parts: list[RenderableType] = [*_head(diff)]
    if diff.beyond:
        parts += ["", _table("Moved", [moved_row(diff, row) for row in by_weight(diff.beyond)])]
    if diff.moved and why(diff):
        rows = [input_row(diff, row) for row in diff.inputs]
        parts += ["", *(_inputs_table(diff, rows) if rows else [Line(why(diff))])]
    return Group(*parts)


def _head(diff: Diff) -> list[RenderableType]:
    """Who is held against whom, and what it comes to."""
    unit = f"; {diff.money_unit}, real" if diff.money_unit else ""
    return [Line(who_of(diff), "bold", lines=2), Line(f"{headline_of(diff)}{unit}", lines=2)]


def who_of(diff: Diff, to: str = "->") -> str:
    """The two by titles; where these do not tell them apart, by the names under which they were asked for."""
    (old, new), titles = (diff.old, diff.new), diff.titles
    if all(titles) and titles[0] != titles[1]:
        return f"{titles[0]} {to} {titles[1]}"
    title = titles[0] if titles[0] == titles[1] else ""
    if old == new:
        return title or new
    return f"{f'{title}: ' if title else ''}{old} {to} {new}"


def _table(heading: str, rows: Sequence[DiffRow]) -> Table:
    heads = (words(heading), *map(numbers, HEADS))
    return open_grid(heads, [[Name(row.title), *row.cells] for row in rows])


def _inputs_table(diff: Diff, rows: Sequence[DiffRow]) -> list[RenderableType]:
    """Changed inputs; what is long of them goes on in the next line."""
    head, *rest = HEADS[2:]
    wide = [words(name, justify="right") for name in HEADS[:2]]
    heads = (words(why(diff).removesuffix(":").capitalize()), *wide, numbers(head), *map(numbers, rest))
    return [open_grid(heads, [[Name(row.title), *row.cells] for row in rows])]


def by_weight(rows: Sequence[Moved]) -> list[Moved]:
    """What moved, what matters most first.

    What is reached comes first, then the date that moved most of `DATES`, then headline figures that moved by
    `SEEN` at least, then all else; both of these by the size of the relative change. Of an ensemble what is
    central and P50 comes before other percentiles.
    """
    most = {
        max((row for row in rows if _is_date_of(row, kind)), key=lambda row: abs(row.change), default=None)
        for kind in DATES
    }

    def weight(row: Moved) -> tuple[float, ...]:
        name, end = _parted(row)
        place = PERCENTILES.index(end) + 1 if end in PERCENTILES else len(PERCENTILES) + 1 if end else 0
        figure, size = _declared(name), _size(row)
        if figure in FIRST:
            return 0, FIRST.index(figure), place
        if row in most:
            return 1, -size, place
        if figure in HEADLINES and size >= SEEN:
            return 2, place > 1, -size, place
        return 3, place > 1, -size, place

    return sorted(rows, key=weight)


def _size(row: Moved) -> float:
    """Size of a relative change. [1]

    A date that moved by a year counts as much as a number that doubled, and so does a number that comes from
    zero or is new; a text has no size.
    """
    if row.what == "text":
        return 0.0
    if not math.isnan(row.share):
        return abs(row.share)
    is_date = any(isinstance(value, str) for value in (row.before, row.after))
    return abs(row.change) / DAYS_PER_YEAR if is_date and not math.isnan(row.change) else 1.0


def _is_date_of(row: Moved, kind: str) -> bool:
    return row.what == "date" and row.name.startswith(f"{kind} of ") and not math.isnan(row.change)


def _parted(row: Moved) -> tuple[str, str]:
    """The figure or date of what moved, and which percentile of it."""
    match = _PERCENTILE.fullmatch(row.name) if row.what == "percentile" else None
    if match is not None:
        return match["of"], match["end"]
    return _figure_in(row.name)[0] or row.name, ""


def _figure_in(name: str) -> tuple[str, list[str]]:
    """The figure in the name of what a study has, and what else the name says; no figure where none is."""
    parts = [one for part in name.split(BETWEEN) for one in part.split(", ")]
    figure = next((part for part in parts if _declared(part)), "")
    return figure, [part for part in parts if part != figure and part not in _PLAIN]


def _declared(name: str) -> str:
    """Name under which a figure is declared; empty where none is called so."""
    measure = declared(name, "headline") or declared(name, "monthly")
    return "" if measure is None else measure.name


def moved_row(diff: Diff, row: Moved) -> DiffRow:
    """What moved as a line: its title with its unit, and what it was, is and moved by."""
    name, end = _parted(row)
    also = ", ".join(map(_part_title, _figure_in(row.name)[1])) if BETWEEN in row.name else end
    is_number = isinstance(row.before, float) or isinstance(row.after, float)
    if not is_number or row.what == "text":
        cells = [_day_or_text(row, row.before), _day_or_text(row, row.after), shown_change(row)]
        return DiffRow(_with(_title(diff, name), also), [*cells, ""])
    of_row = (row.before, row.after, row.change)
    values = [value if isinstance(value, float) else math.nan for value in of_row]
    title, before, after, change = _numbers(diff, name, values)
    sign = "+" if row.change > 0.0 and change != NONE else ""
    change = "" if change == NONE else f"{sign}{change}"
    return DiffRow(_with(title, also), [before, after, change, per_cent(row.share)])


def _with(title: str, also: str) -> str:
    return f"{title}: {also}" if also and title else title or also


def _numbers(diff: Diff, name: str, values: Sequence[float]) -> list[str]:
    """Title of a number, and values all in one unit."""
    unit, match = diff.money_unit, _OF_ITEM.fullmatch(name)
    if match is not None:
        category = match["category"]
        known = category if _declared(category) else "capex"
        title, *cells = in_a_row(known, values, unit)
        called = f"{category.capitalize()} of {item_title(match['item'], diff.items)}"
        return [f"{called}{title.removeprefix(figure_title(known))}", *cells]
    if _declared(name):
        return in_a_row(name, values, unit)
    return [_title(diff, name), *(NONE if math.isnan(value) else stated(value) for value in values)]


def _title(diff: Diff, name: str) -> str:
    """What something is called that is no figure: a date, a text, a value of the catalogue."""
    if name in diff.items:
        return diff.items[name]
    if BETWEEN in name:
        return ""
    try:
        return figure_title(name) if parse_figure(name).is_date else name
    except CapsimError:
        return name


def _part_title(part: str) -> str:
    """A part of a name as people call it."""
    if "." in part or ":" in part:
        return input_title(part)
    return re.sub(r"\bp(?=\d+$)", "P", part.replace("_", " "))


def _day_or_text(row: Moved, value: float | str | None) -> str:
    """A date, never where there is none, or a text."""
    return NEVER if value is None and math.isinf(row.change) else stated(value)


def input_row(diff: Diff, row: ChangedInput) -> DiffRow:
    """A changed input as a line: its title with its unit, and what it was, is and changed by."""
    place, path = _place_and_path(row.name)
    unit = unit_by_name(path) or next(filter(None, map(_unit_said, (row.before, row.after))), "")
    shown = input_cells(path, (row.before, row.after), diff.money_unit or "money", unit)
    title = shown.title[:1].upper() + shown.title[1:] + (f", {shown.unit}" if shown.unit else "") + place
    change = "" if math.isnan(row.change) else _changed(row, shown.scale)
    return DiffRow(title, [*shown.cells, change, per_cent(row.share)])


def _place_and_path(name: str) -> tuple[str, str]:
    """The scenario that an input is of, and its dotted path; a row of the catalogue is a path, too."""
    of, colon, rest = name.rpartition(": ")
    path = rest if colon else name
    table, slash, field = path.partition("/")
    place = f" ({of})" if colon else ""
    if not slash:
        return place, path
    record, _, key = field.rpartition(".")
    return f" ({table}/{record}){place}", key


def _unit_said(text: str | None) -> str:
    """The unit that a value of the catalogue ends with."""
    match = re.fullmatch(r"-?[\d.e+-]+(?: \(\S+ \.\. \S+\))? (?P<unit>\S+)", text or "")
    return "" if match is None else match["unit"]


def _changed(row: ChangedInput, scale: float) -> str:
    """By how much a number or a date changed."""
    if re.match(r"\d{4}-\d\d-\d\d", row.after or ""):
        return f"{row.change:+,.0f} d"
    change = row.change * scale
    return f"{'+' if change > 0.0 else ''}{written(change)}"
