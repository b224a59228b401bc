"""Systems that are chosen again where their orders move: what is newest then, as the plan's file asks for it.

A file with `{newest: LINE}` in place of a system's name is settled by its dates. A variant that orders on
other days is the plan of a planner who writes these: it buys what is newest then, at its price and power.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from capsim.errors import ScenarioError
from capsim.scenario import Deployment, Scenario, asks_for_newest, newest_systems
from capsim.study.plan_changes import Order, Place, changed, with_orders

Fields = dict[str, Any]
"""Values of fields of an order."""
TIMES = ("ordered_on", "lead_time_weeks")
"""Fields of an order by which its system is chosen."""


def chosen_again(written: Scenario, moved: Scenario, lifted: Callable[[Scenario], Scenario]) -> Scenario:
    """A variant with the systems that its plan asks for on the days on which it orders.

    Parameters
    ----------
    written : Scenario
        The plan as it was loaded.
    moved : Scenario
        The variant: limits lifted, and orders on other days.
    lifted : callable
        Lifts the same limits of the plan with other orders.

    Returns
    -------
    scenario : Scenario
        The variant itself where the same systems are the newest; else the plan with its orders on the days of
        the variant and with what is newest then, and the limits lifted of that. An order keeps the system of
        the plan where its line has none yet, or its hall does not take it.
    """
    before, after = written.deployments(), moved.deployments()
    newest = {place: _newest(written, place, after[place]) for place in asks_for_newest(written)}
    if all(systems == systems_of(after[place]) for place, systems in newest.items()):
        return moved
    days = {place: {"ordered_on": order.ordered_on} for place, order in after.items() if order.ordered_on}
    refused = True
    while refused:
        orders = days | {place: days.get(place, {}) | systems for place, systems in newest.items()}
        try:
            return lifted(written.override(_by_path(orders)))
        except ScenarioError as error:
            refused = False
            for place, systems in newest.items():
                is_named = any(f"{fault.path}.".startswith(f"{_path(place)}.") for fault in error.faults)
                if is_named and systems != systems_of(before[place]):
                    newest[place], refused = systems_of(before[place]), True
    return moved


def in_wait(before: Scenario, written: Scenario, moved: Scenario) -> tuple[Scenario, frozenset[Order]]:
    """A variant whose orders wait for what the plan buys, and those that do.

    They move to no day before the first on which that is the newest of its line.
    """
    was, asking, waiting = before.deployments(), frozenset(asks_for_newest(written)), set()

    def waits(place: Place, order: Deployment) -> Deployment:
        name = (*place, order.id)
        old_on, systems = was[name].ordered_on, systems_of(was[name])
        if name not in asking or order.ordered_on is None or old_on is None or order.ordered_on >= old_on:
            return order
        first, last = order.ordered_on.toordinal(), old_on.toordinal()
        # the line only ever gets newer
        while first < last:
            middle = (first + last) // 2
            on_that_day = changed(order, ordered_on=date.fromordinal(middle))
            is_there = _newest(written, name, on_that_day) == systems
            first, last = (first, middle) if is_there else (middle + 1, last)
        if date.fromordinal(first) == order.ordered_on:
            return order
        waiting.add(name)
        return changed(order, ordered_on=date.fromordinal(first))

    return with_orders(moved, waits), frozenset(waiting)


def systems_of(order: Deployment) -> Fields:
    """What an order buys, and what takes its place, by field."""
    refresh = order.refresh
    later = {} if refresh is None or refresh.system is None else {"refresh.system": refresh.system}
    return {"system": order.system} | later


def _newest(written: Scenario, place: Order, order: Deployment) -> Fields:
    """What is newest at the times of an order; what the plan buys where its line has nothing yet."""
    was = written.deployments()[place]
    times = {key: getattr(order, key) for key in TIMES if getattr(order, key) != getattr(was, key)}
    weeks = [one.refresh and one.refresh.lead_time_weeks for one in (was, order)]
    times |= {} if weeks[0] == weeks[1] else {"refresh.lead_time_weeks": weeks[1]}
    return newest_systems(written, place, times) or systems_of(was)


def _by_path(orders: Mapping[Order, Fields]) -> Fields:
    """Fields of orders by their dotted path."""
    return {
        f"{_path(order)}.{key}": value for order, fields in orders.items() for key, value in fields.items()
    }


def _path(order: Order) -> str:
    site, phase, name = order
    return f"sites.{site}.phases.{phase}.deployments.{name}"
