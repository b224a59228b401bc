"""Cooling plants by name: electric power and water for the heat of a hall, hour by hour.

A plant is a frozen record of coefficients with `power` and `capacity_mw` (see `Plant`), in the table
`COOLING`. Fans and pumps draw a fixed share of their rated power whatever the heat (`fixed_share`) and the
rest in proportion to it; compressors follow the heat. Pressure is that of sea level.

For a given heat neither a warmer dry-bulb nor a higher wet-bulb lowers the power, except that

- an airside economiser runs more in warmer air of the same wet-bulb, which is drier, and sprays
  less in wetter air;
- air-cooled chillers well below full load pay the constant term of their curve on the capacity that
  colder air gives them, a few per cent of their power.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from capsim.models.cooling.air import AirsideAdiabatic
from capsim.models.cooling.coefficients import Coefficient, coefficients_of
from capsim.models.cooling.dry import AirCooledChiller, DirectLiquid
from capsim.models.cooling.humid import AirsideHumidityLimits
from capsim.models.cooling.plant import Cooling, FunctionPlant, Plant
from capsim.models.cooling.sea import SeaWater
from capsim.models.cooling.wet import WatersideEconomiser
from capsim.models.weather import Weather
from capsim.registry import Table

__all__ = [
    "COOLING",
    "Coefficient",
    "Cooling",
    "Plant",
    "Weather",
    "coefficient_faults",
    "coefficient_names",
    "plant_of",
]

COOLING: Table[Callable[..., Any]] = Table("cooling model")
"""Cooling plants by name: a `Plant`, or a function ``(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw,
...) -> Cooling`` with its coefficients after `rated_heat_mw`, for a plant whose capacity has no limit."""
COOLING.register("airside-adiabatic")(AirsideAdiabatic)
COOLING.register("airside-humidity-limits")(AirsideHumidityLimits)
COOLING.register("waterside-economiser")(WatersideEconomiser)
COOLING.register("air-cooled-chiller")(AirCooledChiller)
COOLING.register("direct-liquid")(DirectLiquid)
COOLING.register("sea-water")(SeaWater)

_RATED_HEAT = "rated_heat_mw"
_HEAT_MW = np.array([0.5, 1.0, 1.0])
_HOURS = Weather(np.array([-15.0, 15.0, 40.0]), np.array([-16.0, 12.0, 26.0]))
"""A cold, a mild and a hot hour, in which given coefficients are tried."""


def plant_of(name: str, coefficients: Mapping[str, float]) -> Plant:
    """The plant of a name with its coefficients.

    Parameters
    ----------
    name : str
        Name in `COOLING`.
    coefficients : mapping of str to float
        All that the plant takes, by name.

    Returns
    -------
    plant : Plant
        The record, or what makes a plant of the function.

    Raises
    ------
    KeyError
        If no plant has the name.
    ValueError
        If a coefficient has no meaning.
    """
    model = COOLING[name]
    # a function of a user's own is a plant as well, which has no record
    if isinstance(model, type):
        plant: Plant = model(**coefficients)
        return plant
    return FunctionPlant(partial(model, **coefficients))


def coefficient_names(name: str) -> list[str]:
    """Coefficients of a plant, in order: what a scenario gives; the heat of its halls is the run's."""
    return [key for key in COOLING.parameters(name) if key != _RATED_HEAT]


def coefficient_faults(name: str, tried: Mapping[str, Sequence[float]]) -> list[tuple[str, str]]:
    """What is wrong with given coefficients of a plant.

    Parameters
    ----------
    name : str
        Name in `COOLING`.
    tried : mapping of str to sequence of float
        By coefficient its central estimate and the ends of what can be drawn for it; empty for what is
        no number.

    Returns
    -------
    faults : list of (str, str)
        Coefficient and rule it breaks; the coefficient is empty where the plant names none of those given.
    """
    faults = _out_of_bounds(name, tried)
    middle = {key: values[0] for key, values in tried.items() if values}
    # only a whole set of sound coefficients makes a plant to try
    if faults or len(middle) < len(tried) or set(middle) != set(coefficient_names(name)):
        return faults
    try:
        drawn = plant_of(name, middle).power(_HEAT_MW, _HOURS, np.ones(_HEAT_MW.size))
    except TypeError as wrong:
        # a user's own function that cannot be called as plants are
        return [("", f"cooling model {name} cannot be called: {wrong}")]
    except ValueError as refusal:
        # a refusal names the coefficient first
        key, _, rule = str(refusal).partition(" (got ")[0].partition(" ")
        return [(key, rule) if key in tried else ("", str(refusal))]
    return [] if isinstance(drawn, Cooling) else [("", f"cooling model {name} gives no Cooling")]


def _out_of_bounds(name: str, tried: Mapping[str, Sequence[float]]) -> list[tuple[str, str]]:
    """Coefficients that no plant has, in all that can be drawn, and pairs in the wrong order."""
    # a coefficient of another plant has its bounds too, and the plant's own come last
    models = [COOLING[other] for other in (*COOLING.names, name)]
    bounded = {key: about for model in models for key, about in coefficients_of(model).items()}
    faults = []
    for key, values in tried.items():
        about = bounded.get(key)
        if about and not all(about.low <= value <= about.high for value in values if math.isfinite(value)):
            faults.append((key, f"must be between {about.low:g} and {about.high:g}"))
    for key, about in bounded.items():
        low, high = tried.get(key), tried.get(about.at_most)
        if low and high and low[0] > high[0]:
            faults.append((key, f"must be at most {about.at_most} ({high[0]:g})"))
    return faults
