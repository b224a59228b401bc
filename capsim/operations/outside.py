"""The cooling plant of a site and the weather over it, with what follows from the two alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capsim.models.cooling import Plant as CoolingPlant
from capsim.models.cooling import plant_of
from capsim.models.system_power import ROOM_AIR, HallAir, fan_factor
from capsim.models.weather import Weather
from capsim.operations.fleet import is_for_air
from capsim.operations.spans import Spans
from capsim.operations.surroundings import design_dry_bulb_c, usual_weather
from capsim.scenario import Scenario, Site
from capsim.units import Array


@dataclass(frozen=True, eq=False)
class Outside:
    """Cooling plant and weather of a site: kept while its hours are foreseen, played, and played again."""

    cooling: CoolingPlant
    hall_air: HallAir
    """What the air of its halls makes of the fans in them, in the mean over any year."""
    design_dry_bulb_c: float
    """Air the plant is sized for. [degC]"""
    weather: Weather
    """Dry-bulb and wet-bulb, shape (n_hours,). [degC]"""
    under: tuple[Array, ...]
    """What the plant's power takes of the weather, each of shape (n_hours,); see `cooling.Plant.under`."""

    def at_peaks(self, spans: Spans) -> tuple[Outside, Spans]:
        """The same in the hours of each span in which the plant may draw most, and the spans of these."""
        dry_bulb_c = self.weather.dry_bulb_c
        hottest = np.flatnonzero(dry_bulb_c == spans.hourly(spans.max_of(dry_bulb_c)))
        # a plant of which weather is but a part may draw most in another hour
        is_weather = self.under[0] is dry_bulb_c
        others = [] if is_weather else [spans.first_highest(series) for series in self.under]
        hours = np.unique(np.concatenate([hottest, *others]))
        return self._in(hours), spans.among(hours)

    def _in(self, hours: NDArray[np.int64]) -> Outside:
        weather, under = (tuple(values[hours] for values in of) for of in (self.weather, self.under))
        return replace(self, weather=Weather(*weather), under=under)


def outside_of(scenario: Scenario, site: Site, weather: Weather) -> Outside:
    """Cooling plant of a site in some weather."""
    plant = cooling_of(scenario, site)
    air = _hall_air(plant, usual_weather(scenario, site))
    return Outside(plant, air, design_dry_bulb_c(scenario, site), weather, plant.under(weather))


def cooling_of(scenario: Scenario, site: Site) -> CoolingPlant:
    """The cooling plant of a site."""
    name = scenario.catalog.entry("cooling", site.cooling.preset).text("model")
    return plant_of(name, site.cooling.arguments)


def hall_air(scenario: Scenario, site: Site, weather: Weather) -> HallAir:
    """What the air of a site's halls makes of the fans in them, in the mean over the hours of its weather."""
    return _hall_air(cooling_of(scenario, site), weather)


def _hall_air(plant: CoolingPlant, weather: Weather) -> HallAir:
    return HallAir(plant.heat_in_air, fan_factor(plant.inlet_c(weather)))


def air_of(scenario: Scenario, site: Site, system: str) -> HallAir:
    """What the air of a site makes of the fans of a system in it, over the weather of any year."""
    if not is_for_air(scenario.catalog.entry("systems", system)):
        return ROOM_AIR
    return hall_air(scenario, site, usual_weather(scenario, site))
