"""Names of figures and fields in tables: broken where they are too long, never inside a word."""

from __future__ import annotations

import re

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_PIECE = re.compile(r"(?:[^-_. ]|(?<=\d)[-.](?=\d))+[-_. ]?|[-_. ]")
"""A part of a name with what joins it to the next; a date and a decimal are one."""


class Name:
    """A name that goes on in the next line after an underscore, a dot or a space where it must."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max((len(piece.rstrip()) for piece in _PIECE.findall(self._name)), default=0)
        return Measurement(longest, max(len(self._name), longest))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\n".join(folded(self._name, options.max_width)))


def folded(name: str, width: int) -> list[str]:
    """Lines of a name, each of whole pieces and of at most `width` characters where the pieces allow.

    Examples
    --------
    >>> folded("facility_peak_mw", 11)
    ['facility_', 'peak_mw']
    >>> folded("facility_peak_mw", 20)
    ['facility_peak_mw']
    """
    lines = [""]
    for piece in _PIECE.findall(name):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]
