"""Ensemble: how sure are we? Every uncertain value and every event stream sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.scenario.draws.sample import sample
from capsim.scenario.records.schema import Scenario
from capsim.study import summary
from capsim.study.central import Drivers, drivers
from capsim.study.date_spread import date_spread, records_of
from capsim.study.draws import Design, design_of
from capsim.study.folder import study_folder
from capsim.study.goals import Goal, columns_of, goals_of, metric_name, parse_goal, reading
from capsim.study.observe import Detail, Layout, layout_of, observe, play
from capsim.study.runner import Progress, block_count, collect
from capsim.study.statistics import probability_interval, relative_half_width
from capsim.study.store import Store, identity

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FIRST_LOOK = 64
"""Replications after which a study with a stop rule looks for the first time; then at each doubling."""


@dataclass(frozen=True)
class Replications:
    """Task: a row is a replication of one scenario after another, under common random numbers."""

    scenarios: tuple[Scenario, ...]
    design: Design
    seed: int
    n_columns: int
    detail: Detail = "portfolio"

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some replications."""
        drawn = self.design.rows(first, count)
        return np.array([self._row(first + i, p) for i, p in enumerate(drawn)])

    def _row(self, replication: int, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        probabilities = dict(zip(self.design.paths, map(float, drawn), strict=True))
        return np.concatenate([self._observed(s, replication, probabilities) for s in self.scenarios])

    def _observed(
        self, scenario: Scenario, replication: int, probabilities: dict[str, float]
    ) -> NDArray[np.float64]:
        sampled = sample(scenario, self.seed, replication, probabilities)
        return observe(play(sampled, self.seed, replication), self.detail)


@dataclass(frozen=True)
class Chance:
    """How often a goal was met."""

    goal: str
    """The goal in words."""
    target: str
    """Target of the scenario it is from; empty where it was asked for."""
    probability: float
    """Share of replications that meet it. [1]"""
    low: float
    """Lower end of the 95 % interval of the probability. [1]"""
    high: float
    """Upper end of it. [1]"""
    p10: float
    """What nine in ten replications exceed."""
    p50: float
    """What half of the replications exceed."""
    p90: float
    """What one in ten replications exceeds."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Labelled results of an ensemble.

    Attributes
    ----------
    figures : pandas.DataFrame
        By headline figure: the central run and its percentile in the ensemble, mean, standard
        deviation, P5 to P95, and the 95 % interval of each percentile.
    monthly : xarray.Dataset
        Percentiles of every monthly series of the portfolio, dims (percentile, month), and the ends
        of their 95 % intervals under the series' name with ``_low`` and ``_high``.
    by_site : xarray.Dataset or None
        The same with dims (percentile, site, month), where asked for.
    dates : pandas.DataFrame
        By site, phase and milestone (`capsim.vocabulary.DATES`): the date in the central run and its
        percentile in the ensemble, P5 to P95 with the 95 % interval of each, all NaT where not inside
        the horizon, and ``never_share``, the share of draws in which it never is. [1] What is there
        at the start in all of them is left out.
    chances : list of Chance
        How often each goal was met.
    manifest : dict
        What the study was, the replications done, how far percentiles are converged, and under
        ``central_outside`` what moves draws away from central figures outside P5 to P95.
    """

    figures: pd.DataFrame
    monthly: xr.Dataset
    dates: pd.DataFrame
    chances: list[Chance]
    manifest: dict[str, Any]
    by_site: xr.Dataset | None = None

    def to_dict(self) -> dict[str, Any]:
        """Figures, dates, chances and manifest as plain data."""
        return {
            "manifest": self.manifest,
            "figures": self.figures.to_dict(orient="index"),
            "dates": records_of(self.dates),
            "chances": [asdict(chance) for chance in self.chances],
        }

    @classmethod
    def load(cls, folder: str | Path) -> Ensemble:
        """Results of a finished study from its folder; StudyError where there are none."""
        loaded: Ensemble = summary.load(cls, Path(folder))
        return loaded


@dataclass(frozen=True)
class _Plan:
    """What an ensemble is to do."""

    scenario: Scenario
    n: int
    seed: int
    design: str = "sobol"
    goals: tuple[Goal, ...] = ()
    until_ci: float | None = None
    ci_of: tuple[str, ...] = ()
    by_site: bool = False
    draws: bool = False

    @cached_property
    def central(self) -> tuple[Layout, NDArray[np.float64]]:
        """Layout, and the row of the scenario as it is."""
        run = play(self.scenario, self.seed, 0)
        return layout_of(run, self.detail), observe(run, self.detail)

    @property
    def detail(self) -> Detail:
        """How much of a run is kept."""
        return "sites" if self.by_site else "dates"

    def about(self) -> dict[str, Any]:
        """What makes the study the same study."""
        return identity(
            "ensemble",
            scenario=self.scenario.name,
            digest=self.scenario.digest,
            catalog=self.scenario.catalog.version,
            seed=self.seed,
            n=self.n,
            design=self.design,
            goals=[str(goal) for goal in self.goals],
            until_ci=self.until_ci,
            ci_of=list(self.ci_of),
            by_site=self.by_site,
            draws=self.draws,
        )


def ensemble(
    scenario: Scenario,
    n: int = 256,
    *,
    seed: int = 0,
    targets: Sequence[str] = (),
    design: str = "sobol",
    until_ci: float | None = None,
    ci_of: Sequence[str] = (),
    by_site: bool = False,
    folder: str | Path | None = None,
    resume: bool = False,
    draws: bool = False,
    processes: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Sample a scenario's uncertain values and event streams, and say how its results spread.

    Parameters
    ----------
    scenario : Scenario
        Loaded with `capsim.load`.
    n : int
        Replications, at most; a power of 2 suits the Sobol' design.
    seed : int
        Seed of the study: the same seed gives the same bytes, however the work is divided.
    targets : sequence of str
        Goals such as ``"h100e_8bit>=288000 by 2029-12"``, beside the scenario's own targets.
    design : {"sobol", "lhs", "random"}
        Scrambled Sobol' sequence, Latin hypercube, or independent draws.
    until_ci : float, optional
        Stop once the 95 % intervals of P10, P50 and P90 of the headline figures are within this
        share of the median. [1]
    ci_of : sequence of str
        Headline figures the stop rule looks at; all that are not constant where missing.
    by_site : bool
        Whether percentiles are also kept by site.
    folder : str or Path, optional
        Folder of the study: what is done is kept in it, and the results.
    resume : bool
        Whether to go on with the study in the folder.
    draws : bool
        Whether the row of every replication is kept, as ``draws.parquet`` in the folder.
    processes : int, optional
        Processes to use; as many as there are processors where missing.
    dask : str, optional
        Address of a Dask scheduler to use instead.
    progress : callable, optional
        Called with rows done, rows in all, and the estimated seconds left.

    Returns
    -------
    ensemble : Ensemble
        Percentiles, probabilities and their intervals.

    Raises
    ------
    StudyError
        If the study cannot be done as asked, or its folder is damaged or another study's.
    """
    goals = (*goals_of(scenario), *map(parse_goal, targets))
    plan = _Plan(scenario, n, seed, design, goals, until_ci, tuple(ci_of), by_site, draws)
    _check(plan, folder)
    drawn = design_of([scenario], seed, n, design)
    with study_folder(folder, plan.about(), resume=resume) as store:
        if store.is_finished:
            return Ensemble.load(store.folder)
        task = Replications((scenario,), drawn, seed, plan.central[0].n_columns, plan.detail)
        done = _compute(plan, task, store, processes=processes, dask=dask, progress=progress)
        result = _summarised(plan, store, done)
        if folder is not None:
            summary.save(result, store, plan.central[0], done, draws=draws)
        return result


def _check(plan: _Plan, folder: str | Path | None) -> None:
    if not plan.n >= 1:
        raise StudyError(f"an ensemble has at least one replication (got {plan.n})")
    if plan.until_ci is not None and not plan.until_ci > 0:
        raise StudyError(f"the interval to stop at must be greater than 0 (got {plan.until_ci})")
    if plan.draws and folder is None:
        raise StudyError("draws are kept in a folder; name one (--out DIR, or folder=)")
    for goal in plan.goals:
        columns_of(goal, plan.central[0], plan.scenario)
    for name in plan.ci_of:
        metric_name(name, plan.central[0], plan.scenario, dated=False)


def _compute(
    plan: _Plan,
    task: Replications,
    store: Store,
    *,
    processes: int | None,
    dask: str | None,
    progress: Progress | None,
) -> int:
    """Compute replications until there are enough; return how many."""
    looks = [plan.n]
    if plan.until_ci is not None:
        doubled = (FIRST_LOOK * 2**k for k in range(plan.n.bit_length()))
        looks = [*(look for look in doubled if look < plan.n), plan.n]
    done = 0
    for look in looks:
        collect(task, store, look, processes=processes, dask=dask, progress=progress, start_at=done)
        done = look
        if plan.until_ci is not None and converged_to(plan, store, done) <= plan.until_ci:
            break
    return done


def converged_to(plan: _Plan, store: Store, n: int) -> float:
    """Widest relative half-interval of the figures the stop rule looks at. [1]"""
    layout, _ = plan.central
    figures = store.columns(range(block_count(n)), 0, len(layout.figures))
    wanted = {metric_name(name, layout, plan.scenario, dated=False) for name in plan.ci_of}
    widths = [
        relative_half_width(column)
        for name, column in zip(layout.figures, figures.T, strict=True)
        if (not wanted or name in wanted) and not np.isnan(column).all()
    ]
    return max(widths, default=0.0)


def _summarised(plan: _Plan, store: Store, n: int) -> Ensemble:
    layout, central = plan.central
    blocks = range(block_count(n))
    percentiles = summary.all_percentiles(store, blocks, n, layout.first_date)
    figures = store.columns(blocks, 0, len(layout.figures))
    table = summary.figures_table(layout, central, figures)
    design = design_of([plan.scenario], plan.seed, n, plan.design)
    manifest = plan.about() | {
        "title": plan.scenario.title,
        "start": plan.scenario.start.isoformat(),
        "horizon_years": plan.scenario.horizon_years,
        "replications": n,
        "uncertain_values": len(design.paths),
        "central_outside": central_outside(plan, design, table, figures),
        "converged_to": converged_to(plan, store, n),
    }
    return Ensemble(
        figures=table,
        monthly=summary.monthly_percentiles(plan.scenario, layout, percentiles),
        dates=date_spread(plan.scenario, layout, central, store, blocks, n),
        chances=[chance(goal, plan, store, n) for goal in plan.goals],
        manifest=manifest,
        by_site=summary.site_percentiles(plan.scenario, layout, percentiles) if plan.by_site else None,
    )


def central_outside(
    plan: _Plan, design: Design, table: pd.DataFrame, figures: NDArray[np.float64]
) -> Drivers:
    """What moves draws away from the central run, for each figure where it is outside P5 to P95."""
    outside = (table["central"] < table["p5"]) | (table["central"] > table["p95"])
    columns = {str(name): figures[:, i] for i, name in enumerate(table.index) if outside.iloc[i]}
    return drivers(plan.scenario, design, table["central"], columns)


def chance(goal: Goal, plan: _Plan, store: Store, n: int) -> Chance:
    """How often a goal is met in the rows of a study."""
    start, stop, fold = columns_of(goal, plan.central[0], plan.scenario)
    reached = reading(goal, store.columns(range(block_count(n)), start, stop), fold)
    met = int(goal.is_met(reached).sum())
    low, high = probability_interval(met, n)
    p10, p50, p90 = (float(p) for p in np.quantile(reached, (0.1, 0.5, 0.9)))
    return Chance(str(goal), goal.name, met / n, low, high, p10, p50, p90)
