"""What answers about inputs show first: tornados, sweeps, the value that reaches a goal, the plan chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.console import Group, RenderableType

from capsim.projection import month, plural
from capsim.report.figure_cells import figure_title, goal_words, in_a_row, title_with_unit, value_of
from capsim.report.first_screen import fitting_grid, screen, spread_grid
from capsim.report.folding import Name
from capsim.report.grids import numbers, open_grid, words
from capsim.report.not_in_the_money import OF_A_RUN, not_in_the_money
from capsim.report.opening import reached_grid
from capsim.report.study_values import number, read_as, short, signed
from capsim.study import HORIZON, Choice, Planned, Sensitivity, Solution, Sweep
from capsim.units import GIGA, MEGA
from capsim.vocabulary import (
    DECLARED,
    Goal,
    input_scale,
    input_title,
    input_unit,
    measure_of,
    parse_figure,
    parse_goal,
    with_unit,
)

MORE = "--all"
OF_A_PLAN = "--years --milestones --halls --binding --money --findings, or --all"
"""What shows more of an answer that is a plan."""
MOST_ROWS = 14
"""Rows of a table on the first screen."""
MOST_LINES, MOST_BESIDE = 19, 10
"""Lines of a table that stands alone, and of each of two."""
MOST_ACROSS = 5
"""Points of a sweep that stand beside one another with all they take."""
MOST_CHOSEN = 5
"""Choices of a plan that are shown."""
CLOSE = 1e-4
"""Distance to a goal, over it, up to which it is reached exactly, as shown. [1]"""
ROUNDING = 1e-9
"""Difference over a figure that is none. [1]"""
PRESENT = "as it is"
"""Heading of the scenario without a change."""


def sensitivity_opening(result: Sensitivity) -> Group:
    """What matters most to the figure, and how much; with its indices where they were asked for."""
    about, tornado = result.manifest, result.tornado
    unit, indices = about["money_unit"], result.indices
    moving = tornado[tornado["swing"] != 0.0]
    rows = [_bar(result, str(path), row, unit) for path, row in moving.head(MOST_ROWS).iterrows()]
    # the two columns after P10 and P90 are the figure with that value
    heads, lines = ("P10", "then", "P90", "then", "swing"), MOST_LINES if indices is None else MOST_BESIDE
    tables = [fitting_grid(f"Moves it most, of {len(moving)}", heads, rows, lines, "value")]
    if indices is not None:
        shares: list[list[RenderableType]] = [
            [Name(input_title(str(name))), *map(share, row)] for name, row in indices.iterrows()
        ]
        parts = ("by itself", "95 % from", "to", "in all", "95 % from", "to")
        tables.append(fitting_grid("Share of the variance", parts, shares, MOST_BESIDE, "factor"))
    central = value_of(result.figure, result.central, unit)
    title = f"{figure_title(result.figure)}: {central} with central estimates"
    said = f"{_who(about)}; {plural(len(tornado), 'uncertain value')}, one at a time"
    return screen(title, said, tables, [], [], MORE)


def _bar(result: Sensitivity, path: str, row: Any, unit: str) -> list[RenderableType]:
    """A value at its P10 and P90, each with the figure it makes, and the swing."""
    of = row.get("unit", "")
    at = {end: _cell(result.figure, row[f"at_{end}"], unit) for end in ("p10", "p90")}
    ends = (cell for end, made in at.items() for cell in (input_cell(row[end], of), made))
    return [Name(with_unit(path, of, unit)), *ends, _swing(result.figure, row["swing"], unit)]


def share(value: float) -> str:
    """A share in whole percent."""
    return f"{value:.0%}".replace("%", " %")


def sweep_opening(result: Sweep) -> Group:
    """The figure by the values of its axes; of a few values of one axis all that it takes, side by side."""
    about, unit = result.manifest, result.manifest["money_unit"]
    units, names = about.get("units", {}), list(result.axes)
    by = " and ".join(_axis(name, units, unit) for name in names)
    title = f"{title_with_unit(result.figure, unit)}, by {by}"
    values = result.points[result.figure]
    less = not_in_the_money(about.get("left_out", ()), OF_A_RUN)
    best = _best(result, units, unit)
    if len(names) == 1 and len(values) <= MOST_ACROSS:
        heads = [input_cell(at, units.get(names[0], "")) for at in result.axes[names[0]]]
        first = spread_grid(
            _axis(names[0], units, unit), heads, [in_a_row(result.figure, values.tolist(), unit)]
        )
        taken = _taken(heads, [row for _, row in result.points.iterrows()], about)
        return screen(title, _who(about), [first, taken], [], [*best, *less], MORE)
    rows, heads = _grid(result, units, unit)
    left = _axis(names[0], units, unit) if len(names) < 3 else "Values"
    table = fitting_grid(left, heads, rows, MOST_LINES - len(best) - len(less), "row")
    return screen(title, _who(about), [table], [], [*best, *less], MORE)


def _grid(result: Sweep, units: dict[str, str], unit: str) -> tuple[list[list[str]], list[str]]:
    """Rows and headings: of two axes the second goes across."""
    names, values = list(result.axes), result.points[result.figure].tolist()
    cells = [_cell(result.figure, value, unit) for value in values]
    if len(names) == 2:
        down, across = (result.axes[name] for name in names)
        of = [cells[i * len(across) : (i + 1) * len(across)] for i in range(len(down))]
        rows = [[input_cell(at, units.get(names[0], "")), *row] for at, row in zip(down, of, strict=True)]
        return rows, [input_cell(at, units.get(names[1], "")) for at in across]
    points = [point if isinstance(point, tuple) else (point,) for point in result.points.index]
    said = [
        ", ".join(input_cell(at, units.get(name, "")) for name, at in zip(names, point, strict=True))
        for point in points
    ]
    return [[at, cell] for at, cell in zip(said, cells, strict=True)], [figure_title(result.figure)]


def _best(result: Sweep, units: dict[str, str], unit: str) -> list[str]:
    """The point at which the figure is best."""
    measure = measure_of(parse_figure(result.figure))
    better = "lower" if measure is None else measure.better
    values = result.points[result.figure].dropna()
    # of other years totals are of other lengths
    if set(result.axes) & set(HORIZON) or better == "neither" or values.empty:
        return []
    moving = [name for name in result.axes if _moves(values, name)]
    still = [input_title(name) for name in result.axes if name not in moving]
    if not moving:
        return [f"The same at all points: {' and '.join(still)} {_do(still)} not move it"]
    is_most = better == "higher"
    at, best = (values.idxmax(), values.max()) if is_most else (values.idxmin(), values.min())
    point = at if isinstance(at, tuple) else (at,)
    named = (
        f"{input_title(name)} {input_cell(value, units.get(name, ''))}"
        + (f" {shown}" if (shown := input_unit(units.get(name, ""), unit)) else "")
        for name, value in zip(result.axes, point, strict=True)
        if name in moving
    )
    told = f"; {' and '.join(still)} {_do(still)} not move it" if still else ""
    return [f"Best: {value_of(result.figure, float(best), unit)} at {', '.join(named)}{told}"]


def _do(names: Sequence[str]) -> str:
    return "does" if len(names) == 1 else "do"


def _moves(values: Any, name: str) -> bool:
    """Whether a figure is another at two values of an axis, all others as they are, by more than rounding."""
    others = [other for other in values.index.names if other != name]
    of_each = values.groupby(level=others) if others else values.groupby(lambda _: 0)
    return bool((of_each.max() - of_each.min() > ROUNDING * values.abs().max()).any())


def solution_opening(result: Solution, *, is_alone: bool = True) -> Group:
    """The value that reaches the goal, what the plan then takes, which limits it breaks and what holds it."""
    about, goal = result.manifest, parse_goal(result.goal)
    unit, is_found = about["money_unit"], result.found is not None
    heads = (PRESENT, "found" if is_found else "nearest")
    value = with_unit(result.path, result.unit, unit)
    reached = in_a_row(str(goal.figure), [result.reached_at_present, result.reached], unit)
    rows = [
        [value, *(input_cell(each, result.unit, exact=True) for each in (result.present, result.best))],
        reached,
    ]
    title = _found(result, goal, unit)
    span = f"looked between {input_cell(result.low, result.unit)} and {input_cell(result.high, result.unit)}"
    said = f"{_who(about)}; {span}, {result.runs} runs, seed {about['seed']}"
    taken = _taken(heads, [result.takes_at_present, result.takes], about)
    says = [f"Not ready then: {result.binds}"] if result.binds else []
    says += _stepped(result, goal, unit) if is_found else []
    says += [result.remark[:1].upper() + result.remark[1:]] if result.remark else []
    says += not_in_the_money(about["left_out"], OF_A_RUN)
    doubts = [f"! Breaks a limit: {limit}" for limit in result.limits]
    more = OF_A_PLAN if is_alone else ""
    return screen(
        title, said, [spread_grid("Goal and value", heads, rows), taken], [], says, more, (), doubts
    )


def _found(result: Solution, goal: Goal, unit: str) -> str:
    """The value that reaches the goal, or the one that comes nearest where none does."""
    best = f"{input_cell(result.best, result.unit, exact=True)} {input_unit(result.unit, unit)}".rstrip()
    name, words_of = input_title(result.path), goal_words(goal, unit)
    if result.found is None:
        return f"{name}: no value reaches {words_of}; {best} comes nearest"
    return f"{name}: {best} reaches {words_of}"


def _stepped(result: Solution, goal: Goal, unit: str) -> list[str]:
    """Why a goal is not reached exactly: the result goes up in steps."""
    if (
        goal.sense != "="
        or goal.figure.is_date
        or abs(result.reached - goal.value) <= CLOSE * abs(goal.value)
    ):
        return []
    asked, reached = (value_of(str(goal.figure), each, unit) for each in (goal.value, result.reached))
    return [f"{asked} lies between two steps, since systems are whole: {reached} is the first one past it"]


def plan_opening(result: Planned, *, is_alone: bool = True) -> Group:
    """The choice, what the plan then takes beside the scenario as it is, and which limits it breaks."""
    about, goal = result.manifest, parse_goal(result.goal)
    unit = about["money_unit"]
    met = "meets" if result.feasible else "does not meet"
    title = f"{about['title'] or result.name}: {met} {goal_words(goal, unit)}"
    said = (
        f"{result.objective.replace('-', ' ')}; {plural(result.rounds, 'solution')} of the linear model, "
        f"within {abs(result.model_gap):.1%} of the simulated cost; seed {about['seed']}"
    )
    chosen = [_choice(one, unit) for one in result.choices]
    others = [f"and {len(chosen) - MOST_CHOSEN} more"] if len(chosen) > MOST_CHOSEN else []
    heads = map(words, ("Chosen", "system", "size"))
    slots = open_grid((*heads, numbers("ready")), chosen[:MOST_CHOSEN])
    comes = [
        in_a_row(str(goal.figure), [result.expected.goal, result.simulated.goal], unit),
        [
            "Present value of capex and opex, bn " + unit,
            *_billions(result.expected.cost, result.simulated.cost),
        ],
    ]
    costs = spread_grid("Comes to", ("linear model", "simulated"), comes)
    taken = _taken((PRESENT, "plan"), [result.takes_at_present, result.takes], about)
    doubts = [f"! Breaks a limit: {limit}" for limit in result.limits]
    doubts += [
        f"! Not chosen: {name}, since it does not pay for {', '.join(parts)}, which others do"
        for name, parts in about.get("pay_less", {}).items()
    ]
    says = [*others, *not_in_the_money(about["left_out"], OF_A_RUN)]
    more = OF_A_PLAN if is_alone else ""
    return screen(title, said, [slots, costs, taken], [], says, more, (), doubts)


def _choice(one: Choice, unit: str) -> list[RenderableType]:
    """A part of the build with its systems, its size and the month in which it is ready."""
    size = ""
    if one.size is not None:
        amount = f"{input_cell(one.size, one.unit)} {input_unit(one.unit, unit)}".strip()
        size = f"{input_title(one.path).removesuffix(f', {one.place}')} {amount}"
    ready = "" if one.ready is None else month(one.ready)
    return [Name(one.place or one.option), ", ".join(one.system_titles or one.systems), size, ready]


def _billions(*values: float) -> list[str]:
    return [number(value / GIGA) for value in values]


def _taken(heads: Sequence[str], columns: Sequence[Any], about: dict[str, Any]) -> Any:
    """What is reached and taken, a column for each set of headline figures."""
    currency = about["money_unit"][:3]
    # studies saved before do not say; of a sweep of the horizon each column has years of its own
    years = "" if set(about.get("axes", {})) & set(HORIZON) else about.get("years", "")

    def values_of(name: str) -> list[float]:
        key = DECLARED["headline"][name].named(currency)
        return [float(of.get(key, math.nan)) for of in columns]

    return reached_grid(heads, values_of, {}, about["h100e"], about["money_unit"], years)


def _who(about: dict[str, Any]) -> str:
    """The scenario by its title."""
    return str(about.get("title") or about["scenario"])


def _axis(name: str, units: dict[str, str], unit: str) -> str:
    return with_unit(name, units.get(name, ""), unit)


def input_cell(value: Any, unit: str, *, exact: bool = False) -> str:
    """A value of an input in the unit that is shown; days and words as they are."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value.isoformat() if isinstance(value, date) else str(value)
    scaled = float(value) * input_scale(unit)
    # what a planner types is told as he typed it
    if exact or (scaled.is_integer() and abs(scaled) < MEGA):
        return f"{scaled:,.6g}"
    return short(scaled)


def _cell(figure: str, value: float, unit: str) -> str:
    """A value of a figure alone; counts are exact, and of dates it is the day."""
    if parse_figure(figure).is_date or math.isnan(value):
        return read_as(figure, value)
    return in_a_row(figure, [value], unit)[1]


def _swing(figure: str, value: float, unit: str) -> str:
    """A difference of a figure with its sign; of dates in days."""
    if math.isnan(value):
        return "-"
    if parse_figure(figure).is_date:
        return f"{value:+,.0f} d"
    return signed(value) if value == 0.0 else f"{'+' if value > 0 else '-'}{_cell(figure, abs(value), unit)}"
