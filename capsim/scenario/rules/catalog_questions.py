"""Questions to values far from what the catalogue has in their place, or from what their kind can be.

How far is too far stands in the catalogue's table `plausible`: a factor by kind of value, or lowest and
highest by the name of the field.
"""

from __future__ import annotations

from typing import NamedTuple

from capsim.catalog import Catalog, Entry, Value
from capsim.scenario.fill.defaults import places, unit_factor
from capsim.scenario.records.fields import FieldPlan, fields_of
from capsim.scenario.records.money_records import CostItem, Currency
from capsim.scenario.records.record import Record
from capsim.scenario.rules.rule import Around, Issue, Issues, question
from capsim.units import KILO, KWH_PER_MWH, MEGA

PLAUSIBLE = "plausible"
"""Table of the catalogue that says how far is too far."""
EURO = "EUR"
"""Currency of the lowest and highest amounts."""
DURATIONS = frozenset({"months", "weeks", "d", "h", "y", "min", "s"})
"""Units of durations."""
_Slips = tuple[tuple[float, str], ...]
_OF_SHARES: _Slips = ((100.0, "in per cent"),)
_OF_ENERGY_PRICES: _Slips = ((1.0 / KWH_PER_MWH, "per kWh"), (0.1, "in cents per kWh"))
_OF_OTHERS: _Slips = (
    (1.0 / KILO, "in thousands"),
    (1.0 / MEGA, "in millions"),
    (KILO, "in a unit a thousand times smaller"),
    (MEGA, "in a unit a million times smaller"),
)
"""What a value is multiplied with in a wrong unit, and that unit in words."""
_NEAR = 2.0
"""How far from the range a value may be once turned from a unit that is named. [1]"""
_PARITY = 1.1
"""Rates nearer to parity than this may be either way up. [1]"""


class Span(NamedTuple):
    """Where a value is expected."""

    low: float
    high: float
    like: str
    """What is expected, in words."""


@question
def far_from_catalog(record: Record, around: Around) -> Issues:
    """A value is a few times that of the catalogue it stands in for, at most."""
    for plan in fields_of(type(record)).values():
        value = _written(record, plan)
        span = None if value is None or plan.catalog is None else _span(plan, record, around)
        if value is not None and span is not None and plan.quantity is not None and _is_outside(value, span):
            slip = _slip(value, span, plan.quantity.unit)
            yield Issue((plan.key,), f"is far from {span.like}{slip}", got=True)


@question
def out_of_the_ordinary(record: Record, around: Around) -> Issues:
    """A value is one that its kind has somewhere in the world."""
    for plan in fields_of(type(record)).values():
        limits, value = around.catalog.tables[PLAUSIBLE].get(plan.key), _written(record, plan)
        if limits is None or value is None or "low" not in limits:
            continue
        unit = limits.values["low"].unit
        in_euro = _euro_per_unit(record, around) if unit.startswith(EURO) else 1.0
        low, high = (limits.number(end) / in_euro for end in ("low", "high")) if in_euro else (value, value)
        if not low <= value <= high:
            shown = unit.replace(EURO, getattr(record, "currency", EURO), 1)
            span = Span(low, high, f"between {low:g} and {high:g} {shown}".removesuffix(" 1"))
            yield Issue((plan.key,), f"is expected {span.like}{_slip(value, span, unit)}", got=True)


@question
def far_from_items_of_its_basis(item: CostItem, around: Around) -> Issues:
    """The amount of an item is of the size of the catalogue's items with its basis."""
    # a share of another cost has its own bounds, and an amount that the preset gave is the catalogue's
    if "amount" not in item.model_fields_set or not item.amount:
        return
    shelf = around.catalog.tables["cost_items"].values()
    of_basis = [entry for entry in shelf if "basis" in entry and entry.text("basis") == item.basis]
    amounts = [entry.number("amount") * _rate(_currency(entry), item.currency, around) for entry in of_basis]
    amounts = [amount for amount in amounts if amount > 0.0]
    if not amounts:
        return
    factor = around.catalog.entry(PLAUSIBLE, "item_amount").number("factor")
    span = Span(min(amounts) / factor, max(amounts) * factor, "")
    if _is_outside(item.amount, span):
        words = f"the catalogue's {min(amounts):.6g} to {max(amounts):.6g} {item.currency} {item.basis}"
        yield Issue(("amount",), f"is far from {words}{_slip(item.amount, span, item.basis)}", got=True)


@question
def rate_upside_down(currency: Currency, around: Around) -> Issues:
    """A rate is that of the scenario's currency for one unit of the other, not the other way round."""
    for rate in currency.fx:
        expected = _catalog_rate(rate.currency, currency.code, around.catalog)
        if not expected or max(expected, 1.0 / expected) < _PARITY:
            continue
        if (rate.per_unit - 1.0) * (expected - 1.0) < 0.0:
            rule = (
                f"looks upside down: the catalogue has {expected:.4g} {currency.code} for 1 {rate.currency}"
            )
            yield Issue(("fx", rate.id, "per_unit"), rule, got=True)


def _written(record: Record, plan: FieldPlan) -> float | None:
    """The number that the author gave for a field; None where there is none, and for 0: without."""
    if plan.quantity is None or plan.shape != "leaf":
        return None
    attribute = next(n for n, info in type(record).model_fields.items() if (info.alias or n) == plan.key)
    value = getattr(record, attribute)
    return float(value) if attribute in record.model_fields_set and value else None


def _span(plan: FieldPlan, record: Record, around: Around) -> Span | None:
    """Where the catalogue's value for a field and its factor allow one to be."""
    found = _catalog_value(str(plan.catalog), record, around)
    if found is None or plan.quantity is None:
        return None
    entry, value = found
    unit, of_kind = plan.quantity.unit, around.catalog.entry(PLAUSIBLE, _kind(plan.quantity.unit))
    scale = unit_factor(value.unit, plan.key) * _to_currency_of(record, entry, unit, around)
    middle = float(value.value) * scale
    ends = [float(end) * scale for end in (value.low, value.high) if end is not None]
    if not middle or not scale:
        return None
    factor, shown = of_kind.number("factor"), _with_code(unit, record)
    like = f"the catalogue's {middle:.6g} {shown} ({entry.table}/{entry.name})".replace(" 1 (", " (")
    return Span(min([middle, *ends]) / factor, max([middle, *ends]) * factor, like)


def _catalog_value(default: str, record: Record, around: Around) -> tuple[Entry, Value] | None:
    """The number of the catalogue that a field would have, and the entry it is in."""

    def named(key: str) -> str | None:
        own = key in fields_of(type(record))
        words = (getattr(holder, key, None) for holder in ((record,) if own else (record, *around.outer)))
        return next((word for word in words if isinstance(word, str)), None)

    for place in places(default):
        entry, key = place.find(named, around.catalog)
        value = None if entry is None else entry.get(key)
        if entry is not None and value is not None and not isinstance(value.value, str):
            return entry, value
    return None


def _kind(unit: str) -> str:
    """Kind of a value, which has its factor in the table."""
    if any(word in unit for word in ("currency", "EUR", "USD")):
        return "money"
    if unit in DURATIONS:
        return "duration"
    return "share" if unit == "1" else "other"


def _with_code(unit: str, record: Record) -> str:
    return unit.replace("currency", getattr(record, "currency", "currency"), 1)


def _to_currency_of(record: Record, entry: Entry, unit: str, around: Around) -> float:
    """Units of a record's currency for one of the entry's; 1 where the unit names one, 0 where unknown."""
    if not unit.startswith("currency") or not hasattr(record, "currency"):
        return 1.0
    return _rate(_currency(entry), record.currency, around)


def _currency(entry: Entry) -> str:
    return entry.text("currency") if "currency" in entry else EURO


def _euro_per_unit(record: Record, around: Around) -> float:
    """Euro for a unit of a record's currency; 0 where there is no rate."""
    return _rate(getattr(record, "currency", around.scenario.currency.code), EURO, around)


def _rate(of: str, to: str, around: Around) -> float:
    """Units of a currency for one of another by the scenario's rates; 0 where it has none."""
    money = around.scenario.currency
    per_unit = {money.code: 1.0} | {rate.currency: rate.per_unit for rate in money.fx}
    return per_unit.get(of, 0.0) / per_unit.get(to, 1.0) if to in per_unit else 0.0


def _catalog_rate(of: str, to: str, catalog: Catalog) -> float:
    """The catalogue's newest rate between the two currencies it has; 0 between others."""
    newest = catalog.entry("fx", max(catalog.names("fx"))).number("usd_per_eur")
    return {("EUR", "USD"): newest, ("USD", "EUR"): 1.0 / newest}.get((of, to), 0.0)


def _is_outside(value: float, span: Span) -> bool:
    return not span.low <= value <= span.high


def _slip(value: float, span: Span, unit: str) -> str:
    """Words for the wrong unit that a value far outside may be in."""
    slips = _OF_OTHERS
    if unit in ("1", "1/y"):
        slips = _OF_SHARES
    elif unit.endswith("/MWh"):
        slips = _OF_ENERGY_PRICES
    turned = ((value / times, words) for times, words in slips)
    fitting = (words for value, words in turned if span.low / _NEAR <= value <= span.high * _NEAR)
    return next((f"; is it {words}?" for words in fitting), "")
