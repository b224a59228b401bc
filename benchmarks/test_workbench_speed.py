"""What a planner waits for: a what-if through the interface of the page, with a spread running beside."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from capsim.web.job_stream import QUICK, SLOW, Line
from capsim.web.workers import Place

CHANGES = 20
CLIENTS = 20
FOLDER = Path(__file__).parents[1] / "scenarios"


def _asked(wacc: float, spread: int = 0) -> dict[str, Any]:
    which = {"file": "aion-288k-h100e.yaml", "example": None, "text": None, "overrides": []}
    return {
        "scenario": which | {"sets": [f"finance.wacc_real={wacc}"]},
        "seed": 0,
        "spread": spread,
        "relief": False,
    }


def _cpu_s(pid: int) -> float:
    """Processor time of a process, where the system says it; [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_what_ifs_with_a_spread_beside(
    benchmark: BenchmarkFixture, note: Callable[[str, float, str], None]
) -> None:
    """Twenty changes one by one, then twenty clients at once; a spread is drawn meanwhile."""

    async def played() -> tuple[list[float], float, float]:
        place = Place(FOLDER, 4 * 1024**3)
        quick, slow = Line(place, QUICK), Line(place, SLOW)
        await quick.warm()
        beside = asyncio.create_task(slow.ask("change", _asked(0.07, spread=1024), lambda *_: None))
        while not slow.pids:
            await asyncio.sleep(0.05)
        waited_s, pid, before_s = [], 0, 0.0
        for i in range(CHANGES):
            began = time.perf_counter()
            job = asyncio.create_task(quick.ask("change", _asked(0.05 + 0.001 * i), lambda *_: None))
            await asyncio.sleep(0.0)
            if not pid and quick.pids:
                pid = quick.pids[0]
                before_s = _cpu_s(pid)
            assert (await job).kind == "text"
            waited_s.append(time.perf_counter() - began)
        cpu_s = (_cpu_s(pid) - before_s) / CHANGES
        began = time.perf_counter()
        changes = (quick.ask("change", _asked(0.06 + 0.001 * i), lambda *_: None) for i in range(CLIENTS))
        assert {outcome.kind for outcome in await asyncio.gather(*changes)} == {"text"}
        all_s = time.perf_counter() - began
        assert not beside.done()
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
        quick.end()
        slow.end()
        return waited_s, cpu_s, all_s

    waited_s, cpu_s, all_s = benchmark.pedantic(lambda: asyncio.run(played()), rounds=1)
    note("a what-if, median", statistics.median(waited_s), "s")
    note("a what-if, 95 % within", statistics.quantiles(waited_s, n=20)[-1], "s")
    note("a what-if, processor time", cpu_s, "s")
    note("twenty clients at once", all_s, "s")
