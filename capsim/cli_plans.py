"""The commands of a plan that is looked at every month: forecast, baseline, backtest."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsim import projection, report
from capsim import study as studies
from capsim.cli_reports import check_files, write_shown
from capsim.registry import did_you_mean
from capsim.terminal import (
    Actuals,
    All,
    AsJson,
    AsOf,
    Overrides,
    Plot,
    ReportFile,
    ScenarioFile,
    Sets,
    Text,
    Texts,
    console,
    day_of,
    fail,
    loaded,
    option,
    print_json,
    progress,
    repeatable,
)

if TYPE_CHECKING:
    from capsim.scenario import Scenario, Schedule, Task

Draws = Annotated[int, typer.Option("-n", min=1, help="Draws.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws.")]


def forecast(
    file: ScenarioFile,
    actuals: Actuals = None,
    as_of: AsOf = None,
    before: Annotated[
        Text, option("--before", "DATE", "Earlier data date to hold against; a month before.")
    ] = None,
    baseline_: Annotated[Texts, repeatable("--baseline", "NAME", "Saved baseline to hold against.")] = None,
    renamed: Annotated[
        Texts, repeatable("--renamed", "OLD=NEW", "Phase of a baseline, as site.phase, and its name now.")
    ] = None,
    chance: Annotated[
        Texts, repeatable("--chance", "GOAL", 'MW by a month, such as "critical_it_mw>=100 by 2028-12".')
    ] = None,
    money: Annotated[bool, typer.Option("--money", help="Also tell capex, from whole runs.")] = False,
    learn: Annotated[
        bool, typer.Option("--learn", help="Let one's own finished stages count for what is to come.")
    ] = False,
    n: Draws = 128,
    seed: Seed = 0,
    override: Overrides = None,
    set_: Sets = None,
    plot: Plot = None,
    page: ReportFile = None,
    as_json: AsJson = False,
    all_: All = False,
) -> None:
    """Re-forecast a plan: dates with their spread, slips and their cause against last month and baselines."""
    check_files(plot, page)
    scenario = loaded(file, override, set_, actuals=actuals, as_of=as_of)
    against = []
    if scenario.as_of is not None:
        earlier = before or _month_before(scenario.as_of).isoformat()
        if not earlier < scenario.as_of.isoformat():
            fail(f"--before must be before the data date, {scenario.as_of.isoformat()} (got {earlier})")
        then = loaded(file, override, set_, actuals=actuals, as_of=earlier)
        against.append(studies.vintage(then, f"{earlier}", money=money, seed=seed))
    elif before is not None:
        fail("--before needs a data date: give as_of, --as-of or --actuals")
    names = dict(_pair(text) for text in renamed or ())
    if names and not baseline_:
        fail("--renamed says what phases of a baseline are called now: give --baseline, too")
    _known_now(names.values(), scenario)
    against += [studies.load_baseline(file, name, names) for name in baseline_ or ()]
    if as_json and all_:
        fail("--json and --all exclude one another")
    asked: dict[str, Any] = {"goals": chance or (), "n": n, "seed": seed, "learn": learn, "money": money}
    with progress(f"forecasting {file}") as counter:
        made = studies.forecast(scenario, against=against, **asked, progress=counter.of("draws"))
    if as_json:
        print_json(projection.finite(made.to_dict()))
    else:
        console().print((report.forecast_tables if all_ else report.study_opening)(made))
    write_shown(made, plot, page)


def baseline(
    what: Annotated[str, typer.Argument(metavar="save", help="What to do: save.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the baseline.")],
    file: ScenarioFile,
    actuals: Actuals = None,
    as_of: AsOf = None,
    override: Overrides = None,
    set_: Sets = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a baseline of that name.")] = False,
) -> None:
    """Save the central forecast of a plan under a name, to hold later ones against."""
    if what != "save":
        fail(f"baseline does one thing: save (got {what})")
    if not name.replace("-", "").replace("_", "").isalnum():
        fail(f"a baseline's name has letters, digits, - and _ (got {name})")
    scenario = loaded(file, override, set_, actuals=actuals, as_of=as_of)
    try:
        path = studies.save_baseline(file, name, scenario, replace=replace)
    except OSError as error:
        fail(f"{file}: baseline cannot be written: {error.strerror or error}")
    typer.echo(f"Written to {path}")


def backtest(
    files: Annotated[list[str], typer.Argument(metavar="PLAN...", help="Plans, each as it stood.")],
    actuals: Annotated[str, option("--actuals", "FILE.csv", "Status file: all that happened.")],
    as_of: AsOf = None,
    n: Draws = 128,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Hold plans as they stood against what happened since, beside naive forecasts."""
    from capsim.scenario import status_lines

    lines = status_lines(actuals)
    plans = [_as_it_stood(file, actuals, as_of) for file in files]
    with progress("back-testing") as counter:
        test = studies.backtest(plans, lines, n, seed, counter.of("plans"))
    if as_json:
        print_json(projection.finite(test.to_dict()))
    else:
        console().print(report.backtest_tables(test))


def schedule(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Schedule (.xml, .xer, .csv, .xlsx) or plan (.yaml).")
    ],
    to: Annotated[str, option("--to", "FORM", "stages (YAML), csv or xlsx; csv of a plan.")] = "",
    out: Annotated[Text, option("--out", "FILE.xlsx", "File to write: a workbook is not printed.")] = None,
    into: Annotated[Text, option("--into", "PLAN.yaml", "Plan to lay the dates of the table into.")] = None,
    as_of: AsOf = None,
) -> None:
    """Read a schedule as stages or into a plan, or write the dates of a plan as CSV or a workbook."""
    from capsim.scenario import read_schedule

    is_plan = Path(file).suffix.lower() in (".yaml", ".yml")
    to = to or ("csv" if is_plan else "stages")
    if to not in ("stages", "csv", "xlsx") or (is_plan and to == "stages"):
        fail(f"--to must be stages (of a schedule), csv or xlsx (got {to})")
    if (to == "xlsx") != (out is not None):
        fail("--to xlsx and --out FILE.xlsx go together")
    if is_plan:
        _write(studies.planned_dates(loaded(file, as_of=as_of)), out)
        return
    read = read_schedule(file)
    if into is not None:
        typer.echo(studies.with_dates(loaded(into, as_of=as_of), read.tasks, file).resolved(), nl=False)
        return
    if read.other_links:
        told = f"{file}: {read.other_links} links are not from finish to start: their dates are kept as waits"
        typer.echo(told, err=True)
    if to == "stages" and as_of is not None:
        told = f"{file}: what is not done by {as_of} runs on or begins anew from there, so its dates may move"
        typer.echo(told, err=True)
    if to == "stages":
        _write_stages(read, file, None if as_of is None else day_of(as_of))
    else:
        _write(read.tasks, out)


def _write(tasks: Sequence[Task], out: str | None) -> None:
    """Print tasks as CSV, or write them as a workbook."""
    from capsim.scenario import COLUMNS, rows_of, written

    if out is None:
        typer.echo(written(tasks), nl=False)
        return
    if not report.has_xlsx():
        fail("a workbook is written with XlsxWriter: pip install 'capsim[xlsx]'")
    try:
        report.write_table(Path(out), "Dates", COLUMNS, rows_of(tasks))
    except OSError as error:
        fail(f"{out}: cannot be written: {error.strerror or error}")
    typer.echo(f"Written to {out}")


def _write_stages(read: Schedule, file: str, as_of: date | None) -> None:
    """Print a schedule as the stages of a phase."""
    from capsim.language.tree import Place, from_python
    from capsim.language.writer import yaml_text
    from capsim.scenario import stages_of

    first = min(task.start for task in read.tasks)
    phase = from_python({"starts_on": first, "stages": stages_of(read, as_of)}, Place(file, 0, "file"))
    typer.echo(yaml_text(phase), nl=False)


COMMANDS: tuple[Callable[..., None], ...] = (forecast, baseline, backtest, schedule)
"""Commands, in the order of the help."""


def _as_it_stood(file: str, actuals: str, as_of: str | None) -> Scenario:
    """A plan with what was known by its data date: of itself, else by the status file."""
    plan = loaded(file, as_of=as_of)
    return plan if plan.actuals else loaded(file, actuals=actuals, as_of=plan.known_until.isoformat())


def _month_before(day: date) -> date:
    """The same day of the month before, or the last of that month."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _known_now(places: Iterable[str], scenario: Scenario) -> None:
    """Refuse names that no phase and no grid step of a plan has."""
    known = [f"{site.id}.{phase.id}" for site, phase in scenario.phases()]
    known += [f"{site.id}.{step.id}" for site in scenario.sites for step in site.grid_connection]
    for place in places:
        if place not in known:
            fail(f"--renamed: the plan has no phase or grid step {place}{did_you_mean(place, known)}")


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (equals and old and new):
        fail(f"--renamed must be written OLD=NEW (got {text})")
    return old, new
