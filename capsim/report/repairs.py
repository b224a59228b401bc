"""What failures take out of service, what their repairs wait for, and whether technicians are enough."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from capsim.buildout.outages import SPARE, TECHNICIAN
from capsim.projection import Projection
from capsim.report.wording import count, plural, rounded

PERCENT = 100.0
HIGH_LOAD = 0.8
"""Share of the technicians' time above which the queue for them grows fast, as in any M/M/c. [1]"""


def repair_findings(projection: Projection) -> Iterator[str]:
    """Sentences on failures, and on technicians who cannot keep up."""
    about = projection.manifest.get("failures")
    if about:
        share = rounded(PERCENT * about["availability"], 3)
        yield (
            f"{count(about['number'])} failures take servers out of service; availability of accelerators "
            f"is {share} % (computed as {about['method']})"
        )
        yield from _technicians(about)


def _technicians(about: dict[str, Any]) -> Iterator[str]:
    """The load of technicians where it is high, where it comes from, and how many would do."""
    busy, technicians = about.get("technicians_busy", {}), about.get("technicians")
    total = sum(busy.values())
    if not technicians or not total >= HIGH_LOAD * technicians:
        return
    load, enough = total / technicians, math.ceil(total / HIGH_LOAD)
    most = max(busy, key=lambda site: busy[site])
    state = "more than they can do" if load >= 1.0 else "so repairs queue"
    waited_d = sum(site["waited_d"] for site in about["sites"].values())
    of = f", and servers wait {count(waited_d)} days for them" if about["waits_for"] == TECHNICIAN else ""
    who = plural(round(technicians), "technician")
    yield (
        f"repairs ask for {_percent(load)} of the time of {who} in the busiest quarter, {state}{of}; "
        f"{_percent(busy[most] / total)} of it is at {most}; {count(enough)} technicians would be busy "
        f"{_percent(total / enough)} of the time"
    )


def _percent(share: float) -> str:
    return f"{rounded(PERCENT * share)} %"


def repair_rows(projection: Projection) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and rows, by site: failures, and the server-days of what they waited for."""
    about = projection.manifest.get("failures") or {"sites": {}}
    waits_for = about.get("waits_for") or ""
    then = "waits for spare" if about.get("ends_with") == SPARE else "repair"
    headings = ("site", "outages", f"waits for {waits_for}" if waits_for else "", then)
    rows: list[tuple[str, ...]] = [
        (site, count(row["number"]), count(row["waited_d"]), count(row["repaired_d"]))
        for site, row in about["sites"].items()
    ]
    if waits_for:
        return headings, rows
    return (*headings[:2], headings[3]), [(*row[:2], row[3]) for row in rows]
