"""Audits of several claims as one table: what each states, the verdict on the whole, and what decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Column, Table

from capsim.report.audit_words import in_words, short_title
from capsim.report.grids import grid, words
from capsim.scenario import Claim, Span
from capsim.study import Audit
from capsim.units import GIGA

BASES = {"it": "IT"}
"""What MW measure, where their name is no word."""
NOTHING = "too little is stated"
"""What decides a claim that no reading decides."""


def audit_table(audits: Sequence[Audit]) -> Table:
    """A row for each claim, by the date it was made."""
    heads = (words("states"), words("on the whole"), words("decided by"), words("best reading"))
    rows = [_row(one) for one in sorted(audits, key=lambda one: (one.claim.announced_on, one.claim.claim))]
    return grid((Column("claim", no_wrap=True), Column("announced", no_wrap=True), *heads), rows, gap=1)


def _row(one: Audit) -> tuple[str, ...]:
    """A claim in cells."""
    claim, by = one.claim, one.decided_by
    decided = (by.dimension, in_words(one, f"{by.reading}: {by.detail}")) if by else (NOTHING, "")
    states = stated(claim, one.titles)
    return claim.claim, claim.announced_on.isoformat(), states, one.verdict, *decided


def stated(claim: Claim, titles: Mapping[str, str]) -> str:
    """What a claim states, in figures with their units; a floor as the least."""
    name = claim.accelerator
    chip = f" {short_title(titles.get(name, name))}" if name else " accelerators"
    amounts = (
        ("money", claim.money, 1 / GIGA, f" bn {claim.currency}"),
        (
            "mw",
            claim.mw,
            1.0,
            f" MW{f' ({BASES.get(claim.mw_basis, claim.mw_basis)})' if claim.mw_basis else ''}",
        ),
        ("accelerators", claim.accelerators, 1.0, chip),
        ("h100e", claim.h100e, 1.0, " H100e"),
    )
    parts = [
        f"{'at least ' if key in claim.at_least else ''}{_figures(span, scale)}{unit}"
        + (f" ({claim.money_part.replace('-', ' ')})" if key == "money" and claim.money_part else "")
        for key, span, scale, unit in amounts
        if span is not None
    ]
    parts += [f"first MW on {claim.first_mw_on}"] if claim.first_mw_on else []
    return ", ".join(parts)


def _figures(span: Span, scale: float) -> str:
    """One number, or both ends."""
    low, high = (f"{end * scale:,.10g}" for end in (span.low, span.high))
    return low if low == high else f"{low}-{high}"
