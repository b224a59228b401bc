"""How many systems a deployment has, how they are split into parts, and how many follow them."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise

from capsim.catalog import Catalog, h100e_ratio
from capsim.scenario import Deployment, Phase, Scenario
from capsim.units import KW_PER_MW


def system_count(plan: Phase, deployment: Deployment, catalog: Catalog) -> int:
    """Systems of a deployment: as written, or as many whole ones as its share of the hall powers."""
    if deployment.systems is not None:
        return deployment.systems
    all_in_kw = catalog.entry("systems", deployment.system).number("all_in_it_kw")
    return int(plan.critical_it_mw * (deployment.fill_share or 0.0) * KW_PER_MW / all_in_kw)


def part_sizes(systems: int, parts: int) -> list[int]:
    """Split systems into parts that differ by at most one; none is empty.

    Examples
    --------
    >>> part_sizes(10, 4)
    [2, 3, 2, 3]
    """
    parts = min(parts, systems)
    edges = [number * systems // parts for number in range(parts + 1)] if parts else []
    return [high - low for low, high in pairwise(edges)]


def successor_sizes(sizes: list[int], old_kw: float, new_kw: float) -> list[int]:
    """Successors per part inside the power of the systems they replace.

    Rounded down on the running total, so the whole deployment loses less than one system.

    Examples
    --------
    >>> successor_sizes([10, 10, 10], old_kw=10.0, new_kw=25.0)
    [4, 4, 4]
    """
    # 1e-9: sizes that come out whole must not be lost to rounding
    whole = [0, *(math.floor(systems * old_kw / new_kw + 1e-9) for systems in accumulate(sizes))]
    return [high - low for low, high in pairwise(whole)]


def refreshed_sizes(order: Deployment, sizes: list[int], scenario: Scenario) -> list[int]:
    """Successors per part of a deployment at its refresh, as its `fill` says; as many without one."""
    # what is not replaced counts as it was, so that callers need not ask
    if order.refresh is None or order.refresh.system is None or order.refresh.fill == "count":
        return sizes
    old, new = order.system, order.refresh.system
    old_kw, new_kw = (scenario.catalog.entry("systems", s).number("all_in_it_kw") for s in (old, new))
    in_power = successor_sizes(sizes, old_kw, new_kw)
    # systems without a known compute can be matched by power alone
    if order.refresh.fill == "power" or not system_h100e(scenario, new) > 0.0:
        return in_power
    as_much = successor_sizes(sizes, system_h100e(scenario, old), system_h100e(scenario, new))
    return [min(pair) for pair in zip(as_much, in_power, strict=True)]


def system_h100e(scenario: Scenario, system: str) -> float:
    """H100-equivalents of one system in the scenario's definition; 0 where none is known. [H100e]"""
    entry = scenario.catalog.entry("systems", system)
    accelerators = entry.number("accelerator_count")
    # hosted IT is of no accelerator that the catalogue could be asked for
    if not accelerators:
        return 0.0
    chip = scenario.catalog.entry("accelerators", entry.text("accelerator"))
    ratio = h100e_ratio(chip, scenario.h100e)
    return 0.0 if math.isnan(ratio) else accelerators * ratio
