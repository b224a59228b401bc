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
