"""What a projection says of its whole jobs: allocation, goodput, and halls whose limit cuts their swing."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.projection import Projection
from capsim.report.halls import by_hall
from capsim.report.wording import count, listed

PERCENT = 100.0
WORTH_SAYING = 0.001
"""Share of the time from which the capping of a hall is reported."""


def job_findings(projection: Projection) -> Iterator[str]:
    """What jobs hold and achieve, where a workload has a job mix; classes that never run, capped halls."""
    if not projection.assumptions["path"].str.contains("workload.jobs.", regex=False).any():
        return
    names = ("in_service_h", "held_h", "accelerator_h")
    total = {name: float(projection.monthly[name].sum()) for name in names}
    if total["held_h"] > 0.0:
        held = PERCENT * total["held_h"] / total["in_service_h"]
        kept = PERCENT * total["accelerator_h"] / total["held_h"]
        yield (
            f"whole jobs hold {held:.0f} % of the accelerators in service and make lasting progress in "
            f"{kept:.0f} % of that time, limits included"
        )
    yield from _never_run(projection)
    for hall in by_hall(projection).to_dict("records"):
        if hall["capped_share"] >= WORTH_SAYING:
            yield (
                f"the hall {hall['site']}.{hall['phase']} caps its systems for "
                f"{PERCENT * hall['capped_share']:.1f} % of the time: its jobs swing above its "
                f"{hall['critical_it_mw']:.1f} MW"
            )


def _never_run(projection: Projection) -> Iterator[str]:
    """A sentence for each class of jobs that finds no place on some sites, and why."""
    too_large: dict[tuple[str, float], list[str]] = {}
    too_few: dict[tuple[str, float, float], list[str]] = {}
    for site, never in projection.manifest.get("jobs_never_run", {}).items():
        for jobs in never:
            there = f"{count(jobs['free'])} at {site}"
            if jobs["size"] > jobs["free"]:
                too_large.setdefault((jobs["name"], jobs["size"]), []).append(there)
            else:
                too_few.setdefault((jobs["name"], jobs["size"], jobs["share"]), []).append(there)
    for (name, size), sites in too_large.items():
        yield (
            f"jobs of the class {name} never run: each takes all of {count(size)} accelerators or none, and "
            f"at most {listed(sites)} may hold jobs"
        )
    for (name, size, share), sites in too_few.items():
        yield (
            f"jobs of the class {name} never run: its share of {PERCENT * share:.3g} % and whole jobs of the "
            f"other classes leave no place for one of {count(size)} accelerators "
            f"({listed(sites)} may hold jobs)"
        )
