"""What surrounds a site: weather, electricity price, carbon intensity, hour by hour.

Sites in one climate share its weather, and sites in one price zone its prices: streams are keyed by
climate and zone.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capsim.catalog import carbon_shape, climate_table, market_of, read_weather
from capsim.models.grid import hourly_carbon, hourly_price
from capsim.models.solar import solar_dip
from capsim.models.weather import (
    Weather,
    expected_percentiles,
    repeated_year,
    usual_dry_bulb_c,
    warmed,
    with_heat_wave,
)
from capsim.models.weather_percentiles import PERCENTILES
from capsim.operations.borrowed_data import price_zone
from capsim.operations.year_bank import Key, PriceYears, relative_price_hours, synthetic_weather
from capsim.quantities import in_scenario_money
from capsim.scenario import Scenario, Site
from capsim.series import Varying, moves_by_the_hour
from capsim.units import DAYS_PER_YEAR, HOURS_PER_DAY, MONTHS_PER_YEAR, YEARS_PER_DECADE, Array, Calendar

CARBON_HOURS = MEASURED, LENT, OF_THE_SUN, FLAT = ("measured", "lent", "of the sun", "flat")
"""How the hours of a grid's carbon intensity are known: measured there or in a grid that stands in, by rule
from its solar share, or not."""


class Surroundings(NamedTuple):
    """Hourly series around a site, each of shape (n_hours,)."""

    weather: Weather
    """Dry-bulb and wet-bulb temperature. [degC]"""
    price_per_mwh: Array
    """Price at the meter. [scenario currency/MWh]"""
    adders_per_mwh: float
    """What of it the meter adds. [scenario currency/MWh]"""
    marginal_per_mwh: Array
    """Cost of one more MWh drawn, by which battery, engines and jobs decide. [scenario currency/MWh]"""
    carbon_g_per_kwh: Array
    """Location-based carbon intensity. [gCO2e/kWh]"""
    residual_g_per_kwh: Array | float
    """Life-cycle intensity of what no certificate claims: the residual mix, by month, of a series by hour, or
    a scalar, else location-based. [gCO2e/kWh]"""

    @property
    def wholesale_per_mwh(self) -> Array:
        """Price without what the meter adds. [scenario currency/MWh]"""
        return self.price_per_mwh - self.adders_per_mwh


class Sky:
    """Makes surroundings and keeps what several sites share, for one replication.

    Sites of one tariff and zone have the same prices, and those of one grid the same carbon. With
    `for_variants` it keeps those of each site, for plans that differ in nothing that makes them.
    """

    def __init__(self, scenario: Scenario, key: Key, *, for_variants: bool = False) -> None:
        self._scenario, self._key = scenario, key
        self._weather: dict[tuple[str, float, float, float, str], Weather] = {}
        self._prices: dict[Hashable, tuple[Array, float]] = {}
        self._carbons: dict[Hashable, Array] = {}
        self._kept: dict[str, Surroundings] | None = {} if for_variants else None

    def over(self, site: Site) -> Surroundings:
        """Surroundings of a site."""
        if self._kept is None:
            return self._around(site)
        if site.id not in self._kept:
            self._kept[site.id] = self._around(site)
        return self._kept[site.id]

    def _around(self, site: Site) -> Surroundings:
        price, adders = self._price(site)
        carbon, residual = self._carbon(site)
        return Surroundings(
            weather=self.weather(site),
            price_per_mwh=price,
            adders_per_mwh=adders,
            marginal_per_mwh=price,
            carbon_g_per_kwh=carbon,
            residual_g_per_kwh=residual,
        )

    def _price(self, site: Site) -> tuple[Array, float]:
        """Price at the meter, and what of it the meter adds."""
        years = price_years_of(self._scenario, site) if site.tariff.spread == "hourly" else None
        key = years, site.tariff, _step_of(site.tariff.level_per_mwh)
        if key not in self._prices:
            self._prices[key] = self._made_price(site, years)
        return self._prices[key]

    def _carbon(self, site: Site) -> tuple[Array, Array | float]:
        """Location-based intensity, and that of what no certificate claims. [gCO2e/kWh]"""
        grid = site.carbon
        # the residual mix and the direct share, drawn site by site, leave the grid's own carbon as it is
        level = grid.intensity_gco2e_per_kwh
        key = site.country, grid.zone, level, grid.intensity_year, grid.trend_per_y, _step_of(level)
        if key not in self._carbons:
            self._carbons[key] = self._made_carbon(site)
        carbon = self._carbons[key]
        return carbon, self._residual(site, carbon)

    def _residual(self, site: Site, carbon: Array) -> Array | float:
        """Life-cycle intensity of what no certificate claims. [gCO2e/kWh]

        A residual mix is published as direct CO2. Held against a life-cycle intensity it would show a saving
        that is a change of scope, so the grid's own upstream part is added. And what is left when the clean
        part is claimed is not cleaner than the whole: where sources make it so, it is the whole.
        """
        about, calendar = site.carbon, self._scenario.calendar
        if about.residual_mix_gco2_per_kwh is None:
            return carbon
        grid, trend = _intensity(site, calendar), about.trend_per_y
        mix = in_first_year(about.residual_mix_gco2_per_kwh, about.residual_mix_year, trend, calendar)
        if isinstance(mix, Varying):
            level = with_trend(float(grid), trend, calendar)
            hours = with_trend(mix, trend, calendar) + level * (1.0 - about.direct_share)
            return np.where(hours <= level, carbon, hours)
        whole = mix + grid * (1.0 - about.direct_share)
        return carbon if whole <= grid else _by_month(whole, trend, calendar)

    def weather(self, site: Site) -> Weather:
        """Weather over a site."""
        trend, stress = site.warming_k_per_decade, site.extreme_heat_k
        key = (site.climate, site.climate_shift_k, trend, stress, site.weather_file)
        if key not in self._weather:
            self._weather[key] = self._made(site)
        return self._weather[key]

    def _made(self, site: Site) -> Weather:
        """Weather of a site with the warming trend, and with its heat waves as a stress."""
        scenario, calendar = self._scenario, self._scenario.calendar
        if site.weather_file:
            # the same measured year again and again
            year = read_weather(site.weather_file)
            weather = repeated_year(year, calendar.month_of_hour, calendar.day_of_month_of_hour)
        else:
            table = climate_table(scenario.catalog, site.climate)
            weather = synthetic_weather(self._key, site.climate, table, calendar)
        warming_k = 0.0 if site.weather_file else site.climate_shift_k
        if site.warming_k_per_decade:
            trend_k = hours_elapsed_y(calendar) * (site.warming_k_per_decade / YEARS_PER_DECADE)
            weather = warmed(weather, trend_k + warming_k)
        elif warming_k:
            weather = warmed(weather, warming_k)
        if site.extreme_heat_k:
            weather = with_heat_wave(weather, calendar.year_of_hour, site.extreme_heat_k)
        return weather

    def _made_price(self, site: Site, years: PriceYears | None) -> tuple[Array, float]:
        """Price of a site's tariff in the years of its zone, and what of it the meter adds."""
        scenario, tariff = self._scenario, site.tariff
        rate = in_scenario_money(scenario, 1.0, tariff.currency, tariff.price_year)
        adders = (tariff.excise_per_mwh + tariff.network_per_mwh) * rate
        level = with_trend(tariff.level_per_mwh, tariff.trend_per_y, scenario.calendar) * rate
        if moves_by_the_hour(tariff.level_per_mwh):
            return np.asarray(level + adders), adders
        relative = np.ones(scenario.calendar.n_hours)
        if years is not None:
            relative = relative_price_hours(self._key, years, scenario.calendar)
        relative = about_level(relative, tariff.level_per_mwh, scenario.calendar)
        return hourly_price(relative, level, adders), adders

    def _made_carbon(self, site: Site) -> Array:
        """Location-based intensity of a site's grid. [gCO2e/kWh]"""
        calendar = self._scenario.calendar
        intensity = _intensity(site, calendar)
        level = with_trend(intensity, site.carbon.trend_per_y, calendar)
        if moves_by_the_hour(intensity):
            return np.asarray(level)
        shape = hours_of_carbon(self._scenario, site)[0]
        carbon = hourly_carbon(1.0, shape, calendar.month_hour_index)
        return about_level(carbon, intensity, calendar) * level


def _intensity(site: Site, calendar: Calendar) -> float:
    """Life-cycle intensity of a site's grid in the first year of the plan, or its series. [gCO2e/kWh]"""
    grid = site.carbon
    return in_first_year(grid.intensity_gco2e_per_kwh, grid.intensity_year, grid.trend_per_y, calendar)


def _step_of(level: float) -> str | None:
    """Step of the series a level carries: with the same values, a month is levelled and a year is not."""
    return level.series.hours.step if isinstance(level, Varying) else None


def design_dry_bulb_c(scenario: Scenario, site: Site) -> float:
    """Dry-bulb for which the cooling of a site is sized: 0.4 % of the hours are warmer. [degC]

    The 99.6th percentile of the weather file, or of the climate in recent years, ASHRAE's annual cooling
    condition: the published one where it is above the typical year's. Where neither is known, as the
    climate's mean, spread and skew give it.
    """
    if site.weather_file:
        return float(np.percentile(read_weather(site.weather_file).dry_bulb_c, PERCENTILES[-1]))
    climate = climate_table(scenario.catalog, site.climate)
    measured = climate.dry_bulb_percentiles_c
    typical_c = float((expected_percentiles(climate)[0] if measured is None else measured)[-1])
    return typical_c + site.climate_shift_k


def usual_weather(scenario: Scenario, site: Site) -> Weather:
    """Weather that stands for any year of a site, for what is taken as the same in all of them.

    Nothing of it depends on the horizon; it knows no trend, and wet-bulb is left at dry-bulb.
    """
    if site.weather_file:
        return read_weather(site.weather_file)
    dry_bulb_c = usual_dry_bulb_c(climate_table(scenario.catalog, site.climate)) + site.climate_shift_k
    return Weather(dry_bulb_c, dry_bulb_c)


def hours_of_carbon(scenario: Scenario, site: Site) -> tuple[Array, str]:
    """Shape of the carbon intensity by month and hour, mean 1, and what it is: one of `CARBON_HOURS`. [1]"""
    zone, grid = site.carbon.zone, scenario.catalog.tables["carbon"].get(site.country)
    measured = None if zone is None else carbon_shape(zone)
    # measured hours go before those of the rule
    if measured is not None:
        return measured, LENT if lent_because(scenario, site) else MEASURED
    if grid is None or not {"solar_share", "latitude_deg", "longitude_deg"} <= set(grid.values):
        return np.ones((MONTHS_PER_YEAR, HOURS_PER_DAY)), FLAT
    tilt_deg = scenario.catalog.entry("assumptions", "solar").number("tilt_deg")
    dip = scenario.catalog.entry("assumptions", "carbon").number("solar_dip")
    names = ("solar_share", "latitude_deg", "longitude_deg")
    return _dip(*(grid.number(name) for name in names), tilt_deg, dip), OF_THE_SUN


def lent_because(scenario: Scenario, site: Site) -> str:
    """Why a zone's carbon hours stand in for those of a site's own; empty where they do not.

    A zone that the planner names is the site's.
    """
    grid = scenario.catalog.tables["carbon"].get(site.country)
    is_named = "zone" in site.carbon.model_fields_set
    if grid is None or "lent_because" not in grid or is_named or grid.text("zone") != site.carbon.zone:
        return ""
    return grid.text("lent_because")


@lru_cache(maxsize=64)
def _dip(share: float, latitude_deg: float, longitude_deg: float, tilt_deg: float, dip: float) -> Array:
    """The shape `solar_dip` makes, once per grid and process."""
    place = {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg, "tilt_deg": tilt_deg}
    return solar_dip(share, **place, dip=dip)


def price_years_of(scenario: Scenario, site: Site) -> PriceYears | None:
    """What the years of a site's price are like; None for a zone of the user's without any market."""
    zone = price_zone(scenario, site)
    market = market_of(scenario.catalog, zone)
    if market is None:
        return None
    swings = scenario.catalog.entry("assumptions", "price")
    return PriceYears(zone, market, swings.number("swing_growth"), swings.number("swing_sd"))


def is_flat_for_want_of_hours(scenario: Scenario, site: Site) -> bool:
    """Whether a price that is to move with the hour stays flat, because no hours of its zone are known."""
    is_given = moves_by_the_hour(site.tariff.level_per_mwh)
    return site.tariff.spread == "hourly" and not is_given and price_years_of(scenario, site) is None


@lru_cache(maxsize=8)
def hours_elapsed_y(calendar: Calendar) -> Array:
    """Years since the start, of every hour, shape (n_hours,). [y]"""
    return np.arange(calendar.n_hours) / (DAYS_PER_YEAR * HOURS_PER_DAY)


def about_level(relative: Array, level: float, calendar: Calendar) -> Array:
    """Hours about a level, with a mean of 1 in each month where the level is given by month."""
    if not (isinstance(level, Varying) and level.series.hours.step == "month"):
        return relative
    hours = np.diff(calendar.month_start_d) * HOURS_PER_DAY
    return np.asarray(relative / np.repeat(calendar.sum_by_month(relative) / hours, hours))


def in_first_year(level: float, year: int | None, trend_per_y: float, calendar: Calendar) -> float:
    """What a level of a calendar year comes to in the first year of a horizon, both at their middle.

    A level of no year is one of that first year, and a series has its own hours.
    """
    if year is None or isinstance(level, Varying):
        return level
    after_y = calendar.start.year - year + (calendar.start.month - 1) / MONTHS_PER_YEAR
    return float(level * (1.0 + trend_per_y) ** after_y)


def with_trend(level: float, trend_per_y: float, calendar: Calendar) -> float | Array:
    """A level that grows by a rate at each anniversary of the start (UTC); a scalar where it does not.

    Of a series its own hours stand, and what is beyond them grows.
    """
    if isinstance(level, Varying):
        return level.series.over(calendar, trend_per_y)
    by_month = _by_month(level, trend_per_y, calendar)
    # a scalar spares the hours a multiplication by one array more
    if not isinstance(by_month, np.ndarray):
        return by_month
    return np.repeat(by_month, np.diff(calendar.month_start_d) * HOURS_PER_DAY)


def _by_month(level: float, trend_per_y: float, calendar: Calendar) -> float | Array:
    """A level that grows by a rate at each anniversary of the start, by month; a scalar where it does not."""
    if not trend_per_y:
        return level
    return np.asarray(level * (1.0 + trend_per_y) ** (np.arange(calendar.n_months) // MONTHS_PER_YEAR))
