"""What all commands share: options, messages, the console and progress."""

from __future__ import annotations

import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import fields
from datetime import date
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO, get_type_hints

import typer

from capsim import projection
from capsim.errors import CapsimError, Fault, ScenarioError
from capsim.exit_codes import FAILED, INTERRUPTED, NOTHING_MORE, WRONG_INPUT
from capsim.magnitudes import plain_day
from capsim.reach import reading_within
from capsim.registry import did_you_mean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from capsim.report import Kind
    from capsim.scenario import Scenario
    from capsim.study import Effort

A_BUG = "This is a fault of capsim. Please report it, with the command, its files and the lines above."
LONG_S = 1.0
"""Time after which a terminal is told what is going on, and between two times it is told. [s]"""
WIDTH_OF_A_FILE = 120
"""Width of output that is no terminal, so that logs are alike, unless COLUMNS says otherwise. [characters]"""
MOST_WIDTH_OF_A_FILE = 200
"""Width it may grow to so that a table's names stay whole. [characters]"""

Text = str | None
Texts = list[str] | None
"""What an option that may be given more often takes."""


def option(flag: str, metavar: str, meaning: str) -> Any:
    """An option that takes a value."""
    return typer.Option(flag, metavar=metavar, help=meaning)


def repeatable(flag: str, metavar: str, meaning: str) -> Any:
    """An option that may be given more often, and says so."""
    return option(flag, metavar, f"{meaning} Repeatable.")


ScenarioFile = Annotated[str, typer.Argument(metavar="FILE", help="Scenario file (YAML or .xlsx).")]
Overrides = Annotated[Texts, repeatable("--override", "NAME", "Apply a named override of the file.")]
A_SET = "Set a value, such as sites.aion.phases.p1.critical_it_mw=60."
Sets = Annotated[Texts, repeatable("--set", "PATH=VALUE", A_SET)]
Actuals = Annotated[Text, option("--actuals", "FILE.csv", "Status file: what has happened, line by line.")]
AsOf = Annotated[Text, option("--as-of", "DATE", "Data date; else the scenario's, or the last of the file.")]
A_DOUBT = "Refuse a scenario with values that are questioned, as for a fault."
Strict = Annotated[bool, typer.Option("--strict", help=A_DOUBT)]
All = Annotated[bool, typer.Option("--all", help="Show all of it, in place of the first screen.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
A_MODULE = "Load a Python module of yours first: models, stages or cost bases it registers."
ReportFile = Annotated[Text, option("--report", "FILE", "Also write one HTML file to send.")]
Public = Annotated[
    bool, typer.Option("--public", help="Leave out of the report what the scenario marks as confidential.")
]
Plot = Annotated[Text, option("--plot", "FILE", "Also draw a picture (png, svg, pdf).")]
A_FOLDER = "Also let files name others under this folder; else those beside or below the files you name."
AllowPath = Annotated[Texts, repeatable("--allow-path", "DIR", A_FOLDER)]
Extend = Annotated[Texts, repeatable("--extend", "FILE.py", A_MODULE)]


def extensible(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --extend, whose modules are loaded first, and --allow-path, and say what goes wrong."""

    @wraps(command)
    def extended(*, extend: Texts = None, allow_path: Texts = None, **options: Any) -> None:
        with reported(), reading_within(*(allow_path or ()), *_within_reach(options)):
            if extend:
                from capsim.extensions import extend as load_module

                for file in extend:
                    load_module(file)
            command(**options)

    parameters = signature(command, eval_str=True).parameters.values()
    own = [by_name("extend", None, Extend), by_name("allow_path", None, AllowPath)]
    return taking(extended, [*parameters, *own])


FILES = ("file", "files", "entry", "actuals", "before", "source", "into")
FOLDERS = ("old", "new", "saved")
"""Parameters of commands that name a file that is read, and those that name one or a folder of results. Any
other text may happen to be the name of one, and what is only written opens nothing."""


def _within_reach(options: Mapping[str, Any]) -> Iterator[Path]:
    """What a command's arguments name as files, and the folders of those; folders of results themselves."""
    for text in (*_texts(options, FILES), *_files_set(options), *_texts(options, FOLDERS)):
        with suppress(OSError, ValueError):
            named = Path(text)
            # a file that is not there is told as such
            yield from () if named.is_dir() else (named, named.parent) if named.is_file() else (named,)
    yield from map(Path, _texts(options, FOLDERS))


def _files_set(options: Mapping[str, Any]) -> Iterator[str]:
    """The files among the values that options set, which are of the working folder."""
    sweeps = (text.partition("=") for text in _texts(options, ("sweep",)))
    swept = (f"{path}={value}" for path, _, values in sweeps for value in values.split(","))
    if settings := [*_texts(options, ("set_",)), *swept]:
        from capsim.scenario import files_set

        yield from files_set(settings)


def _texts(options: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """What some options are given."""
    for given in filter(None, map(options.get, names)):
        yield from (given,) if isinstance(given, str) else given


def by_name(name: str, default: Any, annotation: Any) -> Parameter:
    """A parameter that the parser makes an option of."""
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def taking(command: Callable[..., None], parameters: Sequence[Parameter]) -> Callable[..., None]:
    """Give a command the parameters that it is to be asked with."""
    # the parser reads options and their types from the signature and the annotations
    vars(command)["__signature__"] = Signature(parameters)
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def of_record(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the fields of a record as options one by one, in place of its last parameter."""
    *of_command, last = signature(command, eval_str=True).parameters.values()
    record = last.annotation
    types = get_type_hints(record, include_extras=True)
    options = {one.name: by_name(one.name, one.default, types[one.name]) for one in fields(record)}

    @wraps(command)
    def expanded(**arguments: Any) -> None:
        taken = record(**{name: arguments.pop(name) for name in options})
        command(**arguments, **{last.name: taken})

    return taking(expanded, [*of_command, *options.values()])


_ASKED: ContextVar[tuple[str, ...]] = ContextVar("arguments of the command under way", default=())


def remember(arguments: Sequence[str]) -> None:
    """Keep what a command is called with, so that what it writes can say so."""
    _ASKED.set(tuple(arguments))


def command_line() -> str:
    """The command under way as a shell takes it."""
    return shlex.join(["capsim", *_ASKED.get()])


def one_of(flag: str, given: str, known: Sequence[str]) -> str:
    """What an option gives, which must be one of a few names."""
    if given not in known:
        fail(f"{flag} must be one of {', '.join(known)}{did_you_mean(given, known)} (got {given})")
    return given


@contextmanager
def reported(interrupted: str = NOTHING_MORE) -> Iterator[None]:
    """Turn what can go wrong into a message on stderr and an exit code."""
    try:
        yield
        sys.stdout.flush()
    except CapsimError as error:
        fail(str(error))
    except KeyboardInterrupt:
        typer.echo(interrupted, err=True)
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except OSError as error:
        _stop(f"{error.filename or 'the output'}: {error.strerror or error}")
    except Exception:
        typer.echo(format_exc(), err=True)
        _stop(A_BUG)


def fail(message: str) -> NoReturn:
    """Say what is wrong with the input and stop."""
    _stop(message, WRONG_INPUT)


def _stop(message: str, code: int = FAILED) -> NoReturn:
    """Say why nothing more is done, and stop."""
    # where what is wrong is the device it would be said on, the exit code says it
    with suppress(OSError):
        typer.echo(message, err=True)
    # what a full device did not take must not be tried again at the end of the process, with a traceback
    if code == FAILED:
        sys.stdout = nowhere()
    raise typer.Exit(code) from None


def nowhere() -> TextIO:
    """A stream that takes what is written and keeps nothing."""
    return Path(os.devnull).open("w", encoding="utf-8")


def console() -> Console:
    """Standard output: plain text that is wide enough where it is not a terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_A_FILE
    return Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False)


def loaded(
    file: str,
    overrides: Overrides = None,
    sets: Sets = None,
    *,
    strict: bool = False,
    actuals: Text = None,
    as_of: Text = None,
) -> Scenario:
    """The scenario of a file, with the options that change it; refused where it is questioned and strict."""
    check_there(file)
    from capsim.scenario import load, read_status

    day = None if as_of is None else day_of(as_of)
    with reading(file, "scenario"):
        scenario = load(
            file,
            overrides=overrides or (),
            sets=sets or (),
            strict=strict,
            actuals=actuals or "",
            as_of=day,
        )
    if actuals and day is not None:
        later = sum(line.scalar("on") > day for line in read_status(actuals))
        if later:
            told = f"{projection.plural(later, 'line')} after {day} left out of {file} as of that day"
            typer.echo(f"{actuals}: {told}", err=True)
    return scenario


def day_of(text: str, flag: str = "--as-of") -> date:
    """A date as an option gives it, in the years of plans."""
    try:
        return plain_day(text)
    except ValueError as fault:
        fail(f"{flag} {fault} (got {text})")


def check_figure(words: Text) -> None:
    """Refuse words that are no figure, before anything is computed."""
    from capsim.vocabulary import parse_figure

    if words is not None:
        parse_figure(words)


def check_there(file: str) -> None:
    """Refuse a file that is not there, before what reads it is imported."""
    try:
        Path(file).stat()
    except FileNotFoundError as error:
        rule = f"cannot be read: {str(error.strerror).lower()}"
        raise ScenarioError(file, [Fault(file, 0, "", rule)]) from None
    except (OSError, ValueError):
        # what else is wrong with it, its reader says
        return


@contextmanager
def reading(file: str, wanted: Kind) -> Iterator[None]:
    """Say of a file that does not load whether it is of another kind, instead of all that it lacks."""
    check_there(file)
    try:
        yield
    except ScenarioError as error:
        from capsim.report import told_apart

        raise told_apart(error, file, wanted) from None


def tell_effort(what: str, ahead: Effort, hint: str = "") -> None:
    """Say beforehand what a run or a study will take, where that is long or large."""
    if ahead.is_worth_a_word:
        # on a terminal it takes the place of the time so far
        start = "\r\x1b[K" if sys.stderr.isatty() else ""
        typer.echo(f"{start}{what}: this takes {ahead}{hint}", err=True)


def print_json(record: dict[str, Any]) -> None:
    """Print a record for machines."""
    typer.echo(projection.as_json(record))


def print_either(as_json: bool, record: Callable[..., Any], listing: Callable[..., Any], *of: Any) -> None:
    """Print what is asked for as a record or as a listing."""
    if as_json:
        print_json(record(*of))
    else:
        console().print(listing(*of))


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

    from capsim.report import Widest

    if isinstance(shown, Widest):
        yield shown.tables[0]
    elif isinstance(shown, Table):
        yield shown
    elif isinstance(shown, Group):
        for part in shown.renderables:
            yield from _tables(part)


def _width(table: Table, out: Console) -> int:
    """Width of a table that breaks nothing. [characters]"""
    from rich.measure import Measurement

    return Measurement.get(out, out.options.update(width=MOST_WIDTH_OF_A_FILE + 1), table).maximum


class Counter:
    """What is going on, on a terminal: how far it is and the time left, or the time it has taken so far."""

    def __init__(self, what: str, is_counted: threading.Event | None = None) -> None:
        self._what, self._is_counted = what, is_counted or threading.Event()

    def __call__(self, done: int, total: int, left_s: float) -> None:
        """Show how far it is where standard error is a terminal."""
        self._is_counted.set()
        if sys.stderr.isatty():
            self._show(f"{self._what}: {done}/{total}, {left_s:.0f} s left")

    def of(self, step: str) -> Counter:
        """The same for one step of several."""
        return Counter(f"{self._what}, {step}", self._is_counted)

    def tick(self) -> None:
        """Show the time it has taken, until it is counted."""
        begun_s = time.monotonic()
        while not self._is_counted.wait(LONG_S):
            self._show(f"{self._what} ... {time.monotonic() - begun_s:.0f} s")

    def stop(self) -> None:
        """Show no more times."""
        self._is_counted.set()

    def clear(self) -> None:
        """Leave no trace of it."""
        typer.echo("\r\x1b[K", err=True, nl=False)

    def _show(self, text: str) -> None:
        typer.echo(f"\r\x1b[K{text}", err=True, nl=False)


@contextmanager
def progress(what: str) -> Iterator[Counter]:
    """Tell a terminal what is going on where it takes long; leave no trace of it."""
    counter = Counter(what)
    # nobody waits at a file or a pipe
    ticker = threading.Thread(target=counter.tick, daemon=True) if sys.stderr.isatty() else None
    if ticker is not None:
        ticker.start()
    try:
        yield counter
    finally:
        counter.stop()
        if ticker is not None:
            ticker.join()
            counter.clear()
