"""What an audit reads a claim with: costs per MW, PUE, exchange rate, and the form of a reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from capsim.catalog import Catalog, Entry
from capsim.scenario import Claim
from capsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR

Verdict = Literal["consistent", "only if", "inconsistent", "not decidable"]
CONSISTENT: Verdict = "consistent"
ONLY_IF: Verdict = "only if"
INCONSISTENT: Verdict = "inconsistent"
UNDECIDED: Verdict = "not decidable"


def verdict_of(covered: float, best: float = 0.0) -> Verdict:
    """Verdict of a reading by what is there over what it takes, centrally and with everything at its best.

    Examples
    --------
    >>> verdict_of(1.1), verdict_of(0.9, best=1.2), verdict_of(0.9, best=0.95)
    ('consistent', 'only if', 'inconsistent')
    """
    return CONSISTENT if covered >= 1 else ONLY_IF if best >= 1 else INCONSISTENT


@dataclass(frozen=True)
class Term:
    """A number of the catalogue with its range and source."""

    value: float
    low: float
    high: float
    unit: str
    source: str


@dataclass(frozen=True)
class Basis:
    """What a claim is read with."""

    pue: Term
    """Facility over IT energy of a year. [1]"""
    hottest_pue: Term
    """Facility over IT power of full halls in the hottest hour. [1]"""
    grid_over_facility: Term
    """Contracted grid power over facility peak. [1]"""
    facility_m_per_mw: Term
    """Shell, mechanical and electrical, per MW of IT. [m of the claim's currency/MW]"""
    all_in_m_per_mw: Term
    """The same with the IT, of GB200. [m of the claim's currency/MW]"""
    per_usd: float
    """Units of the claim's currency for a dollar. [1]"""
    usd_per_eur: float
    """Exchange rate nearest to the claim's date. [USD/EUR]"""
    usd_per_eur_of: str
    """Date of the rate, as the catalogue names it."""
    usd_per_eur_low: float
    """Lowest rate the catalogue has within a year of the claim. [USD/EUR]"""
    usd_per_eur_high: float
    """Highest of them. [USD/EUR]"""


@dataclass(frozen=True)
class Reading:
    """One way to read a claim, and what follows."""

    dimension: str
    """What the claim leaves open: chip and definition, which MW, mix, PUE, scope of money."""
    reading: str
    """The way it is read."""
    verdict: Verdict
    detail: str
    """Why, with numbers: what it takes, or by how much it misses."""
    covered: float
    """What is there over what it takes; 1 or more where the reading makes the claim true. [1]"""


def basis_of(catalog: Catalog, claim: Claim) -> Basis:
    """Costs in the claim's currency at the rate nearest to its date, PUE, and grid margin."""
    name, usd_per_eur = usd_per_eur_near(catalog, claim.announced_on)
    rate = 1.0 / usd_per_eur if claim.currency == "EUR" else 1.0
    around = _rates_around(catalog, claim.announced_on) or [usd_per_eur]
    assumed = catalog.entry("assumptions", "audit")
    return Basis(
        pue=term(assumed, "pue"),
        hottest_pue=term(assumed, "hottest_pue"),
        grid_over_facility=term(assumed, "grid_over_facility"),
        facility_m_per_mw=term(assumed, "facility_musd_per_it_mw", rate),
        all_in_m_per_mw=term(assumed, "all_in_musd_per_it_mw", rate),
        per_usd=rate,
        usd_per_eur=usd_per_eur,
        usd_per_eur_of=name,
        usd_per_eur_low=min(around),
        usd_per_eur_high=max(around),
    )


def term(entry: Entry, field: str, rate: float = 1.0) -> Term:
    """A number of the catalogue with its ends, which are the number itself where it states none."""
    value, central = entry.values[field], entry.number(field)
    low, high = (central if end is None else end for end in (value.low, value.high))
    return Term(central * rate, low * rate, high * rate, value.unit, value.source)


def usd_per_eur_near(catalog: Catalog, day: date) -> tuple[str, float]:
    """The catalogue's dollars per euro nearest to a day; an annual mean stands at the year's middle."""
    name = min(catalog.names("fx"), key=lambda name: abs((_stands_at(name) - day).days))
    return name, catalog.entry("fx", name).number("usd_per_eur")


def _stands_at(name: str) -> date:
    """The day a rate stands for: the first of its month, or the middle of its year."""
    year, _, month = name.partition("-")
    return date(int(year), int(month or MONTHS_PER_YEAR // 2 + 1), 1)


def _rates_around(catalog: Catalog, day: date) -> list[float]:
    """The catalogue's rates within a year of a day. [USD/EUR]"""
    near = (name for name in catalog.names("fx") if abs((_stands_at(name) - day).days) <= DAYS_PER_YEAR)
    return [catalog.entry("fx", name).number("usd_per_eur") for name in near]
