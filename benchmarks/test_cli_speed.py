"""The command from the shell: wall time of a process from start to end, and its peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

OPCORE_FILE = Path(__file__).parents[1] / "scenarios" / "opcore-multi-gw.yaml"

CAPSIM = str(Path(sys.executable).with_name("capsim"))
KIB_PER_MIB = 1024
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
"""
"""Runs a command and prints the peak of its resident memory and its processor time; its own process, because
the peak of a child starts at that of the process that started it. [KiB on Linux, B on macOS; s]"""
PLAN_ALONE = ("run", "AION", "--spread", "0", "--no-relief")


def peak_mib_and_cpu_s(*command: str) -> tuple[float, float]:
    """Peak resident memory and processor time of a command. [MiB], [s]"""
    measured = subprocess.run(
        [sys.executable, "-S", "-c", MEASURED, *command], check=True, capture_output=True, text=True
    )
    peak, cpu_s = map(float, measured.stdout.split())
    return peak / KIB_PER_MIB / (KIB_PER_MIB if sys.platform == "darwin" else 1), cpu_s


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    "arguments", [("--help",), ("validate", "AION"), PLAN_ALONE, ("run", "AION")], ids=" ".join
)
def test_command(arguments, aion_file, benchmark, note):
    command = [CAPSIM, *(str(aion_file) if part == "AION" else part for part in arguments)]
    output = benchmark.pedantic(run, command, rounds=5, warmup_rounds=1)
    assert output.strip()
    peak_mib, cpu_s = peak_mib_and_cpu_s(*command)
    note("peak memory", peak_mib, "MiB")
    note("processor time, processes of a study left out", cpu_s, "s")


def test_run_for_machines(aion_file, benchmark):
    command = [CAPSIM, "run", str(aion_file), "--json"]
    output = benchmark.pedantic(run, command, rounds=3, warmup_rounds=1)
    assert json.loads(output)
    assert output == run(*command)


def test_hourly_portfolio(benchmark, note, tmp_path):
    """Twenty sites over fifteen years, 280 MiB of hours: written site by site; target 400 MiB at the peak."""
    command = [CAPSIM, "run", str(OPCORE_FILE), "--hourly", "--out", str(tmp_path / "out")]
    benchmark.pedantic(run, command, rounds=1)
    note("peak memory", peak_mib_and_cpu_s(*command)[0], "MiB")


LARGE = """
schema: 1
name: large
start: 2026-01-01
horizon_years: 12
costs: {preset: fr-greenfield-ai}
sites:
  - id: a
    country: fra
    climate: paris
    tariff: {preset: fr-datacenter}
    cooling: {preset: dlc-dry-cooler}
    grid_connection: [{id: g, grid_mw: 200000, preset: fr-grid-fast-track}]
    phases:
"""
PHASE = """
      - {id: pNUMBER, critical_it_mw: 20, energization: g, preset: fr-greenfield-full,
         deployments: [{id: o, system: gb300-nvl72, ordered_on: 2026-06-01, fill_share: 0.9}]}
"""
MOST_GROWTH = 2.6
"""Processor time of a plan over that of half its phases, at most: 2 where it grows in proportion. [1]"""
MOST_MIB_PER_PHASE = 0.2


def test_thousands_of_phases_with_a_cost_preset(benchmark, note, tmp_path):
    """Processor time and memory grow in proportion to the phases."""
    used = {}
    for phases in (1250, 2500):
        file = tmp_path / f"{phases}.yaml"
        file.write_text(
            LARGE + "".join(PHASE.replace("NUMBER", str(n)).strip("\n") + "\n" for n in range(phases)),
            "utf-8",
        )
        used[phases] = peak_mib_and_cpu_s(CAPSIM, "run", str(file), *PLAN_ALONE[2:])
    benchmark.pedantic(run, (CAPSIM, "validate", str(file)), rounds=1)
    (small_mib, small_s), (large_mib, large_s) = used.values()
    note("processor time of a phase", large_s / 2500, "s")
    note("memory of a phase", (large_mib - small_mib) / 1250, "MiB")
    assert large_s / small_s < MOST_GROWTH
    assert (large_mib - small_mib) / 1250 < MOST_MIB_PER_PHASE
