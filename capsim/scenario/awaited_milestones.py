"""Milestones that are waited for: by a tranche of money, or because they are overdue."""

from __future__ import annotations

from typing import NamedTuple

from capsim.scenario.records.buildout_records import Tranche
from capsim.scenario.records.schema import Site
from capsim.scenario.records.walk import records_in

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
    milestones = []
    if tranche.after_phase:
        site, _, phase = tranche.after_phase.partition(".")
        stage, _, kind = tranche.phase_milestone.rpartition(" ")
        milestones.append(Awaited(site, phase, stage, kind))
    if tranche.after_step:
        site, _, step = tranche.after_step.partition(".")
        stage, _, kind = tranche.step_milestone.rpartition(" ")
        milestones.append(Awaited(site, "", f"{step}.{stage}" if stage else step, kind))
    return milestones


def overdue(site: Site) -> dict[str, str]:
    """What of a site is not there on the data date though it was announced to be: that day, by its name."""
    days = {}
    for path, record, outer in records_in(site):
        since = vars(record).get("overdue_since")
        # of what is cancelled nothing is waited for any more
        is_cancelled = any(vars(one).get("cancelled_on") for one in (record, *outer))
        if since is not None and not is_cancelled:
            # a path names the lists, too: phases, p1, stages, permit
            days[".".join(path[1::2])] = since.isoformat()
    return days
