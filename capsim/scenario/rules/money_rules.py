"""Rules of money: nothing paid for twice or for free, shares that sum up, and convertible amounts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import get_args

from capsim.models.cost_bases import COST_BASES
from capsim.models.debt import REPAYMENTS
from capsim.models.uncertain import Uncertain
from capsim.registry import did_you_mean
from capsim.scenario.costs import BUILT_IN, FACILITY_BASIS, RENT_BASIS, SYSTEM_PRICES, applies, is_for
from capsim.scenario.records import money_records as money
from capsim.scenario.records.energy_records import Contract
from capsim.scenario.records.money_records import CostItem, Costs, Finance
from capsim.scenario.records.operations_records import Tariff
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Deployment, Phase
from capsim.scenario.records.walk import within
from capsim.scenario.rules.rule import (
    ROUNDING,
    Around,
    Issue,
    Issues,
    at_upper_ends,
    highest,
    rule,
    unknown,
)

_CODE = re.compile("[A-Z]{3}")
_CATALOG_PAIR = {"EUR", "USD"}
_CLASSES = ("it", "facility")
ANY_OTHER = "any other"
"""Stands for a country that no item names."""
Priced = CostItem | money.Price | money.Rent | Tariff | Contract

TAX_ROUNDING = 1e-3
"""How far the published shares of a table of tax depreciation may be off 1 by rounding. [1]"""


@rule
def basis_is_of_the_category(item: CostItem, _: Around) -> Issues:
    """The basis of an item is one of its category."""
    if item.category in COST_BASES:
        yield from unknown("basis", item.basis, f"{item.category} basis", COST_BASES[item.category].names)


@rule
def price_is_paid_once(record: Costs | CostItem, _: Around) -> Issues:
    """The first two instalments are at most the price; told at the one that the author wrote."""
    prefix = "systems_" if isinstance(record, Costs) else ""
    shares = {key: getattr(record, key) for key in (f"{prefix}delivery_share", f"{prefix}order_share")}
    total = sum(map(highest, shares.values()))
    if total > 1.0 + ROUNDING:
        present = [key for key, share in shares.items() if share is not None]
        written = [key for key in present if key in record.model_fields_set]
        summed = f"{total:.6g}{at_upper_ends(*shares.values())}"
        rule = f"shares at order and delivery must not sum to more than 1 (sum {summed})"
        yield Issue(((written or present)[0],), rule, got=True)


@rule
def plant_is_part_of_a_facility(item: CostItem, _: Around) -> Issues:
    """Shares of plant are of an item that makes up the facility, and not more than all of it."""
    shares = {key: highest(getattr(item, key)) for key in ("electrical_share", "mechanical_share")}
    given = [key for key, share in shares.items() if share > 0.0]
    if given and item.basis != FACILITY_BASIS:
        yield Issue((given[0],), f"is for items {FACILITY_BASIS} (basis is {item.basis})")
    elif sum(shares.values()) > 1.0 + ROUNDING:
        written = [key for key in given if key in item.model_fields_set]
        yield Issue(((written or given)[-1],), "shares of plant must not sum to more than 1", got=True)


def meet(one: CostItem, other: CostItem) -> bool:
    """Whether two items are for the same works in one country: that either of them names, or any other."""
    if one.works and other.works and one.works != other.works:
        return False
    named = {*one.countries, *one.except_countries, *other.countries, *other.except_countries, ANY_OTHER}
    return any(is_for(one, country) and is_for(other, country) for country in named)


@rule
def nothing_is_counted_twice(costs: Costs, around: Around) -> Issues:
    """No two items for one country and works contain the same, and none what the ledger books by itself."""
    contained: dict[str, list[tuple[str, CostItem | None]]] = {}
    for booked, words in BUILT_IN.items():
        if booked != SYSTEM_PRICES or has_prices(around.scenario):
            contained |= {word: [(booked, None)] for word in words}
    for item in costs.items:
        for word in dict.fromkeys(item.contains):
            for name, other in contained.get(word, []):
                # what the ledger books is for every country that the item is for
                if meet(item, other or item):
                    rule = f"{word} is already contained in {name}, and would be counted twice"
                    yield Issue(("items", item.id), rule)
            contained.setdefault(word, []).append((item.id, item))


def has_prices(scenario: Scenario) -> bool:
    """Whether any systems have a price of their own."""
    return any(highest(order.system_price_usd) > 0.0 for _, order in within(scenario, Deployment))


@rule
def lease_has_a_rent(phase: Phase, around: Around) -> Issues:
    """Where there are costs, a leased phase has a rent."""
    items, site = around.scenario.costs.items, around.the(Site)
    has_rent = any(item.basis == RENT_BASIS and applies(item, site) for item in items)
    if items and phase.tenure == "lease" and not has_rent:
        rule = f"would be free: no cost item for this country has the basis {RENT_BASIS}"
        yield Issue(("tenure",), rule, got="lease")


@rule
def something_is_sold(revenue: money.Revenue, _: Around) -> Issues:
    """Revenue has a price path, prices or rent, and one price a day."""
    if not revenue.model_fields_set & {"preset", "prices", "rent"}:
        yield Issue((), "needs a preset or prices, or rent")
    for first, second in pairwise(sorted(price.on for price in revenue.prices)):
        if first == second:
            yield Issue(("prices",), f"two prices on {first}", at=())


@rule
def capital_has_one_cost(finance: Finance, _: Around) -> Issues:
    """The cost of capital is given in one way."""
    if {"wacc_nominal", "wacc_real"} <= finance.model_fields_set:
        yield Issue(("wacc_nominal",), "must not be given together with wacc_real")


@rule
def tax_tables_are_known(finance: Finance, around: Around) -> Issues:
    """Tables of tax depreciation are in the catalogue."""
    names = around.catalog.names("tax_depreciation")
    for key in ("tax_table_it", "tax_table_facility"):
        yield from unknown(key, getattr(finance, key), "table of tax depreciation", names)


@rule
def tax_depreciation_is_said_in_one_way(finance: Finance, _: Around) -> Issues:
    """A table of tax depreciation takes the place of a declining factor, and says all of the cost."""
    for of in _CLASSES:
        table, factor = f"tax_table_{of}", f"declining_factor_{of}"
        if getattr(finance, table) is not None and factor in finance.model_fields_set:
            yield Issue(
                (factor,), f"must not be given together with {table}, which takes its place", got=True
            )


@rule
def tax_tables_write_off_all(finance: Finance, around: Around) -> Issues:
    """The years of a table of tax depreciation are the whole cost."""
    for key in ("tax_table_it", "tax_table_facility"):
        entry = around.catalog.tables["tax_depreciation"].get(getattr(finance, key) or "")
        if entry is not None:
            total = sum(entry.number(year) for year in entry.values if year.startswith("year_"))
            if abs(total - 1.0) > TAX_ROUNDING:
                yield Issue((key,), f"its years must sum to 1 (sum {total:.6g})", got=True)


@rule
def rates_are_known_today(rate: money.FxRate, _: Around) -> Issues:
    """A rate is dated, and no rate of the future is known."""
    today = datetime.now(UTC).date()
    if rate.dated > today:
        yield Issue(
            ("dated",), f"must not be after today ({today.isoformat()}): no rate is known before", got=True
        )


@rule
def debt_is_paid_back(debt: money.Debt, _: Around) -> Issues:
    """A debt has a known schedule of repayment."""
    yield from unknown("repayment", debt.repayment, "repayment schedule", REPAYMENTS.names)


@rule
def assets_are_paid_once(finance: Finance, _: Around) -> Issues:
    """Debts and grants pay no more than all of a class of assets."""
    payers = [("debts", debt) for debt in finance.debts] + [("grants", grant) for grant in finance.grants]
    words = at_upper_ends(*(payer.share for _, payer in payers))
    for asset_class in _CLASSES:
        total = sum(highest(payer.share) for _, payer in payers if payer.of in (asset_class, "all"))
        if not total <= 1.0 + ROUNDING:
            summed = f"shares sum to {total:.6g}{words}"
            rule = f"debts and grants must not pay more than all of class {asset_class} ({summed})"
            yield Issue((), rule, at=(payers[-1][0], payers[-1][1].id))


@rule
def share_is_certain(owner: money.Owner, _: Around) -> Issues:
    """The share of an owner is the same in every draw."""
    if isinstance(owner.share, Uncertain):
        rule = "must be a number, since the shares of all owners sum to 1 in every draw"
        yield Issue(("share",), rule, got=True)


@rule
def owners_own_all(finance: Finance, _: Around) -> Issues:
    """The shares of all owners sum to 1."""
    total = sum(owner.share for owner in finance.owners)
    if finance.owners and not abs(total - 1.0) <= ROUNDING:
        yield Issue(
            ("owners",), f"shares must sum to 1 (sum {total:.6g})", at=("owners", finance.owners[0].id)
        )


@rule
def currency_has_one_rate(currency: money.Currency, _: Around) -> Issues:
    """Each currency has one rate, and the scenario's own has none."""
    first: dict[str, str] = {}
    for rate in currency.fx:
        code, path = rate.currency, ("fx", rate.id, "currency")
        if code == currency.code:
            yield Issue(path, "is the scenario's own currency, whose rate is 1", got=code)
        elif code in first:
            yield Issue(path, f"already has the rate {first[code]}; a currency has one rate", got=code)
        first.setdefault(code, rate.id)


@rule
def amounts_can_be_converted(scenario: Scenario, _: Around) -> Issues:
    """Each amount is in a currency that can be turned into the scenario's."""
    code = scenario.currency.code
    # a code that is none has the fault of its field, here and below
    if not _CODE.fullmatch(code):
        return
    convertible = {code, *(rate.currency for rate in scenario.currency.fx)}
    convertible |= _CATALOG_PAIR if code in _CATALOG_PAIR else set()
    supplied = {"USD"} - convertible if has_prices(scenario) else set()
    for path, priced in within(scenario, *get_args(Priced)):
        if priced.currency in convertible or not _CODE.fullmatch(priced.currency):
            continue
        if "currency" not in priced.model_fields_set:
            supplied.add(priced.currency)
            continue
        hint = did_you_mean(priced.currency, [*convertible])
        rule = f"no exchange rate to {code}; give one in currency.fx{hint}"
        yield Issue((*path, "currency"), rule, got=priced.currency)
    if supplied:
        missing = " and ".join(sorted(supplied))
        rule = f"no exchange rate from {missing}, in which the catalogue and defaults state prices; "
        yield Issue(("currency", "code"), rule + "give it in currency.fx", got=code)
