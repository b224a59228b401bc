"""Rows of the ledger: what each is about."""

from __future__ import annotations

from typing import NamedTuple

from capsim.units import Array
from capsim.vocabulary import Category


class Line(NamedTuple):
    """What a row of the ledger is about."""

    site: str
    """Empty for what belongs to the whole portfolio."""
    phase: str
    """Empty for what belongs to the whole site."""
    item: str
    """Cost item, `systems` or `energy`; what is sold."""
    category: Category
    """`capex`, `opex` and `revenue` are cash; `opening` (value of what is there at the start) and
    `residual` (value left at the end, negative) are not, and count in levelised costs only."""


Flow = tuple[Line, Array, str]
"""Row of the ledger, its amounts of shape (n_months,), and the path of its price."""
