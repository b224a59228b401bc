"""The commands of studies: ensemble, compare, diff, relief, sensitivity, solve, plan, audit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsim import report
from capsim import study as studies
from capsim.cli_answers import Processes, Seed, Shown, answer, audit, plan, relief, solve
from capsim.cli_reports import diff
from capsim.magnitudes import plain_number
from capsim.terminal import (
    All,
    AsJson,
    Overrides,
    Plot,
    Public,
    ReportFile,
    ScenarioFile,
    Sets,
    Text,
    Texts,
    fail,
    loaded,
    of_record,
    one_of,
    option,
    reading,
    repeatable,
    tell_effort,
)

if TYPE_CHECKING:
    from capsim.scenario import Scenario

A_FIGURE = 'such as lcoc (per H100e-hour), "h100e_8bit at 2030-12" or "ready_for_service of aion.p1"'
On = Annotated[str, option("--on", "FIGURE", f"Figure looked at, {A_FIGURE}.")]
DesignKind = Annotated[str, typer.Option("--design", help="sobol, lhs or random.")]


@dataclass(frozen=True)
class Shared:
    """Options of every study that has a folder, in the order of the help."""

    out: Annotated[Text, option("--out", "DIR", "Folder of the study: what is done is kept in it.")] = None
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the study in the folder.")] = False
    seed: Seed = 0
    processes: Processes = None
    dask: Annotated[Text, option("--dask", "ADDRESS", "Run on a Dask cluster, such as tcp://host:8786.")] = (
        None
    )
    plot: Plot = None
    page: ReportFile = None
    public: Public = False
    as_json: AsJson = False
    all_: All = False

    @property
    def is_told(self) -> bool:
        """Whether what a report has beside figures is to be kept."""
        return self.page is not None or self.out is not None

    @property
    def is_read(self) -> bool:
        """Whether a person reads the answer, who is told what is strange and what would help."""
        return self.is_told or not self.as_json

    def tell_effort(self, what: str, scenarios: Sequence[Scenario], draws: int) -> None:
        """Say beforehand what a new study will take; of one that is resumed nobody knows what is left."""
        if not self.resume:
            tell_effort(what, studies.study_effort(scenarios, draws, self.processes))

    def answer(self, what: str, study: Callable[..., Any]) -> None:
        """Carry out a study, called with what it takes of these options, and show its result."""
        keywords = {"seed": self.seed, "folder": self.out, "resume": self.resume}
        keywords |= {"processes": self.processes, "dask": self.dask}
        kept = "nothing is kept without --out"
        if self.out is not None:
            kept = f"what is done is kept; go on with --out {self.out} --resume"
            if self.resume and not studies.has_study(self.out):
                typer.echo(f"{self.out}: holds no study to go on with, so a new one is begun", err=True)
        shown = Shown(self.as_json, self.plot, self.page, is_public=self.public, is_all=self.all_, kept=kept)
        answer(what, lambda progress: study(**keywords, progress=progress), shown)


@of_record
def ensemble(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario files; several are variants of a grid.")
    ],
    n: Annotated[int, typer.Option("-n", min=1, help="Replications, at most; a power of 2 is best.")] = 256,
    target: Annotated[
        Texts, repeatable("--target", "GOAL", 'Goal, such as "h100e_8bit>=288000 by 2029-12".')
    ] = None,
    until_ci: Annotated[
        Text, option("--until-ci", "SHARE", "Stop when intervals are within a share, such as 2%.")
    ] = None,
    ci_of: Annotated[Texts, repeatable("--ci-of", "FIGURE", "Figures --until-ci looks at.")] = None,
    draws: Annotated[bool, typer.Option("--draws", help="Keep every replication; needs --out.")] = False,
    by_site: Annotated[bool, typer.Option("--by-site", help="Keep percentiles by site.")] = False,
    fresh_weather: Annotated[
        bool, typer.Option("--fresh-weather", help="Make weather and prices anew for every replication.")
    ] = False,
    design: DesignKind = "sobol",
    override: Annotated[
        Texts,
        repeatable(
            "--override",
            "NAME",
            "A named override; several are variants (x+y: both; base: none).",
        ),
    ] = None,
    sweep: Annotated[
        Texts, repeatable("--sweep", "PATH=A:B:STEP", "Variants by value, also PATH=x,y,z.")
    ] = None,
    set_: Sets = None,
    on: Annotated[
        Text, option("--on", "FIGURE", "Of several variants: figure that is shown by variant; lcoc if none.")
    ] = None,
    *,
    shared: Shared,
) -> None:
    """Sample every uncertain value and event, of one scenario or a grid, and show how results spread."""

    def study(**execution: Any) -> Any:
        axes = studies.parse_axes(sweep or ())
        if draws and shared.out is None:
            fail("--draws needs --out DIR: draws are kept in the folder, not shown")
        with reading(files[0], "scenario"):
            of_grid = studies.variants(files, overrides=override or (), sets=set_ or (), axes=axes)
        asked: dict[str, Any] = {
            "targets": target or (),
            "design": one_of("--design", design, studies.DESIGNS),
            "until_ci": None if until_ci is None else _share(until_ci),
            "ci_of": ci_of or (),
            "draws": draws,
            "fresh_weather": fresh_weather,
        }
        shared.tell_effort(files[0], list(of_grid.values()), n)
        if len(of_grid) > 1:
            if by_site:
                fail("--by-site is of one scenario; here are several variants")
            return studies.ensemble_grid(of_grid, n, on=on or "lcoc", **asked, **execution)
        if on is not None:
            fail("--on is of several variants; here is one")
        (scenario,) = of_grid.values()
        return studies.ensemble(scenario, n, by_site=by_site, told=shared.is_read, **asked, **execution)

    shared.answer(files[0] if len(files) == 1 else "grid", study)


@of_record
def compare(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario files; the first is the base.")
    ],
    n: Annotated[int, typer.Option("-n", min=2, help="Replications.")] = 256,
    override: Annotated[
        Texts, repeatable("--override", "NAME", "With one file: compare it with this override of it.")
    ] = None,
    set_: Annotated[
        Texts,
        repeatable("--set", "PATH=VALUE", "With one file: compare it with these values set, all together."),
    ] = None,
    on: On = "lcoc",
    by: Annotated[Text, option("--by", "FIGURE", "Figure that ranks; that of --on where missing.")] = None,
    figure: Annotated[Texts, repeatable("--figure", "FIGURE", "Lay this figure side by side.")] = None,
    design: DesignKind = "sobol",
    *,
    shared: Shared,
) -> None:
    """Hold scenarios against the first under common random numbers, and split the difference."""

    def study(**execution: Any) -> Any:
        if (override or set_) and len(files) > 1:
            fail("--override and --set compare one file with its own variants; name one file")
        scenarios: Any = [loaded(file) for file in files]
        if override or set_:
            scenarios = {scenarios[0].name: scenarios[0]} | {o: loaded(files[0], [o]) for o in override or ()}
        if set_:
            varied = loaded(files[0], None, set_)
            scenarios |= {report.name_of_values_set(varied, set_): varied}
        asked: dict[str, Any] = {"on": on, "by": by, "figures": figure or ()}
        asked["design"] = one_of("--design", design, studies.DESIGNS)
        drawn = list(scenarios.values()) if isinstance(scenarios, dict) else scenarios
        shared.tell_effort(files[0], drawn, n)
        return studies.compare(scenarios, n, **asked, told=shared.is_told, **execution)

    shared.answer("comparison", study)


@of_record
def sensitivity(
    file: ScenarioFile,
    on: On = "lcoc",
    sobol: Annotated[
        int, option("--sobol", "N", "Also Sobol' indices, from a base sample of N (a power of 2).")
    ] = 0,
    top: Annotated[int, typer.Option(min=1, help="Values that are factors of their own in the indices.")] = 8,
    sweep: Annotated[
        Texts, repeatable("--sweep", "PATH=A:B:STEP", "Sweep a value instead, also PATH=x,y,z.")
    ] = None,
    axes: Annotated[bool, typer.Option("--axes", help="Sweep the axes the scenario names instead.")] = False,
    override: Overrides = None,
    set_: Sets = None,
    *,
    shared: Shared,
) -> None:
    """Rank uncertain values by what they do to a figure, or sweep values over a grid."""
    if sobol < 0 or sobol & (sobol - 1):
        fail(f"--sobol must be a power of 2, or 0 for none (got {sobol})")

    def study(**execution: Any) -> Any:
        scenario = loaded(file, override, set_)
        if sweep or axes:
            values = studies.parse_axes(sweep) if sweep else None
            of_axes = (one.values for one in scenario.axes) if values is None else values.values()
            points = math.prod(len(of_axis) for of_axis in of_axes)
            if not shared.resume:
                tell_effort(file, studies.effort(scenario, runs=points, processes=shared.processes))
            return studies.sweep(scenario, values, on, **execution)
        from capsim.scenario import uncertain_paths

        # two ends of each value, and for the indices a base sample twice and once more for each factor
        rows = 2 * len(uncertain_paths(scenario)) + sobol * (top + 2)
        shared.tell_effort(file, [scenario], rows)
        return studies.sensitivity(scenario, on, sobol=sobol, top=top, **execution)

    shared.answer(file, study)


COMMANDS: tuple[Callable[..., None], ...] = (
    ensemble,
    compare,
    diff,
    relief,
    sensitivity,
    solve,
    plan,
    audit,
)
"""Commands, in the order of the help."""


def _share(text: str) -> float:
    """A share written as ``2%`` or ``0.02``."""
    try:
        share = plain_number(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        fail(f"--until-ci is written 2% or 0.02 (got {text})")
    if not 0.0 < share <= 1.0:
        fail(f"--until-ci must be greater than 0 and at most 100% (got {text})")
    return share
