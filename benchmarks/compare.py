"""What the last run of the benchmarks changed against the one stored before it.

``make bench`` stores each run as JSON in ``.benchmarks``; ``make bench-compare`` prints this. Ratios to the
floor can be compared between machines and hours; times only on one machine that does nothing else.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

STORED = Path(__file__).parents[1] / ".benchmarks"
WORTH_SHOWING = 0.03
"""Relative change below which a figure is left out. [1]"""


def figures(run: dict[str, Any]) -> dict[str, float]:
    """Figures of a stored run by name: the shortest time of each benchmark, and what is noted beside it."""
    found = {}
    for benchmark in run["benchmarks"]:
        found[f"{benchmark['name']}: shortest [s]"] = float(benchmark["stats"]["min"])
        for what, noted in benchmark["extra_info"].items():
            found[f"{benchmark['name']}: {what} [{noted['unit'] or 1}]"] = float(noted["value"])
    return found


def changes(before: dict[str, float], after: dict[str, float]) -> list[str]:
    """Lines of the figures both runs have and that differ, the largest change first."""
    both = {name: (before[name], after[name]) for name in after if before.get(name)}
    ratio = {name: new / old for name, (old, new) in both.items() if abs(new / old - 1.0) > WORTH_SHOWING}
    ranked = sorted(ratio, key=lambda name: abs(ratio[name] - 1.0), reverse=True)
    return [f"{ratio[name]:6.2f} x  {both[name][0]:.4g} -> {both[name][1]:.4g}  {name}" for name in ranked]


def main(folder: Path) -> int:
    """Print what changed between the last two runs in a folder."""
    runs = sorted(folder.glob("*/*.json"), key=lambda file: file.stat().st_mtime)[-2:]
    if len(runs) < 2:
        print(f"two stored runs are needed, and {folder} has {len(runs)}: run `make bench` before and after")
        return 1
    before, after = (json.loads(file.read_text("utf-8")) for file in runs)
    print(f"from {runs[0].name} to {runs[1].name}; changes under {WORTH_SHOWING:.0%} are left out")
    print(*changes(figures(before), figures(after)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(STORED))
