"""Percentiles with intervals, and probabilities with intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PERCENTILES = (5, 10, 50, 90, 95)
"""Percentiles a study states. [%]"""
ENDS = ("", "_low", "_high")
"""After a name: its percentiles, and the ends of their 95 % intervals."""
Z_95 = 1.959963984540054
"""Standard normal quantile at 0.975: half-width of a 95 % interval in standard errors."""
PERCENT = 100.0


def spread_of(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """`PERCENTILES` of samples and the ends of their intervals, shape (m, n) -> (3, 5, m).

    What is no number is left out of its sample; of a sample without any number all is NaN.
    """
    # Sorting puts what is no number last, so samples of equally many numbers are columns of one table.
    ordered, numbers = np.sort(samples, axis=1), (~np.isnan(samples)).sum(axis=1)
    spread = np.full((len(ENDS), len(PERCENTILES), len(samples)), np.nan)
    for n in np.unique(numbers[numbers > 0]).tolist():
        alike = numbers == n
        part = ordered[alike, :n]
        spread[:, :, alike] = [_quantiles(part), *percentile_intervals(part).transpose(0, 2, 1)]
    return spread


def _quantiles(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """`PERCENTILES` of sorted samples, shape (m, n) -> (5, m).

    Only the two neighbours of each are handed to numpy, whose digits these are: it would sort again.
    """
    places = np.array(PERCENTILES) / PERCENT * (ordered.shape[1] - 1)
    below = np.floor(places).astype(np.intp)
    neighbours = (ordered[:, [i, min(i + 1, ordered.shape[1] - 1)]] for i in below.tolist())
    shares = (places - below).tolist()
    return np.array([np.quantile(two, share, axis=1) for two, share in zip(neighbours, shares, strict=True)])


def percentile_of(value: float, values: NDArray[np.float64]) -> float:
    """Share of a sample below a value, half of those equal to it included; NaN without a sample. [%]

    Examples
    --------
    >>> percentile_of(2.0, np.array([1.0, 2.0, 3.0, 4.0])), percentile_of(5.0, np.full(8, 5.0))
    (37.5, 50.0)
    """
    numbers = values[~np.isnan(values)]
    if not numbers.size or np.isnan(value):
        return float("nan")
    below, equal = int((numbers < value).sum()), int((numbers == value).sum())
    return PERCENT * (below + equal / 2) / numbers.size


def percentile_intervals(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""Ends of the 95 % intervals of the percentiles of sorted samples, shape (..., n) -> (2, ..., 5).

    Notes
    -----
    From order statistics: the number of values below the true percentile is binomial, here in its
    normal approximation, so the interval runs between the values of rank
    :math:`np \pm z\sqrt{np(1-p)}` (rounded outwards) [1]_. It assumes independent replications;
    for a Sobol' design or a Latin hypercube it is wider than needed.

    References
    ----------
    .. [1] W. J. Conover, Practical Nonparametric Statistics, 3rd ed., Wiley, 1999, section 3.2.
    """
    return np.stack([ordered[..., ranks] for ranks in _ranks(ordered.shape[-1])])


def _ranks(n: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Ranks, from 0, of the ends of the intervals in a sorted sample of n values."""
    p = np.array(PERCENTILES) / PERCENT
    spread = Z_95 * np.sqrt(n * p * (1 - p))
    low = np.clip(np.floor(n * p - spread) - 1, 0, n - 1).astype(np.intp)
    high = np.clip(np.ceil(n * p + spread), 0, n - 1).astype(np.intp)
    return low, high


def relative_half_width(values: NDArray[np.float64]) -> float:
    """Widest half-interval of P10, P50 and P90 over the size of the median; 0 for a constant. [1]"""
    numbers = np.sort(values[~np.isnan(values)])
    low, high = percentile_intervals(numbers)[:, 1:4] if numbers.size else np.zeros((2, 1))
    widest = float(np.max(high - low)) / 2
    # A constant has converged, even at 0; no number at all counts as one.
    if not widest > 0:
        return 0.0
    middle = abs(float(np.median(numbers)))
    return widest / middle if middle else float("inf")


def probability_interval(successes: int, n: int) -> tuple[float, float]:
    r"""95 % interval of a probability, by Wilson's score.

    References
    ----------
    .. [1] E. B. Wilson, Probable inference, the law of succession, and statistical inference,
       J. Am. Stat. Assoc. 22 (1927) 209-212.

    Examples
    --------
    >>> [round(bound, 3) for bound in probability_interval(8, 10)]
    [0.49, 0.943]
    """
    share, z2 = successes / n, Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))
