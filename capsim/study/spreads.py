"""The spread of a plan: a few dozen draws beside one projection, to say which number may be promised."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.projection import Projection, Spread
from capsim.scenario import Scenario
from capsim.study.causes import MIDDLE, ORDINARY, causes
from capsim.study.columns import Rows
from capsim.study.date_spread import QUANTILES, is_there_already, ranked, whole_spread
from capsim.study.draws import Design, design_of
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.folder import study_folder
from capsim.study.goals import chance_of
from capsim.study.sampling import Plan, Sampling, sampled, variant_of
from capsim.study.statistics import percentile_of
from capsim.vocabulary import DECLARED

DRAWS = 64
"""Draws of a spread, unless asked for otherwise."""
BAND = ("p10", "p50", "p90")
"""Percentiles of levels by month."""
JUDGED = (
    "lcoc_per_h100e_h",
    "levelised_cost_per_it_mwh",
    "capex",
    "opex",
    "h100e_h",
    "facility_gwh",
    "carbon_t",
    "water_m3",
)
"""Figures that are looked at for that: cost, compute, and what it takes."""


def with_spread(projection: Projection, n: int = DRAWS, **keywords: Unpack[ExecutionKeywords]) -> Projection:
    """A projection that knows how its plan lies among draws.

    Parameters
    ----------
    projection : Projection
        Of `capsim.simulate`; a loaded one has the spread it was saved with.
    n : int
        Number of draws of all uncertain values and event streams.
    **keywords
        ``processes``, ``dask`` and ``progress``, as in `capsim.study.execution.Execution`.

    Returns
    -------
    projection : Projection
        The same, with `Projection.spread`.

    Raises
    ------
    StudyError
        If there is no draw, or the projection was loaded and not simulated.
    """
    run = projection.run
    if run is None:
        raise StudyError("a saved projection has no run to draw from: load its scenario and simulate it")
    sampling = Sampling(n, run.seed, (), "sobol", None, (), by_site=False, draws=False)
    execution = Execution(**keywords)
    sampling.check()
    variant = variant_of("", run.scenario, sampling, run)
    plan = Plan((variant,), design_of([run.scenario], run.seed, n, "sobol"), sampling, {})
    with study_folder(execution, plan.about) as store:
        rows = Rows(sampled(plan, store, execution), variant.layout)
        figures = rows.figures()
        central = dict(zip(variant.layout.figures, variant.central.tolist(), strict=False))
        spread = Spread(
            n,
            {name: _of_figure(name, values, central[name], projection) for name, values in figures.items()},
            _of_dates(run.scenario, rows, variant.central),
            _outside(run.scenario, plan.drawn, central, figures),
            whole_spread(run.scenario, rows, variant.central),
            [asdict(chance_of(goal, run.scenario, rows)) for goal in variant.goals],
            _by_month(run.scenario, rows),
        )
    return projection.with_views(spread=spread)


def _of_figure(name: str, values: NDArray[np.float64], at: float, projection: Projection) -> dict[str, float]:
    """The plan and the percentiles of a headline figure; a budget's contingency."""
    numbers = values[~np.isnan(values)]
    quantiles = {p: float(np.quantile(numbers, q)) if numbers.size else np.nan for p, q in QUANTILES.items()}
    row = {"plan": at, "plan_percentile": percentile_of(at, values), **quantiles}
    declared = DECLARED["headline"].values()
    budget = {m.named(projection.currency) for m in declared if m.is_money and m.better == "lower"}
    if name in budget:
        row["contingency"] = quantiles["p80"] - at
    return row


def _by_month(scenario: Scenario, rows: Rows) -> dict[str, dict[str, list[float]]]:
    """Percentiles of the levels that a picture of the capacity shows, by series and month."""
    levels = {}
    for name in ("accelerators", f"h100e_{scenario.h100e}", "critical_it_mw"):
        of = rows.layout.months_of(rows.layout.columns(name))
        draws = rows.columns(of.start, of.stop)
        levels[name] = {p: np.quantile(draws, q, axis=1).tolist() for p, q in QUANTILES.items() if p in BAND}
    return levels


def _of_dates(scenario: Scenario, rows: Rows, central: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Dates of phases that are not there at the start; one that never comes is later than all others."""
    layout, records = rows.layout, []
    for first, values in rows.chunks(layout.first_date, layout.first_activity):
        for column, days in enumerate(values, first):
            if is_there_already(days, central[column]):
                continue
            key = layout.dates[column - layout.first_date]
            named = dict(zip(("site", "phase", "milestone"), key, strict=True))
            records.append(named | ranked(scenario, days, central[column]))
    return records


def _outside(
    scenario: Scenario,
    drawn: Design,
    central: dict[str, float],
    figures: dict[str, NDArray[np.float64]],
) -> dict[str, list[str]]:
    """What moves the draws away from the plan, of judged figures where it is no ordinary draw."""
    names = {DECLARED["headline"][name].named(scenario.currency.code) for name in JUDGED}
    judged = {
        name: values
        for name, values in figures.items()
        if name in names and _is_extreme(percentile_of(central[name], values))
    }
    return causes(scenario, drawn, central, judged)


def _is_extreme(percentile: float) -> bool:
    """Whether a plan is no ordinary draw; not where there is nothing to compare."""
    return abs(percentile - MIDDLE) > ORDINARY
