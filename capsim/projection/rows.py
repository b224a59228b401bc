"""Rows of a projection's tables by kind and category: a name there is none of is a type error."""

from __future__ import annotations

import pandas as pd

from capsim.vocabulary import Category, MilestoneKind


def of_kind(milestones: pd.DataFrame, *kinds: MilestoneKind) -> pd.DataFrame:
    """Milestones of the kinds named, in order."""
    return milestones[milestones["kind"].isin(kinds)]


def of_category(ledger: pd.DataFrame, *categories: Category) -> pd.DataFrame:
    """Rows of the ledger of the categories named."""
    return ledger[ledger["category"].isin(categories)]
