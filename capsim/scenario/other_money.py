"""What to write for an amount with a currency in its text, such as 80 USD/MWh where the field is in euro."""

from __future__ import annotations

from collections.abc import Mapping

from capsim.catalog import currency_meant, numbers_meant, what_to_write
from capsim.language.tree import Node
from capsim.models.cost_bases import COST_BASES
from capsim.scenario.fill.money_of_presets import code_of, rates_of
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.quantity import UNIT_OF_BASIS
from capsim.scenario.records.record import Record

MONEY = "currency"
"""Stands for a currency in the units of fields, and is the key of one."""
_OF_THE_SCENARIO = "scenario currency"


def money_to_write(text: str, unit: str, kind: type[Record], node: Node, root: Node) -> str:
    """What to write for an amount with a currency in the field of a record.

    Parameters
    ----------
    text : str
        What was written, as ``80 USD/MWh``.
    unit : str
        Unit of the field.
    kind, node : type of Record, Node
        The record that the field is of, and what is written and filled in of it.
    root : Node
        The filled scenario, whose rates convert.

    Returns
    -------
    words : str
        With the unit they are in; empty where the text is no amount with a currency, or the field no money.
    """
    if unit == UNIT_OF_BASIS:
        table, basis = COST_BASES.get(str(node.scalar("category"))), str(node.scalar("basis"))
        unit = table[basis].unit if table is not None and basis in table else unit
    is_fixed = not unit.startswith((MONEY, _OF_THE_SCENARIO))
    may_say = MONEY in fields_of(kind) and unit.startswith(MONEY)
    own = unit[:3] if is_fixed else str((may_say and node.scalar(MONEY)) or code_of(root))
    whole = unit.replace(unit[:3] if is_fixed else _start(unit), MONEY, 1)
    return in_money(text, whole, own, rates_of(root), may_say=may_say)


def in_money(text: str, unit: str, own: str, rates: Mapping[str, float], *, may_say: bool) -> str:
    """The same for a unit that begins with `currency`, which stands for `own`.

    Examples
    --------
    >>> in_money("80 USD/MWh", "currency/MWh", "EUR", {"EUR": 1.0, "USD": 0.875}, may_say=True)
    'in EUR/MWh: write 80 and currency: USD, or 70 (0.875 EUR for 1 USD)'
    """
    code, numbers = currency_meant(text), numbers_meant(text, unit)
    if not code or not numbers:
        return ""
    head = f"in {unit.replace(MONEY, own, 1)}: "
    if code == own:
        return head + what_to_write(text, unit)
    ways = [f"{what_to_write(text, unit)} and currency: {code}"] if may_say else []
    if code in rates and own in rates:
        rate = rates[code] / rates[own]
        converted = f"{numbers[0] * rate:.8g} ({rate:.6g} {own} for 1 {code})"
        ways.append(converted if ways else f"write {converted}")
    if not ways:
        return f"{head}the amount is in {code}, and currency.fx has no rate of it"
    return head + ", or ".join(ways)


def _start(unit: str) -> str:
    return _OF_THE_SCENARIO if unit.startswith(_OF_THE_SCENARIO) else MONEY
