"""Answers that are told in sentences, without what their scenario marks as confidential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, TypeVar

from capsim.errors import CapsimError
from capsim.projection import LEFT_OUT, Hidden, Projection
from capsim.scenario import holds_marked, is_marked
from capsim.study import Forecast, Gain, Planned, Relief, Solution
from capsim.vocabulary import parse_figure, parse_goal

Of = TypeVar("Of")
"""What is told by the name of a milestone."""
ASKED = "--public: what was asked for names what is confidential"


@singledispatch
def _told(result: Any, _hidden: Hidden) -> Any:
    """A result without what is hidden."""
    raise TypeError(f"a {type(result).__name__} has no public form")


def public_answer(result: Any, plan: Projection) -> Any:
    """A relief, a solution, a plan or a forecast without what the scenario of a projection marks.

    Parameters
    ----------
    result : Relief, Solution, Planned or Forecast
        The answer.
    plan : Projection
        Of the scenario as it is.

    Raises
    ------
    CapsimError
        If what was asked for is confidential itself.
    """
    return _told(result, Hidden(plan))


@_told.register
def _relief(result: Relief, hidden: Hidden) -> Relief:
    """Gains lose the dates, orders and goals of what is hidden; totals stay."""
    if _is_hidden_figure(result.manifest["by"], hidden):
        raise CapsimError(ASKED)
    shown = result.without(hidden)
    lifted = tuple(
        replace(
            row,
            gain=_gain(row.gain, hidden),
            as_dated=row.as_dated and _gain(row.as_dated, hidden),
            eased=row.eased and _gain(row.eased, hidden),
        )
        for row in shown.lifted
    )
    return replace(
        shown,
        lifted=lifted,
        ladder=tuple(_gain(gain, hidden) for gain in shown.ladder),
        left_out={name: _text(why, hidden) for name, why in shown.left_out.items()},
        end=_text(shown.end, hidden),
        manifest=_about(result.manifest, hidden),
    )


def _gain(gain: Gain, hidden: Hidden) -> Gain:
    waiting = (order.split(".") for order in gain.waiting)
    return replace(
        gain,
        dates=tuple(one for one in gain.dates if not hidden.is_phase(one.site, one.phase)),
        targets=tuple(one for one in gain.targets if not hidden.is_target(one.target)),
        orders=tuple(one for one in gain.orders if not hidden.is_phase(one.site, one.phase)),
        waiting=tuple(".".join(keys) for keys in waiting if not hidden.is_phase(keys[0], keys[1])),
    )


@_told.register
def _solution(result: Solution, hidden: Hidden) -> Solution:
    """The value and what it takes, with sentences that tell nothing."""
    goal = str(parse_goal(result.goal).figure)
    if is_marked(result.path, hidden.marks) or hidden.is_named_in(result.path):
        raise CapsimError(ASKED)
    if _is_hidden_figure(goal, hidden):
        raise CapsimError(ASKED)
    return replace(
        result,
        binds=_text(result.binds, hidden),
        limits=_limits(result.limits, hidden),
        explanation=_text(result.explanation, hidden, f"{result.path} until {result.goal}"),
        manifest=_about(result.manifest, hidden),
    )


@_told.register
def _planned(result: Planned, hidden: Hidden) -> Planned:
    """Choices for what is not hidden, and what the whole takes."""
    if _is_hidden_figure(str(parse_goal(result.goal).figure), hidden):
        raise CapsimError(ASKED)
    choices = tuple(
        one
        for one in result.choices
        if not hidden.is_named_in(f"{one.slot} {one.option} {one.path}")
        and not (one.place and hidden.is_phase(*f"{one.place}.".split(".")[:2]))
    )
    return replace(
        result,
        choices=choices,
        changes={
            path: value
            for path, value in result.changes.items()
            if not is_marked(path, hidden.marks) and not holds_marked(path, hidden.marks)
        },
        limits=_limits(result.limits, hidden),
        explanation=_text(result.explanation, hidden, result.goal)
        if len(choices) == len(result.choices)
        else f"{result.goal}, by choices of which some are {LEFT_OUT}",
        manifest=_about(result.manifest, hidden),
    )


@_told.register
def _forecast(result: Forecast, hidden: Hidden) -> Forecast:
    """Milestones of what is not hidden; curves of the whole stay."""
    now = result.vintage
    return replace(
        result,
        vintage=replace(now, dates=_shown(now.dates, hidden), causes={}, beyond=_shown(now.beyond, hidden)),
        spread=_shown(result.spread, hidden),
        slips={
            against: [one for one in slips if not _is_hidden(one.milestone, hidden)]
            for against, slips in result.slips.items()
        },
        trends=[one for one in result.trends if not _is_hidden(one.milestone, hidden)],
        findings=[text for text in result.findings if not hidden.is_told_in(text)],
        unreported=_shown(result.unreported, hidden),
        overdue=_shown(result.overdue, hidden),
        scenario=hidden.called(result.scenario, "name"),
        title=hidden.called(result.title, "title"),
        titles={site: hidden.called(title, f"sites.{site}.title") for site, title in result.titles.items()},
        manifest=_about(result.manifest, hidden),
    )


def _shown(of: Mapping[str, Of], hidden: Hidden) -> dict[str, Of]:
    """What is told by milestone, of what is not hidden."""
    return {name: one for name, one in of.items() if not _is_hidden(name, hidden)}


def _is_hidden(milestone: str, hidden: Hidden) -> bool:
    """Whether a milestone, as ``site.phase kind``, is of a phase or a grid step that is hidden."""
    site, _, item = milestone.partition(" ")[0].partition(".")
    return hidden.is_phase(site, item) or hidden.is_place((site, "", item))


def _is_hidden_figure(figure: str, hidden: Hidden) -> bool:
    """Whether a figure that was asked for is of a site or a phase that is hidden."""
    site, _, phase = parse_figure(figure).of.partition(".")
    return bool(site) and (hidden.is_site(site) or (bool(phase) and hidden.is_phase(site, phase)))


def _text(text: str, hidden: Hidden, otherwise: str = LEFT_OUT) -> str:
    """A sentence, or what stands in its place where it tells what is hidden."""
    return otherwise if text and hidden.is_told_in(text) else text


def _limits(limits: tuple[str, ...], hidden: Hidden) -> tuple[str, ...]:
    """Limits that are broken, those of hidden goals without a word of them."""
    # a goal is told by its figure and its number, and a number that others have, too, tells nothing by itself
    are_hidden = any(mark.startswith("targets.") for mark in hidden.marks)
    return tuple(LEFT_OUT if are_hidden or hidden.is_told_in(one) else one for one in limits)


def _about(manifest: Mapping[str, Any], hidden: Hidden) -> dict[str, Any]:
    """A manifest without marks, and without a name or a title that is marked."""
    kept = {name: value for name, value in manifest.items() if name != "confidential"}
    if is_marked("name", hidden.marks) and "scenario" in kept:
        kept["scenario"] = LEFT_OUT
    return kept | ({"title": ""} if is_marked("title", hidden.marks) else {})
