"""Measure: what one figure of a result is called, its unit and meaning, and how it adds up and is read.

Money has its currency in the name and its price year in the unit: both are left open here, and resolved
with the unit of a scenario's money, such as ``EUR2025``.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

Fold = Literal["end", "sum", "peak", "least", "margin", "hours", "mean", "whole"]
"""What a month shows of its hours, and a horizon of its months: the level at the `end`, the `sum`, the
highest (`peak`) or `least` hour, the level at the end held against the highest hour (`margin`), the number
of `hours`, the `mean`. All these add up over sites. What is stated of a `whole` and nothing less (a ratio,
a rate of return) adds up over nothing."""
Better = Literal["higher", "lower", "neither"]
"""Which way is better, everything else being equal."""
Form = Literal[
    "whole", "power", "tenths", "ratio", "digits", "thousands", "millions", "money", "percent", "date", "text"
]
"""How a person reads it: `whole` and exact with separators, a `power` to the tenth of a MW (below one to two
digits), to `tenths`, a `ratio` to three decimals, to two significant `digits`, in `thousands` or `millions`
of its unit, `money` in m or bn, in `percent`."""
FORM_OF_UNIT: Final[dict[str, Form]] = {
    "MW": "power",
    "1": "ratio",
    "1/y": "percent",
    "y": "tenths",
    "degC": "tenths",
    "tCO2e": "thousands",
    "H100e h": "millions",
    "date": "date",
    **dict.fromkeys(("l/kWh", "kgCO2e/kWh", "gCO2e/kWh", "tCO2e/h", "m3/h"), "digits"),
}
"""How most figures of a unit are read; money is `money`, and all else is `whole`."""
CURRENCY: Final = "currency"
"""Stands in units for the scenario's currency in its price year."""
NOMINAL: Final = "currency nominal"
"""Unit of money of the day, which has no price year."""


class Measure(NamedTuple):
    """One figure of a result."""

    name: str
    """Name, with its unit where the quantity has one and without the currency of money."""
    unit: str
    """Unit; `CURRENCY` stands for the scenario's currency in its price year."""
    meaning: str
    """Meaning in words."""
    fold: Fold
    better: Better = "neither"
    own_form: Form | None = None
    """How it is read where that is not as its unit is."""
    own_title: str = ""
    """What it is called above a column, where its meaning is too long for that."""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.own_title or self.meaning

    @property
    def form(self) -> Form:
        """How a person reads it."""
        return self.own_form or ("money" if self.is_money else FORM_OF_UNIT.get(self.unit, "whole"))

    @property
    def is_money(self) -> bool:
        """Whether it is money, or money per something."""
        return self.unit.startswith(CURRENCY)

    def named(self, currency: str) -> str:
        """Name in results in a currency.

        Examples
        --------
        >>> Measure("lcoc_per_h100e_h", "currency/(H100e h)", "Levelised cost", "whole").named("EUR")
        'lcoc_eur_per_h100e_h'
        """
        return in_currency(self.name, currency) if self.is_money else self.name

    def unit_in(self, money_unit: str) -> str:
        """Unit in results whose money is in a currency of a price year.

        Examples
        --------
        >>> Measure("lcoc_per_h100e_h", "currency/(H100e h)", "Levelised cost", "whole").unit_in("EUR2025")
        'EUR2025/(H100e h)'
        """
        money = money_unit.rstrip("0123456789") if self.unit == NOMINAL else money_unit
        return self.unit.replace(CURRENCY, money) if self.is_money else self.unit


def in_currency(name: str, currency: str) -> str:
    """Name of money with its currency.

    Examples
    --------
    >>> in_currency("capex", "EUR"), in_currency("tco_per_it_mw_year", "USD")
    ('capex_eur', 'tco_usd_per_it_mw_year')
    """
    stem, per, of = name.partition("_per_")
    return f"{stem}_{currency.lower()}{per}{of}"


def without_currency(name: str, currency: str = "[a-z]{3}") -> str:
    """Name of money without its currency; any three letters that stand at its place go where none is given.

    Examples
    --------
    >>> without_currency("tco_usd_per_it_mw_year"), without_currency("capex_eur", "USD")
    ('tco_per_it_mw_year', 'capex_eur')
    """
    return re.sub(rf"_{currency.lower()}(?=_per_|$)", "", name, count=1)
