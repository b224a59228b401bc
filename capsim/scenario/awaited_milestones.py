"""Milestones that a tranche of money may wait for: how a scenario names them, and which there are."""

from __future__ import annotations

from typing import NamedTuple

from capsim.language.tree import Faults, Node, Path
from capsim.registry import did_you_mean
from capsim.scenario.records.buildout_records import Tranche

READY, IN_SERVICE = "ready_for_service", "in_service"
APPLIED, ENERGISED = "applied", "energised"
STARTED, FINISHED = "started", "finished"


class Awaited(NamedTuple):
    """A milestone that must come, as the timeline names it."""

    site: str
    phase: str
    """Empty for a grid step."""
    item: str
    """Stage of a phase, grid step, or its stage as `step.stage`; empty for the phase itself."""
    kind: str

    def __str__(self) -> str:
        """Words for a reader, such as `aion.p1 permit finished`."""
        if self.phase:
            name, stage = f"{self.site}.{self.phase}", self.item
        else:
            step, _, stage = self.item.partition(".")
            name = f"{self.site}.{step}"
        what = "its first systems in service" if self.kind == IN_SERVICE else self.kind.replace("_", " ")
        return f"{name} {stage} {what}" if stage else f"{name} {what}"


def awaited(tranche: Tranche) -> list[Awaited]:
    """The milestones that must come before a tranche does."""
    found = []
    if tranche.after_phase:
        site, _, phase = tranche.after_phase.partition(".")
        stage, _, kind = tranche.phase_milestone.rpartition(" ")
        found.append(Awaited(site, phase, stage, kind))
    if tranche.after_step:
        site, _, step = tranche.after_step.partition(".")
        stage, _, kind = tranche.step_milestone.rpartition(" ")
        found.append(Awaited(site, "", f"{step}.{stage}" if stage else step, kind))
    return found


def check_milestones(name: str, tranche: Node, root: Node, faults: Faults) -> None:
    """A tranche comes after a phase and a grid step that there are, and a milestone each can reach."""
    path = ("funding", "tranches", name)
    phases = {f"{s}.{p}": node for s, site in root.records("sites") for p, node in site.records("phases")}
    steps = {
        f"{s}.{g}": node for s, site in root.records("sites") for g, node in site.records("grid_connection")
    }
    _check_after(tranche, "phase", phases, path, faults)
    _check_after(tranche, "step", steps, path, faults)


def _check_after(tranche: Node, what: str, known: dict[str, Node], path: Path, faults: Faults) -> None:
    """One of the two things a tranche may come after, and its milestone."""
    place, key = tranche.scalar(f"after_{what}"), f"{what}_milestone"
    noun = "phase" if what == "phase" else "grid step"
    if isinstance(place, str) and place and place not in known:
        rule = f"unknown {noun}, written site.{what}{did_you_mean(place, list(known))}"
        faults.add(tranche.value[f"after_{what}"].place, (*path, f"after_{what}"), rule, place)
        return
    milestone = tranche.scalar(key)
    if not isinstance(milestone, str):
        return
    if not isinstance(place, str) or not place:
        if milestone not in (READY, ENERGISED):  # the defaults, which a resolved scenario writes out
            faults.add(tranche.value[key].place, (*path, key), f"needs after_{what}, whose milestone it is")
        return
    own = _of_phase(known[place]) if what == "phase" else _of_step(known[place])
    if milestone not in own:
        rule = f"{place} never has this milestone{did_you_mean(milestone, own)}"
        if not did_you_mean(milestone, own):
            rule += f"; it has {', '.join(own)}"
        faults.add(tranche.value[key].place, (*path, key), rule, milestone)


def _of_phase(phase: Node) -> list[str]:
    """Milestones of a phase; one that is there on a date has no stages."""
    stages = [] if "ready_for_service_on" in phase.value else _of_stages(phase)
    return [READY, *([IN_SERVICE] if phase.records("deployments") else []), *stages]


def _of_step(step: Node) -> list[str]:
    """Milestones of a grid step; one with a date is not applied for."""
    return [ENERGISED, *([] if "energised_on" in step.value else [APPLIED, *_of_stages(step)])]


def _of_stages(node: Node) -> list[str]:
    """Start and end of each stage; one that surely ends its phase or step is never done."""
    found = []
    for name, stage in node.records("stages"):
        chance = stage.scalar("cancel_probability")
        is_fatal = isinstance(chance, (int, float)) and chance >= 1.0
        found += [f"{name} {STARTED}", *([] if is_fatal else [f"{name} {FINISHED}"])]
    return found
