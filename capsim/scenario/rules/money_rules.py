"""Rules of money: shares that sum up, nothing paid for twice, known presets, convertible currencies."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from capsim.catalog import Catalog
from capsim.language.tree import Faults, Node, Path, as_written
from capsim.models.cost_bases import COST_BASES
from capsim.models.debt import REPAYMENTS
from capsim.registry import did_you_mean
from capsim.scenario.costs import BUILT_IN, RENT_BASIS, SYSTEM_PRICES
from capsim.scenario.rules.argument_rules import central, highest
from capsim.scenario.rules.naming import check_name

_CODE = re.compile("[A-Z]{3}")
_CATALOG_PAIR = {"EUR", "USD"}
_CLASSES = ("it", "facility")
_ROUNDING = 1e-9


def check_money(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find everything wrong with costs, revenue and finance that no single record can see."""
    costs = root.get("costs")
    if costs is not None:
        check_name(costs, "preset", ("costs",), "cost preset", catalog.names("cost_presets"), faults)
        _check_bases(costs, faults)
        _check_payment(costs, ("costs",), "systems_", faults)
        items = costs.records("items")
        for name, item in items:
            _check_payment(item, ("costs", "items", name), "", faults)
        _check_contents(items, _has_prices(root), faults)
        _check_leases(root, items, faults)
    _check_revenue(root, catalog, faults)
    finance = root.get("finance")
    if finance is not None:
        _check_finance(finance, catalog, faults)
    _check_currencies(root, faults)


def _check_bases(costs: Node, faults: Faults) -> None:
    """Find items whose basis is not one of their category."""
    for name, item in costs.records("items"):
        category = item.scalar("category")
        if category in ("capex", "opex"):
            known = COST_BASES[category].names
            check_name(item, "basis", ("costs", "items", name), f"{category} basis", known, faults)


def _check_payment(node: Node, path: Path, prefix: str, faults: Faults) -> None:
    """The first two instalments are at most the whole price."""
    order, delivery = (node.get(f"{prefix}{part}_share") for part in ("order", "delivery"))
    total = highest(order) + highest(delivery)
    if total <= 1.0 + _ROUNDING:
        return
    shares = {"delivery": delivery, "order": order}
    own = {part: share for part, share in shares.items() if share is not None and _is_given(share)}
    part, at = next(iter((own or {p: s for p, s in shares.items() if s is not None}).items()))
    found = f"{total:.6g}{_at_most(order, delivery)}"
    rule = f"shares at order and delivery must not sum to more than 1 (sum {found})"
    faults.add(at.place, (*path, f"{prefix}{part}_share"), rule, as_written(at))


def _at_most(*nodes: Node | None) -> str:
    """Words for a sum of upper ends, where any number has a range."""
    return " at the upper ends" if any(node is not None and node.is_distribution for node in nodes) else ""


def _is_given(node: Node) -> bool:
    """Whether a value was written by the scenario's author."""
    return node.place.layer not in ("catalog", "default")


def _has_prices(root: Node) -> bool:
    """Whether any systems have a price of their own."""
    orders = [
        order
        for _, site in root.records("sites")
        for _, phase in site.records("phases")
        for _, order in phase.records("deployments")
    ]
    return any(highest(order.get("system_price_usd")) > 0.0 for order in orders)


def _check_leases(root: Node, items: list[tuple[str, Node]], faults: Faults) -> None:
    """Where there are costs, each leased phase has a rent."""
    rents = [item for _, item in items if item.scalar("basis") == RENT_BASIS]
    wheres = [Where(set(_words(i, "countries")), set(_words(i, "except_countries"))) for i in rents]
    for name, site in root.records("sites") if items else []:
        here = Where({str(site.scalar("country"))}, set())
        for phase, plan in site.records("phases"):
            if plan.scalar("tenure") == "lease" and not any(where.meets(here) for where in wheres):
                rule = f"would be free: no cost item for this country has the basis {RENT_BASIS}"
                path = ("sites", name, "phases", phase, "tenure")
                faults.add(plan.value["tenure"].place, path, rule, "lease")


def _check_contents(items: list[tuple[str, Node]], has_prices: bool, faults: Faults) -> None:
    """No two items for one country contain the same, and none what the ledger books by itself."""
    everywhere = Where(set(), set())
    found: dict[str, list[tuple[str, Where]]] = {
        word: [(what, everywhere)]
        for what, words in BUILT_IN.items()
        if what != SYSTEM_PRICES or has_prices
        for word in words
    }
    for name, item in items:
        where = Where(set(_words(item, "countries")), set(_words(item, "except_countries")))
        for word in dict.fromkeys(_words(item, "contains")):
            for other, elsewhere in found.get(word, []):
                if where.meets(elsewhere):
                    rule = f"{word} is already contained in {other}, and would be counted twice"
                    faults.add(item.place, ("costs", "items", name), rule)
            found.setdefault(word, []).append((name, where))


class Where(NamedTuple):
    """Countries that an item is for."""

    only: set[str]
    """All where empty."""
    without: set[str]

    def meets(self, other: Where) -> bool:
        """Whether both are for some country."""
        if self.only and other.only:
            return bool((self.only & other.only) - self.without - other.without)
        named = self.only or other.only
        return bool(named - self.without - other.without) or not named


def _words(node: Node, key: str) -> list[str]:
    child = node.get(key)
    elements = child.value if child is not None and isinstance(child.value, list) else []
    return [element.value for element in elements if isinstance(element.value, str)]


def _check_revenue(root: Node, catalog: Catalog, faults: Faults) -> None:
    revenue = root.get("revenue")
    if revenue is None:
        return
    check_name(revenue, "preset", ("revenue",), "price path", catalog.names("price_paths"), faults)
    if not {"preset", "prices", "rent"} & set(revenue.value if isinstance(revenue.value, dict) else ()):
        faults.add(revenue.place, ("revenue",), "needs a preset or prices, or rent")
    days = sorted(str(price.scalar("on")) for _, price in revenue.records("prices"))
    for first, second in pairwise(days):
        if first == second:
            faults.add(revenue.place, ("revenue", "prices"), f"two prices on {first}")


def _check_finance(finance: Node, catalog: Catalog, faults: Faults) -> None:
    """Shares of owners, debts and grants; one way of giving the cost of capital."""
    nominal, real = finance.get("wacc_nominal"), finance.get("wacc_real")
    if nominal is not None and real is not None and real.place.layer != "catalog":
        rule = "must not be given together with wacc_real"
        faults.add(nominal.place, ("finance", "wacc_nominal"), rule)
    for name, debt in finance.records("debts"):
        path = ("finance", "debts", name)
        check_name(debt, "preset", path, "debt preset", catalog.names("debt_presets"), faults)
        repayment = debt.get("repayment")
        if repayment is not None and isinstance(repayment.value, str) and repayment.value not in REPAYMENTS:
            rule = f"unknown repayment schedule{did_you_mean(repayment.value, list(REPAYMENTS.names))}"
            faults.add(repayment.place, (*path, "repayment"), rule, repayment.value)
    payers = finance.records("debts") + finance.records("grants")
    for wanted in _CLASSES:
        total = sum(highest(p.get("share")) for _, p in payers if p.scalar("of") in (wanted, "all", None))
        if not total <= 1.0 + _ROUNDING:
            found = f"{total:.6g}{_at_most(*(p.get('share') for _, p in payers))}"
            rule = f"debts and grants must not pay more than all of class {wanted} (shares sum to {found})"
            faults.add(payers[-1][1].place, ("finance",), rule)
    owners = finance.records("owners")
    for name, owner in owners:
        share = owner.get("share")
        if share is not None and share.is_distribution:
            rule = "must be a number, since the shares of all owners sum to 1 in every draw"
            faults.add(share.place, ("finance", "owners", name, "share"), rule, as_written(share))
    total = sum(central(owner.get("share")) or 0.0 for _, owner in owners)
    if owners and not abs(total - 1.0) <= _ROUNDING:
        rule = f"shares must sum to 1 (sum {total:.6g})"
        faults.add(owners[0][1].place, ("finance", "owners"), rule)


def _check_currencies(root: Node, faults: Faults) -> None:
    """Find amounts in a currency that cannot be turned into the scenario's."""
    currency = root.get("currency")
    if currency is None:
        return
    code = currency.scalar("code")
    rates = _check_rates(currency, faults)
    known = {code, *rates} | (_CATALOG_PAIR if code in _CATALOG_PAIR else set())
    supplied: set[str] = set()
    for path, node in _amounts(root):
        used = node.scalar("currency")
        if not (isinstance(used, str) and _CODE.fullmatch(used) and used not in known):
            continue
        if not _is_given(node.value["currency"]):
            supplied.add(used)
            continue
        hint = did_you_mean(used, [str(name) for name in known])
        rule = f"no exchange rate to {code}; give one in currency.fx{hint}"
        faults.add(node.value["currency"].place, (*path, "currency"), rule, used)
    supplied |= {"USD"} - known if _has_prices(root) else set()
    if supplied:
        missing = " and ".join(sorted(supplied))
        rule = f"no exchange rate from {missing}, in which the catalogue and defaults state prices; "
        faults.add(currency.value["code"].place, ("currency", "code"), rule + "give it in currency.fx", code)


def _check_rates(currency: Node, faults: Faults) -> set[str]:
    """The currencies that have a rate; each has one, and that of the scenario has none."""
    code, named = currency.scalar("code"), dict[str, str]()
    for name, rate in currency.records("fx"):
        used, path = rate.scalar("currency"), ("currency", "fx", name, "currency")
        if not isinstance(used, str):
            continue
        place = rate.value["currency"].place
        if used == code:
            faults.add(place, path, "is the scenario's own currency, whose rate is 1", used)
        elif used in named:
            faults.add(place, path, f"already has the rate {named[used]}; a currency has one rate", used)
        named.setdefault(used, name)
    return set(named)


def _amounts(root: Node) -> list[tuple[Path, Node]]:
    """All records with an amount and its currency, with their paths."""
    costs, revenue = root.get("costs"), root.get("revenue")
    found: list[tuple[Path, Node]] = [
        (("costs", "items", name), item) for name, item in (costs.records("items") if costs else [])
    ]
    if revenue is not None:
        found += [(("revenue", "prices", name), price) for name, price in revenue.records("prices")]
        rent = revenue.get("rent")
        found += [(("revenue", "rent"), rent)] if rent is not None else []
    for name, site in root.records("sites"):
        tariff = site.get("tariff")
        found += [(("sites", name, "tariff"), tariff)] if tariff is not None else []
        contracts = site.records("contracts")
        found += [(("sites", name, "contracts", contract), node) for contract, node in contracts]
    return found
