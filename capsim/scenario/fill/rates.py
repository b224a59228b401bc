"""The exchange rate between euro and dollar, where a scenario gives none: the catalogue's, dated."""

from __future__ import annotations

from datetime import date

from capsim.catalog import Catalog
from capsim.language.tree import Node, from_python
from capsim.scenario.fill.presets import day_of, value_node
from capsim.units import MONTHS_PER_YEAR

PAIR = ("EUR", "USD")
"""Currencies the catalogue has rates between."""
FIRST_YEAR, LAST_YEAR = 2000, 2060
"""Price years a scenario may have."""


def fill_rate(currency: Node, catalog: Catalog) -> None:
    """Add the rate nearest to the middle of the price year to a scenario's currency, as a record."""
    code, year = currency.scalar("code"), currency.scalar("price_year")
    is_year = isinstance(year, int) and FIRST_YEAR <= year <= LAST_YEAR
    # a code or year that is none has a fault of its own, and there is no rate to look up
    if code not in PAIR or not is_year or not isinstance(currency.value, dict):
        return
    written = currency.get("fx")
    rates = written.value if written is not None else []
    other = PAIR[1 - PAIR.index(code)]
    # what is no list of rates is for the records to refuse, and a rate that is written stands
    if not isinstance(rates, list) or any(_is_of(rate, other) for rate in rates):
        return
    made = _rate(other, date(year, MONTHS_PER_YEAR // 2 + 1, 1), catalog)
    currency.value["fx"] = Node([*rates, made], written.place if written is not None else made.place)


def _is_of(rate: Node, currency: str) -> bool:
    """Whether a rate is that of a currency."""
    return bool(rate.scalar("currency") == currency or rate.scalar("id") == currency.lower())


def _rate(other: str, middle: date, catalog: Catalog) -> Node:
    """The rate to a currency nearest to a day."""
    name = min(catalog.names("fx"), key=lambda entry: abs((day_of(entry) - middle).days))
    entry = catalog.entry("fx", name)
    usd_per_eur = value_node(entry, "usd_per_eur")
    per_unit = 1.0 / float(usd_per_eur.value) if other == "USD" else float(usd_per_eur.value)
    place, note = usd_per_eur.place, usd_per_eur.note
    sourced = {"per_unit": per_unit, "dated": day_of(name)}
    children = {key: from_python(value, place, note) for key, value in sourced.items()}
    return from_python({"id": other.lower(), "currency": other, **children}, place)
