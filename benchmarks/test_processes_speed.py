"""Rows in several processes: what one costs in a process of the study and in a worker of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import capsim

psutil = pytest.importorskip("psutil")
distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.filterwarnings("ignore")  # of the cluster's own threads and sockets
FIRST, ROWS = 128, 384
"""Rows in which processes begin and make their years of weather and price, and rows in all."""
MIB = 1 << 20


def sum_over_processes(of: Callable[[Any], float], *, with_this: bool = False) -> float:
    """A figure of the processes that this one started, and of their own, together."""
    mine = psutil.Process()
    return sum(map(of, [*mine.children(recursive=True), *([mine] if with_this else [])]))


def processor_s(process: Any) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def proportional_mib(process: Any) -> float:
    return float(process.memory_full_info().pss) / MIB


def study(scenario: capsim.Scenario, **how: Any) -> tuple[float, float]:
    """Processor time of a row once all has begun [s], and proportional memory at the end [MiB]."""
    marks: list[tuple[int, float]] = []
    memory_mib = 0.0

    def progress(done: int, total: int, left_s: float) -> None:
        nonlocal memory_mib
        del left_s
        if (done >= FIRST and not marks) or done == total:
            marks.append((done, sum_over_processes(processor_s)))
            memory_mib = sum_over_processes(proportional_mib, with_this=True)

    capsim.ensemble(scenario, ROWS, progress=progress, **how)
    (before, began_s), (after, ended_s) = marks
    return (ended_s - began_s) / (after - before), memory_mib


def test_a_cluster_beside_processes(aion, benchmark, note):
    local_s, memory_mib = benchmark.pedantic(study, (aion,), {"processes": 2}, rounds=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        on_cluster_s, _ = study(aion, dask=cluster.scheduler_address)
    assert local_s > 0.0
    note("row in a process", local_s, "s")
    note("row in a Dask worker", on_cluster_s, "s")
    note("Dask over a process", on_cluster_s / local_s, "")
    note("proportional memory of the study, all processes", memory_mib, "MiB")
