"""Coefficients of cooling plants: unit, bounds and meaning of each, declared once.

A field of a plant is annotated with its `Coefficient`. The bounds are what no plant exceeds, however
unusual: wider than any published range, so that a slip of the unit or of the decimal point is caught (a
supply temperature of 0.1 degC, a fan of 7 Pa). They hold for what a scenario gives; a plant itself refuses
only what has no meaning, which is its `Range`. All bounds are assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, NamedTuple, get_type_hints


class Coefficient(NamedTuple):
    """What a coefficient is."""

    unit: str
    low: float
    high: float
    """Least and greatest value that a plant has, in its unit."""
    meaning: str
    at_most: str = ""
    """Another coefficient of the plant that this one must not exceed."""


class Range(NamedTuple):
    """Values of a coefficient that have a meaning."""

    rule: str
    holds: Callable[[float], bool]


POSITIVE = Range("must be greater than 0", lambda value: value > 0)
NOT_NEGATIVE = Range("must not be negative", lambda value: value >= 0)
AT_LEAST_ONE = Range("must be at least 1", lambda value: value >= 1)
ABOVE_ONE = Range("must be greater than 1", lambda value: value > 1)
SHARE = Range("must be in [0, 1]", lambda value: 0 <= value <= 1)
PART = Range("must be in (0, 1]", lambda value: 0 < value <= 1)


def _efficiency(of: str) -> Coefficient:
    return Coefficient("1", 0.1, 1.0, f"Efficiency of {of}")


def _pump(of: str) -> Coefficient:
    return Coefficient("Pa", 1e4, 2e6, f"Pressure rise of {of}")


SupplyMin = Annotated[float, Coefficient("degC", 5.0, 35.0, "Coldest supply air", at_most="supply_max_c")]
SupplyMax = Annotated[float, Coefficient("degC", 15.0, 45.0, "Warmest supply air")]
Supply = Annotated[float, Coefficient("degC", 10.0, 45.0, "Supply air")]
AirRise = Annotated[float, Coefficient("K", 3.0, 40.0, "Warming of the air through the racks"), POSITIVE]
HumidityMin = Annotated[float, Coefficient("1", 0.0, 0.8, "Least humidity of it", "humidity_max"), SHARE]
HumidityMax = Annotated[float, Coefficient("1", 0.2, 1.0, "Greatest relative humidity of it"), SHARE]
DewPointMin = Annotated[float, Coefficient("degC", -40.0, 20.0, "Least dew point of it", "dew_point_max_c")]
DewPointMax = Annotated[float, Coefficient("degC", 0.0, 35.0, "Greatest dew point of it")]
SensibleShare = Annotated[float, Coefficient("1", 0.5, 1.0, "Heat of the hall over all with latent"), PART]
FixedShare = Annotated[float, Coefficient("1", 0.0, 1.0, "Fan and pump power drawn without heat"), SHARE]

SprayTrigger = Annotated[float, Coefficient("degC", -10.0, 60.0, "Dry-bulb above which sprays run")]
SprayWetBulb = Annotated[
    float, Coefficient("degC", -60.0, 40.0, "Wet-bulb above which sprays run, above the dry-bulb too")
]
Saturation = Annotated[
    float, Coefficient("1", 0.0, 1.0, "Cooling of running sprays over wet-bulb depression"), SHARE
]
Purge = Annotated[
    float, Coefficient("m3/MWh", 0.0, 5.0, "Water drained per heat while sprays run"), NOT_NEGATIVE
]

FanPressure = Annotated[float, Coefficient("Pa", 20.0, 3e3, "Pressure rise of the hall fans"), POSITIVE]
FanEfficiency = Annotated[float, _efficiency("the hall fans"), POSITIVE]
HumidifierPressure = Annotated[float, Coefficient("Pa", 1e5, 3e7, "Pressure of the spray pump"), POSITIVE]
HumidifierEfficiency = Annotated[float, _efficiency("the spray pump"), POSITIVE]
ChilledPumpPressure = Annotated[float, _pump("the chilled-water pump"), POSITIVE]
ChilledPumpEfficiency = Annotated[float, _efficiency("the chilled-water pump"), POSITIVE]
EconomiserPumpPressure = Annotated[float, _pump("the economiser's pump"), POSITIVE]
EconomiserPumpEfficiency = Annotated[float, _efficiency("the economiser's pump"), POSITIVE]
Cycles = Annotated[float, Coefficient("1", 1.1, 100.0, "Salt of blow-down over make-up"), ABOVE_ONE]

TowerRise = Annotated[float, Coefficient("K", 1.0, 20.0, "Warming of the tower water"), POSITIVE]
TowerPumpPressure = Annotated[float, _pump("the tower pump"), POSITIVE]
TowerPumpEfficiency = Annotated[float, _efficiency("the tower pump"), POSITIVE]
TowerFanPressure = Annotated[float, Coefficient("Pa", 10.0, 2e3, "Pressure rise of the tower fan")]
TowerFanEfficiency = Annotated[float, _efficiency("the tower fan"), POSITIVE]
TowerApproach = Annotated[float, Coefficient("K", 1.0, 20.0, "Tower water above the wet-bulb")]
LiquidToGas = Annotated[float, Coefficient("1", 0.1, 10.0, "Water over air in the tower, kg/kg"), POSITIVE]
ChillerPartLoad = Annotated[float, Coefficient("1", 0.05, 1.0, "Load of the chillers that run"), PART]
CopAdjustment = Annotated[float, Coefficient("1", -0.9, 1.0, "Departure from the regression of the COP")]
ChillerMargin = Annotated[float, Coefficient("1", 0.0, 5.0, "Capacity at the rating over the rated heat")]

SeaRise = Annotated[float, Coefficient("K", 1.0, 20.0, "Warming of the sea water"), POSITIVE]
SeaPumpPressure = Annotated[float, _pump("the sea water pump"), POSITIVE]
SeaPumpEfficiency = Annotated[float, _efficiency("the sea water pump"), POSITIVE]

ChilledSupply = Annotated[float, Coefficient("degC", 3.0, 30.0, "Chilled water")]
ChilledRise = Annotated[float, Coefficient("K", 2.0, 25.0, "Warming of the chilled water"), POSITIVE]
ChillerCop = Annotated[float, Coefficient("1", 1.0, 12.0, "COP with water of 6.67, air of 35 degC"), POSITIVE]
FreeShare = Annotated[float, Coefficient("1", 0.0, 1.0, "Share of the heat with a free-cooling coil"), SHARE]
FreeApproach = Annotated[float, Coefficient("K", 1.0, 25.0, "Water of the coil above the dry-bulb")]
ExchangerApproach = Annotated[float, Coefficient("K", 0.1, 15.0, "Economiser water above tower water")]
CoilEffect = Annotated[float, Coefficient("1", 0.2, 1.0, "Air warming over (return air - water)"), PART]

LiquidShare = Annotated[float, Coefficient("1", 0.0, 1.0, "Share of the heat that the liquid takes"), SHARE]
LoopSupply = Annotated[float, Coefficient("degC", 10.0, 60.0, "Facility water to the halls")]
LoopRise = Annotated[float, Coefficient("K", 2.0, 30.0, "Warming of the facility water"), POSITIVE]
DryApproach = Annotated[float, Coefficient("K", 1.0, 25.0, "Water leaving a dry cooler above its inlet air")]
SprayEffect = Annotated[float, Coefficient("1", 0.0, 1.0, "Cooling over (dry-bulb - wet-bulb)"), SHARE]
CoolerAirRise = Annotated[float, Coefficient("K", 2.0, 40.0, "Warming of the air in a dry cooler"), POSITIVE]
LoopPumpShare = Annotated[float, Coefficient("1", 0.0, 0.2, "Pump power over rated liquid heat"), SHARE]
CoolerFanShare = Annotated[float, Coefficient("1", 0.0, 0.2, "Fan power over rated liquid heat"), SHARE]
TrimCop = Annotated[float, Coefficient("1", 1.0, 15.0, "COP of the trim chiller at 35 degC"), POSITIVE]


@cache
def annotations_of(model: Callable[..., Any]) -> dict[str, tuple[Any, ...]]:
    """Annotations of the fields of a record by name; none of a plant that is a function."""
    hints = get_type_hints(model, include_extras=True) if isinstance(model, type) else {}
    return {name: hint.__metadata__ for name, hint in hints.items() if hasattr(hint, "__metadata__")}


def coefficients_of(model: Callable[..., Any]) -> dict[str, Coefficient]:
    """The annotated coefficients of a plant by name."""
    return {
        name: note
        for name, notes in annotations_of(model).items()
        for note in notes
        if isinstance(note, Coefficient)
    }


def require_meaning(plant: Any) -> None:
    """Refuse a plant with a coefficient outside the range in which it has a meaning."""
    for name, notes in annotations_of(plant.__class__).items():
        value = getattr(plant, name)
        for note in notes:
            if isinstance(note, Range) and not note.holds(value):
                raise ValueError(f"{name} {note.rule} (got {value})")
