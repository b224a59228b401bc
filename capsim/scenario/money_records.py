"""Records of currency, costs and finance: what the ledger reads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from capsim.scenario.quantity import Quantity
from capsim.scenario.record import Day, Id, Name, Record


class FxRate(Record):
    """A dated exchange rate."""

    id: Id
    """Name of the rate."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """ISO 4217 code of the currency that is converted."""
    per_unit: Annotated[float, Quantity("scenario currency per unit", gt=0)]
    """Units of the scenario's currency for one unit of this currency. [scenario currency]"""
    dated: Day
    """Date of the rate."""


class Currency(Record):
    """The currency and price year that all money in results is stated in."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    """ISO 4217 code."""
    price_year: Annotated[int, Field(strict=True, ge=2000, le=2060)] = 2025
    """Year whose prices real money is stated in."""
    fx: tuple[FxRate, ...] = ()
    """Rates for the other currencies used; a dated rate of the catalogue serves where none is given."""


class CostItem(Record):
    """A cost with a stated basis."""

    id: Id
    """Name of the item."""
    category: Literal["capex", "opex"]
    """Whether it is spent once or every year."""
    basis: Name
    """Entry of the table of cost bases: what the amount is multiplied with, and when it falls due."""
    amount: Annotated[float, Quantity("currency per unit of the basis", ge=0)]
    """Cost per unit of the basis. [currency per unit of the basis]"""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    """ISO 4217 code of the amount."""
    price_year: Annotated[int, Field(strict=True, ge=2000, le=2060)] = 2025
    """Price year of the amount."""


class Costs(Record):
    """What the build and its operation cost, apart from energy and systems."""

    preset: Name | None = None
    """Entry of the catalogue's cost presets the items default to."""
    items: tuple[CostItem, ...] = ()
    """Cost items, merged by id over the preset's."""


class Finance(Record):
    """How money at different times is compared. Real terms, in the scenario's price year."""

    wacc_real: Annotated[float, Quantity("1/y", gt=-1, catalog="assumptions/finance.wacc_real")]
    """Weighted average cost of capital in real terms, the discount rate. [1/y]"""
    inflation_per_y: Annotated[float, Quantity("1/y", gt=-1, catalog="assumptions/finance.inflation_per_y")]
    """Inflation that carries an amount from its price year to the scenario's. [1/y]"""
    life_it_years: Annotated[float, Quantity("y", gt=0, catalog="assumptions/finance.life_it_years")]
    """Economic life of systems, for opening and residual values. [y]"""
    life_facility_years: Annotated[
        float, Quantity("y", gt=0, catalog="assumptions/finance.life_facility_years")
    ]
    """Economic life of buildings and plant, for opening and residual values. [y]"""
