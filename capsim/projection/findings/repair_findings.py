"""What failures take out of service, and whether technicians are enough."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from capsim.buildout import TECHNICIAN
from capsim.projection.facts import Failures
from capsim.projection.findings.finding import Finding, Kind, finding
from capsim.projection.wording import count, plural, rounded

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

PERCENT = 100.0
HIGH_LOAD = 0.8
"""Share of the technicians' time above which the queue for them grows fast, as in any M/M/c. [1]"""


def repair_findings(projection: Projection) -> Iterator[Finding]:
    """Findings on failures, and on technicians who cannot keep up."""
    failures = projection.facts.failures
    if failures:
        number, share = failures["number"], failures["availability"]
        text = (
            f"{count(number)} failures take servers out of service; availability of accelerators is "
            f"{rounded(PERCENT * share, 3)} % (computed as {failures['method']})"
        )
        # projections saved before parts were counted have none
        parts = failures.get("parts", math.nan)
        if not math.isnan(parts):
            text += f"; {plural(round(parts), 'accelerator')} need a part"
        yield finding("failures", text, failures=number, availability_share=share, parts=parts)
        yield from _technicians(failures)


def _technicians(failures: Failures) -> Iterator[Finding]:
    """The load of technicians where it is high, where it comes from, and how many would do."""
    busy, technicians = failures.get("technicians_busy", {}), failures.get("technicians")
    total = sum(busy.values())
    # enough for all, or never near their limit
    if not technicians or not total >= HIGH_LOAD * technicians:
        return
    load, enough = total / technicians, math.ceil(total / HIGH_LOAD)
    busiest = max(busy, key=lambda site: busy[site])
    state = "more than they can do" if load >= 1.0 else "so repairs queue"
    waited_d = sum(site["waited_d"] for site in failures["sites"].values())
    wait = (
        f", and servers wait {count(waited_d)} days for them" if failures["waits_for"] == TECHNICIAN else ""
    )
    who = plural(round(technicians), "technician")
    text = (
        f"repairs ask for {_percent(load)} of the time of {who} in the busiest quarter, {state}{wait}; "
        f"{_percent(busy[busiest] / total)} of it is at {busiest}; {count(enough)} technicians would be busy "
        f"{_percent(total / enough)} of the time"
    )
    kind: Kind = "technicians_too_few" if load >= 1.0 else "technicians_busy"
    yield finding(
        kind, text, (busiest, ""), load_share=load, technicians=technicians, enough_technicians=enough
    )


def _percent(share: float) -> str:
    return f"{rounded(PERCENT * share)} %"
