"""Rules that hold between records, checked on the filled tree so that all faults come at once."""

from __future__ import annotations

from datetime import date

from capsim.catalog import Catalog
from capsim.language.tree import Faults, Node, Path, as_written
from capsim.models.demand import DEMAND_SHAPES
from capsim.scenario.rules.argument_rules import check_shape_arguments
from capsim.scenario.rules.date_rules import check_dates
from capsim.scenario.rules.energy_rules import check_first_days
from capsim.scenario.rules.job_rules import check_jobs
from capsim.scenario.rules.money_rules import check_money
from capsim.scenario.rules.naming import check_name, check_phases_after
from capsim.scenario.rules.shared_rules import check_shared
from capsim.scenario.rules.site_rules import check_site
from capsim.scenario.rules.source_rules import check_sources
from capsim.units import first_of_month

GOALS = ("h100e", "accelerators", "facility_mw", "critical_it_mw", "budget")
"""Keys of a target of which at least one is given."""
WORKLOAD_PREFIX = "workload-"


def check(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find everything that no single record can see is wrong."""
    check_sources(root, catalog, faults)
    check_dates(root, (), faults)
    _check_start(root, faults)
    _check_targets(root, faults)
    _check_shapes(root, faults)
    check_first_days(root, faults)
    _check_workload(root, (), root, catalog, faults)
    check_money(root, catalog, faults)
    check_shared(root, catalog, faults)
    for name, site in root.records("sites"):
        check_site(site, ("sites", name), root, catalog, faults)
        _check_workload(site, ("sites", name), root, catalog, faults)
    check_phases_after(root, faults)


def _check_workload(node: Node, path: Path, root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find an unknown workload preset of the scenario, or of a site's own."""
    workload, common = node.get("workload"), root.get("workload")
    if workload is None:
        return
    inherited = node is not root and common is not None and workload.get("jobs") is common.get("jobs")
    check_jobs(workload, (*path, "workload"), catalog, faults, inherited=inherited)
    if node is not root and common is not None and workload.get("preset") is common.get("preset"):
        return
    known = [n.removeprefix(WORKLOAD_PREFIX) for n in catalog.names("assumptions") if WORKLOAD_PREFIX in n]
    check_name(workload, "preset", (*path, "workload"), "workload preset", known, faults)


def _check_start(root: Node, faults: Faults) -> None:
    start = root.get("start")
    if start is not None and isinstance(start.value, date) and start.value.day != 1:
        month = first_of_month(start.value, 0).isoformat()
        faults.add(
            start.place, ("start",), f"must be the first of a month, such as {month}", as_written(start)
        )


def _check_targets(root: Node, faults: Faults) -> None:
    for name, target in root.records("targets"):
        if not any(goal in target.value for goal in GOALS):
            faults.add(target.place, ("targets", name), f"needs at least one of {', '.join(GOALS)}")


def _check_shapes(root: Node, faults: Faults) -> None:
    """Check the shapes of the jobs' and the services' demand."""
    demand = root.get("demand")
    if demand is not None:
        _check_shape(demand, ("demand",), faults)
        for name, service in demand.records("services"):
            _check_shape(service, ("demand", "services", name), faults)


def _check_shape(node: Node, at: Path, faults: Faults) -> None:
    """Find an unknown demand shape, or arguments it does not take."""
    shape = node.get("shape")
    if shape is None or not isinstance(shape.scalar("name"), str):
        return
    name, arguments = shape.value["name"], shape.get("arguments")
    given = arguments.value if arguments is not None and isinstance(arguments.value, dict) else {}
    known = DEMAND_SHAPES.parameters(name.value) if name.value in DEMAND_SHAPES else {}
    for rule in DEMAND_SHAPES.faults(name.value, given):
        key = next((word for word in rule.split() if word in given and word not in known), None)
        path = (*at, "shape", "arguments", key) if key else (*at, "shape", "name")
        faults.add((given[key] if key else name).place, path, rule)
    if name.value in DEMAND_SHAPES:
        check_shape_arguments(name.value, given, (*at, "shape", "arguments"), name.place, faults)
