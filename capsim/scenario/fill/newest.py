"""The newest system of a line on a day: `{newest: nvidia-rack, at: order}` in place of a system's name.

A line is a roadmap, what its buyers buy next: the systems of the catalogue that name it, by their launch.
The name is settled when a scenario is loaded, from the dates that are written and by what its central run
goes by: launches late by the median of their slip, and median lead times, or what a record writes for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from capsim.catalog import Catalog, Entry
from capsim.language.tree import Faults, Node, Note, Path, as_written, clone, from_python
from capsim.registry import did_you_mean
from capsim.scenario.fill.money_of_presets import central_of
from capsim.scenario.fill.presets import value_node
from capsim.units import months_to_days, weeks_to_days, years_to_days

if TYPE_CHECKING:
    from capsim.scenario.records.schema import Scenario

ORDER, DELIVERY = "order", "delivery"
"""Days by which a system must have been launched."""
KEYS = {"newest", "at"}
OF_REFRESH = "refresh."
"""What keys of a refresh begin with, beside those of its deployment."""


class Launch(NamedTuple):
    """A system of a line."""

    system: str
    announced_on: date
    """First volume shipments, as announced."""
    on: date
    """The same, as a plan has them: with their slip at its median."""
    lead_time: timedelta
    """Order to delivery, at its median."""


class Asked(NamedTuple):
    """What stands in place of a system's name."""

    record: Node
    """The deployment, or its refresh."""
    path: Path
    """Of the record."""
    day: date | None
    """Day of the order, or of the delivery; None where no date is written that tells it."""
    is_delivery: bool
    """Whether `day` is that of the delivery."""


def settle_newest(order: Node, path: Path, catalog: Catalog, faults: Faults) -> Iterator[Path]:
    """Put a system's name in place of what a deployment and its refresh ask for.

    Yields
    ------
    unsettled : tuple of str
        Path of a name that there is none for; a fault says why, and nothing is in its place.
    """
    ordered_on, there_on = (_date(order, key) for key in ("ordered_on", "in_service_on"))
    first = Asked(order, path, ordered_on or there_on, is_delivery=ordered_on is None)
    yield from _settle(first, catalog, faults)
    refresh = order.get("refresh")
    if refresh is None:
        return
    there_on = there_on or (ordered_on and ordered_on + _lead_time(order.scalar("system"), catalog, order))
    due_on = there_on and there_on + _age(refresh, catalog)
    yield from _settle(Asked(refresh, (*path, "refresh"), due_on, is_delivery=True), catalog, faults)


def _date(record: Node, key: str) -> date | None:
    """A date of a record; None where it has none."""
    value = record.scalar(key)
    return value if isinstance(value, date) else None


def _age(refresh: Node, catalog: Catalog) -> timedelta:
    """Age of a refresh, the catalogue's where none is written."""
    written = refresh.scalar("age_years")
    is_number = isinstance(written, (int, float))
    default = catalog.entry("assumptions", "finance").number("life_it_years")
    return timedelta(days=years_to_days(written if is_number else default))


def _settle(asked: Asked, catalog: Catalog, faults: Faults) -> Iterator[Path]:
    """Put a name in place of a record's system, or add a fault and yield the path of the name."""
    system = asked.record.get("system")
    if system is None or not isinstance(system.value, dict):
        return
    line, when = system.scalar("newest"), system.scalar("at") or ORDER
    fault = _fault(system, asked, catalog)
    found = None if fault else _newest(str(line), when == DELIVERY, asked, catalog)
    if found is None:
        rule = fault or f"no system of {line} is launched by then"
        faults.add(system.place, (*asked.path, "system"), rule, as_written(system))
        del asked.record.value["system"]
        yield (*asked.path, "system")
        return
    announced = f" (announced for {found.announced_on})" if found.on != found.announced_on else ""
    note = Note(f"the newest {line} at {when}, launched on {found.on}{announced}", kind="derived")
    asked.record.value["system"] = Node(found.system, system.place, found.system, note)


def _fault(system: Node, asked: Asked, catalog: Catalog) -> str:
    """The rule that is broken; empty where none is."""
    line = system.scalar("newest")
    lines = sorted({entry.text("line") for entry in catalog.tables["systems"].values() if "line" in entry})
    if set(system.value) - KEYS or line is None or system.scalar("at") not in (None, ORDER, DELIVERY):
        return f"needs newest, and may have at: {ORDER} or {DELIVERY}"
    if line not in lines:
        return f"no system of the catalogue is of this line{did_you_mean(str(line), lines)}"
    if asked.day is None:
        return "the newest of a line needs ordered_on or in_service_on; give it, or a system by its name"
    return ""


def _newest(line: str, by_delivery: bool, asked: Asked, catalog: Catalog) -> Launch | None:
    """The last system of a line that is launched by the day of its order or delivery."""
    shift = int(by_delivery) - int(asked.is_delivery)
    had = [
        launch
        for launch in launches(line, catalog, asked.record)
        if asked.day is not None and launch.on <= asked.day + shift * launch.lead_time
    ]
    return max(had, key=lambda launch: (launch.on, launch.announced_on), default=None)


def launches(line: str, catalog: Catalog, record: Node | None = None) -> Iterator[Launch]:
    """The systems of a line, in the order of the catalogue; with what a record that orders them writes."""
    for entry in catalog.tables["systems"].values():
        if "line" in entry and "launched_on" in entry and entry.text("line") == line:
            announced_on = date.fromisoformat(entry.text("launched_on"))
            of_plan = (_date(record, "launched_on") if record is not None else None) or announced_on
            slip_months = _central("launch_slip_months", record, entry)
            launched_on = of_plan + timedelta(days=months_to_days(slip_months))
            yield Launch(entry.name, announced_on, launched_on, _lead_time(entry.name, catalog, record))


def asks_for_newest(scenario: Scenario) -> list[tuple[str, str, str]]:
    """Deployments of a loaded scenario that ask for the newest of a line, or whose refresh does, by ids."""
    return [
        place
        for place, order in _deployments(scenario)
        if any(_is_asked(record) for record in (order, order.get("refresh")))
    ]


def newest_systems(
    scenario: Scenario, place: tuple[str, str, str], written: Mapping[str, object]
) -> dict[str, str]:
    """What a deployment of a loaded scenario that asks for the newest would buy with other values.

    Parameters
    ----------
    scenario : Scenario
        The scenario, as it was loaded.
    place : tuple of str
        Site, phase and deployment.
    written : mapping of str to object
        Values by key of the deployment, or of its refresh behind ``refresh.``.

    Returns
    -------
    systems : dict of str
        Its `system`, and where another takes its place `refresh.system`; empty where there is none then.
    """
    order, faults = clone(dict(_deployments(scenario))[place]), Faults()
    refresh = order.get("refresh")
    for key, value in written.items():
        record = refresh if key.startswith(OF_REFRESH) else order
        if record is not None:
            record.value[key.removeprefix(OF_REFRESH)] = from_python(value, order.place)
    unsettled = list(settle_newest(order, place, scenario.catalog, faults))
    later = refresh.scalar("system") if refresh is not None else None
    found = {"system": order.scalar("system"), f"{OF_REFRESH}system": later}
    return {} if unsettled else {key: str(name) for key, name in found.items() if name is not None}


def _deployments(scenario: Scenario) -> Iterator[tuple[tuple[str, str, str], Node]]:
    """Deployments as they are written, by site, phase and id."""
    for site, of_site in scenario._provenance.merged.records("sites"):
        for phase, of_phase in of_site.records("phases"):
            for order, node in of_phase.records("deployments"):
                yield (site, phase, order), node


def _is_asked(record: Node | None) -> bool:
    system = record.get("system") if record is not None else None
    return system is not None and isinstance(system.value, dict)


def _lead_time(system: object, catalog: Catalog, record: Node | None) -> timedelta:
    """Order to delivery of a system, as a record that orders it writes it or the catalogue has it."""
    entry = catalog.tables["systems"].get(str(system))
    return timedelta(days=weeks_to_days(_central("lead_time_weeks", record, entry)))


def _central(key: str, record: Node | None, entry: Entry | None) -> float:
    """Median of what a record writes for a number, else of the catalogue's; 0 where neither has it."""
    written = central_of(record.get(key)) if record is not None else None
    if written is not None:
        return written
    is_known = entry is not None and key in entry
    return (central_of(value_node(entry, key)) if entry and is_known else None) or 0.0
