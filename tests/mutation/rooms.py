"""`make coverage`: the share of lines and branches that tests run, of all and of each room."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

REPORT = Path(__file__).parents[2] / "out" / "coverage" / "report.json"
"""What `coverage json` wrote."""
FLOOR = 0.95
"""Least share of the whole."""
ROOM_FLOOR = 0.90
"""Least share of each folder or file of `capsim/`."""


def main() -> int:
    """Print the table; 1 where a floor is not met."""
    run, all_ = Counter[str](), Counter[str]()
    for file, found in json.loads(REPORT.read_text("utf-8"))["files"].items():
        room, numbers = Path(file).parts[1], found["summary"]
        run[room] += numbers["covered_lines"] + numbers["covered_branches"]
        all_[room] += numbers["num_statements"] + numbers["num_branches"]
    shares = {room: run[room] / all_[room] for room in all_ if all_[room]}
    for room, share in sorted(shares.items(), key=lambda item: item[1]):
        is_low = "  below its floor" if share < ROOM_FLOOR else ""
        _say(f"{share:7.1%}  {all_[room] - run[room]:5,} of {all_[room]:6,} missed  {room}{is_low}")
    whole = run.total() / all_.total()
    _say(f"{whole:7.1%}  of all; at least {FLOOR:.0%}, and {ROOM_FLOOR:.0%} of each room")
    return 0 if whole >= FLOOR and min(shares.values()) >= ROOM_FLOOR else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
