"""Durations of what is under way: as long as they can be, now that they have lasted so long.

A stage of 26 months that is 30 months old and not done is not due at once: what is left follows the
distribution of its duration given that it is longer than 30 months.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models.uncertain import DISTRIBUTIONS, Z_P90, Distribution, Lognormal, parse_distribution

RARE = 1e-6
"""Probability under which a duration counts as longer than its range allows. [1]"""
NODES = 241
"""Points that a factor of a product is taken at."""
HIGHEST_SCORE = 8.0
"""Normal score up to which quantiles are told apart: 1 less a probability of 6e-16. [1]"""


@dataclass(frozen=True)
class Product:
    """Product of two uncertain values, whose normal scores may be correlated.

    Examples
    --------
    >>> whole = Product(Lognormal(1.0, 0.3), Lognormal(10.0, 0.4), 0.0)
    >>> float(whole.ppf(0.5).round(2)), float((whole.ppf(0.9) / 10.0).round(2))  # exp(1.2816 * 0.5) = 1.9
    (10.0, 1.9)
    """

    factor: Distribution
    of: Distribution
    correlation: float = 0.0

    @property
    def central(self) -> float:
        """The median."""
        return float(self.ppf(0.5))

    @property
    def support(self) -> tuple[float, float]:
        """From the product of the smallest to that of the largest."""
        (low, high), (least, most) = self.factor.support, self.of.support
        return low * least, high * most

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function, of a table by normal score."""
        from scipy.special import ndtri

        scores, values = _product_table(self)
        return np.asarray(np.interp(ndtri(np.asarray(probability, dtype=np.float64)), scores, values))


@lru_cache(maxsize=1024)
def _product_table(product: Product) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Normal scores and the values of a product there."""
    from scipy.special import ndtr, ndtri

    scores = np.linspace(-HIGHEST_SCORE, HIGHEST_SCORE, 641)
    of = product.of.ppf(ndtr(scores))
    # integrals over a normal score, so that the tails of the factor count as well
    factor_scores = np.linspace(-6.0, 6.0, NODES)
    weights = np.exp(-(factor_scores**2) / 2.0)
    factors = product.factor.ppf(ndtr(factor_scores))
    values = np.unique(np.outer(factors[::10], of[::20]))
    shared, own = product.correlation, math.sqrt(1.0 - product.correlation**2)
    below = [
        ndtr((np.interp(values / factor, of, scores, -np.inf, np.inf) - shared * score) / own)
        for factor, score in zip(factors, factor_scores, strict=True)
    ]
    at = ndtri(np.minimum(1.0, np.average(below, axis=0, weights=weights)))
    inside = np.isfinite(at)
    at, first = np.unique(at[inside], return_index=True)
    return at, values[inside][first]


@dataclass(frozen=True)
class Affine:
    """An uncertain value times a scale, and a shift added.

    Examples
    --------
    >>> Affine(Lognormal(10.0, 0.4), 0.5, 3.0).central
    8.0
    """

    of: Distribution
    scale: float
    shift: float

    @property
    def central(self) -> float:
        """That of the value, scaled and shifted."""
        return self.scale * self.of.central + self.shift

    @property
    def support(self) -> tuple[float, float]:
        """That of the value, scaled and shifted."""
        low, high = self.of.support
        return self.scale * low + self.shift, self.scale * high + self.shift

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function."""
        return self.scale * self.of.ppf(probability) + self.shift


@dataclass(frozen=True)
class StillRunning:
    r"""A duration given that it is longer than the time that has elapsed.

    With the distribution function :math:`F` of the duration and the time elapsed :math:`e`, the quantile at
    :math:`p` is :math:`F^{-1}(F(e) + p\,(1 - F(e)))`. Where the time elapsed is longer than the range of the
    duration allows, that range was wrong, and the lognormal of the same P10 and P90 takes its place.

    Examples
    --------
    >>> StillRunning(Lognormal(26.0, 0.35), 30.0).central  # of those over 30 months half are over 36.3
    36.27...
    """

    of: Distribution
    elapsed: float

    @property
    def central(self) -> float:
        """The median of what it may take in all."""
        return float(self.ppf(0.5))

    @property
    def support(self) -> tuple[float, float]:
        """From the time elapsed on."""
        base, done = _overtaken(self.of, self.elapsed)  # type: ignore[arg-type]
        low, high = base.support
        return (low if done <= 0.0 else max(low, self.elapsed)), high

    def ppf(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Quantile function."""
        base, done = _overtaken(self.of, self.elapsed)  # type: ignore[arg-type]
        p = np.asarray(probability, dtype=np.float64)
        return np.maximum(base.ppf(1.0 - (1.0 - p) * (1.0 - done)), self.elapsed)


@lru_cache(maxsize=4096)
def _overtaken(of: Distribution, elapsed: float) -> tuple[Distribution, float]:
    """What a duration follows after a time, and the probability that it were over by then."""
    done = probability_by(of, elapsed)
    if done < 1.0 - RARE:
        return of, done
    p10, p90 = (float(of.ppf(p)) for p in (0.1, 0.9))
    tail = Lognormal(math.sqrt(p10 * p90), max(math.log(p90 / p10) / (2.0 * Z_P90), RARE))
    done = probability_by(tail, elapsed)
    # beyond that tail as well: what has lasted so long is given its own length to go, on the same spread
    return (tail, done) if done < 1.0 - RARE else (Lognormal(elapsed, tail.sigma), 0.5)


def probability_by(of: Distribution, value: float) -> float:
    """Probability that a value is at most another. [1]

    Examples
    --------
    >>> round(probability_by(Lognormal(26.0, 0.35), 26.0), 6)
    0.5
    """
    low, high = 0.0, 1.0
    if value < of.support[0]:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2.0
        if float(of.ppf(middle)) <= value:
            low = middle
        else:
            high = middle
    return low


def _nested(name: str, value: Any) -> Distribution:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be a distribution (got {value!r})")
    return parse_distribution(value)


@DISTRIBUTIONS.register("product")
def product(*, factor: Mapping[str, Any], of: Mapping[str, Any], correlation: float = 0.0) -> Product:
    """Product of two uncertain values."""
    if not -1.0 < correlation < 1.0:
        raise ValueError(f"product needs a correlation between -1 and 1 (got {correlation!r})")
    return Product(_nested("factor", factor), _nested("of", of), float(correlation))


@DISTRIBUTIONS.register("affine")
def affine(*, of: Mapping[str, Any], scale: float = 1.0, shift: float = 0.0) -> Affine:
    """An uncertain value times a scale, and a shift added."""
    if not scale > 0.0:
        raise ValueError(f"affine needs scale > 0 (got {scale!r})")
    return Affine(_nested("of", of), float(scale), float(shift))


@DISTRIBUTIONS.register("still_running")
def still_running(*, of: Mapping[str, Any], elapsed: float) -> StillRunning:
    """A duration given that it is longer than what has elapsed."""
    if not elapsed >= 0.0:
        raise ValueError(f"still_running needs elapsed >= 0 (got {elapsed!r})")
    return StillRunning(_nested("of", of), float(elapsed))
