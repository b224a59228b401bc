"""What a projection says of its scenario: values that can hardly be meant, and what no cost item contains."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from capsim.projection.findings.finding import Finding, finding, only
from capsim.projection.left_out import money_left_out
from capsim.projection.wording import listed, money, scaled
from capsim.scenario import words_on

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

ITEM_OF = {"cluster network": "network", "storage": "storage"}
"""The catalogue's cost item of a part."""


def questioned(projection: Projection) -> Iterator[Finding]:
    """A finding per value of the scenario that is questioned and not accepted."""
    for asked in projection.facts.questions:
        at = dict(pairwise(asked["path"].split(".")))
        place = at.get("sites", ""), at.get("phases", "")
        text = f"questioned: {asked['text']}; mend it, or say under accepted: why it is meant"
        yield finding("questioned", text, place, **_number(asked["value"]))


def own_series(projection: Projection) -> Iterator[Finding]:
    """A finding per series of the planner's own: what was read, what it replaces and how it goes on."""
    for own in projection.facts.own_series:
        yield finding("own_series", f"{own['path']} is {words_on(own)}", (own["site"], ""), mean=own["mean"])


def in_place_of_the_plan(projection: Projection) -> Iterator[Finding]:
    """A finding per figure of the actuals: what was metered, paid or committed, and what it replaced."""
    for one in projection.facts.replaced:
        of = ".".join(part for part in (one["site"], one["item"]) if part) or "the portfolio"
        actual, modelled = (_amount(one[key], one["unit"], projection) for key in ("actual", "modelled"))
        over = one["actual"] / one["modelled"] - 1.0 if one["modelled"] else 0.0
        off = f" ({over:+.1%})" if one["modelled"] else ""
        if one["figure"] == "committed":
            text = f"{actual} are committed for {of} by {one['last']}; the plan has {modelled} ordered{off}"
        elif one["figure"] == "paid":
            text = (
                f"{actual} are paid for {of} by {one['last']}, in place of {modelled} that the plan has due "
                f"by then{off}; what is to come is the plan's"
            )
        else:
            months = one["first"] if one["first"] == one["last"] else f"{one['first']} to {one['last']}"
            text = f"{one['figure']} of {of} in {months} is {actual} as metered, in place of {modelled}{off}"
        numbers = {"actual": one["actual"], "modelled": one["modelled"]}
        yield finding("actuals", text, (one["site"], ""), **numbers)


def _amount(value: float, unit: str, projection: Projection) -> str:
    """A figure in words; money in the short form of the currency."""
    if unit == projection.facts.currency:
        return money(value, unit)
    return f"{scaled(value)} {unit}"


def accepted(projection: Projection) -> Iterator[Finding]:
    """What the scenario accepts though it is doubtful, with its reasons: a reader should know of it."""
    reasons = projection.facts.accepted
    if reasons:
        told = "; ".join(f"{name.replace('_', ' ')}, since {reason}" for name, reason in reasons.items())
        yield finding("accepted", f"accepted: {told}", questions=len(reasons))


def left_out(projection: Projection) -> Iterator[Finding]:
    """Accelerators that are bought without what joins them to a cluster."""
    missing: dict[tuple[str, ...], list[str]] = {}
    for site, parts in projection.facts.no_cluster.items():
        missing.setdefault(tuple(parts), []).append(site)
    for needed, sites in missing.items():
        ids = ", ".join(f"{{id: {ITEM_OF[part]}}}" for part in needed)
        buys = "buys" if len(sites) == 1 else "buy"
        text = (
            f"{listed(sites)} {buys} accelerators, and no cost item contains {' or '.join(needed)}; "
            f"write costs: items: [{ids}] for those of the catalogue, or what yours cost"
        )
        yield finding("left_out", text, only([(site, "") for site in sites]), sites=len(sites))


def out_of_scope(projection: Projection) -> Iterator[Finding]:
    """What the money is not for: one line of all that no item of any site contains, or of some sites."""
    out, sites_of = money_left_out(projection.facts.scope)
    some = [f"{part} of {listed(sites)}" for part, sites in sites_of.items()]
    if out or some:
        text = (
            f"not in the money: {', '.join(out + some)}; capsim run --scope shows what is in, from which item"
        )
        yield finding("scope", text, parts_out=len(out), parts_out_of_some_sites=len(some))


def _number(written: str) -> dict[str, float]:
    """A value as written where it is a number; that it is one value where it is text."""
    try:
        return {"value": float(written)}
    except ValueError:
        return {"values": 1.0}
