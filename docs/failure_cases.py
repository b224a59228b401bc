"""Failures of published logs against the catalogue's rates, each by its own definition.

What stops jobs is the median of the logs that count what stopped a job, and is spread about it as all logs
are, whatever they count, so that a further one lies inside in eight of ten; each is met by the others alone.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student_t

from capsim.catalog import load_catalog
from capsim.models.uncertain import double_triangular, lognormal
from capsim.units import Array

PUBLISHED = Path(__file__).resolve().parents[1] / "tests" / "validation" / "published" / "job_stops.csv"
DRAWS = 20_000
RATE = "job_stops_per_1000_node_days"


class Log(NamedTuple):
    """A figure of a log, and draws of what the others have for it."""

    name: str
    published: float
    unit: str
    basis: str
    calibrates: str
    source: str
    central: float
    drawn: Array
    note: str = ""


class Stops(NamedTuple):
    """What stopped the jobs of a log."""

    row: dict[str, str]
    per_1000_node_days: float
    thousand_node_days: float | None
    """Length of the log, where its stops were counted; None where a rate is published. [1000 node-d]"""


def stops() -> tuple[Stops, ...]:
    """Logs of what stops jobs."""
    with PUBLISHED.open(newline="") as lines:
        return tuple(_stops(row) for row in csv.DictReader(lines))


def _stops(row: dict[str, str]) -> Stops:
    if not row["stops"]:
        return Stops(row, float(row["per_1000_node_days"]), None)
    length = float(row["servers"]) * float(row["days"]) / 1000.0
    return Stops(row, float(row["stops"]) / length, length)


def calibrating() -> list[float]:
    """Rates that the class is the median of. [1/1000 node-d]"""
    return sorted(one.per_1000_node_days for one in stops() if _is_of_class(one))


def _is_of_class(one: Stops) -> bool:
    return one.row["calibrates"] == "class"


def spread_about(median: float, rates: list[float]) -> float:
    """Deviation of the logarithm that has one more log inside P10 to P90 in eight of ten. [1]

    The logs spread about the class's median, whatever their own, as Student's t of so few allows for.
    """
    of = np.log(rates) - np.log(median)
    away = float(student_t.ppf(0.9, of.size) * np.sqrt(np.mean(of**2)))
    return away / float(norm.ppf(0.9))


def next_log(rates: list[float]) -> tuple[float, float]:
    """Where the rate of one more log lies in eight of ten: lognormal, mean and spread from the logs alone."""
    of = np.log(rates)
    away = beyond_mean(of)
    return float(np.exp(of.mean() - away)), float(np.exp(of.mean() + away))


def beyond_mean(of: Array) -> float:
    """How far from the mean of some normal values one more lies at P10 and P90, in their unit."""
    return float(student_t.ppf(0.9, of.size - 1) * of.std(ddof=1) * np.sqrt(1.0 + 1.0 / of.size))


def logs() -> tuple[Log, ...]:
    """What takes servers out and what stops jobs, by log."""
    return (_servers_out(), *(_log_of_stops(one) for one in stops()))


def _servers_out() -> Log:
    """The log whose rate and repairs are the catalogue's."""
    entry, rng = load_catalog().entry("assumptions", "reliability"), np.random.default_rng(0)
    central, drawn = 100.0 / 1000.0, np.full(DRAWS, 100.0 / 1000.0)
    for field in ("failures_per_1000_node_days", "repair_mean_days"):
        value = entry.values[field]
        central *= entry.number(field)
        law = double_triangular(low=value.low, median=value.value, high=value.high)
        drawn = drawn * law.ppf(rng.random(DRAWS))
    return Log(
        "400 servers over 348 days: servers out",
        2.3,
        "%",
        "unavailability",
        "rate and repairs",
        "InfiniteHBD-Trace, arXiv 2502.03885",
        central,
        drawn,
    )


def _log_of_stops(one: Stops) -> Log:
    """A log of what stops jobs, against the median and the spread of the others."""
    others = [other for other in stops() if other.row["log"] != one.row["log"]]
    middle = float(np.median([other.per_1000_node_days for other in others if _is_of_class(other)]))
    sigma = spread_about(middle, [other.per_1000_node_days for other in others])
    rng = np.random.default_rng(1)
    rates = lognormal(median=middle, sigma=sigma).ppf(rng.random(DRAWS))
    if one.thousand_node_days is None:
        drawn, length, unit = np.asarray(rates), 1.0, "/1000 node-d"
    else:
        length, unit = one.thousand_node_days, ""
        drawn = rng.poisson(rates * length).astype(np.float64)
    where = f"{one.row['servers']} servers over {one.row['days']} days" if unit == "" else "rate"
    return Log(
        f"{one.row['log']}, {where}: stops of jobs",
        one.per_1000_node_days * length,
        unit,
        "count" if unit == "" else "published rate",
        f"{RATE} (left out here)",
        one.row["source"],
        middle * length,
        drawn,
        one.row["note"],
    )
