"""Throughput of capped modules as published, against the curves of the catalogue.

The curve of training is the fit, by least squares, to the points that calibrate it. Each study of several is
met by the curve fitted to the others, and by the ranges of scale and exponent that their chips give one more
chip. Of decoding there is one study, so its points are met in sample alone.
"""

from __future__ import annotations

import csv
import runpy
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import curve_fit

from capsim.catalog import load_catalog
from capsim.models.system_power import cap_throughput
from capsim.models.uncertain import double_triangular
from capsim.units import Array

PUBLISHED = Path(__file__).resolve().parents[1] / "tests" / "validation" / "published" / "caps.csv"
DRAWS = 2000
DECODING = "inference-decode"
LEFT_OUT = "(left out here)"
AT_P10 = float(np.sqrt(0.2))
"""How far towards its end a half of a double triangular is empty at P10 and P90. [1]"""
failures = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("failure_cases.py"))))


class Point(NamedTuple):
    """Throughput that a capped module keeps, published, and what a curve gives for it. [1]"""

    row: dict[str, str]
    published: float
    central: float
    low: float
    """P10 of what the curve's range gives."""
    high: float
    """P90 of the same."""
    calibrates: str


class Range(NamedTuple):
    """A number of a curve, between the ends of a double triangular. [1]"""

    low: float
    value: float
    high: float


class Curve(NamedTuple):
    """Throughput lost over the share of the power cut."""

    loss_per_cap: Range
    exponent: Range

    def left(self, cut: float) -> float:
        """Throughput left by its central numbers. [1]"""
        return cap_throughput(cut, loss_per_cap=self.loss_per_cap.value, exponent=self.exponent.value)

    def drawn(self, cut: float) -> list[float]:
        """Throughput left in draws of both. [1]"""
        rng = np.random.default_rng(0)
        pairs = zip(_draws(self.loss_per_cap, rng), _draws(self.exponent, rng), strict=True)
        return [cap_throughput(cut, loss_per_cap=one, exponent=other) for one, other in pairs]


@cache
def rows() -> tuple[dict[str, str], ...]:
    """The published points."""
    with PUBLISHED.open(newline="") as lines:
        return tuple(csv.DictReader(lines))


def of_training() -> list[dict[str, str]]:
    """Points of work that computes all the time, which one curve is of."""
    return [row for row in rows() if row["workload"] != DECODING]


def points() -> Iterator[Point]:
    """Every point against the catalogue's curve of its class."""
    for row in rows():
        entry = load_catalog().entry("assumptions", f"workload-{row['workload']}")
        curve = Curve(*(_of_catalog(entry.values[field]) for field in ("loss_per_cap", "cap_exponent")))
        yield _point(row, curve, row["calibrates"])


def points_left_out() -> Iterator[Point]:
    """Every point of training against the curve of the other studies."""
    for row in of_training():
        note = f"{row['calibrates']} {LEFT_OUT}" if row["calibrates"] else ""
        yield _point(row, curve_without(row["study"]), note)


def _point(row: dict[str, str], curve: Curve, calibrates: str) -> Point:
    """A published point against a curve and P10 and P90 of its draws."""
    cut = float(row["cut"])
    low, high = np.percentile(curve.drawn(cut), [10, 90])
    return Point(row, float(row["left"]), curve.left(cut), float(low), float(high), calibrates)


def _of_catalog(value: Any) -> Range:
    ends = (value.value if end is None else end for end in (value.low, value.high))
    low, high = ends
    return Range(low, value.value, high)


@cache
def curve_without(study: str = "") -> Curve:
    """Curve of the points that calibrate that of training, without those of a study.

    P10 and P90 of its scale and exponent are where one more chip lies in eight of ten: from the scales of the
    chips at its exponent, and from their slopes in logarithms.
    """
    of = [row for row in of_training() if row["calibrates"] and row["study"] != study]
    cut, lost = _values(of)
    (scale, exponent), _ = curve_fit(lambda x, a, n: a * x**n, cut, lost, p0=(1.2, 1.8))
    chips = {row["what"]: [one for one in of if one["what"] == row["what"]] for row in of}
    of_scale = failures.next_log([_scale(some, float(exponent)) for some in chips.values()])
    slopes = np.array([_slope(some) for some in chips.values()])
    away = failures.beyond_mean(slopes)
    of_exponent = float(exponent) - away, float(exponent) + away
    # a loss that grows slower than the cut is none of a power cap
    return Curve(_range(float(scale), of_scale, 0.0), _range(float(exponent), of_exponent, 1.0))


def _range(value: float, between: tuple[float, float], least: float) -> Range:
    """Double triangular about a value whose P10 and P90 these are, as near as its least end lets it."""
    low, high = ((end - AT_P10 * value) / (1.0 - AT_P10) for end in between)
    return Range(max(least, min(low, value)), value, max(high, value))


def _slope(of: Iterable[dict[str, str]]) -> float:
    """Exponent of the points of one chip: slope of the loss over the cut in logarithms. [1]"""
    slope, _ = np.polyfit(*(np.log(one) for one in _values(of)), 1)
    return float(slope)


def _scale(of: Iterable[dict[str, str]], exponent: float) -> float:
    """Scale of the points of one chip at an exponent, by least squares. [1]"""
    cut, lost = _values(of)
    bent = cut**exponent
    return float((bent * lost).sum() / (bent * bent).sum())


def _values(of: Iterable[dict[str, str]]) -> tuple[Array, Array]:
    """Shares of the power cut, and of the throughput lost. [1]"""
    pairs = [(float(row["cut"]), 1.0 - float(row["left"])) for row in of]
    cut, lost = np.array(pairs, dtype=np.float64).T
    return cut, lost


def _draws(of: Range, rng: np.random.Generator) -> Array:
    """Draws of a number, as an ensemble draws it."""
    law = double_triangular(low=of.low, median=of.value, high=of.high)
    return np.asarray(law.ppf(rng.random(DRAWS)))
