"""Compute of an accelerator as a multiple of an NVIDIA H100, under a named definition.

A ratio without its definition is a defect: a GB300 is 2.53 H100e under ``bf16`` and under
``8bit``, and 7.58 under ``best``.
"""

from __future__ import annotations

import math

DEFINITIONS = ("bf16", "8bit", "best")
"""Names of the H100-equivalent definitions, in the order of the precision they count."""

H100_BF16_DENSE_TFLOPS = 989.4
"""One H100e under ``bf16``: NVIDIA H100 SXM5 datasheet, dense. [TFLOP/s]"""
H100_8BIT_DENSE_TFLOPS = 1979.0
"""One H100e under ``8bit`` and ``best``: H100 SXM5 FP8 dense, as Epoch AI counts. [TFLOP/s]"""


def h100e_ratio(
    *,
    bf16_dense_tflops: float | None,
    fp8_dense_tflops: float | None,
    int8_dense_tops: float | None,
    fp4_dense_tflops: float | None,
    definition: str,
) -> float:
    """H100-equivalents of one accelerator.

    Peak dense throughput over that of an H100. What is counted differs between
    publishers, so the definition is always named.

    Parameters
    ----------
    bf16_dense_tflops, fp8_dense_tflops, fp4_dense_tflops : float or None
        Peak dense (never 2:4 sparse) throughput; None or NaN where there is none. [TFLOP/s]
    int8_dense_tops : float or None
        Peak dense INT8 throughput; None or NaN where there is none. [TOP/s]
    definition : {"bf16", "8bit", "best"}
        ``bf16``: BF16 over 989.4. ``8bit``: the better of FP8 and INT8 over 1,979.
        ``best``: the best of FP4, FP8 and INT8 over 1,979. The last two take BF16 for a chip
        with no such mode.

    Returns
    -------
    ratio : float
        H100-equivalents per accelerator; NaN when no figure fits the definition. [1]

    Raises
    ------
    ValueError
        If the definition is unknown or a figure is not positive and finite.

    References
    ----------
    .. [1] NVIDIA H100 Tensor Core GPU datasheet, SXM5, dense figures.
    .. [2] Epoch AI, Machine Learning Hardware, snapshot 2026-04-27 (``8bit``).

    Examples
    --------
    >>> gb300 = dict(
    ...     bf16_dense_tflops=2500, fp8_dense_tflops=5000, int8_dense_tops=165, fp4_dense_tflops=15000
    ... )
    >>> [round(h100e_ratio(**gb300, definition=name), 2) for name in DEFINITIONS]
    [2.53, 2.53, 7.58]
    """
    if definition not in DEFINITIONS:
        raise ValueError(f"definition must be one of {', '.join(DEFINITIONS)} (got {definition})")
    bf16 = _figures(bf16_dense_tflops)
    eight_bit = _figures(fp8_dense_tflops, int8_dense_tops)
    low_precision = eight_bit + _figures(fp4_dense_tflops)
    # the other two count 8-bit formats, where a chip has them
    if definition == "bf16":
        return max(bf16, default=math.nan) / H100_BF16_DENSE_TFLOPS
    counted = eight_bit if definition == "8bit" else low_precision
    return max(counted or bf16, default=math.nan) / H100_8BIT_DENSE_TFLOPS


def _figures(*peaks: float | None) -> list[float]:
    """The peaks that are positive, each checked to be positive and finite."""
    positive = [float(peak) for peak in peaks if peak is not None and not math.isnan(peak)]
    for peak in positive:
        if not 0.0 < peak < math.inf:
            raise ValueError(f"a peak throughput must be positive and finite (got {peak})")
    return positive
