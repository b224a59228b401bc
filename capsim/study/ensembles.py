"""Ensemble: how sure are we? Every uncertain value and every event stream sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.scenario import Scenario
from capsim.study import criticality, summary
from capsim.study.central import Drivers, drivers
from capsim.study.date_spread import date_spread, records_of
from capsim.study.draws import Design, design_of
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.folder import read_results, result_of
from capsim.study.goals import Chance, Goal, chance_of, columns_of, goals_of, metric_name, parse_goal
from capsim.study.observe import Detail, Layout, layout_of, observe, play
from capsim.study.runner import collect
from capsim.study.statistics import relative_half_width
from capsim.study.store import Rows, Store, identity, of_scenario
from capsim.study.tasks import Replications

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FIRST_LOOK = 64
"""Replications after which a study with a stop rule looks for the first time; then at each doubling."""


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
    criticality : pandas.DataFrame
        By site, phase and activity on the way to it: how often it decides the date, and how its duration goes
        with that, as in `capsim.study.criticality.criticality`.
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
    criticality: pd.DataFrame
    by_site: xr.Dataset | None = None

    def to_dict(self) -> dict[str, Any]:
        """Figures, dates, criticality, chances and manifest as plain data."""
        return {
            "manifest": self.manifest,
            "figures": self.figures.to_dict(orient="index"),
            "dates": records_of(self.dates),
            "criticality": criticality.records_of(self.criticality),
            "chances": [asdict(chance) for chance in self.chances],
        }

    @classmethod
    def load(cls, folder: str | Path) -> Ensemble:
        """Results of a finished study from its folder; StudyError where there are none."""
        return cls(**summary.parts_of(read_results(Path(folder)), Path(folder)))


@dataclass(frozen=True)
class _Plan:
    """What an ensemble is to do."""

    scenario: Scenario
    layout: Layout
    central: NDArray[np.float64]
    """Row of the scenario as it is."""
    drawn: Design
    goals: tuple[Goal, ...]
    until_ci: float | None
    looked_at: frozenset[str]
    """Figures the stop rule looks at; all where empty."""
    about: dict[str, Any]
    """What makes the study the same study."""
    task: Replications
    """What computes its rows."""


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
    draws: bool = False,
    fresh_weather: bool = False,
    **keywords: Unpack[ExecutionKeywords],
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
    draws : bool
        Whether the row of every replication is kept, as ``draws.parquet`` in the folder.
    fresh_weather : bool
        Whether each replication has hours of weather and price of its own, and does not join them from the
        study's bank of single years.
    **keywords
        ``folder``, ``resume``, ``processes``, ``dask`` and ``progress``: how it is carried out, as in
        `capsim.study.execution.Execution`.

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
    execution = Execution(**keywords)
    _check(n, until_ci, has_place=execution.folder is not None or not draws)
    detail: Detail = "sites" if by_site else "dates"
    run = play(scenario, seed, 0)
    layout = layout_of(run, detail)
    for goal in goals:
        columns_of(goal, layout, scenario)
    looked_at = frozenset(metric_name(name, layout, scenario, dated=False) for name in ci_of)
    what = {"seed": seed, "n": n, "design": design, "goals": [str(goal) for goal in goals]}
    what |= {"until_ci": until_ci, "ci_of": list(ci_of), "by_site": by_site, "draws": draws}
    what |= {"fresh_weather": fresh_weather}
    about = identity("ensemble", **of_scenario(scenario), **what)
    drawn = design_of([scenario], seed, n, design)
    task = Replications((scenario,), drawn, layout.n_columns, detail, fresh_weather)
    plan = _Plan(scenario, layout, observe(run, detail), drawn, goals, until_ci, looked_at, about, task)

    def compute(store: Store) -> Ensemble:
        rows = _computed(plan, store, execution)
        result = _summarised(plan, rows)
        if execution.folder is not None:
            datasets = {"monthly": result.monthly, "by_site": result.by_site}
            summary.save_tables(datasets, rows, draws=draws)
        return result

    return result_of(execution, about, compute, lambda store: Ensemble.load(store.folder))


def _check(n: int, until_ci: float | None, *, has_place: bool) -> None:
    if not n >= 1:
        raise StudyError(f"an ensemble has at least one replication (got {n})")
    if until_ci is not None and not until_ci > 0:
        raise StudyError(f"the interval to stop at must be greater than 0 (got {until_ci})")
    if not has_place:
        raise StudyError("draws are kept in a folder; name one (--out DIR, or folder=)")


def _computed(plan: _Plan, store: Store, execution: Execution) -> Rows:
    """Compute replications until there are enough."""
    most, rows = plan.drawn.n, Rows(store, 0, plan.layout)
    doubled = (FIRST_LOOK * 2**k for k in range(most.bit_length() if plan.until_ci is not None else 0))
    for look in (*(look for look in doubled if look < most), most):
        collect(plan.task, store, look, execution, start_at=rows.n)
        rows = Rows(store, look, plan.layout)
        # Looked at between rounds only, so that where it stops does not hang on the processes.
        if plan.until_ci is not None and _converged_to(plan, rows) <= plan.until_ci:
            break
    return rows


def _converged_to(plan: _Plan, rows: Rows) -> float:
    """Widest relative half-interval of the figures the stop rule looks at. [1]"""
    widths = [
        relative_half_width(values)
        for name, values in rows.figures().items()
        if name in (plan.looked_at or plan.layout.figures) and not np.isnan(values).all()
    ]
    return max(widths, default=0.0)


def _summarised(plan: _Plan, rows: Rows) -> Ensemble:
    scenario, layout = plan.scenario, plan.layout
    percentiles, figures = summary.all_percentiles(rows), rows.figures()
    table = summary.figures_table(plan.central, figures)
    manifest = plan.about | {
        "title": scenario.title,
        "start": scenario.start.isoformat(),
        "horizon_years": scenario.horizon_years,
        "replications": rows.n,
        "uncertain_values": len(plan.drawn.paths),
        "central_outside": _central_outside(plan, table, figures),
        "converged_to": _converged_to(plan, rows),
    }
    return Ensemble(
        figures=table,
        monthly=summary.monthly_percentiles(scenario, layout, percentiles),
        dates=date_spread(scenario, plan.central, rows),
        chances=[chance_of(goal, scenario, rows) for goal in plan.goals],
        manifest=manifest,
        criticality=criticality.criticality(rows),
        by_site=summary.site_percentiles(scenario, layout, percentiles)
        if plan.task.detail == "sites"
        else None,
    )


def _central_outside(plan: _Plan, table: pd.DataFrame, figures: dict[str, NDArray[np.float64]]) -> Drivers:
    """What moves draws away from the central run, for each figure where it is outside P5 to P95."""
    outside = table[(table["central"] < table["p5"]) | (table["central"] > table["p95"])].index
    return drivers(
        plan.scenario, plan.drawn, table["central"], {str(name): figures[name] for name in outside}
    )
