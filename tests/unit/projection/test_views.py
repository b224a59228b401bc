"""Views are made when they are asked for: simulating costs a run, and what follows a view follows it anew.

Tests `pipeline`, `projection.money_views`, `projection.projection`, `projection.run`.
"""

import pickle
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.pipeline import run, simulate
from capsim.projection.projection import VIEWS
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MOST_CALLS = 1.02
"""Calls of Python functions that simulating may take, for each of a run: a count that no load changes."""


@pytest.fixture(scope="module")
def scenario():
    return loads(make.scenario(make.standing_site(), horizon_years=1))


def calls_of(function, *arguments):
    """Number of Python functions that a call calls."""
    number = 0

    def count(frame, event, argument):
        nonlocal number
        number += event == "call"

    sys.setprofile(count)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return number


def test_simulating_makes_no_view(scenario):
    assert list(vars(simulate(scenario))) == ["run"]


def test_simulating_calls_hardly_more_than_a_run(scenario):
    simulate(scenario)  # tables are read once, and libraries imported
    assert calls_of(simulate, scenario) <= MOST_CALLS * calls_of(run, scenario)


def test_a_view_is_made_once(scenario):
    projection = simulate(scenario)
    assert projection.milestones is projection.milestones
    assert sorted(vars(projection)) == ["milestones", "run"]


def test_a_projection_cannot_be_changed(scenario):
    with pytest.raises(AttributeError):
        simulate(scenario).milestones = None


def test_a_pickled_projection_has_all_views_and_no_run(scenario):
    projection = simulate(scenario, seed=4)
    again = pickle.loads(pickle.dumps(projection))
    assert again.run is None
    assert again.identical(projection)
    assert again.findings == projection.findings
    assert {*VIEWS} <= {*vars(again)}


def test_what_follows_from_a_view_is_made_anew(scenario):
    projection = simulate(scenario)
    assert projection.yearly["facility_gwh"].iloc[0] > 0.0
    monthly = projection.monthly.assign(facility_mwh=0.0 * projection.monthly["facility_mwh"])
    other = projection.with_views(monthly=monthly)
    assert other.yearly["facility_gwh"].iloc[0] == 0.0
    assert projection.yearly["facility_gwh"].iloc[0] > 0.0
    assert other.milestones.equals(projection.milestones)
    assert projection.with_views().identical(projection)


def test_the_manifest_has_what_makes_a_projection_again_and_nothing_else():
    mapping = make.scenario(make.standing_site(), horizon_years=1)
    scenario = loads(mapping, sets=["horizon_years=2"]).override({"sites.a.warming_k_per_decade": 0.2})
    about = simulate(scenario, seed=5).manifest
    assert set(about) == {
        "scenario", "digest", "resolved", "overrides", "seed", "replication", "catalogue",
        "extensions", "versions",
    }  # fmt: skip
    assert about["overrides"] == {"horizon_years": "2", "sites.a.warming_k_per_decade": "0.2"}
    assert (about["seed"], about["replication"], about["resolved"]) == (5, 0, "scenario.yaml")
    again = simulate(loads(scenario.resolved()), seed=about["seed"])
    assert again.manifest == about | {"overrides": {}}
