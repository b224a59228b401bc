"""Requests wait their turn, are told how far they are, and end what they began.

Tests `web.job_stream`, `web.workers`.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from capsim.web.job_stream import SLOW, Limits, Line, events, unless_gone
from capsim.web.workers import Place, Worker

QUICK = Limits(at_once=1, waiting=2, most_s=60.0, is_background=False)


@pytest.fixture
def place(bench_folder):
    return Place(bench_folder, 4 * 1024**3)


def ask(which, **more):
    """The body of a request for a projection."""
    return {"scenario": {"example": None, "text": None, **which("mine.yaml")}, "seed": 0} | {
        "spread": 0,
        "relief": False,
        **more,
    }


def long_study(which):
    """The body of a request that takes minutes."""
    return ask(which, n=4096, targets=[], design="sobol", by_site=False)


def nobody(*_):
    """Takes what is told."""


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def begun(line):
    """Wait until a process of a line computes; its number."""
    while not line.pids:
        await asyncio.sleep(0.02)
    return line.pids[0]


def memory_mb(pid):
    """Memory of a process that is in use, where the system says it."""
    (line,) = [
        line for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines() if "VmRSS" in line
    ]
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say it")
def test_memory_stays_flat_over_projections(place, which):
    """A hundred projections after the first twenty leave nothing behind."""

    async def many():
        line, found = Line(place, QUICK), []
        for number in range(120):
            asked = ask(which)
            asked["scenario"]["sets"] = [f"finance.wacc_real={0.05 + 0.0001 * number:.4f}"]
            job = asyncio.create_task(line.ask("change", asked, nobody))
            pid = await begun(line)
            assert (await job).kind == "text"
            found.append(memory_mb(pid))
        line.end()
        return found

    found = asyncio.run(many())
    assert found[-1] - found[19] < 20.0


def test_a_process_stays_for_the_next_request(place, which):
    async def twice():
        line = Line(place, QUICK)
        told = []
        first = asyncio.create_task(line.ask("project", ask(which), nobody))
        pid = await begun(line)
        assert (await first).kind == "text"
        second = asyncio.create_task(line.ask("project", ask(which, spread=2), lambda *p: told.append(p)))
        assert await begun(line) == pid
        assert (await second).kind == "text"
        line.end()
        return told

    assert asyncio.run(twice())[-1][:2] == (2, 2)


def test_cut_off_a_request_ends_its_process(place, which):
    async def cut():
        line = Line(place, replace(SLOW, at_once=1))
        job = asyncio.create_task(line.ask("ensemble", long_study(which), nobody))
        pid = await begun(line)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert not line.pids
        line.end()
        return pid

    assert not is_there(asyncio.run(cut()))


def test_closed_early_a_stream_ends_its_process(place, which):
    async def closed():
        line = Line(place, replace(SLOW, at_once=1))
        stream = events(line, "ensemble", long_study(which))
        kind, progress = await anext(stream)
        pid = line.pids[0]
        await stream.aclose()
        line.end()
        return pid, kind, progress

    pid, kind, progress = asyncio.run(closed())
    assert (kind, progress["total"]) == ("progress", 4096)
    assert not is_there(pid)


def test_whoever_is_gone_is_not_answered(place, which):
    async def gone():
        line = Line(place, replace(SLOW, at_once=1))
        job = asyncio.create_task(line.ask("ensemble", long_study(which), nobody))
        pid = await begun(line)
        outcome = await unless_gone(job, asyncio.create_task(asyncio.sleep(0.0)))
        line.end()
        return pid, outcome

    pid, outcome = asyncio.run(gone())
    assert outcome is None
    assert not is_there(pid)


def test_what_takes_too_long_is_ended_and_said(place, which):
    async def late():
        line = Line(place, replace(SLOW, most_s=0.3))
        began = time.monotonic()
        outcome = await line.ask("ensemble", long_study(which), nobody)
        line.end()
        return outcome, time.monotonic() - began

    outcome, took_s = asyncio.run(late())
    assert (outcome.kind, outcome.body["message"]) == ("late", "the work took more than 0 s and was ended")
    assert took_s < 30.0


def test_too_many_requests_are_sent_away(place, which):
    async def many():
        line = Line(place, QUICK)
        outcomes = await asyncio.gather(*(line.ask("project", ask(which), nobody) for _ in range(6)))
        line.end()
        return [outcome.kind for outcome in outcomes]

    assert sorted(asyncio.run(many())) == ["busy"] * 3 + ["text"] * 3


def test_a_process_that_dies_is_told_as_too_large_and_replaced(place, which):
    async def killed():
        line = Line(place, QUICK)
        job = asyncio.create_task(line.ask("ensemble", long_study(which), nobody))
        os.kill(await begun(line), 9)
        first = await job
        second = await line.ask("project", ask(which), nobody)
        line.end()
        return first.kind, second.kind

    assert asyncio.run(killed()) == ("memory", "text")


def test_a_fault_of_ours_tells_nothing_and_leaves_the_process(place, which):
    worker = Worker(place)
    outcome = worker.ask("project", {"scenario": 1}, nobody)
    assert outcome.kind == "bug"
    assert "please report it" in outcome.body["message"]
    assert worker.ask("project", ask(which), nobody).kind == "text"
    worker.end()
    assert not worker.is_alive


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_is_flat(place, which):
    worker = Worker(place)

    def resident_mb(count):
        for years in range(count):
            which_ = {"example": None, "text": None, **which("mine.yaml", f"horizon_years={2 + years % 3}")}
            assert worker.ask("change", ask(which) | {"scenario": which_}, nobody).kind == "text"
        pages = int(Path(f"/proc/{worker.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    before_mb = resident_mb(9)
    grown_mb = resident_mb(30) - before_mb
    worker.end()
    assert grown_mb < 15.0
