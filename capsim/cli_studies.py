"""The commands of studies: ensemble, compare, sensitivity, solve, plan, audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsim.terminal import AsJson, Counter, Overrides, ScenarioFile, Sets, fail, print_whole, reported

if TYPE_CHECKING:
    from rich.console import RenderableType

    from capsim.scenario.records.schema import Scenario

Seed = Annotated[int, typer.Option(min=0, help="Seed of the study.")]
Processes = Annotated[
    int | None, typer.Option("--processes", min=1, help="Processes to use; all processors where missing.")
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Run on a Dask cluster, such as tcp://host:8786."),
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="Folder of the study: what is done is kept in it."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the study in the folder.")]
Plot = Annotated[
    str | None, typer.Option("--plot", metavar="FILE", help="Also draw a picture (png, svg, pdf).")
]
On = Annotated[str, typer.Option("--on", metavar="FIGURE", help="Headline figure; lcoc is per H100e-hour.")]
PICTURES = (".png", ".svg", ".pdf")
"""Endings of pictures."""
DesignKind = Annotated[str, typer.Option("--design", help="sobol, lhs or random.")]


def ensemble(
    file: ScenarioFile,
    n: Annotated[int, typer.Option("-n", min=1, help="Replications, at most; a power of 2 is best.")] = 256,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target", metavar="GOAL", help='Goal, such as "h100e_8bit>=288000 by 2029-12". Repeatable.'
        ),
    ] = None,
    until_ci: Annotated[
        str | None,
        typer.Option(
            "--until-ci", metavar="SHARE", help="Stop when intervals are within a share, such as 2%."
        ),
    ] = None,
    ci_of: Annotated[
        list[str] | None,
        typer.Option("--ci-of", metavar="FIGURE", help="Figures --until-ci looks at. Repeatable."),
    ] = None,
    out: Out = None,
    resume: Resume = False,
    draws: Annotated[bool, typer.Option("--draws", help="Keep every replication; needs --out.")] = False,
    by_site: Annotated[bool, typer.Option("--by-site", help="Keep percentiles by site.")] = False,
    design: DesignKind = "sobol",
    seed: Seed = 0,
    processes: Processes = None,
    dask: Dask = None,
    plot: Plot = None,
    override: Overrides = None,
    set_: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Sample every uncertain value and event, and show how results spread."""
    _check_picture(plot)
    with _study(file, _kept(out)) as progress:
        from capsim.study.ensemble import ensemble as sample_scenario

        result = sample_scenario(
            _load(file, override, set_),
            n,
            seed=seed,
            targets=target or (),
            design=design,
            until_ci=None if until_ci is None else _share(until_ci),
            ci_of=ci_of or (),
            by_site=by_site,
            folder=out,
            resume=resume,
            draws=draws,
            processes=processes,
            dask=dask,
            progress=progress,
        )
        progress.clear()
        from capsim.report.studies import ensemble_summary

        _show(result, ensemble_summary, as_json=as_json)
        if plot is not None:
            from capsim.report.study_figures import fan

            _draw(fan, result, plot)


def compare(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario files; the first is the base.")
    ],
    n: Annotated[int, typer.Option("-n", min=2, help="Replications.")] = 256,
    override: Annotated[
        list[str] | None,
        typer.Option(
            "--override",
            metavar="NAME",
            help="With one file: compare it with this override of it. Repeatable.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="With one file: compare it with these values set, all together. Repeatable.",
        ),
    ] = None,
    on: On = "lcoc",
    out: Out = None,
    resume: Resume = False,
    design: DesignKind = "sobol",
    seed: Seed = 0,
    processes: Processes = None,
    dask: Dask = None,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Hold scenarios against the first under common random numbers, and split the difference."""
    _check_picture(plot)
    with _study("comparison", _kept(out)) as progress:
        if (override or set_) and len(files) > 1:
            fail("--override and --set compare one file with its own variants; name one file")
        from capsim.scenario.loading import SET_LAYER
        from capsim.study.compare import compare as compare_scenarios

        scenarios: Any = [_load(file) for file in files]
        if override or set_:
            scenarios = {scenarios[0].name: scenarios[0]} | {o: _load(files[0], [o]) for o in override or ()}
            scenarios |= {SET_LAYER: _load(files[0], None, set_)} if set_ else {}
        result = compare_scenarios(
            scenarios,
            n,
            seed=seed,
            on=on,
            design=design,
            folder=out,
            resume=resume,
            processes=processes,
            dask=dask,
            progress=progress,
        )
        progress.clear()
        from capsim.report.studies import comparison_summary

        _show(result, comparison_summary, as_json=as_json)
        if plot is not None:
            from capsim.report.study_figures import waterfall_chart

            _draw(waterfall_chart, result, plot)


def sensitivity(
    file: ScenarioFile,
    on: On = "lcoc",
    sobol: Annotated[
        int, typer.Option(metavar="N", help="Also Sobol' indices, from a base sample of N (a power of 2).")
    ] = 0,
    top: Annotated[int, typer.Option(min=1, help="Values that are factors of their own in the indices.")] = 8,
    sweep: Annotated[
        list[str] | None,
        typer.Option(
            "--sweep", metavar="PATH=A:B:STEP", help="Sweep a value instead, also PATH=x,y,z. Repeatable."
        ),
    ] = None,
    axes: Annotated[bool, typer.Option("--axes", help="Sweep the axes the scenario names instead.")] = False,
    out: Out = None,
    resume: Resume = False,
    seed: Seed = 0,
    processes: Processes = None,
    dask: Dask = None,
    plot: Plot = None,
    override: Overrides = None,
    set_: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Rank uncertain values by what they do to a figure, or sweep values over a grid."""
    _check_picture(plot)
    with _study(file, _kept(out)) as progress:
        scenario = _load(file, override, set_)
        effort: dict[str, Any] = {"seed": seed, "folder": out, "resume": resume}
        effort |= {"processes": processes, "dask": dask, "progress": progress}
        from capsim.report import studies

        if sweep or axes:
            from capsim.study.sweep import parse_axis
            from capsim.study.sweep import sweep as sweep_scenario

            chosen = dict(map(parse_axis, sweep)) if sweep else None
            swept = sweep_scenario(scenario, chosen, on, **effort)
            progress.clear()
            _show(swept, studies.sweep_summary, as_json=as_json)
            if plot is not None:
                from capsim.report.study_figures import sweep_chart

                _draw(sweep_chart, swept, plot)
            return
        from capsim.study.sensitivity import sensitivity as rank_values

        result = rank_values(scenario, on, sobol=sobol, top=top, **effort)
        progress.clear()
        _show(result, studies.sensitivity_summary, as_json=as_json)
        if plot is not None:
            from capsim.report.study_figures import tornado

            _draw(tornado, result, plot)


def solve(
    file: ScenarioFile,
    vary: Annotated[str, typer.Option(metavar="PATH", help="Dotted path of a number or date to vary.")],
    until: Annotated[str, typer.Option(metavar="GOAL", help='Goal, such as "h100e_8bit=288000 at 2030-01".')],
    low: Annotated[str | None, typer.Option(help="Lower end of the values looked at.")] = None,
    high: Annotated[str | None, typer.Option(help="Upper end of them.")] = None,
    seed: Seed = 0,
    override: Overrides = None,
    set_: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Find the value of one input at which a result reaches a goal."""
    with _study(file, "nothing was kept") as progress:
        from capsim.report.studies import solution_summary
        from capsim.study.goalseek import solve as solve_scenario
        from capsim.study.sweep import scalar

        ends = {key: None if text is None else scalar(text) for key, text in (("low", low), ("high", high))}
        scenario = _load(file, override, set_)
        result = solve_scenario(scenario, vary, until, seed=seed, progress=progress, **ends)
        progress.clear()
        _show(result, solution_summary, as_json=as_json)


def plan(
    file: Annotated[str, typer.Argument(metavar="OPTIONS", help="Plan file (YAML): slots and options.")],
    seed: Seed = 0,
    processes: Processes = None,
    as_json: AsJson = False,
) -> None:
    """Choose systems, sizes and dates that meet a goal at least cost; the answer is simulated."""
    with _study(file, "nothing was kept") as progress:
        from capsim.report.studies import plan_summary
        from capsim.study.plan import plan as plan_scenario

        result = plan_scenario(file, seed=seed, processes=processes, progress=progress)
        progress.clear()
        _show(result, plan_summary, as_json=as_json)


def audit(
    file: Annotated[str, typer.Argument(metavar="CLAIM", help="Claim file (YAML).")],
    as_json: AsJson = False,
) -> None:
    """Hold an announcement against reference builds, and find the readings that make it true."""
    with reported():
        from capsim.report.studies import audit_summary
        from capsim.study.audit import audit as audit_claim

        _show(audit_claim(file), audit_summary, as_json=as_json)


COMMANDS: tuple[Callable[..., None], ...] = (ensemble, compare, sensitivity, solve, plan, audit)
"""Commands, in the order of the help."""


def _kept(folder: str | None) -> str:
    """What an interrupted study keeps."""
    if folder is None:
        return "nothing is kept without --out"
    return f"what is done is kept; go on with --out {folder} --resume"


@contextmanager
def _study(what: str, kept: str) -> Iterator[Counter]:
    """Progress of a study, and messages for what can go wrong."""
    progress = Counter(what)
    with reported(f"interrupted, {kept}"):
        try:
            yield progress
        finally:
            progress.clear()


def _load(file: str, overrides: list[str] | None = None, sets: list[str] | None = None) -> Scenario:
    from capsim.scenario.loading import load

    return load(file, overrides=overrides or (), sets=sets or ())


def _show(result: Any, table: Callable[[Any], RenderableType], *, as_json: bool) -> None:
    """Print a result for people or for machines."""
    if as_json:
        from capsim.projection.plain import as_json as json_text
        from capsim.projection.plain import finite

        typer.echo(json_text(finite(result.to_dict())))
    else:
        print_whole(table(result))


def _check_picture(file: str | None) -> None:
    """Refuse a picture that could not be written, before anything is computed."""
    if file is None:
        return
    path = Path(file)
    if path.suffix.lower() not in PICTURES:
        fail(f"{file}: a picture ends in {', '.join(PICTURES)}")
    if not path.absolute().parent.is_dir():
        fail(f"{file}: there is no folder {path.parent}")
    if path.is_dir():
        fail(f"{file}: is a folder")


def _draw(figure: Callable[[Any], Any], result: Any, file: str) -> None:
    """Write a picture, or say why that cannot be done."""
    try:
        figure(result).savefig(file)
    except (OSError, ValueError) as error:
        fail(f"{file}: cannot be written: {error}")


def _share(text: str) -> float:
    """A share written as ``2%`` or ``0.02``."""
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        fail(f"--until-ci is written 2% or 0.02 (got {text})")
