"""Headroom and stranded MW of each hall, by hand and against the site's."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capsim import simulate
from capsim.scenario.load import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
RACK_MW = make.SYSTEM_MW["gb300-nvl72"]


def two_halls(grid_mw=80.0):
    """A full hall of 16 MW, and one of 24 MW with 50 racks from July on."""
    there = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    few = {"id": "racks", "system": "gb300-nvl72", "systems": 50, "in_service_on": date(2025, 7, 1)}
    half = make.standing_hall(id="p2", critical_it_mw=24.0, deployments=[few])
    return make.site(make.standing_hall(), half, grid_connection=there)


def halls(place, **changes):
    projection = simulate(loads(make.scenario(place, horizon_years=1, **changes)))
    return projection, projection.halls.set_index(["phase", "month"])


def test_by_hand():
    _, table = halls(two_halls())
    july = table.xs(pd.Timestamp("2026-07-01"), level="month")
    assert july["critical_it_mw"].tolist() == [16.0, 24.0]
    assert july["nameplate_mw"].to_numpy() == pytest.approx([100 * RACK_MW, 50 * RACK_MW])
    assert july["it_peak_mw"].to_numpy() == pytest.approx([100 * RACK_MW, 50 * RACK_MW])
    assert july["headroom_mw"].to_numpy() == pytest.approx([16 - 100 * RACK_MW, 24 - 50 * RACK_MW])
    assert july["stranded_mw"].tolist() == [0.0, 0.0]


def test_a_small_meter_strands_each_hall_in_proportion():
    projection, table = halls(two_halls(grid_mw=22.0))
    site = projection.monthly.isel(site=0)
    by_month = table.groupby("month").sum()
    assert np.all(by_month["stranded_mw"] > 10)
    np.testing.assert_allclose(by_month["stranded_mw"], site["stranded_mw"], rtol=1e-12)
    ratio = table.loc["p2", "stranded_mw"] / table.loc["p1", "stranded_mw"]
    assert ratio.to_numpy() == pytest.approx(24 / 16)
    # nothing moves from hour to hour but the limit, so the halls peak together
    np.testing.assert_allclose(by_month["it_peak_mw"], site["it_peak_mw"], rtol=1e-12)


@pytest.mark.parametrize("grid_mw", [80.0, 22.0])
def test_peaks_of_halls_follow_the_users_and_stay_inside_the_halls(grid_mw):
    day = {"name": "diurnal", "arguments": {"daily_amplitude": 0.5, "weekend_share": 0.8}}
    projection, table = halls(two_halls(grid_mw), demand={"h100e": 8000.0, "shape": day})
    site = projection.monthly.isel(site=0)
    by_month = table.groupby("month").sum()
    assert np.all(table["it_peak_mw"] <= table["critical_it_mw"])
    assert np.all(by_month["it_peak_mw"] >= site["it_peak_mw"] * (1 - 1e-12))
    assert np.all(by_month["it_peak_mw"] < by_month["nameplate_mw"])
    assert np.all(by_month["headroom_mw"] <= site["hall_headroom_mw"] + 1e-9)


def test_a_hall_appears_when_it_is_ready_or_filled():
    projection = simulate(loads(make.scenario(make.site())))
    ready = projection.milestones.query("kind == 'ready_for_service'")["date"].iloc[0]
    first = projection.halls["month"].min()
    assert (first.year, first.month) == (ready.year, ready.month)
    assert set(projection.halls["phase"]) == {"p1"}


def test_a_site_without_halls_adds_no_rows():
    there = [{"id": "g1", "grid_mw": 40.0, "energised_on": date(2024, 1, 1)}]
    empty = make.site(id="b", phases=[], grid_connection=there)
    both = simulate(loads(make.scenario(make.standing_site(), empty, horizon_years=1)))
    assert set(both.halls["site"]) == {both.monthly["site"].values[0]}
    alone = simulate(loads(make.scenario(empty, horizon_years=1))).halls
    assert alone.empty
    assert list(alone.columns) == list(both.halls.columns)
