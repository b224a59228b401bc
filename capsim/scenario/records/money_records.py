"""Records of currency, costs, revenue and finance: what the ledger reads."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from capsim.scenario.records.quantity import (
    UNIT_OF_BASIS,
    CatalogDefault,
    PositiveShare,
    Quantity,
    Share,
    ShareBelowOne,
)
from capsim.scenario.records.record import CurrencyCode, Day, Id, Name, PriceYear, Record, Text
from capsim.scenario.records.site_records import Works

Country = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
"""ISO 3166 alpha-3 code in lower case."""
AssetClass = Literal["it", "facility", "land"]
"""Classes of assets: land keeps its value."""


class FxRate(Record):
    """A dated exchange rate."""

    id: Id
    """Name of the rate."""
    currency: CurrencyCode
    """ISO 4217 code of the currency that is converted."""
    per_unit: Annotated[float, Quantity("scenario currency per unit", gt=0)]
    """Units of the scenario's currency for one unit of this currency. [scenario currency]"""
    dated: Day
    """Date of the rate."""


class Currency(Record):
    """The currency and price year that all money in results is stated in."""

    code: CurrencyCode = "EUR"
    """ISO 4217 code."""
    price_year: PriceYear = 2025
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
    amount: Annotated[float, Quantity(UNIT_OF_BASIS, ge=0)]
    """Cost per unit of the basis, or the share it is. [currency per unit of the basis, or 1]"""
    currency: CurrencyCode = ""
    """ISO 4217 code of the amount; the scenario's where the amount is your own and says none."""
    price_year: PriceYear = 2025
    """Price year of the amount; the scenario's where the amount is your own and says none."""
    contains: tuple[Name, ...] = ()
    """What the amount pays for; no two items for one country may contain the same."""
    countries: tuple[Country, ...] = ()
    """Countries whose sites it applies to, ISO 3166 alpha-3 in lower case; all where empty."""
    except_countries: tuple[Country, ...] = ()
    """Countries whose sites it does not apply to, because another item is for them."""
    priced_in: tuple[Country, ...] = ()
    """Countries the amount was published for; a finding names the sites of others that it is used for."""
    media: Literal["air", "liquid"] | None = None
    """What halls must carry heat out of racks with for the item to apply to their site; all sites where
    missing."""
    works: Works | None = None
    """What must be built for a phase for the item to apply to it; all works where missing."""
    electrical_share: Share = 0.0
    """Share of a facility's amount that is electrical plant, which the `cost_factor` of a site's `electrical`
    makes dearer or cheaper; 0 takes the amount as priced for the plant there is. [1]"""
    mechanical_share: Share = 0.0
    """Share that is mechanical plant, which the `cost_factor` of a site's `cooling` does the same to. [1]"""
    quoted_on: Day | None = None
    """Day of the quote that the amount is of."""
    valid_until: Day | None = None
    """Last day on which that quote may be accepted."""
    due_on: Day | None = None
    """Day a lump sum falls due; the scenario's start where missing."""
    asset_class: AssetClass | None = None
    """Class of the asset, which gives its life and price trend; that of the basis where missing."""
    life_years: Annotated[float, Quantity("y", gt=0)] | None = None
    """Economic life, where it differs from that of the class. [y]"""
    order_share: Annotated[Share, CatalogDefault("cost_bases/{basis}")] | None = None
    """Share of the price paid at the order of systems, the start of construction, or the application
    for a grid step. [1]"""
    delivery_share: Annotated[Share, CatalogDefault("cost_bases/{basis}")] | None = None
    """Share paid at the delivery of systems, or evenly from that start to hand-over or energization; the
    rest is paid at acceptance: in service, ready for service, energised. [1]"""


class Costs(Record):
    """What the build and its operation cost, apart from energy and systems."""

    preset: Name | None = None
    """Entry of the catalogue's cost presets the items default to."""
    items: tuple[CostItem, ...] = ()
    """Cost items, merged by id over the preset's."""
    quotes: Text = ""
    """CSV file of quotes (item, amount, date; currency, valid_until, source), laid over the items by id."""
    systems_order_share: Annotated[Share, CatalogDefault("cost_bases/per_system_price.order_share")]
    """Share of the price of systems paid at order. [1]"""
    systems_delivery_share: Annotated[Share, CatalogDefault("cost_bases/per_system_price.delivery_share")]
    """Share of the price of systems paid at delivery; the rest is paid when they go into service. [1]"""


class Price(Record):
    """A point of a price path."""

    id: Id
    """Name of the point."""
    on: Day
    """Day on which the price holds; straight lines lead from one point to the next."""
    amount: Annotated[float, Quantity("currency per hour", ge=0)]
    """Price of an hour. [currency/h]"""
    currency: CurrencyCode = ""
    """ISO 4217 code of the amount; the scenario's where the amount is your own and says none."""
    price_year: PriceYear | None = None
    """Price year of the amount; the year of `on` where missing."""


class Rent(Record):
    """Rent of halls whose systems belong to tenants."""

    amount_per_kw_month: Annotated[
        float, Quantity("currency/kW/month", "assumptions/finance.colocation_usd_per_kw_month", ge=0)
    ]
    """Rent per kW of tenants' IT power in service, without energy. [currency/kW/month]"""
    currency: CurrencyCode = ""
    """ISO 4217 code of the amount; the scenario's where the amount is your own and says none."""
    price_year: PriceYear = 2025
    """Price year of the amount; the scenario's where the amount is your own and says none."""
    energy_share: Annotated[Share, CatalogDefault("assumptions/revenue.tenant_energy_share")]
    """Share of the energy cost of tenants' IT that they pay on top of the rent. [1]"""


class Revenue(Record):
    """What is sold: accelerator-hours at a price path, and rent of tenants."""

    preset: Name | None = None
    """Entry of the catalogue's price paths the prices default to."""
    prices: tuple[Price, ...] = ()
    """Price path, merged by id over the preset's; flat before its first and after its last point."""
    per: Literal["h100e_h", "accelerator_h"] = "h100e_h"
    """What an hour of the path is of: an H100-equivalent in the definition in force, or an accelerator."""
    trend_per_y: Annotated[float, Quantity("1/y", "assumptions/revenue.price_trend_per_y", ge=-0.9, le=1)]
    """Real change of the price per year after the last point. [1/y]"""
    reserved_share: Annotated[Share, CatalogDefault("assumptions/revenue")]
    """Share of the accelerators in service that is reserved, and paid for whether it computes or not. [1]"""
    reserved_discount: Annotated[Share, CatalogDefault("assumptions/revenue")]
    """Discount of reserved hours on the price path. [1]"""
    sold_share: Annotated[Share, CatalogDefault("assumptions/revenue")]
    """Share of the delivered hours of the others that is sold on demand. [1]"""
    rent: Rent | None = None
    """Rent of tenants; none where missing."""


class Debt(Record):
    """A tranche of debt that pays a share of capex, with interest capitalised until the asset works."""

    id: Id
    """Name of the tranche."""
    title: Text = ""
    """Lender, for people."""
    preset: Name | None = None
    """Entry of the catalogue's debt presets the terms default to."""
    of: Literal["all", "it", "facility"] = "all"
    """Class of the assets it pays for."""
    share: Annotated[PositiveShare, CatalogDefault("debt_presets/{preset}")]
    """Share of their capex. [1]"""
    rate_nominal_per_y: Annotated[float, Quantity("1/y", "debt_presets/{preset}.rate_per_y", ge=0)]
    """Nominal interest rate. [1/y]"""
    term_years: Annotated[float, Quantity("y", "debt_presets/{preset}", gt=0)]
    """Years of repayment, from the day the asset works. [y]"""
    repayment: Name = "annuity"
    """Entry of the table of repayment schedules."""


class Grant(Record):
    """Public or other money that pays a share of capex and is not paid back."""

    id: Id
    """Name of the grant."""
    title: Text = ""
    """Who gives it, for people."""
    of: Literal["all", "it", "facility"] = "all"
    """Class of the assets it pays for."""
    share: PositiveShare
    """Share of their capex. [1]"""
    at_most: Annotated[float, Quantity("scenario currency", ge=0)] | None = None
    """Most it pays in all, in money of the day; no limit where missing. [scenario currency]"""


class Owner(Record):
    """Who pays the equity and receives the distributions."""

    id: Id
    """Name of the owner."""
    title: Text = ""
    """Name for people."""
    share: PositiveShare
    """Share of the equity; the shares of all owners sum to 1. [1]"""


class Finance(Record):
    """How money at different times is compared, who gives it, and what the state takes."""

    wacc_real: Annotated[float, Quantity("1/y", "assumptions/finance", ge=-0.1, le=0.5)]
    """Weighted average cost of capital in real terms, the discount rate. [1/y]"""
    wacc_nominal: Annotated[float, Quantity("1/y", ge=-0.1, le=1)] | None = None
    """The same in nominal terms, instead of `wacc_real`; inflation is taken out of it. [1/y]"""
    inflation_per_y: Annotated[float, Quantity("1/y", "assumptions/finance", ge=-0.2, le=1)]
    """Inflation: carries an amount from its price year to the scenario's, and real into nominal. [1/y]"""
    construction_inflation_per_y: Annotated[float, Quantity("1/y", "assumptions/finance", ge=-0.2, le=1)]
    """Price change of buildings and plant per year, nominal; applies from the price year to the day of
    order, over `price_trend_years` at most. [1/y]"""
    system_price_trend_per_y: Annotated[float, Quantity("1/y", "assumptions/finance", ge=-0.9, le=1)]
    """Real price change of one and the same system per year, over the same time. [1/y]"""
    price_trend_years: Annotated[float, Quantity("y", "assumptions/finance", ge=0)]
    """Years after the price year over which both trends last; prices follow inflation afterwards. [y]"""
    life_it_years: Annotated[float, Quantity("y", "assumptions/finance", gt=0)]
    """Economic life of systems, for opening and residual values. [y]"""
    life_facility_years: Annotated[float, Quantity("y", "assumptions/finance", gt=0)]
    """Economic life of buildings and plant, for opening and residual values. [y]"""
    declining_factor_it: Annotated[float, Quantity("1", ge=1)] = 1.0
    """Multiple of the straight-line rate at which systems are depreciated for tax; 1 is straight-line. [1]"""
    declining_factor_facility: Annotated[float, Quantity("1", ge=1)] = 1.0
    """The same for buildings and plant. [1]"""
    tax_table_it: Name | None = None
    """Entry of the catalogue's tables of tax depreciation for systems, such as `macrs-5`, in place of factor
    and life."""
    tax_table_facility: Name | None = None
    """The same for buildings and plant, such as `macrs-15`."""
    bonus_share_it: Share = 0.0
    """Share of the cost of systems that is written off at once, when they start to work; the rest follows
    the table or the factor. [1]"""
    bonus_share_facility: Share = 0.0
    """The same for buildings and plant. [1]"""
    fiscal_year_starts: Annotated[int, Field(strict=True, ge=1, le=12)] = 1
    """Month in which fiscal years begin: tax falls due in the last month of each, and tables count them."""
    tax_rate: Annotated[ShareBelowOne, CatalogDefault("assumptions/finance.corporate_income_tax_fr")]
    """Corporate income tax on the profit of a fiscal year. [1]"""
    loss_offset_share: Annotated[Share, CatalogDefault("assumptions/finance")]
    """Share of a year's profit that losses carried forward may offset. [1]"""
    debts: tuple[Debt, ...] = ()
    """Tranches of debt; equity pays what they and the grants leave."""
    grants: tuple[Grant, ...] = ()
    """Grants."""
    owners: tuple[Owner, ...] = ()
    """Owners of the equity; one unnamed owner where empty."""
