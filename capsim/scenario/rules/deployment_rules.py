"""Rules of deployments: their systems, their dates, and what fits into a hall."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from capsim.catalog import Catalog, Entry
from capsim.models.uncertain import Uncertain
from capsim.scenario.records.schema import Site
from capsim.scenario.records.site_records import Deployment, Phase, Refresh
from capsim.scenario.rules.rule import ROUNDING, Around, Issue, Issues, ends, question, ranged, rule
from capsim.units import KW_PER_MW, months_to_days, weeks_to_days

NEEDED_OF_A_SYSTEM = ("accelerator_count", "all_in_it_kw", "rack_count")
"""Fields of a system that no field of a scenario stands in for."""


@rule
def system_is_described(order: Deployment | Refresh, around: Around) -> Issues:
    """A user's own system has all that a run needs to know of it."""
    entry = around.catalog.tables["systems"].get(order.system or "")
    # an unknown system has a fault of its own
    if entry is None:
        return
    has_year = isinstance(order, Deployment) or order.system_price_year is not None
    needed = [*NEEDED_OF_A_SYSTEM, *([] if has_year else ["price_year"])]
    if "accelerator_count" in entry and entry.number("accelerator_count"):
        needed.append("accelerator")
    missing = [key for key in needed if key not in entry]
    if missing:
        rule = f"the catalogue has no {' and no '.join(missing)} of this system"
        yield Issue(("system",), rule, got=True)


@rule
def number_is_given_once(order: Deployment, _: Around) -> Issues:
    """Systems are counted, or fill a share."""
    yield from _exactly_one(order, "systems", "fill_share")


@rule
def date_is_given_once(order: Deployment, around: Around) -> Issues:
    """Systems are there on a date, ordered on one, or ordered by a policy."""
    if order.ordering == "fixed":
        yield from _exactly_one(order, "ordered_on", "in_service_on")
    elif "in_service_on" in order.model_fields_set:
        yield Issue(("in_service_on",), "must not be given together with an ordering policy")
    if order.ordering == "demand" and around.scenario.demand.h100e is None:
        yield Issue(("ordering",), "orders on demand need demand.h100e")


def _exactly_one(order: Deployment, one: str, other: str) -> Issues:
    """One of two keys is given, and not the other."""
    n_written = len(order.model_fields_set & {one, other})
    if n_written != 1:
        rule = f"needs exactly one of {one} and {other}, has {'both' if n_written else 'neither'}"
        yield Issue((), rule)


@rule
def order_is_before_the_end(order: Deployment, around: Around) -> Issues:
    """Orders are placed before the horizon ends; those of before its start are on their way."""
    if order.ordered_on is not None and not order.ordered_on < around.end:
        yield Issue(("ordered_on",), f"must be before {around.end.isoformat()}", got=True)


@rule
def systems_are_launched(order: Deployment, around: Around) -> Issues:
    """Systems are not there long before the earliest launch, nor ordered for it where its date is certain."""
    launched_on, slip = order.launched_on, order.launch_slip_months
    if launched_on is None:
        return
    ahead = around.catalog.entry("assumptions", "launch").number("first_customers_months")
    first_on = launched_on + timedelta(days=months_to_days(min(ends(slip)) - ahead))
    way_out = (
        f"{order.system} is shipped from {launched_on.isoformat()}, and nowhere before {first_on.isoformat()}"
    )
    if order.in_service_on is not None and order.in_service_on < first_on:
        yield Issue(("in_service_on",), f"must not be before the launch: {way_out}", got=True)
    # an order waits for a launch that may come later
    if order.ordered_on is not None and not isinstance(slip, Uncertain):
        delivered_on = order.ordered_on + timedelta(days=weeks_to_days(order.lead_time_weeks))
        if delivered_on < first_on:
            rule = f"would be delivered on {delivered_on.isoformat()}, before the launch: {way_out}"
            yield Issue(("ordered_on",), rule, got=True)


@question
def in_service_before_the_launch(order: Deployment, around: Around) -> Issues:
    """Systems that are to be there are so after the launch that the plan has of them: none wait for it."""
    launched_on, there_on = order.launched_on, order.in_service_on
    if launched_on is None or there_on is None or not isinstance(order.launch_slip_months, Uncertain):
        return
    shipped_on = launched_on + timedelta(days=months_to_days(order.launch_slip_months))
    as_of = around.scenario.as_of
    if there_on < shipped_on and (as_of is None or there_on > as_of):
        rule = (
            f"is before {order.system} is shipped, announced for {launched_on.isoformat()} and expected on "
            f"{shipped_on.isoformat()}; with ordered_on in its place it waits for that"
        )
        yield Issue(("in_service_on",), rule, got=True)


@rule
def systems_have_a_hall(order: Deployment, around: Around) -> Issues:
    """Systems that are there are in a hall that is."""
    there, ready = order.in_service_on, around.the(Phase).ready_for_service_on
    if there is not None and ready is None:
        rule = "systems can be there only if the phase has ready_for_service_on"
        yield Issue(("in_service_on",), rule, got=True)
    elif there is not None and ready is not None and there < ready:
        rule = f"must not be before the phase is ready for service on {ready.isoformat()}"
        yield Issue(("in_service_on",), rule, got=True)


@rule
def racks_are_cooled(order: Deployment | Refresh, around: Around) -> Issues:
    """The halls take systems made for what cools these, and the heat of their racks."""
    entry, cooling = around.catalog.tables["systems"].get(order.system or ""), around.the(Site).cooling
    # an unknown system has a fault of its own
    if entry is None:
        return
    medium = entry.text("cooling_medium") if "cooling_medium" in entry else ""
    if cooling.media is not None and medium not in cooling.media:
        fitting = [
            name for name, other in around.catalog.tables["cooling"].items() if _carries(other, medium)
        ]
        rule = (
            f"is made for {medium}, and the halls ({cooling.preset}) take systems made for {cooling.media}; "
            f"take a cooling preset such as {' or '.join(fitting[:2])}, or write cooling.media where they do"
        )
        yield Issue(("system",), rule, got=True)
    elif cooling.rack_kw is not None and _rack_kw(entry) > max(ends(cooling.rack_kw)):
        most = ranged(cooling.rack_kw, ends(cooling.rack_kw), "kW")
        rule = (
            f"needs {_rack_kw(entry):.6g} kW in a rack, and the halls ({cooling.preset}) take "
            f"{most}; take another cooling preset, or write cooling.rack_kw"
        )
        yield Issue(("system",), rule, got=True)


def _carries(preset: Entry, medium: str) -> bool:
    """Whether a cooling preset carries the heat of a medium."""
    return "media" in preset and medium in preset.text("media")


def _rack_kw(entry: Entry) -> float:
    """Power of a rack that holds as little as it can: one server, or a part of a system of several racks."""
    if "nameplate_kw" not in entry or "rack_count" not in entry:
        return 0.0
    return entry.number("nameplate_kw") / max(entry.number("rack_count"), 1.0)


class _Load(NamedTuple):
    """All-in IT power of a deployment."""

    order: Deployment
    first_mw: float
    """Of its systems. [MW]"""
    next_mw: float
    """Of as many systems that follow them. [MW]"""


@rule
def systems_fit(phase: Phase, around: Around) -> Issues:
    """The systems of a phase, and those that follow them, fit into its critical IT power."""
    critical_mw, room = phase.critical_it_mw, phase.oversubscription or 1.0
    # a hall without power or systems has nothing to fit, or a fault of its own
    if not critical_mw > 0.0 or not phase.deployments:
        return
    share = sum(order.fill_share or 0.0 for order in phase.deployments)
    need_mw = filled_mw(phase, around.catalog)
    if not share <= room + ROUNDING:
        rule = f"fill shares must not sum to more than {room:.6g} (sum {share:.6g})"
        yield Issue(("deployments",), rule)
    elif not need_mw <= critical_mw * room * (1 + ROUNDING):
        rule = f"the systems need {need_mw:.6g} MW, more than the phase's critical_it_mw"
        yield Issue(("deployments",), rule, got=f"{critical_mw:.6g}")
    else:
        loads = [_load(order, critical_mw, around.catalog) for order in phase.deployments]
        yield from _too_large_successors(loads, critical_mw * room)


def filled_mw(phase: Phase, catalog: Catalog) -> float:
    """All-in IT power of the systems of a phase. [MW]"""
    share = sum(order.fill_share or 0.0 for order in phase.deployments)
    return sum(_listed_mw(order, catalog) for order in phase.deployments) + share * phase.critical_it_mw


def _too_large_successors(loads: list[_Load], room_mw: float) -> Issues:
    """As many successors as before fit into the hall, whichever deployment is refreshed first."""
    need_mw = sum(max(load.first_mw, load.next_mw) for load in loads)
    for order, first_mw, next_mw in loads:
        if need_mw > room_mw * (1 + ROUNDING) and next_mw > first_mw:
            rule = (
                f"as many successors need {next_mw:.6g} instead of {first_mw:.6g} MW, all {need_mw:.6g} MW "
                f"in a hall for {room_mw:.6g} MW; power and compute stay inside what there was"
            )
            yield Issue(("deployments", order.id, "refresh", "fill"), rule, got=True)


def _load(order: Deployment, critical_mw: float, catalog: Catalog) -> _Load:
    """All-in IT power of a deployment's systems, and of as many that follow them."""
    listed_mw, share = _listed_mw(order, catalog), order.fill_share or 0.0
    first_mw = listed_mw + share * critical_mw
    # by power and by compute the successors stay inside what there was
    if order.refresh is None or order.refresh.fill != "count":
        return _Load(order, first_mw, first_mw)
    old_kw, new_kw = (_all_in_kw(name, catalog) for name in (order.system, order.refresh.system))
    # a system whose power is not known has the fault of another rule
    if not (old_kw and new_kw):
        return _Load(order, first_mw, first_mw)
    n_systems = order.systems if listed_mw else int(share * critical_mw * KW_PER_MW / old_kw)
    return _Load(order, first_mw, first_mw if n_systems is None else n_systems * new_kw / KW_PER_MW)


def _listed_mw(order: Deployment, catalog: Catalog) -> float:
    """All-in IT power of systems that are counted, 0 where it is not known. [MW]"""
    return (order.systems or 0) * _all_in_kw(order.system, catalog) / KW_PER_MW


def _all_in_kw(system: str | None, catalog: Catalog) -> float:
    """All-in IT power of a system, 0 where it is not known. [kW]"""
    entry = None if system is None else catalog.tables["systems"].get(system)
    return entry.number("all_in_it_kw") if entry is not None and "all_in_it_kw" in entry else 0.0
