"""Cost bases: what the amount of a cost item comes to for a thing, in plain numbers.

A basis is a function ``(amount, thing) -> cost``. The thing is one of the records below: those of capex
are bought and give a number, those of opex run by month and give an array. A basis is registered with the
thing it is counted per and the unit of its amount; who buys the things, when, and at which prices is known
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np

from capsim.registry import Table, meaning_of
from capsim.units import KW_PER_MW, Array

MONEY = "currency"
"""How the unit of an amount begins that is money."""
SHARES = ("1", "1/y")
"""Units of amounts that are a share of a price."""


@dataclass(frozen=True)
class _Facility:
    """Buildings and plant for some critical IT power."""

    critical_it_mw: float
    """Critical IT power. [MW]"""
    asset_class: ClassVar[Literal["facility"]] = "facility"


@dataclass(frozen=True)
class Hall(_Facility):
    """An owned phase that is built. A share is of the price of its building and plant per MW."""

    cost_overrun: float = 1.0
    """What it comes to over what its items say. [1]"""
    works: str = "new"
    """What is built for it, as the scenario says."""


class OwnedSite(_Facility):
    """A site with an owned phase that is built, and the power of all its owned phases."""


class Portfolio(_Facility):
    """All sites together, once, and the power of all owned phases."""


@dataclass(frozen=True)
class Grid:
    """A step of a grid connection; the owner's where all phases of the site are leased."""

    grid_mw: float
    """Power of the step. [MW]"""
    asset_class: ClassVar[Literal["facility"]] = "facility"


@dataclass(frozen=True)
class Systems:
    """Systems of one kind that are ordered together. A share is of the price of one."""

    systems: float
    """How many. [systems]"""
    accelerators: float
    """Accelerators in all of them. [accelerators]"""
    racks: float
    """Racks that all of them take up. [racks]"""
    price: float
    """Price of one before any trend. [currency]"""
    price_year: int
    """Year this price is of."""
    asset_class: ClassVar[Literal["it"]] = "it"


@dataclass(frozen=True)
class HallMonths:
    """An owned phase, month by month; arrays have shape (n_months,)."""

    critical_it_mw: float
    """Critical IT power. [MW]"""
    years: Array
    """Length of each month. [y]"""
    open_share: Array
    """Share of each month after ready for service. [1]"""


class LeaseMonths(HallMonths):
    """A leased phase, month by month."""


@dataclass(frozen=True)
class SiteMonths:
    """A site, month by month; arrays have shape (n_months,)."""

    years: Array
    """Length of each month. [y]"""
    open_share: Array
    """Share of each month after its first owned phase is ready for service. [1]"""
    series: Mapping[str, Array]
    """Monthly series of its operation by name, such as `water_m3` and `accelerator_h`."""


@dataclass(frozen=True)
class InstalledMonths:
    """What is at work at a site or in a phase, at its price; arrays have shape (n_months,)."""

    years: Array
    """Length of each month. [y]"""
    facility: Array
    """Mean price of buildings and plant at work. [currency]"""
    it: Array
    """Mean price of systems at work, with what is bought with them. [currency]"""
    all: Array
    """Sum of the two. [currency]"""


CAPEX_THINGS = (Hall, Grid, OwnedSite, Portfolio, Systems)
"""What a basis of capex may be counted per."""
OPEX_THINGS = (HallMonths, LeaseMonths, SiteMonths, InstalledMonths)
"""What a basis of opex may be counted per."""
PRICED_THINGS = (Hall, Systems)
"""Things of capex with a price that others can be a share of."""
Thing = TypeVar("Thing")
Cost = TypeVar("Cost", float, Array)


@dataclass(frozen=True)
class CostBasis:
    """A function of an amount and a thing, with what it is counted per and the unit of the amount."""

    __wrapped__: Callable[[float, Any], Any]
    per: type
    """Class of the things it is counted per."""
    unit: str
    """Unit of the amount, such as ``currency/MW``; without a currency it is a share of a price."""

    def __call__(self, amount: float, thing: Any) -> Any:
        """Cost of a thing: a number of capex, an array by month of opex. [currency]"""
        return self.__wrapped__(amount, thing)

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        return meaning_of(self.__wrapped__)

    @property
    def is_share(self) -> bool:
        """Whether the amount is a share of a price and not money."""
        return not self.unit.startswith(MONEY)


def _wrong(cost: Any) -> str:
    numbers = np.asarray(cost)
    is_cost = numbers.dtype.kind in "fiu" and bool(np.isfinite(numbers).all())
    return "" if is_cost else "must give a finite cost"


CAPEX_BASES: Table[CostBasis] = Table("cost basis of capex", CostBasis, _wrong)
"""What `basis:` of a capex item may name."""
OPEX_BASES: Table[CostBasis] = Table("cost basis of opex", CostBasis, _wrong)
"""What `basis:` of an opex item may name."""
COST_BASES: Mapping[str, Table[CostBasis]] = {"capex": CAPEX_BASES, "opex": OPEX_BASES}
"""The bases by the category of an item."""


def cost_basis(
    name: str, *, per: type[Thing], unit: str
) -> Callable[[Callable[[float, Thing], Cost]], Callable[[float, Thing], Cost]]:
    """Decorator that registers a cost basis; its docstring says what is counted.

    Parameters
    ----------
    name : str
        What `basis:` of a cost item names.
    per : type
        Class of the things it is counted per: of `CAPEX_THINGS` for capex, of `OPEX_THINGS` for opex.
    unit : str
        Unit of the amount: ``currency/...`` where it is money, ``1`` or ``1/y`` where it is a share.

    Raises
    ------
    ValueError
        If there is no such thing, if the unit is neither money nor a share, if the thing has no price to be
        a share of, or if the name is taken.
    """
    things = (*CAPEX_THINGS, *OPEX_THINGS)
    if per not in things:
        raise ValueError(f"a cost basis is per {', '.join(thing.__name__ for thing in things)} (got {per!r})")
    is_capex = per in CAPEX_THINGS
    # a unit in a currency of its own would pass for a share, and multiply a price
    if not unit.startswith(MONEY) and unit not in SHARES:
        raise ValueError(f"the unit of a cost basis is currency/..., or 1 or 1/y for a share (got {unit})")

    def add(function: Callable[[float, Thing], Cost]) -> Callable[[float, Thing], Cost]:
        table = CAPEX_BASES if is_capex else OPEX_BASES
        basis = CostBasis(table.watched(name, function), per, unit)
        if is_capex and basis.is_share and per not in PRICED_THINGS:
            rule = f"{per.__name__} has no price to be a share of: its unit is currency/... (got {unit})"
            raise ValueError(rule)
        table.register(name)(basis)
        return function

    return add


def bases_per(thing: type) -> tuple[str, ...]:
    """Names of the bases of capex that are counted per a thing.

    Examples
    --------
    >>> bases_per(Grid)
    ('per_grid_mw',)
    """
    return tuple(name for name in CAPEX_BASES.names if CAPEX_BASES[name].per is thing)


@cost_basis("per_critical_it_mw", per=Hall, unit="currency/MW")
def per_critical_it_mw(amount: float, hall: Hall) -> float:
    """MW of critical IT power of each owned phase."""
    return amount * hall.critical_it_mw


@cost_basis("per_facility_cost", per=Hall, unit="1")
def per_facility_cost(amount: float, hall: Hall) -> float:
    """Share of the items per critical IT MW."""
    return amount * hall.critical_it_mw


@cost_basis("per_grid_mw", per=Grid, unit="currency/MW")
def per_grid_mw(amount: float, step: Grid) -> float:
    """MW of each grid step."""
    return amount * step.grid_mw


@cost_basis("per_site", per=OwnedSite, unit="currency/site")
def per_site(amount: float, site: OwnedSite) -> float:
    """Each site with an owned phase."""
    del site
    return amount


@cost_basis("per_accelerator", per=Systems, unit="currency/accelerator")
def per_accelerator(amount: float, order: Systems) -> float:
    """Each accelerator."""
    return amount * order.accelerators


@cost_basis("per_system_price", per=Systems, unit="1")
def per_system_price(amount: float, order: Systems) -> float:
    """Multiple of the price of the systems."""
    return amount * order.systems


@cost_basis("per_site_mw", per=OwnedSite, unit="currency/MW")
def per_site_mw(amount: float, site: OwnedSite) -> float:
    """MW of critical IT power of all owned phases of a site."""
    return amount * site.critical_it_mw


@cost_basis("lump", per=Portfolio, unit="currency")
def lump(amount: float, portfolio: Portfolio) -> float:
    """The portfolio, once."""
    del portfolio
    return amount


@cost_basis("per_rack", per=Systems, unit="currency/rack")
def per_rack(amount: float, order: Systems) -> float:
    """Each rack the systems take up."""
    return amount * order.racks


@cost_basis("per_critical_it_mw_year", per=HallMonths, unit="currency/MW/y")
def per_critical_it_mw_year(amount: float, hall: HallMonths) -> Array:
    """MW of critical IT power of owned phases and year from ready for service on."""
    return amount * hall.critical_it_mw * (hall.years * hall.open_share)


@cost_basis("per_m3_water", per=SiteMonths, unit="currency/m3")
def per_m3_water(amount: float, site: SiteMonths) -> Array:
    """Cubic metre of water the cooling takes in."""
    return amount * site.series["water_m3"]


@cost_basis("per_tco2e", per=SiteMonths, unit="currency/tCO2e")
def per_tco2e(amount: float, site: SiteMonths) -> Array:
    """Tonne of carbon of the energy drawn from the grid, location-based."""
    return amount * site.series["carbon_t"]


@cost_basis("per_tco2_market", per=SiteMonths, unit="currency/tCO2e")
def per_tco2_market(amount: float, site: SiteMonths) -> Array:
    """Tonne of carbon of the energy drawn from the grid, market-based."""
    return amount * site.series["carbon_market_t"]


@cost_basis("per_tco2_fuel", per=SiteMonths, unit="currency/tCO2")
def per_tco2_fuel(amount: float, site: SiteMonths) -> Array:
    """Tonne of carbon of the fuel that engines on site burn, as emissions trading counts it."""
    return amount * site.series["carbon_fuel_t"]


@cost_basis("per_site_year", per=SiteMonths, unit="currency/site/y")
def per_site_year(amount: float, site: SiteMonths) -> Array:
    """Each site and year from its first owned phase's ready for service on."""
    return amount * site.years * site.open_share


@cost_basis("per_grid_mw_year", per=SiteMonths, unit="currency/MW/y")
def per_grid_mw_year(amount: float, site: SiteMonths) -> Array:
    """MW of energised grid connection and year."""
    return amount * site.years * site.series["grid_mw"]


@cost_basis("per_peak_mw_month", per=SiteMonths, unit="currency/MW/month")
def per_peak_mw_month(amount: float, site: SiteMonths) -> Array:
    """MW of the highest hourly load at the meter of each month."""
    return amount * site.series["facility_peak_mw"]


@cost_basis("per_leased_kw_month", per=LeaseMonths, unit="currency/kW/month")
def per_leased_kw_month(amount: float, hall: LeaseMonths) -> Array:
    """Critical IT power of leased phases in kW and month from ready for service on."""
    return amount * hall.critical_it_mw * KW_PER_MW * hall.open_share


@cost_basis("per_installed_facility_year", per=InstalledMonths, unit="1/y")
def per_installed_facility_year(amount: float, installed: InstalledMonths) -> Array:
    """Share per year of the price of the buildings and plant at work."""
    return amount * installed.facility * installed.years


@cost_basis("per_installed_it_year", per=InstalledMonths, unit="1/y")
def per_installed_it_year(amount: float, installed: InstalledMonths) -> Array:
    """Share per year of the price of the systems at work and what is bought with them."""
    return amount * installed.it * installed.years


@cost_basis("per_installed_year", per=InstalledMonths, unit="1/y")
def per_installed_year(amount: float, installed: InstalledMonths) -> Array:
    """Share per year of the price of all plant and systems at work."""
    return amount * installed.all * installed.years
