"""What a cooling plant is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from numpy.typing import ArrayLike

from capsim.models.cooling.coefficients import require_meaning
from capsim.models.weather import Weather
from capsim.units import Array

ROOM_C = 24.0
"""Air that enters racks where a plant says nothing of it, inside the 18 to 27 degC that ASHRAE recommends;
assumed. [degC]"""


class Cooling(NamedTuple):
    """What a plant draws."""

    power_mw: Array
    """Electric power of compressors, fans and pumps. [MW]"""
    water_m3_per_h: Array
    """Make-up water: evaporation and blow-down. [m3/h]"""


class PerHeat(NamedTuple):
    """What a plant with a tower draws per heat of its halls."""

    compressor: Array
    """Power that follows the heat. [kW/kW]"""
    auxiliary: Array
    """Power of fans and pumps, of which a share is fixed. [kW/kW]"""
    evaporated: Array
    """Water. [kg/s/kW]"""


class Plant(ABC):
    """A cooling plant: a frozen record of coefficients that turns heat and weather into power and water.

    Raises
    ------
    ValueError
        If a coefficient has no meaning.
    """

    def __post_init__(self) -> None:
        require_meaning(self)

    @abstractmethod
    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water for a heat of the halls in some weather; all broadcast.

        Parameters
        ----------
        heat_mw : array_like of float
            Heat released in the halls. [MW]
        weather : Weather
            Dry-bulb and wet-bulb. [degC]
        rated_heat_mw : array_like of float
            Design heat of the ready halls; where it is 0 nothing runs. [MW]

        Returns
        -------
        cooling : Cooling
            Power and water.

        Raises
        ------
        ValueError
            If a heat is negative or NaN.
        """

    @abstractmethod
    def capacity_mw(
        self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float
    ) -> Array | None:
        """Most heat the plant carries in some weather, never rising with either temperature. [MW]

        `design_dry_bulb_c` is the air for which dry plants are sized. None for a plant that carries all.
        """

    def under(self, weather: Weather) -> tuple[Array, ...]:
        """What `power_under` takes of the weather, hour by hour: computed once for whatever heat."""
        return tuple(weather)

    def power_under(self, heat_mw: ArrayLike, under: tuple[Array, ...], rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water as `power` has them, in hours of which `under` is known."""
        return self.power(heat_mw, Weather(*under), rated_heat_mw)

    @property
    def is_dry(self) -> bool:
        """Whether it takes no water in any hour."""
        return False

    @property
    def heat_in_air(self) -> float:
        """Share of the heat that leaves the racks in air. [1]"""
        return 1.0

    def inlet_c(self, weather: Weather) -> Array | float:  # noqa: ARG002
        """Air that enters the racks, hour by hour, or as a set point that holds in all hours. [degC]"""
        return ROOM_C


@dataclass(frozen=True)
class FunctionPlant(Plant):
    """A plant that one function describes, which carries all heat in any weather."""

    draws: Callable[..., Cooling]
    """``(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw)``, its coefficients bound."""

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water, as the function has them."""
        return self.draws(heat_mw, *weather, rated_heat_mw=rated_heat_mw)

    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> None:
        """No limit is known."""
