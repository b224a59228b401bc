"""What must hold of every cooling model, whatever its plant."""

from __future__ import annotations

from itertools import product

import numpy as np

from capsim.models.cooling import Cooling, Plant, Weather, plant_of
from capsim.testing.holding import hold, in_time

LOADS = (0.0, 0.1, 0.5, 1.0)
"""Heat over the rated heat. [1]"""
DRY_C = (-20.0, 0.0, 10.0, 20.0, 30.0, 42.0)
DEPRESSIONS_K = (0.0, 3.0, 12.0)
"""Dry-bulb less wet-bulb. [K]"""
RATED_MW = 10.0
LARGER = 7.0
"""A plant so many times larger, with as much more heat. [1]"""
CLOSE = 1e-9
"""Relative difference up to which two ways to compute a thing agree. [1]"""
PATIENCE_S = 20.0


def check_cooling_model(name: str, **coefficients: float) -> None:
    """Hold a registered cooling model against what is true of all.

    It ends; it draws neither less than nothing nor without bound, so that PUE is at least 1 in every hour; an
    array of hours gives what each hour gives by itself; a larger plant with as much more heat draws as much
    more, so that energy balances whatever the size of the hall; a heat that is no number is refused.

    Parameters
    ----------
    name : str
        Name in `capsim.models.cooling.COOLING`.
    **coefficients : float
        All that it takes, but the rated heat.

    Raises
    ------
    AssertionError
        At the first that does not hold, with the hour at which it does not.
    """
    plant = plant_of(name, coefficients)
    hours = [(load, dry, dry - down) for load, dry, down in product(LOADS, DRY_C, DEPRESSIONS_K)]
    heat, dry, wet = (np.array(values) for values in zip(*hours, strict=True))
    heat = heat * RATED_MW
    drawn = in_time(f"cooling model {name}", lambda: _drawn(plant, heat, dry, wet, RATED_MW), PATIENCE_S)
    for i, hour in enumerate(hours):
        where = f"cooling model {name} at {hour[0]:.0%} load, {hour[1]:g} degC dry and {hour[2]:g} degC wet"
        power, water = (float(np.asarray(of)[i]) for of in drawn)
        hold(0.0 <= power < np.inf, f"{where}: power must be at least 0, so PUE at least 1 (got {power})")
        hold(0.0 <= water < np.inf, f"{where}: water must be at least 0 (got {water})")
        single = _drawn(plant, heat[i], dry[i], wet[i], RATED_MW)
        _agree(where, "an array and a single hour", (power, water), single)
        larger = _drawn(plant, heat[i] * LARGER, dry[i], wet[i], RATED_MW * LARGER)
        _agree(where, f"a plant {LARGER:g} times larger", (power * LARGER, water * LARGER), larger)
    _refuses_nan(name, plant)


def _drawn(plant: Plant, heat: object, dry: object, wet: object, rated: float) -> Cooling:
    return plant.power(heat, Weather(dry, wet), rated)  # type: ignore[arg-type]


def _agree(where: str, what: str, expected: tuple[float, float], got: Cooling) -> None:
    for of, one, other in zip(("power", "water"), expected, got, strict=True):
        is_close = np.isclose(float(np.asarray(other)), one, rtol=CLOSE, atol=CLOSE)
        hold(
            bool(is_close),
            f"{where}: {what} must give the same {of} (got {float(np.asarray(other))}, not {one})",
        )


def _refuses_nan(name: str, plant: Plant) -> None:
    try:
        drawn = _drawn(plant, np.array([1.0, np.nan]), np.full(2, 20.0), np.full(2, 15.0), RATED_MW)
    except ValueError:
        return
    raise AssertionError(
        f"cooling model {name}: a heat that is NaN must be refused by ValueError (got {drawn})"
    )
