"""Rules within a phase: kinds of stages and their arguments, equipment, and what waits for what."""

from __future__ import annotations

from capsim.catalog import Catalog
from capsim.language.tree import Faults, Node, Path
from capsim.models.stages import STAGE_KINDS
from capsim.scenario.rules.argument_rules import check_stage_arguments
from capsim.scenario.rules.naming import check_name

WORK = "work"
"""Kind of a stage that names none."""


def check_stages(phase: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """Find wrong kinds of stages, wrong equipment, and equipment that no order can bring in time."""
    stages = phase.records("stages")
    for name, stage in stages:
        _check_kind(stage, (*path, "stages", name), faults)
    waits = _waits(stages)
    for name, item in phase.records("equipment"):
        _check_equipment(item, (*path, "equipment", name), list(waits), catalog, faults)
    for name, item in phase.records("equipment"):
        needed_at, after = item.scalar("needed_at"), item.scalar("ordered_after")
        if needed_at in waits and after in waits:
            waits[str(needed_at)].append(str(after))
            if _reaches(str(after), str(needed_at), waits):
                rule = f"is ordered after {after}, which waits for {needed_at}, where it is needed"
                faults.add(item.place, (*path, "equipment", name), rule)
                waits[str(needed_at)].pop()


def _check_kind(stage: Node, path: Path, faults: Faults) -> None:
    """Find arguments that the kind of a stage does not take or needs, or that are outside its range."""
    kind, arguments = stage.get("kind"), stage.get("arguments")
    name = kind.value if kind is not None and isinstance(kind.value, str) else WORK
    given = arguments.value if arguments is not None and isinstance(arguments.value, dict) else {}
    if name not in STAGE_KINDS:
        return
    place = stage.place if arguments is None else arguments.place
    for rule in STAGE_KINDS.faults(name, given):
        faults.add(place, (*path, "arguments"), rule)
    check_stage_arguments(name, given, (*path, "arguments"), place, faults)


def _check_equipment(item: Node, path: Path, stages: list[str], catalog: Catalog, faults: Faults) -> None:
    """Find equipment that is unknown, or ordered after or needed at a stage that is."""
    known = [name for name, entry in catalog.tables["lead_times"].items() if "duration" in entry]
    check_name(item, "item", path, "lead time", known, faults)
    for key in ("needed_at", "ordered_after"):
        check_name(item, key, path, "stage of the phase", stages, faults)
    if "ordered_on" in item.value and "ordered_after" in item.value:
        rule = "must not be given together with ordered_on"
        faults.add(item.value["ordered_after"].place, (*path, "ordered_after"), rule)


def _waits(stages: list[tuple[str, Node]]) -> dict[str, list[str]]:
    """What each stage waits for: the stages it names, or the one before it in the list."""
    waits: dict[str, list[str]] = {}
    before: list[str] = []
    for name, stage in stages:
        after = stage.get("after")
        named = after.value if after is not None and isinstance(after.value, list) else None
        waits[name] = list(before) if named is None else [str(child.value) for child in named]
        before = [name]
    return waits


def _reaches(start: str, goal: str, waits: dict[str, list[str]]) -> bool:
    """Whether following `waits` from a stage leads to another."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            ahead += waits.get(name, [])
    return False
