"""Entries of the catalogue that are functions: cost bases and kinds of stages, as they are registered."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from capsim.catalog.reading import Rows
from capsim.catalog.records import Value
from capsim.models.cost_bases import CAPEX_BASES, COST_BASES, bases_per
from capsim.models.stages import STAGE_KINDS
from capsim.registry import meaning_of

COST_BASES_TABLE, STAGE_KINDS_TABLE = "cost_bases", "stage_kinds"
"""Tables of the catalogue whose entries are functions."""
WRITTEN = "2026-11"
"""When the definitions were written, as `retrieved` says it."""


def registered() -> tuple[tuple[str, ...], ...]:
    """Names of all functions that are entries of the catalogue."""
    return (STAGE_KINDS.names, *(table.names for table in COST_BASES.values()))


def rows_of_functions(instalments: Rows) -> dict[str, Rows]:
    """Rows of the tables whose entries are functions.

    Parameters
    ----------
    instalments : Rows
        How prices are paid, by the basis of capex. A basis without such rows takes those of the first
        that is counted per the same thing.
    """
    kinds: Rows = {
        (name, "meaning"): _text(STAGE_KINDS[name], meaning_of(STAGE_KINDS[name]), "stage kind")
        for name in STAGE_KINDS.names
    }
    bases: Rows = {}
    for category, table in COST_BASES.items():
        for name in table.names:
            basis = table[name]
            about = {"category": category, "meaning": basis.meaning, "amount_unit": basis.unit}
            bases |= {(name, field): _text(basis, text, "basis") for field, text in about.items()}
            bases |= _instalments(name, instalments) if category == "capex" else {}
    return {COST_BASES_TABLE: bases, STAGE_KINDS_TABLE: kinds}


def _instalments(name: str, written: Rows) -> Rows:
    """Rows that say how what is counted by a basis is paid."""
    like = next(n for n in (name, *bases_per(CAPEX_BASES[name].per)) if (n, "order_share") in written)
    return {(name, field): value for (basis, field), value in written.items() if basis == like}


def _text(entry: Callable[..., Any], text: str, what: str) -> Value:
    """What is registered with a function, at the file and line of the function."""
    code = getattr(inspect.unwrap(entry), "__code__", None)
    place = f"{Path(code.co_filename).name}:{code.co_firstlineno}" if code is not None else "registered:0"
    source = f"assumed: definition of the {what}"
    return Value(text, "text", None, None, "assumed", source, WRITTEN, "high", "", place)
