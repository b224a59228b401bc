"""Audit: is that announcement plausible? Its ratios, and the readings that would make it true.

No score: a claim is held against every reading of what it leaves open, and each is consistent,
consistent only if something, or inconsistent by how much; where it states too little to be held
against anything, it is not decidable, and what it would come to is said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from capsim.catalog import Catalog, h100e_ratio, load_catalog
from capsim.models.compute import DEFINITIONS
from capsim.scenario import Claim, Span, load_claim
from capsim.shown import Pictured
from capsim.study.audit_chips import Measure, missing_fields
from capsim.study.audit_compute import BY_CHIP, BY_MIX, by_generation, compute_readings, decoding, mix_finding
from capsim.study.audit_floors import with_floors
from capsim.study.audit_heat import hour_readings
from capsim.study.audit_money import money_notes, money_readings
from capsim.study.audit_terms import (
    CONSISTENT,
    INCONSISTENT,
    ONLY_IF,
    UNDECIDED,
    Basis,
    Reading,
    Verdict,
    basis_of,
)
from capsim.study.references import Reference, bases, percentile, references
from capsim.study.store import checksum, identity
from capsim.units import DAYS_PER_MONTH, GIGA, MEGA, W_PER_MW

RANK = (CONSISTENT, ONLY_IF, INCONSISTENT, UNDECIDED)
"""Verdicts from best to worst, and what says nothing."""


@dataclass(frozen=True)
class Ratio:
    """A ratio of what a claim states, among the reference builds."""

    name: str
    """What over what."""
    unit: str
    low: float
    """Its lower end; a claim of single numbers has both ends at one value."""
    high: float
    basis: str
    """Which MW and which scope of money the builds are compared on; empty where there is but one."""
    percentile: float | None
    """Share of the reference builds at or below its middle; None where they are fewer than five. [%]"""
    references: tuple[Reference, ...]
    """The builds, in order of their value, without the claim's own."""


@dataclass(frozen=True)
class Audit(Pictured):
    """A claim, its ratios, and every reading of it."""

    claim: Claim
    basis: Basis
    """Costs, PUE and exchange rate used, with their sources."""
    ratios: tuple[Ratio, ...]
    readings: tuple[Reading, ...]
    findings: tuple[str, ...]
    """What the readings come to, in sentences."""
    notes: tuple[str, ...] = ()
    """How far the readings move with the exchange rate."""
    titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the catalogue calls its accelerators and systems, by their names."""
    manifest: dict[str, Any] = field(default_factory=dict, repr=False)
    """What makes it the same audit: digests of the claim and of the catalogue, and what computes it."""

    def __repr__(self) -> str:
        return f"<Audit {self.claim.claim}: {self.verdict}>"

    def of(self, dimension: str) -> tuple[Reading, ...]:
        """Readings of one dimension."""
        return tuple(reading for reading in self.readings if reading.dimension == dimension)

    @property
    def best(self) -> dict[str, Reading]:
        """The best reading of each dimension: as good as a claim can be in one way of asking."""
        found: dict[str, Reading] = {}
        for reading in self.readings:
            known = found.get(reading.dimension)
            if known is None or RANK.index(reading.verdict) < RANK.index(known.verdict):
                found[reading.dimension] = reading
        return found

    @property
    def verdict(self) -> Verdict:
        """The verdict on the whole: that of `decided_by`, or that nothing is decided."""
        return self.decided_by.verdict if self.decided_by else UNDECIDED

    @property
    def decided_by(self) -> Reading | None:
        """The reading that decides the whole; None where none does.

        Each dimension is as good as its best reading, and the whole as its worst dimension: what cannot be
        true in one way of asking cannot be true. A mix of chips is a way out and no question of its own.
        """
        asked = (reading for dimension, reading in self.best.items() if dimension != BY_MIX)
        decided = [reading for reading in asked if reading.verdict != UNDECIDED]
        return max(decided, key=lambda reading: RANK.index(reading.verdict), default=None)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, dates as ISO text."""
        stated = self.claim.model_dump(mode="json", exclude_none=True)
        by = self.decided_by
        record = asdict(self)
        # what the catalogue calls its entries is no result
        record.pop("titles")
        return record | {
            "claim": stated,
            "verdict": self.verdict,
            "decided_by": asdict(by) if by else None,
        }


def audit(claim: Claim | str | os.PathLike[str], catalog: Catalog | None = None) -> Audit:
    """Work out what would have to be true for a claim to hold.

    Parameters
    ----------
    claim : Claim, str or path-like
        A claim, or the file of one.
    catalog : Catalog, optional
        Where chips, costs and reference builds are from; the shipped catalogue where missing.

    Returns
    -------
    audit : Audit
        Ratios among the reference builds, and readings with their verdicts.

    Raises
    ------
    ScenarioError
        If the file is no claim, or names an accelerator or a build the catalogue does not have.
    CatalogError
        If a claim that is no file does.
    """
    shelf = catalog or load_catalog()
    loaded = claim if isinstance(claim, Claim) else load_claim(claim, shelf)
    if loaded.accelerator is not None:
        shelf.entry("accelerators", loaded.accelerator)
    basis = basis_of(shelf, loaded)
    readings = [*compute_readings(loaded, shelf, basis), *hour_readings(loaded, shelf, basis)]
    readings += decoding(loaded, shelf)
    readings += money_readings(loaded, shelf, basis)
    readings = [with_floors(reading, loaded) for reading in readings]
    for name in loaded.own_builds:
        shelf.entry("reference_builds", name)
    return Audit(
        claim=loaded,
        basis=basis,
        ratios=tuple(_ratios(loaded, shelf)),
        readings=tuple(readings),
        findings=tuple(_findings(loaded, readings, shelf, basis)),
        notes=(*missing_fields(loaded, shelf), *money_notes(loaded, basis)),
        titles=_titles(shelf),
        manifest=identity(
            "audit",
            claim=loaded.claim,
            digest=checksum(loaded.model_dump(mode="json")),
            catalog=shelf.version,
        ),
    )


def _titles(catalog: Catalog) -> dict[str, str]:
    """Titles of accelerators and systems, by their names."""
    entries = (catalog.entry(of, name) for of in ("accelerators", "systems") for name in catalog.names(of))
    return {entry.name: entry.text("title") for entry in entries if "title" in entry}


QUOTIENTS = (
    ("money per MW", "m {currency}/MW", "money", "mw", 1 / MEGA, "money_per_mw"),
    ("MW per bn {currency}", "MW", "mw", "money", GIGA, "mw_per_bn"),
    *(
        (f"power per H100e, {d}", "W", "mw", f"h100e, {d}", W_PER_MW, f"power_per_h100e_{d}")
        for d in DEFINITIONS
    ),
    ("power per accelerator", "W", "mw", "accelerators", W_PER_MW, "power_per_accelerator"),
    ("money per accelerator", "{currency}", "money", "accelerators", 1.0, "money_per_accelerator"),
    ("money per H100e", "{currency}", "money", "h100e", 1.0, ""),
    ("H100e per accelerator", "H100e", "h100e", "accelerators", 1.0, ""),
)
"""Name, unit, what over what, scale, and the ratio of the reference builds it is held against."""


def _over(a: Span, b: Span, scale: float) -> tuple[float, float]:
    """Smallest and largest ratio of two ranges."""
    return a.low / b.high * scale, a.high / b.low * scale


def _h100e_of(claim: Claim, catalog: Catalog) -> dict[str, Span]:
    """H100e by definition: as stated whatever it is, or of the chips where the claim names which."""
    # A claim rarely says which definition it counts by.
    if claim.h100e is not None:
        return dict.fromkeys(DEFINITIONS, claim.h100e)
    chips = claim.accelerators
    if chips is None or claim.accelerator is None:
        return {}
    entry = catalog.entry("accelerators", claim.accelerator)
    ratios = {definition: h100e_ratio(entry, definition) for definition in DEFINITIONS}
    return {d: Span(low=chips.low * r, high=chips.high * r) for d, r in ratios.items() if r > 0}


def _ratios(claim: Claim, catalog: Catalog) -> list[Ratio]:
    """Every ratio the claim's figures allow."""
    spans = {"mw": claim.mw, "money": claim.money, "accelerators": claim.accelerators, "h100e": claim.h100e}
    spans |= {f"h100e, {definition}": count for definition, count in _h100e_of(claim, catalog).items()}
    stated: list[tuple[str, str, tuple[float, float], str]] = [
        (name.format(currency=claim.currency), unit.format(currency=claim.currency), _over(a, b, scale), key)
        for name, unit, over, under, scale, key in QUOTIENTS
        if (a := spans.get(over)) and (b := spans.get(under))
    ]
    if claim.money and claim.years:
        per_y = _over(claim.money, claim.money, claim.money.low / MEGA / claim.years)
        stated.append((f"money per year, m {claim.currency}", "1/y", per_y, ""))
    if claim.first_mw_on:
        months = (claim.first_mw_on - claim.announced_on).days / DAYS_PER_MONTH
        stated.append(("months to the first MW", "months", (months, months), "months_to_first_mw"))
    return [ratio for row in stated for ratio in _placed(*row, claim=claim, catalog=catalog)]


def _placed(
    name: str, unit: str, ends: tuple[float, float], key: str, *, claim: Claim, catalog: Catalog
) -> list[Ratio]:
    """A ratio among the builds on each basis it may mean; without builds, as it is."""
    middle, placed = (ends[0] * ends[1]) ** 0.5, []
    for basis in bases(key, claim.mw_basis, claim.scope):
        builds = references(catalog, key, basis, claim.currency, claim.own_builds)
        if builds:
            placed.append(Ratio(name, unit, *ends, str(basis), percentile(middle, builds), builds))
    return placed or [Ratio(name, unit, *ends, "", None, ())]


def _findings(claim: Claim, readings: Sequence[Reading], catalog: Catalog, basis: Basis) -> list[str]:
    """One sentence per dimension: how many readings make the claim true, and which."""
    if not readings:
        return [NOTHING_TO_HOLD]
    by_dimension: dict[str, list[Reading]] = {}
    for reading in readings:
        by_dimension.setdefault(reading.dimension, []).append(reading)
    measure = Measure.of(claim, basis)
    told = {dimension: _sentence(dimension, group) for dimension, group in by_dimension.items()}
    if BY_CHIP in told and "mw" not in claim.floors:
        told[BY_CHIP] = by_generation(by_dimension[BY_CHIP], measure)
    if BY_MIX in told:
        told[BY_MIX] = mix_finding(claim, catalog, measure)
    return list(told.values())


NOTHING_TO_HOLD = (
    "not decidable from what is stated: a reading takes money, MW with chips or H100e, or chips with money"
)
"""Finding of a claim that has no reading; its ratios may still be placed."""
VERDICT_WORDS = {CONSISTENT: "true if", ONLY_IF: "true only if", INCONSISTENT: "not true with"}


def _sentence(dimension: str, group: Sequence[Reading]) -> str:
    if all(reading.verdict == UNDECIDED for reading in group):
        implied = "; ".join(f"{reading.reading}: {reading.detail}" for reading in group)
        return f"{dimension}: not decidable from what is stated; {implied}"
    parts = []
    for verdict, words in VERDICT_WORDS.items():
        named = [
            f"{reading.reading} ({reading.detail})" if verdict == ONLY_IF else reading.reading
            for reading in group
            if reading.verdict == verdict
        ]
        parts += [f"{words} {('; ' if verdict == ONLY_IF else ', ').join(named)}"] if named else []
    return f"{dimension}: {'; '.join(parts)}"
