"""What inputs are called: a value by its dotted path, and a draw that several values share by its name.

Words that the ends of keys do not give are in ``input_titles.csv``: of a key, of a key under its parent where
several are called alike, and of a kind of draws, which ends with a colon.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from capsim.vocabulary.measures import CURRENCY

FILE: Final = Path(__file__).with_name("input_titles.csv")
"""Where the titles are."""
NAMED: Final = (
    "sites",
    "phases",
    "deployments",
    "equipment",
    "items",
    "systems",
    "grid_connection",
    "services",
    "debts",
    "owners",
    "generation",
    "contracts",
)
"""Keys after which a name stands that people know."""
ABBREVIATIONS: Final = {"it": "IT", "mw": "MW", "wacc": "WACC", "ups": "UPS", "cop": "COP", "h100e": "H100e"}
"""Words that are written with capitals."""
_UNIT: Final = re.compile(
    r"(_(usd|eur|weeks|months|years|days|mw|kw|mva|w|c|k|pa|m3|mwh|kgco2e|tco2e|gco2e))?(_per_[a-z0-9_]+)?$"
)
"""Unit at the end of a key."""
ALL: Final = "*"
"""Stands in a path for the names of all records."""
YEARLY: Final = "1/y"
"""Unit of a rate, which people read in percent."""
PERCENT: Final = 100.0


def _titles() -> dict[str, str]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {row["name"]: row["title"] for row in csv.DictReader(stream)}


TITLES: Final = _titles()
"""Titles by the end of a path, or by the kind of a draw."""


def input_title(name: str) -> str:
    """An input as people call it, with its place behind a comma.

    Parameters
    ----------
    name : str
        Dotted path of a value, or name of a draw.

    Examples
    --------
    >>> input_title("finance.wacc_real"), input_title("system-price:dgx-b300")
    ('Cost of capital, real', 'Price of systems, dgx-b300')
    >>> input_title("sites.aion.phases.p1.critical_it_mw"), input_title("costs.items.network.amount")
    ('Critical IT power, aion.p1', 'Cost of network')
    >>> input_title("sites.aion.phases.p1.stages.permit.duration_months")
    'Duration of permit, aion.p1'
    >>> input_title("sites.a.grid_connection.block-1.stages.works.duration_months")
    'Duration of works, a.block-1'
    >>> input_title("systems.vr200-nvl72.module_w"), input_title("sites.a.cooling.arguments.fan_pressure_pa")
    ('Power of accelerators, vr200-nvl72', 'Fan pressure, a')
    >>> input_title("sites.*.phases.*.overrun"), input_title("sites.a.phases.*.stages.*.duration_months")
    ('Overrun of durations', 'Duration of stages, a')
    """
    first, joined, more = name.partition(" and ")
    if joined:
        return f"{input_title(first)} and {input_title(more)}" if "." in more or ":" in more else name
    kind, colon, of = name.partition(":")
    if colon:
        return f"{TITLES.get(kind + colon, _spoken(kind))}, {of}"
    *parents, key = name.split(".")
    if not parents and key not in TITLES:
        return _spoken(key) if "_" in key else key
    if key == "amount":
        return f"Cost of {parents[-1].replace('-', ' ')}"
    return ", ".join(part for part in (_called(parents, key), _place(parents)) if part)


def input_name(path: str) -> str:
    """A value as people call it where its place is said beside it.

    Examples
    --------
    >>> input_name("sites.aion.phases.p1.critical_it_mw"), input_name("costs.items.network.amount")
    ('Critical IT power', 'Amount')
    """
    *parents, key = path.split(".")
    return _spoken(key) if key == "amount" else _called([p for p in parents if p != "stages"], key)


def item_title(item: str, titles: Mapping[str, str]) -> str:
    """What a cost item, or what else money comes from, is called: its title where it has one.

    Examples
    --------
    >>> item_title("staff-floor", {"staff-floor": "Staff around the clock"}), item_title("fit-out", {})
    ('Staff around the clock', 'Fit out')
    >>> item_title("finance.tax_rate", {}), item_title("system_price_usd", {})
    ('Tax rate', 'Price of a system')
    """
    if item in titles:
        return titles[item]
    return input_title(item) if "." in item or "_" in item else _spoken(item)


def _called(parents: list[str], key: str) -> str:
    """A key with what its stage is called."""
    title = next((TITLES[end] for end in (*(f"{p}.{key}" for p in parents), key) if end in TITLES), "")
    title = title or _spoken(_UNIT.sub("", key) or key)
    stage = parents[parents.index("stages") + 1 :] if "stages" in parents else []
    # of all stages where a star stands for their names
    return f"{title} of {stage[0] if stage[0] != ALL else 'stages'}" if stage else title


def _place(parents: list[str]) -> str:
    """Names of records on the way to a value, without what kind each is of; a stage is in the title."""
    before = parents[: parents.index("stages")] if "stages" in parents else parents
    names = [name for holder, name in pairwise(before) if holder in NAMED and name != ALL]
    return ".".join(names)


def _spoken(key: str) -> str:
    words = [ABBREVIATIONS.get(word, word) for word in re.split(r"[_-]", key) if word]
    said = " ".join(words)
    return said[:1].upper() + said[1:]


def input_unit(unit: str, money_unit: str) -> str:
    """Unit of an input as it is shown; empty where it has none.

    Examples
    --------
    >>> input_unit("1/y", ""), input_unit("currency/MWh", "EUR2025"), input_unit("1", "")
    ('%/y', 'EUR2025/MWh', '')
    """
    if unit == YEARLY:
        return "%/y"
    return "" if unit == "1" else unit.replace(CURRENCY, money_unit)


def input_scale(unit: str) -> float:
    """What a value is multiplied with to be in the unit that is shown."""
    return PERCENT if unit == YEARLY else 1.0


def with_unit(name: str, unit: str, money_unit: str) -> str:
    """An input as people call it, with its unit.

    Examples
    --------
    >>> with_unit("finance.wacc_real", "1/y", "EUR2025"), with_unit("workload.busy_share", "1", "EUR2025")
    ('Cost of capital, real, %/y', 'Share of time that they compute')
    """
    shown = input_unit(unit, money_unit)
    return f"{input_title(name)}, {shown}" if shown else input_title(name)
