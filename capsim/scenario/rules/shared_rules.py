"""Rules of what a portfolio's build-out shares: supply, funding, reliability, and ordering policies."""

from __future__ import annotations

from datetime import date

from capsim.catalog import Catalog
from capsim.language.tree import Faults, Node, as_written
from capsim.registry import did_you_mean
from capsim.scenario.awaited_milestones import check_milestones
from capsim.scenario.rules.argument_rules import central
from capsim.scenario.rules.funding_rules import check_money_comes

WHOLE = (
    ("crews", "installer_crews"),
    ("crews", "construction_crews"),
    ("crews", "commissioning_crews"),
    ("reliability", "technicians"),
    ("reliability", "spares"),
)
"""Counts of a record; a draw of one is rounded."""


def check_shared(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find what is wrong with supply, funding, reliability and orders on demand."""
    _check_supply(root, catalog, faults)
    _check_funding(root, faults)
    _check_repairs(root, faults)
    _check_whole(root, faults)
    _check_demand_orders(root, faults)


def _check_supply(root: Node, catalog: Catalog, faults: Faults) -> None:
    """A system or a kind of equipment is known, and counts against one supply only."""
    equipment = [name for name, entry in catalog.tables["lead_times"].items() if "duration" in entry]
    known, taken = [*catalog.names("systems"), *equipment], dict[str, str]()
    for name, supply in root.records("supply"):
        systems = supply.get("systems")
        for child in systems.value if systems is not None and isinstance(systems.value, list) else ():
            system = str(child.value)
            if system not in known:
                rule = f"unknown system{did_you_mean(system, known)}"
                faults.add(child.place, ("supply", name, "systems"), rule, system)
            elif system in taken:
                rule = f"{system} counts against supply {taken[system]} already"
                faults.add(child.place, ("supply", name, "systems"), rule)
            taken.setdefault(system, name)
        _check_allocation(name, supply, root.scalar("start"), faults)


def _check_allocation(name: str, supply: Node, start: object, faults: Faults) -> None:
    """An allocation has one entry a day, since of two nobody knows which holds, and none before the start.

    What was allotted by then would all be there on the first day, as if none of it were taken.
    """
    first: dict[object, str] = {}
    for entry, allocation in supply.records("allocation"):
        day, path = allocation.scalar("from_on"), ("supply", name, "allocation", entry, "from_on")
        if day is not None and day in first:
            faults.add(
                allocation.value["from_on"].place, path, f"is the day of {first[day]} already", str(day)
            )
        if isinstance(day, date) and isinstance(start, date) and day < start:
            rule = (
                f"must not be before the start, {start.isoformat()}; what is left of earlier quarters is an "
                "entry on that day"
            )
            faults.add(allocation.value["from_on"].place, path, rule, str(day))
        first.setdefault(day, entry)


def _check_funding(root: Node, faults: Faults) -> None:
    """A tranche comes after milestones that can come."""
    funding = root.get("funding")
    if funding is None or not isinstance(funding.value, dict):
        return
    for name, tranche in funding.records("tranches"):
        check_milestones(name, tranche, root, faults)
    check_money_comes(root, faults)


def _check_repairs(root: Node, faults: Faults) -> None:
    """A lognormal's median is at most its mean."""
    record = root.get("reliability")
    if record is None or not isinstance(record.value, dict):
        return
    median = central(record.get("repair_median_days"))
    mean = central(record.get("repair_mean_days"))
    if median is not None and mean is not None and not median <= mean:
        place = record.value["repair_median_days"].place
        rule = f"must be at most repair_mean_days, {mean:g}"
        faults.add(place, ("reliability", "repair_median_days"), rule, f"{median:g}")


def _check_whole(root: Node, faults: Faults) -> None:
    """Numbers of crews, technicians and spares are whole, where they are certain."""
    for record_name, key in WHOLE:
        record = root.get(record_name)
        node = record.get(key) if record is not None and isinstance(record.value, dict) else None
        number = None if node is None or node.is_distribution else central(node)
        if node is not None and number is not None and not number.is_integer():
            faults.add(node.place, (record_name, key), "must be a whole number", as_written(node))


def _check_demand_orders(root: Node, faults: Faults) -> None:
    """Orders on demand need a demand."""
    demand = root.get("demand")
    if demand is not None and demand.get("h100e") is not None:
        return
    for site_id, site in root.records("sites"):
        for phase_id, phase in site.records("phases"):
            for order_id, order in phase.records("deployments"):
                if order.scalar("ordering") == "demand":
                    path = ("sites", site_id, "phases", phase_id, "deployments", order_id, "ordering")
                    rule = "orders on demand need demand.h100e"
                    faults.add(order.value["ordering"].place, path, rule)
