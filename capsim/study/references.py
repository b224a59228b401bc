"""Reference builds: what real and announced ones have, to place a claim's ratio among."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from capsim.catalog import Catalog, Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.study.audit_terms import usd_per_eur_near
from capsim.study.statistics import PERCENT
from capsim.units import KILO, MEGA, MONTHS_PER_YEAR, W_PER_MW

FEWEST = 5
"""Builds below which a percentile would say nothing."""


@dataclass(frozen=True)
class Reference:
    """A build and its value of a ratio."""

    name: str
    """Entry of the reference builds."""
    title: str
    value: float
    built: str
    """Date of the build or of its announcement, as the catalogue has it."""
    basis: str
    """Which power or money, and whether it was measured."""


class Basis(NamedTuple):
    """What a ratio of builds is over; builds are only compared within one basis."""

    power: str = ""
    """`it` or `facility`; empty where no power is in the ratio."""
    money: str = ""
    """`facility` or `all-in`; empty where no money is in the ratio."""

    def __str__(self) -> str:
        words = {"it": "IT power", "facility": "facility power", "": ""}[self.power]
        money = {"facility": "facility only", "all-in": "all-in", "": ""}[self.money]
        return ", ".join(part for part in (money, words) if part)


def bases(ratio: str, mw_basis: str | None = None, scope: str | None = None) -> tuple[Basis, ...]:
    """Bases a claim's ratio is compared on: the one it states, or each it may mean.

    Money is compared per MW of IT only: no build has its money and its facility power.
    """
    powers, scopes = ("it", "facility"), ("facility", "all-in")
    if ratio.startswith("power"):
        return tuple(Basis(power=p) for p in powers if mw_basis in (None, p))
    if ratio in ("money_per_mw", "mw_per_bn"):
        return tuple(Basis("it", s) for s in scopes if scope in (None, s) and mw_basis in (None, "it"))
    if ratio.startswith("money"):
        return tuple(Basis(money=s) for s in scopes if scope in (None, s))
    return (Basis(),)


def references(
    catalog: Catalog, ratio: str, basis: Basis, currency: str = "EUR", own_builds: tuple[str, ...] = ()
) -> tuple[Reference, ...]:
    """Builds with a value of a ratio on a basis, in its order, but for the claim's own entries."""
    builds = []
    for name in catalog.names("reference_builds"):
        entry = catalog.entry("reference_builds", name)
        is_of_scope = not basis.money or _text(entry, "money_covers") == basis.money
        value = _ratios(catalog, entry, basis.power, currency).get(ratio) if is_of_scope else None
        if value is not None and name not in own_builds:
            words = _words(entry, ratio)
            builds.append(Reference(name, entry.text("title"), value, entry.text("build_date"), words))
    return tuple(sorted(builds, key=lambda build: build.value))


def percentile(value: float, builds: tuple[Reference, ...]) -> float | None:
    """Share of builds at or below a value; None where there are fewer than `FEWEST`. [%]"""
    if len(builds) < FEWEST:
        return None
    return PERCENT * sum(build.value <= value for build in builds) / len(builds)


def _words(entry: Entry, ratio: str) -> str:
    field = "money_scope" if ratio.startswith(("money", "mw_per")) else "power_basis"
    text = _text(entry, field)
    return f"{entry.text('status')}; {text}" if text else entry.text("status")


def _text(entry: Entry, field: str) -> str:
    return entry.text(field) if field in entry else ""


def _number(entry: Entry, field: str) -> float | None:
    return entry.number(field) if field in entry else None


def _ratios(catalog: Catalog, entry: Entry, power: str, currency: str) -> dict[str, float | None]:
    """Every ratio of a build on a basis of power; None where it lacks a figure."""
    mw, count = _number(entry, f"{power}_power_mw"), _number(entry, "accelerator_count")
    money = _money(catalog, entry, currency)
    watts, per_mw = _over(mw, count, W_PER_MW), _over(money, mw, 1 / MEGA)
    ratios = {
        "power_per_accelerator": watts,
        "money_per_mw": per_mw,
        "mw_per_bn": _over(KILO, per_mw),
        "money_per_accelerator": _over(money, count),
        "months_to_first_mw": _number(entry, "months_to_first_mw"),
    }
    if "accelerator" in entry:
        chip = catalog.entry("accelerators", entry.text("accelerator"))
        for definition in DEFINITIONS:
            h100e = h100e_ratio(chip, definition)
            ratios[f"power_per_h100e_{definition}"] = _over(watts, h100e) if h100e > 0 else None
    return ratios


def _money(catalog: Catalog, entry: Entry, currency: str) -> float | None:
    if "money_m" not in entry:
        return None
    theirs = entry.text("money_currency")
    _, usd_per_eur = usd_per_eur_near(catalog, _day(entry.text("build_date")))
    rates = {("USD", "EUR"): 1.0 / usd_per_eur, ("EUR", "USD"): usd_per_eur}
    return entry.number("money_m") * MEGA * rates.get((theirs, currency), 1.0)


def _day(written: str) -> date:
    """A date of which the month may be missing; the middle of the year then."""
    year, _, rest = written.partition("-")
    month = rest[:2]
    is_month = month.isdigit() and 1 <= int(month) <= MONTHS_PER_YEAR
    return date(int(year), int(month) if is_month else MONTHS_PER_YEAR // 2 + 1, 1)


def _over(a: float | None, b: float | None, scale: float = 1.0) -> float | None:
    return a / b * scale if a is not None and b else None
