"""The commands of studies: ensemble, compare, relief, sensitivity, solve, plan, audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from capsim.terminal import (
    AsJson,
    Counter,
    Overrides,
    ScenarioFile,
    Sets,
    fail,
    loaded,
    print_json,
    print_whole,
    reported,
)

PICTURES = (".png", ".svg", ".pdf")
"""Endings of pictures."""

Seed = Annotated[int, typer.Option(min=0, help="Seed of the study.")]
Processes = Annotated[
    int | None, typer.Option("--processes", min=1, help="Processes to use; all processors where missing.")
]
On = Annotated[str, typer.Option("--on", metavar="FIGURE", help="Headline figure; lcoc is per H100e-hour.")]
Study = Callable[[Counter], Any]
"""Carries a study out, and says how far it is."""
DesignKind = Annotated[str, typer.Option("--design", help="sobol, lhs or random.")]


@dataclass(frozen=True)
class Shared:
    """Options of every study that has a folder, in the order of the help."""

    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="Folder of the study: what is done is kept in it."),
    ] = None
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the study in the folder.")] = False
    seed: Seed = 0
    processes: Processes = None
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADDRESS", help="Run on a Dask cluster, such as tcp://host:8786."),
    ] = None
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Also draw a picture (png, svg, pdf).")
    ] = None
    as_json: AsJson = False

    def answer(self, what: str, study: Callable[..., Any]) -> None:
        """Carry out a study, called with what it takes of these options, and show its result."""
        _check_picture(self.plot)
        keywords = {"seed": self.seed, "folder": self.out, "resume": self.resume}
        keywords |= {"processes": self.processes, "dask": self.dask}
        kept = "nothing is kept without --out"
        if self.out is not None:
            kept = f"what is done is kept; go on with --out {self.out} --resume"
        _answer(what, lambda progress: study(**keywords, progress=progress), self.as_json, kept, self.plot)


def _with_shared(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the options of `Shared` one by one, in place of its last parameter."""
    hints, options = (get_type_hints(one, include_extras=True) for one in (command, Shared))
    *parameters, shared = signature(command).parameters.values()
    all_of_them = [parameter.replace(annotation=hints[parameter.name]) for parameter in parameters]
    for option in fields(Shared):
        added = Parameter(option.name, Parameter.KEYWORD_ONLY, default=option.default)
        all_of_them.append(added.replace(annotation=options[option.name]))

    @wraps(command)
    def expanded(**arguments: Any) -> None:
        taken = Shared(**{option.name: arguments.pop(option.name) for option in fields(Shared)})
        command(**arguments, **{shared.name: taken})

    # Where typer looks for options and their types.
    expanded.__signature__ = Signature(all_of_them)  # type: ignore[attr-defined]
    expanded.__annotations__ = {parameter.name: parameter.annotation for parameter in all_of_them}
    return expanded


@_with_shared
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
    draws: Annotated[bool, typer.Option("--draws", help="Keep every replication; needs --out.")] = False,
    by_site: Annotated[bool, typer.Option("--by-site", help="Keep percentiles by site.")] = False,
    design: DesignKind = "sobol",
    override: Overrides = None,
    set_: Sets = None,
    *,
    shared: Shared,
) -> None:
    """Sample every uncertain value and event, and show how results spread."""

    def study(**execution: Any) -> Any:
        from capsim.study import ensemble as sample_scenario

        return sample_scenario(
            loaded(file, override, set_),
            n,
            targets=target or (),
            design=design,
            until_ci=None if until_ci is None else _share(until_ci),
            ci_of=ci_of or (),
            by_site=by_site,
            draws=draws,
            **execution,
        )

    shared.answer(file, study)


@_with_shared
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
    design: DesignKind = "sobol",
    *,
    shared: Shared,
) -> None:
    """Hold scenarios against the first under common random numbers, and split the difference."""

    def study(**execution: Any) -> Any:
        if (override or set_) and len(files) > 1:
            fail("--override and --set compare one file with its own variants; name one file")
        from capsim.scenario import SET_LAYER
        from capsim.study import compare as compare_scenarios

        scenarios: Any = [loaded(file) for file in files]
        if override or set_:
            scenarios = {scenarios[0].name: scenarios[0]} | {o: loaded(files[0], [o]) for o in override or ()}
            scenarios |= {SET_LAYER: loaded(files[0], None, set_)} if set_ else {}
        return compare_scenarios(scenarios, n, on=on, design=design, **execution)

    shared.answer("comparison", study)


@_with_shared
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
    override: Overrides = None,
    set_: Sets = None,
    *,
    shared: Shared,
) -> None:
    """Rank uncertain values by what they do to a figure, or sweep values over a grid."""

    def study(**execution: Any) -> Any:
        scenario = loaded(file, override, set_)
        if sweep or axes:
            from capsim.study import parse_axis
            from capsim.study import sweep as sweep_scenario

            return sweep_scenario(scenario, dict(map(parse_axis, sweep)) if sweep else None, on, **execution)
        from capsim.study import sensitivity as rank_values

        return rank_values(scenario, on, sobol=sobol, top=top, **execution)

    shared.answer(file, study)


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

    def study(progress: Counter) -> Any:
        from capsim.study import scalar
        from capsim.study import solve as solve_scenario

        ends = {key: None if text is None else scalar(text) for key, text in (("low", low), ("high", high))}
        scenario = loaded(file, override, set_)
        return solve_scenario(scenario, vary, until, seed=seed, progress=progress, **ends)

    _answer(file, study, as_json, "nothing was kept")


def plan(
    file: Annotated[str, typer.Argument(metavar="OPTIONS", help="Plan file (YAML): slots and options.")],
    seed: Seed = 0,
    processes: Processes = None,
    as_json: AsJson = False,
) -> None:
    """Choose systems, sizes and dates that meet a goal at least cost; the answer is simulated."""

    def study(progress: Counter) -> Any:
        from capsim.study import plan as plan_scenario

        return plan_scenario(file, seed=seed, processes=processes, progress=progress)

    _answer(file, study, as_json, "nothing was kept")


def relief(
    file: ScenarioFile,
    by: Annotated[
        str, typer.Option("--by", metavar="FIGURE", help="Headline figure that ranks; compute if missing.")
    ] = "",
    band: Annotated[
        float, typer.Option("--band", metavar="MONTHS", help="Float up to which a path is near-critical.")
    ] = 1.0,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Keep the results in a new folder.")
    ] = None,
    seed: Seed = 0,
    override: Overrides = None,
    set_: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Lift each limit of a plan, and show what that gains, the ladder of the best, and float."""

    def study(progress: Counter) -> Any:
        from capsim.study import relief as relieve

        scenario = loaded(file, override, set_)
        return relieve(scenario, seed=seed, by=by, band_months=band, folder=out, progress=progress)

    _answer(file, study, as_json, "nothing was kept")


def audit(
    file: Annotated[str, typer.Argument(metavar="CLAIM", help="Claim file (YAML).")],
    as_json: AsJson = False,
) -> None:
    """Hold an announcement against reference builds, and find the readings that make it true."""

    def study(_: Counter) -> Any:
        from capsim.study import audit as audit_claim

        return audit_claim(file)

    _answer(file, study, as_json, "nothing more was written")


COMMANDS: tuple[Callable[..., None], ...] = (ensemble, compare, relief, sensitivity, solve, plan, audit)
"""Commands, in the order of the help."""


def _answer(what: str, study: Study, as_json: bool, kept: str, plot: str | None = None) -> None:
    """Carry out a study and show its result; say how far it is, and what goes wrong."""
    progress = Counter(what)
    with reported(f"interrupted, {kept}"):
        try:
            result = study(progress)
        finally:
            progress.clear()
        if as_json:
            from capsim.projection import finite

            print_json(finite(result.to_dict()))
        else:
            from capsim.report import study_summary

            print_whole(study_summary(result))
        if plot is not None:
            _draw(result, plot)


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


def _draw(result: Any, file: str) -> None:
    """Write the picture of a result, or say why that cannot be done."""
    from capsim.report import picture

    try:
        picture(result).savefig(file)
    except (OSError, ValueError) as error:
        fail(f"{file}: cannot be written: {error}")


def _share(text: str) -> float:
    """A share written as ``2%`` or ``0.02``."""
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        fail(f"--until-ci is written 2% or 0.02 (got {text})")
