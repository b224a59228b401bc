"""Plans with records changed in many places at once, for what-ifs that nobody writes by hand.

Nothing is validated anew: values are taken to lie inside their ranges.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from capsim.scenario import Deployment, Phase, Record, Scenario, Site, with_fields
from capsim.units import months_later

Of = TypeVar("Of", bound=Record)
Place = tuple[str, str]
"""Site and phase."""
Order = tuple[str, str, str]
"""Site, phase and deployment."""


def with_orders(scenario: Scenario, change: Callable[[Place, Deployment], Deployment]) -> Scenario:
    """The plan with its deployments changed, but for those that are there."""

    def of_phase(site: Site, phase: Phase) -> Phase:
        orders = (
            order if order.in_service_on is not None else change((site.id, phase.id), order)
            for order in phase.deployments
        )
        return changed(phase, deployments=tuple(orders))

    def of_site(site: Site) -> Site:
        return changed(site, phases=tuple(of_phase(site, phase) for phase in site.phases))

    return with_sites(scenario, of_site)


def with_sites(scenario: Scenario, change: Callable[[Site], Site]) -> Scenario:
    """The plan with its sites changed."""
    return changed(scenario, sites=tuple(map(change, scenario.sites)))


def with_phases(scenario: Scenario, change: Callable[[Phase], Phase]) -> Scenario:
    """The plan with its phases changed."""
    return with_sites(scenario, lambda site: changed(site, phases=tuple(map(change, site.phases))))


def changed(record: Of, **values: Any) -> Of:
    """A record with other values, which are known to lie inside their ranges."""
    return with_fields(record, values)


def less(amount: float, step: float) -> float:
    """An amount without a step, not below 0."""
    return max(0.0, float(amount) - step)


def a_month_earlier(day: date, start: date) -> date:
    """A date a month earlier, but no earlier than the start where it is after that."""
    return max(min(day, start), months_later(day, -1))
