"""Cooling and electrical chain of a site, and the load that keeps it inside its limits, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capsim.models.cooling import Cooling
from capsim.models.electrical import ElectricalChain, at_meter_mw, hall_heat_mw, it_load_of_heat_mw
from capsim.models.limits import RELATIVE_GAP, throttle
from capsim.models.weather import Weather
from capsim.operations.fleet import SiteFleet
from capsim.operations.outside import Outside
from capsim.operations.power_limit import Limit
from capsim.operations.spans import Spans
from capsim.operations.surroundings import with_trend
from capsim.units import HOURS_PER_YEAR, Array, hour_blocks

Hours = NDArray[np.int64] | slice
ALL = slice(None)
_MOST = 0.8
"""Share of the hours from which computing all of them is faster than picking some. [1]"""


@dataclass(frozen=True, eq=False)
class Steady:
    """What a site wants where nothing moves it inside a span, each of shape (n_spans,). [MW]"""

    spans: Spans
    it_mw: Array
    energised_mw: Array
    ready_mw: Array


class Plant:
    """Cooling and electrical chain of a site: IT load and weather become facility load."""

    def __init__(
        self,
        fleet: SiteFleet,
        energised_mw: Array,
        ready_mw: Array,
        outside: Outside,
        steady: Steady | None = None,
    ) -> None:
        """Plant of a site; where its load is `steady`, what hangs on it alone is computed span by span."""
        scenario, site = fleet.scenario, fleet.site
        self._cooling, self._weather, self._under = outside.cooling, outside.weather, outside.under
        self._plant_factor, self._water_factor = site.cooling.plant_factor, site.cooling.water_factor
        self._site_water_m3_per_mwh = site.cooling.site_water_m3_per_mw_y / HOURS_PER_YEAR
        self._design_dry_bulb_c = outside.design_dry_bulb_c
        self._chain = ElectricalChain(
            **{name: getattr(site.electrical, name) for name in ElectricalChain.__annotations__}
        )
        pue = with_trend(site.pue, 0.0, scenario.calendar) if site.pue is not None else None
        self._pue = (
            None if pue is None else np.broadcast_to(np.asarray(pue, dtype=np.float64), energised_mw.shape)
        )
        heat_per_it = self._heat_per_it = float(hall_heat_mw(1.0, 1.0, self._chain))
        self._steady = steady
        self._energised_mw, self._rated_heat_mw = energised_mw, energised_mw * heat_per_it
        self._ready_mw = ready_mw
        self._hours: Hours = ALL
        self._there: tuple[Array, ...] = (energised_mw, self._rated_heat_mw, *self._under)

    @cached_property
    def _installed_heat_mw(self) -> Array:
        """Heat the plant of all ready halls is made for, powered or not. [MW]"""
        is_powered = self._ready_mw is self._energised_mw
        return self._rated_heat_mw if is_powered else self._ready_mw * self._heat_per_it

    @cached_property
    def first_hall_h(self) -> int:
        """Hour of the first energised hall: before it there is nothing to cool, often for years."""
        steady = self._steady
        if steady is None:
            return int(np.argmax(self._energised_mw > 0.0))
        return int(steady.spans.edges_h[np.argmax(steady.energised_mw > 0.0)])

    def heat_mw(self, it_mw: Array, hours: Hours = ALL) -> Array:
        """Heat of the halls in some hours. [MW]"""
        return hall_heat_mw(it_mw, self._in(hours)[0], self._chain)

    def wanted_heat_mw(self, it_mw: Array) -> Array:
        """Heat of the halls in all hours at the load wanted, to be changed in place. [MW]"""
        if self._steady is None:
            return self.heat_mw(it_mw)
        hourly = self._steady.spans.hourly(self._steady_heat_mw)
        return hourly.copy() if hourly is self._steady_heat_mw else hourly

    @cached_property
    def _steady_heat_mw(self) -> Array:
        """Heat of the halls at a steady load, span by span. [MW]"""
        of = self._steady
        return np.zeros(0) if of is None else hall_heat_mw(of.it_mw, of.energised_mw, self._chain)

    def it_mw(self, heat_mw: Array, hours: Hours) -> Array:
        """IT load that gives off a heat in some hours; 0 where empty halls give off more. [MW]"""
        return it_load_of_heat_mw(heat_mw, self._energised_mw[hours], self._chain)

    def _in(self, hours: Hours) -> tuple[Array, ...]:
        """Energised MW, rated heat and `under` of some hours, gathered once for guess after guess."""
        if hours is not self._hours:
            series = (self._energised_mw, self._rated_heat_mw, *self._under)
            self._hours, self._there = hours, tuple(values[hours] for values in series)
        return self._there

    def loads(self, heat_mw: Array, hours: Hours = ALL) -> tuple[Cooling, Array]:
        """Cooling, and facility load [MW], of some hours at a heat of the halls."""
        energised, rated_heat, *under = self._in(hours)
        cooling = self._cooling.power_under(heat_mw, tuple(under), rated_heat)
        power, water = cooling
        # a plant as its coefficients have it needs no further pass over the hours
        if self._plant_factor != 1.0:
            power = power * self._plant_factor
        if self._water_factor != 1.0 and not self._cooling.is_dry:
            water = water * self._water_factor
        if self._site_water_m3_per_mwh > 0.0:
            of_site = energised * self._site_water_m3_per_mwh
            water = of_site if self._cooling.is_dry else water + of_site
        cooling = Cooling(power, water)
        if self._pue is not None:
            facility = self.it_mw(heat_mw, hours) * self._pue[hours]
            power = np.maximum(facility * self._chain.upstream_efficiency - heat_mw, 0.0)
            return Cooling(power, cooling.water_m3_per_h), facility
        return cooling, at_meter_mw(heat_mw, cooling.power_mw, energised, self._chain)

    def fits_without_cooling(self, limit: Limit) -> bool:
        """Whether halls with a steady load are known to draw no more by themselves than a limit."""
        # of other halls it takes the hours to tell
        if self._steady is None or self._pue is not None or not limit.is_by_span:
            return False
        return bool(np.all(self._steady_heat_mw <= limit.mw * self._chain.upstream_efficiency))

    def without_cooling_mw(self, heat_mw: Array, hours: Hours = ALL) -> Array:
        """What the halls draw at the meter by themselves in some hours. [MW]"""
        # of a PUE that is given nobody knows how much is cooling
        if self._pue is not None:
            return np.asarray(self.it_mw(heat_mw, hours) * self._pue[hours])
        alone: Array = heat_mw / self._chain.upstream_efficiency
        return alone

    def _carried_mw(self, weather: Weather, rated_heat_mw: Array | float) -> Array | None:
        return self._cooling.capacity_mw(weather, rated_heat_mw, self._design_dry_bulb_c)

    def capacity_mw(self, heat_mw: Array) -> Array | None:
        """Most heat the plant carries in each hour; None where even the hottest hour carries it all."""
        hottest = self._carried_mw(Weather(*(series.max() for series in self._weather)), 1.0)
        # no capacity rises with a temperature, so what the hottest hour carries all hours do
        if hottest is None:
            return None
        ready, steady = self._ready_mw, self._steady
        if steady is not None:
            heat_mw, ready = self._steady_heat_mw, steady.ready_mw
        if np.all(heat_mw <= ready * (self._heat_per_it * float(hottest))):
            return None
        return self._carried_mw(self._weather, self._installed_heat_mw)

    def carried_it_mw(self) -> Array:
        """IT load whose heat the plant carries in each hour; NaN where its model knows no limit. [MW]"""
        most = self._carried_mw(self._weather, self._installed_heat_mw)
        return np.full_like(self._energised_mw, np.nan) if most is None else self.it_mw(most, ALL)


@dataclass(frozen=True)
class Drawn:
    """What a site draws inside its limits, each of shape (n_hours,)."""

    it_mw: Array
    cooling_mw: Array
    facility_mw: Array
    water_m3_per_h: Array
    is_power_limited: NDArray[np.bool_]
    is_cooling_limited: NDArray[np.bool_]
    held_by_cooling_mw: Array | None


def inside_limits(plant: Plant, it_mw: Array, limit: Limit) -> Drawn:
    """What is drawn of an IT load inside the limits of the cooling and of the meter, hour by hour.

    Solved for the heat of the halls, over which the facility is nearly a parabola.
    """
    heat, fits = plant.wanted_heat_mw(it_mw), it_mw
    capacity = plant.capacity_mw(heat)
    if capacity is not None:
        hot = np.flatnonzero(heat > capacity)
        fits = it_mw.copy()
        fits[hot] = np.minimum(plant.it_mw(capacity[hot] * (1.0 - RELATIVE_GAP / 2), hot), it_mw[hot])
        heat[hot] = plant.heat_mw(fits[hot], hot)
    cooling, facility = _unlimited(plant, heat, limit)
    never = np.zeros(heat.shape, dtype=np.bool_)
    is_over, drawn_it = never, fits
    if not limit.holds(facility):
        guesses = _Guesses(plant)
        inside = throttle(heat, guesses.facility_mw, limit.hourly_mw, at_wanted_mw=facility)
        is_over = inside < heat
        over = np.flatnonzero(is_over)
        drawn_it = fits.copy()
        drawn_it[over] = np.minimum(plant.it_mw(inside[over], over), fits[over])
        guesses.put_in_place(inside, drawn_it, cooling, facility)
    is_hot, held = (never, None) if capacity is None else (fits < it_mw, it_mw - fits)
    return Drawn(drawn_it, cooling.power_mw, facility, cooling.water_m3_per_h, is_over, is_hot, held)


def _unlimited(plant: Plant, heat_mw: Array, limit: Limit) -> tuple[Cooling, Array]:
    """Cooling, and facility load [MW], at the heat wanted.

    Where many halls alone are over the limit, what they draw is the facility load there, and their cooling
    is left out: it is computed at a heat that fits.
    """
    first = plant.first_hall_h
    power, water, facility = (np.empty_like(heat_mw) for _ in range(3))
    left_out: Hours = slice(0, first)
    blocks: list[Hours] = [*hour_blocks(first, heat_mw.size)]
    if not plant.fits_without_cooling(limit):
        fits = plant.without_cooling_mw(heat_mw) <= limit.hourly_mw
        # few hours to leave out: picking the others would cost more
        if np.count_nonzero(fits) <= _MOST * heat_mw.size:
            left_out, blocks = np.flatnonzero(~fits), [np.flatnonzero(fits)]
    power[left_out] = water[left_out] = 0.0
    facility[left_out] = plant.without_cooling_mw(heat_mw[left_out], left_out)
    for hours in blocks:
        (power[hours], water[hours]), facility[hours] = plant.loads(heat_mw[hours], hours)
    return Cooling(power, water), facility


class _Guesses:
    """What the plant draws at the heat a solver tries, kept because one guess is the answer."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._tried: list[tuple[Array, NDArray[np.int64], Cooling, Array]] = []

    def facility_mw(self, heat_mw: Array, hours: NDArray[np.int64]) -> Array:
        """Facility load of some hours. [MW]"""
        cooling, facility = self._plant.loads(heat_mw, hours)
        if heat_mw.ndim == 1:
            self._tried.append((heat_mw, hours, cooling, facility))
        return facility

    def put_in_place(self, inside_mw: Array, it_mw: Array, cooling: Cooling, facility_mw: Array) -> None:
        """Put in place what was drawn at the heat found, and draw anew what was not tried last."""
        heat, over, drawn, facility = self._tried[0]  # all hours over the limit; the others are some of them
        # later guesses overwrite earlier ones, so that the last of each hour is left
        for tried_mw, hours, tried, load in self._tried[1:]:
            at = np.searchsorted(over, hours)
            heat[at], facility[at] = tried_mw, load
            drawn.power_mw[at], drawn.water_m3_per_h[at] = tried
        facility_mw[over] = facility
        cooling.power_mw[over], cooling.water_m3_per_h[over] = drawn
        again = over[(heat != inside_mw[over]) | ~(it_mw[over] > 0.0)]
        if again.size:
            drawn, facility_mw[again] = self._plant.loads(self._plant.heat_mw(it_mw[again], again), again)
            cooling.power_mw[again], cooling.water_m3_per_h[again] = drawn
