"""Life after hand-over: which systems are out of service for repair, and when."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from capsim.buildout.outages import NO_OUTAGES, REPAIR, SPARE, TECHNICIAN, Load, Outage, Outages, Service
from capsim.errors import SimulationError
from capsim.models.reliability import (
    Law,
    candidates,
    chance_any_waits,
    lognormal_sigma,
    peak_rate_per_d,
)
from capsim.models.repairs import Failures, at_once, queued
from capsim.scenario import Reliability, Scenario, stream
from capsim.units import DAYS_PER_MONTH, DAYS_PER_YEAR, HOURS_PER_DAY, KILO, MONTHS_PER_QUARTER

ACCELERATORS_PER_NODE = 8.0
"""Accelerators of the servers the catalogue's failure rates are stated for. [accelerators/node]"""
MAX_FAILURES = 5_000_000
"""Failures of a run above which it is stopped with an error."""

NEVER = 1e-9
"""Chance, in a run, of a wait for technicians or spares below which none is looked for."""
RARELY = "in less than one run in a billion"
"""`NEVER` in words."""
PER_SERVER = "each server by itself"
"""Method: repairs wait for nobody, so servers are independent."""
AMPLE = f"{PER_SERVER}: a repair waits for a technician {RARELY}"
"""Method: the same, since technicians are as good as without limit."""
STOCKED = f"no server is missed: the store of spares is ever empty {RARELY}"
"""Method: nothing to compute, since a spare stands in for every server."""
ONE_STREAM = "one stream of failures for all"
"""Method: technicians or spares are shared, so the failures of all queue for them together."""
SPARES_ONLY = f"{ONE_STREAM}: a repair waits for a technician {RARELY}"
"""Method: the same for spares alone, since technicians are as good as without limit."""

Times = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Start, begin of the repair, and end of the outages of a lot. [d]"""


class Lot(NamedTuple):
    """A lot in service, as its failures see it."""

    service: Service
    servers: int
    law: Law
    rng: np.random.Generator

    @property
    def stay_d(self) -> float:
        """Time in service. [d]"""
        return self.service.to_d - self.service.from_d


def outages(scenario: Scenario, seed: int, replication: int, services: list[Service]) -> Outages:
    """Outages of all lots in service.

    All methods thin out the same candidates of failure, so that they differ in what may be waited for
    and in nothing else (see `_method`); no day depends on what lies beyond it.

    Raises
    ------
    SimulationError
        If there are more failures than a run may have.
    """
    terms = scenario.reliability
    if terms is None:
        return NO_OUTAGES
    lots = list(_lots(scenario, terms, seed, replication, services))
    expected = sum(lot.servers * float(lot.law.expected(np.array(lot.stay_d))) for lot in lots)
    if not expected <= MAX_FAILURES:
        raise SimulationError(
            f"{expected:,.0f} failures are expected, more than a run may have ({MAX_FAILURES:,}); "
            "reliability.failures_per_1000_node_days or its factors are too high for this fleet"
        )
    method = _method(terms, lots, expected)
    made = tuple(
        Outage(
            lot.service.site, lot.service.phase, lot.service.system, lot.service.systems / lot.servers, *times
        )
        for lot, times in zip(lots, _times(method, terms, lots), strict=True)
    )
    return Outages(
        made,
        method,
        terms.maintenance_days_per_y / DAYS_PER_YEAR,
        waits_for="" if terms.technicians is None else TECHNICIAN,
        ends_with=SPARE if round(terms.spares) else REPAIR,
        load=_load(terms, lots, float(scenario.calendar.n_days)),
    )


def _lots(
    scenario: Scenario, terms: Reliability, seed: int, replication: int, services: list[Service]
) -> Iterator[Lot]:
    """Lots whose servers may fail, each with a random stream of its own."""
    for service in sorted(services):
        nodes = _nodes_per_system(scenario, terms, service.system)
        if nodes > 0.0:
            ids = service.site, service.phase, service.item, service.name, "failures"
            rng = stream(seed, replication, *ids)
            law = _law(terms, rng, scenario.crews.burn_in_days)
            yield Lot(service, max(1, round(service.systems * nodes)), law, rng)


def _method(terms: Reliability, lots: list[Lot], failures: float) -> str:
    """How outages are computed: by a queue only where anything may wait in it.

    It is chosen before any failure is drawn, from the laws of the lots, so that no run is picked by how
    it came out. `failures` are those expected of servers that are always up.
    """
    laws, spares = [lot.law for lot in lots], round(terms.spares)
    from_d = np.array([lot.service.from_d for lot in lots])
    to_d = np.array([lot.service.to_d for lot in lots])
    rate_per_d = peak_rate_per_d(laws, [lot.servers for lot in lots], from_d, to_d)
    hands_on_d = max((law.mean_hands_on_d for law in laws), default=0.0)
    repair_d = max((law.mean_repair_d for law in laws), default=0.0)
    is_ample = terms.technicians is None or (
        chance_any_waits(failures, rate_per_d * hands_on_d, round(terms.technicians)) < NEVER
    )
    if not is_ample:
        return ONE_STREAM
    if not spares:
        return PER_SERVER if terms.technicians is None else AMPLE
    if chance_any_waits(failures, rate_per_d * repair_d, spares) < NEVER:
        return STOCKED
    return ONE_STREAM if terms.technicians is None else SPARES_ONLY


def _times(method: str, terms: Reliability, lots: list[Lot]) -> list[Times]:
    """Outages by lot, by a method."""
    if method == STOCKED:
        return [(np.zeros(0),) * 3 for _ in lots]
    if method in (PER_SERVER, AMPLE):
        return [_alone(lot) for lot in lots]
    return _queued(terms, lots, is_ample=method != ONE_STREAM)


def _alone(lot: Lot) -> Times:
    """Outages of a lot whose repairs wait for nobody."""
    drawn, from_d, to_d = (
        candidates(lot.rng, lot.law, lot.servers, lot.stay_d),
        lot.service.from_d,
        lot.service.to_d,
    )
    down_d, up_d = at_once(from_d + drawn.failed_d, drawn.chance, drawn.repair_d, lot.servers)
    return down_d, np.minimum(down_d, to_d), np.minimum(up_d, to_d)


def _load(terms: Reliability, lots: list[Lot], end_d: float) -> Load:
    """Hands-on time expected in the quarter in which it is most, by site, were all servers up."""
    quarter_d = DAYS_PER_MONTH * MONTHS_PER_QUARTER
    edges = np.arange(max(1, round(end_d / quarter_d)) + 1) * quarter_d
    busy: dict[str, np.ndarray] = {}
    for service, servers, law, _ in lots:
        ages_d = np.clip(edges, service.from_d, service.to_d) - service.from_d
        at_work = servers * np.diff(law.expected(ages_d)) * law.mean_hands_on_d / quarter_d
        busy[service.site] = busy.get(service.site, 0.0) + at_work
    most = int(np.argmax(sum(busy.values()))) if busy else 0
    technicians = np.inf if terms.technicians is None else float(round(terms.technicians))
    return Load(technicians, tuple((site, float(busy[site][most])) for site in sorted(busy)))


def _nodes_per_system(scenario: Scenario, terms: Reliability, system: str) -> float:
    """Servers that fail one by one in a system; none where it has no accelerators. [nodes/system]"""
    accelerators = scenario.catalog.entry("systems", system).number("accelerator_count")
    if not accelerators or terms.nodes_per_system is None:
        return accelerators / ACCELERATORS_PER_NODE
    return terms.nodes_per_system


def _law(terms: Reliability, rng: np.random.Generator, burn_in_d: float) -> Law:
    """Law of a lot in service, aged by its burn-in; its batch makes it better or worse than the mean."""
    sigma = terms.batch_sigma
    batch = float(np.exp(sigma * rng.standard_normal() - sigma**2 / 2)) if sigma > 0.0 else 1.0
    return Law(
        rate_per_d=terms.failures_per_1000_node_days / KILO * batch,
        repair_median_d=terms.repair_median_days,
        repair_sigma=lognormal_sigma(
            max(terms.repair_mean_days, terms.repair_median_days), terms.repair_median_days
        ),
        infant_factor=terms.infant_factor,
        infant_d=max(0.0, terms.infant_days - burn_in_d),
        hands_on_d=terms.hands_on_hours / HOURS_PER_DAY,
    )


def _queued(terms: Reliability, lots: list[Lot], *, is_ample: bool) -> list[Times]:
    """Outages by lot where all lots share the spares there are, and technicians unless they are ample."""
    draws = [candidates(lot.rng, lot.law, lot.servers, lot.stay_d) for lot in lots]
    times = [lot.service.from_d + drawn.failed_d for lot, drawn in zip(lots, draws, strict=True)]
    failed_d = np.concatenate([np.zeros(0), *times])
    lot_of = np.repeat(np.arange(len(lots)), [t.size for t in times])
    # failures at one time queue in the order of their lots
    order = np.argsort(failed_d, kind="stable")
    leaves_d = np.array([lot.service.to_d for lot in lots])
    served = queued(
        Failures(
            failed_d[order],
            lot_of[order],
            np.concatenate([np.zeros(0), *(drawn.chance for drawn in draws)])[order],
            np.concatenate([np.zeros(0), *(drawn.repair_d for drawn in draws)])[order],
        ),
        servers=np.array([lot.servers for lot in lots], dtype=np.int64),
        technicians=None if is_ample or terms.technicians is None else round(terms.technicians),
        spares=round(terms.spares),
        hands_on_d=terms.hands_on_hours / HOURS_PER_DAY,
        leaves_d=leaves_d,
    )
    # the smallest integers that hold the numbers of the lots sort fastest
    by_lot = np.argsort(served.lot.astype(np.min_scalar_type(len(lots))), kind="stable")
    cuts = np.searchsorted(served.lot[by_lot], np.arange(len(lots) + 1))
    rows = [by_lot[low:high] for low, high in itertools.pairwise(cuts)]
    return [
        (served.down_d[row], np.minimum(served.begun_d[row], to_d), np.minimum(served.up_d[row], to_d))
        for row, to_d in zip(rows, leaves_d, strict=True)
    ]
