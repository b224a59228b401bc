"""What must hold of every kind of stage and every cost basis."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from capsim.models.cost_bases import (
    CAPEX_BASES,
    OPEX_BASES,
    Grid,
    Hall,
    HallMonths,
    InstalledMonths,
    LeaseMonths,
    OwnedSite,
    Portfolio,
    SiteMonths,
    Systems,
)
from capsim.models.stages import STAGE_KINDS
from capsim.testing.holding import hold, in_time
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary import MONTHLY

DURATIONS_D = (0.0, 1.0, 30.0, 400.0)
DRAWS = 200
CLOSE = 1e-9
PATIENCE_S = 20.0
AMOUNT = 1.25e3
"""Amount that a basis is tried with."""


def check_stage_kind(name: str, **arguments: Any) -> None:
    """Hold a registered kind of stage against what is true of all.

    It ends; it takes no less than nothing and not for ever; without a stream it takes the same each time; the
    same stream gives the same; a duration that is no number does not become one.

    Raises
    ------
    AssertionError
        At the first that does not hold, with the duration at which it does not.
    """
    kind = STAGE_KINDS[name]

    def drawn(duration_d: float, seed: int | None) -> float:
        return float(kind(duration_d, None if seed is None else np.random.default_rng(seed), **arguments))

    def tried(duration_d: float) -> list[float]:
        return [drawn(duration_d, None), *(drawn(duration_d, seed) for seed in range(DRAWS))]

    for duration_d in DURATIONS_D:
        where = f"stage kind {name} of {duration_d:g} days"
        once = in_time(where, partial(tried, duration_d), PATIENCE_S)
        for days in once:
            hold(0.0 <= days < math.inf, f"{where}: must take at least 0 days, and not for ever (got {days})")
        is_same = once == tried(duration_d)
        hold(
            is_same,
            f"{where}: must take the same each time, by the stream it is given and by no other chance",
        )
    _becomes_no_number(f"stage kind {name}: a duration that is NaN", lambda: drawn(math.nan, 0))


def check_cost_basis(name: str) -> None:
    """Hold a registered basis of capex or opex against what is true of all.

    Nothing costs nothing, twice the amount costs twice, the cost is a finite number (of opex one a month),
    and an amount that is no number does not become one.

    Raises
    ------
    AssertionError
        At the first that does not hold, with the thing it is counted per.
    """
    is_capex = name in CAPEX_BASES
    basis = CAPEX_BASES[name] if is_capex else OPEX_BASES[name]
    thing = THINGS[basis.per]
    where = f"cost basis {name}, counted per {basis.per.__name__}"
    cost = np.asarray(in_time(where, lambda: basis(AMOUNT, thing), PATIENCE_S), dtype=np.float64)
    shape = () if is_capex else (MONTHS_PER_YEAR,)
    hold(cost.shape == shape, f"{where}: must give an array of shape {shape} (got {cost.shape})")
    hold(bool(np.isfinite(cost).all()), f"{where}: must give finite numbers (got {cost})")
    hold(not np.any(np.asarray(basis(0.0, thing))), f"{where}: an amount of 0 must cost nothing")
    twice = np.asarray(basis(2.0 * AMOUNT, thing))
    is_twice = np.allclose(twice, 2.0 * cost, rtol=CLOSE)
    hold(is_twice, f"{where}: twice the amount must cost twice (got {twice}, not {2.0 * cost})")
    _becomes_no_number(f"{where}: an amount that is NaN", lambda: basis(math.nan, thing))


def _becomes_no_number(what: str, call: Callable[[], Any]) -> None:
    """A call that raises ValueError, or gives no finite number but 0."""
    try:
        result = np.asarray(call(), dtype=np.float64)
    except ValueError:
        return
    number = np.isfinite(result) & (result != 0.0)
    hold(not np.any(number), f"{what} must not become a number (got {result})")


_YEARS = np.full(MONTHS_PER_YEAR, 1.0 / MONTHS_PER_YEAR)
_OPEN = np.linspace(0.0, 1.0, MONTHS_PER_YEAR)
THINGS: Mapping[type, Any] = {
    Hall: Hall(12.0, 1.1),
    OwnedSite: OwnedSite(12.0),
    Portfolio: Portfolio(24.0),
    Grid: Grid(15.0),
    Systems: Systems(100.0, 7200.0, 100.0, 3.5, 2025),
    HallMonths: HallMonths(12.0, _YEARS, _OPEN),
    LeaseMonths: LeaseMonths(12.0, _YEARS, _OPEN),
    SiteMonths: SiteMonths(_YEARS, _OPEN, {measure.name: _OPEN * 10.0 for measure in MONTHLY}),
    InstalledMonths: InstalledMonths(_YEARS, _OPEN * 5.0, _OPEN * 7.0, _OPEN * 12.0),
}
"""A thing of each kind that a basis may be counted per."""
