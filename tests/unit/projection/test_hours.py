"""The hour a planner asks for, and the duration curve."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capsim.errors import ProjectionError
from capsim.pipeline import simulate
from capsim.projection.hours import SiteHours
from capsim.scenario.load import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


@pytest.fixture(scope="module")
def projection():
    return simulate(loads(make.scenario(make.standing_site(), horizon_years=1)), hourly=True)


def test_the_hardest_and_the_hottest_hour(projection):
    rows = projection.hourly.sel(site="a").to_dataframe()
    hardest, hottest = projection.hour("a"), projection.hour("a", "hottest")
    assert hardest["facility_mw"] == rows["facility_mw"].max()
    assert hottest["dry_bulb_c"] == rows["dry_bulb_c"].max()
    assert hardest["pue"] == pytest.approx(hardest["facility_mw"] / hardest["it_mw"])


def test_the_hottest_hour_is_one_with_load():
    # the hall is there from October on, after the summer
    late = make.standing_hall(ready_for_service_on=date(2026, 10, 1))
    late["deployments"] = [late["deployments"][0] | {"in_service_on": date(2026, 10, 1)}]
    place = make.standing_site(phases=[late])
    shown = simulate(loads(make.scenario(place, horizon_years=1)), hourly=True)
    hottest = shown.hour("a", "hottest")
    rows = shown.hourly.sel(site="a").to_dataframe()
    loaded = rows[rows["facility_mw"] > 0]
    assert loaded.index[0] >= pd.Timestamp(2026, 10, 1)
    assert hottest["dry_bulb_c"] == loaded["dry_bulb_c"].max() < rows["dry_bulb_c"].max()
    assert hottest["facility_mw"] > 0


def test_the_design_hour_is_the_hardest_in_the_air_the_cooling_is_sized_for(projection):
    """Paris: 30.05 degC, the dry-bulb that 0.4 % of the hours exceed, as climates.csv has it."""
    design = projection.hour("a", "design")
    assert design["design_dry_bulb_c"] == pytest.approx(30.05)
    assert design["dry_bulb_c"] == pytest.approx(30.05, abs=0.25)
    rows = projection.hourly.sel(site="a").to_dataframe()
    near = rows[(rows["dry_bulb_c"] - 30.05).abs() <= 0.25]
    assert len(near) > 1
    assert design["facility_mw"] == near["facility_mw"].max() <= projection.hour("a")["facility_mw"]
    assert design.attrs["units"]["design_dry_bulb_c"] == "degC"


def test_hours_of_one_site_are_those_of_all():
    sites = [make.standing_site(id="a"), make.standing_site(id="b", climate="dallas")]
    scenario = loads(make.scenario(*sites, horizon_years=1))
    kept = SiteHours("b")
    simulate(scenario, hourly=kept)
    assert kept.dataset(scenario).identical(simulate(scenario, hourly=True).hourly.sel(site=["b"]))


@pytest.mark.parametrize(
    "at", ["2026-07-15T15", "2026-07-15 15:00", "2026-07-15T15Z", "2026-07-15T17:00+02:00"]
)
def test_an_hour_in_other_spellings(projection, at):
    assert projection.hour("a", at).name == pd.Timestamp(2026, 7, 15, 15)


def test_half_an_hour_is_no_hour(projection):
    with pytest.raises(KeyError, match="whole UTC hours from 2026-01-01T00 to 2026-12-31T23"):
        projection.hour("a", "2026-07-15T15:30")


def test_an_hour_by_its_time(projection):
    values = projection.hour("a", "2026-07-15T15")
    assert values.name == pd.Timestamp(2026, 7, 15, 15)
    hour = (31 + 28 + 31 + 30 + 31 + 30 + 14) * 24 + 15
    assert values["dry_bulb_c"] == float(projection.hourly["dry_bulb_c"][0, hour])


def test_the_duration_curve_has_every_hour_in_falling_order(projection):
    curve = projection.duration_curve("a", 2026)
    assert len(curve) == 8760
    assert np.all(np.diff(curve) <= 0)
    assert curve.sum() == pytest.approx(float(projection.monthly["facility_mwh"].sum()))
    assert projection.duration_curve("a", 2026, "dry_bulb_c").iloc[0] > 30


def test_what_is_not_there(projection):
    for call in (
        lambda: projection.hour("b"),
        lambda: projection.hour("a", "2030-01-01"),
        lambda: projection.hour("a", "noon"),
        lambda: projection.duration_curve("a", 2030),
        lambda: projection.duration_curve("a", 2026, "nothing"),
    ):
        with pytest.raises(KeyError):
            call()
    with pytest.raises(ProjectionError, match="hourly=True"):
        simulate(loads(make.scenario(make.standing_site(), horizon_years=1))).hour("a")
