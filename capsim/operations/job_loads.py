"""Whole jobs in the fleet of a site: how much of it they hold and use, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from capsim.models.job_mix import campaigns, packed
from capsim.models.ratios import share_of
from capsim.operations.fleet import SiteFleet, hourly_count
from capsim.operations.spans import Spans
from capsim.quantities import Mix, mix_of
from capsim.scenario import Workload, stream
from capsim.units import HOURS_PER_DAY, Array

MOST_SLOTS = 64
"""Most places for jobs of a class whose gaps are drawn one by one; of more, the mean runs at all times."""


class NeverRun(NamedTuple):
    """A class of jobs of which not one finds a place on a site."""

    name: str
    """Of the class."""
    size: float
    """Accelerators of a job. [accelerators]"""
    share: float
    """Share of the accelerators that may hold jobs it is meant to hold. [1]"""
    free: float
    """Most accelerators that may hold jobs there. [accelerators]"""


@dataclass(frozen=True)
class JobLoad:
    """What the jobs of a site make of its fleet."""

    mix: Mix
    workload: Workload
    """The site's workload with every accelerator held, and busy as the best class of jobs is."""
    filled: Array
    """Accelerators that do lasting work over what that workload gives, shape (n_hours,). [1]"""
    held: Array
    """Accelerators that a job holds over those in service, shape (n_hours,). [1]"""
    mean_held: Array
    """The same by class, in the mean over time, shape (n_classes, n_spans). [1]"""
    accelerators: Array
    """Accelerators in service, shape (n_spans,). [accelerators]"""
    never: tuple[NeverRun, ...]
    """Classes that never run, although there are accelerators."""
    left_over: Array
    """Accelerators that no job takes where a class never runs, over those in place, shape (n_spans,). [1]"""

    def at_work(self, served: Array | float) -> Array:
        """Share of the accelerators in service that a job holds, by hour, where a share `served` runs. [1]"""
        full = share_of(served, self.filled)
        return np.asarray(np.minimum(full, 1.0) * self.held)

    @property
    def goodput(self) -> float:
        """Busy share of the best class of jobs. [1]"""
        return float(self.mix.busy.max())


def job_load(fleet: SiteFleet, seed: int, replication: int) -> JobLoad | None:
    """Jobs of a site's mix in its fleet; None where its workload has no mix.

    Gaps between the jobs of a class are drawn from a stream keyed by the site and the class. Spare
    accelerators stand in for those out of service; what more is out takes the same part of all classes.
    """
    workload = fleet.site.workload or fleet.scenario.workload
    if workload.jobs is None:
        return None
    mix, spans = mix_of(workload.jobs), fleet.spans
    chips = fleet.total(lambda system: system.level * system.kind.accelerators)
    placed = fleet.total(lambda system: system.placed * system.kind.accelerators)
    free = placed * (1.0 - workload.jobs.spare_share)
    jobs = packed(free, mix.sizes, mix.shares)
    never = _never_run(mix, jobs, float(free.max(initial=0.0)))
    left = free - (jobs * mix.sizes[:, None]).sum(axis=0) if never else np.zeros_like(free)
    jobs = jobs * _left_by_repairs(jobs * mix.sizes[:, None], chips)
    steady, work = np.zeros_like(chips), np.zeros_like(chips)
    drawn: list[tuple[Array, float]] = []
    for number, name in enumerate(mix.ids):
        held = jobs[number] * mix.sizes[number]
        if mix.gap_h[number] > 0.0 and 0.0 < jobs[number].max() <= MOST_SLOTS:
            rng = stream(seed, replication, fleet.site.id, "jobs", name)
            running = _running(rng, jobs[number], spans, mix.run_h[number], mix.gap_h[number])
            drawn.append((running * mix.sizes[number], float(mix.busy[number])))
        else:
            steady += held * mix.on_share[number]
            work += held * (mix.on_share[number] * mix.busy[number])
    best = float(mix.busy.max())
    per_chip = share_of(1.0, chips)
    held, filled = spans.hourly(steady * per_chip), spans.hourly(work * (per_chip / best))
    # what follows no gaps is done by span above; only drawn gaps need the hours
    if drawn:
        hourly = spans.hourly(per_chip)
        for running, busy in drawn:
            part = running * hourly
            held += part
            filled += part * (busy / best)
    return JobLoad(
        mix=mix,
        workload=workload.model_copy(update={"allocation": 1.0, "busy_share": best}),
        filled=np.minimum(filled, 1.0),
        held=np.minimum(held, 1.0),
        mean_held=jobs * mix.sizes[:, None] * mix.on_share[:, None] * per_chip,
        accelerators=chips,
        never=never,
        left_over=share_of(left, placed),
    )


def _never_run(mix: Mix, jobs: Array, free: float) -> tuple[NeverRun, ...]:
    """Classes with a share and no job in any span, of a site with accelerators in some."""
    rows = zip(mix.ids, mix.sizes, mix.shares, jobs, strict=True)
    return tuple(
        NeverRun(name, float(size), float(share), free)
        for name, size, share, placed in rows
        if free > 0.0 and share > 0.0 and not placed.any()
    )


def _left_by_repairs(held: Array, in_service: Array) -> Array:
    """Share of the accelerators that jobs would hold which is in service, shape (n_spans,). [1]"""
    placed = held.sum(axis=0)
    left = share_of(in_service, placed, of_nothing=1.0)
    return np.asarray(np.minimum(left, 1.0))


def _running(rng: np.random.Generator, jobs: Array, spans: Spans, run_h: float, gap_h: float) -> Array:
    """Jobs of a class that run in each hour, shape (n_hours,): each place for one has its own gaps."""
    n_hours = int(spans.edges_h[-1])
    most = np.maximum.accumulate(np.ceil(jobs))
    slots = np.arange(1.0, most[-1] + 1.0)
    starts = spans.edges_h[np.searchsorted(most, slots)].astype(np.float64)
    begin, end = campaigns(rng, starts, run_h=run_h, gap_h=gap_h, until_h=float(n_hours))
    inside = begin < n_hours
    running = hourly_count(begin[inside] / HOURS_PER_DAY, end[inside] / HOURS_PER_DAY, n_hours)
    # places are those of the largest fleet so far; a smaller one runs its part of them
    if np.any(jobs < most):
        running *= spans.hourly(share_of(jobs, most))
    return running
