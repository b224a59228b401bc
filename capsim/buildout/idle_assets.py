"""What a build-out leaves lying: power without halls, halls without systems, systems without halls."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from capsim.buildout.idle_power import idle_power
from capsim.buildout.spending import works_ordered
from capsim.buildout.timeline import Timeline
from capsim.models.finance import capital_recovery_factor
from capsim.quantities import facility_price, refreshed_sizes, system_count, system_price
from capsim.scenario import Deployment, Phase, Scenario, Site
from capsim.units import DAYS_PER_YEAR, KW_PER_MW

POWER, HALL, SYSTEMS = "power without hall", "hall without systems", "systems without hall"
GRID_MW_DAYS, IT_MW_DAYS, ACCELERATOR_DAYS = "grid MW d", "critical IT MW d", "accelerator d"
"""Units of what stands idle: power at the meter, power of halls behind the UPS, accelerators; times days."""


NEGLIGIBLE = 1e-6
"""MW-days or accelerator-days up to which what stood idle is rounding."""


class Stranded(NamedTuple):
    """What stood idle at one place inside the horizon."""

    site: str
    phase: str
    """Phase it belongs to or waits for; empty for power no phase of the site takes."""
    item: str
    """Deployment whose systems wait; empty for power and halls."""
    kind: str
    """`POWER`, `HALL` or `SYSTEMS`."""
    amount: float
    """As its unit says."""
    unit: str
    """`GRID_MW_DAYS`, `IT_MW_DAYS` or `ACCELERATOR_DAYS`."""
    most: float
    """Largest at one time. [MW or accelerators]"""
    cost: float
    """Annuity of what stood idle over that time. [scenario currency]"""


def stranded(scenario: Scenario, timeline: Timeline) -> tuple[Stranded, ...]:
    """All that stood idle: energised and no hall, ready and no systems, delivered and no hall.

    Power is that of the meter, by site: what its ready phases take at the design PUE is not idle. A hall
    counts as far as its first deployments would fill it, and after a refresh the systems that follow (the
    power these leave is headroom the scenario chose); all of it where there are none. Idle time costs the
    annuity of the idle asset at the scenario's cost of capital.
    """
    works = works_ordered(scenario, timeline)
    rows: list[Stranded] = []
    for site in scenario.sites:
        power = idle_power(scenario, timeline, site)
        # what is beyond all phases of the site has no name, and comes first
        for name in ("", *(p.id for p in site.phases)):
            if name in power:
                mw_d, most_mw, cost = power[name]
                rows.append(Stranded(site.id, name, "", POWER, mw_d, GRID_MW_DAYS, most_mw, cost))
        for phase in site.phases:
            rows.append(_hall(scenario, timeline, site, phase, works[site.id, phase.id].priced_d))
            rows += [_systems(scenario, timeline, site, phase, order) for order in phase.deployments]
    return tuple(row for row in rows if row.amount > NEGLIGIBLE)


def _hall(scenario: Scenario, timeline: Timeline, site: Site, phase: Phase, works_d: float) -> Stranded:
    """Time in which a hall is ready and its systems are not in service, at the price of its works."""
    mw_d, most_mw = _empty_mw_d(scenario, timeline, site, phase)
    per_mw = facility_price(scenario, site, phase, works_d) / phase.critical_it_mw
    cost = _idle(scenario, per_mw, scenario.finance.life_facility_years) * mw_d
    return Stranded(site.id, phase.id, "", HALL, mw_d, IT_MW_DAYS, most_mw, cost)


def _systems(scenario: Scenario, timeline: Timeline, site: Site, phase: Phase, order: Deployment) -> Stranded:
    """Time in which systems of a deployment wait for their hall, at the price of their first order."""
    end_d, ready_d = float(scenario.calendar.n_days), timeline.ready_for_service_d()[site.id, phase.id]
    of_order = [m for m in timeline.of_phase(site.id, phase.id, "ordered", "delivered") if m.item == order.id]
    early = [(m.amount, _days(m.time_d, ready_d, end_d)) for m in of_order if m.kind == "delivered"]
    system_d = sum(amount * days for amount, days in early)
    accelerators = scenario.catalog.entry("systems", order.system).number("accelerator_count")
    most = accelerators * sum(amount for amount, days in early if days > 0.0)
    ordered_d = min((m.time_d for m in of_order if m.kind == "ordered"), default=0.0)
    price = system_price(scenario, site, order, ordered_d)
    cost = _idle(scenario, price, scenario.finance.life_it_years) * system_d
    amount = system_d * accelerators
    return Stranded(site.id, phase.id, order.id, SYSTEMS, amount, ACCELERATOR_DAYS, most, cost)


def _days(from_d: float, to_d: float, end_d: float) -> float:
    """Days between two times inside the horizon. [d]"""
    return max(0.0, min(to_d, end_d) - max(from_d, 0.0))


def _idle(scenario: Scenario, cost: float, life_y: float) -> float:
    """Annuity of a cost. [scenario currency/d]"""
    return cost * float(capital_recovery_factor(scenario.finance.wacc_real, life_y)) / DAYS_PER_YEAR


def _empty_mw_d(scenario: Scenario, timeline: Timeline, site: Site, phase: Phase) -> tuple[float, float]:
    """MW-days in which a hall is ready and its systems, or their successors, are not in service.

    And the most MW at one time.
    """
    end_d, hall_mw = float(scenario.calendar.n_days), phase.critical_it_mw
    left = {o.id: (o.system, _share_left(scenario, phase, o)) for o in phase.deployments}
    planned_mw = sum(_planned_mw(scenario, phase, order) for order in phase.deployments)
    planned_mw = planned_mw if phase.deployments else hall_mw
    changes: dict[float, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for m in timeline.of_phase(site.id, phase.id, "in_service", "retired"):
        mw = m.amount * scenario.catalog.entry("systems", m.unit).number("all_in_it_kw") / KW_PER_MW
        changes[m.time_d][0] += mw if m.kind == "in_service" else -mw
        first, share = left[m.item]
        if m.kind == "retired" and m.unit == first:
            changes[m.time_d][1] -= mw * share
    since_d = timeline.ready_for_service_d()[site.id, phase.id]
    held_mw, mw_d, most_mw = 0.0, 0.0, 0.0
    for time_d in (*sorted(changes), end_d):
        empty_mw, days = max(min(planned_mw, hall_mw) - held_mw, 0.0), _days(since_d, time_d, end_d)
        mw_d, most_mw = mw_d + empty_mw * days, max(most_mw, empty_mw if days > 0.0 else 0.0)
        more_mw, more_planned_mw = changes.get(time_d, (0.0, 0.0))
        since_d, held_mw, planned_mw = max(since_d, time_d), held_mw + more_mw, planned_mw + more_planned_mw
    return mw_d, most_mw


def _share_left(scenario: Scenario, phase: Phase, order: Deployment) -> float:
    """Share of a deployment's IT power that its refresh leaves as headroom. [1]"""
    # the same systems again fill what they filled before
    if order.refresh is None or order.refresh.system is None or order.refresh.system == order.system:
        return 0.0
    systems = system_count(phase, order, scenario.catalog)
    sizes = refreshed_sizes(order, [systems], scenario)
    kw = scenario.catalog.entry("systems", order.refresh.system).number("all_in_it_kw")
    new_mw = sum(sizes) * kw / KW_PER_MW
    return 1.0 - new_mw / _planned_mw(scenario, phase, order)


def _planned_mw(scenario: Scenario, phase: Phase, order: Deployment) -> float:
    """All-in IT power of a deployment's systems. [MW]"""
    kw = scenario.catalog.entry("systems", order.system).number("all_in_it_kw")
    return system_count(phase, order, scenario.catalog) * kw / KW_PER_MW
