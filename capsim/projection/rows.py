"""Rows of a projection's tables by kind and category: a name there is none of is a type error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from capsim.vocabulary import Category, MilestoneKind


def of_kind(milestones: pd.DataFrame, *kinds: MilestoneKind) -> pd.DataFrame:
    """Milestones of the kinds named, in order."""
    return milestones[milestones["kind"].isin(kinds)]


def tuples(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of the columns named, in order.

    Examples
    --------
    >>> tuples(pd.DataFrame({"site": ["a", "b"], "mw": [1.0, 2.0]}), "mw", "site")
    [(1.0, 'a'), (2.0, 'b')]
    """
    return list(zip(*(table[name].to_list() for name in columns), strict=True))


def of_category(
    ledger: pd.DataFrame, *categories: Category, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Rows of the ledger of the categories named; all their columns, or those named."""
    # the names of all rows of thousands of phases are far larger than their amounts
    return ledger.loc[ledger["category"].isin(categories), slice(None) if columns is None else list(columns)]
