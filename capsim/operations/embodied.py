"""Embodied carbon: what making accelerators and halls emitted, month by month over their lives."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from capsim.buildout import Timeline
from capsim.operations.fleet import SiteFleet
from capsim.units import DAYS_PER_YEAR, KG_PER_T, Array, Calendar

Place = tuple[str, str]
"""Site and phase."""
Key = tuple[str, str, str, str]
"""Site, phase, deployment and system."""
NEGLIGIBLE = 1e-9
"""Systems up to which what is left of a lot is rounding."""


class Lot(NamedTuple):
    """Systems of one kind that came into service on one day, as far as they left on one day."""

    from_d: float
    to_d: float
    """When they left; infinite where they stay. [d]"""
    systems: float
    system: str


def embodied_by_month(fleet: SiteFleet, lots: Sequence[Lot], ready_d: Mapping[Place, float]) -> Array:
    """Embodied carbon of a site by month, shape (n_months,). [tCO2e]

    Each of its lots is charged evenly over the life the scenario states, and what is left of it in the month
    it leaves where that is sooner: no year depends on what comes after it. A hall is charged from the day it
    is ready; what has outlived its life adds nothing.
    """
    site, catalog, outside = fleet.site, fleet.scenario.catalog, fleet.site.footprint
    rows = []
    for lot in lots:
        chips = lot.systems * catalog.entry("systems", lot.system).number("accelerator_count")
        tonnes = chips * (outside.kgco2e_per_accelerator / KG_PER_T)
        rows.append((lot.from_d, lot.to_d, outside.accelerator_life_years * DAYS_PER_YEAR, tonnes))
    life_d = outside.facility_life_years * DAYS_PER_YEAR
    for phase in site.phases:
        tonnes = phase.critical_it_mw * outside.tco2e_per_critical_it_mw
        rows.append((ready_d[site.id, phase.id], math.inf, life_d, tonnes))
    return _by_month(rows, fleet.scenario.calendar)


def lots_of_sites(timeline: Timeline) -> dict[str, list[Lot]]:
    """Lots of each site: of the systems of an order, those that came first leave first."""
    here: dict[Key, deque[list[float]]] = defaultdict(deque)
    lots: dict[str, list[Lot]] = defaultdict(list)
    for m in timeline.of_kind("in_service", "retired"):
        stay = here[m.site, m.phase, m.item, m.unit]
        if m.kind == "in_service":
            stay.append([m.time_d, m.amount])
            continue
        # first in, first out: the front of the queue shrinks by what leaves
        left = m.amount
        while stay and left > NEGLIGIBLE:
            gone = min(left, stay[0][1])
            lots[m.site].append(Lot(stay[0][0], m.time_d, gone, m.unit))
            left -= gone
            stay[0][1] -= gone
            if stay[0][1] <= NEGLIGIBLE:
                stay.popleft()
    for (site, _, _, system), stay in here.items():
        lots[site] += [Lot(from_d, math.inf, systems, system) for from_d, systems in stay]
    return lots


def _by_month(rows: list[tuple[float, float, float, float]], calendar: Calendar) -> Array:
    """Amounts spread evenly over a life from a day on, and the rest on the day they leave, by month.

    None of what never comes.
    """
    from_d, to_d, life_d, amount = np.array([row for row in rows if row[0] < math.inf]).reshape(-1, 4).T
    edges_d = calendar.month_start_d[:, None]
    part = np.clip((edges_d - from_d) / np.maximum(life_d, NEGLIGIBLE), 0.0, 1.0)
    part = np.where(edges_d >= to_d, 1.0, part)
    return np.asarray(np.diff(part, axis=0) @ amount)
