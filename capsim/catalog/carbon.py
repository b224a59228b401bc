"""Carbon intensity of grids by month and hour, in UTC, as measured in zones."""

from __future__ import annotations

from functools import cache

from capsim.catalog.wide import by_month_and_hour, names_in, rows_of
from capsim.units import Array


def carbon_zones() -> tuple[str, ...]:
    """Zones whose hours were measured."""
    return names_in("carbon_shape")


@cache
def carbon_shape(zone: str) -> Array | None:
    """Carbon intensity by month and hour of UTC over its annual mean, shape (12, 24), read-only. [1]

    None where no hours were measured.

    Examples
    --------
    >>> carbon_shape("FR").shape, carbon_shape("nowhere")
    ((12, 24), None)
    """
    rows = rows_of("carbon_shape", zone)
    return by_month_and_hour(rows) if rows else None
