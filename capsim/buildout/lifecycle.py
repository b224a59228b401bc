"""Life after hand-over: which systems are out of service for repair, and when."""

from __future__ import annotations

import itertools

import numpy as np

from capsim.buildout.outages import (
    AMPLE,
    NEVER,
    NO_OUTAGES,
    ONE_STREAM,
    PER_SERVER,
    REPAIR,
    SPARE,
    SPARES_ONLY,
    STOCKED,
    TECHNICIAN,
    Load,
    Outage,
    Outages,
)
from capsim.buildout.world import Service
from capsim.errors import SimulationError
from capsim.models.reliability import (
    Law,
    candidates,
    chance_any_waits,
    lognormal_sigma,
    peak_rate_per_d,
    renewals,
)
from capsim.models.repairs import queued
from capsim.scenario.draws.streams import stream
from capsim.scenario.records.schema import Reliability, Scenario
from capsim.units import DAYS_PER_MONTH, DAYS_PER_YEAR, HOURS_PER_DAY, KILO, MONTHS_PER_QUARTER

ACCELERATORS_PER_NODE = 8.0
"""Accelerators of the servers the catalogue's failure rates are stated for. [accelerators/node]"""
MAX_FAILURES = 5_000_000
"""Failures of a run above which it is stopped with an error."""

Times = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Start, begin of the repair, and end of the outages of a lot. [d]"""


def outages(scenario: Scenario, seed: int, replication: int, services: list[Service]) -> Outages:
    """Outages of all lots in service.

    Servers that share nothing are followed each by itself; where technicians or spares may be waited
    for, all failures form one stream that queues for them (see `_method`).

    Raises
    ------
    SimulationError
        If there are more failures than a run may have.
    """
    terms = scenario.reliability
    if terms is None:
        return NO_OUTAGES
    lots = [(s, _nodes_per_system(scenario, terms, s.system)) for s in sorted(services)]
    lots = [(service, nodes) for service, nodes in lots if nodes > 0.0]
    rngs = [stream(seed, replication, s.site, s.phase, s.item, s.name, "failures") for s, _ in lots]
    laws = [_law(terms, rng, scenario.crews.burn_in_days) for rng in rngs]
    counts = [max(1, round(service.systems * nodes)) for service, nodes in lots]
    expected = sum(
        count * float(law.expected(np.array(s.to_d - s.from_d)))
        for law, count, (s, _) in zip(laws, counts, lots, strict=True)
    )
    if not expected <= MAX_FAILURES:
        raise SimulationError(
            f"{expected:,.0f} failures are expected, more than a run may have ({MAX_FAILURES:,}); "
            "reliability.failures_per_1000_node_days or its factors are too high for this fleet"
        )
    share = terms.maintenance_days_per_y / DAYS_PER_YEAR
    services = [service for service, _ in lots]
    method = _method(terms, laws, counts, services, expected)
    times = _times(method, terms, rngs, laws, counts, services)
    made = tuple(
        Outage(s.site, s.phase, s.system, s.systems / count, *of_lot)
        for (s, _), count, of_lot in zip(lots, counts, times, strict=True)
    )
    load = _load(terms, laws, counts, services, float(scenario.calendar.n_days))
    ends_with = SPARE if round(terms.spares) else REPAIR
    return Outages(made, method, share, TECHNICIAN if terms.technicians is not None else "", ends_with, load)


def _method(
    terms: Reliability, laws: list[Law], counts: list[int], services: list[Service], failures: float
) -> str:
    """How outages are computed: by a queue only where anything may wait in it.

    It is chosen before any failure is drawn, from the laws of the lots, so that no run is picked by how
    it came out. `failures` are those expected of servers that are always up.
    """
    from_d, to_d = np.array([s.from_d for s in services]), np.array([s.to_d for s in services])
    rate_per_d, spares = peak_rate_per_d(laws, counts, from_d, to_d), round(terms.spares)
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


def _times(
    method: str,
    terms: Reliability,
    rngs: list[np.random.Generator],
    laws: list[Law],
    counts: list[int],
    services: list[Service],
) -> list[Times]:
    """Outages by lot, by a method."""
    if method == STOCKED:
        return [(np.zeros(0), np.zeros(0), np.zeros(0)) for _ in services]
    if method in (ONE_STREAM, SPARES_ONLY):
        return _queued(terms, rngs, laws, counts, services, is_ample=method == SPARES_ONLY)
    found = [
        renewals(rng, law, count, s.to_d - s.from_d)
        for rng, law, count, s in zip(rngs, laws, counts, services, strict=True)
    ]
    return [
        (down + s.from_d, down + s.from_d, up + s.from_d)
        for (down, up), s in zip(found, services, strict=True)
    ]


def _load(
    terms: Reliability, laws: list[Law], counts: list[int], services: list[Service], end_d: float
) -> Load:
    """Hands-on time expected in the quarter in which it is most, by site, were all servers up."""
    quarter_d = DAYS_PER_MONTH * MONTHS_PER_QUARTER
    edges = np.arange(max(1, round(end_d / quarter_d)) + 1) * quarter_d
    busy: dict[str, np.ndarray] = {}
    for law, count, s in zip(laws, counts, services, strict=True):
        failures = count * np.diff(law.expected(np.clip(edges, s.from_d, s.to_d) - s.from_d))
        at_work = failures * law.mean_hands_on_d / quarter_d
        busy[s.site] = busy.get(s.site, 0.0) + at_work
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


def _queued(
    terms: Reliability,
    rngs: list[np.random.Generator],
    laws: list[Law],
    counts: list[int],
    services: list[Service],
    *,
    is_ample: bool,
) -> list[Times]:
    """Outages by lot where all lots share spares, and technicians unless they are ample."""
    times = [
        s.from_d + candidates(rng, law, count, s.to_d - s.from_d)
        for rng, law, count, s in zip(rngs, laws, counts, services, strict=True)
    ]
    sizes = [t.size for t in times]
    chances = [rng.random(n) for rng, n in zip(rngs, sizes, strict=True)]
    repairs = [law.repairs_d(rng, n) for rng, law, n in zip(rngs, laws, sizes, strict=True)]
    whole, lot = np.concatenate([np.zeros(0), *times]), np.repeat(np.arange(len(sizes)), sizes)
    order = np.argsort(whole, kind="stable")
    found = queued(
        whole[order],
        lot[order],
        np.concatenate([np.zeros(0), *chances])[order],
        np.concatenate([np.zeros(0), *repairs])[order],
        servers=np.array(counts, dtype=np.int64),
        technicians=None if is_ample or terms.technicians is None else round(terms.technicians),
        spares=round(terms.spares),
        hands_on_d=terms.hands_on_hours / HOURS_PER_DAY,
        leaves_d=np.array([s.to_d for s in services]),
    )
    by_lot = np.argsort(found.lot.astype(np.min_scalar_type(len(services))), kind="stable")
    cuts = np.searchsorted(found.lot[by_lot], np.arange(len(services) + 1))
    rows = [by_lot[low:high] for low, high in itertools.pairwise(cuts)]
    return [
        (found.down_d[row], np.minimum(found.begun_d[row], s.to_d), np.minimum(found.up_d[row], s.to_d))
        for row, s in zip(rows, services, strict=True)
    ]
