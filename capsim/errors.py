"""Every exception capsim raises on purpose.

::

    CapsimError                 catch this to catch them all
    ├── ScenarioError           a scenario file cannot be used; carries every Fault found
    ├── UnknownNameError        a table of functions has no entry of a name; a KeyError too
    ├── CatalogError            a catalogue table or record is missing or malformed
    ├── SimulationError         a run cannot be completed (event bound hit, impossible state)
    ├── ProjectionError         a saved projection cannot be read back
    ├── ExtensionError          a module of the user's cannot be loaded
    └── StudyError              a study cannot be done, or its folder is not what it was
        └── FigureError         a figure or a goal in words that cannot be read, or that results lack

Arguments outside a model's range raise the built-in ``ValueError``: that is a
caller's mistake, not a property of the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

CELL_MARK = "!"
"""Stands between a workbook, its sheet and a column, which together stand for a file."""
MOST_ALIKE, FIRST_ALIKE = 10, 3
"""So many faults of one kind are told one by one; of more, so many."""
STEERING = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")
"""Characters of control: of terminals, and of the direction of reading."""
_UNSEEN = re.compile(
    rf"{STEERING.pattern}|[\xad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060-\u206f\ufeff]"
    r"|[\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""The same, and what nobody sees and makes two names look alike; not the joiners (200c, 200d), without which
some scripts are misspelt."""
_OF_MORE_LINES = re.compile(rf"{_UNSEEN.pattern}|[\t\n]")
"""The same, and what text may have and a line of a message may not."""
_IN_A_BOOK = re.compile(rf"(.*\.xls[xm]){CELL_MARK}", re.IGNORECASE)


class CapsimError(Exception):
    r"""Root of the tree; its text is meant for the user, and what of it would steer a terminal is escaped.

    Examples
    --------
    >>> print(CapsimError("no figure is called \x1b[31m"))
    no figure is called \x1b[31m
    """

    def __str__(self) -> str:
        # a KeyError, which one of these is too, would show its text in quotes, as if it were a key
        return _UNSEEN.sub(_escaped, Exception.__str__(self))


def placed(file: str, line: int) -> str:
    """A place as it is shown: a line of a file, or a cell of a workbook.

    Examples
    --------
    >>> placed("mine.yaml", 14), placed("mine.yaml", 0), placed("mine.xlsx!Scenario!B", 14)
    ('mine.yaml:14', 'mine.yaml', 'mine.xlsx!Scenario!B14')
    """
    if not line:
        return file
    return f"{file}{line}" if file.count(CELL_MARK) >= 2 else f"{file}:{line}"


def file_of(place: str) -> str:
    """The file that a place is in: of a sheet or a column, its workbook.

    Examples
    --------
    >>> file_of("mine.xlsx!Scenario!B"), file_of("mine.yaml")
    ('mine.xlsx', 'mine.yaml')
    """
    found = _IN_A_BOOK.match(place)
    return place if found is None else found.group(1)


def shown(text: str) -> str:
    r"""A text as it can be shown: what would steer a terminal, or turn the order of what is read, is escaped.

    Examples
    --------
    >>> print(shown("a\x1b[31mred\u202eder\u200b, Zürich"))
    a\x1b[31mred\u202eder\u200b, Zürich
    """
    return _OF_MORE_LINES.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """A character as Python writes it."""
    return found[0].encode("unicode_escape").decode()


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with an input file."""

    file: str
    """File the fault is in, as the user named it."""
    line: int
    """Line in the file, counted from 1; 0 where the fault has no line (an option, a whole file)."""
    path: str
    """Dotted path of the value, empty for the whole file."""
    rule: str
    """What must hold, in words, with a suggestion where there is one."""
    value: str = ""
    """The value got, as written; empty where there is none to show."""

    def __str__(self) -> str:
        place = placed(self.file, self.line)
        where = f"  {self.path}:" if self.path else ":"
        got = f" (got {self.value})" if self.value else ""
        return shown(f"{place}{where} {self.rule}{got}")


@dataclass(frozen=True, slots=True, order=True)
class Question(Fault):
    """A value that can be meant, but hardly is."""

    name: str = ""
    """Name by which a scenario accepts it."""

    def __str__(self) -> str:
        return f"{Fault.__str__(self)} [{self.name}]"


def told(faults: Sequence[Fault]) -> list[str]:
    """Faults as lines for a reader; of many of one kind the first, and how many more there are where.

    Examples
    --------
    >>> holes = [Fault("big.yaml", line, f"phases.p{line}", "needs a preset") for line in range(1, 501)]
    >>> for line in told(holes):
    ...     print(line)
    big.yaml:1  phases.p1: needs a preset
    big.yaml:2  phases.p2: needs a preset
    big.yaml:3  phases.p3: needs a preset
    big.yaml:4  and 497 like it, the last in line 500: needs a preset
    """
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for at, fault in enumerate(faults):
        kinds.setdefault((fault.file, fault.rule, fault.value), []).append(at)
    lines = dict(enumerate(map(str, faults)))
    for alike in kinds.values():
        if len(alike) > MOST_ALIKE:
            hidden = [faults[at] for at in alike[FIRST_ALIKE:]]
            for at in alike[FIRST_ALIKE:]:
                del lines[at]
            until = f", the last in line {hidden[-1].line}" if hidden[-1].line else ""
            more = f"{placed(hidden[0].file, hidden[0].line)}  and {len(hidden)} like it{until}"
            lines[alike[FIRST_ALIKE]] = shown(f"{more}: {hidden[0].rule}")
    return [lines[at] for at in sorted(lines)]


class ScenarioError(CapsimError):
    """A scenario cannot be used. ``faults`` has all of them, in file order."""

    def __init__(self, source: str, faults: list[Fault]) -> None:
        self.source = source
        self.faults = faults
        count = f"{len(faults)} problem{'' if len(faults) == 1 else 's'}"
        lines = [*told(faults), f"{shown(source)}: {count}, nothing was run"]
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[str, list[Fault]]]:
        return type(self), (self.source, self.faults)


class UnknownNameError(CapsimError, KeyError):
    """A table of functions has no entry of a name."""


class CatalogError(CapsimError):
    """A catalogue table, record or value is missing or malformed."""


class SimulationError(CapsimError):
    """A run cannot be completed."""


class ProjectionError(CapsimError):
    """A saved projection is missing, damaged or of another version."""


class ExtensionError(CapsimError):
    """A module of the user's is missing, raises, or registers a name that is taken."""


class StudyError(CapsimError):
    """A study cannot be done as asked, or its folder is damaged or another study's."""


class FigureError(StudyError):
    """A figure or a goal in words cannot be read, or results have no such figure."""


def whole(name: str, value: Any, least: int = 0) -> int:
    """A whole number that is given in Python, of whatever type of integers.

    Raises
    ------
    StudyError
        If it is none, or below the least.

    Examples
    --------
    >>> whole("seed", 7)
    7
    """
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise StudyError(f"{name} must be a whole number, at least {least} (got {value!r})")
    return number
