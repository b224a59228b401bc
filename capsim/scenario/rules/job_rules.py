"""Rules of workloads and their job mixes that no single field can see."""

from __future__ import annotations

import math

from capsim.models.job_mix import productive_share
from capsim.models.uncertain import Uncertain
from capsim.scenario.fill.presets import job_classes
from capsim.scenario.records.job_records import FOLLOW_FROM_JOBS, JobClass, JobMix, Workload
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, highest, rule
from capsim.units import MINUTES_PER_HOUR

_ROUNDING = 1e-6
_MOST_MINUTES = 1e5
_LEAST_PROGRESS = 0.01
"""Share of its time in which a job has to make progress that lasts. [1]"""


@rule
def jobs_replace_shares(workload: Workload, _: Around) -> Issues:
    """What follows from a job mix is not given beside it."""
    for key in FOLLOW_FROM_JOBS if workload.jobs is not None else ():
        if getattr(workload, key) != 1.0:
            yield Issue((key,), "has no effect with jobs, which it follows from; leave it out", got=True)


@rule
def mix_has_classes(jobs: JobMix, around: Around) -> Issues:
    """A mix has classes, whose shares sum to 1."""
    if not jobs.classes and jobs.preset is None:
        yield Issue((), "needs classes of jobs, or a preset that has some")
    total = sum(job.share for job in jobs.classes)
    if jobs.classes and abs(total - 1.0) > _ROUNDING:
        of_preset = _of_preset(jobs, around)
        yield Issue(("classes",), f"shares of the classes must sum to 1 (they sum to {total:g}{of_preset})")


def _of_preset(jobs: JobMix, around: Around) -> str:
    """What a preset adds to the classes of the scenario, and how to leave it out; nothing without one."""
    entry = around.catalog.tables["job_mixes"].get(jobs.preset or "")
    if entry is None:
        return ""
    supplied = job_classes(entry)
    shares = [f"{job.id} {float(job.share):g}" for job in jobs.classes if job.id in supplied]
    return f", with {', '.join(shares)} of preset {jobs.preset}; `preset: null` leaves those out"


@rule
def jobs_hold_whole_accelerators(job: JobClass, _: Around) -> Issues:
    """A job has an accelerator of its own at least."""
    if 0.0 < min(ends(job.accelerators)) < 1.0:
        rule = (
            "must be at least 1: jobs hold whole accelerators, and slices of one (MIG, half a GPU) are not "
            "modelled; give the jobs that share an accelerator as one class of 1"
        )
        yield Issue(("accelerators",), rule, got=True)


@rule
def gaps_are_between_jobs(job: JobClass, _: Around) -> Issues:
    """Gaps come with the length of what they are between."""
    if job.gap_days > 0.0 and job.run_days is None:
        yield Issue((), "needs run_days, as it has gap_days")


@rule
def jobs_get_somewhere(job: JobClass, around: Around) -> Issues:
    """Every job makes progress between its failures, in the worst case that can be drawn.

    Of a rate without an upper end it is P90: in draws beyond, jobs that get nowhere are what is found.
    """
    mix, n_accelerators = around.the(JobMix), highest(job.accelerators)
    checkpoint_minutes, least_of_node = highest(mix.checkpoint_minutes), min(ends(mix.node_accelerators))
    # beyond these bounds the fields have faults of their own
    if not (0.0 < checkpoint_minutes < _MOST_MINUTES and least_of_node >= 1.0):
        return
    if not 1.0 <= n_accelerators < math.inf:
        return
    stops = mix.failures_per_1000_node_days
    if isinstance(stops, Uncertain) and not math.isfinite(highest(stops)):
        stops = float(stops.distribution.ppf(0.9))
    kept = productive_share(
        n_accelerators,
        failures_per_1000_node_days=highest(stops),
        node_accelerators=least_of_node,
        restart_h=highest(mix.restart_minutes) / MINUTES_PER_HOUR,
        checkpoint_h=checkpoint_minutes / MINUTES_PER_HOUR,
        write_h=highest(mix.write_minutes) / MINUTES_PER_HOUR,
    )
    if kept < _LEAST_PROGRESS:
        rule = "so large that it fails before it gets anywhere: needs checkpoints or restarts in less time"
        yield Issue(("accelerators",), rule, got=True)
