"""Tables of a relief: what each limit gains when lifted, the ladder, and float."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.projection import NONE, answered, plural, scaled
from capsim.report.figure_cells import figure_title, in_a_sentence
from capsim.report.folding import folded
from capsim.report.grids import Stacked, columns, grid, titled
from capsim.study import READY, SERVED, DateGain, Gain, Lifted, Relief, Slack, TargetGain
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary import declared, parse_figure

MOST_SHOWN = 3
"""Limits that are shown beside a plan."""
MOST_PHASES = 4
"""Phases of several sites that are named with their months; of more it is said how many they are."""
LEAST_MONTHS = 0.05
"""Fewer are shown as less than this. [months]"""
HEADINGS = {"h100e_h": "H100e-hours", "it_gwh": "IT energy\nGWh", "npv": "present\nvalue"}
"""Headings of figures by their name without currency; others go by their title."""
IN_WORDS = {"h100e_h": "H100e-hours", "it_gwh": "GWh of IT energy"}
"""Figures in a sentence, after their number; others go by their title."""
PER_UNIT = ("lcoc_per_h100e_h", "levelised_cost_per_it_mwh")
"""Figures with the unit of money alone, since their title says what they are per."""
WIDEST = 12
"""Characters of a line of a heading."""
MOVED = ("halls ready earlier\n(months)", "fleets there earlier\n(months)")
"""Headings of what moves, before those of figures."""
LEAST_MW_MONTHS = 1e-3
"""Gain of halls that is no more than rounding. [MW months]"""
ROUNDING = 1e-9
"""Change over a figure that is none. [1]"""


def relief_beside(result: Relief) -> Group:
    """The best limits of a plan to lift, and those that gain nothing, for the summary of the plan."""
    best = [row for row in result.lifted if _helps(result, row.gain)][:MOST_SHOWN]
    number = f"the best {len(best)} of {len(result.lifted)}" if best else "none helps"
    title = f"What would help: limits lifted one by one, {number} (dated orders move with their halls)"
    rows = [(row.limit, *_cells(result, row.gain)) for row in best]
    parts: list[RenderableType] = [_table(result, ("lifted",), rows)] if rows else []
    return titled(title, *parts, *(Text(line) for line in _sentences(result)))


def best_in_a_line(result: Relief) -> str:
    """What lifting the best limit gains, and what comes next: with it lifted, or in its place."""
    by = result.manifest["by"]
    best = [row for row in result.lifted if _helps(result, row.gain)]
    if not best:
        of = "halls" if result.ranking.is_of_halls else _called(by)
        return f"Helps {of}: no limit, lifted by itself"
    first, *others = best
    if first.is_of_demand:
        return f"{_demand_limits(result, first)}{_next_to_demand(result, others)}"
    return f"Helps most: {first.limit} lifted, {_change(result, first.gain)}{_next(result, first, others)}"


def _demand_limits(result: Relief, demand: Lifted) -> str:
    """What more demand, which no planner lifts, would bring."""
    return f"Demand limits it: {_change(result, demand.gain)} if all of it were asked for"


def _next_to_demand(result: Relief, others: Sequence[Lifted]) -> str:
    """The best limit that a planner can lift, where there is one."""
    if not others:
        return "; no other limit, lifted by itself, helps"
    return f"; what helps most besides is {others[0].limit} lifted, {_change(result, others[0].gain)}"


def _next(result: Relief, first: Lifted, others: Sequence[Lifted]) -> str:
    """The second rung of the ladder; where none is climbed, what helps most in place of the best."""
    rungs = [" and ".join(gain.limits) for gain in result.ladder]
    if rungs[:1] == [first.limit]:
        return "".join(f"; then {limits}" for limits in rungs[1:2])
    return "".join(f"; or else {row.limit}" for row in others[:1])


def _called(by: str) -> str:
    """A figure inside a sentence, as people call it."""
    return IN_WORDS.get(by) or in_a_sentence(by)


def _change(result: Relief, gain: Gain) -> str:
    """The change of the figure that ranks, in words; of a date in months."""
    by = result.manifest["by"]
    if result.ranking.is_of_halls:
        return f"{_halls(gain)} MW-years of halls ready"
    change, of_plan = gain.figures[by], result.plan[by]
    if parse_figure(by).is_date:
        return f"{figure_title(by)} {_some(abs(change))} months {'earlier' if change < 0.0 else 'later'}"
    share = f" ({change / of_plan:+.1%})" if of_plan else ""
    return f"{_figure(result, by, change)} {_in_words(result, by)}{share}"


def _sentences(result: Relief) -> Iterator[str]:
    """What lifting the best limit gains, and which limits gain nothing."""
    useless = [row.limit for row in result.lifted if not _helps(result, row.gain)]
    if result.lifted and _helps(result, result.lifted[0].gain):
        best = result.lifted[0]
        yield f"Lifting {best.limit} ({best.what}) gains most: {gained(result, best.gain)}."
    if useless:
        yield f"Lifting one of these alone gains nothing: {', '.join(useless)}."
    for row in result.lifted[:MOST_SHOWN]:
        yield from (
            f"With {row.limit} lifted {told}." for told in _orders(row.gain) if _helps(result, row.gain)
        )


def _orders(gain: Gain) -> Iterator[str]:
    """What orders that follow their halls buy, where that is not what it was or they wait for it."""
    others: dict[tuple[str, str], list[str]] = {}
    waiting: dict[tuple[str, str], list[str]] = {}
    for order in gain.orders:
        place = f"{order.site}.{order.phase}.{order.deployment}"
        if order.system_before != order.system_after:
            others.setdefault((order.system_after, order.system_before), []).append(
                f"{place} ({order.after})"
            )
        elif place in gain.waiting:
            waiting.setdefault((order.system_after, order.after), []).append(place)
    for (now, was), orders in others.items():
        buys = "buys" if len(orders) == 1 else "buy"
        yield f"{_and(orders)} {buys} {now}, the newest on that day, in place of {was}"
    for (system, day), orders in waiting.items():
        waits = "waits" if len(orders) == 1 else "wait"
        yield f"{_and(orders)} {waits} for {system} to be the newest, until {day}"


def gained(result: Relief, gain: Gain) -> str:
    """A gain in words: the figure that ranks, and the dates that move."""
    is_some = result.ranking.is_of_halls or gain.figures[result.manifest["by"]]
    parts = [_change(result, gain)] if is_some else []
    ready, served = (_months(gain.dates, milestone) for milestone in (READY, SERVED))
    parts += [f"halls earlier by months: {ready}"] if ready != NONE else []
    parts += [f"fleets earlier by months: {served}"] if ready == NONE and served != NONE else []
    return "; ".join(parts) or "nothing"


def _in_words(result: Relief, name: str) -> str:
    """A figure behind its number: of money with its unit."""
    if name in IN_WORDS:
        return IN_WORDS[name]
    measure, unit = declared(name, "headline"), result.units[name]
    title = figure_title(name) if measure is None else measure.title
    if unit not in ("", "1") and title.startswith(unit):
        return title
    return f"{unit} of {title}" if unit not in ("", "1") else f"of {title}"


def relief_summary(result: Relief) -> RenderableType:
    """Limits lifted and eased, targets, the ladder, what is left out, and float."""
    about = result.manifest
    by = "halls ready earlier" if result.ranking.is_of_halls else figure_title(about["by"])
    said = (
        f"Central runs, seed {about['seed']}, ranked by {by}. A limit lifted costs nothing by",
        "itself; larger halls and connections are paid for, but for halls that are there at the start.",
        "Orders with a date move with their hall,",
        "but for the last column, in which they stay on their dates.",
    )
    parts: list[RenderableType] = [Text(about["title"] or about["scenario"], style="bold")]
    parts += [Text(" ".join(said)), Text(), *_lifted(result), *_targets(result), *ladder_of(result)]
    return Group(*parts, *_floats(result))


def _told(row: Lifted) -> Iterator[str]:
    """What is to be known of a limit lifted: what orders then buy, and which halls are later for it."""
    halls = (date for date in row.gain.dates if date.milestone == READY)
    later = [f"{date.site}.{date.phase}" for date in halls if date.months < 0.0]
    yield from (f"With {row.limit} lifted {told}." for told in _orders(row.gain))
    if later:
        yield f"With {row.limit} lifted others take crews or money before {_and(later)}."


def _lifted(result: Relief) -> Iterator[RenderableType]:
    """Limits lifted, eased, and not there."""
    by, heading = result.manifest["by"], f"{_heading(result, result.manifest['by'])},\nas dated"
    rows = [(row.limit, *_cells(result, row.gain), _of(result, by, row.as_dated)) for row in result.lifted]
    yield titled("Each limit lifted by itself", _table(result, ("limit",), rows, (heading,)))
    for row in result.lifted:
        yield from map(Text, _told(row))
    yield Text()
    steps = [(row.limit, row.step, *_cells(result, row.eased)) for row in result.lifted if row.eased]
    yield titled("Each limit eased by a step", _table(result, ("limit", "eased"), steps), "")
    meanings: dict[str, list[str]] = {}
    for row in result.lifted:
        meanings.setdefault(row.what, []).append(row.limit)
    yield Text(f"Lifted: {'; '.join(f'{_and(names)}: {what}' for what, names in meanings.items())}.")
    if result.left_out:
        missing = "; ".join(f"{name} ({why})" for name, why in result.left_out.items())
        yield Text(f"Nothing to lift: {missing}.")
    yield Text()


def _and(names: Sequence[str]) -> str:
    return ", ".join(names)


def _targets(result: Relief) -> Iterator[RenderableType]:
    """Goals that a lifted limit moves."""
    rows = [
        (row.limit, target.target, f"{figure_title(target.metric)}, {_goal(target)}", *_reached(target))
        for row in result.lifted
        for target in row.gain.targets
    ]
    if rows:
        headings = (
            ("limit lifted", "target", "goal"),
            ("on its day", "then", "crossed", "then", "months\nearlier"),
        )
        table = grid(columns(*headings), rows, gap=1)
        yield titled("Targets that move", Stacked(table, len(headings[0]), rows), "")


def _goal(target: TargetGain) -> str:
    asked = parse_figure(target.metric)
    return answered(asked, target.goal, "") if asked.is_date else f"{scaled(target.goal, 4)} {target.unit}"


def _reached(target: TargetGain) -> tuple[str, ...]:
    """What is reached and when it is crossed, before and after; met goals are marked. Dates have days."""
    asked = parse_figure(target.metric)
    reached = ((target.reached_before, target.met_before), (target.reached_after, target.met_after))
    crossed = (target.crossed_before[:7] or "never", target.crossed_after[:7] or "never")
    if asked.is_date:
        days = (f"{answered(asked, day, '')}{' met' if met else ''}" for day, met in reached)
        return (*days, NONE, NONE, NONE if math.isnan(target.months) else f"{target.months:+.1f}")
    months = NONE if math.isnan(target.months) else f"{target.months:+.0f}"
    return (*(f"{scaled(value, 4)}{' met' if met else ''}" for value, met in reached), *crossed, months)


def ladder_of(result: Relief) -> Iterator[RenderableType]:
    """The best relief, the best next one with the dates that move, and where that ends."""
    title, end = ladder_ends(result)
    table = [ladder_table(result, len(result.ladder), moved=MOVED)] if result.ladder else []
    told = (f"On rung {n} {told}." for n, gain in enumerate(result.ladder, 1) for told in _orders(gain))
    yield titled(title, *table, *map(Text, told), Text(f"{end}\n"))


def ladder_ends(result: Relief) -> tuple[str, str]:
    """What stands above a ladder, and where it ends."""
    title = "Ladder: the best limit to lift, and the best next one each time (gains over the rung before)"
    return title, f"At the end {result.end}."


def ladder_table(result: Relief, shown: int, moved: tuple[str, ...] = ()) -> RenderableType:
    """So many rungs, with the dates that move where they have headings."""
    by, total, rows = result.manifest["by"], result.plan[result.manifest["by"]], []
    for number, gain in enumerate(result.ladder[:shown], 1):
        total += gain.mw_months / MONTHS_PER_YEAR if result.ranking.is_of_halls else gain.figures[by]
        cells = _cells(result, gain)[0 if moved else len(MOVED) :]
        rows.append((str(number), " and ".join(gain.limits), *cells, scaled(total)))
    in_all = (f"{_heading(result, by)}\nin all",)
    return _table(result, ("", "then lift"), rows, in_all, moved=moved)


def _floats(result: Relief) -> Iterator[RenderableType]:
    """Critical and near-critical activities of each phase, and float of the others."""
    band = float(result.manifest["band_months"])
    phases: dict[str, list[Slack]] = {}
    for row in result.slack:
        phases.setdefault(f"{row.site}.{row.phase}", []).append(row)
    rows = [(place, *_paths(of_phase, band)) for place, of_phase in phases.items()]
    if rows:
        near = f"near-critical: within\n{band:g} months (total/free)"
        headings = ("phase", "critical: no float", near, "others (total/free float in months)")
        title = "Float: months that each may slip before its phase is ready later / before what comes next is"
        yield titled(title, grid(columns(headings, ()), rows, gap=1))


def _paths(of_phase: Sequence[Slack], band: float) -> tuple[str, str, str]:
    critical = [row.activity for row in of_phase if row.total_months == 0.0]
    near = [_slack(row) for row in of_phase if 0.0 < row.total_months <= band]
    others = [_slack(row) for row in of_phase if row.total_months > band]
    return ", ".join(critical) or NONE, ", ".join(near) or NONE, ", ".join(others) or NONE


def _slack(row: Slack) -> str:
    if math.isinf(row.free_months):
        return f"{row.activity} no limit"
    return f"{row.activity} {_some(row.total_months)}/{_some(row.free_months)}"


def _table(
    result: Relief,
    left: tuple[str, ...],
    rows: Sequence[Sequence[str]],
    more: tuple[str, ...] = (),
    *,
    moved: tuple[str, ...] = MOVED,
) -> RenderableType:
    """A table of gains, with columns of text to their left and of numbers to their right."""
    headings = (*(_heading(result, name) for name in _shown(result)), *more)
    return grid(columns((*left, *moved), headings), rows, gap=1)


def _cells(result: Relief, gain: Gain) -> tuple[str, ...]:
    """Months of halls and fleets, and the changes of the figures shown."""
    months = (_months(gain.dates, READY), _months(gain.dates, SERVED))
    return (*months, *(_amount(result, name, gain) for name in _shown(result)))


def _shown(result: Relief) -> list[str]:
    """What ranks, and the figures the plan has a value of: not those of revenue where there is none."""
    by = result.manifest["by"]
    return [name for name, value in result.plan.items() if name == by or (value and not math.isnan(value))]


def _months(dates: Sequence[DateGain], milestone: str) -> str:
    """Months by phase; of many at several sites how many, and from what to what."""
    of_kind = [date for date in dates if date.milestone == milestone]
    if len({date.site for date in of_kind}) > 1 and len(of_kind) > MOST_PHASES:
        ordered = sorted(of_kind, key=lambda date: date.months)
        ends = dict.fromkeys((_earlier(ordered[0]), _earlier(ordered[-1])))
        return f"{plural(len(of_kind), 'phase')} {' to '.join(ends)}"
    alike: dict[tuple[str, str], list[str]] = {}
    for date in of_kind:
        alike.setdefault((date.site, _earlier(date)), []).append(date.phase)
    shown = (f"{site}.{' '.join(phases)} {months}" for (site, months), phases in alike.items())
    return ", ".join(shown) or NONE


def _earlier(date: DateGain) -> str:
    if math.isinf(date.months):
        return "(never before)" if date.months > 0.0 else "(never then)"
    return _some(date.months)


def _some(months: float) -> str:
    if math.isinf(months):
        return "no limit"
    return f"{months:.1f}" if abs(months) >= LEAST_MONTHS or not months else f"<{LEAST_MONTHS:g}"


def _heading(result: Relief, name: str) -> str:
    """Heading of a figure, with the unit of money."""
    if _is_halls(result, name):
        return "MW-years\nof halls"
    measure, unit = declared(name, "headline"), result.units[name]
    if measure is None:
        # a figure in words, part by part
        words = re.sub(r" (of|at|by|in) ", r"\n\1 ", figure_title(name))
        return words if unit in ("", "1") else f"{words}\n{unit}"
    if measure.name in PER_UNIT:
        return "\n".join([*folded(measure.title, WIDEST), unit.partition("/")[0]])
    heading = HEADINGS.get(measure.name, measure.title)
    return f"{heading}\n{unit}" if measure.is_money else heading


def _of(result: Relief, name: str, gain: Gain | None) -> str:
    return NONE if gain is None else _amount(result, name, gain)


def _amount(result: Relief, name: str, gain: Gain) -> str:
    """A change of a figure; of halls where they are all there is, and it ranks."""
    if _is_halls(result, name):
        return _halls(gain)
    return _figure(result, name, gain.figures[name])


def _is_halls(result: Relief, name: str) -> bool:
    """Whether a column is that of halls: nothing computes, so that the figure which ranks stands still."""
    return result.ranking.is_of_halls and name == result.manifest["by"]


def _halls(gain: Gain) -> str:
    """MW of halls times the years they are there earlier, with its sign."""
    is_some = abs(gain.mw_months) > LEAST_MW_MONTHS
    return _signed(gain.mw_months / MONTHS_PER_YEAR) if is_some else "0"


def _figure(result: Relief, name: str, change: float) -> str:
    """A change of a figure with its sign; `0` where it is no more than rounding."""
    if math.isnan(change):
        return NONE
    if abs(change) <= ROUNDING * abs(result.plan[name]):
        return "0"
    return _signed(change)


def _signed(change: float) -> str:
    """A change with its sign, in millions or billions where it is that large."""
    return f"{'+' if change > 0.0 else '-'}{scaled(abs(change))}"


def _helps(result: Relief, gain: Gain) -> bool:
    """Whether a gain is one, by the figure that ranks."""
    return result.ranking.helps(gain)
