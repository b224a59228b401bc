"""Purchases of systems: paid for and ordered together, delivered over a time as they are allotted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import simpy

from capsim.buildout.funding import commit_systems
from capsim.buildout.marks import Stuck
from capsim.buildout.order_dates import ON_DEMAND, count
from capsim.buildout.timeline import ALLOCATION, LEAD_TIME
from capsim.buildout.world import OrderState, Process, Purchase, Waiter, World
from capsim.quantities import part_sizes
from capsim.scenario import Deployment, Refresh
from capsim.units import DAYS_PER_WEEK, months_to_days

MOST_PARTS = 52
"""Parts at most into which a delivery over a long time, or a long installation, is cut."""
Receive = Callable[[int], Process[None]]
"""What becomes of so many systems that are delivered."""


def buy(
    order: OrderState,
    system: str,
    systems: int,
    times_d: tuple[float, float],
    receive: Receive,
    *,
    launch_d: float = -math.inf,
    is_successor: bool = False,
) -> Process[None]:
    """Order systems once they can be paid for, and have them received as they are delivered.

    `times_d` are the lead time to the first delivery, and the time from that to the last; nothing
    is delivered before the launch of the system. Where their phase is given up before the money is there,
    nothing is ordered.
    """
    world, (lead_d, spread_d) = order.world, times_d
    purchase = Purchase(world, order.name, order, system, systems, is_successor)
    order.purchases.append(purchase)
    may_order = yield from commit_systems(purchase)
    if not may_order:
        return
    ordered_d = world.env.now
    first_d = max(ordered_d + lead_d, launch_d)
    order.log_systems(system, systems, "ordered")
    if not is_successor and order.plan.ordering != ON_DEMAND:
        count(order.phase, system, systems)
    # one part at the start, and one a week
    sizes = part_sizes(systems, 1 + min(MOST_PARTS, math.ceil(spread_d / DAYS_PER_WEEK)))
    deliveries = [Delivery(world, order.name, order, system, size, receive) for size in sizes]
    for number, delivery in enumerate(deliveries):
        delivery.ask(number)
    for number, delivery in enumerate(deliveries):
        yield world.until(first_d + spread_d * number / max(1, len(deliveries) - 1))
        if not number:
            world.log_wait(ordered_d, order.name, LEAD_TIME)
        delivery.fall_due()


def launch_of(world: World, terms: Deployment | Refresh) -> float:
    """Day from which a system is shipped; always where the catalogue has no date. [d]"""
    if terms.launched_on is None:
        return -math.inf
    return world.day_of(terms.launched_on) + months_to_days(terms.launch_slip_months)


@dataclass(eq=False)
class Delivery(Waiter):
    """Systems of a purchase that are due on one day, and come then or as the vendor allots them."""

    order: OrderState
    system: str
    systems: int
    """Systems in all, less those withdrawn."""
    receive: Receive
    due_d: float = math.inf
    n_allotted: int = 0
    n_delivered: int = 0

    def ask(self, number: int) -> None:
        """Ask the vendor to allot the systems, where that is limited; who ordered first is served first."""
        pool = self.world.supplies.get(self.system)
        if pool is None:
            self.n_allotted = self.systems
            return
        name, rank = (*self.name, f"{number:03d}"), self.order.plan.priority
        ended = pool.ask(lambda: self.systems - self.n_allotted, rank, name, self._take, in_parts=True)
        ended.callbacks.append(self._end_wait)

    def fall_due(self) -> None:
        """Deliver what is allotted by now, and wait for the rest."""
        self.due_d = self.world.env.now
        self.order.arrivals.append(self)
        self._deliver()

    def _take(self, allotted: float) -> None:
        self.n_allotted += round(allotted)
        if self.due_d < math.inf:
            self._deliver()

    def _deliver(self) -> None:
        """Deliver what is allotted, and send it on its way."""
        arrived = self.n_allotted - self.n_delivered
        self.n_delivered += arrived
        left = self.systems - self.n_delivered
        self.stuck = Stuck(self.due_d, left, self.system, ALLOCATION) if left else None
        if arrived:
            self.order.log_systems(self.system, arrived, "delivered")
            self.world.env.process(self.receive(arrived))

    def _end_wait(self, _: simpy.Event) -> None:
        """All is allotted, or what is left is withdrawn with its phase."""
        self.systems, self.stuck = self.n_allotted, None
        if self.due_d < math.inf:
            self.world.log_wait(self.due_d, self.name, ALLOCATION)
