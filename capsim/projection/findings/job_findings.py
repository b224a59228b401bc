"""What a projection says of its whole jobs: allocation, goodput, and halls whose limit cuts their swing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from capsim.projection.findings.finding import Finding, finding
from capsim.projection.hall_views import by_hall
from capsim.projection.wording import count, listed

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

PERCENT = 100.0
WORTH_SAYING = 0.001
"""Share of the time from which the capping of a hall is reported."""


def job_findings(projection: Projection) -> Iterator[Finding]:
    """What jobs hold and achieve, where a workload has a job mix; classes that never run, capped halls."""
    names = ("in_service_h", "held_h", "accelerator_h")
    total = {name: float(projection.months.series[name].sum()) for name in names}
    if total["held_h"] > 0.0 and total["accelerator_h"] == 0.0:
        text = (
            f"work holds accelerators for {count(total['held_h'])} h and nothing is computed in them, by "
            f"{_why_nothing(projection)}: no compute is delivered, and there is no levelised cost of compute"
        )
        yield finding("nothing_computed", text, held_h=total["held_h"])
    # without a job mix nothing holds whole accelerators, and nothing more is said
    if not _has_jobs(projection):
        return
    if total["held_h"] > 0.0:
        held = total["held_h"] / total["in_service_h"]
        kept = total["accelerator_h"] / total["held_h"]
        text = (
            f"whole jobs hold {PERCENT * held:.0f} % of the accelerators in service and make lasting "
            f"progress in {PERCENT * kept:.0f} % of that time, limits and power caps included"
        )
        yield finding("jobs", text, held_share=held, lasting_share=kept)
    yield from _never_run(projection)
    for hall in by_hall(projection.halls).to_dict("records"):
        place, share, mw = (hall["site"], hall["phase"]), hall["capped_share"], hall["critical_it_mw"]
        if share >= WORTH_SAYING:
            text = (
                f"the hall {'.'.join(place)} caps its systems for {PERCENT * share:.1f} % of the time: its "
                f"jobs swing above its {mw:.1f} MW"
            )
            yield finding("capped_hall", text, place, capped_share=share, critical_it_mw=mw)


def _why_nothing(projection: Projection) -> str:
    """What keeps held accelerators from computing: the caps that take all throughput, or the work itself."""
    months = projection.months
    sites = [site for site in months.sites if months.of(site, "held_h").sum() > 0.0]
    speeds = {
        site: [1.0 - row["slowed_share"] for row in projection.facts.capped if row["site"] == site]
        for site in sites
    }
    stopped = [site for site in sites if speeds[site] and not any(speeds[site])]
    if not stopped:
        return "its workload"
    elsewhere = ", and the work elsewhere" if len(stopped) < len(sites) else ""
    return f"the power cap at {listed(stopped)}, which takes all throughput{elsewhere}"


def _has_jobs(projection: Projection) -> bool:
    """Whether a workload of the scenario has a job mix."""
    # all values of a run are many, and take long to explain; a saved projection has them already
    if projection.run is not None:
        scenario = projection.run.scenario
        workloads = scenario.workload, *(site.workload for site in scenario.sites)
        return any(workload is not None and workload.jobs is not None for workload in workloads)
    return bool(projection.assumptions["path"].str.contains("workload.jobs.", regex=False).any())


def _never_run(projection: Projection) -> Iterator[Finding]:
    """A finding for each class of jobs that finds no place on some sites, and why."""
    sites_of: dict[tuple[bool, str, float, float], list[str]] = {}
    for site, never in projection.facts.jobs_never_run.items():
        for jobs in never:
            fits, name, size = jobs["size"] <= jobs["free"], jobs["name"], jobs["size"]
            # a job too large for a site is so whatever the share of its class
            key = fits, name, size, jobs["share"] if fits else math.nan
            sites_of.setdefault(key, []).append(f"{count(jobs['free'])} at {site}")
    for (fits, name, size, share), sites in sorted(sites_of.items(), key=lambda entry: entry[0][0]):
        why = (
            f"each takes all of {count(size)} accelerators or none, and at most {listed(sites)} may hold jobs"
        )
        if fits:
            why = (
                f"its share of {PERCENT * share:.3g} % and whole jobs of the other classes leave no place "
                f"for one of {count(size)} accelerators ({listed(sites)} may hold jobs)"
            )
        text = f"jobs of the class {name} never run: {why}"
        yield finding("jobs_never_run", text, size_accelerators=size, sites=len(sites), share=share)


def inference_speeds(projection: Projection) -> Iterator[Finding]:
    """A finding per service: whose tokens are measured, and whose are bounded by memory and FLOP/s."""
    words = {
        "measured": "are as measured (throughput)",
        "bounded": "lie between what memory bandwidth and FLOP/s allow (memory_bound_share)",
        "by FLOP/s": "follow FLOP/s alone, since no memory bandwidth is known",
    }
    for service, known in projection.facts.inference.items():
        clauses = [f"those of {listed(known[how])} {said}" for how, said in words.items() if how in known]
        text = f"tokens of service {service}: {'; '.join(clauses)}"
        yield finding("inference", text, systems=sum(map(len, known.values())))
