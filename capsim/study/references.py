"""Reference builds: what real and announced ones have, to place a claim's ratio among."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from capsim.catalog import Catalog, Entry, h100e_ratio
from capsim.study.audit_terms import usd_per_eur_near
from capsim.units import MEGA, MONTHS_PER_YEAR, W_PER_MW

PERCENT = 100.0


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


def references(catalog: Catalog, ratio: str, currency: str = "EUR") -> tuple[Reference, ...]:
    """Builds with a value of a ratio, in its order; none for a ratio no build has."""
    if ratio not in RATIOS:
        return ()
    found = []
    for name in catalog.names("reference_builds"):
        entry = catalog.entry("reference_builds", name)
        value = RATIOS[ratio](catalog, entry, currency)
        if value is not None:
            found.append(
                Reference(name, entry.text("title"), value, entry.text("build_date"), _basis(entry, ratio))
            )
    return tuple(sorted(found, key=lambda reference: reference.value))


def percentile(value: float, among: tuple[Reference, ...]) -> float | None:
    """Share of references at or below a value; None where there are none. [%]"""
    if not among:
        return None
    return PERCENT * sum(reference.value <= value for reference in among) / len(among)


def _basis(entry: Entry, ratio: str) -> str:
    field = "money_scope" if ratio.startswith("money") else "power_basis"
    text = entry.text(field) if field in entry else ""
    return f"{entry.text('status')}; {text}" if text else entry.text("status")


def _number(entry: Entry, field: str) -> float | None:
    return entry.number(field) if field in entry else None


def _mw(entry: Entry) -> float | None:
    facility = _number(entry, "facility_power_mw")
    return _number(entry, "it_power_mw") if facility is None else facility


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


Compute = Callable[[Catalog, Entry, str], float | None]


def _power_per_accelerator(_: Catalog, entry: Entry, __: str) -> float | None:
    return _over(_mw(entry), _number(entry, "accelerator_count"), W_PER_MW)


def _power_per_h100e(catalog: Catalog, entry: Entry, _: str) -> float | None:
    watts = _over(_mw(entry), _number(entry, "accelerator_count"), W_PER_MW)
    if "accelerator" not in entry:
        return None
    ratio = h100e_ratio(catalog.entry("accelerators", entry.text("accelerator")), "8bit")
    return _over(watts, ratio) if ratio > 0 else None


def _money_per_mw(catalog: Catalog, entry: Entry, currency: str) -> float | None:
    return _over(_money(catalog, entry, currency), _mw(entry), 1 / MEGA)


def _money_per_accelerator(catalog: Catalog, entry: Entry, currency: str) -> float | None:
    return _over(_money(catalog, entry, currency), _number(entry, "accelerator_count"))


def _months_to_first_mw(_: Catalog, entry: Entry, __: str) -> float | None:
    return _number(entry, "months_to_first_mw")


RATIOS: Mapping[str, Compute] = MappingProxyType(
    {
        "power_per_accelerator": _power_per_accelerator,
        "power_per_h100e": _power_per_h100e,
        "money_per_mw": _money_per_mw,
        "money_per_accelerator": _money_per_accelerator,
        "months_to_first_mw": _months_to_first_mw,
    }
)
"""How each ratio is computed from a build; power is the facility's, or the IT's where only that is known."""
