"""Studies on a Dask cluster: the same bytes, and a lost worker loses nothing.

Tests `study.runner`.
"""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from capsim.errors import StudyError
from capsim.study.ensembles import ensemble

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.filterwarnings("ignore")  # of the cluster's own threads and sockets


def files(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(small, tmp_path):
    ensemble(small, 96, folder=tmp_path / "alone", processes=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        pids = [worker.process.pid for worker in cluster.workers.values()]
        killed = []

        def kill_one(done, total, left_s):
            if not killed:
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])

        address = cluster.scheduler_address
        ensemble(small, 96, folder=tmp_path / "cluster", dask=address, progress=kill_one)
    assert killed
    assert files(tmp_path / "cluster") == files(tmp_path / "alone")
    deadline = time.monotonic() + 10
    while threading.active_count() > 1 and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_cluster_that_does_not_answer_is_named_and_leaves_nothing(small, tmp_path):
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(StudyError, match="no Dask cluster answers at tcp://127"),
    ):
        ensemble(small, 2, folder=tmp_path / "s", dask="tcp://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []
