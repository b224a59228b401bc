"""Grid: which of many scenarios? Each an ensemble, all under common random numbers, in one study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from capsim.projection import money_unit
from capsim.scenario import Scenario
from capsim.shown import Pictured
from capsim.study import summary
from capsim.study.changes import changes_between
from capsim.study.columns import Rows
from capsim.study.combinations import check_comparable, with_names
from capsim.study.contrast import DIFFERENCE_PERCENTILES, Difference, Side, differences
from capsim.study.draws import design_of
from capsim.study.ensembles import Ensemble
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.figures_of_rows import column_of
from capsim.study.folder import read_results, result_of
from capsim.study.observe import play
from capsim.study.sampling import Plan, Sampling, sampled, spread_in, variant_of
from capsim.study.store import Store, confidential_in, identity

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

KEYS = ("variant", "figure")


@dataclass(frozen=True, eq=False)
class EnsembleGrid(Pictured):
    """Labelled results of a grid of scenarios.

    Attributes
    ----------
    ensembles : dict of str to Ensemble
        By variant, in the order of the grid: percentiles, dates and chances, as of an ensemble of its own.
    differences : pandas.DataFrame
        By variant and headline figure against the first variant, replication by replication: mean, mean
        difference with the ends of its 95 % interval, ``differs`` where that leaves out zero, and P10 to
        P90 of the difference.
    manifest : dict
        What the study was, and the replications done of each variant; where anything is confidential, under
        ``differing`` the paths in which variants differ.
    """

    ensembles: Mapping[str, Ensemble]
    differences: pd.DataFrame
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        replications = f"{self.manifest['replications']:,} replications of each"
        return f"<EnsembleGrid of {self.figure}: {', '.join(self.names)}; {replications}>"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variants; all are held against the first."""
        return tuple(self.ensembles)

    @property
    def figure(self) -> str:
        """The headline figure asked for."""
        return str(self.manifest["on"])

    @property
    def figures(self) -> pd.DataFrame:
        """Figures of all ensembles, by variant and figure."""
        import pandas as pd

        return pd.concat({name: one.figures for name, one in self.ensembles.items()}, names=["variant"])

    @property
    def monthly(self) -> xr.Dataset:
        """Monthly percentiles of all, dims (variant, percentile, month), NaN outside a horizon."""
        return self._together([one.monthly for one in self.ensembles.values()])

    @property
    def monthly_intervals(self) -> xr.Dataset:
        """Ends of their 95 % intervals, dims (variant, end, percentile, month)."""
        return self._together([one.monthly_intervals for one in self.ensembles.values()])

    def _together(self, of_variants: Sequence[xr.Dataset]) -> xr.Dataset:
        import xarray as xr

        names = xr.DataArray(list(self.names), dims="variant", name="variant")
        return xr.concat(of_variants, names, join="outer")

    def to_dict(self) -> dict[str, Any]:
        """Manifest, ensembles and differences as plain data."""
        plain: dict[str, Any] = {
            "manifest": self.manifest,
            "variants": {name: one.to_dict() for name, one in self.ensembles.items()},
            "differences": self.differences.reset_index().to_dict(orient="records"),
        }
        return plain

    @classmethod
    def load(cls, folder: str | Path) -> EnsembleGrid:
        """Results of a finished grid from its folder; StudyError where there are none."""
        record = read_results(Path(folder))
        datasets = summary.datasets_in(record, Path(folder))
        ensembles = {}
        for name, written in record["variants"].items():
            of_variant = {kind: _of_variant(dataset, name) for kind, dataset in datasets.items()}
            draws = summary.draws_beside(record, Path(folder), name)
            ensembles[name] = Ensemble(**summary.parts_of(written, of_variant), draws_from=draws)
        return cls(ensembles, _table(record["differences"]), record["manifest"])


def _of_variant(monthly: xr.Dataset, name: str) -> xr.Dataset:
    """Monthly percentiles of a variant, without months outside its horizon."""
    return monthly.sel(variant=name, drop=True).dropna("month", how="all")


def ensemble_grid(
    scenarios: Mapping[str, Scenario] | Sequence[Scenario],
    n: int = 256,
    *,
    seed: int = 0,
    on: str = "lcoc",
    targets: Sequence[str] = (),
    design: str = "sobol",
    until_ci: float | None = None,
    ci_of: Sequence[str] = (),
    draws: bool = False,
    fresh_weather: bool = False,
    **keywords: Unpack[ExecutionKeywords],
) -> EnsembleGrid:
    """Sample several scenarios under common random numbers, and hold each against the first.

    Parameters
    ----------
    scenarios : mapping of str to Scenario, or sequence of Scenario
        The variants in order, such as `capsim.study.variants` makes; all in one currency and price year.
    n : int
        Replications of each variant, at most.
    seed : int
        Seed of the study. A value that variants share is the same in all of them, replication by replication.
    on : str
        Figure in words that tables and pictures show by variant; all headline figures are kept beside it.
    targets : sequence of str
        Goals that are asked of every variant, beside its own.
    design
        As in `ensemble`.
    until_ci : float, optional
        Stop once the intervals are this narrow in every variant, as in `ensemble`. [1]
    ci_of : sequence of str
        As in `ensemble`.
    draws : bool
        Whether every replication of every variant is kept, as `Ensemble.draws`.
    fresh_weather : bool
        As in `ensemble`.
    **keywords
        As in `ensemble`.

    Returns
    -------
    grid : EnsembleGrid
        An ensemble of each variant, and how it differs from the first.

    Raises
    ------
    StudyError
        If the study cannot be done as asked, or its folder is damaged or another study's.
    """
    by_name = with_names(scenarios)
    check_comparable(by_name)
    first = next(iter(by_name.values()))
    figure, words = column_of(on, play(first, seed, 0))
    asked = (n, seed, tuple(targets), design, until_ci, tuple(ci_of))
    sampling = Sampling(*asked, by_site=False, draws=draws, fresh_weather=fresh_weather, asked=words)
    execution = Execution(**keywords)
    sampling.check()
    of_grid = tuple(variant_of(name, scenario, sampling) for name, scenario in by_name.items())
    # Pairs and not a mapping: rows belong to variants by their order.
    digests = [[name, scenario.digest] for name, scenario in by_name.items()]
    what: dict[str, Any] = {"catalog": first.catalog.version, "money_unit": money_unit(first), "on": figure}
    marks = confidential_in(by_name.values())
    what |= marks | ({"differing": differing(by_name)} if marks else {})
    about = identity("ensemble-grid", variants=digests, **what, **sampling.about(of_grid))
    plan = Plan(of_grid, design_of(list(by_name.values()), seed, n, design), sampling, about)

    def compute(store: Store) -> EnsembleGrid:
        table = sampled(plan, store, execution)
        rows = {one.name: Rows(table, one.layout, place) for place, one in enumerate(of_grid)}
        ensembles = {
            one.name: Ensemble(
                **spread_in(plan, one, rows[one.name]),
                draws_from=summary.draws_kept(rows[one.name], execution.folder, one.name) if draws else None,
            )
            for one in of_grid
        }
        sides = [Side(name, of_variant.figures()) for name, of_variant in rows.items()]
        differing = _table(map(_record, differences(sides)))
        grid = EnsembleGrid(ensembles, differing, about | {"replications": table.n})
        if execution.folder is not None:
            datasets = {"monthly": grid.monthly, f"monthly{summary.INTERVALS}": grid.monthly_intervals}
            summary.save_tables(store, datasets, rows if draws else {})
        return grid

    return result_of(execution, about, by_name, compute, lambda store: EnsembleGrid.load(store.folder))


def differing(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Paths of what differs between the first of some scenarios and any other."""
    first, *others = scenarios.values()
    return [*dict.fromkeys(change.path for other in others for change in changes_between(first, other))]


def _record(row: Difference) -> dict[str, Any]:
    """A difference as `EnsembleGrid.to_dict` writes it."""
    interval = {"difference_low": row.low, "difference_high": row.high, "differs": row.differs}
    spread = zip(DIFFERENCE_PERCENTILES, row.percentiles, strict=True)
    percentiles = {f"difference_p{p}": value for p, value in spread}
    means = {"mean": row.mean, "difference": row.difference}
    return dict(zip(KEYS, (row.side, row.figure), strict=True)) | means | interval | percentiles


def _table(records: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Differences by variant and figure, NaN where there is none."""
    import pandas as pd

    table = pd.DataFrame(list(records)).set_index(list(KEYS))
    return table.astype(dict.fromkeys(table.columns.drop("differs"), "float64"))
