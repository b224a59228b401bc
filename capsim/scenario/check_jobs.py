"""Rules of a job mix that no single field can see."""

from __future__ import annotations

from capsim.catalog import Catalog
from capsim.scenario.check_arguments import central
from capsim.scenario.naming import check_name
from capsim.scenario.tree import Faults, Node, Path, as_written

_ROUNDING = 1e-6
_FOLLOWING = ("allocation", "busy_share")
"""Fields of a workload that follow from its job mix."""


def check_jobs(workload: Node, path: Path, catalog: Catalog, faults: Faults) -> None:
    """Find a mix without classes, shares that do not sum to 1, and what the mix replaces."""
    jobs = workload.get("jobs")
    if jobs is None or not isinstance(jobs.value, dict):
        return
    inner = (*path, "jobs")
    if jobs.get("preset") is not None:
        check_name(jobs, "preset", inner, "job mix", catalog.names("job_mixes"), faults)
    for key in _FOLLOWING:
        node = workload.get(key)
        if node is not None and node.place.layer not in ("catalog", "default"):
            rule = "has no effect with jobs, which it follows from; leave it out"
            faults.add(node.place, (*path, key), rule, as_written(node))
    classes = jobs.records("classes")
    if not classes and jobs.get("preset") is None:
        faults.add(jobs.place, inner, "needs classes of jobs, or a preset that has some")
    if classes:
        _check_classes(classes, jobs, inner, faults)


def _check_classes(classes: list[tuple[str, Node]], jobs: Node, inner: Path, faults: Faults) -> None:
    """Shares sum to 1, and gaps come with the length of what they are between."""
    shares = [central(node.get("share")) for _, node in classes]
    known = [share for share in shares if share is not None]
    total = sum(known)
    if len(known) == len(shares) and abs(total - 1.0) > _ROUNDING:
        rule = f"shares of the classes must sum to 1 (they sum to {total:g})"
        faults.add((jobs.get("classes") or jobs).place, (*inner, "classes"), rule)
    for name, node in classes:
        if (central(node.get("gap_days")) or 0.0) > 0.0 and node.get("run_days") is None:
            faults.add(node.place, (*inner, "classes", name), "needs run_days, as it has gap_days")
