"""Rules of a job mix that no single field can see."""

from __future__ import annotations

import math

from capsim.catalog import Catalog
from capsim.language.tree import Faults, Node, Path, as_written
from capsim.models.job_mix import productive_share
from capsim.scenario.fill.presets import job_classes
from capsim.scenario.records.job_records import FOLLOW_FROM_JOBS
from capsim.scenario.rules.argument_rules import central, ends, highest
from capsim.scenario.rules.naming import check_name
from capsim.units import MINUTES_PER_HOUR

_ROUNDING = 1e-6
_OF_FAILURES = ("failures_per_1000_node_days", "restart_minutes", "checkpoint_minutes", "write_minutes")
_MOST_MINUTES = 1e5
_LEAST_PROGRESS = 0.01
"""Share of its time in which a job has to make progress that lasts. [1]"""


def check_jobs(
    workload: Node, path: Path, catalog: Catalog, faults: Faults, *, inherited: bool = False
) -> None:
    """Find a mix without classes, shares that do not sum to 1, and what the mix replaces.

    Of a mix that a site has from the scenario, only what the site gives beside it is looked at.
    """
    jobs = workload.get("jobs")
    if jobs is None or not isinstance(jobs.value, dict):
        return
    inner = (*path, "jobs")
    for key in FOLLOW_FROM_JOBS:
        node = workload.get(key)
        if node is not None and central(node) != 1.0:
            rule = "has no effect with jobs, which it follows from; leave it out"
            faults.add(node.place, (*path, key), rule, as_written(node))
    if inherited:
        return
    if jobs.get("preset") is not None:
        check_name(jobs, "preset", inner, "job mix", catalog.names("job_mixes"), faults)
    classes = jobs.records("classes")
    if not classes and jobs.get("preset") is None:
        faults.add(jobs.place, inner, "needs classes of jobs, or a preset that has some")
    if classes:
        _check_classes(classes, jobs, inner, catalog, faults)
        _check_progress(classes, jobs, inner, faults)


def _check_classes(
    classes: list[tuple[str, Node]], jobs: Node, inner: Path, catalog: Catalog, faults: Faults
) -> None:
    """Shares sum to 1, and gaps come with the length of what they are between."""
    shares = [central(node.get("share")) for _, node in classes]
    known = [share for share in shares if share is not None]
    total = sum(known)
    if len(known) == len(shares) and abs(total - 1.0) > _ROUNDING:
        of_preset = _of_preset(classes, jobs, catalog)
        rule = f"shares of the classes must sum to 1 (they sum to {total:g}{of_preset})"
        faults.add((jobs.get("classes") or jobs).place, (*inner, "classes"), rule)
    for name, node in classes:
        if (central(node.get("gap_days")) or 0.0) > 0.0 and node.get("run_days") is None:
            faults.add(node.place, (*inner, "classes", name), "needs run_days, as it has gap_days")


def _of_preset(classes: list[tuple[str, Node]], jobs: Node, catalog: Catalog) -> str:
    """What a preset adds to the classes of the scenario, and how to leave it out; nothing without one."""
    preset = jobs.scalar("preset")
    if preset not in catalog.names("job_mixes"):
        return ""
    known = job_classes(catalog.entry("job_mixes", preset))
    shares = [f"{name} {central(node.get('share')):g}" for name, node in classes if name in known]
    return f", with {', '.join(shares)} of preset {preset}; `preset: null` leaves those out"


def _check_progress(classes: list[tuple[str, Node]], jobs: Node, inner: Path, faults: Faults) -> None:
    """Every job gets somewhere between its failures, in the worst case that can be drawn."""
    highs = {key: highest(jobs.get(key)) for key in _OF_FAILURES}
    least = (
        min(ends(jobs.value["node_accelerators"]), default=1.0) if "node_accelerators" in jobs.value else 1.0
    )
    if not (0.0 < highs["checkpoint_minutes"] < _MOST_MINUTES and least >= 1.0):
        return
    for name, node in classes:
        size = highest(node.get("accelerators"))
        if not 1.0 <= size < math.inf:
            continue
        kept = productive_share(
            size,
            failures_per_1000_node_days=highs["failures_per_1000_node_days"],
            node_accelerators=least,
            restart_h=highs["restart_minutes"] / MINUTES_PER_HOUR,
            checkpoint_h=highs["checkpoint_minutes"] / MINUTES_PER_HOUR,
            write_h=highs["write_minutes"] / MINUTES_PER_HOUR,
        )
        if kept < _LEAST_PROGRESS:
            rule = (
                "so large that it fails before it gets anywhere: needs checkpoints or restarts in less time"
            )
            place = node.value["accelerators"].place
            faults.add(place, (*inner, "classes", name, "accelerators"), rule, f"{size:g}")
