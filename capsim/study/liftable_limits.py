"""All limits a plan may have, and demand, at which every plan ends."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.scenario import Demand, Deployment, Scenario, Service
from capsim.series import Varying
from capsim.study import limits_of_power as power
from capsim.study import limits_of_time as time
from capsim.study.limit import Limit, Played
from capsim.study.plan_changes import Place, changed, with_orders
from capsim.study.relief_results import OF_DEMAND
from capsim.units import MONTHS_PER_YEAR

OTHERS = (
    time.OWN_GENERATION,
    time.EQUIPMENT,
    time.CREWS,
    time.DELIVERIES,
    time.ALLOCATION,
    time.FUNDING,
    power.HALL_POWER,
    power.COOLING_PLANT,
    power.METER,
)
"""Limits beside the grid connection and the stages of phases."""


def limits_of(scenario: Scenario) -> Iterator[Limit]:
    """Limits but demand, in the order in which a plan meets them; each stage is one, under its own name."""
    stages = (stage.id for _, phase in scenario.phases() for stage in phase.stages)
    yield time.GRID_CONNECTION
    yield from map(time.stage_limit, dict.fromkeys(stages))
    yield from OTHERS


def _no_demand(played: Played) -> str:
    demand = played.scenario.demand
    return "" if demand.h100e is not None or demand.services else "demand is not limited"


def _all_asked_for(played: Played) -> Scenario:
    """All compute asked for; what was to be ordered on demand comes as its hall is ready."""

    def change(_: Place, order: Deployment) -> Deployment:
        return changed(order, ordering="just_in_time") if order.ordering == "demand" else order

    return changed(with_orders(played.scenario, change), demand=Demand())


def _grown_by_a_month(played: Played) -> Scenario:
    demand = played.scenario.demand
    services = tuple(changed(s, **_more(s)) for s in demand.services)
    h100e = None if demand.h100e is None else _times(demand.h100e, _month(demand.growth_per_y))
    return changed(played.scenario, demand=changed(demand, h100e=h100e, services=services))


def _more(service: Service) -> dict[str, float]:
    """What a service asks for, grown by a month."""
    asked = {key: getattr(service, key) for key in ("users", "h100e") if getattr(service, key) is not None}
    return {key: _times(value, _month(service.growth_per_y)) for key, value in asked.items()}


def _times(value: float, factor: float) -> float:
    """A number, or all of a series, times a factor."""
    return value.times(factor) if isinstance(value, Varying) else value * factor


def _month(growth_per_y: float) -> float:
    """Growth of a month. [1]"""
    return float((1.0 + growth_per_y) ** (1.0 / MONTHS_PER_YEAR))


DEMAND = Limit(
    OF_DEMAND,
    what="all compute is asked for",
    step="grown by a month more",
    why_not=_no_demand,
    lifted=_all_asked_for,
    eased=_grown_by_a_month,
    is_of_dates=False,
)
"""The limit that is nobody's to lift: a ladder ends there."""
