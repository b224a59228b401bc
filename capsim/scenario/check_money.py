"""Rules of money: shares that sum up, nothing paid for twice, known presets, convertible currencies."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from capsim.catalog import Catalog
from capsim.models.debt import REPAYMENTS
from capsim.registry import did_you_mean
from capsim.scenario.check_arguments import central
from capsim.scenario.naming import check_name
from capsim.scenario.tree import Faults, Node, Path, as_written

_CODE = re.compile("[A-Z]{3}")
_CATALOG_PAIR = {"EUR", "USD"}
_CLASSES = ("it", "facility")
_ROUNDING = 1e-9


def check_money(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find everything wrong with costs, revenue and finance that no single record can see."""
    costs = root.get("costs")
    if costs is not None:
        check_name(costs, "preset", ("costs",), "cost preset", catalog.names("cost_presets"), faults)
        _check_bases(costs, catalog, faults)
        _check_payment(costs, ("costs",), "systems_", faults)
        items = costs.records("items")
        for name, item in items:
            _check_payment(item, ("costs", "items", name), "", faults)
        _check_contents(items, faults)
    _check_revenue(root, catalog, faults)
    finance = root.get("finance")
    if finance is not None:
        _check_finance(finance, catalog, faults)
    _check_currencies(root, faults)


def _check_bases(costs: Node, catalog: Catalog, faults: Faults) -> None:
    """Find items whose basis is not one of their category."""
    for name, item in costs.records("items"):
        category = item.scalar("category")
        if category in ("capex", "opex"):
            bases = catalog.names("cost_bases")
            known = [b for b in bases if catalog.entry("cost_bases", b).text("category") == category]
            check_name(item, "basis", ("costs", "items", name), f"{category} basis", known, faults)


def _check_payment(node: Node, path: Path, prefix: str, faults: Faults) -> None:
    """The first two instalments are at most the whole price."""
    order, delivery = (node.get(f"{prefix}{part}_share") for part in ("order", "delivery"))
    total = (central(order) or 0.0) + (central(delivery) or 0.0)
    if total <= 1.0 + _ROUNDING:
        return
    shares = {"delivery": delivery, "order": order}
    own = {part: share for part, share in shares.items() if share is not None and _is_given(share)}
    part, at = next(iter((own or {p: s for p, s in shares.items() if s is not None}).items()))
    rule = f"shares at order and delivery must not sum to more than 1 (sum {total:.6g})"
    faults.add(at.place, (*path, f"{prefix}{part}_share"), rule, as_written(at))


def _is_given(node: Node) -> bool:
    """Whether a value was written by the scenario's author."""
    return node.place.layer not in ("catalog", "default")


def _check_contents(items: list[tuple[str, Node]], faults: Faults) -> None:
    """No two items for one country contain the same."""
    found: dict[str, list[tuple[str, Where]]] = {}
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
        total = sum(
            central(p.get("share")) or 0.0 for _, p in payers if p.scalar("of") in (wanted, "all", None)
        )
        if not total <= 1.0 + _ROUNDING:
            rule = (
                f"debts and grants must not pay more than all of class {wanted} (shares sum to {total:.6g})"
            )
            faults.add(payers[-1][1].place, ("finance",), rule)
    owners = finance.records("owners")
    total = sum(central(owner.get("share")) or 0.0 for _, owner in owners)
    if owners and not abs(total - 1.0) <= _ROUNDING:
        rule = f"shares must sum to 1 (sum {total:.6g})"
        faults.add(owners[0][1].place, ("finance", "owners"), rule)


def _check_currencies(root: Node, faults: Faults) -> None:
    """Find amounts in a currency that cannot be turned into the scenario's."""
    currency = root.get("currency")
    code = currency.scalar("code") if currency is not None else None
    rates = {rate.scalar("currency") for _, rate in (currency.records("fx") if currency else [])}
    known = {code, *rates} | (_CATALOG_PAIR if code in _CATALOG_PAIR else set())
    for path, node in _amounts(root):
        used = node.scalar("currency")
        if isinstance(used, str) and _CODE.fullmatch(used) and used not in known:
            hint = did_you_mean(used, [str(name) for name in known])
            place = node.value["currency"].place
            rule = f"no exchange rate to {code}; give one in currency.fx{hint}"
            faults.add(place, (*path, "currency"), rule, used)


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
