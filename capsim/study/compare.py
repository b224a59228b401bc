"""Compare: what if? Scenarios under common random numbers, and what made the difference."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.projection.run import money_name, money_unit
from capsim.scenario.records.schema import Scenario
from capsim.study.changes import Change, changes_between
from capsim.study.dates import PhaseDates, phase_dates
from capsim.study.draws import design_of
from capsim.study.ensemble import Replications
from capsim.study.folder import study_folder
from capsim.study.frames import Rows, frames_of
from capsim.study.goals import metric_name
from capsim.study.observe import Detail, Layout, layout_of, observe, play
from capsim.study.runner import Progress, block_count, collect
from capsim.study.statistics import PERCENT
from capsim.study.store import Store, identity
from capsim.study.waterfall import Driver, Waterfall, waterfall

if TYPE_CHECKING:
    import pandas as pd

DIFFERENCE_PERCENTILES = (10, 50, 90)
"""Percentiles of a difference that are stated. [%]"""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Labelled results of a comparison.

    Attributes
    ----------
    names : tuple of str
        Names of the scenarios; all are held against the first.
    figures : pandas.DataFrame
        By scenario and headline figure: its mean, the mean difference to the first, and P10 to P90
        of the difference, replication by replication.
    changes : dict
        By scenario, what differs from the first.
    waterfalls : dict
        By scenario, how the difference of one figure splits among the changes.
    manifest : dict
        What the study was.
    dates : tuple of PhaseDates
        By scenario and phase, when it is there in the central run and what of it stood idle.
    """

    names: tuple[str, ...]
    figures: pd.DataFrame
    changes: Mapping[str, tuple[Change, ...]]
    waterfalls: Mapping[str, Waterfall]
    manifest: dict[str, Any]
    dates: tuple[PhaseDates, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        rows = self.figures.reset_index().to_dict(orient="records")
        return {
            "manifest": self.manifest,
            "figures": [{str(key): value for key, value in row.items()} for row in rows],
            "changes": {name: [asdict(c) for c in changes] for name, changes in self.changes.items()},
            "waterfalls": {name: asdict(waterfall) for name, waterfall in self.waterfalls.items()},
            "dates": [row.to_dict() for row in self.dates],
        }


def compare(
    scenarios: Sequence[Scenario] | Mapping[str, Scenario],
    n: int = 256,
    *,
    seed: int = 0,
    on: str = "lcoc",
    design: str = "sobol",
    folder: str | Path | None = None,
    resume: bool = False,
    processes: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Hold scenarios against the first of them, under common random numbers.

    Parameters
    ----------
    scenarios : sequence of Scenario, or mapping of str to Scenario
        Two or more in the same currency and price year; the first is the base. Where start or
        horizon differ, headline figures are each over the scenario's own horizon, and figures of
        the months all have in common are added, named ``facility_mwh, common months``.
    n : int
        Replications. A value that scenarios share is the same in all of them.
    seed : int
        Seed of the study.
    on : str
        Headline figure whose difference is split among what was changed. ``lcoc`` is the levelised
        cost per H100e-hour.
    design, folder, resume, processes, dask, progress
        As in `ensemble`.

    Returns
    -------
    comparison : Comparison
        Differences with their spread, what was changed, and waterfalls.

    Raises
    ------
    StudyError
        If the scenarios cannot be compared.
    """
    named = _named(scenarios)
    _check(named)
    base = next(iter(named.values()))
    frames = frames_of(named)
    detail: Detail = "portfolio" if frames.differ else "figures"
    runs = [play(scenario, seed, 0) for scenario in (named.values() if frames.differ else [base])]
    layouts = [layout_of(run, detail) for run in runs]
    layouts *= len(named) // len(layouts)
    figure = figure_of(on, base, layouts[0], observe(runs[0], detail))
    about = _about(named, n, seed, design, figure) | frames.about()
    task = Replications(
        tuple(named.values()),
        design_of(list(named.values()), seed, n, design),
        seed,
        sum(layout.n_columns for layout in layouts),
        detail,
    )
    with study_folder(folder, about, resume=resume) as store:
        changes = {name: changes_between(base, other) for name, other in list(named.items())[1:]}
        if store.is_finished:
            return _read(store.results(), tuple(named), changes, about)
        collect(task, store, n, processes=processes, dask=dask, progress=progress)
        figures = differences(
            {name: frames.of(named[name], rows) for name, rows in _columns(named, layouts, store, n)}
        )
        waterfalls = {
            name: waterfall(
                base,
                changes[name],
                figure,
                seed=seed,
                store=store,
                part=f"waterfall-{i}",
                processes=processes,
                dask=dask,
                progress=progress,
            )
            for i, name in enumerate(changes)
            if changes[name]
        }
        runs += [play(scenario, seed, 0) for scenario in list(named.values())[len(runs) :]]
        dates = tuple(row for name, run in zip(named, runs, strict=True) for row in phase_dates(name, run))
        result = Comparison(tuple(named), figures, changes, waterfalls, about, dates)
        store.finish(result.to_dict())
        return result


def _read(
    found: dict[str, Any],
    names: tuple[str, ...],
    changes: Mapping[str, tuple[Change, ...]],
    about: dict[str, Any],
) -> Comparison:
    """A comparison as `Comparison.to_dict` writes it."""
    import pandas as pd

    figures = pd.DataFrame(found["figures"]).set_index(["scenario", "figure"]).astype(float)
    waterfalls = {
        name: Waterfall(**{**parts, "drivers": tuple(Driver(**driver) for driver in parts["drivers"])})
        for name, parts in found["waterfalls"].items()
    }
    dates = tuple(PhaseDates.from_dict(row) for row in found["dates"])
    return Comparison(names, figures, changes, waterfalls, about, dates)


def figure_of(on: str, scenario: Scenario, layout: Layout, row: NDArray[np.float64]) -> str:
    """Name of a headline figure; ``lcoc`` is that per MWh of IT energy where there is no accelerator."""
    figure = metric_name(on, layout, scenario, dated=False)
    if on == "lcoc" and np.isnan(row[layout.figures.index(figure)]):
        return money_name("levelised_cost_per_it_mwh", scenario)
    return figure


def _named(scenarios: Sequence[Scenario] | Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Scenarios by name; those of one name are numbered."""
    if isinstance(scenarios, Mapping):
        return dict(scenarios)
    named: dict[str, Scenario] = {}
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in named:
            name, number = f"{scenario.name}-{number}", number + 1
        named[name] = scenario
    return named


def _check(named: Mapping[str, Scenario]) -> None:
    if len(named) < 2:
        raise StudyError(f"a comparison needs at least two scenarios (got {len(named)})")
    base = next(iter(named.values()))
    for name, scenario in named.items():
        if (scenario.currency.code, scenario.currency.price_year) != (
            base.currency.code,
            base.currency.price_year,
        ):
            raise StudyError(f"{name}: currency and price year must be those of the first scenario")


def _about(named: Mapping[str, Scenario], n: int, seed: int, design: str, figure: str) -> dict[str, Any]:
    if not n >= 2:
        raise StudyError(f"a comparison has at least two replications (got {n})")
    return identity(
        "compare",
        scenarios={name: scenario.digest for name, scenario in named.items()},
        catalog=next(iter(named.values())).catalog.version,
        seed=seed,
        n=n,
        design=design,
        on=figure,
        money_unit=money_unit(next(iter(named.values()))),
    )


Columns = dict[str, NDArray[np.float64]]
"""Values of figures in every replication."""


def _columns(
    named: Mapping[str, Scenario], layouts: Sequence[Layout], store: Store, n: int
) -> Iterator[tuple[str, Rows]]:
    """Where each scenario's columns are in the rows of the study."""
    first = 0
    for name, layout in zip(named, layouts, strict=True):
        yield name, Rows(layout, store, range(block_count(n)), first)
        first += layout.n_columns


def differences(columns: Mapping[str, Columns]) -> pd.DataFrame:
    """Mean of every figure in every scenario, and the spread of its difference to the first."""
    import pandas as pd

    base = next(iter(columns.values()))
    rows = []
    for name, own in columns.items():
        for figure in base:
            row: dict[str, Any] = {"scenario": name, "figure": figure, "mean": _mean(own[figure])}
            delta = own[figure] - base[figure]
            delta = delta[~np.isnan(delta)]
            row["difference"] = _mean(delta)
            at = (
                np.quantile(delta, np.array(DIFFERENCE_PERCENTILES) / PERCENT)
                if delta.size
                else [math.nan] * 3
            )
            row |= {f"difference_p{p}": float(v) for p, v in zip(DIFFERENCE_PERCENTILES, at, strict=True)}
            rows.append(row)
    return pd.DataFrame(rows).set_index(["scenario", "figure"])


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan
