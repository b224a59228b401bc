"""Questions to values far from what the catalogue has in their place, or from what their kind can be.

How far is too far stands in the catalogue's table `plausible`: a factor by kind of value, or lowest and
highest by the name of the field.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from capsim.catalog import Entry, Value
from capsim.scenario.fill.defaults import places, unit_factor
from capsim.scenario.records.fields import FieldPlan, fields_of
from capsim.scenario.records.money_records import CostItem, Currency
from capsim.scenario.records.record import Record
from capsim.scenario.rules.plausible import EURO, PLAUSIBLE, Span, rate_between, slip, widened
from capsim.scenario.rules.rule import Around, Issue, Issues, question

OF_CLASS = "_of_class"
"""Ending of what questions a field beyond the range of its class, behind the field's name."""
DURATIONS = frozenset({"months", "weeks", "d", "h", "y", "min", "s"})
"""Units of durations."""


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
        table = around.catalog.tables[PLAUSIBLE]
        # a name that several records have is told by the record's
        limits = table.get(f"{type(record).__name__.lower()}_{plan.key}", table.get(plan.key))
        # what has a factor alone is no matter of its field's name
        if limits is None or "low" not in limits:
            continue
        unit = limits.values["low"].unit
        in_euro = rate_between(own, EURO, around) if unit.startswith(EURO) else 1.0
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
    rates = [rate_between(_currency(entry), item.currency, around) for entry in of_basis]
    amounts = [entry.number("amount") * rate for entry, rate in zip(of_basis, rates, strict=True)]
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
    margin = around.catalog.entry(PLAUSIBLE, "rate").number("factor")
    for rate in currency.fx:
        low, high = _rates(rate.currency, currency.code, around)
        shown = f"expected between {low:.4g} and {high:.4g} {currency.code} for 1 {rate.currency}"
        path = ("fx", rate.id, "per_unit")
        if low <= rate.per_unit <= high:
            continue
        if low <= 1.0 / rate.per_unit <= high:
            yield Issue(path, f"looks upside down: {shown}", got=True)
        elif not low / margin <= rate.per_unit <= high * margin:
            yield Issue(path, f"is {shown}", got=True)


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
        yield Issue((key,), f"is {span.like}{slip(value, span, unit)}", got=True)


def _span(plan: FieldPlan, unit: str, record: Record, around: Around) -> Span | None:
    """Where the catalogue's value for a field and its factor allow one to be."""
    found = _catalog_value(str(plan.catalog), record, around)
    if found is None:
        return None
    entry, value = found
    currency = getattr(record, "currency", "")
    is_money = unit.startswith("currency") and currency
    in_own = rate_between(_currency(entry), currency, around) if is_money else 1.0
    scale = unit_factor(value.unit, plan.key) * in_own
    middle = float(value.value) * scale
    # nothing is far from 0, or from a price in a currency without a rate
    if not middle:
        return None
    ends = [middle, *(float(end) * scale for end in (value.low, value.high) if end is not None)]
    # a field whose class is published has a factor of its own, beyond what that class spans
    of_field = around.catalog.tables[PLAUSIBLE].get(f"{plan.key}{OF_CLASS}")
    factor = (of_field or around.catalog.entry(PLAUSIBLE, _kind(unit))).number("factor")
    shown = unit.replace("currency", currency or "currency", 1)
    of_class = f", {min(ends):.3g} to {max(ends):.3g} in its class" if of_field else ""
    words = f"far from the catalogue's {middle:.6g} {shown}{of_class} ({entry.table}/{entry.name})"
    return Span(*widened(min(ends), max(ends), factor), words.replace(" 1 (", " (").replace(" 1,", ","))


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


def _rates(of: str, to: str, around: Around) -> tuple[float, float]:
    """Lowest and highest units of a currency for one of another in the last years; any where not known."""
    low, high = 1.0, 1.0
    for code, is_of in ((of, True), (to, False)):
        known = around.catalog.tables[PLAUSIBLE].get(f"rate-{code.lower()}")
        if known is None and code != EURO:
            return 0.0, math.inf
        ends = (1.0, 1.0) if known is None else (known.number("low"), known.number("high"))
        low, high = (low / ends[1], high / ends[0]) if is_of else (low * ends[0], high * ends[1])
    return low, high
