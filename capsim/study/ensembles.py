"""Ensemble: how sure are we? Every uncertain value and every event stream sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from capsim.errors import StudyError
from capsim.scenario import Scenario
from capsim.shown import Pictured
from capsim.study import criticality, summary
from capsim.study.columns import Rows
from capsim.study.date_spread import records_of
from capsim.study.draws import design_of
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.folder import read_results, result_of
from capsim.study.goals import Chance
from capsim.study.observe import play
from capsim.study.sampling import Plan, Sampling, sampled, spread_in, variant_of
from capsim.study.store import Store, identity, of_scenario
from capsim.study.told import Told, told_alone

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Ensemble(Pictured):
    """Labelled results of an ensemble.

    Attributes
    ----------
    figures : pandas.DataFrame
        By headline figure: the central run and its percentile in the ensemble, mean, standard
        deviation, P5 to P95, and the 95 % interval of each percentile.
    monthly : xarray.Dataset
        Percentiles of every monthly series of the portfolio, dims (percentile, month).
    monthly_intervals : xarray.Dataset
        Ends of the 95 % intervals of those percentiles, dims (end, percentile, month): `low` and `high`.
    by_site, by_site_intervals : xarray.Dataset or None
        The same with a dim `site` before the months, where asked for.
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
    monthly_intervals: xr.Dataset
    dates: pd.DataFrame
    chances: list[Chance]
    manifest: dict[str, Any]
    criticality: pd.DataFrame
    by_site: xr.Dataset | None = None
    by_site_intervals: xr.Dataset | None = None
    told: Told | None = None
    """What is to be known of the plan beside its figures, where it was kept for a report."""
    draws_from: summary.DrawsFrom | None = None
    """Gives the draws, where they were kept."""

    def __repr__(self) -> str:
        about = self.manifest
        return f"<Ensemble {about['scenario']}: {about['replications']:,} replications>"

    @cached_property
    def draws(self) -> pd.DataFrame:
        """Every replication as a row, by its number: headline figures, ``series@month``, dates in days.

        Raises
        ------
        StudyError
            If the draws were not kept.
        """
        if self.draws_from is None:
            raise StudyError("the draws were not kept: ask for them with draws=True (--draws)")
        return self.draws_from()

    def to_dict(self) -> dict[str, Any]:
        """Figures, dates, criticality, chances and manifest as plain data."""
        return {
            "manifest": self.manifest,
            "figures": self.figures.to_dict(orient="index"),
            "dates": records_of(self.dates),
            "criticality": criticality.records_of(self.criticality),
            "chances": [asdict(chance) for chance in self.chances],
            "told": None if self.told is None else self.told.to_dict(),
        }

    @classmethod
    def load(cls, folder: str | Path) -> Ensemble:
        """Results of a finished study from its folder; StudyError where there are none."""
        record = read_results(Path(folder))
        summary.check_told(record["manifest"])
        parts = summary.parts_of(record, summary.datasets_in(record, Path(folder)))
        return cls(**parts, draws_from=summary.draws_beside(record, Path(folder)))


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
    told: bool | None = None,
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
        Each value by a scrambled Sobol' sequence of its own, by a Latin hypercube, or independently.
    until_ci : float, optional
        Stop once the 95 % intervals of P10, P50 and P90 of the headline figures are within this
        share of the median. [1]
    ci_of : sequence of str
        Headline figures the stop rule looks at; all that are not constant where missing.
    by_site : bool
        Whether percentiles are also kept by site.
    draws : bool
        Whether the row of every replication is kept, as `Ensemble.draws`: ``draws.parquet`` of the folder,
        and in memory where none is named.
    fresh_weather : bool
        Whether each replication has hours of weather and price of its own, and does not join them from the
        study's bank of single years.
    told : bool, optional
        Whether warnings of the plan, the scope of its money and what would help are kept for a report; where
        a folder is named if missing.
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
    sampling = Sampling(
        n, seed, tuple(targets), design, until_ci, tuple(ci_of), by_site, draws, fresh_weather
    )
    execution = Execution(**keywords)
    sampling.check()
    variant = variant_of("", scenario, sampling)
    about = identity("ensemble", **of_scenario(scenario), **sampling.about([variant]))
    plan = Plan((variant,), design_of([scenario], seed, n, design), sampling, about)

    def compute(store: Store) -> Ensemble:
        rows = Rows(sampled(plan, store, execution), variant.layout)
        parts = spread_in(plan, variant, rows)
        if execution.folder is not None if told is None else told:
            parts["told"] = told_alone(play(scenario, seed, 0), about.get("confidential", ()))
        if execution.folder is not None:
            datasets = {name: parts[name] for name in summary.DATASETS if name in parts}
            summary.save_tables(store, datasets, {"": rows} if draws else {})
        return Ensemble(**parts, draws_from=summary.draws_kept(rows, execution.folder) if draws else None)

    return result_of(execution, about, {"": scenario}, compute, lambda store: Ensemble.load(store.folder))
