"""Questions to values far from what the catalogue has in their place, or from what their kind can be.

How far is too far stands in the catalogue's table `plausible`: a factor by kind of value, or lowest and
highest by the name of the field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from capsim.catalog import Entry, Value
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
    for plan, unit, value in _written(record):
        span = None if plan.catalog is None else _span(plan, unit, record, around)
        if span is not None:
            yield from _outside(plan.key, value, unit, span)


@question
def out_of_the_ordinary(record: Record, around: Around) -> Issues:
    """A value is one that its kind has somewhere in the world."""
    own = getattr(record, "currency", around.scenario.currency.code)
    for plan, _, value in _written(record):
        limits = around.catalog.tables[PLAUSIBLE].get(plan.key)
        # what has a factor alone is no matter of its field's name
        if limits is None or "low" not in limits:
            continue
        unit = limits.values["low"].unit
        in_euro = _rate(own, EURO, around) if unit.startswith(EURO) else 1.0
        # amounts in a currency without a rate to the euro are held against nothing
        if in_euro:
            low, high = (limits.number(end) / in_euro for end in ("low", "high"))
            shown = unit.replace(EURO, getattr(record, "currency", EURO), 1)
            words = f"expected between {low:g} and {high:g} {shown}".removesuffix(" 1")
            yield from _outside(plan.key, value, unit, Span(low, high, words))


@question
def quote_is_over(item: CostItem, around: Around) -> Issues:
    """A quote may still be accepted when the plan begins."""
    if item.valid_until is not None and item.valid_until < around.scenario.start:
        until = item.valid_until.isoformat()
        yield Issue(
            ("valid_until",),
            f"the quote ended on {until}, before the plan begins: ask for a new one",
            got=True,
        )


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
    # a user's own basis has no item to be held against
    if not amounts:
        return
    factor = around.catalog.entry(PLAUSIBLE, "item_amount").number("factor")
    words = f"far from the catalogue's {min(amounts):.6g} to {max(amounts):.6g} {item.currency} {item.basis}"
    span = Span(min(amounts) / factor, max(amounts) * factor, words)
    yield from _outside("amount", item.amount, item.basis, span)


@question
def rate_upside_down(currency: Currency, around: Around) -> Issues:
    """A rate is that of the scenario's currency for one unit of the other, not the other way round."""
    catalog = around.catalog
    newest = catalog.entry("fx", max(catalog.names("fx"))).number("usd_per_eur")
    known = {("EUR", "USD"): newest, ("USD", "EUR"): 1.0 / newest}
    for rate in currency.fx:
        expected = known.get((rate.currency, currency.code), 1.0)
        # near parity either way up is possible
        if max(expected, 1.0 / expected) >= _PARITY and (rate.per_unit - 1.0) * (expected - 1.0) < 0.0:
            shown = f"the catalogue has {expected:.4g} {currency.code} for 1 {rate.currency}"
            yield Issue(("fx", rate.id, "per_unit"), f"looks upside down: {shown}", got=True)


def _written(record: Record) -> Iterator[tuple[FieldPlan, str, float]]:
    """The fields whose numbers the author gave, with unit and number; without 0, which means: without."""
    for plan in fields_of(type(record)).values():
        if plan.quantity is not None and plan.shape == "leaf" and plan.key in record.model_fields_set:
            value = getattr(record, plan.key)
            if value:
                yield plan, plan.quantity.unit, float(value)


def _outside(key: str, value: float, unit: str, span: Span) -> Issues:
    """A doubt about a value outside where it is expected."""
    if not span.low <= value <= span.high:
        yield Issue((key,), f"is {span.like}{_slip(value, span, unit)}", got=True)


def _span(plan: FieldPlan, unit: str, record: Record, around: Around) -> Span | None:
    """Where the catalogue's value for a field and its factor allow one to be."""
    found = _catalog_value(str(plan.catalog), record, around)
    if found is None:
        return None
    entry, value = found
    currency = getattr(record, "currency", "")
    in_own = _rate(_currency(entry), currency, around) if unit.startswith("currency") and currency else 1.0
    scale = unit_factor(value.unit, plan.key) * in_own
    middle = float(value.value) * scale
    # nothing is far from 0, or from a price in a currency without a rate
    if not middle:
        return None
    ends = [middle, *(float(end) * scale for end in (value.low, value.high) if end is not None)]
    factor = around.catalog.entry(PLAUSIBLE, _kind(unit)).number("factor")
    shown = unit.replace("currency", currency or "currency", 1)
    words = f"far from the catalogue's {middle:.6g} {shown} ({entry.table}/{entry.name})"
    return Span(min(ends) / factor, max(ends) * factor, words.replace(" 1 (", " ("))


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


def _currency(entry: Entry) -> str:
    return entry.text("currency") if "currency" in entry else EURO


def _rate(of: str, to: str, around: Around) -> float:
    """Units of a currency for one of another by the scenario's rates; 0 where it has none."""
    money = around.scenario.currency
    per_unit = {money.code: 1.0} | {rate.currency: rate.per_unit for rate in money.fx}
    return per_unit.get(of, 0.0) / per_unit[to] if to in per_unit else 0.0


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
