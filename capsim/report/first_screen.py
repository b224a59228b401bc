"""The first screen of every command: at most 24 lines at 80 columns, the conclusion first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from capsim.projection import plural
from capsim.report.grids import numbers, open_grid, width_of, words
from capsim.report.sentences import ALL, FINDINGS, NARROW, Line, Sentences

LINES = 24
"""Most lines of the first screen at 80 columns."""
MET, MISSED = "green", "red"
"""Styles of goals, which a terminal shows and a file does not."""
PERCENTILES = ("P10", "P50", "P90")
NARROW_LINES = 32
"""Most lines of the first screen at 60 columns, where titles and sentences take more of them."""
MOST_TALL, USUAL_TALL = 3, 2
"""Lines of a sentence where there is room, and before lines of tables give way."""
LEAST_LINES = 2
"""Lines of a table that gives way, at least."""
LEAST_GOALS = 2
"""Goals that are shown however much else there is to say."""


class ToldScreen:
    """A screen of which sentences give way: what stands above and below them is always whole."""

    def __init__(
        self,
        above: Sequence[RenderableType],
        sentences: Sequence[str],
        of: str,
        below: Sequence[RenderableType],
    ) -> None:
        self._above, self._sentences, self._of, self._below = above, sentences, of, below

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = most_lines(options) - height_of([*self._above, *self._below], console, options)
        yield from self._above
        yield Sentences(self._sentences, lines, self._of)
        yield from self._below


class Fitting:
    """A table of which as many rows are shown as so many lines hold, with how many there are more."""

    def __init__(self, make: Callable[[int], RenderableType], rows: int, lines: int, of: str) -> None:
        """`make` gives the table with so many rows, each of which is one `of`."""
        self._make, self._rows, self._lines, self._of = make, rows, lines, of

    def less(self) -> Fitting | None:
        """The same in a line less; None where there is but a heading, a row, and how many there are more."""
        lines = min(self._lines, self._rows + 1) - 1
        return Fitting(self._make, self._rows, lines, self._of) if lines > LEAST_LINES else None

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
        lines = most_lines(options) - height_of([*self._above, *self._below], console, options)
        yield from self._above
        yield Fitting(self._make, self._rows, lines, self._of)
        yield from self._below


def height_of(parts: Sequence[RenderableType], console: Console, options: ConsoleOptions) -> int:
    """Lines that parts take."""
    return sum(len(console.render_lines(part, options)) for part in parts)


def most_lines(options: ConsoleOptions) -> int:
    """Lines that a first screen may have at a width."""
    return LINES if options.max_width >= NARROW else NARROW_LINES


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
    tables: Sequence[RenderableType],
    goals: Sequence[GoalRow],
    says: Sequence[str],
    more: str,
    first: Sequence[str] = (),
    doubts: Sequence[str] = (),
) -> Group:
    """The first screen: who and how, tables, goals, a line for each thing to say, and where more is.

    Where it is taller than a screen, goals beyond the first and empty lines give way, then all but one of
    the lines of `first`, then the ends of sentences above the numbers but for the first of them, then rows of
    tables that matter least, and at last the ends of all sentences. A sentence that gives way keeps whole
    parts, and says where the rest is.

    Parameters
    ----------
    title, about : str
        Who, and how it was computed.
    tables : sequence of renderables
        What comes first; those that are a `GivingWay` do.
    goals : sequence of GoalRow
        Goals of targets; so many are shown as there is room for.
    says : sequence of str
        Sentences, on as many lines as they need while there is room.
    more : str
        Options that show more; nothing is said of it where empty.
    first : sequence of str
        What is to be known before the numbers are read; the first of it matters most.
    doubts : sequence of str
        What is doubtful, before all else.
    """
    told = _Told([*doubts, *first], len(doubts) + min(1, len(first)), [*says], more)
    return Group(_Screen(title, about, [*tables], [*goals], told))


class GivingWay(Protocol):
    """A table that can do with less."""

    def less(self) -> RenderableType | None:
        """The same with a line less; None where no more can go."""


class _Told(NamedTuple):
    """Sentences of a screen."""

    head: Sequence[str]
    """Above the numbers."""
    least: int
    """How many of them are always told."""
    says: Sequence[str]
    more: str


class _Room(NamedTuple):
    """What a screen has room for."""

    goals: int
    gaps: int
    tables: Sequence[RenderableType]
    head: int
    """Sentences above the numbers."""
    tall: int
    """Lines of a sentence that is not cut."""
    cut: int
    """Sentences that are held to one line, the last above the numbers first."""


class _Screen:
    """Parts of a first screen, as tall as a terminal."""

    def __init__(
        self,
        title: str,
        about: str,
        tables: list[RenderableType],
        goals: list[GoalRow],
        told: _Told,
    ) -> None:
        self._title, self._about, self._tables, self._goals = title, about, tables, goals
        self._told = told

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        parts: list[RenderableType] = []
        for room in self._rooms():
            parts = self._parts(room)
            if height_of(parts, console, options) <= most_lines(options):
                break
        yield from parts

    def _rooms(self) -> Iterator[_Room]:
        """From all there is to the least."""
        least = min(LEAST_GOALS, len(self._goals))
        sentences = len(self._told.head)
        room = _Room(len(self._goals), 2, self._tables, sentences, MOST_TALL, 0)
        yield room
        for goals in range(len(self._goals) - 1, least - 1, -1):
            yield (room := room._replace(goals=goals))
        for gaps in (1, 0):
            yield (room := room._replace(gaps=gaps))
        for head in range(sentences - 1, self._told.least - 1, -1):
            yield (room := room._replace(head=head))
        yield (room := room._replace(tall=USUAL_TALL))
        for cut in range(1, room.head):
            yield (room := room._replace(cut=cut))
        for tables in _giving_way(self._tables):
            yield (room := room._replace(tables=tables))
        for cut in range(room.cut + 1, room.head + len(self._told.says) + 1):
            yield (room := room._replace(cut=cut))

    def _parts(self, room: _Room) -> list[RenderableType]:
        head, says, more = self._told.head[: room.head], self._told.says, self._told.more
        # those that are cut first come last
        whole = [*says[::-1], *head][: len(says) + len(head) - room.cut]
        told = [[Line(text, lines=room.tall if text in whole else 1) for text in of] for of in (head, says)]
        who = [Line(self._title, "bold", MOST_TALL), Line(self._about, lines=MOST_TALL)]
        parts: list[RenderableType] = [*who, *told[0], *room.tables]
        if self._goals:
            parts += [""] if room.gaps else []
            parts += [Goals(self._goals, room.goals, ALL if more == ALL else FINDINGS)]
        parts += [""] if room.gaps > 1 and says else []
        return [*parts, *told[1], *([Line(f"More: {more}")] if more else [])]


def _giving_way(tables: Sequence[RenderableType]) -> Iterator[list[RenderableType]]:
    """Tables with a line less each time, the last one first."""
    kept = [*tables]
    for place in range(len(kept) - 1, -1, -1):
        while (less := getattr(kept[place], "less", lambda: None)()) is not None:
            kept[place] = less
            yield [*kept]


class Reached:
    """Titles and numbers, of which the rows that matter least give way."""

    def __init__(
        self, heading: str, heads: Sequence[str], rows: Sequence[Sequence[str]], lesser: Sequence[int]
    ) -> None:
        """`lesser` are places of rows that may go, the first of them first."""
        self._heading, self._heads, self._rows, self._lesser = heading, heads, rows, lesser

    def less(self) -> Reached | None:
        """The same without the row that matters least; None where all that is left matters."""
        if not self._lesser:
            return None
        place, *others = self._lesser
        rows = [row for at, row in enumerate(self._rows) if at != place]
        return Reached(self._heading, self._heads, rows, [at - (at > place) for at in others])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield spread_grid(self._heading, self._heads, self._rows)


def spread_grid(heading: str, columns: Sequence[str], rows: Sequence[Sequence[RenderableType]]) -> Table:
    """Titles to the left and numbers to the right, without lines."""
    return open_grid((words(heading), *map(numbers, columns)), rows)


class Goals:
    """The first of the goals with what is reached, when and how often, and how many there are more.

    Columns that are empty throughout are left out. On a narrow screen each goal stands above its numbers.
    """

    def __init__(self, goals: Sequence[GoalRow], shown: int, pointer: str) -> None:
        heads = ["by", "reached", "in", *PERCENTILES, "met"]
        rows = [[g.by, g.reached, g.crossed, *(g.spread or ("",) * len(PERCENTILES)), g.met] for g in goals]
        kept = [i for i in range(len(heads)) if any(row[i] for row in rows)]
        self._pointer, self._shown, self._titles = pointer, shown, [goal.title for goal in goals]
        self._heads = [heads[i] for i in kept]
        self._cells = [
            [Text(row[i], style=(MET if goal.is_met else MISSED) if heads[i] == "met" else "") for i in kept]
            for goal, row in zip(goals, rows, strict=True)
        ]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        is_wide = width_of(self._wide(len(self._titles)), console) <= options.max_width
        n = self._shown
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
