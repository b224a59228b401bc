"""Sample the variants of a study until there are replications enough, and say how each spreads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError, whole
from capsim.projection import Run
from capsim.scenario import Scenario, drawn_together, hold
from capsim.study import criticality, summary
from capsim.study.central import Drivers, drivers
from capsim.study.columns import Rows, Table
from capsim.study.date_spread import date_spread, whole_spread
from capsim.study.draws import Design
from capsim.study.execution import Execution
from capsim.study.figures_of_rows import Kept, OneRow, headline_of, values_of
from capsim.study.goals import chance_of, goals_of
from capsim.study.headings import heading_of
from capsim.study.observe import Layout, play
from capsim.study.runner import collect
from capsim.study.statistics import relative_half_width
from capsim.study.store import Store
from capsim.study.tasks import Replications
from capsim.vocabulary import DATED, Asked, Goal, parse_goal

if TYPE_CHECKING:
    import pandas as pd

FIRST_LOOK = 64
"""Replications after which a study with a stop rule looks for the first time; then at each doubling."""


@dataclass(frozen=True)
class Variant:
    """A scenario that is sampled, and what its rows are."""

    name: str
    """Name among the variants of a grid; empty where it is the only one."""
    scenario: Scenario
    layout: Layout
    central: NDArray[np.float64]
    """Row of the scenario as it is."""
    goals: tuple[Goal, ...]
    looked_at: frozenset[str]
    """Figures the stop rule looks at; all where empty."""


@dataclass(frozen=True)
class Sampling:
    """What users say of how scenarios are sampled, and what they ask of them."""

    n: int
    """Replications, at most."""
    seed: int
    targets: tuple[str, ...]
    """Goals in words, beside those of the scenarios."""
    design: str
    until_ci: float | None
    """Half-interval at which the study stops, over the median. [1]"""
    ci_of: tuple[str, ...]
    by_site: bool
    draws: bool
    fresh_weather: bool = False
    asked: tuple[Asked, ...] = ()
    """Figures in words that are kept beside the headline figures."""

    def kept(self, goals: Iterable[Goal]) -> Kept:
        """What is kept of a run of a scenario with some goals: each site's series where one is of a site."""
        of_places = any(goal.figure.of and goal.figure.name not in DATED for goal in goals)
        return Kept("sites" if self.by_site or of_places else "dates", self.asked)

    def check(self) -> None:
        """Raise StudyError where it cannot be done."""
        whole("seed", self.seed)
        if not self.n >= 1:
            raise StudyError(f"an ensemble has at least one replication (got {self.n})")
        if self.until_ci is not None and not 0 < self.until_ci <= 1:
            raise StudyError(
                f"the interval to stop at must be greater than 0 and at most 1 (got {self.until_ci})"
            )

    def about(self, variants: Sequence[Variant]) -> dict[str, Any]:
        """What of it makes a study the same study."""
        goals = [str(goal) for variant in variants for goal in variant.goals]
        what = {"seed": self.seed, "n": self.n, "design": self.design, "goals": goals}
        asked = {"until_ci": self.until_ci, "ci_of": list(self.ci_of)}
        kept = {"by_site": self.by_site, "draws": self.draws, "fresh_weather": self.fresh_weather}
        return {**what, **asked, **kept}


@dataclass(frozen=True)
class Plan:
    """What a study of variants is to do."""

    variants: tuple[Variant, ...]
    drawn: Design
    sampling: Sampling
    about: dict[str, Any]
    """What makes the study the same study."""


def variant_of(name: str, scenario: Scenario, sampling: Sampling, run: Run | None = None) -> Variant:
    """A scenario with its goals and its central run, played where it is not known.

    Raises
    ------
    StudyError
        If it has not what is asked for.
    """
    hold(scenario)
    # first what is asked for beside the file: of many goals a screen shows the first
    goals = (*map(parse_goal, sampling.targets), *goals_of(scenario))
    run = run or play(scenario, sampling.seed, 0)
    kept = sampling.kept(goals)
    layout, central = kept.layout(run), kept.row(run)
    try:
        for goal in goals:
            values_of(goal.figure, OneRow(layout, central), scenario)
        looked_at = frozenset(headline_of(of, layout, scenario) for of in sampling.ci_of)
    except StudyError as error:
        raise StudyError(f"{name}: {error}" if name else str(error)) from None
    return Variant(name, scenario, layout, central, goals, looked_at)


def sampled(plan: Plan, store: Store, execution: Execution) -> Table:
    """Compute replications of all variants until there are enough."""
    variants, until_ci, done = plan.variants, plan.sampling.until_ci, 0
    width = max(variant.layout.n_columns for variant in variants)
    scenarios, of_sampling = tuple(v.scenario for v in variants), plan.sampling
    kept = tuple(of_sampling.kept(v.goals) for v in variants)
    task = Replications(scenarios, plan.drawn, width, kept, of_sampling.fresh_weather)
    for look in _looks(plan.sampling):
        collect(task, store, look * len(variants), execution, start_at=done)
        table, done = Table(store, look, width, len(variants)), look * len(variants)
        # Looked at between rounds only, so that where it stops does not hang on the processes.
        if until_ci is not None and max(_converged_to(*pair) for pair in _rows_of(plan, table)) <= until_ci:
            break
    return table


def _looks(sampling: Sampling) -> Iterator[int]:
    """Replications after which is looked whether there are enough; all of them come last."""
    look = FIRST_LOOK
    while sampling.until_ci is not None and look < sampling.n:
        yield look
        look *= 2
    yield sampling.n


def _rows_of(plan: Plan, table: Table) -> Iterator[tuple[Variant, Rows]]:
    return ((v, Rows(table, v.layout, place)) for place, v in enumerate(plan.variants))


def _converged_to(variant: Variant, rows: Rows) -> float:
    """Widest relative half-interval of the figures the stop rule looks at. [1]"""
    widths = [
        relative_half_width(values)
        for name, values in rows.figures().items()
        if name in (variant.looked_at or variant.layout.figures) and not np.isnan(values).all()
    ]
    return max(widths, default=0.0)


def spread_in(plan: Plan, variant: Variant, rows: Rows) -> dict[str, Any]:
    """How the replications of a variant spread: the parts of an ensemble."""
    scenario, layout = variant.scenario, variant.layout
    percentiles, figures = summary.all_percentiles(rows), rows.figures()
    table = summary.figures_table(variant.central, figures)
    of_series = {"": percentiles[0], summary.INTERVALS: percentiles[1:]}
    made = {f"monthly{k}": summary.monthly_percentiles(scenario, layout, v) for k, v in of_series.items()}
    if plan.sampling.by_site:
        made |= {f"by_site{k}": summary.site_percentiles(scenario, layout, v) for k, v in of_series.items()}
    manifest = plan.about | {
        "start": scenario.start.isoformat(),
        "horizon_years": scenario.horizon_years,
        "replications": rows.n,
        "uncertain_values": len(drawn_together(scenario)),
        "central_outside": _central_outside(plan, variant, table, figures),
        "converged_to": _converged_to(variant, rows),
        **heading_of(scenario),
        "whole": whole_spread(scenario, rows, variant.central),
    }
    return {
        "figures": table,
        **made,
        "dates": date_spread(scenario, variant.central, rows),
        "chances": [chance_of(goal, scenario, rows) for goal in variant.goals],
        "manifest": manifest,
        "criticality": criticality.criticality(rows),
    }


def _central_outside(
    plan: Plan, variant: Variant, table: pd.DataFrame, figures: dict[str, NDArray[np.float64]]
) -> Drivers:
    """What moves draws away from the central run, for each figure where it is outside P5 to P95."""
    outside = table[(table["central"] < table["p5"]) | (table["central"] > table["p95"])].index
    moved = {str(name): figures[name] for name in outside}
    return drivers(variant.scenario, plan.drawn, table["central"], moved)
