"""One site-year in capsim and in PyPSA with HiGHS, side by side in one process: not the same work.

PyPSA finds the cheapest dispatch of all hours at once, a linear programme that knows all prices beforehand.
capsim plays rules forward, hour by hour, and adds what the programme has not: a plant whose power bends with
the weather, limits that throttle, halls, carbon, water. So the two times say what each costs, and not which
is faster at one thing. Both meet the same load at the same price with the same connection and battery.

Run ``python benchmarks/against_pypsa.py``; it needs ``pip install pypsa highspy`` in the environment.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import capsim
from capsim.buildout import build_out
from capsim.operations import operate
from capsim.scenario.loading import override

AION = Path(__file__).parents[1] / "scenarios" / "aion-288k-h100e.yaml"
NEEDED = ("pypsa", "highspy")
HOURS, YEAR = 8760, 2032
POWER_MW, ENERGY_MWH, EFFICIENCY = 20.0, 80.0, 0.88
"""Battery of both: power, energy and round trip. [MW], [MWh], [1]"""


def timed(compute: Callable[[], float], rounds: int) -> tuple[float, float]:
    """What is computed, and the least processor time it took. [s]"""
    taken, value = [], 0.0
    for _ in range(rounds):
        start = time.process_time()
        value = compute()
        taken.append(time.process_time() - start)
    return value, min(taken)


def main() -> int:
    """Print both costs of energy and both times."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(f"skipped: {' and '.join(missing)} not installed; pip install {' '.join(NEEDED)}")
        return 0
    battery = {"power_mw": POWER_MW, "energy_mwh": ENERGY_MWH, "round_trip_efficiency": EFFICIENCY}
    scenario = override(capsim.load(AION), {"sites.aion.battery": battery})
    timeline, years = build_out(scenario), scenario.horizon_years
    hourly = operate(scenario, timeline, hourly=True).hourly
    first = int(scenario.calendar.day_of(scenario.start.replace(year=YEAR, month=1, day=1))) * 24
    load, price, grid = (
        hourly[name][0, first : first + HOURS]
        for name in ("facility_mw", "price_per_mwh", "grid_mw_energised")
    )
    drawn = hourly["grid_mw_drawn"][0, first : first + HOURS]
    _, capsim_s = timed(lambda: float(operate(scenario, timeline).monthly["energy_cost"].sum()), 5)
    cost, pypsa_s = timed(lambda: dispatched(load, price, float(grid.max())), 1)
    print(f"capsim: {float(drawn @ price):,.0f} of energy, {capsim_s / years:.4f} s of a site-year")
    print(f"PyPSA and HiGHS: {cost:,.0f} of energy, {pypsa_s:.4f} s of a site-year")
    print("an optimisation with all prices known beforehand, and rules played forward: not the same work")
    return 0


def dispatched(load_mw: np.ndarray, price: np.ndarray, grid_mw: float) -> float:
    """Least cost of a year's energy with a battery. [currency]"""
    import pypsa

    network = pypsa.Network(snapshots=range(HOURS))
    network.add("Bus", "site")
    network.add("Load", "site", bus="site", p_set=load_mw)
    network.add("Generator", "grid", bus="site", p_nom=grid_mw, marginal_cost=price)
    one_way = EFFICIENCY**0.5
    terms = {"max_hours": ENERGY_MWH / POWER_MW, "efficiency_store": one_way, "efficiency_dispatch": one_way}
    network.add("StorageUnit", "battery", bus="site", p_nom=POWER_MW, cyclic_state_of_charge=True, **terms)
    network.optimize(solver_name="highs", log_to_console=False)
    return float(network.objective)


if __name__ == "__main__":
    sys.exit(main())
