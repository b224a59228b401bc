"""Purchases of systems: paid for and ordered together, delivered over a time as they are allotted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from capsim.buildout.funding import commit_systems
from capsim.buildout.order_dates import ON_DEMAND, count
from capsim.buildout.timeline import ALLOCATION, LEAD_TIME
from capsim.buildout.world import OrderState, Process, Purchase, Stuck, Systems, Waiter
from capsim.quantities import part_sizes
from capsim.units import DAYS_PER_WEEK
from capsim.vocabulary import SystemKind

MOST_PARTS = 52
"""Parts at most into which a delivery over a long time, or a long installation, is cut."""


def log_systems(waiter: Waiter, part: Systems, *kinds: SystemKind) -> None:
    """Record milestones of systems of a deployment; nothing from the horizon on."""
    if waiter.world.env.now < waiter.world.end_d and part.systems:
        for kind in kinds:
            waiter.log(kind, part.systems, part.system)


def buy(
    order: OrderState,
    bought: Systems,
    times_d: tuple[float, float],
    receive: Callable[[Systems], Process[None]],
    *,
    is_successor: bool,
) -> Process[None]:
    """Order systems once they can be paid for, and have them received as they are delivered.

    `times_d` are the lead time to the first delivery, and the time from that to the last. Where their phase
    is given up before the money is there, nothing is ordered.
    """
    world, (lead_d, spread_d) = order.world, times_d
    purchase = Purchase(world, order.name, order, bought, is_successor)
    order.purchases.append(purchase)
    may_order = yield from commit_systems(purchase)
    if not may_order:
        return
    ordered_d = world.env.now
    log_systems(order, bought, "ordered")
    if not is_successor and order.plan.ordering != ON_DEMAND:
        count(order.phase, bought.system, bought.systems)
    deliveries = [Delivery(world, order.name, order, part, receive) for part in _weekly(bought, spread_d)]
    for number, delivery in enumerate(deliveries):
        delivery.ask(number)
    for number, delivery in enumerate(deliveries):
        yield world.until(ordered_d + lead_d + spread_d * number / max(1, len(deliveries) - 1))
        if not number:
            world.log_wait(ordered_d, order.name, LEAD_TIME)
        delivery.fall_due()


def _weekly(bought: Systems, spread_d: float) -> list[Systems]:
    """Systems delivered evenly over a time: one part a week, and one at its start."""
    parts = 1 + min(MOST_PARTS, ceil(spread_d / DAYS_PER_WEEK))
    return split(bought, part_sizes(bought.systems, parts))


def split(whole: Systems, sizes: list[int]) -> list[Systems]:
    """Systems in parts of some sizes."""
    return [Systems(whole.system, n, whole.racks * n / whole.systems) for n in sizes]


@dataclass(eq=False)
class Delivery(Waiter):
    """Systems of a purchase that are due on one day, and come then or as the vendor allots them."""

    order: OrderState
    content: Systems
    receive: Callable[[Systems], Process[None]]
    is_due: bool = False
    due_d: float = 0.0
    n_allotted: int = 0
    """Systems allotted. [systems]"""
    n_delivered: int = 0
    """Systems delivered. [systems]"""

    def ask(self, number: int) -> None:
        """Ask the vendor to allot the systems, where that is limited; who ordered first is served first."""
        pool = self.world.supplies.get(self.content.system)
        if pool is None:
            self.n_allotted = self.content.systems
            return
        name = (*self.name, f"{number:03d}")
        rank = self.order.plan.priority
        all_is_given = pool.ask(
            lambda: self.content.systems - self.n_allotted, rank, name, self._take, in_parts=True
        )
        all_is_given.callbacks.append(lambda _: self._end_wait())

    def fall_due(self) -> None:
        """Deliver what is allotted by now, and wait for the rest."""
        self.is_due, self.due_d = True, self.world.env.now
        self._deliver()
        if self.n_delivered < self.content.systems:
            self.order.arrivals.append(self)

    def _take(self, allotted: float) -> None:
        """Take what the vendor allots."""
        self.n_allotted += round(allotted)
        if self.is_due:
            self._deliver()

    def _deliver(self) -> None:
        """Deliver what is allotted, and send it on its way."""
        number, system = self.n_allotted - self.n_delivered, self.content.system
        self.n_delivered += number
        left = self.content.systems - self.n_delivered
        self.stuck = Stuck(self.due_d, left, system, ALLOCATION) if left else None
        if number:
            (part,) = split(self.content, [number])
            log_systems(self.order, part, "delivered")
            self.world.env.process(self.receive(part))

    def _end_wait(self) -> None:
        """All is allotted, or what is left is withdrawn with its phase."""
        (self.content,) = split(self.content, [self.n_allotted])
        self.stuck = None
        if self.is_due:
            self.world.log_wait(self.due_d, self.name, ALLOCATION)
