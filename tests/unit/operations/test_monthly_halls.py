"""Headroom and stranded MW of each hall, by hand and against the site's."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capsim import simulate
from capsim.scenario.loading import loads

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


def crowded_and_half(grid_mw=80.0):
    """16 MW with 125 racks, 19.94 MW, and 24 MW with 50, 7.98 MW, under one job on all 12,600."""
    there = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    fleet = {"id": "racks", "system": "gb300-nvl72", "in_service_on": date(2025, 7, 1)}
    full = make.standing_hall(oversubscription=1.3, deployments=[fleet | {"systems": 125}])
    half = make.standing_hall(id="p2", critical_it_mw=24.0, deployments=[fleet | {"systems": 50}])
    jobs = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0}
    jobs["classes"] = [{"id": "one", "accelerators": 175 * 72, "share": 1.0}]
    workload = {"preset": "large-training", "power_utilisation": 0.724, "jobs": jobs}
    return halls(make.site(full, half, grid_connection=there), workload=workload)


def test_a_hall_whose_limit_cuts_its_load_has_no_headroom():
    """The job computes for 0.95 of the time and then takes 0.20 MW more than the crowded hall's 16 MW.

    The mean of its hours, 4.20 + 0.95 x (12.00 - 0.20) MW, is 0.59 MW below 16 and no headroom. At the other
    the mean is 7.98 x (0.211 + 0.789 x 0.724) MW; the site has what is left there, and no more.
    """
    projection, table = crowded_and_half()
    july = table.xs(pd.Timestamp("2026-07-01"), level="month")
    assert july["capped_h"].tolist() == pytest.approx([0.95 * 31 * 24, 0.0])
    assert july.loc["p1", "it_peak_mw"] == pytest.approx(4.204 + 0.95 * (11.996 - 0.200), abs=0.002)
    assert july.loc["p1", "headroom_mw"] == 0.0
    left = 24 - 50 * RACK_MW * (0.210784 + 0.789216 * 0.724)
    assert july.loc["p2", "headroom_mw"] == pytest.approx(left)
    site = projection.monthly["hall_headroom_mw"].isel(site=0).to_numpy()
    np.testing.assert_allclose(site, table["headroom_mw"].groupby("month").sum(), rtol=1e-12)


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
