"""Random valid scenarios, simulated: nothing is negative, infinite, lost or out of balance."""

import runpy
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.errors import ScenarioError
from capsim.ledger import statements
from capsim.pipeline import run, simulate
from capsim.projection import Projection
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads

fuzz = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("plans.py"))))
SIGNED = {"energy_cost_eur", "grid_headroom_mw", "hall_headroom_mw", "carbon_market_t"}
"""Series that may be below zero: prices are, and more may be drawn than a limit of the meter."""


@settings(max_examples=60)
@given(fuzz.plans(), st.integers(0, 2**32))
def test_what_is_valid_runs_and_adds_up(mapping, seed):
    scenario = loads(mapping)
    for plan in (scenario, sample(scenario, seed, 0)):
        result = run(plan, seed=seed)
        month = result.operations.monthly
        for name, series in month.items():
            assert np.isfinite(series).all(), name
            assert name.replace("cost", "cost_eur") in SIGNED or series.min() >= -1e-6, name
        _check_energy(month)
        _check_systems(result.timeline)
        _check_books(plan, result)


@settings(max_examples=40)
@given(fuzz.plans_of_any_day())
def test_any_day_is_refused_or_runs(mapping):
    try:
        scenario = loads(mapping)
    except ScenarioError:
        return
    projection = simulate(scenario)
    assert all(finding.text for finding in projection.findings)
    assert all(fuzz.is_finite(figure) for figure in projection.headline.values())


def _check_energy(month):
    parts = month["it_mwh"] + month["cooling_mwh"] + month["losses_mwh"]
    np.testing.assert_allclose(month["facility_mwh"], parts, rtol=1e-9, atol=1e-6)
    drawn = month["facility_mwh"] + month["battery_loss_mwh"] - month["generated_mwh"]
    np.testing.assert_allclose(month["grid_mwh"], drawn, rtol=1e-9, atol=1e-6)
    assert (month["h100e_h"] >= 0).all()
    assert (month["accelerator_h"] <= month["in_service_h"] * (1 + 1e-9) + 1e-6).all()


def _check_systems(timeline):
    """No system is in service before it is there, and none retires that was not in service."""
    for first, then in (("delivered", "installed"), ("installed", "in_service"), ("in_service", "retired")):
        came = defaultdict(list)
        for m in timeline.milestones:
            if m.kind in (first, then):
                came[m.site, m.phase, m.item, m.unit].append((m.time_d, m.kind == then, m.amount))
        for key, changes in came.items():
            there = np.cumsum([-amount if is_then else amount for _, is_then, amount in sorted(changes)])
            assert there.min() >= -1e-6, (key, then)


def _check_books(plan, result):
    stated = statements(plan, result.ledger)
    balance, flows = stated.balance, stated.flows
    size = 1.0 + max(np.abs(series).max() for series in (*balance.values(), *flows.values()))
    closed = balance["fixed_assets"] - balance["debt"] - balance["deferred_grants"] - balance["equity"]
    assert np.abs(closed).max() <= 1e-9 * size
    for name in ("fixed_assets", "debt", "deferred_grants"):
        assert balance[name].min() >= -1e-9 * size, name


@settings(max_examples=15)
@given(fuzz.plans())
def test_what_is_saved_is_what_comes_back(tmp_path_factory, mapping):
    scenario = loads(mapping)
    projection = simulate(scenario)
    folder = projection.save(tmp_path_factory.mktemp("saved") / "out")
    again = Projection.load(folder)
    assert again.identical(projection)
    assert all(fuzz.is_finite(figure) for figure in again.headline.values())
    assert loads(again.scenario_yaml).digest == scenario.digest
