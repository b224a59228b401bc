"""The commands whose answer is one plan or one verdict: solve, plan, relief, audit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsim import projection, report
from capsim import study as studies
from capsim.cli_reports import check_files, write_shown
from capsim.magnitudes import magnitude_of
from capsim.terminal import (
    All,
    AsJson,
    Counter,
    Overrides,
    Plot,
    Public,
    ReportFile,
    ScenarioFile,
    Sets,
    Text,
    console,
    fail,
    loaded,
    of_record,
    option,
    print_json,
    print_whole,
    progress,
    reading,
    reported,
    tell_effort,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

    from capsim.projection import Projection
    from capsim.scenario import Scenario

Seed = Annotated[int, typer.Option(min=0, help="Seed of the study.")]
Processes = Annotated[
    int | None, typer.Option("--processes", min=1, help="Processes to use; all if missing and it takes long.")
]
Study = Callable[[Counter], Any]
"""Carries a study out, and says how far it is."""


def _section(name: str, what: str) -> Any:
    return typer.Option(f"--{name}", help=f"Show {what} of the answer.")


@dataclass(frozen=True)
class Shown:
    """How the result of a study is shown."""

    as_json: bool = False
    plot: str | None = None
    page: str | None = None
    is_public: bool = False
    is_all: bool = False
    kept: str = "nothing was kept"
    """What is said of what was done where it is interrupted."""


@dataclass(frozen=True)
class Asked:
    """Options of an answer that is a plan, in the order of the help."""

    seed: Seed = 0
    page: ReportFile = None
    public: Public = False
    as_json: AsJson = False
    years: Annotated[bool, _section("years", "capacity, power, energy, carbon, water and money by year")] = (
        False
    )
    milestones: Annotated[bool, _section("milestones", "the dates of every phase")] = False
    halls: Annotated[bool, _section("halls", "every hall")] = False
    binding: Annotated[bool, _section("binding", "what is not ready, what waits, and what would help,")] = (
        False
    )
    money: Annotated[bool, _section("money", "costs and returns, and who pays what,")] = False
    findings: Annotated[bool, _section("findings", "targets, and the projection in plain words,")] = False
    all_: Annotated[bool, typer.Option("--all", help="Show all of these behind the first screen.")] = False

    @property
    def names(self) -> list[str]:
        """Sections that are asked for."""
        names = ("years", "milestones", "halls", "binding", "money", "findings")
        return [name for name in names if self.all_ or getattr(self, name)]

    def answer(
        self, what: str, study: Study, answered: Callable[[Any], Scenario], asked: Callable[[], Scenario]
    ) -> None:
        """Carry out a study and show its answer, with the sections of the plan that it comes to.

        Parameters
        ----------
        what : str
            What progress is told of.
        study, answered, asked : callable
            Give the result, the plan that it comes to, and the plan that it is asked of.
        """

        def sections(result: Any, counter: Counter) -> RenderableType:
            from capsim.pipeline import simulate

            made = simulate(answered(result), self.seed)
            relief = None
            if "binding" in self.names and made.run is not None:
                relief = studies.first_reliefs(made.run, counter.of("limits lifted"))
            return report.summary(made, relief, console=console(), names=self.names)

        shown = Shown(self.as_json, None, self.page, is_public=self.public, is_all=self.all_)
        answer(
            what,
            study,
            shown,
            plan=asked,
            more=sections if self.names else None,
        )


@of_record
def solve(
    file: ScenarioFile,
    vary: Annotated[str, option("--vary", "PATH", "Dotted path of a number or date to vary.")],
    until: Annotated[str, option("--until", "GOAL", 'Goal, such as "h100e_8bit=288000 at 2030-01".')],
    low: Annotated[Text, typer.Option(help="Lower end of the values looked at.")] = None,
    high: Annotated[Text, typer.Option(help="Upper end of them.")] = None,
    override: Overrides = None,
    set_: Sets = None,
    *,
    shared: Asked,
) -> None:
    """Find the value of one input at which a result reaches a goal."""

    def study(progress: Counter) -> Any:
        least, most = (None if end is None else studies.scalar(end) for end in (low, high))
        scenario = loaded(file, override, set_)
        tell_effort(file, studies.effort(scenario, runs=studies.USUAL_RUNS, processes=1))
        return studies.solve(scenario, vary, until, low=least, high=most, seed=shared.seed, progress=progress)

    def answered(result: Any) -> Scenario:
        from capsim.scenario import override as changed

        return changed(loaded(file, override, set_), {vary: result.best})

    shared.answer(file, study, answered, lambda: loaded(file, override, set_))


@of_record
def plan(
    file: Annotated[str, typer.Argument(metavar="OPTIONS", help="Plan file (YAML): slots and options.")],
    processes: Processes = None,
    *,
    shared: Asked,
) -> None:
    """Choose systems, sizes and dates that meet a goal at least cost; the answer is simulated."""

    def study(progress: Counter) -> Any:
        with reading(file, "plan"):
            options = studies.load_options(file)
            runs = studies.plan_runs(options)
            tell_effort(file, studies.effort(loaded(options.scenario), runs=runs, processes=processes))
            return studies.plan(options, seed=shared.seed, processes=processes, progress=progress)

    def answered(result: Any) -> Scenario:
        from capsim.scenario import override as changed

        return changed(loaded(studies.load_options(file).scenario), result.changes)

    shared.answer(file, study, answered, lambda: loaded(studies.load_options(file).scenario))


def relief(
    file: ScenarioFile,
    by: Annotated[str, option("--by", "FIGURE", "Figure that ranks; compute if missing.")] = "",
    band: Annotated[float, option("--band", "MONTHS", "Float up to which a path is near-critical.")] = 1.0,
    out: Annotated[Text, option("--out", "DIR", "Keep the results in a new folder.")] = None,
    seed: Seed = 0,
    override: Overrides = None,
    set_: Sets = None,
    plot: Plot = None,
    page: ReportFile = None,
    public: Public = False,
    as_json: AsJson = False,
    all_: All = False,
) -> None:
    """Lift each limit of a plan, and show what that gains, the ladder of the best, and float."""
    if not 0.0 <= band < math.inf:
        fail(f"--band must be a number of months, 0 or more (got {band:g})")
    if too_far := magnitude_of("months").fault(band):
        fail(f"--band {too_far} (got {band:g})")

    def study(progress: Counter) -> Any:
        scenario = loaded(file, override, set_)
        tell_effort(file, studies.relief_effort(scenario))
        return studies.relief(scenario, seed=seed, by=by, band_months=band, folder=out, progress=progress)

    shown = Shown(as_json, plot, page, is_public=public, is_all=all_)
    answer(file, study, shown, plan=lambda: loaded(file, override, set_))


def audit(
    files: Annotated[list[str], typer.Argument(metavar="CLAIM", help="Claim files (YAML).")],
    plot: Plot = None,
    page: ReportFile = None,
    public: Public = False,
    as_json: AsJson = False,
    all_: All = False,
    table: Annotated[
        bool, typer.Option("--table", help="One row a claim: what it states, and what decides it.")
    ] = False,
) -> None:
    """Hold an announcement against reference builds, and find the readings that make it true."""

    def one(file: str) -> Any:
        with reading(file, "claim"):
            return studies.audit(file)

    if public:
        fail(report.A_CLAIM)
    if not table:
        if len(files) > 1:
            fail("several claims are read as one table: add --table")
        shown = Shown(as_json, plot, page, is_all=all_, kept="nothing more was written")
        answer(files[0], lambda _: one(files[0]), shown)
        return
    if page is not None or plot is not None or all_:
        fail("--table excludes --report, --plot and --all")
    audits = [one(file) for file in files]
    if as_json:
        print_json(projection.finite([audit.to_dict() for audit in audits]))
    else:
        print_whole(report.audit_table(audits))


def answer(
    what: str,
    study: Study,
    shown: Shown,
    *,
    plan: Callable[[], Scenario] | None = None,
    more: Callable[[Any, Counter], RenderableType] | None = None,
) -> None:
    """Carry out a study and show its result; say how far it is, and what goes wrong.

    `plan` gives the scenario that a public page is of. `more` makes what is asked for by name, in place of
    the first screen or, with `is_all`, behind it.
    """
    if shown.as_json and (shown.is_all or more is not None):
        fail(f"--json and {'--all' if shown.is_all else 'a section such as --years'} exclude one another")
    check_files(shown.plot, shown.page, is_public=shown.is_public)
    with reported(f"interrupted, {shown.kept}"):
        with progress(what) as counter:
            result = study(counter)
            sections = None if more is None else more(result, counter)
        if shown.as_json:
            print_json(projection.finite(result.to_dict()))
        elif sections is not None:
            if shown.is_all:
                print_whole(report.study_opening(result, is_alone=False))
                typer.echo()
            print_whole(sections)
        else:
            print_whole((report.study_summary if shown.is_all else report.study_opening)(result))
        public_of = _projected(plan) if shown.is_public else None
        write_shown(result, shown.plot, shown.page, is_public=shown.is_public, plan=public_of)


def _projected(plan: Callable[[], Scenario] | None) -> Projection | None:
    """The plan that an answer is asked of, whose texts tell what is confidential."""
    from capsim.pipeline import simulate

    return None if plan is None else simulate(plan())
