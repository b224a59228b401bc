"""The commands of a plan that is looked at every month: forecast, baseline, backtest."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsim import projection, report
from capsim import study as studies
from capsim.cli_reports import check_files, write_shown
from capsim.magnitudes import FIRST_YEAR
from capsim.registry import did_you_mean
from capsim.terminal import (
    Actuals,
    All,
    AsJson,
    AsOf,
    Overrides,
    Plot,
    Public,
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
    tell_effort,
)

if TYPE_CHECKING:
    from capsim.projection import Projection
    from capsim.scenario import Scenario, Schedule, Task

PLANS = (".yaml", ".yml")
"""Endings of plans."""
Draws = Annotated[int, typer.Option("-n", min=1, help="Draws.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws.")]


def forecast(
    file: ScenarioFile,
    actuals: Actuals = None,
    as_of: AsOf = None,
    before: Annotated[
        Texts, repeatable("--before", "DATE|PLAN", "Earlier data date or plan to hold against; else a month.")
    ] = None,
    baseline_: Annotated[Texts, repeatable("--baseline", "NAME", "Saved baseline to hold against.")] = None,
    renamed: Annotated[
        Texts,
        repeatable(
            "--renamed",
            "OLD=NEW",
            "Phase of a baseline, as site.phase, and its name now.",
        ),
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
    public: Public = False,
    as_json: AsJson = False,
    all_: All = False,
) -> None:
    """Re-forecast a plan: dates with their spread, slips and their cause against last month and baselines."""
    check_files(plot, page, is_public=public)
    if as_json and all_:
        fail("--json and --all exclude one another")
    scenario = loaded(file, override, set_, actuals=actuals, as_of=as_of)
    # what is asked for wrongly must not cost the vintages and the draws
    studies.chances_asked(scenario, chance or ())
    names = _renamed(renamed or (), scenario)
    earlier_plans = [one for one in before or () if _is_plan(one)]
    if names and not (baseline_ or earlier_plans):
        fail("--renamed says what phases of a baseline or of an earlier plan are called now: give one, too")

    def as_it_was(one: str) -> Scenario:
        if _is_plan(one):
            return _as_it_stood(one, actuals, None)
        return loaded(file, override, set_, actuals=actuals, as_of=one)

    against = []
    for one, then in _earlier(scenario, before, as_it_was):
        made_then = studies.vintage(then, Path(one).stem if _is_plan(one) else one, money=money, seed=seed)
        against.append(studies.named_now(made_then, names, one) if _is_plan(one) else made_then)
    against += [studies.load_baseline(file, name, names) for name in baseline_ or ()]
    asked: dict[str, Any] = {"goals": chance or (), "n": n, "seed": seed, "learn": learn, "money": money}
    # draws are one after the other; whole runs are more than the dates that a forecast without money needs
    tell_effort(file, studies.study_effort([scenario], n, 1))
    with progress(f"forecasting {file}") as counter:
        made = studies.forecast(scenario, against=against, **asked, progress=counter.of("draws"))
    if as_json:
        print_json(projection.finite(made.to_dict()))
    else:
        console().print((report.forecast_tables if all_ else report.study_opening)(made))
    whole = _whole(scenario) if public else None
    write_shown(made, plot, page, is_public=public, plan=whole)


def _whole(scenario: Scenario) -> Projection:
    """The plan of a public forecast, whose texts tell what is confidential."""
    from capsim.pipeline import simulate

    return simulate(scenario)


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
    page: ReportFile = None,
    as_json: AsJson = False,
    all_: All = False,
) -> None:
    """Hold plans as they stood against what happened since, beside naive forecasts."""
    from capsim.scenario import status_lines

    check_files(None, page)
    if as_json and all_:
        fail("--json and --all exclude one another")
    lines = status_lines(actuals)
    plans = [_as_it_stood(file, actuals, as_of) for file in files]
    # draws are one after the other; whole runs are more than the dates that most outcomes need
    tell_effort(files[0] if len(files) == 1 else f"{len(files)} plans", studies.study_effort(plans, n, 1))
    with progress("back-testing") as counter:
        test = studies.backtest(plans, lines, n, seed, counter.of("plans"))
    if as_json:
        print_json(projection.finite(test.to_dict()))
    else:
        console().print((report.backtest_tables if all_ else report.study_opening)(test))
    write_shown(test, None, page)


def schedule(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Schedule (.xml, .xer, .csv, .xlsx) or plan (.yaml).")
    ],
    to: Annotated[str, option("--to", "FORM", "stages (YAML), csv or xlsx; csv of a plan.")] = "",
    out: Annotated[Text, option("--out", "FILE.xlsx", "File to write: a workbook is not printed.")] = None,
    into: Annotated[Text, option("--into", "PLAN.yaml", "Plan to lay the dates of the table into.")] = None,
    actuals: Actuals = None,
    as_of: AsOf = None,
) -> None:
    """Read a schedule as stages or into a plan, or write the dates of a plan as CSV or a workbook."""
    from capsim.scenario import read_schedule

    is_plan = _is_plan(file)
    to = to or ("csv" if is_plan else "stages")
    if to not in ("stages", "csv", "xlsx") or (is_plan and to == "stages"):
        fail(f"--to must be stages (of a schedule), csv or xlsx (got {to})")
    if (to == "xlsx") != (out is not None):
        fail("--to xlsx and --out FILE.xlsx go together")
    if actuals is not None and not is_plan and into is None:
        fail("--actuals is of a plan: give --into PLAN.yaml")
    if is_plan:
        _write(studies.planned_dates(loaded(file, actuals=actuals, as_of=as_of)), out)
        return
    read = read_schedule(file)
    if read.left_out:
        told = f"{projection.listed(list(read.left_out))} left out: without a start or a finish"
        typer.echo(f"{file}: {told}", err=True)
    if into is not None:
        _lay_into(loaded(into, actuals=actuals, as_of=as_of), read, file)
    elif to == "stages":
        _write_stages(read, file, None if as_of is None else day_of(as_of))
    else:
        _say_links(file, not_from_finish_to_start=read.other_links)
        _write(read.tasks, out)


def _say_links(file: str, **links: int) -> None:
    """Say on stderr which links of a schedule are kept as dates only."""
    for does, number in links.items():
        if number:
            told = f"{projection.plural(number, 'link')} {does.replace('_', ' ')}"
            typer.echo(f"{file}: {told}: dates are kept, not links", err=True)


def _lay_into(plan: Scenario, read: Schedule, file: str) -> None:
    """Print a plan with the dates of a table, and say which of its rows the table does not have."""
    made = studies.with_dates(plan, read.tasks, file)
    left_out = studies.rows_left_out(plan, read.tasks)
    if left_out:
        rows = f"{projection.plural(len(left_out), 'row')} of the plan ({projection.listed(left_out)})"
        typer.echo(f"{file}: does not have {rows}: what has no row stays as it is", err=True)
    typer.echo(made.resolved(), nl=False)


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
    except ValueError as error:
        fail(f"{out}: {error}; --to csv has no such end")
    typer.echo(f"Written to {out}")


def _write_stages(read: Schedule, file: str, as_of: date | None) -> None:
    """Print a schedule as the stages of a phase, and say what of it is read otherwise."""
    from capsim.language.tree import Place, from_python
    from capsim.language.writer import yaml_text
    from capsim.scenario import stages_of

    staged = stages_of(read, as_of)
    _say_links(
        file,
        not_from_finish_to_start=read.other_links,
        with_a_lead=staged.leads,
        from_what_is_no_task_with_dates=staged.strange,
    )
    begun = sum(task.actual_start is not None or task.percent_done > 0.0 for task in read.tasks)
    if as_of is None and begun:
        told = (
            f"{projection.plural(begun, 'task')} under way or done: --as-of {read.status or 'DATE'} says so"
        )
        typer.echo(f"{file}: {told} in the stages, for a plan with that as_of", err=True)
    if staged.overdue:
        told = f"due by {as_of}, and neither begun nor done as the schedule says"
        after = "these, and what comes after them, run on from there"
        typer.echo(f"{file}: {projection.listed(list(staged.overdue))} {told}: {after}", err=True)
    phase = from_python({"starts_on": staged.starts_on, "stages": staged.stages}, Place(file, 0, "file"))
    typer.echo(yaml_text(phase), nl=False)


COMMANDS: tuple[Callable[..., None], ...] = (forecast, baseline, backtest, schedule)
"""Commands, in the order of the help."""


def _is_plan(name: str) -> bool:
    """Whether a name is that of a plan and no date."""
    return Path(name).suffix.lower() in PLANS


def _earlier(
    scenario: Scenario, before: Sequence[str] | None, as_it_was: Callable[[str], Scenario]
) -> list[tuple[str, Scenario]]:
    """What a forecast is held against, each as it stood on its own data date; the earliest first."""
    if scenario.as_of is None:
        if before:
            fail("--before needs a data date: give as_of, --as-of or --actuals")
        return []
    found = []
    for one in dict.fromkeys(before or _month_before(scenario.as_of)):
        plan = as_it_was(one) if _is_plan(one) else None
        known = day_of(one, "--before") if plan is None else plan.known_until
        if not known < scenario.as_of:
            got = one if plan is None else f"{one}, as of {known}"
            fail(f"--before must be before the data date, {scenario.as_of.isoformat()} (got {got})")
        found.append((one, plan or as_it_was(one)))
    return sorted(found, key=lambda pair: pair[1].known_until)


def _as_it_stood(file: str, actuals: str | None, as_of: str | None) -> Scenario:
    """A plan with what was known by its data date: of itself, else by the status file."""
    plan = loaded(file, as_of=as_of)
    if plan.actuals or actuals is None:
        return plan
    return loaded(file, actuals=actuals, as_of=plan.known_until.isoformat())


def _month_before(day: date) -> tuple[str, ...]:
    """The same day of the month before, or the last of that month; none where no plan is of so early."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    earlier = date(year, month, min(day.day, monthrange(year, month)[1]))
    return (earlier.isoformat(),) if earlier.year >= FIRST_YEAR else ()


def _renamed(texts: Sequence[str], scenario: Scenario) -> dict[str, str]:
    """Names then of phases and grid steps of a plan, by their names now; of one that was split several."""
    known, found = studies.places_of(scenario), dict[str, str]()
    for text in texts:
        old, equals, new = text.partition("=")
        if not (equals and old and new):
            fail(f"--renamed must be written OLD=NEW (got {text})")
        if new not in known:
            fail(f"--renamed: the plan has no phase or grid step {new}{did_you_mean(new, known)}")
        if found.setdefault(new, old) != old:
            fail(f"--renamed: {new} is said to have been {found[new]} and {old}")
    return studies.formerly(scenario, found)
