"""The chips a claim may mean, and what each draws on the basis the claim's MW are stated on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from capsim.catalog import Catalog, Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.scenario import Claim
from capsim.study.audit_terms import Basis, Term, term
from capsim.units import KW_PER_MW, MEGA, W_PER_MW

GENERATIONS = {
    "h100-sxm": "Hopper",
    "b200-sxm": "Blackwell",
    "gb200": "Blackwell",
    "b300-sxm": "Blackwell",
    "gb300": "Blackwell",
    "vr200": "Rubin",
    "rubin-ultra": "Rubin Ultra",
}
"""Chips a claim that names none is read with, and their generation."""
IT_W = "it_w_per_accelerator"
"""Field of the catalogue without which a chip has no reading."""
WITH_SYSTEMS = ("network", "storage")
"""Cost items whose amount is a share of the price of systems."""
DISTRIBUTED_TO = "8bit"
"""Definition of H100e of the mixes, and of every reading that leaves the definition alone."""
End = Literal["value", "low", "high"]
"""Central value of a range, or one of its ends."""


@dataclass(frozen=True)
class Chip:
    """What a reading needs of an accelerator."""

    name: str
    it_w: Term
    """IT power with its share of host, network and storage. [W]"""
    rack_w: float
    """Least nameplate per accelerator of the systems that have it; NaN where there is none. [W]"""
    h100e: dict[str, float]
    """H100-equivalents by definition; NaN where there is no figure."""
    musd_per_it_mw: float
    """Price of systems with their network and storage, as a simulation books it, per MW of their IT power;
    NaN where no system has it. [MUSD/MW]"""

    @property
    def generation(self) -> str:
        """Its generation, or its name where it is of none that claims are read with."""
        return GENERATIONS.get(self.name, self.name)


def chip_of(catalog: Catalog, name: str) -> Chip:
    """A chip of the catalogue. Raises CatalogError where it is unknown or has no IT power."""
    entry = catalog.entry("accelerators", name)
    ratios = {d: h100e_ratio(entry, d) for d in DEFINITIONS}
    return Chip(name, term(entry, IT_W), _rack_w(catalog, name), ratios, _musd_per_it_mw(catalog, name))


def chips_of(claim: Claim, catalog: Catalog) -> list[Chip]:
    """The chip a claim names, or those it may mean; none where the one it names has no IT power."""
    names = [claim.accelerator] if claim.accelerator else list(GENERATIONS)
    return [chip_of(catalog, name) for name in names if IT_W in catalog.entry("accelerators", name)]


def counted(chips: list[Chip]) -> list[Chip]:
    """Those of which the 8-bit H100-equivalents are known."""
    return [chip for chip in chips if not math.isnan(chip.h100e[DISTRIBUTED_TO])]


def missing_fields(claim: Claim, catalog: Catalog) -> Iterator[str]:
    """What the catalogue lacks of the chip a claim names, and the readings left out for it."""
    if claim.accelerator is None:
        return
    name = f"accelerators.{claim.accelerator}"
    entry = catalog.entry("accelerators", claim.accelerator)
    if IT_W not in entry:
        yield f"{name} has no {IT_W}: readings of its power and of the money for it are left out."
    if claim.h100e is not None and math.isnan(h100e_ratio(entry, DISTRIBUTED_TO)):
        yield f"{name} has no dense 8-bit figure: readings that count H100e under 8bit are left out."
    if claim.mw is not None and math.isnan(_rack_w(catalog, claim.accelerator)):
        yield f"no system of the catalogue has {claim.accelerator}: readings of rack nameplate are left out."


def _rack_w(catalog: Catalog, accelerator: str) -> float:
    """Least nameplate power per accelerator of the systems that have it; NaN where there is none. [W]"""
    watts = (
        term(system, "nameplate_kw").low * W_PER_MW / KW_PER_MW / system.number("accelerator_count")
        for system in _systems(catalog, accelerator)
        if "nameplate_kw" in system
    )
    return min(watts, default=math.nan)


def _musd_per_it_mw(catalog: Catalog, accelerator: str) -> float:
    """Least price of the systems that have it, with network and storage, per MW of IT. [MUSD/MW]"""
    shares = (catalog.entry("cost_items", item).number("amount") for item in WITH_SYSTEMS)
    all_in = 1.0 + sum(shares)
    prices = (
        system.number("price_usd") * all_in / MEGA / (system.number("all_in_it_kw") / KW_PER_MW)
        for system in _systems(catalog, accelerator)
        if "price_usd" in system and "all_in_it_kw" in system
    )
    return min(prices, default=math.nan)


def _systems(catalog: Catalog, accelerator: str) -> Iterator[Entry]:
    """Systems of the catalogue that have an accelerator."""
    systems = (catalog.entry("systems", name) for name in catalog.names("systems"))
    return (s for s in systems if "accelerator" in s and s.text("accelerator") == accelerator)


@dataclass(frozen=True)
class Measure:
    """What a claim's MW measure: the basis it states, and power at the meter where it states none."""

    kind: str
    """`grid`, `facility`, `it` or `rack`."""
    basis: Basis

    @classmethod
    def of(cls, claim: Claim, basis: Basis) -> Measure:
        """The measure of a claim."""
        return cls(claim.mw_basis or "facility", basis)

    @property
    def has_pue(self) -> bool:
        """Whether the MW include what the facility takes besides IT."""
        return self.kind in ("grid", "facility")

    def over_it(self, end: End = "value") -> float:
        """The MW over IT power, for a facility or its connection; 1 for IT power. [1]"""
        pue = getattr(self.basis.pue, end) if self.has_pue else 1.0
        return float(pue * (getattr(self.basis.grid_over_facility, end) if self.kind == "grid" else 1.0))

    def watts(self, chip: Chip, end: End = "value") -> float:
        """What an accelerator takes of the MW, NaN where that is not known. [W]"""
        return chip.rack_w if self.kind == "rack" else chip.it_w.value * self.over_it(end)

    def least_w(self, chip: Chip) -> float:
        """The same with everything at the low end of its range. [W]"""
        return chip.rack_w if self.kind == "rack" else chip.it_w.low * self.over_it("low")

    @property
    def words(self) -> str:
        """The measure, after a number of watts."""
        pue = f"at PUE {self.basis.pue.value:g}"
        margin = f"{self.basis.grid_over_facility.value:g} W of grid per W of facility"
        words = {"grid": f"{pue} and {margin}", "facility": pue, "it": "of IT power"}
        return words.get(self.kind, "of rack nameplate")

    @property
    def range_words(self) -> str:
        """Range of what lies between IT power and the MW, where they have a PUE."""
        pue, grid = self.basis.pue, self.basis.grid_over_facility
        margin = f" and {grid.low:g}-{grid.high:g} W of grid per W of facility"
        return f"PUE {pue.low:g}-{pue.high:g}{margin if self.kind == 'grid' else ''}"

    @property
    def low_words(self) -> str:
        """What would have to be at the low end of its range."""
        several = {"grid": "PUE, grid margin and power per chip", "facility": "PUE and power per chip"}
        if self.kind in several:
            return f"{several[self.kind]} are at the low end of their ranges"
        return "power per chip is at the low end of its range"
