"""Compare: what if? Scenarios under common random numbers, and what made the difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Unpack

from capsim.errors import StudyError
from capsim.projection import Run, money_unit
from capsim.quantities import parts_left_out
from capsim.scenario import Scenario
from capsim.shown import Pictured
from capsim.study.changes import Change, changes_between
from capsim.study.columns import Rows, Table
from capsim.study.combinations import check_comparable, with_names
from capsim.study.contrast import DIFFERENCE_PERCENTILES, Difference, Side, differences
from capsim.study.dates import PhaseDates, phase_dates
from capsim.study.draws import design_of
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.figures_of_rows import Kept, column_of
from capsim.study.folder import result_of
from capsim.study.frames import Frames, frames_of
from capsim.study.observe import Detail, play
from capsim.study.runner import collect
from capsim.study.store import Store, confidential_in, identity
from capsim.study.tasks import Replications
from capsim.study.waterfalls import Waterfall, waterfall

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
        By scenario and headline figure: its mean, the mean difference to the first, and P10 to P90
        of the difference, replication by replication.
    changes : dict
        By scenario, what differs from the first.
    waterfalls : dict
        By scenario, how the difference of one figure splits among the changes.
    manifest : dict
        What the study was; under ``by`` and ``figures`` what it is ranked by, and what was asked for, under
        ``titles`` those of the scenarios, under ``left_out`` the parts of a build and its operation that the
        money of each scenario leaves out.
    dates : tuple of PhaseDates
        By scenario and phase, when it is there in the central run and what of it stood idle.
    """

    names: tuple[str, ...]
    figures: pd.DataFrame
    changes: Mapping[str, tuple[Change, ...]]
    waterfalls: Mapping[str, Waterfall]
    manifest: dict[str, Any]
    dates: tuple[PhaseDates, ...] = ()

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
        }


def compare(
    scenarios: Sequence[Scenario] | Mapping[str, Scenario],
    n: int = 256,
    *,
    seed: int = 0,
    on: str = "lcoc",
    by: str | None = None,
    figures: Sequence[str] = (),
    design: str = "sobol",
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
    design
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
        return Comparison(tuple(named), _table(differences(sides)), changes, waterfalls, about, dates)

    return result_of(execution, about, named, compute, lambda store: _read(store.results(), changes))


def _side(name: str, run: Run, frames: Frames, rows: Rows) -> Side:
    """A scenario's replications, with the dates of its central run."""
    figures = rows.figures() | dict(frames.over_common(run.scenario, rows))
    return Side(name, figures, tuple(phase_dates(name, run)))


def _table(rows: Iterable[Difference]) -> pd.DataFrame:
    """Differences by scenario and figure."""
    import pandas as pd

    records = [
        {"scenario": row.side, "figure": row.figure, "mean": row.mean, "difference": row.difference}
        | {f"difference_p{p}": at for p, at in zip(DIFFERENCE_PERCENTILES, row.percentiles, strict=True)}
        | {"none_share": row.none_share}
        for row in rows
    ]
    return pd.DataFrame(records).set_index(["scenario", "figure"])


def _read(written: dict[str, Any], changes: Mapping[str, tuple[Change, ...]]) -> Comparison:
    """A comparison as `Comparison.to_dict` writes it."""
    import pandas as pd

    manifest = written["manifest"]
    figures = pd.DataFrame(written["figures"]).set_index(["scenario", "figure"]).astype(float)
    waterfalls = {name: Waterfall.from_dict(parts) for name, parts in written["waterfalls"].items()}
    dates = tuple(PhaseDates.from_dict(row) for row in written["dates"])
    return Comparison(tuple(manifest["scenarios"]), figures, changes, waterfalls, manifest, dates)


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
