"""What `capsim run` shows first: what is reached and when, what it takes, what would help, and doubts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group

from capsim.projection import (
    NONE,
    Projection,
    Spread,
    TargetResult,
    left_out_words,
    month,
    plural,
    warnings_in,
)
from capsim.report.figure_cells import cells_of, goal_title, value_of
from capsim.report.first_screen import PERCENTILES, GoalRow, Reached, screen
from capsim.report.no_middle import why_no_middle
from capsim.report.not_in_the_money import not_in_the_money
from capsim.report.relief_tables import best_in_a_line
from capsim.report.sentences import FINDINGS
from capsim.study import PERCENT
from capsim.vocabulary import DECLARED, declared, parse_figure

if TYPE_CHECKING:
    from capsim.study import Relief

COMPUTE: Final = ("h100e_{definition}_peak", "lcoc_per_h100e_h")
POWER: Final = ("critical_it_mw_end", "levelised_cost_per_it_mwh")
"""What is reached, and its levelised cost: of compute, and of what has no accelerators."""
TAKES: Final = ("facility_peak_mw", "facility_gwh", "carbon_t", "water_m3")
"""Power, energy, carbon and water, a line each."""
LESSER: Final = ("water_m3", "carbon_t", "facility_gwh")
"""What gives way on a screen where what matters more finds no room, the first of it first."""
DATES: Final = {
    "first_ready": "First hall ready for service",
    "last_ready": "Last hall ready for service",
    "last_in_service": "Last fleet in service",
}
"""Dates of the phases that the plan does not have at the start, by their name in a spread."""
ENDS: Final = ("p10", "p50", "p90")
MOST_WARNINGS = 2
"""Warnings with a line of their own."""
NEVER, KEPT = "never", "kept"
"""Instead of the month in which a goal is reached; of a ceiling, in which it is passed."""
MORE = "--years --milestones --halls --binding --money --sure --findings, or --all"
"""Where all else is."""


def projection_opening(
    projection: Projection, relief: Relief | None = None, *, is_alone: bool = True
) -> Group:
    """The first screen of a projection: at most 24 lines at 80 columns.

    Parameters
    ----------
    projection : Projection
        What to show; with its spread, each figure stands beside its P10, P50 and P90.
    relief : Relief, optional
        What it gains to lift its limits one by one.
    is_alone : bool
        Whether nothing follows it, so that it says where more is.

    Returns
    -------
    opening : rich.console.Group
        For `console.print`.
    """
    facts = projection.facts
    title = facts.title or projection.name
    helps = [] if relief is None else [best_in_a_line(relief)]
    says = [*helps, *not_in_the_money(left_out_words(facts.scope))]
    more, goals = MORE if is_alone else "", goals_of(projection)
    first = [] if projection.spread is None else no_middle_of(projection.spread)
    return screen(
        title,
        about_projection(projection),
        [_reached(projection)],
        goals,
        says,
        more,
        first,
        warnings_of(projection),
    )


def no_middle_of(spread: Spread) -> list[str]:
    """Why a plan is no middle of its draws, where it is none, in lines."""
    ranks = {name: row["plan_percentile"] for name, row in spread.figures.items()}
    return why_no_middle(ranks, spread.outside)


def about_projection(projection: Projection) -> str:
    """Horizon, seed and draws, and what money and H100e are."""
    facts = projection.facts
    parts = [f"{_years(projection)}, seed {projection.manifest['seed']}"]
    parts += [f"{projection.spread.n} draws"] if projection.spread is not None else []
    parts += [f"{facts.money_unit}, real"]
    parts += [f"1 {code} is {rate:.4g} {facts.currency}" for code, rate in facts.exchange_rates.items()]
    return "; ".join([*parts, f"H100e by {projection.definition}"])


def _years(projection: Projection) -> str:
    """Years of the horizon."""
    years = projection.yearly.index
    return f"{years[0]} to {years[-1]}"


def _reached(projection: Projection) -> Reached:
    """What is reached and when, and what it takes, beside P10, P50 and P90 where there are draws."""
    spread, currency = projection.spread, projection.currency

    def values_of(name: str) -> list[float]:
        key = DECLARED["headline"][name].named(currency)
        of_draws = {} if spread is None else spread.figures.get(key, {})
        more = [] if spread is None else [of_draws.get(end, math.nan) for end in ENDS]
        return [projection.headline[key], *more]

    dates = {}
    for name, day in dates_of_all(projection).items():
        row = {} if spread is None else spread.whole.get(name, {})
        dates[name] = [day, *(row.get(end) for end in ENDS if spread is not None)]
    heads = ("plan", *PERCENTILES) if spread is not None else ("plan",)
    unit = projection.facts.money_unit
    return reached_grid(heads, values_of, dates, projection.definition, unit, _years(projection))


def reached_grid(
    heads: Sequence[str],
    values_of: Callable[[str], list[float]],
    dates: Mapping[str, Sequence[str | None]],
    definition: str,
    money_unit: str,
    years: str,
) -> Reached:
    """What is reached and when, and what it takes: power, energy, carbon, water and money, a line each.

    Parameters
    ----------
    heads : sequence of str
        Headings of the columns.
    values_of : callable
        Values of a headline figure by its declared name, one for each column.
    dates : mapping of str to sequence of str
        Dates of `DATES`, one for each column, None for never.
    definition, money_unit : str
        Definition of an H100-equivalent in force, and unit of money.
    years : str
        Years over which energy, carbon, water and money are summed: ``2026 to 2037``.
    """
    most, cost = COMPUTE if values_of("accelerators_peak")[0] else POWER
    money = "capex" if values_of("capex")[0] else "opex"
    names = [most.format(definition=definition), *TAKES, money, cost]
    names += ["npv"] if values_of("revenue")[0] else []
    cells = (cells_of(DECLARED["headline"][name], values_of(name), money_unit) for name in names)
    rows = {name: [title, *numbers] for name, (title, numbers) in zip(names, cells, strict=True)}
    last = "last_in_service" if "last_in_service" in dates else "last_ready"
    days = {name: [DATES[name], *map(_month, dates[name])] for name in ("first_ready", last) if name in dates}
    of_all = {names[0]: rows[names[0]]} | days | rows
    shown = {name: row for name, row in of_all.items() if row[1] != NONE}
    lesser = [place for name in LESSER for place, shown_name in enumerate(shown) if shown_name == name]
    heading = ", ".join(("Reached and taken", *([years] if years else [])))
    return Reached(heading, heads, [*shown.values()], lesser)


def dates_of_all(projection: Projection) -> dict[str, str | None]:
    """When the first and the last hall to come are ready and the last fleet is in service; ISO dates."""
    facts = projection.facts
    found: dict[str, str | None] = {}
    for milestone, first, last in (
        ("ready_for_service", "first_ready", "last_ready"),
        ("fleet_in_service", "", "last_in_service"),
    ):
        days = [
            of_phase[milestone]
            for place, of_phase in facts.dates.items()
            if milestone in of_phase and (first or _has_systems(projection, place))
        ]
        to_come = [day for day in days if day is None or day > facts.start]
        known = [day for day in to_come if day is not None]
        if to_come:
            found |= {first: min(known, default=None)} if first else {}
            found[last] = max(known) if len(known) == len(to_come) else None
    return found


def _has_systems(projection: Projection, place: str) -> bool:
    site, _, phase = place.partition(".")
    return bool(projection.facts.deployments.get(site, {}).get(phase))


def _month(day: str | None, none: str = NEVER) -> str:
    return none if day is None else month(day)


def _or_else(sense: str) -> str:
    """What stands for no month in which a goal is reached, or a ceiling passed."""
    return KEPT if sense == "<=" else NEVER


def goals_of(projection: Projection) -> list[GoalRow]:
    """Goals of the targets, as the plan and the draws reach them; those that the plan misses first."""
    draws = [] if projection.spread is None else projection.spread.goals
    chances: list[Mapping[str, Any] | None] = [*draws] if draws else [None] * len(projection.targets)
    unit = projection.facts.money_unit
    rows = [_goal(target, chance, unit) for target, chance in zip(projection.targets, chances, strict=True)]
    # a screen may have no room for all of them
    return sorted(rows, key=lambda row: row.is_met)


def _goal(target: TargetResult, chance: Mapping[str, Any] | None, unit: str) -> GoalRow:
    """A goal of the plan, and how often draws meet it."""
    name = parse_figure(target.metric).name
    has_months = bool(target.crossed) or bool(target.by and declared(name, "monthly"))
    crossed = _month(target.crossed or None, _or_else(target.sense)) if has_months else ""
    spread = () if chance is None else chance_spread(target.metric, target.sense, chance, unit)
    months = (crossed, *(spread if chance is not None and chance["reached"] else ()))
    return GoalRow(
        title=or_passed(goal_title(target.metric, target.sense, target.goal, unit), target.sense, months),
        by=month(target.by),
        reached=value_of(target.metric, target.reached, unit, alone=True),
        crossed=crossed,
        spread=spread,
        met=("yes" if target.met else "no") if chance is None else share_of(chance["probability"]),
        is_met=target.met,
    )


def or_passed(title: str, sense: str, months: Sequence[str]) -> str:
    """A goal; of a ceiling that is passed in one of the months, that these are no achievement."""
    return title.replace(" <= ", " over ") if sense == "<=" and set(months) - {"", NONE, KEPT} else title


def chance_spread(figure: str, sense: str, chance: Mapping[str, Any], unit: str) -> tuple[str, ...]:
    """Months in which draws reach a goal, or pass a ceiling; values where no month is the first.

    P10, P50 and P90.
    """
    if chance["reached"]:
        return tuple(_month(chance["reached"][end] or None, _or_else(sense)) for end in ENDS)
    return tuple(value_of(figure, chance[end], unit, alone=True) for end in ENDS)


def share_of(probability: float) -> str:
    """A share of the draws in whole percent."""
    return f"{probability * PERCENT:.0f} %"


def warnings_of(projection: Projection) -> list[str]:
    """What is strange, by its warnings, the gravest first."""
    return told_first(warnings_in(projection.findings), FINDINGS)


def told_first(warnings: Sequence[str], where: str) -> list[str]:
    """The first warnings, a line each, and what shows the others."""
    told = [f"! {text}" for text in warnings[:MOST_WARNINGS]]
    left = len(warnings) - len(told)
    return [*told, f"! and {plural(left, 'warning')} more: {where}"] if left else told
