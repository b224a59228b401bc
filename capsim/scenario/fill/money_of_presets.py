"""The money of amounts: the scenario's where an amount says none, and the catalogue's amounts converted.

An amount that a scenario gives without a currency is in the scenario's, of its price year. A catalogue's
amount whose currency or price year a scenario changes is converted to it: it is never relabelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from capsim.catalog import Catalog, Value
from capsim.language.tree import Faults, Node, Note, Path, Place, from_python, plain
from capsim.models.cost_bases import COST_BASES
from capsim.models.uncertain import parse_distribution

SUPPLIED = ("catalog", "default")
"""Layers of what a scenario's author did not write."""
FORMAT = Place("format", 0, "default")
OF_THE_SCENARIO = Note("the scenario's: the amount says no other", kind="derived")
PRICE_YEAR = 2025
"""Price year of amounts of the catalogue that state none."""
_CURRENCY_LETTERS = 3


@dataclass(frozen=True)
class Amounts:
    """Amounts of a record that are in one currency and of one price year."""

    keys: tuple[str, ...]
    currency: str = "currency"
    """Key of the currency; empty where the key of the amount says it."""
    fixed: str = ""
    """That currency."""
    year: str = "price_year"
    """Key of the price year."""
    of_its_day: bool = False
    """Whether an amount without a price year is of the year of its day."""


AMOUNTS: Mapping[str, Amounts] = MappingProxyType(
    {
        "Tariff": Amounts(
            (
                "level_per_mwh",
                "excise_per_mwh",
                "network_per_mwh",
                "capacity_per_mw_y",
                "demand_per_mw_month",
                "generation_demand_per_mw_month",
            )
        ),
        "Contract": Amounts(("price_per_mwh", "floor_per_mwh", "cap_per_mwh")),
        "Solar": Amounts(("cost_per_mwh",)),
        "Battery": Amounts(("cost_per_mw", "cost_per_mwh")),
        "Generation": Amounts(("fuel_price_per_mwh",)),
        "CostItem": Amounts(("amount",)),
        "Price": Amounts(("amount",), of_its_day=True),
        "Rent": Amounts(("amount_per_kw_month",)),
        "Deployment": Amounts(("system_price_usd",), currency="", fixed="USD", year="system_price_year"),
        "Refresh": Amounts(("system_price_usd",), currency="", fixed="USD", year="system_price_year"),
    }
)
"""Amounts by the name of their record."""


@dataclass(frozen=True)
class Money:
    """What an amount is in."""

    currency: str
    year: int | None
    """None where it is of its day, and no year is to be changed."""


def settle_money(kind: str, node: Node, root: Node, catalog: Catalog, faults: Faults, path: Path) -> None:
    """Give the amounts of a record their currency and price year, and convert those of the catalogue."""
    amounts = AMOUNTS.get(kind)
    if amounts is None:
        return
    own = [key for key in amounts.keys if is_written(node, key)]
    says_year = is_written(node, amounts.year)
    says_currency = bool(amounts.currency) and is_written(node, amounts.currency)
    supplied = [key for key in amounts.keys if key in node.value and key not in own]
    if not (own or says_year or says_currency):
        _state(node, amounts, supplied, root, catalog)
        return
    is_own = bool(own) and bool(amounts.currency)
    for key in supplied:
        stated = _stated(node.value[key], amounts, node, catalog)
        if stated is None:
            continue
        currency = (
            node.scalar(amounts.currency) if says_currency else code_of(root) if is_own else stated.currency
        )
        year = node.scalar(amounts.year) if says_year else _year(root) if is_own else stated.year
        factor = _factor(stated, Money(str(currency), year), root, catalog)
        # what is no code of a currency is for its field to refuse
        if factor is None and _is_code(str(currency)):
            rule = (
                f"no exchange rate from {stated.currency}, in which the catalogue states {key}, to {currency}"
            )
            faults.add(node.value[amounts.currency].place, (*path, amounts.currency), rule)
        elif factor is not None and factor != 1.0 and _is_money(node):
            node.value[key] = _times(node.value[key], factor, stated)
        if not is_own and amounts.currency and not says_currency:
            node.value[amounts.currency] = from_python(stated.currency, FORMAT, OF_THE_SCENARIO)
    if is_own:
        _of_the_scenario(node, amounts, root, says_currency=says_currency, says_year=says_year)


def is_written(node: Node, key: str) -> bool:
    """Whether a scenario's author wrote a key, so that nothing supplied it."""
    child = node.get(key)
    return child is not None and child.place.layer not in SUPPLIED


def _state(node: Node, amounts: Amounts, supplied: list[str], root: Node, catalog: Catalog) -> None:
    """Say the money of amounts that are all the catalogue's, where the record does not."""
    for key in supplied if amounts.currency else ():
        stated = _stated(node.value[key], amounts, node, catalog)
        if stated is not None and node.get(amounts.currency) is None:
            node.value[amounts.currency] = from_python(stated.currency, FORMAT, node.value[key].note)
        if stated is not None and stated.year is not None and node.get(amounts.year) is None:
            node.value[amounts.year] = from_python(stated.year, FORMAT, node.value[key].note)
    # a share has no currency, and is written out with the scenario's
    if supplied and amounts.currency and node.get(amounts.currency) is None:
        node.value[amounts.currency] = from_python(code_of(root), FORMAT, OF_THE_SCENARIO)


def _of_the_scenario(
    node: Node, amounts: Amounts, root: Node, *, says_currency: bool, says_year: bool
) -> None:
    """Put amounts into the scenario's currency and price year, as far as the record says no other."""
    if not says_currency:
        node.value[amounts.currency] = from_python(code_of(root), FORMAT, OF_THE_SCENARIO)
    if not says_year and not amounts.of_its_day:
        node.value[amounts.year] = from_python(_year(root), FORMAT, OF_THE_SCENARIO)


def code_of(root: Node) -> str:
    """Currency of a scenario; euros where it has none that could be one, which is a fault of its own."""
    currency = root.get("currency")
    code = str(currency.scalar("code")) if currency is not None else ""
    return code if _is_code(code) else "EUR"


def _year(root: Node) -> int:
    currency = root.get("currency")
    year = currency.scalar("price_year") if currency is not None else None
    return year if isinstance(year, int) else PRICE_YEAR


def _stated(amount: Node, amounts: Amounts, node: Node, catalog: Catalog) -> Money | None:
    """Money that the catalogue states an amount in; None where the amount is not the catalogue's."""
    table, _, name = (amount.note.catalog if amount.note else "").partition("/")
    entry = catalog.tables.get(table, {}).get(name)
    if entry is None:
        return None
    origin = f"{amount.place.file}:{amount.place.line}"
    value = next((value for value in entry.values.values() if value.origin == origin), None)
    code = amounts.fixed or (entry.text("currency") if "currency" in entry else _code_of(value))
    year: int | None = round(entry.number("price_year")) if "price_year" in entry else PRICE_YEAR
    if amounts.of_its_day:
        day = node.scalar("on")
        year = day.year if hasattr(day, "year") else None
    return Money(code, year) if code else None


def _code_of(value: Value | None) -> str:
    """Currency that a unit begins with; empty where it begins with none."""
    code = "" if value is None else value.unit.partition("/")[0]
    return code if _is_code(code) else ""


def _is_code(code: str) -> bool:
    return len(code) == _CURRENCY_LETTERS and code.isupper()


def _is_money(node: Node) -> bool:
    """Whether the amount of a record is money: that of a cost item may be a share."""
    category, basis = node.scalar("category"), node.scalar("basis")
    table = COST_BASES.get(str(category))
    return table is None or basis not in table or not table[basis].is_share


def _factor(stated: Money, wanted: Money, root: Node, catalog: Catalog) -> float | None:
    """What an amount is multiplied with to be in other money; None where there is no rate."""
    factor = 1.0
    if wanted.year is not None and stated.year is not None and isinstance(wanted.year, int):
        factor = (1.0 + _inflation(root, catalog)) ** (wanted.year - stated.year)
    if stated.currency == wanted.currency:
        return factor
    rates = rates_of(root)
    if stated.currency not in rates or wanted.currency not in rates:
        return None
    return factor * rates[stated.currency] / rates[wanted.currency]


def rates_of(root: Node) -> dict[str, float]:
    """Units of the scenario's currency for one of each that it has a rate of."""
    rates, currency = {code_of(root): 1.0}, root.get("currency")
    fx = currency.get("fx") if currency is not None else None
    for rate in fx.value if fx is not None and isinstance(fx.value, list) else []:
        per_unit = central_of(rate.get("per_unit"))
        if per_unit is not None:
            rates[str(rate.scalar("currency"))] = per_unit
    return rates


def _inflation(root: Node, catalog: Catalog) -> float:
    """Central inflation, whether a scenario gives it or the catalogue. [1/y]"""
    finance = root.get("finance")
    written = central_of(finance.get("inflation_per_y")) if finance is not None else None
    return catalog.entry("assumptions", "finance").number("inflation_per_y") if written is None else written


def central_of(node: Node | None) -> float | None:
    """Central estimate of a number; None where there is none, or it is for the records to refuse."""
    if node is None:
        return None
    try:
        value = parse_distribution(plain(node)).central if node.is_distribution else node.value
        return float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None


def _times(node: Node, factor: float, stated: Money) -> Node:
    """An amount of the catalogue in other money."""
    note = node.note or Note()
    words = f"{note.source}; converted from {stated.currency}"
    words += f" of {stated.year}" if stated.year is not None else ""
    if node.is_distribution:
        keys = {"low", "mode", "median", "high", "p10", "p90", "mean", "sd"}
        scaled = {
            key: replace_value(child, child.value * factor) if key in keys else child
            for key, child in node.value.items()
        }
        return Node(scaled, node.place, note=replace(note, source=words))
    return replace_value(
        Node(node.value, node.place, node.text, replace(note, source=words)), node.value * factor
    )


def replace_value(node: Node, value: float) -> Node:
    """A number in the place of another."""
    return Node(value, node.place, str(value), node.note)
