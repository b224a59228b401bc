"""What all commands share: exit codes, options, messages, the console and progress."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from capsim.errors import CapsimError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from capsim.scenario import Scenario

WRONG_INPUT = 2
"""Exit code where the input is wrong; nothing was written."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it (128 + SIGINT)."""
WIDTH_OF_A_FILE = 120
"""Width of output that is not a terminal, unless COLUMNS says otherwise. [characters]"""
MOST_WIDTH_OF_A_FILE = 200
"""Width it may grow to so that a table's names stay whole. [characters]"""

ScenarioFile = Annotated[str, typer.Argument(metavar="FILE", help="Scenario file (YAML).")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--override", metavar="NAME", help="Apply a named override of the file. Repeatable."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Set a value, such as sites.aion.phases.p1.critical_it_mw=60. Repeatable.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse a scenario with values that are questioned, as for a fault.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Extend = Annotated[
    list[str] | None,
    typer.Option(
        "--extend",
        metavar="FILE.py",
        help="Load a Python module of yours first: models, stages or cost bases it registers. Repeatable.",
    ),
]


def extensible(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option --extend: the modules are loaded before it does anything."""

    @wraps(command)
    def extended(*, extend: list[str] | None = None, **options: Any) -> None:
        with reported():
            if extend:
                from capsim.extensions import extend as load_module

                for file in extend:
                    load_module(file)
        command(**options)

    # the parser reads parameters and their options from the signature
    signature = inspect.signature(command, eval_str=True)
    added = inspect.Parameter("extend", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Extend)
    parameters = [*signature.parameters.values(), added]
    extended.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    vars(extended)["__signature__"] = signature.replace(parameters=parameters)
    return extended


@contextmanager
def reported(interrupted: str = "interrupted, nothing more was written") -> Iterator[None]:
    """Turn what can go wrong into a message on stderr and an exit code."""
    try:
        yield
        sys.stdout.flush()
    except CapsimError as error:
        fail(str(error))
    except KeyboardInterrupt:
        typer.echo(interrupted, err=True)
        raise typer.Exit(INTERRUPTED) from None


def fail(message: str) -> NoReturn:
    """Say what is wrong and stop."""
    typer.echo(message, err=True)
    raise typer.Exit(WRONG_INPUT)


def console() -> Console:
    """Standard output: plain text that is wide enough where it is not a terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_A_FILE
    return Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False)


def loaded(file: str, overrides: Overrides = None, sets: Sets = None, *, strict: bool = False) -> Scenario:
    """The scenario of a file, with the options that change it; refused where it is questioned and strict."""
    from capsim.scenario import load

    return load(file, overrides=overrides or (), sets=sets or (), strict=strict)


def print_json(record: dict[str, Any]) -> None:
    """Print a record for machines."""
    from capsim.projection import as_json

    typer.echo(as_json(record))


def print_whole(shown: RenderableType) -> None:
    """Print to standard output; where that is not a terminal, so wide that no name in a table is broken."""
    out = console()
    if not out.is_terminal and "COLUMNS" not in os.environ:
        widest = max((_width(table, out) for table in _tables(shown)), default=0)
        out.width = max(out.width, widest if widest <= MOST_WIDTH_OF_A_FILE else 0)
    out.print(shown)


def _tables(shown: RenderableType) -> Iterator[Table]:
    from rich.console import Group
    from rich.table import Table

    if isinstance(shown, Table):
        yield shown
    elif isinstance(shown, Group):
        for part in shown.renderables:
            yield from _tables(part)


def _width(table: Table, out: Console) -> int:
    """Width of a table that breaks nothing. [characters]"""
    from rich.measure import Measurement

    return Measurement.get(out, out.options.update(width=MOST_WIDTH_OF_A_FILE + 1), table).maximum


class Counter:
    """Progress of a study on a terminal: how far it is, and the time left."""

    def __init__(self, what: str) -> None:
        self._what, self._shown = what, False

    def __call__(self, done: int, total: int, left_s: float) -> None:
        """Show progress where standard error is a terminal."""
        if sys.stderr.isatty():
            typer.echo(f"\r\x1b[K{self._what}: {done}/{total}, {left_s:.0f} s left", err=True, nl=False)
            self._shown = True

    def clear(self) -> None:
        """Leave no trace of it."""
        if self._shown:
            typer.echo("\r\x1b[K", err=True, nl=False)
            self._shown = False
