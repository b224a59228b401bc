"""The pictures of a study as a page shows them, each with the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial, singledispatch
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from capsim.report import answer_figures, change_figures, study_figures, sweep_figures
from capsim.report import picture_numbers as numbers
from capsim.report.figure_cells import figure_title, title_with_unit
from capsim.report.figure_style import day_number, source_of, style
from capsim.report.page_pictures import Along, Shown, shown
from capsim.report.sheets import Sheet
from capsim.study import (
    Audit,
    Comparison,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Planned,
    Sensitivity,
    Solution,
    Sweep,
)
from capsim.vocabulary import parse_figure


class Drawn(NamedTuple):
    """A picture to come."""

    title: str
    draw: Callable[[Axes | None], Axes]
    data: Sheet
    along: Along | None = None


def pictures_of_study(result: Any) -> Iterator[Shown]:
    """Pictures of a study, with the numbers behind each and its source."""
    source = source_of(answer_figures.about_of(result))
    for number, one in enumerate(_of_study(result)):
        with style():
            yield shown(one.title, one.draw(None), f"study{number}", source, one.data, one.along)


def _rows(n: int, *, from_below: bool = False) -> Along:
    """So many rows one below the other, the first on top."""
    places = [float(place) for place in range(n)]
    return Along("y", places[::-1] if from_below else places)


@singledispatch
def _of_study(_result: Any) -> Iterator[Drawn]:
    """Pictures of a study, in the order in which a reader asks; the ladder of a relief is what would help."""
    return iter(())


@_of_study.register
def _(result: Ensemble) -> Iterator[Drawn]:
    months = pd.DatetimeIndex(result.monthly["month"].to_numpy())
    along = Along("x", [day_number(month) for month in months])
    chances = partial(answer_figures.chances_over_time, result)
    yield Drawn("How sure by when", chances, numbers.chances_by_month(result), along)
    for name in study_figures.PANELS:
        # a plan of halls alone has no accelerators
        if not result.monthly[name].max() > 0.0:
            continue
        title, data = title_with_unit(name, result.manifest["money_unit"]), numbers.fan_by_month(result, name)
        yield Drawn(title, partial(_fan, result, name), data, along)


@_of_study.register
def _(result: Comparison) -> Iterator[Drawn]:
    by = parse_figure(result.manifest["by"])
    if "central" in result.figures and not by.is_date:
        title, data = "The options, and how sure that is", numbers.options_of_figure(result)
        chart = partial(study_figures.options_chart, result)
        yield Drawn(title, chart, data, _rows(len(data.rows), from_below=True))
    for name, parts in result.waterfalls.items():
        data = numbers.steps_of(result, name)
        # the smallest beyond are one bar
        is_whole = len(parts.drivers) <= study_figures.MOST_STEPS
        along = _rows(len(data.rows)) if is_whole else None
        yield Drawn(f"From {result.names[0]} to {name}", partial(_waterfall, result, name), data, along)


@_of_study.register
def _(made: Forecast) -> Iterator[Drawn]:
    for figure, points in made.s_curves.items():
        ends = pd.DatetimeIndex([f"{point.month}-01" for point in points]) + pd.offsets.MonthEnd(0)
        along = Along("x", [day_number(day) for day in ends])
        title = f"{figure_title(figure)}: so far, and to come"
        yield Drawn(title, partial(_curve, made, figure), numbers.curve_of(made, figure), along)
    yield Drawn("Milestones to come, and how they moved", partial(answer_figures.trend_chart, made), Sheet())


@_of_study.register
def _(result: Sensitivity) -> Iterator[Drawn]:
    shown_rows = min(len(result.tornado), study_figures.MOST_BARS)
    along = _rows(shown_rows, from_below=True)
    yield Drawn("What moves it", partial(study_figures.tornado, result), numbers.swings_of(result), along)
    if result.indices is not None:
        along, bars = _rows(len(result.indices), from_below=True), partial(answer_figures.sobol_bars, result)
        yield Drawn("Share of the variance", bars, numbers.shares_of(result), along)


@_of_study.register
def _(result: Sweep) -> Iterator[Drawn]:
    # over two axes a map shows its values, and lines share their places
    along = Along("x", sweep_figures.places_of_sweep(result)) if len(result.axes) == 1 else None
    title = title_with_unit(result.figure, result.manifest["money_unit"])
    yield Drawn(title, partial(sweep_figures.sweep_chart, result), numbers.points_of(result), along)


@_of_study.register(Solution)
@_of_study.register(Planned)
def _(result: Solution | Planned) -> Iterator[Drawn]:
    figures = change_figures.figures_moved(result)
    data = numbers.changes_of(figures, result.manifest["money_unit"])
    chart = partial(change_figures.changes, result)
    yield Drawn("Against the plan as it is", chart, data, _rows(len(figures)))


@_of_study.register
def _(result: Audit) -> Iterator[Drawn]:
    data = numbers.ratios_of(result)
    chart = partial(answer_figures.audit_scatter, result)
    yield Drawn("Among reference builds", chart, data, _rows(len(data.rows)))


@_of_study.register
def _(result: EnsembleGrid) -> Iterator[Drawn]:
    data = numbers.ranges_of(result)
    along = _rows(len(data.rows), from_below=True)
    yield Drawn("Variants", partial(study_figures.ranges, result), data, along)


def _fan(result: Ensemble, name: str, ax: Axes | None) -> Axes:
    return study_figures.fan(result, ax, name)


def _waterfall(result: Comparison, name: str, ax: Axes | None) -> Axes:
    return study_figures.waterfall_chart(result, ax, name)


def _curve(made: Forecast, figure: str, ax: Axes | None) -> Axes:
    return answer_figures.s_curve_chart(made, ax, figure)
