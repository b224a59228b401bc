"""Uncertain values: a number that knows the distribution it is the centre of.

A planner writes ``{dist: triangular, low: 9, mode: 14, high: 24}`` where a number may stand. It
becomes an `Uncertain`: a float that *is* the central estimate, so a deterministic run uses it like
any number, and that carries the distribution an ensemble samples.

The central estimate is the median, of every distribution: as likely exceeded as not, whatever the skew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.registry import Table

Z_P90 = 1.2815515655446004
"""Standard normal quantile at 0.9."""
RARE = 1e-3
"""Share of draws beyond the rare end of a distribution that has none: assumed. [1]"""
Z_RARE = 3.090232306167813
"""Standard normal quantile at 1 - `RARE`."""


class Distribution(Protocol):
    """What an `Uncertain` carries. Instances are frozen."""

    @property
    def central(self) -> float:
        """Central estimate, in the value's unit."""

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value that can be drawn, possibly infinite."""

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function: probabilities in (0, 1) -> values, same shape."""


class _Bounded:
    """A distribution between two bounds."""

    low: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """From low to high."""
        return self.low, self.high


class _Median:
    """A distribution whose central estimate is its median."""

    median: float

    @property
    def central(self) -> float:
        """The median."""
        return self.median


@dataclass(frozen=True)
class Triangular(_Bounded):
    """Triangular distribution; a degenerate one (low = mode = high) is a constant."""

    low: float
    mode: float
    high: float

    @property
    def central(self) -> float:
        """The median, which for a skewed duration is later than the mode."""
        width = self.high - self.low
        # half of the area lies on the side of the mode that is wider
        if self.mode - self.low >= width / 2.0:
            return self.low + math.sqrt(width * (self.mode - self.low) / 2.0)
        return self.high - math.sqrt(width * (self.high - self.mode) / 2.0)

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function."""
        p = np.asarray(probability, dtype=np.float64)
        width = self.high - self.low
        # a constant, which has no triangle to divide by
        if width == 0:
            return np.full(p.shape, self.low)
        rising = (self.mode - self.low) / width
        # draws come one by one, for which plain arithmetic is much faster and gives the same
        if not p.ndim:
            one = float(p)
            if one < rising:
                return np.asarray(self.low + math.sqrt(one * width * (self.mode - self.low)))
            return np.asarray(self.high - math.sqrt((1 - one) * width * (self.high - self.mode)))
        left = self.low + np.sqrt(p * width * (self.mode - self.low))
        right = self.high - np.sqrt((1 - p) * width * (self.high - self.mode))
        return np.where(p < rising, left, right)


@dataclass(frozen=True)
class DoubleTriangular(_Median, _Bounded):
    """Two right triangles of equal weight that meet at the median: half below it, half above.

    What "typically so much, between low and high" says when the typical value is as likely to be
    exceeded as not. Each half is likeliest at the median; a half without width is a point.
    """

    low: float
    median: float
    high: float

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function."""
        p = np.asarray(probability, dtype=np.float64)
        # draws come one by one, for which plain arithmetic is much faster and gives the same
        if not p.ndim:
            one = float(p)
            if one < 0.5:
                return np.asarray(self.low + (self.median - self.low) * math.sqrt(2 * one))
            return np.asarray(self.high - (self.high - self.median) * math.sqrt(2 * (1 - one)))
        left = self.low + (self.median - self.low) * np.sqrt(2 * np.minimum(p, 0.5))
        right = self.high - (self.high - self.median) * np.sqrt(2 * np.minimum(1 - p, 0.5))
        return np.asarray(np.where(p < 0.5, left, right))


@dataclass(frozen=True)
class Lognormal(_Median):
    """Lognormal distribution by its median and the standard deviation of the logarithm."""

    median: float
    sigma: float

    @property
    def support(self) -> tuple[float, float]:
        """All positive numbers."""
        return 0.0, math.inf

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function."""
        from scipy.special import ndtri

        return np.asarray(self.median * np.exp(self.sigma * ndtri(np.asarray(probability, dtype=np.float64))))


@dataclass(frozen=True)
class Uniform(_Bounded):
    """Uniform distribution between two bounds."""

    low: float
    high: float

    @property
    def central(self) -> float:
        """The midpoint, which is the median."""
        return (self.low + self.high) / 2

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function."""
        return self.low + (self.high - self.low) * np.asarray(probability, dtype=np.float64)


@dataclass(frozen=True)
class Normal(_Bounded):
    """Normal distribution, truncated where bounds are given."""

    mean: float
    sd: float
    low: float = -math.inf
    high: float = math.inf

    @property
    def central(self) -> float:
        """The median after truncation."""
        return float(self.ppf(0.5))

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function."""
        from scipy.special import ndtr, ndtri

        below, above = ndtr((self.low - self.mean) / self.sd), ndtr((self.high - self.mean) / self.sd)
        p = below + np.asarray(probability, dtype=np.float64) * (above - below)
        return np.asarray(np.clip(self.mean + self.sd * ndtri(p), self.low, self.high))


@dataclass(frozen=True)
class Discrete:
    """A finite choice of numbers with weights that sum to 1."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def central(self) -> float:
        """The median: the least value that is not exceeded in half of all cases."""
        ordered, reached = sorted(zip(self.values, self.weights, strict=True)), 0.0
        for value, weight in ordered:
            reached += weight
            if reached >= 0.5:
                return value
        # weights that sum to 1 by rounding only
        return ordered[-1][0]

    @property
    def support(self) -> tuple[float, float]:
        """From the smallest to the largest value."""
        return min(self.values), max(self.values)

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function of the values in the order given."""
        edges = np.cumsum(self.weights)
        index = np.searchsorted(edges, np.asarray(probability, dtype=np.float64), side="right")
        return np.asarray(self.values)[np.minimum(index, len(self.values) - 1)]


DISTRIBUTIONS: Table[Callable[..., Distribution]] = Table("distribution")
"""Makers of distributions by the name a scenario uses in ``dist:``; each raises ValueError in words."""


def _numbers(**values: Any) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"{name} must be a finite number (got {value!r})")


def _ordered(distribution: str, **values: float) -> list[float]:
    """Parameters as floats; ValueError in words unless they are finite and none is below the one before."""
    _numbers(**values)
    if not all(low <= high for low, high in pairwise(values.values())):
        got = ", ".join(map(str, values.values()))
        raise ValueError(f"{distribution} needs {' <= '.join(values)} (got {got})")
    return [float(value) for value in values.values()]


@DISTRIBUTIONS.register("triangular")
def triangular(*, low: float, mode: float, high: float) -> Triangular:
    """Triangular by its low, mode and high."""
    return Triangular(*_ordered("triangular", low=low, mode=mode, high=high))


@DISTRIBUTIONS.register("double_triangular")
def double_triangular(*, low: float, median: float, high: float) -> DoubleTriangular:
    """Double triangular by its low, median and high; half of the draws lie on either side of the median."""
    return DoubleTriangular(*_ordered("double_triangular", low=low, median=median, high=high))


@DISTRIBUTIONS.register("lognormal")
def lognormal(
    *,
    median: float | None = None,
    sigma: float | None = None,
    p10: float | None = None,
    p90: float | None = None,
) -> Lognormal:
    """Lognormal by median and sigma, or by P10 and P90."""
    values = {"median": median, "sigma": sigma, "p10": p10, "p90": p90}
    present = {name: value for name, value in values.items() if value is not None}
    if set(present) not in ({"median", "sigma"}, {"p10", "p90"}):
        raise ValueError("lognormal needs median and sigma, or p10 and p90")
    _numbers(**present)
    if p10 is not None and p90 is not None:
        if not 0 < p10 <= p90:
            raise ValueError(f"lognormal needs 0 < p10 <= p90 (got {p10}, {p90})")
        median, sigma = math.sqrt(p10 * p90), math.log(p90 / p10) / (2 * Z_P90)
    if median is None or sigma is None or not (median > 0 and sigma >= 0):
        raise ValueError(f"lognormal needs median > 0 and sigma >= 0 (got {median}, {sigma})")
    return Lognormal(float(median), float(sigma))


@DISTRIBUTIONS.register("uniform")
def uniform(*, low: float, high: float) -> Uniform:
    """Uniform between low and high."""
    return Uniform(*_ordered("uniform", low=low, high=high))


@DISTRIBUTIONS.register("normal")
def normal(*, mean: float, sd: float, low: float | None = None, high: float | None = None) -> Normal:
    """Normal by mean and sd, truncated to the bounds given."""
    bounds = {name: value for name, value in (("low", low), ("high", high)) if value is not None}
    _numbers(mean=mean, sd=sd, **bounds)
    if not sd > 0:
        raise ValueError(f"normal needs sd > 0 (got {sd})")
    lower, upper = (-math.inf if low is None else float(low)), (math.inf if high is None else float(high))
    if not lower < upper:
        raise ValueError(f"normal needs low < high (got {low}, {high})")
    return Normal(float(mean), float(sd), lower, upper)


@DISTRIBUTIONS.register("discrete")
def discrete(*, values: Sequence[float], weights: Sequence[float] | None = None) -> Discrete:
    """A choice among values, equally likely unless weights are given; weights are scaled to sum to 1."""
    if not isinstance(values, (list, tuple)) or not values:
        raise ValueError(f"discrete needs a list of values (got {values!r})")
    chosen = [1.0] * len(values) if weights is None else weights
    if not isinstance(chosen, (list, tuple)) or len(chosen) != len(values):
        raise ValueError(f"discrete needs as many weights as values (got {weights!r})")
    _numbers(**{f"values[{i}]": v for i, v in enumerate(values)})
    _numbers(**{f"weights[{i}]": w for i, w in enumerate(chosen)})
    total = sum(chosen)
    if not (total > 0 and min(chosen) >= 0):
        raise ValueError(f"discrete needs weights >= 0 with a positive sum (got {weights!r})")
    return Discrete(tuple(map(float, values)), tuple(w / total for w in chosen))


def ends_of(distribution: Distribution) -> tuple[float, float]:
    """Smallest and largest value that a draw is sized by: the support, or where that is open its rare end.

    Beyond a rare end lies one draw in a thousand.

    Examples
    --------
    >>> ends_of(uniform(low=1, high=2))
    (1.0, 2.0)
    >>> low, high = ends_of(lognormal(median=10, sigma=0.5))
    >>> low, round(high, 1)
    (0.0, 46.9)
    """
    low, high = distribution.support
    # the quantiles of a number far too large overflow, which says that it is
    with np.errstate(over="ignore", invalid="ignore"):
        # most numbers of a catalogue that have no end are of these, and need no other library
        if isinstance(distribution, Lognormal):
            return low, float(distribution.median * np.exp(Z_RARE * distribution.sigma))
        low = low if math.isfinite(low) else float(distribution.ppf(RARE))
        high = high if math.isfinite(high) else float(distribution.ppf(1.0 - RARE))
    return low, high


def parse_distribution(record: Mapping[str, Any]) -> Distribution:
    """The distribution a mapping with ``dist:`` describes.

    Raises
    ------
    ValueError
        In words, if the name, an argument or a value is wrong.
    """
    arguments = {key: value for key, value in record.items() if key != "dist"}
    name = record.get("dist")
    if not isinstance(name, str):
        raise ValueError("dist must name a distribution")
    if faults := DISTRIBUTIONS.faults(name, arguments):
        raise ValueError("; ".join(faults))
    return DISTRIBUTIONS[name](**arguments)


def describe(distribution: Distribution) -> dict[str, Any]:
    """The mapping with ``dist:`` that makes a distribution of this module.

    Examples
    --------
    >>> describe(triangular(low=9, mode=14, high=24))
    {'dist': 'triangular', 'low': 9.0, 'mode': 14.0, 'high': 24.0}
    """
    arguments = {
        name: describe(value) if hasattr(value, "ppf") else list(value) if isinstance(value, tuple) else value
        for name, value in vars(distribution).items()
        if not (isinstance(value, float) and math.isinf(value))
    }
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(distribution).__name__)
    return {"dist": name.removeprefix("_"), **arguments}


class Uncertain(float):
    """A float that is the central estimate of the distribution it carries.

    Examples
    --------
    >>> months = Uncertain(triangular(low=9, mode=14, high=19))
    >>> months + 1, months.distribution.support
    (15.0, (9.0, 19.0))
    """

    # a plan has dozens of each phase, and a dictionary of each takes four times the number
    __slots__ = ("distribution",)

    distribution: Distribution

    def __new__(cls, distribution: Distribution) -> Uncertain:
        """Make the float; its value is ``distribution.central``."""
        value = super().__new__(cls, distribution.central)
        value.distribution = distribution
        return value

    def __reduce__(self) -> tuple[type[Uncertain], tuple[Distribution]]:
        return Uncertain, (self.distribution,)
