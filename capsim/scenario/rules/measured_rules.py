"""Rules of what is counted and measured: it lies where such a number can, and is no more than there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from capsim.scenario.records.actual_records import EVENTS, Actual
from capsim.scenario.records.site_records import Count, Deployment, Phase
from capsim.scenario.rules.plausible import power_mw
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, highest, question, rule
from capsim.units import HOURS_PER_DAY, KW_PER_MW, first_of_month
from capsim.vocabulary import DECLARED

LEAST = {"pue": 1.0}
"""Figures that are never less than a number other than 0. [1]"""
MARGINS = ("margin", "least")
"""How figures are folded that are what is left of something, and less than nothing where it is overdrawn."""
RETURNS = "1/y"
"""Unit of rates of return, which may be losses."""
OF_MONTHS = ("sum", "peak")
"""How figures are folded that are of a whole month."""
DRAWN = ("facility_mwh", "grid_mwh", "it_mwh", "facility_peak_mw", "it_peak_mw")
"""Figures that the power of a site limits."""


@rule
def figures_can_be(actual: Actual, _: Around | None = None) -> Issues:
    """What was measured lies where the figure can: no energy below 0, no PUE below 1, no share above 1."""
    figure = {**DECLARED["headline"], **DECLARED["monthly"]}.get(actual.what)
    if figure is None or actual.number is None or actual.what in EVENTS:
        return
    low, high = min(ends(actual.number)), max(ends(actual.number))
    may_be_negative = figure.is_money or figure.fold in MARGINS or figure.unit == RETURNS
    least = LEAST.get(actual.what, 0.0)
    if low < least and not may_be_negative:
        yield Issue(("number",), f"{actual.what} must be at least {least:g}", got=True)
    # of the ratios of a horizon these are shares
    if figure.unit == "1" and actual.what not in LEAST and high > 1.0:
        yield Issue(("number",), f"{actual.what} is a share: must be at most 1", got=True)


@rule
def counts_never_fall(order: Deployment, _: Around) -> Issues:
    """No count of a deployment falls."""
    for key in ("delivered", "in_service"):
        counts: list[tuple[int, Count]] = sorted(enumerate(getattr(order, key)), key=lambda pair: pair[1].on)
        for (_before, before), (number, count) in pairwise(counts):
            if before.unit == count.unit and count.number < before.number:
                rule_ = f"counts all up to its day, so it must be at least {before.number:g}"
                yield Issue((key, str(number), "number"), rule_, got=True)


@rule
def counted_is_what_was_ordered(order: Deployment, around: Around) -> Issues:
    """No more systems are delivered or in service than a deployment has, nor in service than delivered."""
    counted = {key: list(_in_systems(order, key, around)) for key in ("delivered", "in_service")}
    most = _systems(order, around)
    for key, counts in counted.items():
        for number, _, systems in counts:
            if most is not None and systems > most:
                rule_ = f"must be at most the {most:,.0f} systems of the deployment"
                yield Issue((key, str(number), "number"), rule_, got=True)
    for number, day, systems in counted["in_service"]:
        later = [some for _, on, some in counted["delivered"] if on >= day]
        before = [some for _, on, some in counted["delivered"] if on < day]
        known = min(later) if later else max(before, default=systems)
        if systems > known:
            rule_ = f"must be at most the {known:,.0f} systems that are delivered"
            yield Issue(("in_service", str(number), "number"), rule_, got=True)


@question
def counts_are_of_whole_systems(order: Deployment, around: Around) -> Issues:
    """Accelerators are counted by the system: of others the count is rounded."""
    for key in ("delivered", "in_service"):
        for number, _, systems in _in_systems(order, key, around):
            if not systems.is_integer():
                rule_ = f"is {systems:,.6g} systems of {order.system}, and counts as {round(systems):,}"
                yield Issue((key, str(number), "number"), rule_, got=True)


@question
def metered_beyond_power(actual: Actual, around: Around) -> Issues:
    """What was metered fits the power of its site."""
    sites = [site for site in around.scenario.sites if actual.site in ("", site.id)]
    if actual.what not in DRAWN or actual.number is None or not sites:
        return
    mean_mw = float(actual.number)
    if actual.what.endswith("_mwh"):
        month = actual.on.replace(day=1)
        mean_mw /= (first_of_month(month, 1) - month).days * HOURS_PER_DAY
    has_mw = sum(power_mw(site) for site in sites)
    if mean_mw > has_mw:
        of = "" if actual.what.endswith("_mw") else f", which is {mean_mw:,.4g} MW all month,"
        rule_ = f"{actual.what}{of} is more than the {has_mw:,.4g} MW of power"
        yield Issue(("number",), f"{rule_} of {actual.site or 'all sites'}", got=True)


@question
def metered_too_early(actual: Actual, around: Around) -> Issues:
    """What was metered is of a month that is over by the data date, inside the horizon."""
    figure = DECLARED["monthly"].get(actual.what)
    if figure is None or figure.fold not in OF_MONTHS or around.scenario.as_of is None:
        return
    end = first_of_month(actual.on.replace(day=1), 1)
    if (end - around.scenario.as_of).days > 1:
        rule_ = (
            f"{actual.what} is of the whole month of its day, which is not over by {around.scenario.as_of}"
        )
        yield Issue(("on",), f"{rule_}: it counts for nothing yet", got=True)
    elif actual.on < around.scenario.start:
        yield Issue(("on",), "lies before the start of the plan: it counts for nothing", got=True)


def _in_systems(order: Deployment, key: str, around: Around) -> Iterator[tuple[int, date, float]]:
    """Counts of a deployment as systems, with their place in the list and their day."""
    entry = around.catalog.tables["systems"].get(order.system or "")
    each = entry.number("accelerator_count") if entry is not None and "accelerator_count" in entry else 1.0
    for number, count in enumerate(getattr(order, key)):
        yield number, count.on, float(count.number) / (each if count.unit == "accelerators" else 1.0)


def _systems(order: Deployment, around: Around) -> float | None:
    """How many systems a deployment has at most; None where that is not known."""
    if order.systems is not None:
        return float(order.systems)
    entry = around.catalog.tables["systems"].get(order.system or "")
    if entry is None or "all_in_it_kw" not in entry or order.fill_share is None:
        return None
    hall_kw = highest(around.the(Phase).critical_it_mw) * KW_PER_MW
    return float(hall_kw * highest(order.fill_share) // entry.number("all_in_it_kw"))
