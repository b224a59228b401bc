"""Sentences of a first screen: whole on so many lines, or whole parts of them and where the rest is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from capsim.projection import plural

NARROW = 80
"""Width below which a screen may be taller. [characters]"""
FINDINGS, ALL = "--findings", "--all"
"""Options that show all goals: of a run, and of studies."""
ENDS_OF_PARTS = (("; ", f" ({ALL})"), (": ", f" ({ALL})"), (", ", f" and more ({ALL})"))
"""Where a sentence may end, what is best first, and what then stands in the place of the rest."""


class Line:
    """A sentence on so many lines, of which whole parts are shown where they end, and where the rest is."""

    def __init__(self, text: str, style: str = "", lines: int = 1) -> None:
        self._text, self._style, self._lines = text, style, lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, Text(self._text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        # what takes a line of a usual screen takes more of a narrow one
        lines = math.ceil(self._lines * NARROW / width) if width < NARROW else self._lines

        def fits(text: str) -> bool:
            return len(Text(text).wrap(console, width)) <= lines

        shown = shortened(self._text, fits)
        if fits(shown):
            yield Text(shown, style=self._style)
            return
        # a text of one part that is no sentence, such as a title
        *kept, last = Text(shown, style=self._style).wrap(console, width)[:lines]
        last.truncate(width - 2)
        yield from (*kept, Text.assemble(last, (" \N{HORIZONTAL ELLIPSIS}", self._style)))


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """As many whole parts of a sentence as fit, and where the rest is; all of it where nothing does.

    Examples
    --------
    >>> shortened("money runs out: 3 MW wait; 2 bn EUR are committed", lambda text: len(text) < 40)
    'money runs out: 3 MW wait (--all)'
    """
    if fits(text):
        return text
    for end, rest in ENDS_OF_PARTS:
        parts = text.split(end)
        for shown in range(len(parts) - 1, 0, -1):
            if fits(told := f"{end.join(parts[:shown])}{rest}"):
                return told
    return text


class Sentences:
    """Sentences one below the other, as many as so many lines hold; of the next one the parts that fit."""

    def __init__(self, sentences: Sequence[str], lines: int, of: str) -> None:
        """Each sentence is one `of`."""
        self._sentences, self._lines, self._of = sentences, lines, of

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = self._lines
        for number, sentence in enumerate(self._sentences):
            left = len(self._sentences) - number - 1
            lines = room - (left > 0)

            def fits(text: str, most: int = lines) -> bool:
                return len(Text(text).wrap(console, options.max_width)) <= most

            shown = shortened(f"- {sentence}", fits)
            if not fits(shown):
                yield Text(f"and {plural(left + 1, self._of)} more")
                return
            yield Text(shown)
            room -= len(Text(shown).wrap(console, options.max_width))
            if shown != f"- {sentence}" and left:
                yield Text(f"and {plural(left, self._of)} more")
                return
