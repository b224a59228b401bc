"""How studies and runs grow: processor time by replication, year, site, hall and deployment; pages, summary.

A slope is the time that a unit more adds, over the mean time of a unit: 1 where time grows in proportion.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

import capsim
from capsim import Scenario
from capsim.pipeline import run
from capsim.scenario.loading import loads, override
from capsim.study.columns import Rows, Table
from capsim.study.draws import design_of
from capsim.study.execution import Execution
from capsim.study.folder import study_folder
from capsim.study.observe import layout_of
from capsim.study.sampling import Sampling
from capsim.study.store import ROWS_PER_BLOCK, block_count, rows_of_block
from capsim.study.summary import all_percentiles, figures_table
from capsim.study.tasks import Replications

PLACE: dict[str, Any] = {"country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
PLACE |= {"cooling": {"preset": "dlc-dry-cooler"}}
ROUNDS = 5


def cpu_s(compute: Callable[[], object]) -> float:
    """Least processor time of some rounds. [s]"""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        compute()
        taken.append(time.process_time() - start)
    return min(taken)


def plan(years: int = 6, sites: int = 2, halls: int = 2, orders: int = 2, *, fails: bool = False) -> Scenario:
    """Owned sites, each with halls of 20 MW that are filled by several orders, of which servers may fail."""

    def order(number: int) -> dict[str, Any]:
        share = {"system": "gb300-nvl72", "fill_share": 0.9 / orders}
        return {"id": f"o{number}", "ordered_on": date(2026, 6, 1), **share}

    hall = {"critical_it_mw": 20.0, "energization": "g", "preset": "fr-greenfield-full"}
    hall |= {"deployments": [order(n) for n in range(orders)]}
    grid = [{"id": "g", "grid_mw": 40.0 * halls, "preset": "fr-grid-fast-track"}]
    phases = [{"id": f"p{n}", **hall} for n in range(halls)]
    head = {"schema": 1, "name": "slope", "start": date(2026, 1, 1), "horizon_years": years}
    each = {"grid_connection": grid, "phases": phases}
    head |= {"reliability": {}} if fails else {}
    return loads(head | {"sites": [PLACE | {"id": f"s{n}"} | each for n in range(sites)]})


SLOPES: dict[str, tuple[int, int]] = {"years": (6, 18), "sites": (2, 12), "halls": (2, 12), "orders": (2, 12)}
"""Few and many of what a plan has."""


@pytest.mark.parametrize("fails", [False, True], ids=["nothing fails", "with failures"])
@pytest.mark.parametrize("what", SLOPES)
def test_slope(what, fails, benchmark, note):
    few, many = SLOPES[what]
    small, large = (plan(**{what: number}, fails=fails) for number in (few, many))
    run(small), run(large)
    base_s, more_s = cpu_s(lambda: run(small)), cpu_s(lambda: run(large))
    benchmark.pedantic(run, (large,), rounds=2)
    assert run(large).operations.monthly["it_mwh"].sum() > 0
    note("slope", (more_s - base_s) / (many - few) / (more_s / many), "")


def test_marginal_row(aion, benchmark, note):
    """From 64 to 320 rows, so that what a study costs once is left out; and the pages a row touches."""
    design = design_of([aion], 0, 320)
    kept = Sampling(1, 0, (), "sobol", None, (), False, False).kept(())
    task = Replications((aion,), design, kept.layout(run(aion)).n_columns, (kept,))
    benchmark.pedantic(task.rows, (0, 64), rounds=1)
    pages, start = resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.process_time()
    rows = task.rows(64, 256)
    taken_s = time.process_time() - start
    assert np.isfinite(rows[:, 0]).all()
    note("processor time of a row", taken_s / len(rows), "s")
    note("page faults of a row", (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - pages) / len(rows), "")
    note("core-hours of a million rows", taken_s / len(rows) * 1e6 / 3600, "h")


@pytest.mark.parametrize("n", [4_096, 16_384])
def test_summary(n, aion, benchmark, note, tmp_path):
    """Percentiles of rows that are there: linear in the rows, and memory of a few columns."""
    layout, rng = layout_of(run(aion), "dates"), np.random.default_rng(0)
    with study_folder(Execution(folder=tmp_path / "study"), {"kind": "bench"}) as store:
        for block in range(block_count(n)):
            store.write(block, rng.standard_normal((rows_of_block(block, n), layout.n_columns)))
        rows = Rows(Table(store, n, layout.n_columns), layout)
        start = time.process_time()
        table = benchmark.pedantic(
            lambda: (all_percentiles(rows), figures_table(np.zeros(layout.n_columns), rows.figures())),
            rounds=1,
        )
        note("processor time of a row", (time.process_time() - start) / n, "s")
    assert len(table[1]) == len(layout.figures)
    assert n % ROWS_PER_BLOCK == 0


@pytest.mark.parametrize("processes", [1, 2])
def test_processes(processes, aion, benchmark, note):
    """The whole study, its processes started and ended: time that goes by for 256 replications."""
    benchmark.pedantic(capsim.ensemble, (aion, 256), {"processes": processes}, rounds=1)
    note("time of a replication", benchmark.stats.stats.min / 256, "s")


def test_central_studies(aion, benchmark, note):
    """A tornado by its values, and two plans compared over 256 replications each."""
    start = time.process_time()
    tornado = capsim.sensitivity(aion, processes=1)
    note("an end of a value of a tornado", (time.process_time() - start) / (2 * len(tornado.tornado)), "s")
    dearer = {"aion": aion, "dearer": override(aion, {"finance.wacc_real": 0.09})}
    benchmark.pedantic(capsim.compare, (dearer, 256), {"processes": 2}, rounds=1)
