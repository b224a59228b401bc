"""Failures of published logs against the catalogue's rates, each by its own definition."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.catalog import load_catalog
from capsim.models.uncertain import triangular
from capsim.units import Array

DRAWS = 20_000


class Log(NamedTuple):
    """A figure of a log, and draws of what the catalogue has for it."""

    name: str
    published: float
    unit: str
    basis: str
    calibrates: str
    source: str
    central: float
    drawn: Array


def _terms() -> tuple[dict[str, float], dict[str, Array]]:
    """Central values and draws of the rates and the repairs."""
    entry, rng = load_catalog().entry("assumptions", "reliability"), np.random.default_rng(0)
    central, drawn = {}, {}
    for field in (
        "failures_per_1000_node_days",
        "job_stops_per_1000_node_days",
        "repair_mean_days",
    ):
        value = entry.values[field]
        central[field] = entry.number(field)
        law = triangular(low=value.low, mode=value.value, high=value.high)
        drawn[field] = np.asarray(law.ppf(rng.random(DRAWS)))
    return central, drawn


def logs() -> tuple[Log, ...]:
    """What takes servers out and what stops jobs, by log."""
    central, drawn = _terms()
    rng = np.random.default_rng(1)
    node_days = 2048 * 54

    def out(of: dict[str, Array] | dict[str, float]) -> Array:
        return np.asarray(of["failures_per_1000_node_days"] / 1000 * of["repair_mean_days"])

    stops = drawn["job_stops_per_1000_node_days"] / 1000 * node_days
    return (
        Log(
            "400 servers over 348 days: servers out",
            2.3,
            "%",
            "unavailability",
            "rate and repairs",
            "InfiniteHBD-Trace, arXiv 2502.03885",
            float(100 * out(central)),
            100 * out(drawn),
        ),
        Log(
            "Llama 3.1 405B, 2,048 servers over 54 days: interruptions",
            419,
            "",
            "count",
            "",
            "arXiv 2407.21783",
            central["job_stops_per_1000_node_days"] / 1000 * node_days,
            rng.poisson(stops).astype(np.float64),
        ),
    )
