"""How many systems a deployment has, and how they are split into lots."""

from __future__ import annotations

import numpy as np

from capsim.catalog import Catalog
from capsim.scenario.schema import Deployment, Phase
from capsim.units import KW_PER_MW


def system_count(plan: Phase, deployment: Deployment, catalog: Catalog) -> int:
    """Systems of a deployment: as written, or as many whole ones as its share of the hall powers."""
    if deployment.systems is not None:
        return deployment.systems
    all_in_kw = catalog.entry("systems", deployment.system).number("all_in_it_kw")
    return int(plan.critical_it_mw * (deployment.fill_share or 0.0) * KW_PER_MW / all_in_kw)


def lot_sizes(systems: int, lots: int) -> list[int]:
    """Split systems into lots that differ by at most one.

    Examples
    --------
    >>> lot_sizes(10, 4)
    [2, 3, 2, 3]
    """
    edges = np.floor(np.arange(min(lots, systems) + 1) * systems / max(1, min(lots, systems)))
    return [int(n) for n in np.diff(edges)]


def successor_sizes(sizes: list[int], old_kw: float, new_kw: float) -> list[int]:
    """Successors per lot inside the power of the systems they replace.

    Rounded down on the running total, so the whole deployment loses less than one system.

    Examples
    --------
    >>> successor_sizes([10, 10, 10], old_kw=10.0, new_kw=25.0)
    [4, 4, 4]
    """
    whole = np.floor(np.cumsum(sizes) * old_kw / new_kw + 1e-9)
    return [int(n) for n in np.diff(whole, prepend=0.0)]
