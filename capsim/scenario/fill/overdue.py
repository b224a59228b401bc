"""What should be there by the data date and is not, or is there by an estimate only.

What is overdue is late for certain, and an exponential delay has no memory: half of what still comes is there
after another `ln 2` mean delays.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from capsim.catalog import Catalog
from capsim.language.tree import Node, Note, from_python
from capsim.scenario.fill.money_of_presets import central_of
from capsim.scenario.records.actual_records import DATES
from capsim.units import KW_PER_MW, months_to_days

KINDS = {
    "phases": "phase",
    "grid_connection": "step",
    "deployments": "order",
    "equipment": "kit",
    "stages": "stage",
}
"""What the lists of a site hold."""


def settle_overdue(root: Node, catalog: Catalog) -> None:
    """Give what is overdue the date on which it is expected, and what is seen from outside its spread."""
    known_until, terms = root.scalar("as_of"), root.get("uncertainty")
    if not isinstance(known_until, date) or terms is None:
        return
    delay_d = months_to_days(math.log(2.0) * (central_of(terms.get("mean_slip_months")) or 0.0))
    expected_on = known_until + timedelta(days=max(1, round(delay_d)))
    for _, site in root.records("sites"):
        if site.scalar("is_seen_from_outside") is True:
            for _, step in site.records("grid_connection"):
                _see_from_outside(step, known_until, catalog)
        for _, phase in site.records("phases"):
            for _, order in phase.records("deployments"):
                _mark_the_rest(order, phase, known_until, catalog)
        for kind, record in _dated(site):
            since = record.get("overdue_since")
            if since is not None:
                note = Note(
                    f"overdue since {since.value}, expected by the median of what is late", kind="derived"
                )
                key = next((key for key in DATES[kind] if key in record.value), DATES[kind][-1])
                record.value[key] = from_python(expected_on, since.place, note)


def _mark_the_rest(order: Node, phase: Node, known_until: date, catalog: Catalog) -> None:
    """Mark what was to be in service on a day gone by, of systems of which fewer were counted since."""
    due, counts = order.scalar("in_service_on"), order.get("in_service")
    if not isinstance(due, date) or due > known_until or not (counts or order.get("delivered")):
        return
    entry = catalog.tables["systems"].get(str(order.scalar("system")))
    each = entry.number("accelerator_count") if entry is not None and "accelerator_count" in entry else 1.0
    there = 0.0
    for _, count in counts.children() if counts is not None else ():
        is_of_parts = count.scalar("unit") == "accelerators"
        there = max(there, (central_of(count.get("number")) or 0.0) / (each if is_of_parts else 1.0))
    systems = central_of(order.get("systems"))
    if systems is None and entry is not None and "all_in_it_kw" in entry:
        hall_mw, share = (
            central_of(node) or 0.0 for node in (phase.get("critical_it_mw"), order.get("fill_share"))
        )
        systems = hall_mw * share * KW_PER_MW // entry.number("all_in_it_kw")
    if there < (systems or 0.0):
        order.value["overdue_since"] = order.value["in_service_on"]


def _dated(node: Node) -> Iterator[tuple[str, Node]]:
    """What of a site may be overdue, and what kind of thing it is."""
    for key, kind in KINDS.items():
        for _, record in node.records(key):
            yield kind, record
            yield from _dated(record)


def _see_from_outside(step: Node, known_until: date, catalog: Catalog) -> None:
    """Let the power that others estimate to be there be less, and what is not there be overdue."""
    key = next((key for key in DATES["step"] if isinstance(step.scalar(key), date)), None)
    there_on = step.scalar(key) if key is not None else None
    is_there = isinstance(there_on, date) and there_on <= known_until and "overdue_since" not in step.value
    if is_there and step.get("grid_mw") is not None:
        step.value["energised"] = Node([_power(there_on, step.value["grid_mw"])], step.place)
        step.value["overdue_since"] = step.value[key]
    entry = catalog.entry("lead_times", "restated-present")
    shares: Mapping[str, float] = {end: entry.number(f"{end}_share") for end in ("low", "mode", "high")}
    parts = step.get("energised")
    for _, part in parts.children() if parts is not None else ():
        stated = part.scalar("mw")
        if isinstance(stated, (int, float)):
            spread = {"dist": "triangular"} | {end: share * stated for end, share in shares.items()}
            note = Note(f"{stated:g} MW are an estimate of others", kind="derived")
            part.value["mw"] = from_python(spread, part.place, note)


def _power(there_on: date | None, grid_mw: Node) -> Node:
    """The record of power that was energised on a day."""
    return from_python({"on": there_on, "mw": grid_mw.value}, grid_mw.place, grid_mw.note)
