"""Throughput of capped modules as published, against the curves of the catalogue.

The curve of training is the fit, by least squares, to the points that calibrate it. Each study of several is
met by the curve fitted to the others, and by the range that their chips give one more chip. Of decoding
there is one study, so its points are met in sample alone.
"""

from __future__ import annotations

import csv
import runpy
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

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


class Curve(NamedTuple):
    """Throughput lost over the share of the power cut: scale, with where eight of ten lie, and exponent."""

    loss_per_cap: float
    exponent: float
    low: float
    high: float

    def left(self, cut: float, loss_per_cap: float) -> float:
        """Throughput left at a scale of the curve. [1]"""
        return cap_throughput(cut, loss_per_cap=loss_per_cap, exponent=self.exponent)


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
        scale, exponent = entry.values["loss_per_cap"], entry.values["cap_exponent"]
        rng = np.random.default_rng(0)
        drawn = [
            cap_throughput(float(row["cut"]), loss_per_cap=one, exponent=other)
            for one, other in zip(_draws(scale, rng), _draws(exponent, rng), strict=True)
        ]
        central = cap_throughput(
            float(row["cut"]), loss_per_cap=float(scale.value), exponent=float(exponent.value)
        )
        low, high = np.percentile(drawn, [10, 90])
        yield Point(row, float(row["left"]), central, float(low), float(high), row["calibrates"])


def points_left_out() -> Iterator[Point]:
    """Every point of training against the curve of the other studies."""
    for row in of_training():
        curve, cut = curve_without(row["study"]), float(row["cut"])
        ends = curve.left(cut, curve.high), curve.left(cut, curve.low)
        note = f"{row['calibrates']} {LEFT_OUT}" if row["calibrates"] else ""
        yield Point(row, float(row["left"]), curve.left(cut, curve.loss_per_cap), *ends, note)


def curve_without(study: str = "") -> Curve:
    """Curve of the points that calibrate that of training, without those of a study.

    Its range is where one more chip lies in eight of ten, from the scales of the chips at its exponent.
    """
    of = [row for row in of_training() if row["calibrates"] and row["study"] != study]
    cut, lost = _values(of)
    (scale, exponent), _ = curve_fit(lambda x, a, n: a * x**n, cut, lost, p0=(1.2, 1.8))
    chips = {row["what"]: [one for one in of if one["what"] == row["what"]] for row in of}
    low, high = failures.next_log([_scale(some, float(exponent)) for some in chips.values()])
    return Curve(float(scale), float(exponent), low, high)


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


def _draws(value: object, rng: np.random.Generator) -> Array:
    """Draws of a number of the catalogue, as an ensemble draws it."""
    low, central, high = (getattr(value, name) for name in ("low", "value", "high"))
    if low is None or high is None:
        return np.full(DRAWS, central)
    law = double_triangular(low=low, median=central, high=high)
    return np.asarray(law.ppf(rng.random(DRAWS)))
