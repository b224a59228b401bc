"""Rules of funding: some money comes before the phases that need it."""

from __future__ import annotations

from datetime import date

from capsim.language.tree import Faults, Node
from capsim.models.cost_bases import Grid, Hall, bases_per
from capsim.scenario.awaited_milestones import IN_SERVICE, READY
from capsim.scenario.rules.argument_rules import central

PRICED = {"facilities": Hall, "grid": Grid}
"""What is counted by the cost items that give phases and grid steps a price, by what funding covers."""
COVERED = ("facilities", "grid", "systems")
"""What funding covers where it does not say."""
Phases = dict[str, tuple[Node, Node]]
"""Site and phase by name, as ``site.phase``."""


def check_money_comes(root: Node, faults: Faults) -> None:
    """Find tranches that all wait for phases which, or before which others, wait for money themselves.

    Only what is certain is refused: where any money comes, whether it is enough is for the run to say.
    """
    funding = root.get("funding")
    tranches = [] if funding is None else funding.records("tranches")
    tranches = [(name, tranche) for name, tranche in tranches if central(tranche.get("amount")) != 0.0]
    if not tranches or not all(_waits_for_a_hall(tranche) for _, tranche in tranches):
        return
    phases: Phases = {
        f"{s}.{p}": (site, phase) for s, site in root.records("sites") for p, phase in site.records("phases")
    }
    covered = {s: _covered(root, funding, site.scalar("country")) for s, site in root.records("sites")}
    built = _built_without(root, phases, covered)
    wanted = {name: str(tranche.scalar("after_phase")) for name, tranche in tranches}
    if any(phase in built or phase not in phases for phase in wanted.values()):
        return
    for name, tranche in tranches:
        rule = "no money comes before this phase, which needs some for itself or for a phase it comes after"
        path = ("funding", "tranches", name, "after_phase")
        faults.add(tranche.value["after_phase"].place, path, rule, wanted[name])


def _waits_for_a_hall(tranche: Node) -> bool:
    """Whether a tranche comes no sooner than a phase is ready for service."""
    late = tranche.scalar("phase_milestone") in (None, READY, IN_SERVICE)
    return bool(tranche.scalar("after_phase")) and late


def _covered(root: Node, funding: Node | None, country: object) -> set[str]:
    """What draws on the funding and has a price in a country."""
    covers = None if funding is None else funding.get("covers")
    named = COVERED if covers is None else tuple(str(child.value) for child in covers.value)
    costs = root.get("costs")
    items = [] if costs is None else [item for _, item in costs.records("items")]
    priced = {
        str(item.scalar("basis"))
        for item in items
        if item.scalar("category") == "capex"
        and central(item.get("amount")) != 0.0
        and (not _listed(item, "countries") or country in _listed(item, "countries"))
        and country not in _listed(item, "except_countries")
    }
    return {what for what, thing in PRICED.items() if what in named and priced & {*bases_per(thing)}}


def _listed(node: Node, key: str) -> list[object]:
    """Elements of a list; none where it is missing."""
    child = node.get(key)
    return [element.value for element in child.value] if child is not None else []


def _built_without(root: Node, phases: Phases, covered: dict[str, set[str]]) -> set[str]:
    """Phases that may be ready for service without any money of the funding; `covered` is by site."""
    start, built = root.scalar("start"), set[str]()
    free = {
        name
        for name, (site, phase) in phases.items()
        if "ready_for_service_on" in phase.value
        or not _draws(site, phase, start, covered[name.partition(".")[0]])
    }
    while True:
        more = {
            name
            for name in free - built
            if all(before in built or before not in phases for before in _after(name, phases[name][1]))
        }
        if not more:
            return built
        built |= more


def _draws(site: Node, phase: Node, start: object, covered: set[str]) -> bool:
    """Whether a phase or its grid step certainly asks for money after the start."""
    if "facilities" in covered and phase.scalar("tenure") != "lease" and _is_after(phase, "starts_on", start):
        return True
    leased = all(other.scalar("tenure") == "lease" for _, other in site.records("phases"))
    for name, step in site.records("grid_connection"):
        if name == phase.scalar("energization") and "grid" in covered and not leased:
            return "energised_on" not in step.value and _is_after(step, "applied_on", start)
    return False


def _is_after(node: Node, key: str, start: object) -> bool:
    """Whether a date is missing, or not before the start."""
    day = node.scalar(key)
    return day is None or (isinstance(day, date) and isinstance(start, date) and day >= start)


def _after(name: str, phase: Node) -> list[str]:
    """Phases a phase comes after, as ``site.phase``."""
    written = [str(other) for other in _listed(phase, "after")]
    return [other if "." in other else f"{name.partition('.')[0]}.{other}" for other in written]
