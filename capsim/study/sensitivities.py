"""Sensitivity: what matters most? A tornado over all uncertain values, and Sobol' indices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError, whole
from capsim.scenario import Scenario, assigned, drawn_together, explain, sample, uncertain_values
from capsim.shown import Pictured
from capsim.study.draws import Design, design_of
from capsim.study.execution import Execution, ExecutionKeywords
from capsim.study.figures_of_rows import Kept, column_of
from capsim.study.folder import result_of
from capsim.study.headings import heading_of
from capsim.study.observe import play
from capsim.study.store import Store, identity, of_scenario
from capsim.study.summary import table_of
from capsim.study.tasks import Variants, computed

if TYPE_CHECKING:
    import pandas as pd

LOW, HIGH = 0.1, 0.9
"""Probabilities at which a tornado sets a value. [1]"""
BARS = ("p10", "p90", "at_p10", "at_p90", "swing")
"""Columns of a tornado: a value's percentiles, the figure at each, and how far it swings between them."""
STREAMS, OTHERS = "weather, price and event streams", "all other uncertain values"
"""Factors that are no single value."""
STREAM_SETS = 2**20
"""Replication numbers the streams are drawn from."""
CONFIDENCE = 0.95
"""Of the intervals. [1]"""
RESAMPLES = 500
"""Bootstrap samples the intervals are from."""


@dataclass(frozen=True, eq=False)
class Sensitivity(Pictured):
    """Labelled results of a sensitivity study.

    Attributes
    ----------
    figure : str
        The figure looked at.
    central : float
        Its value with central estimates.
    tornado : pandas.DataFrame
        By draw, widest first: P10 and P90 of the value, the first where one draw is for several, the
        figure at each with all else central, the swing between them, and the unit of the value.
    indices : pandas.DataFrame or None
        By factor: share of the figure's variance it explains by itself (`first`) and with its
        interactions (`total`), each with a 95 % interval.
    manifest : dict
        What the study was.
    """

    figure: str
    central: float
    tornado: pd.DataFrame
    indices: pd.DataFrame | None
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        widest = f"; widest: {self.tornado.index[0]}" if len(self.tornado) else ""
        return f"<Sensitivity of {self.figure} in {self.manifest['scenario']}: {self.central:.6g}{widest}>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        indices = None if self.indices is None else self.indices.to_dict(orient="index")
        return {
            "manifest": self.manifest,
            "figure": self.figure,
            "central": self.central,
            "tornado": self.tornado.to_dict(orient="index"),
            "indices": indices,
        }


def sensitivity(
    scenario: Scenario,
    on: str = "lcoc",
    *,
    sobol: int = 0,
    top: int = 8,
    seed: int = 0,
    **keywords: Unpack[ExecutionKeywords],
) -> Sensitivity:
    """Rank a scenario's uncertain values by what they do to a figure.

    Parameters
    ----------
    scenario : Scenario
        Loaded with `capsim.load`.
    on : str
        Figure in words (`capsim.vocabulary.asked`); ``lcoc`` is the levelised cost per H100e-hour.
    sobol : int
        Base sample of the Sobol' indices, a power of 2; none are computed where 0. It takes
        ``sobol * (factors + 2)`` runs.
    top : int
        Values that are factors of their own: those with the widest bars. The others are one factor
        together, and so are values that the scenario correlates with one another.
    seed : int
        Seed of the study.
    **keywords
        As in `ensemble`.

    Returns
    -------
    sensitivity : Sensitivity
        Tornado and indices.

    Raises
    ------
    StudyError
        If the figure is unknown, the scenario has no uncertain value, or `sobol` is no power of 2.

    Notes
    -----
    Indices by the estimators of Saltelli et al. [1]_; weather,
    prices and events are a factor like the values, so all shares refer to the whole variance.

    References
    ----------
    .. [1] A. Saltelli et al., Variance based sensitivity analysis of model output, Comput. Phys.
       Commun. 181 (2010) 259-270.
    """
    if whole("sobol", sobol) and (sobol < 2 or sobol & (sobol - 1)):
        raise StudyError(f"the base sample of Sobol' indices must be a power of 2 (got {sobol})")
    run = play(scenario, seed, 0)
    figure, asked = column_of(on, run)
    kept = Kept(asked=asked)
    layout, row = kept.layout(run), kept.row(run)
    column, execution = layout.figures.index(figure), Execution(**keywords)
    ranking = _Ranking(scenario, layout.n_columns, column, kept, seed, execution)
    what = {"seed": seed, "on": figure, "sobol": sobol, "top": top} | heading_of(scenario)
    central, about = float(row[column]), identity("sensitivity", **of_scenario(scenario), **what)

    def compute(store: Store) -> Sensitivity:
        tornado = ranking.tornado(store)
        indices = ranking.indices(store, sobol, list(tornado.index[:top])) if sobol else None
        return Sensitivity(figure, central, tornado, indices, about)

    def read(store: Store) -> Sensitivity:
        written = store.results()
        indices = table_of(written["indices"], "factor") if sobol else None
        rows = {path: dict(row) for path, row in written["tornado"].items()}
        units = [row.pop("unit") for row in rows.values()]
        tornado = table_of(rows, "path").assign(unit=units)
        return Sensitivity(figure, central, tornado, indices, about)

    return result_of(execution, about, {"": scenario}, compute, read).with_scenario(scenario)


@dataclass(frozen=True)
class _Ranking:
    """What is ranked, and how it is computed."""

    scenario: Scenario
    n_figures: int
    column: int
    """Figure looked at, among all that are kept."""
    kept: Kept
    seed: int
    execution: Execution

    def tornado(self, store: Store) -> pd.DataFrame:
        """The figure with each uncertain value, or those of one thing, at P10 and P90, all else central."""
        import pandas as pd

        uncertain = uncertain_values(self.scenario)
        if not uncertain:
            raise StudyError(f"{self.scenario.name} has no uncertain value")
        ends = {path: u.distribution.ppf([LOW, HIGH]).tolist() for path, u in uncertain.items()}
        together = drawn_together(self.scenario)
        cases = tuple({p: ends[p][end] for p in paths} for paths in together.values() for end in (0, 1))
        task = Variants(self.scenario, cases, self.seed, self.n_figures, self.kept, make=assigned)
        rows = computed(task, len(cases), self.execution, store.of("tornado"))
        reached = rows[:, self.column].reshape(-1, 2)
        first = [ends[paths[0]] for paths in together.values()]
        columns = np.column_stack([first, reached, reached[:, 1] - reached[:, 0]])
        table = pd.DataFrame(columns, pd.Index(list(together), name="path"), list(BARS))
        units = {row.path: row.unit for row in explain(self.scenario)}
        table["unit"] = [units[paths[0]] for paths in together.values()]
        order = np.argsort(-np.nan_to_num(table["swing"].abs().to_numpy()), kind="stable")
        return table.iloc[order]

    def indices(self, store: Store, sobol: int, leading: list[str]) -> pd.DataFrame:
        """Sobol' indices from a base sample, the leading values as factors of their own."""
        design = design_of([self.scenario], self.seed, sobol)
        factors = factors_of(design, leading)
        task = Saltelli(self.scenario, design, tuple(factors.values()), self.column, self.kept)
        rows = computed(task, sobol * task.rows_per_draw, self.execution, store.of("sobol"))
        return sobol_table(list(factors), rows.reshape(sobol, task.rows_per_draw), self.seed)


def factors_of(design: Design, leading: list[str]) -> dict[str, tuple[int, ...]]:
    """Columns by factor: the leading values, each with those correlated with it, the rest, the streams.

    The column after the last value is that of the streams.
    """
    partners: dict[int, set[int]] = {}
    column = {path: i for i, path in enumerate(design.paths)}
    # what is correlated and set has no column
    for a, b in ((column[a], column[b]) for a, b, _ in design.correlated if {a, b} <= {*column}):
        joint = partners.get(a, {a}) | partners.get(b, {b})
        partners |= dict.fromkeys(joint, joint)
    factors: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for path in leading:
        joint = partners.get(column[path], {column[path]})
        if not joint & taken:
            more = f" and {len(joint) - 1} correlated" if len(joint) > 1 else ""
            factors[path + more] = tuple(sorted(joint))
            taken |= joint
    rest = tuple(i for i in range(len(design.paths)) if i not in taken)
    factors |= {OTHERS: rest} if rest else {}
    return factors | {STREAMS: (len(design.paths),)}


@dataclass(frozen=True)
class Saltelli:
    """Task: rows come in sets of one draw: sample A, sample B, then A with each factor from B."""

    scenario: Scenario
    design: Design
    factors: tuple[tuple[int, ...], ...]
    column: int
    kept: Kept
    n_columns: int = 1

    @property
    def rows_per_draw(self) -> int:
        """Runs one draw takes."""
        return len(self.factors) + 2

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some runs."""
        return np.array([[self._figure(first + i)] for i in range(count)])

    def _figure(self, number: int) -> float:
        draw, place = divmod(number, self.rows_per_draw)
        a, b = (one.rows(draw, 1)[0] for one in self._samples)
        chosen = b if place == 1 else a
        if place > 1:
            columns = list(self.factors[place - 2])
            # In place: the pair is made anew for each row.
            chosen[columns] = b[columns]
        replication = int(chosen[-1] * STREAM_SETS)
        values = dict(zip(self.design.paths, map(float, chosen[:-1]), strict=True))
        sampled = sample(self.scenario, self.design.seed, replication, values, factors=False)
        row = self.kept.row(play(sampled, self.design.seed, replication, banked=True))
        # No output counts as 0: an index is a share of a variance over all draws.
        return float(np.nan_to_num(row[self.column]))

    @cached_property
    def _samples(self) -> tuple[Design, Design]:
        """Sample A and sample B; the last column is that of the streams."""
        with_streams = replace(self.design, paths=(*self.design.paths, STREAMS))
        return with_streams, replace(with_streams, part="B")


def sobol_table(factors: list[str], values: NDArray[np.float64], seed: int) -> pd.DataFrame:
    """Indices of factors with their intervals.

    Parameters
    ----------
    factors : list of str
        Names of the factors.
    values : ndarray of float64, shape (n, n_factors + 2)
        The figure in sample A, in sample B, and in A with each factor from B; n a power of 2.
    seed : int
        Key of the bootstrap.
    """
    import pandas as pd

    if not np.ptp(values[:, :2]) > 0:
        raise StudyError("the figure does not vary: there is no variance to share out")
    first, total = saltelli_indices(values)
    rng, n = np.random.default_rng(seed), len(values)
    again = np.array([saltelli_indices(values[rng.integers(0, n, n)]) for _ in range(RESAMPLES)])
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.nanquantile(again, [tail, 1.0 - tail], axis=0)
    columns = {"first": first, "first_low": low[0], "first_high": high[0]}
    columns |= {"total": total, "total_low": low[1], "total_high": high[1]}
    table = pd.DataFrame(columns, index=pd.Index(factors, name="factor"))
    return table.sort_values("total", ascending=False, kind="stable")


def saltelli_indices(values: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""First-order and total indices, shape (2, n_factors).

    Notes
    -----
    .. math:: S_i = \frac{\overline{f_B (f_{AB_i} - f_A)}}{V}, \quad
       S_{Ti} = \frac{\overline{(f_A - f_{AB_i})^2}}{2 V}

    with :math:`V` the variance over both samples, as in `scipy.stats.sobol_indices`, whose own
    bootstrap draws from the global random state and would give other intervals each time.

    Examples
    --------
    >>> a, b = np.array([0.0, 1.0, 2.0, 3.0]), np.array([3.0, 0.0, 1.0, 2.0])
    >>> saltelli_indices(np.column_stack([a, b, b, a])).round(3).tolist()
    [[1.2, 0.0], [1.2, 0.0]]
    """
    centred = values - values[:, :2].mean()
    a, b, mixed = centred[:, :1], centred[:, 1:2], centred[:, 2:]
    variance = float(np.var(centred[:, :2]))
    first = (b * (mixed - a)).mean(axis=0)
    total = ((a - mixed) ** 2).mean(axis=0) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([first, total]) / variance
