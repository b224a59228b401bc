"""H100-equivalents of a catalogued accelerator: computed from its FLOP/s, never typed in."""

from __future__ import annotations

from capsim.catalog.records import Entry
from capsim.models import compute

FIGURES = ("bf16_dense_tflops", "fp8_dense_tflops", "int8_dense_tops", "fp4_dense_tflops")
"""Dense FLOP/s that an accelerator may have."""


def h100e_ratio(entry: Entry, definition: str) -> float:
    """H100-equivalents of an accelerator under a named definition.

    Parameters
    ----------
    entry : Entry
        A record of the table ``accelerators``.
    definition : {"bf16", "8bit", "best"}
        Which dense FLOP/s are compared; see `capsim.models.compute.h100e_ratio`.

    Returns
    -------
    ratio : float
        H100-equivalents per accelerator; NaN when the record has no figure that fits. [1]

    Raises
    ------
    ValueError
        If the definition is unknown.
    """
    figures = {field: entry.number(field) if field in entry else None for field in FIGURES}
    return compute.h100e_ratio(**figures, definition=definition)
