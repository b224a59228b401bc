"""Rules of a site's power and of demand that no single field can see."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from itertools import product

from capsim.language.tree import Faults, Node, Path, as_written
from capsim.models.solar import most_full_load_h
from capsim.scenario.rules.argument_rules import central, ends, highest
from capsim.units import MONTHS_PER_YEAR, first_of_month

_PAUSED_HOURS = {"price": "hours_per_day", "carbon": "hours_per_day", "request": "request_hours_per_y"}
"""Field that says how long a signal pauses the jobs."""
_PLACE, _YIELD = ("latitude_deg", "longitude_deg", "tilt_deg"), "full_load_h_per_y"


def check_firm_power(site: Node, path: Path, faults: Faults) -> None:
    """At least one unit is left when the redundant ones are kept in reserve."""
    firm = site.get("firm_power")
    units, spare = (firm.scalar(key) if firm is not None else None for key in ("units", "redundant_units"))
    if firm is None or not isinstance(units, int) or not isinstance(spare, int) or not units >= 1:
        return
    if spare >= units:
        node = firm.value["redundant_units"]
        rule = f"must be less than units ({units}), or no power is left"
        faults.add(node.place, (*path, "firm_power", "redundant_units"), rule, as_written(node))


def check_cover(site: Node, path: Path, faults: Faults) -> None:
    """A contract covers something, and a constant block no more than the connection can take."""
    steps = [step.get("grid_mw") for _, step in site.records("grid_connection")]
    most = sum(highest(step) for step in steps if step is not None) if None not in steps else math.inf
    for name, contract in site.records("contracts"):
        inner, block = (*path, "contracts", name), contract.get("block_mw")
        covered = [highest(node) for key in ("share", "block_mw") if (node := contract.get(key)) is not None]
        if not any(covered):
            faults.add(contract.place, inner, "covers nothing; give share or block_mw")
        elif block is not None and contract.get("solar") is None and highest(block) > most > 0.0:
            rule = f"must be at most {most:g}, the grid power contracted: more can never be used"
            faults.add(block.place, (*inner, "block_mw"), rule, as_written(block))


def check_flexibility(site: Node, path: Path, root: Node, faults: Faults) -> None:
    """Flexible load says when it pauses, in the hours of its own signal, and has jobs to pause."""
    rule, inner = site.get("flexibility"), (*path, "flexibility")
    if rule is None or not isinstance(rule.value, dict):
        return
    signal = rule.scalar("signal") or "price"
    wanted = _PAUSED_HOURS.get(str(signal))
    if wanted is None:
        return
    if not _is_given(rule, wanted):
        faults.add(rule.place, inner, f"needs {wanted} with signal {signal}, or nothing is ever paused")
    for other in dict.fromkeys(_PAUSED_HOURS.values()):
        if other != wanted and _is_given(rule, other) and central(rule.get(other)) != 0.0:
            text = f"has no effect with signal {signal}; give {wanted}"
            faults.add(rule.value[other].place, (*inner, other), text, as_written(rule.value[other]))
    demand = root.get("demand")
    if demand is not None and demand.records("services") and not _is_given(demand, "h100e"):
        text = "the demand has services only, which answer at once: there are no jobs (demand.h100e) to pause"
        faults.add(rule.place, inner, text)


def check_solar(site: Node, path: Path, faults: Faults) -> None:
    """No yield beyond what the sun gives the place in a year without clouds, in all that can be drawn."""
    plants = [((*path, "solar"), site.get("solar"))]
    contracts = site.records("contracts")
    plants += [((*path, "contracts", name, "solar"), contract.get("solar")) for name, contract in contracts]
    for inner, plant in plants:
        yields = plant.get(_YIELD) if plant is not None and isinstance(plant.value, dict) else None
        if plant is None or yields is None:
            continue
        places = [ends(node) if (node := plant.get(key)) is not None else () for key in _PLACE]
        try:
            most = min((most_full_load_h(*place) for place in product(*places)), default=math.inf)
        except ValueError:  # the field's own bounds tell
            continue
        if not highest(yields) <= most:
            rule = f"must be at most {most:.0f}, a year there without clouds"
            faults.add(yields.place, (*inner, _YIELD), rule, as_written(yields))


def check_first_days(root: Node, faults: Faults) -> None:
    """Services, contracts and solar plants begin inside the horizon."""
    start, years = root.scalar("start"), root.scalar("horizon_years")
    if not isinstance(start, date) or not isinstance(years, int) or not 1 <= years <= 30:
        return
    end = first_of_month(start, years * MONTHS_PER_YEAR)
    for path, record in _with_first_days(root):
        first = record.get("starts_on")
        if first is not None and isinstance(first.value, date) and not first.value < end:
            rule = f"must be before the end of the horizon on {end.isoformat()}"
            faults.add(first.place, (*path, "starts_on"), rule, as_written(first))


def _with_first_days(root: Node) -> Iterator[tuple[Path, Node]]:
    """Services, contracts and solar plants with their paths."""
    demand = root.get("demand")
    for name, service in demand.records("services") if demand is not None else ():
        yield ("demand", "services", name), service
    for site, place in root.records("sites"):
        for name, contract in place.records("contracts"):
            yield ("sites", site, "contracts", name), contract
        plant = place.get("solar")
        if plant is not None and isinstance(plant.value, dict):
            yield ("sites", site, "solar"), plant


def _is_given(node: Node, key: str) -> bool:
    """Whether the scenario gives a value, and not only the schema's default."""
    child = node.get(key)
    return child is not None and child.value is not None and child.place.layer != "default"
