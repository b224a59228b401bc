"""The numbers behind the pictures of studies, as tables of a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from capsim.projection import NONE
from capsim.report.answer_openings import input_cell
from capsim.report.audit_words import ratio_words
from capsim.report.figure_cells import NO_TITLES, cells_of, goal_words, in_a_row, title_with_unit
from capsim.report.opening import share_of
from capsim.report.sheets import Sheet, cell
from capsim.report.step_words import changed_values
from capsim.report.study_values import number, signed
from capsim.study import Audit, Comparison, Ensemble, EnsembleGrid, Forecast, Sensitivity, Sweep
from capsim.vocabulary import DECLARED, input_title, parse_goal, with_unit

ENDS = ("p10", "p50", "p90")
BANDS = (5, 10, 50, 90, 95)
"""Percentiles of a fan chart."""


def _right_of(columns: int, first: int = 1) -> frozenset[int]:
    """Columns of numbers: all from one on."""
    return frozenset(range(first, columns))


def chances_by_month(result: Ensemble) -> Sheet:
    """Share of the draws that have reached each goal by month."""
    shown = [chance for chance in result.chances if any(chance.by_month)]
    unit = result.manifest["money_unit"]
    heads = ["month", *(goal_words(parse_goal(chance.goal), unit) for chance in shown)]
    months = [str(month)[:7] for month in result.monthly["month"].to_numpy()]
    rows = [
        [month, *(share_of(share) for share in shares)]
        for month, *shares in zip(months, *(chance.by_month for chance in shown), strict=True)
    ]
    return Sheet(heads, rows if shown else [], numeric=_right_of(len(heads)))


def fan_by_month(result: Ensemble, name: str) -> Sheet:
    """Percentiles of a series by month, in one unit."""
    table = result.monthly[name].sel(percentile=[*BANDS]).transpose("month", "percentile").to_numpy()
    title, cells = cells_of(DECLARED["monthly"][name], table.ravel().tolist(), result.manifest["money_unit"])
    months = [str(month)[:7] for month in result.monthly["month"].to_numpy()]
    n = len(BANDS)
    rows = [[month, *cells[k * n : (k + 1) * n]] for k, month in enumerate(months)]
    return Sheet(["month", *(f"P{p}" for p in BANDS)], rows, title, _right_of(n + 1))


def steps_of(result: Comparison, name: str, together: Mapping[str, str] = NO_TITLES) -> Sheet:
    """What a waterfall is made of: before, each change with its effect, after.

    Parameters
    ----------
    result : Comparison
        With a waterfall of that name.
    name : str
        Which scenario is held against the first.
    together : mapping of str to str
        What values that were moved together are called, by path: alike changes of them are one.
    """
    parts, unit = result.waterfalls[name], result.manifest["money_unit"]
    moved: dict[tuple[str, ...], float] = {}
    for one in parts.drivers:
        title, called, ends = changed_values(one, unit)
        title = f"{title}, {called}" if called else title
        key = (together.get(one.path, title), *ends, "" if one.path in together else one.path)
        moved[key] = moved.get(key, 0.0) + one.effect
    _, before, after, *effects = in_a_row(parts.figure, [parts.before, parts.after, *moved.values()], unit)
    signs = ("+" if effect > 0.0 else "" for effect in moved.values())
    rows = [[result.names[0], "", "", before]]
    rows += [[*key[:3], f"{sign}{said}"] for key, sign, said in zip(moved, signs, effects, strict=True)]
    rows.append([name, "", "", after])
    heads = ["change", "before", "after", title_with_unit(parts.figure, unit)]
    return Sheet(heads, rows, numeric=frozenset({3}))


def options_of_figure(result: Comparison) -> Sheet:
    """The figure that ranks of each option, the first on top."""
    by, unit = result.manifest["by"], result.manifest["money_unit"]
    columns = ["central", "mean", *ENDS]
    table = result.figures.xs(by, level="figure").loc[[*result.names]][columns]
    rows, title = _one_unit(by, table.to_numpy().tolist(), unit)
    named = [[name, *row] for name, row in zip(map(str, table.index), rows, strict=True)]
    return Sheet(["option", "plan", "mean", "P10", "P50", "P90"], named, title, _right_of(6))


def ranges_of(result: EnsembleGrid) -> Sheet:
    """The figure of each variant, the first on top."""
    unit = result.ensembles[result.names[0]].manifest["money_unit"]
    columns = ["central", "p5", *ENDS, "p95"]
    table = result.figures.xs(result.figure, level="figure")[columns]
    rows, title = _one_unit(result.figure, table.to_numpy().tolist(), unit)
    named = [[str(name), *row] for name, row in zip(table.index, rows, strict=True)]
    return Sheet(["variant", "plan", "P5", "P10", "P50", "P90", "P95"], named, title, _right_of(7))


def _one_unit(figure: str, rows: Sequence[Sequence[float]], unit: str) -> tuple[list[list[str]], str]:
    """Values of a figure in rows, all in one unit, and its title with it."""
    flat = [value for row in rows for value in row]
    title, *cells = in_a_row(figure, flat, unit)
    ends = iter(cells)
    return [[next(ends) for _ in row] for row in rows], title


def swings_of(result: Sensitivity) -> Sheet:
    """Every value that was moved, widest on top: its P10 and P90, the figure at each, and the swing."""
    unit, figure = result.manifest["money_unit"], result.figure
    table = result.tornado
    shown, title = _one_unit(figure, table[["at_p10", "at_p90"]].to_numpy().tolist(), unit)
    rows = []
    for (path, row), (low, high) in zip(table.iterrows(), shown, strict=True):
        of = row.get("unit", "")
        ends = [input_cell(row[end], of) if end in table else NONE for end in ("p10", "p90")]
        swing = NONE if math.isnan(row["swing"]) else signed(row["swing"])
        rows.append([with_unit(str(path), of, unit), ends[0], low, ends[1], high, swing])
    heads = ["value", "its P10", f"{title}, then", "its P90", f"{title}, then", "swing"]
    return Sheet(heads, rows, numeric=_right_of(6))


def shares_of(result: Sensitivity) -> Sheet:
    """Sobol' indices with their intervals."""
    if result.indices is None:
        return Sheet()
    rows = [
        [input_title(str(name)), *(f"{share:.3f}" for share in row)]
        for name, row in result.indices.iterrows()
    ]
    heads = ["value", "first order", "95 % from", "to", "total", "95 % from", "to"]
    return Sheet(heads, rows, numeric=_right_of(7))


def points_of(result: Sweep) -> Sheet:
    """The figure at every point of a sweep."""
    about, names = result.manifest, list(result.axes)
    unit, units = about["money_unit"], about.get("units", {})
    values = result.points[result.figure].tolist()
    cells, title = _one_unit(result.figure, [[value] for value in values], unit)
    points = [point if isinstance(point, tuple) else (point,) for point in result.points.index]
    at = [
        [input_cell(value, units.get(name, ""), exact=True) for name, value in zip(names, point, strict=True)]
        for point in points
    ]
    rows = [[*row, *said] for row, said in zip(at, cells, strict=True)]
    heads = [*(with_unit(name, units.get(name, ""), unit) for name in names), title]
    return Sheet(heads, rows, numeric=_right_of(len(heads), 0))


def curve_of(made: Forecast, figure: str) -> Sheet:
    """An S-curve by month: the plan held against, what there was, and what is to come."""
    rows = [
        [point.month, *("" if value is None else cell(float(value)) for value in values)]
        for point in made.s_curves[figure]
        for values in [(point.plan, point.actual, point.p10, point.p50, point.p90)]
    ]
    heads = ["by the end of", "held against", "so far", "P10", "P50", "P90"]
    return Sheet(heads, rows, title_with_unit(figure, ""), _right_of(6))


def ratios_of(result: Audit) -> Sheet:
    """Ratios of a claim that builds have, in the order of the picture."""
    rows = []
    for ratio in result.ratios:
        if not ratio.references:
            continue
        value = number(ratio.low) + (f" to {number(ratio.high)}" if ratio.high != ratio.low else "")
        ends = [number(one(r.value for r in ratio.references)) for one in (min, max)]
        place = "too few" if ratio.percentile is None else f"{ratio.percentile:.0f} %"
        n = str(len(ratio.references))
        rows.append([ratio_words(ratio.name), ratio.basis, ratio.unit, value, *ends, n, place])
    heads = ["ratio", "builds by", "unit", "the claim", "least built", "most built", "builds", "at or below"]
    return Sheet(heads, rows, numeric=_right_of(8, 3))


def builds_of(result: Audit) -> Sheet:
    """Every build that a ratio is held against."""
    rows = [
        [ratio_words(ratio.name), ratio.basis, one.title, number(one.value), ratio.unit, one.built, one.basis]
        for ratio in result.ratios
        for one in ratio.references
    ]
    heads = ["ratio", "builds by", "build", "value", "unit", "date", "what it is"]
    return Sheet(heads, rows, "Reference builds", frozenset({3}))


def changes_of(figures: Sequence[tuple[str, float, float]], unit: str) -> Sheet:
    """Figures as they are and as they would be, with the change.

    Parameters
    ----------
    figures : sequence of tuple
        Name of a figure, its value as the plan stands, and then. [its unit]
    unit : str
        Unit of money, with its price year.
    """
    rows = []
    for name, before, after in figures:
        title, *cells = in_a_row(name, [before, after], unit)
        rows.append([title, *cells, f"{after / before - 1.0:+.1%}".replace("%", " %") if before else NONE])
    return Sheet(["figure", "as it is", "then", "change"], rows, numeric=_right_of(4))
