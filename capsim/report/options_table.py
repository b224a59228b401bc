"""Options side by side: what a comparison says first, one column for each of its scenarios."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from capsim.projection import NONE, scaled, stated, why_none
from capsim.report.figure_cells import figure_title, in_a_row
from capsim.report.grids import numbers, open_grid, words
from capsim.report.option_titles import over_column
from capsim.study import PERCENT, Comparison
from capsim.vocabulary import ADDED_UP, Asked, Better, in_results, measure_of, parse_figure

if TYPE_CHECKING:
    import pandas as pd

SHOWN: Final = (
    "critical_it_mw_end",
    "facility_peak_mw",
    "accelerators_peak",
    "h100e_8bit_peak",
    "h100e_h",
    "capex",
    "opex",
    "lcoc",
    "levelised_cost_per_it_mwh",
    "npv",
    "pue",
    "carbon_t",
)
"""Figures laid side by side where none are asked for, beside the one that ranks."""
OF_ALL_YEARS: Final = ("npv", "peak_funding", "peak_equity_nominal", "budget_buys_mw")
"""Figures that are no sum of months and that grow with the years all the same."""
COMMON = "common months"
"""What names of figures over the months that all scenarios have end with."""
SIDE_BY_SIDE = 4
"""Scenarios in one table, so that it fits in 80 columns."""
WIDEST_NAME = 11
"""Characters of a scenario's name over a column before it goes on in the next line."""
TALLEST_NAME = 4
"""Lines that such a name may take."""
DIGITS = 3
"""Significant digits of a difference."""
TWO = 2
"""Scenarios beside which there is room for the interval of their difference."""
ENDS: Final = ("difference\nP10", "difference\nP90")
"""Headings of the interval of the differences, replication by replication."""


class Row(NamedTuple):
    """A figure of every scenario."""

    column: str
    """Its name in the table of the comparison."""
    values: Mapping[str, float]
    """Mean over the replications, by scenario."""

    @property
    def asked(self) -> Asked:
        """The figure in words."""
        return parse_figure(self.column)

    @property
    def better(self) -> Better:
        """Which way is better; earlier for dates."""
        measure = measure_of(self.asked)
        return "lower" if measure is None else measure.better

    def gain(self, name: str, other: str) -> float:
        """By how much one scenario is better than another, in the unit of the figure; 0 for neither."""
        sign = {"higher": 1.0, "lower": -1.0, "neither": 0.0}[self.better]
        return sign * (self.values[name] - self.values[other])


class Options(NamedTuple):
    """Options side by side, as many in a table as 80 columns hold."""

    said: str
    """Who wins, and what of the money is not of one thing."""
    tables: list[OptionsTable]


class OptionsTable(NamedTuple):
    """Figures that matter of some scenarios, and who is beaten by whom."""

    headings: list[str]
    lines: list[list[str]]
    beaten: list[str]

    def shown(self, n: int) -> Table:
        """The table with so many figures, and the line of who is beaten."""
        columns = [words("mean of the replications"), *(numbers(heading) for heading in self.headings)]
        return open_grid(columns, [*self.lines[:n], self.beaten])


def options_of(result: Comparison) -> Options:
    """The figures that matter with the scenarios as columns, best first after the base, and who wins."""
    by = _row(result, result.manifest["by"])
    rows = _rows(result, by)
    base, *others = result.names
    ranked = [base, *sorted(others, key=lambda name: -_or_worst(by.gain(name, base)))]
    # of different years none beats another: totals are of other months, and ratios spread capital over them
    beaten = {} if "months" in result.manifest else dominated(rows, ranked, _left_out(result))
    tables, heads = [], _over_columns(result.names)
    for first in range(1, len(ranked), SIDE_BY_SIDE - 1):
        names = [base, *ranked[first : first + SIDE_BY_SIDE - 1]]
        headings = [heads[name] for name in names]
        lines = [line for row in rows for line in _lines(result, row, names)]
        by_whom = ["Dominated by", *(heads.get(beaten.get(n, NONE), NONE) for n in names)]
        # of several others the intervals stand in tables of their own
        headings, by_whom = (
            ([*headings, *ENDS], [*by_whom, "", ""]) if len(names) == 2 else (headings, by_whom)
        )
        tables.append(OptionsTable(headings, lines, by_whom))
    said, best = best_option(result)
    told = " ".join([said, *how_often_best(result, best), *of_other_scope(result)])
    return Options("\n".join([told, *(": ".join(one) for one in numbered(result.names).items())]), tables)


def _over_columns(names: Sequence[str]) -> dict[str, str]:
    """What stands over the column of each: its name in lines, or its number where that is too tall."""
    lines = {name: over_column(name, WIDEST_NAME) for name in names}
    return {
        name: "\n".join(of) if len(of) <= TALLEST_NAME else f"variant {number}"
        for number, (name, of) in enumerate(lines.items())
    }


def numbered(names: Sequence[str]) -> dict[str, str]:
    """Names by the numbers that stand for them over columns; empty where names stand there."""
    heads = _over_columns(names)
    tall = (name for name in names if len(over_column(name, WIDEST_NAME)) > TALLEST_NAME)
    return {heads[name]: name for name in tall}


def options_table(result: Comparison) -> list[RenderableType]:
    """Who wins, and all figures that matter."""
    options = options_of(result)
    parts: list[RenderableType] = [Text(options.said), Text()]
    for table in options.tables:
        parts += [table.shown(len(table.lines)), Text()]
    return parts


def _rows(result: Comparison, by: Row) -> list[Row]:
    """Rows that are shown: the one that ranks, then those asked for, without those that are 0 throughout."""
    names = result.manifest["figures"] or _matter_most(result)
    rows = [by, *(_row(result, name) for name in names if name != by.column)]
    return [row for row in rows if any(value and not math.isnan(value) for value in row.values.values())]


def _matter_most(result: Comparison) -> list[str]:
    """Names in results of the figures that are shown where none are asked for."""
    names, currency = result.figures.loc[result.names[0]].index, result.manifest["money_unit"][:3]
    found = (in_results(name, map(str, names), currency) for name in SHOWN)
    return [name for name in found if name is not None]


def _row(result: Comparison, column: str) -> Row:
    means = {name: float(result.figures.loc[name]["mean"][column]) for name in result.names}
    return Row(column, means)


def dominated(
    rows: Sequence[Row], names: Sequence[str], left_out: Mapping[str, frozenset[str]]
) -> dict[str, str]:
    """Scenarios that another beats: at least as good in every figure, better in one; the first that does.

    Figures of which no way is better, or that one of the two lacks, count for neither. What leaves a part
    out of its money that another pays for does not beat that.
    """
    beaten: dict[str, str] = {}
    for name in names:
        for other in names:
            if not left_out[other] <= left_out[name]:
                continue
            gains = [row.gain(other, name) for row in rows]
            gains = [gain for gain in gains if not math.isnan(gain)]
            if other != name and gains and min(gains) >= 0.0 and max(gains) > 0.0:
                beaten.setdefault(name, other)
    return beaten


def _left_out(result: Comparison) -> dict[str, frozenset[str]]:
    """Parts that the money of each scenario leaves out; comparisons saved before have none."""
    left_out = result.manifest.get("left_out", {})
    return {name: frozenset(left_out.get(name, ())) for name in result.names}


def _is_of_money(by: Row) -> bool:
    measure = measure_of(by.asked)
    return measure is not None and measure.is_money


def side_by_side_title(result: Comparison) -> str:
    """Title of the options side by side, which are means and no central estimates."""
    return f"Options side by side: means of {result.manifest['n']:,} draws"


def is_of_other_years(result: Comparison, asked: Asked) -> bool:
    """Whether a figure is a total of the scenario's own years, and these differ: it ranks nothing."""
    measure = measure_of(asked)
    if "months" not in result.manifest or measure is None or asked.when:
        return False
    return (measure.fold in ADDED_UP or measure.name in OF_ALL_YEARS) and COMMON not in asked.name


def of_other_years(result: Comparison) -> Iterator[str]:
    """That the scenarios are of different years, where they are, and what that means for their figures."""
    if "months" not in result.manifest:
        return
    frames = result.manifest["months"].items()
    years = "; ".join(f"{name}: {first} to {last}" for name, (first, last) in frames)
    common = result.manifest["common_months"]
    rows = f", and rows of common months are over {common[0]} to {common[1]}" if common else ""
    yield (
        f"The options are of different years ({years}). Totals are each over the option's own years and rank "
        f"nothing{rows}; what is per unit spreads its capital over them."
    )


def of_other_scope(result: Comparison) -> Iterator[str]:
    """Which scenarios pay for other parts than the base: what money says of the two is not of one thing."""
    base, left_out = result.names[0], _left_out(result)
    alike: dict[tuple[str, str], list[str]] = {}
    for name in result.names[1:]:
        less, more = left_out[name] - left_out[base], left_out[base] - left_out[name]
        alike.setdefault((", ".join(sorted(less)), ", ".join(sorted(more))), []).append(name)
    for (out, inside), names in alike.items():
        told = ", ".join(names)
        if out:
            yield f"Out of the money of {told}, and in that of {base}: {out}."
        if inside:
            yield f"In the money of {told}, and out of that of {base}: {inside}."


def _or_worst(gain: float) -> float:
    return -math.inf if math.isnan(gain) else gain


def best_option(result: Comparison) -> tuple[str, str]:
    """Who is best by the figure that ranks, and how far from the base, with the spread of the difference.

    By money none is that leaves out of it what the base pays for, and by a total of the scenarios' own years
    none where these differ.

    Returns
    -------
    said, best : str
        In a sentence, and by name; no name where none is best.
    """
    by = _row(result, result.manifest["by"])
    base, *others = result.names
    if is_of_other_years(result, by.asked):
        return f"Not ranked by {figure_title(by.asked)}: a total, of options of different years.", ""
    left_out = _left_out(result)
    all_gains = {name: _or_worst(by.gain(name, base)) for name in others}
    gains = {n: g for n, g in all_gains.items() if left_out[n] <= left_out[base] or not _is_of_money(by)}
    title, value = figure_title(by.asked), _stated(result, by.asked, by.values[base])
    if not gains and max(all_gains.values()) > -math.inf:
        return f"By {title} none is better or worse than {base}, the base, at {value}: all pay for less.", ""
    gains = gains or all_gains
    best = max(gains, key=lambda name: gains[name])
    if by.better == "neither":
        return f"No way is better of {title} ({value} in {base}); the scenarios are in their order.", ""
    if max(gains.values()) == -math.inf:
        return _unranked(result, by, title), ""
    if not gains[best] > 0.0:
        return f"Best by {title}: {base}, the base, at {value}.", base
    row = result.figures.loc[best].T[by.column]
    spread = " to ".join(_difference(by.asked, end) for end in _ends(row))
    share = ""
    if not by.asked.is_date and by.values[base]:
        share = f"{row['difference'] / abs(by.values[base]) * PERCENT:+.1f} %, "
    said = (
        f"Best by {title}: {best}, {_stated(result, by.asked, by.values[best])} against {value} of {base} "
        f"({share}P10 to P90 of the difference {spread})."
    )
    return said, best


def how_often_best(result: Comparison, best: str) -> list[str]:
    """In how many of its draws an option is best, in a sentence; none where that was not counted."""
    share = result.manifest.get("best_in", {}).get(best)
    if share is None:
        return []
    return [f"It is best in {share * PERCENT:.0f} % of the {result.manifest['n']:,} draws."]


def _unranked(result: Comparison, by: Row, title: str) -> str:
    """Why nothing is held against the base by a figure: it has no value in the base, or in all others."""
    having = [name for name in result.names if not math.isnan(by.values[name])]
    needs = f": {why_none(by.asked)}" if why_none(by.asked) else ""
    lacking = [name for name in result.names if name not in having]
    if not having:
        return f"No scenario has a value of {title}{needs}. They stand in their order, ranked by nothing."
    values = ", ".join(f"{name} {_stated(result, by.asked, by.values[name])}" for name in having)
    return f"{title}: {values}; none of {', '.join(lacking)}{needs}. None is held against the base by it."


def _ends(row: pd.Series[float]) -> list[float]:
    """P10 and P90 of a difference."""
    return [float(end) for end in row[["difference_p10", "difference_p90"]].to_numpy()]


def _difference(asked: Asked, value: float) -> str:
    text = f"{value:.0f} d" if asked.is_date else scaled(value, DIGITS)
    return f"+{text}" if value > 0 else text


def _stated(result: Comparison, asked: Asked, value: float) -> str:
    """A value with its unit."""
    measure = measure_of(asked)
    if measure is None:
        return _day(value)
    return stated(measure, value, measure.unit_in(result.manifest["money_unit"]))


def _lines(result: Comparison, row: Row, names: Sequence[str]) -> Iterator[list[str]]:
    """A figure of every scenario, and below a date how often it never comes, which no mean date has.

    Of two scenarios the ends of the difference stand beside them, in the unit of the figure.
    """
    unit, values = result.manifest["money_unit"], [row.values[name] for name in names]
    ends = _ends(result.figures.loc[names[1]].T[row.column]) if len(names) == TWO else []
    if row.asked.is_date:
        yield [*in_a_row(row.column, values, unit), *(_days(end) for end in ends)]
    else:
        cells = in_a_row(row.column, [*values, *ends], unit)
        first = len(cells) - len(ends)
        yield [*cells[:first], *(f"+{c}" if e > 0.0 else c for e, c in zip(ends, cells[first:], strict=True))]
    # comparisons saved before have no such column
    if not row.asked.is_date or "none_share" not in result.figures:
        return
    never = [float(result.figures.loc[name]["none_share"][row.column]) for name in names]
    if any(never):
        shares = (scaled(share * PERCENT, DIGITS) for share in never)
        yield ["  share in which it never comes, %", *shares, *("" for _ in ends)]


def _days(value: float) -> str:
    """A difference of dates."""
    return NONE if math.isnan(value) else f"{value:+,.0f} d"


def _day(value: float) -> str:
    return "never" if math.isnan(value) else date.fromordinal(int(value)).isoformat()
