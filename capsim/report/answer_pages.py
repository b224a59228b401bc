"""Pages of answers about inputs and claims: what moves a figure, what reaches a goal, what is plausible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from capsim.projection import NONE, month, plural
from capsim.report import picture_numbers as numbers
from capsim.report.answer_openings import input_cell
from capsim.report.audit_words import in_words, verdict_words
from capsim.report.board_words import span_words
from capsim.report.figure_cells import cells_of, goal_words, in_a_row, in_a_sentence
from capsim.report.one_page import ASSUMPTION_HEADS, CARDS
from capsim.report.sheets import Sheet
from capsim.report.study_cards import AS_IT_IS, cards_of_study, point_words
from capsim.study import Audit, Planned, Sensitivity, Solution, Sweep
from capsim.vocabulary import (
    DECLARED,
    input_title,
    input_unit,
    measure_of,
    parse_figure,
    parse_goal,
    with_unit,
)

MOST_ACROSS = 8
"""Points of a sweep whose figures stand side by side; more of them are a row each."""


def sensitivity_parts(result: Sensitivity) -> dict[str, Any]:
    """The page of a sensitivity: what moves its figure, and by how much."""
    if not len(result.tornado):
        return {"tables": []}
    ends = result.tornado[["at_p10", "at_p90"]].iloc[0].tolist()
    unit = result.manifest["money_unit"]
    title, central, low, high = in_a_row(result.figure, [result.central, *ends], unit)
    moving = input_title(str(result.tornado.index[0]))
    said = f"{title}: {central} with central estimates. {moving} moves it most: "
    return {
        "sentence": f"{said}{low} at its P10, {high} at its P90.",
        "cards": list(cards_of_study(result)),
        "tables": [],
    }


def sweep_parts(result: Sweep) -> dict[str, Any]:
    """The page of a sweep: where its figure is best, and all that each point takes."""
    return {
        "sentence": _sentence_of_sweep(result),
        "cards": list(cards_of_study(result)),
        "tables": [_points_taken(result)],
    }


def _sentence_of_sweep(result: Sweep) -> str:
    """Where a figure is best, and how far it is from there."""
    values, unit = result.points[result.figure].dropna(), result.manifest["money_unit"]
    called = " and ".join(input_title(name) for name in result.axes)
    if values.empty:
        return f"{in_a_sentence(result.figure)} has no value at any point."
    title, low, high = in_a_row(result.figure, [float(values.min()), float(values.max())], unit)
    if low == high:
        return f"{title}: {low} at {plural(len(values), 'point')}; {called} moves nothing of it."
    measure = measure_of(parse_figure(result.figure))
    better = "neither" if measure is None else measure.better
    at = values.idxmax() if better == "higher" else values.idxmin()
    word = "lowest" if better == "neither" else "best"
    end = high if better == "higher" else low
    span = f"{title}: {low} to {high} over {plural(len(values), 'point')} of {called}"
    return f"{span}; {word}, {end}, at {point_words(result, at)}."


def _points_taken(result: Sweep) -> Sheet:
    """Headline figures at every point: a column for each of a few, else a row."""
    about, names = result.manifest, list(result.axes)
    unit, points = about["money_unit"], result.points
    figures = [
        measure
        for pattern in CARDS
        if (measure := DECLARED["headline"][pattern.format(definition=about["h100e"])]).named(unit[:3])
        in points
    ]
    columns = [cells_of(one, points[one.named(unit[:3])].tolist(), unit) for one in figures]
    columns = [(name, cells) for name, cells in columns if set(cells) - {NONE, "0"}]
    units = about.get("units", {})
    at = [
        [input_cell(v, units.get(name, ""), exact=True) for name, v in zip(names, point, strict=True)]
        for point in (p if isinstance(p, tuple) else (p,) for p in points.index)
    ]
    title = "All that each point takes"
    if len(names) == 1 and len(points) <= MOST_ACROSS:
        heads = [with_unit(names[0], units.get(names[0], ""), unit), *(point[0] for point in at)]
        return Sheet(
            heads, [[name, *cells] for name, cells in columns], title, frozenset(range(1, len(heads)))
        )
    heads = [*(with_unit(name, units.get(name, ""), unit) for name in names), *(name for name, _ in columns)]
    rows = [[*point, *(cells[n] for _, cells in columns)] for n, point in enumerate(at)]
    return Sheet(heads, rows, title, frozenset(range(len(heads))))


def solution_parts(result: Solution) -> dict[str, Any]:
    """The page of a goal seek: the value found, what it takes beside the plan as it is, what it breaks."""
    about, goal = result.manifest, parse_goal(result.goal)
    unit, is_found = about["money_unit"], result.found is not None
    now, then = (input_cell(each, result.unit, exact=True) for each in (result.present, result.best))
    rows = [
        [with_unit(result.path, result.unit, unit), now, then],
        in_a_row(str(goal.figure), [result.reached_at_present, result.reached], unit),
    ]
    leads = [
        Sheet(["", AS_IT_IS, "found" if is_found else "nearest"], rows, "Goal and value", frozenset({1, 2}))
    ]
    shown_unit = input_unit(result.unit, unit)
    called, amount = input_title(result.path), f"{then} {shown_unit}".strip()
    words = goal_words(goal, unit)
    said = f"{called} of {amount} ({AS_IT_IS}: {now}) reaches {words}"
    if not is_found:
        low, high = (input_cell(each, result.unit) for each in (result.low, result.high))
        reached = in_a_row(str(goal.figure), [result.reached], unit)[1]
        said = f"No {called} from {low} to {high} {shown_unit} reaches {words}; "
        said += f"{amount} is nearest, with {reached}"
    held = [_sentence(f"not ready then: {result.binds}")] if result.binds else []
    held += [_sentence(result.remark)] if result.remark else []
    return {
        "sentence": f"{said}{_money_words(result.takes, about)}{_breaks(result.limits)}.",
        "cards": list(cards_of_study(result)),
        "leads": leads,
        "warnings": [*_limits(result.limits)],
        "says": {"title": "At that value", "lines": held} if held else None,
        "tables": [],
    }


def plan_parts(result: Planned) -> dict[str, Any]:
    """The page of a plan that was chosen: what, what it takes beside the plan as it is, what it breaks."""
    about, goal = result.manifest, parse_goal(result.goal)
    unit = about["money_unit"]
    met = "meets" if result.feasible else "does not meet"
    aim = result.objective.replace("-", " ")
    said = f"The choice of {aim} {met} {goal_words(goal, unit)}{_money_words(result.takes, about)}"
    pay_less = [
        f"Not chosen, since it leaves out of its money what others pay for: {name} ({', '.join(parts)})."
        for name, parts in about.get("pay_less", {}).items()
    ]
    return {
        "sentence": f"{said}{_breaks(result.limits)}.",
        "cards": list(cards_of_study(result)),
        "leads": [_chosen(result), _comes_to(result)],
        "warnings": [*_limits(result.limits), *pay_less],
        "tables": [],
    }


def _chosen(result: Planned) -> Sheet:
    """What was chosen: where, which systems, how large, and when it is ready."""
    unit, rows = result.manifest["money_unit"], []
    for one in result.choices:
        size = ""
        if one.size is not None:
            title = with_unit(one.path, one.unit, unit).replace(f", {one.place}", "")
            size = f"{title}: {input_cell(one.size, one.unit)}"
        ready = "" if one.ready is None else month(one.ready)
        rows.append([one.place or one.slot, ", ".join(one.system_titles or one.systems), size, ready])
    return Sheet(["part", "systems", "size", "ready"], rows, "Chosen", frozenset({3}))


def _comes_to(result: Planned) -> Sheet:
    """What the linear model expected of the choice, and what the simulation gives."""
    unit, goal = result.manifest["money_unit"], parse_goal(result.goal)
    expected, simulated = result.expected, result.simulated
    cost, capex = (
        DECLARED["headline"][name]._replace(own_title=title) for name, title in MONEY_OF_PLAN.items()
    )
    peak = DECLARED["headline"]["facility_peak_mw"]
    rows = [in_a_row(str(goal.figure), [expected.goal, simulated.goal], unit)]
    pairs = ((cost, "cost"), (capex, "capex"), (peak, "peak_mw"))
    for measure, name in pairs:
        title, cells = cells_of(measure, [getattr(expected, name), getattr(simulated, name)], unit)
        rows.append([title, *cells])
    gap = f"solver's gap {result.mip_gap:.1%}, {plural(result.rounds, 'solution')}"
    heads = ["", f"linear model ({gap})", "simulated"]
    return Sheet(heads, rows, "What the choice comes to", frozenset({1, 2}))


MONEY_OF_PLAN = {"opex": "Present value of capex and opex", "capex": "Capex up to the goal's month"}
"""What the sums of money of a plan are called, by a figure of their unit."""


def _money_words(takes: Mapping[str, float], about: Mapping[str, Any]) -> str:
    """For how much capex, of which years."""
    unit = about["money_unit"]
    capex = takes.get(DECLARED["headline"]["capex"].named(unit[:3]), 0.0)
    if not capex > 0.0:
        return ""
    words, said = in_a_row("capex", [capex], unit)
    first, _, last = str(about["years"]).partition(" to ")
    span = span_words([int(first), int(last or first)], has_refresh=bool(about.get("has_refresh")))
    return f", for {said} {words.partition(', ')[2]} of capex {span}"


def _breaks(limits: Sequence[str]) -> str:
    return f"; it breaks {plural(len(limits), 'limit')} of the plan" if limits else ""


def _limits(limits: Sequence[str]) -> Iterator[str]:
    return (f"Breaks a limit: {limit}." for limit in limits)


def audit_parts(result: Audit, tables: Sequence[Sheet]) -> dict[str, Any]:
    """The page of an audit: the verdict, what decides it, and every reading."""
    claim = result.claim
    # who claims what stands in the note, and findings are sentences
    rest = [replace(sheet, title=sheet.title or "") for sheet in tables[1:] if sheet.rows or sheet.text]
    lines = [in_words(result, finding) for finding in result.findings]
    said = {f"- {line}" for line in lines}
    return {
        "sentence": f"{verdict_words(result)}.",
        "about": f"audit; {claim.source.publisher}, {claim.announced_on}: {claim.statement}",
        "cards": list(cards_of_study(result)),
        "says": {"title": "What would make it true", "lines": [_sentence(line) for line in lines]},
        "tables": [*(sheet for sheet in rest if sheet.text not in said), numbers.builds_of(result)],
        "assumptions": _read_with(result),
    }


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _read_with(result: Audit) -> Sheet:
    """The numbers that a claim was read with, with their range and source."""
    basis, currency = result.basis, result.claim.currency
    terms = {
        "PUE of a year": basis.pue,
        "PUE in the hottest hour": basis.hottest_pue,
        "Grid connection over facility peak": basis.grid_over_facility,
        f"Facility, m {currency} per MW of IT": basis.facility_m_per_mw,
        f"All-in with GB200, m {currency} per MW of IT": basis.all_in_m_per_mw,
    }
    rows = [
        [name, f"{term.value:.4g}", "", f"{term.low:.4g} to {term.high:.4g}", "", "", "", term.source]
        for name, term in terms.items()
    ]
    span = f"{basis.usd_per_eur_low:.4g} to {basis.usd_per_eur_high:.4g}"
    rate = ["Exchange rate", f"{basis.usd_per_eur:.4g}", "USD/EUR", span, "", "", "", basis.usd_per_eur_of]
    return Sheet(ASSUMPTION_HEADS, [*rows, rate], "What it was read with")
