"""Compare: what if? Scenarios under common random numbers, and what made the difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.projection import Run, money_unit
from capsim.quantities import parts_left_out
from capsim.scenario import Scenario
from capsim.shown import Pictured
from capsim.study.changes import Change, changes_between
from capsim.study.columns import Rows, Table
from capsim.study.combinations import check_comparable, with_names
from capsim.study.contrast import DIFFERENCE_PERCENTILES, Difference, Side, differences
from capsim.study.date_spread import QUANTILES
from capsim.study.dates import PhaseDates, phase_dates
from capsim.study.draws import design_of
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.figures_of_rows import Kept, column_of
from capsim.study.folder import read_results, result_of
from capsim.study.frames import Frames, frames_of
from capsim.study.observe import Detail, Layout, play
from capsim.study.runner import collect
from capsim.study.store import Store, confidential_in, identity
from capsim.study.tasks import Replications
from capsim.study.told import Told, told_apart
from capsim.study.waterfalls import Waterfall, waterfall
from capsim.vocabulary import measure_of, parse_figure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Comparison(Pictured):
    """Labelled results of a comparison.

    Attributes
    ----------
    names : tuple of str
        Names of the scenarios; all are held against the first.
    figures : pandas.DataFrame
        By scenario and headline figure: its value in the central run, its mean, P10, P20, P50, P80 and P90
        over the replications, the mean difference to the first, and P10 to P90 of the difference, replication
        by replication.
    changes : dict
        By scenario, what differs from the first.
    waterfalls : dict
        By scenario, how the difference of one figure splits among the changes.
    manifest : dict
        What the study was; under ``by`` and ``figures`` what it is ranked by, and what was asked for, under
        ``titles`` those of the scenarios, under ``left_out`` the parts of a build and its operation that the
        money of each scenario leaves out, under ``best_in`` the share of the replications in which each is
        best by the figure that ranks.
    dates : tuple of PhaseDates
        By scenario and phase, when it is there in the central run and what of it stood idle.
    told : dict of Told
        By scenario what is to be known of it beside its figures, where it was kept for a report.
    """

    names: tuple[str, ...]
    figures: pd.DataFrame
    changes: Mapping[str, tuple[Change, ...]]
    waterfalls: Mapping[str, Waterfall]
    manifest: dict[str, Any]
    dates: tuple[PhaseDates, ...] = ()
    told: Mapping[str, Told] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Comparison of {self.manifest['on']}: {', '.join(self.names)}>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "manifest": self.manifest,
            "figures": self.figures.reset_index().to_dict(orient="records"),
            "changes": {name: [asdict(c) for c in changes] for name, changes in self.changes.items()},
            "waterfalls": {name: asdict(waterfall) for name, waterfall in self.waterfalls.items()},
            "dates": [row.to_dict() for row in self.dates],
            "told": {name: told.to_dict() for name, told in self.told.items()},
        }

    @classmethod
    def load(cls, folder: str | Path) -> Comparison:
        """Results of a finished comparison from its folder; StudyError where there are none."""
        record = read_results(Path(folder))
        return _read(record, {n: tuple(Change(**c) for c in of) for n, of in record["changes"].items()})


def compare(
    scenarios: Sequence[Scenario] | Mapping[str, Scenario],
    n: int = 256,
    *,
    seed: int = 0,
    on: str = "lcoc",
    by: str | None = None,
    figures: Sequence[str] = (),
    design: str = "sobol",
    told: bool | None = None,
    **keywords: Unpack[ExecutionKeywords],
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
        Figure in words (`capsim.vocabulary.asked`) whose difference is split among what was changed.
        ``lcoc`` is the levelised cost per H100e-hour.
    by : str, optional
        Figure by which the scenarios are ranked; `on` where missing.
    figures : sequence of str
        Figures that are laid side by side; a few that matter most where missing.
    design, told
        As in `ensemble`.
    **keywords
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
    named = with_names(scenarios)
    _check(named, n)
    execution = Execution(**keywords)
    base, frames = next(iter(named.values())), frames_of(named)
    detail: Detail = "portfolio" if frames.differ else "figures"
    runs = {name: play(scenario, seed, 0) for name, scenario in named.items()}
    first = next(iter(runs.values()))
    columns = {words: column_of(words, first) for words in (on, by or on, *figures)}
    figure, of_waterfall = columns[on]
    asked = tuple(dict.fromkeys(one for _, several in columns.values() for one in several))
    kept = Kept(detail, asked)
    layouts = [kept.layout(run) for run in runs.values()]
    shown = {"by": columns[by or on][0], "figures": [columns[words][0] for words in figures]}
    scopes = {name: [*parts_left_out(scenario)] for name, scenario in named.items()}
    about = _about(named, n, seed, design, figure) | shown | frames.about() | {"left_out": scopes}
    about |= {"titles": {name: scenario.title for name, scenario in named.items()}}
    drawn = design_of(list(named.values()), seed, n, design)
    width = max(layout.n_columns for layout in layouts)
    task = Replications(tuple(named.values()), drawn, width, (kept,) * len(named))
    changes = {name: changes_between(base, named[name]) for name in list(named)[1:]}

    def compute(store: Store) -> Comparison:
        collect(task, store, n * len(named), execution)
        table = Table(store, n, width, len(named))
        rows = (Rows(table, layout, variant) for variant, layout in enumerate(layouts))
        sides = [_side(name, run, frames, part) for (name, run), part in zip(runs.items(), rows, strict=True)]
        waterfalls = {
            name: waterfall(
                base,
                listed,
                figure,
                execution,
                seed=seed,
                store=store,
                part=f"waterfall-{i}",
                kept=Kept(asked=of_waterfall),
            )
            for i, (name, listed) in enumerate(changes.items())
            if listed
        }
        dates = tuple(row for side in sides for row in side.dates)
        best = about | {"best_in": best_in(sides, columns[by or on][0])}
        of_sides, central = {one.name: one.figures for one in sides}, _central(runs, layouts, kept)
        figures = _table(differences(sides), of_sides, central)
        is_told = execution.folder is not None if told is None else told
        of_each = told_apart(runs, about.get("confidential", ())) if is_told else {}
        return Comparison(tuple(named), figures, changes, waterfalls, best, dates, of_each)

    return result_of(execution, about, named, compute, lambda store: _read(store.results(), changes))


def _side(name: str, run: Run, frames: Frames, rows: Rows) -> Side:
    """A scenario's replications, with the dates of its central run."""
    figures = rows.figures() | dict(frames.over_common(run.scenario, rows))
    return Side(name, figures, tuple(phase_dates(name, run)))


def _central(runs: Mapping[str, Run], layouts: Sequence[Layout], kept: Kept) -> dict[str, dict[str, float]]:
    """Figures of the central runs by scenario."""
    of = zip(runs.items(), layouts, strict=True)
    return {name: dict(zip(at.figures, kept.row(run).tolist(), strict=False)) for (name, run), at in of}


def best_in(sides: Sequence[Side], by: str) -> dict[str, float]:
    """Share of the replications in which each scenario is best by a figure; empty where no way is better.

    Of those that are level, the first is; one without a value is none.
    """
    measure = measure_of(parse_figure(by))
    sign = {"higher": 1.0, "lower": -1.0, "neither": 0.0}["lower" if measure is None else measure.better]
    if not sign or any(by not in side.figures for side in sides):
        return {}
    values = sign * np.stack([side.figures[by] for side in sides])
    best = np.argmax(np.nan_to_num(values, nan=-np.inf), axis=0)[~np.isnan(values).all(axis=0)]
    n = values.shape[1]
    return {side.name: float((best == i).sum()) / n for i, side in enumerate(sides)}


def _table(
    rows: Iterable[Difference],
    figures: Mapping[str, Mapping[str, NDArray[np.float64]]],
    central: Mapping[str, Mapping[str, float]],
) -> pd.DataFrame:
    """Differences by scenario and figure, beside its central value and percentiles."""
    import pandas as pd

    records = [
        {"scenario": row.side, "figure": row.figure, "mean": row.mean, "difference": row.difference}
        | {"central": central[row.side].get(row.figure, math.nan)}
        | _percentiles(figures[row.side][row.figure])
        | {f"difference_p{p}": at for p, at in zip(DIFFERENCE_PERCENTILES, row.percentiles, strict=True)}
        | {"none_share": row.none_share}
        for row in rows
    ]
    return pd.DataFrame(records).set_index(["scenario", "figure"])


def _percentiles(values: NDArray[np.float64]) -> dict[str, float]:
    numbers = values[~np.isnan(values)]
    numbers = numbers if numbers.size else np.array([np.nan])
    return {name: float(np.quantile(numbers, q)) for name, q in QUANTILES.items()}


def _read(written: dict[str, Any], changes: Mapping[str, tuple[Change, ...]]) -> Comparison:
    """A comparison as `Comparison.to_dict` writes it."""
    import pandas as pd

    manifest = written["manifest"]
    figures = pd.DataFrame(written["figures"]).set_index(["scenario", "figure"]).astype(float)
    waterfalls = {name: Waterfall.from_dict(parts) for name, parts in written["waterfalls"].items()}
    dates = tuple(PhaseDates.from_dict(row) for row in written["dates"])
    told = {name: one for name, of in written.get("told", {}).items() if (one := Told.from_dict(of))}
    return Comparison(tuple(manifest["scenarios"]), figures, changes, waterfalls, manifest, dates, told)


def _check(named: Mapping[str, Scenario], n: int) -> None:
    if len(named) < 2:
        raise StudyError(f"a comparison needs at least two scenarios (got {len(named)})")
    check_comparable(named)
    if not n >= 2:
        raise StudyError(f"a comparison has at least two replications (got {n})")


def _about(named: Mapping[str, Scenario], n: int, seed: int, design: str, figure: str) -> dict[str, Any]:
    base = next(iter(named.values()))
    digests = {name: scenario.digest for name, scenario in named.items()}
    what = {"seed": seed, "n": n, "design": design, "on": figure, "money_unit": money_unit(base)}
    what |= confidential_in(named.values())
    # rows are computed in this order and held against the first, so another order is another study
    return identity("compare", scenarios=digests, order=[*named], catalog=base.catalog.version, **what)
