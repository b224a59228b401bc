"""What was metered: energy, peaks and their cost stand in place of the model's in months that are over.

Cooling, losses, cost, carbon and water follow the energy of their site and month, each with its share in what
the model has, but where they are metered themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import numpy as np

from capsim.quantities import Replaced, last_of_each, price_level
from capsim.scenario import Actual, Scenario
from capsim.units import Array
from capsim.vocabulary import MONTHLY

LEADS = ("facility_mwh", "it_mwh", "grid_mwh")
"""Energy that the others follow, of which the first that is metered in a month leads."""
FOLLOW = (
    *LEADS,
    "cooling_mwh",
    "losses_mwh",
    "generated_mwh",
    "battery_loss_mwh",
    "renewable_mwh",
    "reused_heat_mwh",
    "energy_cost",
    "carbon_t",
    "carbon_direct_t",
    "carbon_market_t",
    "carbon_fuel_t",
    "water_m3",
    "water_source_m3",
)
"""Series that follow energy, each of which may be metered itself."""
PEAKS = ("it_peak_mw", "facility_peak_mw")
METERED = (*FOLLOW, *PEAKS)
"""Figures of actuals that take the place of the model's."""
UNITS = MappingProxyType({one.name: one.unit for one in MONTHLY})
CURRENCY = "currency"


def metered(scenario: Scenario, modelled: dict[str, Array]) -> tuple[dict[str, Array], list[Replaced]]:
    """Monthly series with what was metered in place of the model's, and what that was.

    What is said of the portfolio is shared among the sites that say nothing themselves, as the model has it.
    """
    lines = last_of_each(scenario.actuals, *METERED)
    if not lines:
        return modelled, []
    series = {name: values.copy() for name, values in modelled.items()}
    order = sorted(lines, key=lambda key: (METERED.index(key[2]), not key[0]))
    fixed: set[tuple[str, int, int]] = set()
    told: list[Replaced] = []
    for site, item, figure in order:
        rows = [n for n, place in enumerate(scenario.sites) if site in ("", place.id)]
        over = _months_over(scenario, lines[site, item, figure])
        for month, value in over.items():
            free = [row for row in rows if (figure, row, month) not in fixed]
            rest = max(0.0, value - sum(series[figure][row, month] for row in rows if row not in free))
            values = rest * _shares(modelled[figure][free], month) if free else ()
            for row, of_site in zip(free, values, strict=True):
                # what is metered itself follows nothing, nor does what has followed already
                is_led = any((lead, row, month) in fixed for lead in LEADS)
                if figure in LEADS and not is_led:
                    _lead(series, modelled, figure, row, month, float(of_site))
                series[figure][row, month] = of_site
                fixed.add((figure, row, month))
        told += _told(scenario, (site, item, figure), over, modelled[figure][rows])
    _balance(series, fixed)
    return series, told


def _months_over(scenario: Scenario, lines: Sequence[Actual]) -> dict[int, float]:
    """What was metered in months of the horizon that are over by the data date; of a month the last counts.

    Money of the day is made real.
    """
    over: dict[int, float] = {}
    ends = (*scenario.calendar.months[1:], scenario.calendar.end)
    level = price_level(scenario)
    for line in lines:
        month = scenario.calendar.month_of_day(scenario.calendar.day_of(line.on))
        if 0 <= month < len(ends) and (ends[month] - scenario.known_until).days <= 1:
            is_money = UNITS[line.what] == CURRENCY
            over[month] = float(line.number or 0.0) / (level[month] if is_money else 1.0)
    return over


def _lead(
    series: dict[str, Array], modelled: Mapping[str, Array], lead: str, row: int, month: int, value: float
) -> None:
    """Have what follows the energy of a site in a month follow what was metered."""
    of = modelled[lead][row]
    for name in FOLLOW:
        has = modelled[name][row]
        # of a month in which the model has no energy, as over its horizon
        part, whole = (has[month], of[month]) if of[month] > 0.0 else (has.sum(), of.sum())
        series[name][row, month] = value * part / whole if whole > 0.0 else 0.0


def _balance(series: dict[str, Array], fixed: Iterable[tuple[str, int, int]]) -> None:
    """Have cooling and losses be what the facility draws beside its IT where both are metered."""
    cells = {name: {(row, month) for figure, row, month in fixed if figure == name} for name in METERED}
    for cell in cells["facility_mwh"] & cells["it_mwh"]:
        own = [name for name in ("cooling_mwh", "losses_mwh") if cell not in cells[name]]
        rest = series["facility_mwh"][cell] - series["it_mwh"][cell]
        rest -= sum(series[name][cell] for name in ("cooling_mwh", "losses_mwh") if name not in own)
        before = sum(series[name][cell] for name in own)
        for name in own:
            share = series[name][cell] / before if before > 0.0 else 1.0 / len(own)
            series[name][cell] = max(0.0, rest) * share


def _shares(values: Array, month: int) -> Array:
    """Shares of sites in a month; as over the horizon, or alike, where there is nothing in it. [1]"""
    parts = next(
        part for part in (values[:, month], values.sum(axis=1), np.ones(len(values))) if part.sum() > 0.0
    )
    return np.asarray(parts / parts.sum())


def _told(
    scenario: Scenario, scope: tuple[str, str, str], over: Mapping[int, float], modelled: Array
) -> list[Replaced]:
    """What was metered over some months beside what the model has of them; money as of its day."""
    if not over:
        return []
    months, unit = sorted(over), UNITS[scope[2]]
    of_day = price_level(scenario)[months] if unit == CURRENCY else np.ones(len(months))
    pairs = np.array([[over[month] for month in months], modelled[:, months].sum(axis=0)]) * of_day
    actual, model = pairs.max(axis=1) if scope[2] in PEAKS else pairs.sum(axis=1)
    first, last = (_named(scenario.calendar.months[month]) for month in (months[0], months[-1]))
    unit = scenario.currency.code if unit == CURRENCY else unit
    return [Replaced(*scope, first, last, float(actual), float(model), unit)]


def _named(month: date) -> str:
    return f"{month:%Y-%m}"
