"""Energised power that no hall takes: it waits for a hall, or is beyond what all halls of the site take."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from capsim.buildout.spending import steps_applied
from capsim.buildout.timeline import Timeline
from capsim.models.electrical import ElectricalChain, facility_load_mw
from capsim.models.finance import capital_recovery_factor
from capsim.quantities import grid_price
from capsim.scenario import Scenario, Site
from capsim.units import DAYS_PER_YEAR

DESIGN_PUE = "design_pue"
"""Field of a cooling preset."""


class IdlePower(NamedTuple):
    """Energised power of a site that stood idle inside the horizon, for one reason."""

    mw_d: float
    """Grid MW times days. [MW d]"""
    most_mw: float
    """Largest at one time. [MW of grid]"""
    cost: float
    """Its annuity over that time, at the mean price of the steps energised. [scenario currency]"""


def design_pue(scenario: Scenario, site: Site) -> float:
    """Power at the meter over critical IT power for which the halls of a site are sized. [1]

    Of its cooling preset; where a user's own preset has none, that of the electrical losses alone.
    """
    entry = scenario.catalog.entry("cooling", site.cooling.preset)
    if DESIGN_PUE in entry:
        return entry.number(DESIGN_PUE)
    losses = {name: getattr(site.electrical, name) for name in ElectricalChain.__annotations__}
    return float(facility_load_mw(1.0, 0.0, 1.0, ElectricalChain(**losses)))


def idle_power(scenario: Scenario, timeline: Timeline, site: Site) -> dict[str, IdlePower]:
    """Energised power of a site less what its phases that are ready take at their design PUE, by phase.

    The steps of a site power all of its phases. What is left over goes to the phases that are not ready,
    in the order of their hand-over and those that never are last, each up to what it will take; the rest
    is no phase's. So at any time energised = taken + waiting, by phase + no phase's. Where the firm power
    of the site is less than what is energised, that holds for the firm power: the rest cannot be used.
    """
    by_phase: dict[str, IdlePower] = {}
    for from_d, to_d, per_mw, idle in _spans(scenario, timeline, site):
        for phase, mw in idle:
            mw_d = mw * (to_d - from_d)
            before = by_phase.get(phase, IdlePower(0.0, 0.0, 0.0))
            cost = before.cost + mw_d * per_mw
            by_phase[phase] = IdlePower(before.mw_d + mw_d, max(before.most_mw, mw), cost)
    return by_phase


def _spans(
    scenario: Scenario, timeline: Timeline, site: Site
) -> Iterator[tuple[float, float, float, list[tuple[str, float]]]]:
    """Spans without change: start, end [d], annuity [scenario currency/MW/d], and idle MW by phase."""
    end_d = float(scenario.calendar.n_days)
    energised = {m.item: m.time_d for m in timeline.of_phase(site.id, "", "energised")}
    steps = [step for step in site.grid_connection if step.id in energised]
    ready_d = timeline.ready_for_service_d()
    takes = {p.id: p.critical_it_mw * design_pue(scenario, site) for p in site.phases}
    due = sorted((ready_d[site.id, name], name) for name in takes)
    begun_d = steps_applied(timeline, site)
    prices = {s.id: grid_price(scenario, site, s, begun_d[s.id]) for s in steps}
    per_day = float(capital_recovery_factor(scenario.finance.wacc_real, scenario.finance.life_facility_years))
    firm_mw = math.inf if site.firm_power is None else site.firm_power.usable_mw
    times = {0.0, end_d, *(t for t in (*energised.values(), *(t for t, _ in due)) if 0.0 < t < end_d)}
    for from_d, to_d in pairwise(sorted(times)):
        there = [step for step in steps if energised[step.id] <= from_d]
        level_mw = sum(step.grid_mw for step in there)
        free_mw = min(level_mw, firm_mw) - sum(takes[name] for t, name in due if t <= from_d)
        if free_mw > 0.0:
            per_mw = sum(prices[step.id] for step in there) / level_mw * per_day / DAYS_PER_YEAR
            yield from_d, to_d, per_mw, _shared(free_mw, [n for t, n in due if t > from_d], takes)


def _shared(free_mw: float, waiting: list[str], takes: dict[str, float]) -> list[tuple[str, float]]:
    """Idle power by the phase it waits for, in order, and the rest under no name. [MW]"""
    parts = []
    for name in waiting:
        parts.append((name, min(free_mw, takes[name])))
        free_mw -= parts[-1][1]
    return [(name, mw) for name, mw in [*parts, ("", free_mw)] if mw > 0.0]
