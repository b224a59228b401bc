"""The command `capsim`: it parses, calls and prints. What it calls is imported when it is called."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from inspect import getdoc
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from capsim import cli_catalog, cli_inputs, cli_plans, cli_reports, cli_serve, cli_studies, report
from capsim import study as studies
from capsim.exit_codes import WRONG_INPUT
from capsim.terminal import (
    Actuals,
    AsJson,
    AsOf,
    Counter,
    Overrides,
    Public,
    ReportFile,
    ScenarioFile,
    Sets,
    Strict,
    Text,
    check_figure,
    check_there,
    console,
    extensible,
    fail,
    loaded,
    nowhere,
    option,
    print_either,
    print_json,
    progress,
    remember,
    reported,
    tell_effort,
)

if TYPE_CHECKING:
    from capsim.projection import Projection
    from capsim.scenario import Scenario
    from capsim.study import Relief, Vintage

COMMANDS: list[Callable[..., None]] = []
"""What each command calls, in the order of the help."""
SETTINGS: dict[str, Any] = {
    "rich_markup_mode": None,
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class OnFirstUse(TyperGroup):
    """Commands whose options are made when a command is called: of eighteen, a start needs one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for function in COMMANDS:
            self.add_command(TyperCommand(function.__name__, callback=function, help=getdoc(function)))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, with --extend beside its options."""
        remember(args)
        name, named, rest = super().resolve_command(ctx, args)
        if named is None or named.callback is None:
            return name, named, rest
        one = typer.Typer(**SETTINGS)
        one.command()(extensible(named.callback))
        command = get_command(one)
        for parameter in command.params:
            _tell_value(parameter)
        return name, command, rest


def _tell_value(parameter: Any) -> None:
    """Have a parameter say which value it does not take, beside its name and the rule."""
    process = parameter.process_value

    def processed(context: Any, value: Any) -> Any:
        try:
            return process(context, value)
        except typer.BadParameter as error:
            # what is missing has no value
            if value not in (None, (), []) and f"(got {value})" not in error.message:
                error.message = f"{error.message} (got {value})"
            raise

    parameter.process_value = processed


app = typer.Typer(
    **SETTINGS,
    cls=OnFirstUse,
    no_args_is_help=True,
    help="Capacity planning for data centers and GPU fleets: project a scenario and see what it leads to.",
)


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """Decorator that makes a function a command of its name."""
    COMMANDS.append(function)
    return function


def main() -> None:
    """Run the command."""
    # a large plan keeps millions of objects, and going through them for cycles took a third of its time
    gc.set_threshold(50_000, 20, 100)
    # a stream that the caller closed takes what is said, and nobody reads it
    sys.stdout, sys.stderr = sys.stdout or nowhere(), sys.stderr or nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    for argument in sys.argv[1:]:
        if not (argument and argument.isprintable()):
            typer.echo(f"an argument must be printable text, and not empty (got {argument!a})", err=True)
            sys.exit(WRONG_INPUT)
    try:
        # help and the version are said before any command is, and may find the device full
        with reported():
            app()
    except typer.Exit as end:
        sys.exit(end.exit_code)


def _version(is_asked_for: bool) -> None:
    if is_asked_for:
        from capsim import __version__

        typer.echo(f"capsim {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version and stop.")
]

Seed = Annotated[int, typer.Option(min=0, help="Key of weather and price years.")]


@app.callback()
def _options(version: Version = False) -> None:
    """Take the options that stand before a command."""


@_command
def run(
    file: ScenarioFile,
    out: Annotated[
        Text,
        option("--out", "DIR", "Also write results and a picture to a folder; an earlier one is replaced."),
    ] = None,
    page: ReportFile = None,
    public: Public = False,
    override: Overrides = None,
    set_: Sets = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    hourly: Annotated[bool, typer.Option("--hourly", help="Keep the hourly series; needs --out.")] = False,
    years: Annotated[
        bool, typer.Option("--years", help="Show capacity, power, energy, carbon, water and money by year.")
    ] = False,
    milestones: Annotated[bool, typer.Option("--milestones", help="Show the dates of every phase.")] = False,
    halls: Annotated[bool, typer.Option("--halls", help="Show every hall, also a single one.")] = False,
    binding: Annotated[
        bool,
        typer.Option("--binding", help="Show what is not ready, what waits for what, and what would help."),
    ] = False,
    money: Annotated[
        bool, typer.Option("--money", help="Show costs and returns over the horizon, and who pays what.")
    ] = False,
    sure: Annotated[bool, typer.Option("--sure", help="Show the plan among its draws.")] = False,
    findings: Annotated[
        bool, typer.Option("--findings", help="Show targets, and what the projection says in plain words.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="Show all of these behind the first screen.")] = False,
    explain_: Annotated[
        Text,
        option("--explain", "FIGURE", "Show only how a figure is worked, such as lcoc or 'pue in 2031'."),
    ] = None,
    spread: Annotated[
        int, typer.Option("--spread", "-n", min=0, help="Draws that say how sure the plan is; 0 for none.")
    ] = 64,
    no_relief: Annotated[bool, typer.Option("--no-relief", help="Leave out what would help.")] = False,
    strict: Strict = False,
    actuals: Actuals = None,
    as_of: AsOf = None,
    scope: Annotated[bool, typer.Option("--scope", help="Show what is in the money.")] = False,
    baseline: Annotated[
        Text, option("--baseline", "NAME", "Saved baseline that the Gantt picture marks; --out or --report.")
    ] = None,
) -> None:
    """Project a scenario and show what is reached and when, what it takes, and what would help."""
    check_there(file)
    cli_reports.check_files(None, page, is_public=public)
    if hourly and out is None:
        fail("--hourly needs --out DIR: hourly series are written, not shown")
    if baseline is not None and out is None and page is None:
        fail("--baseline is marked in a picture: it needs --out DIR or --report FILE")
    asked = (years, milestones, halls, binding, money, sure, findings)
    names = [name for name, is_asked in zip(report.SECTIONS, asked, strict=True) if is_asked or all_]
    check_figure(explain_)
    given = {"--json": as_json, "--scope": scope, "--explain": explain_ is not None}
    given["a section such as --years"] = bool(names)
    alone = [flag for flag, is_given in given.items() if is_given]
    if len(alone) > 1:
        fail(f"{' and '.join(alone)} exclude one another")
    # what shows one thing alone needs nothing beside it
    if out is None and page is None and (scope or explain_ is not None or names):
        spread = spread if "sure" in names else 0
        no_relief = no_relief or "binding" not in names
    scenario = loaded(file, override, set_, strict=strict, actuals=actuals, as_of=as_of)
    held = None if baseline is None else studies.load_baseline(file, baseline)
    # a report shows the ladder, too
    rungs = None if no_relief else 0 if out is None and page is None else studies.RUNGS
    projection, relief = _projected(
        scenario, seed, file, out, spread=spread, rungs=rungs, hourly=hourly, baseline=held
    )
    cli_reports.write_projection(page, projection, relief, held, is_public=public)
    if as_json:
        print_json(report.results(projection, relief))
        return
    if explain_ is not None:
        console().print(report.working(projection, explain_))
        return
    if scope:
        console().print(report.scope_table(projection))
    elif names:
        console().print(report.summary(projection, relief, console=console(), names=names))
    else:
        console().print(report.projection_opening(projection, relief))
    if out is not None:
        typer.echo(f"Written to {out}")


def _projected(
    scenario: Scenario,
    seed: int,
    file: str,
    out: str | None,
    *,
    spread: int,
    rungs: int | None,
    hourly: bool,
    baseline: Vintage | None,
) -> tuple[Projection, Relief | None]:
    """Project a scenario with its spread and its relief, and write it where a folder is named."""
    from capsim.pipeline import simulate

    ahead = studies.effort(scenario, spread, with_relief=rungs is not None, is_written=out is not None)
    hint = " (--spread 0 --no-relief: the plan alone)" if spread or rungs is not None else ""
    tell_effort(file, ahead, hint)
    if hourly and out is not None:
        return _run_hourly(scenario, seed, file, out, spread=spread, rungs=rungs, baseline=baseline)
    with progress(f"projecting {file}") as counter:
        projection = _with_spread(simulate(scenario, seed), spread, counter)
        relief = _relief(projection, counter, rungs)
    if out is not None:
        cli_reports.write_folder(projection, out, relief=relief, baseline=baseline)
    return projection, relief


def _with_spread(projection: Projection, n: int, counter: Counter) -> Projection:
    """A projection and how sure it is, where draws are asked for."""
    return studies.with_spread(projection, n, progress=counter.of("draws")) if n else projection


def _relief(projection: Projection, counter: Counter, rungs: int | None) -> Relief | None:
    """What it gains to lift limits one by one, and so many of them one after the other; None for neither."""
    run = projection.run
    if run is None or rungs is None:
        return None
    return studies.first_reliefs(run, counter.of("limits lifted"), rungs=rungs)


def _run_hourly(
    scenario: Scenario,
    seed: int,
    file: str,
    out: str,
    *,
    spread: int,
    rungs: int | None,
    baseline: Vintage | None,
) -> tuple[Projection, Relief | None]:
    """Project and write a scenario with its hours, one site in memory at a time."""
    from capsim.pipeline import simulate
    from capsim.projection import NAME, HourlyFile
    from capsim.temporary import temporary_folder

    with temporary_folder("capsim-hourly-") as folder:
        hours = HourlyFile(scenario, folder / NAME)
        with progress(f"projecting {file}") as counter, hours:
            projection = _with_spread(simulate(scenario, seed, hourly=hours), spread, counter)
            relief = _relief(projection, counter, rungs)
        cli_reports.write_folder(projection, out, hours, relief, baseline)
    return projection, relief


@_command
def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario, claim or plan files.")],
    override: Overrides = None,
    set_: Sets = None,
    strict: Strict = False,
) -> None:
    """Check scenarios, claims and plans, and report every fault and every doubt of each."""
    from capsim.errors import ScenarioError, told

    has_faults = False
    for file in files:
        try:
            words, doubts = report.validated_file(
                file, overrides=override or (), sets=set_ or (), strict=strict
            )
            for line in told(doubts):
                typer.echo(line, err=True)
            typer.echo(f"{file}: ok ({words})")
        except ScenarioError as error:
            typer.echo(str(error), err=True)
            has_faults = True
    if has_faults:
        raise typer.Exit(WRONG_INPUT)


@_command
def explain(
    file: ScenarioFile,
    path: Annotated[str, typer.Argument(metavar="PATH", help="Dotted path of a value or a record.")] = "",
    override: Overrides = None,
    set_: Sets = None,
    actuals: Actuals = None,
    as_of: AsOf = None,
    ledger: Annotated[
        bool,
        typer.Option(
            "--ledger", help="Show the cash flows of a site, site.phase or item: milestone, price and source."
        ),
    ] = False,
) -> None:
    """Show values as resolved, and the file and line, catalogue or option that set them."""
    from capsim.pipeline import simulate
    from capsim.scenario import explain as explain_scenario

    scenario = loaded(file, override, set_, actuals=actuals, as_of=as_of)
    if not ledger:
        console().print(report.explained(explain_scenario(scenario, path)))
        return
    with progress(f"projecting {file}"):
        projection = simulate(scenario)
    console().print(report.traced(projection, path))


_command(cli_catalog.catalog)


@_command
def hour(
    file: ScenarioFile,
    site: Annotated[str, typer.Argument(metavar="SITE", help="Id of a site.")],
    at: Annotated[
        str, option("--at", "TIME", "hardest, hottest, design (day), or a UTC time such as 2030-07-15T15.")
    ] = "hardest",
    override: Overrides = None,
    set_: Sets = None,
    seed: Seed = 0,
) -> None:
    """Show one hour of a site, and the duration curve of that year's load."""
    scenario = loaded(file, override, set_)
    try:
        with progress(f"projecting {file}"):
            tables = report.hour_of_site(scenario, site, at, seed)
    except KeyError as error:
        fail(f"{file}: {error.args[0]}")
    for table in tables:
        console().print(table)


@_command
def figures(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Part of a name, or a pattern such as 'lcoc*'.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List the figures of results: unit, meaning, which way is better, where found."""
    print_either(as_json, report.figures_record, report.figures_listing, name)


COMMANDS += (*cli_studies.COMMANDS, *cli_plans.COMMANDS, *cli_reports.COMMANDS)
COMMANDS += (*cli_serve.COMMANDS, *cli_inputs.COMMANDS)
