"""H100-equivalents of a catalogued accelerator: computed from its FLOP/s, never typed in."""

from __future__ import annotations

from capsim.catalog.records import Entry
from capsim.models import compute


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
    return compute.h100e_ratio(
        bf16_dense_tflops=_number(entry, "bf16_dense_tflops"),
        fp8_dense_tflops=_number(entry, "fp8_dense_tflops"),
        int8_dense_tops=_number(entry, "int8_dense_tops"),
        fp4_dense_tflops=_number(entry, "fp4_dense_tflops"),
        definition=definition,
    )


def _number(entry: Entry, field: str) -> float | None:
    """A figure, or None where the record has none."""
    return entry.number(field) if field in entry else None
