"""Energised power: what ready halls take, what waits for a hall and what no phase takes add up."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.buildout.idle_assets import POWER, stranded
from capsim.buildout.simulate import build_out
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
DESIGN_PUE = {
    "airside-adiabatic-hyperscale": 1.25,
    "airside-adiabatic-open": 1.25,
    "airside-adiabatic-chillerless": 1.25,
    "waterside-tower": 1.25,
    "air-cooled-chiller": 1.35,
    "dlc-dry-cooler": 1.16,
    "dlc-adiabatic": 1.16,
    "immersion-dry-cooler": 1.16,
    "existing-hall-2010s": 1.6,
    "sea-water": 1.12,
}
"""As in the catalogue. [1]"""


def energised_and_taken(scenario, timeline, place):
    """MW-days energised inside the horizon, and those that ready halls take, span by span."""
    pue, end_d = DESIGN_PUE[place.cooling.preset], float(scenario.calendar.n_days)
    ready_d = timeline.ready_for_service_d()
    steps = [(m.time_d, m.amount) for m in timeline.of_kind("energised") if m.site == place.id]
    halls = [(ready_d[place.id, p.id], p.critical_it_mw * pue) for p in place.phases]
    edges = np.unique(np.clip([0.0, end_d, *(t for t, _ in (*steps, *halls))], 0.0, end_d))
    middle, days = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    grid, hall = (sum((mw * (middle > t) for t, mw in of), np.zeros(middle.size)) for of in (steps, halls))
    return float(grid @ days), float(np.minimum(grid, hall) @ days), halls, grid


@given(make.portfolios(), st.sampled_from((1.0, 4.0)), st.booleans())
def test_energised_mw_days_are_taken_by_halls_or_wait_for_one_or_are_no_phases(mapping, scale, refused):
    for place in mapping["sites"]:
        for step in place["grid_connection"]:
            step["grid_mw"] *= scale
    if refused:  # a phase that is never ready, and those after it
        mapping["sites"][0]["phases"][0]["stages"][0]["cancel_probability"] = 1.0
    scenario = loads(mapping)
    timeline = build_out(scenario)
    rows = [row for row in stranded(scenario, timeline) if row.kind == POWER]
    end_d = float(scenario.calendar.n_days)
    ready_d = timeline.ready_for_service_d()
    for place in scenario.sites:
        energised, taken, halls, grid = energised_and_taken(scenario, timeline, place)
        own = {row.phase: row for row in rows if row.site == place.id}
        idle = sum(row.amount for row in own.values())
        assert taken + idle == pytest.approx(energised, rel=1e-9, abs=1e-5)
        for (_, takes), phase in zip(halls, place.phases, strict=True):
            row = own.get(phase.id)
            if row is not None:  # no phase waits for more than it will take, nor once it is ready
                assert row.most <= takes * (1 + 1e-12)
                assert row.amount <= takes * min(ready_d[place.id, phase.id], end_d) * (1 + 1e-12)
        spare = max(grid.max(initial=0.0) - sum(mw for _, mw in halls), 0.0)
        assert own[""].most == pytest.approx(spare) if "" in own else spare < 1e-6
