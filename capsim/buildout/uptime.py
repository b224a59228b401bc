"""How much of the fleet is there: server-days of repair, and the share of the time in service."""

from __future__ import annotations

import numpy as np

from capsim.buildout.timeline import Timeline
from capsim.scenario import Scenario


def repair_days(scenario: Scenario, timeline: Timeline) -> list[tuple[str, int, float, float]]:
    """By site: outages, server-days they waited for a technician or a spare, and server-days of repair.

    Outages are those that begin inside the horizon, and days those inside it: what stood at the start failed
    before, too.
    """
    end_d = float(scenario.calendar.n_days)
    by_site: dict[str, tuple[int, float, float]] = {}
    for lot in timeline.outages.lots:
        number, waited_d, repaired_d = by_site.get(lot.site, (0, 0.0, 0.0))
        down_d, begun_d, up_d = (times.clip(0.0, end_d) for times in lot[4:])
        waited_d += float((begun_d - down_d).sum())
        repaired_d += float((up_d - begun_d).sum())
        begun = int(np.count_nonzero((lot.down_d >= 0.0) & (lot.down_d < end_d)))
        by_site[lot.site] = number + begun, waited_d, repaired_d
    return [(site, *row) for site, row in sorted(by_site.items())]


def availability(scenario: Scenario, timeline: Timeline) -> float:
    """Share of the accelerator-days in service in which no repair or maintenance was under way. [1]"""
    end_d, catalog, out = float(scenario.calendar.n_days), scenario.catalog, timeline.outages

    def accelerators(system: str) -> float:
        return catalog.entry("systems", system).number("accelerator_count")

    changes = timeline.fleet_changes
    chips = np.array([accelerators(system) for *_, system in changes.keys])[changes.key]
    in_service_d = float(np.sum(changes.amount * chips * (end_d - changes.time_d.clip(0.0, end_d))))
    if not in_service_d > 0.0:
        return 1.0
    out_d = sum(
        float((lot.up_d.clip(0.0, end_d) - lot.down_d.clip(0.0, end_d)).sum())
        * lot.share
        * accelerators(lot.system)
        for lot in out.lots
    )
    return max(0.0, 1.0 - out.maintenance_share - out_d / in_service_d)
