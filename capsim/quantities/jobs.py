"""The job mix of a workload as arrays, from the largest jobs to the smallest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capsim.models.job_mix import productive_share
from capsim.scenario import JobMix, Workload
from capsim.units import HOURS_PER_DAY, MINUTES_PER_HOUR, Array


@dataclass(frozen=True)
class Mix:
    """Classes of jobs, each array of shape (n_classes,)."""

    ids: tuple[str, ...]
    """Names of the classes."""
    sizes: Array
    """Accelerators of a job. [accelerators]"""
    shares: Array
    """Share of the accelerators that may hold jobs; they sum to 1. [1]"""
    busy: Array
    """Share of the time in which a job makes progress that lasts. [1]"""
    compute: Array
    """Mean over peak of its dynamic power while it does. [1]"""
    run_h: Array
    """Mean length of a job; 0 where jobs follow each other without a gap. [h]"""
    gap_h: Array
    """Mean gap between two. [h]"""

    @property
    def on_share(self) -> Array:
        """Share of the time in which a place for a job has one. [1]"""
        return np.where(self.gap_h > 0.0, self.run_h / np.maximum(self.run_h + self.gap_h, 1e-300), 1.0)


def mix_of(jobs: JobMix) -> Mix:
    """The classes of a job mix in order of size, with the goodput that follows from the size."""
    classes = sorted(jobs.classes, key=lambda of: -of.accelerators)
    sizes = np.array([of.accelerators for of in classes], dtype=np.float64)
    shares = np.array([of.share for of in classes], dtype=np.float64)
    busy = np.array([of.busy_share for of in classes]) * productive_share(
        sizes,
        failures_per_1000_node_days=jobs.failures_per_1000_node_days,
        node_accelerators=jobs.node_accelerators,
        restart_h=jobs.restart_minutes / MINUTES_PER_HOUR,
        checkpoint_h=jobs.checkpoint_minutes / MINUTES_PER_HOUR,
        write_h=jobs.write_minutes / MINUTES_PER_HOUR,
    )
    has_gap = np.array([of.gap_days > 0.0 for of in classes])
    run_d = np.array([of.run_days or 0.0 for of in classes])
    return Mix(
        ids=tuple(of.id for of in classes),
        sizes=sizes,
        shares=shares / shares.sum(),
        busy=busy,
        compute=np.array([of.compute_share for of in classes], dtype=np.float64),
        run_h=np.where(has_gap, run_d, 0.0) * HOURS_PER_DAY,
        gap_h=np.array([of.gap_days for of in classes]) * HOURS_PER_DAY,
    )


def planned_working_share(workload: Workload) -> float:
    """Accelerators that compute over those in service, as a planner expects it of a large fleet. [1]"""
    if workload.jobs is None:
        return workload.allocation * workload.busy_share * workload.delivered_share
    mix = mix_of(workload.jobs)
    held = (1.0 - workload.jobs.spare_share) * float((mix.shares * mix.on_share * mix.busy).sum())
    return held * workload.delivered_share
