"""The first screen of every command: at most 24 lines at 80 columns, the conclusion first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from capsim.projection import plural
from capsim.report.grids import numbers, open_grid, width_of, words

LINES = 24
"""Most lines of the first screen at 80 columns."""
NARROW = 80
"""Width below which lines fold instead of being cut. [characters]"""
MET, MISSED = "green", "red"
"""Styles of goals, which a terminal shows and a file does not."""
PERCENTILES = ("P10", "P50", "P90")
ABOVE = 3
"""Lines of a screen that are always there: who, how, and an empty one above the goals."""
FINDINGS, ALL = "--findings", "--all"
"""Options that show all goals: of a run, and of studies."""
LEAST_GOALS = 2
"""Goals that are shown however much else there is to say."""


class Line:
    """A sentence on a line or two, cut where the screen ends; on a narrow screen it goes on as it needs."""

    def __init__(self, text: str, style: str = "", lines: int = 1) -> None:
        self._text, self._lines = Text(text, style=style), lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = self._text.copy()
        if options.max_width >= NARROW:
            wrapped = line.wrap(console, options.max_width)
            if len(wrapped) > self._lines:
                kept = wrapped[: self._lines - 1]
                rest = Text(" ").join(_without_end(part) for part in wrapped[self._lines - 1 :])
                rest.truncate(options.max_width, overflow="ellipsis")
                yield from (*kept, rest)
                return
        yield line


def _without_end(line: Text) -> Text:
    """A line without the space at which it was broken."""
    line.rstrip()
    return line


class Sentences:
    """Sentences one below the other, as many as so many lines hold."""

    def __init__(self, sentences: Sequence[str], lines: int) -> None:
        self._sentences, self._lines = sentences, lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = self._lines
        for number, sentence in enumerate(self._sentences):
            text = Text(f"- {sentence}")
            height = len(text.wrap(console, options.max_width))
            is_last = number == len(self._sentences) - 1
            if height > room - (not is_last):
                yield Text(f"and {len(self._sentences) - number} more")
                return
            yield text
            room -= height


class Fitting:
    """A table of which as many rows are shown as so many lines hold, with how many there are more."""

    def __init__(self, make: Callable[[int], RenderableType], rows: int, lines: int, of: str) -> None:
        """`make` gives the table with so many rows, each of which is one `of`."""
        self._make, self._rows, self._lines, self._of = make, rows, lines, of

    @property
    def row_count(self) -> int:
        """Lines below the heading."""
        return min(self._lines - 1, self._rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = self._rows
        while shown > 1 and self._height(shown, console, options) > self._lines:
            shown -= 1
        yield self._make(shown)
        if shown < self._rows:
            yield Line(f"and {plural(self._rows - shown, self._of)} more")

    def _height(self, shown: int, console: Console, options: ConsoleOptions) -> int:
        return height_of([self._make(shown)], console, options) + (shown < self._rows)


class FittingScreen:
    """A screen of which one table gives way: what stands above it and below it is always whole."""

    def __init__(
        self,
        above: Sequence[RenderableType],
        make: Callable[[int], RenderableType],
        rows: int,
        of: str,
        below: Sequence[RenderableType],
    ) -> None:
        self._above, self._make, self._rows, self._of, self._below = above, make, rows, of, below

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = LINES - height_of([*self._above, *self._below], console, options)
        yield from self._above
        yield Fitting(self._make, self._rows, lines, self._of)
        yield from self._below


def height_of(parts: Sequence[RenderableType], console: Console, options: ConsoleOptions) -> int:
    """Lines that parts take where a terminal is no narrower than usual."""
    wide = options.update(max_width=max(options.max_width, NARROW))
    return sum(len(console.render_lines(part, wide)) for part in parts)


def fitting_grid(
    heading: str, heads: Sequence[str], rows: Sequence[Sequence[RenderableType]], lines: int, of: str
) -> Fitting:
    """Titles and numbers, as many rows as so many lines hold."""
    return Fitting(lambda shown: spread_grid(heading, heads, rows[:shown]), len(rows), lines, of)


class GoalRow(NamedTuple):
    """A goal on the first screen."""

    title: str
    by: str
    reached: str
    """What the plan reaches by then; empty where only draws are known."""
    crossed: str
    """Month in which the plan reaches it, or passes an upper bound."""
    spread: tuple[str, ...]
    """P10, P50 and P90 of the draws: months in which they do, or values where no month is the first."""
    met: str
    """`yes` or `no`, or the share of the draws that meet it."""
    is_met: bool


def screen(
    title: str,
    about: str,
    tables: Sequence[Table | Fitting],
    goals: Sequence[GoalRow],
    says: Sequence[str],
    more: str,
    first: Sequence[str] = (),
    doubts: Sequence[str] = (),
) -> Group:
    """The first screen: who and how, tables, goals, a line for each thing to say, and where more is.

    Parameters
    ----------
    title, about : str
        Who, and how it was computed.
    tables : sequence of rich.table.Table or Fitting
        What comes first.
    goals : sequence of GoalRow
        Goals of targets; so many are shown as there is room for.
    says : sequence of str
        Sentences, a line each, and a second one where it is long and there is room.
    more : str
        Options that show more; nothing is said of it where empty.
    first : sequence of str
        What is to be known before the numbers are read, a line each.
    doubts : sequence of str
        What is doubtful, before all else: a line each, and a second one where it is long and there is room.
    """
    taken = sum(table.row_count + 1 for table in tables) + len(first) + len(says) + bool(more)
    taken += len(doubts)
    # a heading, and two lines for a goal that is wider than the screen
    least = 1 + 2 * min(len(goals), LEAST_GOALS) + (len(goals) > LEAST_GOALS) if goals else 0
    told: list[Line] = []
    for sentence in (*doubts, *says):
        is_tall = len(sentence) > NARROW and ABOVE + taken + least < LINES
        taken += is_tall
        told.append(Line(sentence, lines=1 + is_tall))
    # an empty line above what is said, where there is room for one
    gap = [""] if says and ABOVE + taken + least < LINES else []
    parts: list[RenderableType] = [Line(title, "bold"), Line(about), *told[: len(doubts)]]
    parts += [*map(Line, first), *tables]
    if goals:
        pointer = ALL if more == ALL else FINDINGS
        parts += ["", Goals(goals, LINES - ABOVE - taken - len(gap), pointer)]
    last = [Line(f"More: {more}")] if more else []
    return Group(*parts, *gap, *told[len(doubts) :], *last)


def spread_grid(heading: str, columns: Sequence[str], rows: Sequence[Sequence[RenderableType]]) -> Table:
    """Titles to the left and numbers to the right, without lines."""
    return open_grid((words(heading), *map(numbers, columns)), rows)


class Goals:
    """Goals with what is reached, when and how often: as many as so many lines hold.

    Columns that are empty throughout are left out. On a narrow screen each goal stands above its numbers.
    """

    def __init__(self, goals: Sequence[GoalRow], lines: int, pointer: str) -> None:
        heads = ["by", "reached", "in", *PERCENTILES, "met"]
        rows = [[g.by, g.reached, g.crossed, *(g.spread or ("",) * len(PERCENTILES)), g.met] for g in goals]
        kept = [i for i in range(len(heads)) if any(row[i] for row in rows)]
        self._pointer, self._lines, self._titles = pointer, lines, [goal.title for goal in goals]
        self._heads = [heads[i] for i in kept]
        self._cells = [
            [Text(row[i], style=(MET if goal.is_met else MISSED) if heads[i] == "met" else "") for i in kept]
            for goal, row in zip(goals, rows, strict=True)
        ]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        is_wide = width_of(self._wide(len(self._titles)), console) <= options.max_width
        each = 1 if is_wide else 2
        n = (self._lines - 1) // each
        if n < len(self._titles):
            n = max((self._lines - 2) // each, LEAST_GOALS)
        if is_wide:
            yield self._wide(n)
        else:
            first, *others = self._heads
            heads = map(numbers, (f"Target, {first}", *others))
            head, *rows = console.render_lines(open_grid(heads, self._cells[:n]), options)
            yield Segments([*head, Segment.line()])
            for title, line in zip(self._titles, rows, strict=False):
                yield Text(title)
                yield Segments([*line, Segment.line()])
        if n < len(self._titles):
            yield Line(f"and {plural(len(self._titles) - n, 'goal')} more: {self._pointer}")

    def _wide(self, n: int) -> Table:
        """So many goals, a line each."""
        pairs = zip(self._titles[:n], self._cells[:n], strict=True)
        rows: list[list[RenderableType]] = [[title, *row] for title, row in pairs]
        return open_grid((words("Target", no_wrap=True), *map(numbers, self._heads)), rows)
