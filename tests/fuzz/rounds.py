"""`make fuzz`: the tests of this folder, round after round with other seeds, until so many cases are tried.

A round is some 2,590 cases. What was done is noted in out/fuzz, so that a run that was stopped goes on; a
failing case is made small, shown, and kept in .hypothesis, where every later run of the tests tries it first.
It becomes a test of its own where it belongs, by hand: what it shows is a fault of some room.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DONE = ROOT / "out" / "fuzz"
"""Rounds that are done, a file for each."""
CASES = 2_590
"""Cases of a round: the examples of the tests, summed."""


def main() -> int:
    """Run the rounds; 1 where one of them failed."""
    options = argparse.ArgumentParser(description="Fuzz capsim in rounds of 2,590 cases.")
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--minutes", type=float, default=120.0, help="no round begins after so long")
    options.add_argument("--workers", default="2")
    asked = options.parse_args()
    DONE.mkdir(parents=True, exist_ok=True)
    since_s, failed = time.monotonic(), []
    for seed in range(-(-asked.cases // CASES)):
        note = DONE / f"round-{seed}.txt"
        if note.exists():
            continue
        if time.monotonic() - since_s > 60.0 * asked.minutes:
            _say(f"stopped after {asked.minutes:g} minutes, before round {seed}; run it again to go on")
            break
        if _round(seed, asked.workers):
            note.write_text(f"seed {seed}: no failure\n", "utf-8")
        else:
            failed.append(seed)
    done = len(list(DONE.glob("round-*.txt")))
    _say(f"{done} rounds, {done * CASES:,} cases without a failure; failed with seeds {failed or 'none'}")
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _round(seed: int, workers: str) -> bool:
    command = [sys.executable, "-m", "pytest", "tests/fuzz", "-q", "-n", workers, "--dist", "worksteal"]
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run([*command, f"--hypothesis-seed={seed}"], cwd=ROOT, env=kept, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
