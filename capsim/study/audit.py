"""Audit: is that announcement plausible? Its ratios, and the readings that would make it true.

No score: a claim is held against every reading of what it leaves open, and each is consistent,
consistent only if something, or inconsistent by how much; where it states too little to be held
against anything, it is not decidable, and what it would come to is said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from capsim.catalog import Catalog, h100e_ratio, load_catalog
from capsim.models.compute import DEFINITIONS
from capsim.scenario.claim import Claim, Span, load_claim
from capsim.study.audit_chips import Measure, missing_fields
from capsim.study.audit_compute import BY_CHIP, BY_MIX, by_generation, compute_readings, decoding, mix_finding
from capsim.study.audit_money import money_notes, money_readings
from capsim.study.audit_terms import UNDECIDED, Basis, Reading, basis_of
from capsim.study.references import Reference, bases, percentile, references
from capsim.units import DAYS_PER_MONTH, GIGA, MEGA, W_PER_MW


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
class Audit:
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

    def of(self, dimension: str) -> tuple[Reading, ...]:
        """Readings of one dimension."""
        return tuple(reading for reading in self.readings if reading.dimension == dimension)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, dates as ISO text."""
        return {
            "claim": self.claim.model_dump(mode="json", exclude_none=True),
            "basis": asdict(self.basis),
            "ratios": [asdict(ratio) for ratio in self.ratios],
            "readings": [asdict(reading) for reading in self.readings],
            "findings": list(self.findings),
            "notes": list(self.notes),
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
    readings = [*compute_readings(loaded, shelf, basis), *decoding(loaded, shelf)]
    readings += money_readings(loaded, shelf, basis)
    for name in loaded.own_builds:
        shelf.entry("reference_builds", name)
    return Audit(
        claim=loaded,
        basis=basis,
        ratios=tuple(_ratios(loaded, shelf)),
        readings=tuple(readings),
        findings=tuple(_findings(loaded, readings, shelf, basis)),
        notes=(*missing_fields(loaded, shelf), *money_notes(loaded, basis)),
    )


def _over(a: Span, b: Span, scale: float = 1.0) -> tuple[float, float]:
    """Smallest and largest ratio of two ranges."""
    return a.low / b.high * scale, a.high / b.low * scale


def _h100e_of(claim: Claim, catalog: Catalog) -> dict[str, Span]:
    """H100e by definition: as stated whatever it is, or of the chips where the claim names which."""
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
    mw, money, chips, h100e = claim.mw, claim.money, claim.accelerators, claim.h100e
    found: list[tuple[str, str, tuple[float, float], str]] = []
    if money and mw:
        million = (f"m {claim.currency}/MW", _over(money, mw, 1 / MEGA), "money_per_mw")
        found += [("money per MW", *million)]
        found += [(f"MW per bn {claim.currency}", "MW", _over(mw, money, GIGA), "mw_per_bn")]
    for definition, count in _h100e_of(claim, catalog).items():
        if mw:
            watts = _over(mw, count, W_PER_MW)
            found += [(f"power per H100e, {definition}", "W", watts, f"power_per_h100e_{definition}")]
    if mw and chips:
        found += [("power per accelerator", "W", _over(mw, chips, W_PER_MW), "power_per_accelerator")]
    if money and chips:
        found += [("money per accelerator", claim.currency, _over(money, chips), "money_per_accelerator")]
    if money and h100e:
        found += [("money per H100e", claim.currency, _over(money, h100e), "")]
    if h100e and chips:
        found += [("H100e per accelerator", "H100e", _over(h100e, chips), "")]
    if money and claim.years:
        found += [
            (
                f"money per year, m {claim.currency}",
                "1/y",
                _over(money, money, money.low / MEGA / claim.years),
                "",
            )
        ]
    if claim.first_mw_on:
        months = (claim.first_mw_on - claim.announced_on).days / DAYS_PER_MONTH
        found += [("months to the first MW", "months", (months, months), "months_to_first_mw")]
    return [ratio for row in found for ratio in _placed(*row, claim=claim, catalog=catalog)]


def _placed(
    name: str, unit: str, ends: tuple[float, float], key: str, *, claim: Claim, catalog: Catalog
) -> list[Ratio]:
    """A ratio among the builds on each basis it may mean; without builds, as it is."""
    middle, placed = (ends[0] * ends[1]) ** 0.5, []
    for basis in bases(key, claim.mw_basis, claim.scope):
        known = references(catalog, key, basis, claim.currency, claim.own_builds)
        if known:
            placed.append(Ratio(name, unit, *ends, str(basis), percentile(middle, known), known))
    return placed or [Ratio(name, unit, *ends, "", None, ())]


def _findings(claim: Claim, readings: Sequence[Reading], catalog: Catalog, basis: Basis) -> list[str]:
    """One sentence per dimension: how many readings make the claim true, and which."""
    if not readings:
        return [NOTHING_TO_HOLD]
    by_dimension: dict[str, list[Reading]] = {}
    for reading in readings:
        by_dimension.setdefault(reading.dimension, []).append(reading)
    measure = Measure.of(claim, basis)
    found = {dimension: _sentence(dimension, group) for dimension, group in by_dimension.items()}
    if BY_CHIP in found:
        found[BY_CHIP] = by_generation(by_dimension[BY_CHIP], measure)
    if BY_MIX in found:
        found[BY_MIX] = mix_finding(claim, catalog, measure)
    return list(found.values())


NOTHING_TO_HOLD = (
    "not decidable from what is stated: a reading takes money, MW with chips or H100e, or chips with money"
)
"""Finding of a claim that has no reading; its ratios may still be placed."""
VERDICT_WORDS: Mapping[str, str] = {
    "consistent": "true if",
    "only if": "true only if",
    "inconsistent": "not true with",
}


def _sentence(dimension: str, group: Sequence[Reading]) -> str:
    if all(reading.verdict == UNDECIDED for reading in group):
        implied = "; ".join(f"{reading.reading}: {reading.detail}" for reading in group)
        return f"{dimension}: not decidable from what is stated; {implied}"
    parts = []
    for verdict, words in VERDICT_WORDS.items():
        named = [reading.reading for reading in group if reading.verdict == verdict]
        if named and verdict == "only if":
            details = [f"{r.reading} ({r.detail})" for r in group if r.verdict == verdict]
            parts.append(f"{words} {'; '.join(details)}")
        elif named:
            parts.append(f"{words} {', '.join(named)}")
    return f"{dimension}: {'; '.join(parts)}"
