"""Monthly results as an analyst reads them: CSV with units, Parquet and frames with attributes."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capsim import Projection, simulate
from capsim.projection.hourly_file import HourlyFile
from capsim.projection.monthly_tables import monthly_table
from capsim.scenario.loading import loads
from capsim.vocabulary import MONTHLY

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


@pytest.fixture(scope="module")
def projection():
    sites = [make.site(make.hall(), id="a"), make.site(make.hall(), id="b")]
    return simulate(loads(make.scenario(*sites)), hourly=True)


@pytest.fixture(scope="module")
def folder(projection, tmp_path_factory):
    return projection.save(tmp_path_factory.mktemp("out") / "saved")


def test_the_csv_has_a_row_per_site_and_month_and_every_series_with_its_unit(projection, folder):
    table = pd.read_csv(folder / "monthly.csv", parse_dates=["month"])
    assert list(table["site"].unique()) == ["a", "b"]
    assert len(table) == 2 * projection.monthly["month"].size
    assert table["month"].iloc[0] == pd.Timestamp(make.START)
    for name, variable in projection.monthly.drop_dims("cause").data_vars.items():
        column = table[f"{name} [{variable.attrs['units']}]"]
        assert np.array_equal(column.to_numpy().reshape(variable.shape), variable.to_numpy()), name
    assert "energy_cost_eur [EUR2025]" in table
    waiting = table.filter(like="waiting_mw: ").to_numpy().sum()
    assert waiting == pytest.approx(float(projection.monthly["waiting_mw"].sum()))


def test_one_site_and_year_can_be_checked_by_hand(projection, folder):
    """Energy of a site in a year over its IT energy is its PUE, from the file alone."""
    table = pd.read_csv(folder / "monthly.csv", parse_dates=["month"])
    year = table[(table["site"] == "b") & (table["month"].dt.year == 2027)]
    found = year["facility_mwh [MWh]"].sum() / year["it_mwh [MWh]"].sum()
    monthly = projection.monthly.sel(site="b", month="2027")
    assert found == pytest.approx(float(monthly["facility_mwh"].sum() / monthly["it_mwh"].sum()))
    assert 1.0 < found < 1.5


def test_the_list_of_series_says_what_a_month_shows(projection, folder):
    table = pd.read_csv(folder / "monthly_series.csv").set_index("series")
    assert list(table.index) == list(projection.monthly.data_vars)
    assert table.loc["facility_mwh"].tolist() == ["MWh", "Facility energy at the meter", "sum of the hours"]
    assert table.loc["energy_cost_eur", "month_shows"] == "sum of the hours"
    assert table.loc["h100e_8bit", "month_shows"] == "level at the end of the month"
    assert table.loc["facility_peak_mw", "month_shows"] == "highest hour of the month"
    assert table.loc["waiting_mw", "month_shows"] == "mean of the month"
    assert len(table) == len(MONTHLY) + 1


SHOWN = {
    "level at the end of the month": lambda month: month.iloc[-1],
    "highest hour of the month": lambda month: month.max(),
    "smallest hour of the month": lambda month: month.min(),
    "sum of the hours": lambda month: month.sum(),
}
"""What a month shows, of its hours."""
OF_HOURS = {
    "accelerators": "accelerators_in_service",
    "critical_it_mw": "critical_it_mw_ready",
    "grid_mw": "grid_mw_energised",
    "grid_usable_mw": "grid_mw_usable",
    "it_peak_mw": "it_mw",
    "facility_peak_mw": "facility_mw",
    "it_mwh": "it_mw",
    "facility_mwh": "facility_mw",
    "water_m3": "water_m3_per_h",
    "carbon_t": "carbon_t_per_h",
    "grid_headroom_mw": None,
}
"""The hourly series behind a monthly one; for the headroom at the meter usable less drawn power."""


def test_a_month_shows_of_its_hours_what_the_list_says(projection, folder):
    said = pd.read_csv(folder / "monthly_series.csv").set_index("series")["month_shows"]
    hours = projection.hourly.sel(site="a").to_dataframe().drop(columns="site")
    last = hours[hours.index >= hours.index[-1].replace(day=1, hour=0)]
    for monthly, hourly in OF_HOURS.items():
        of_hours = last["grid_mw_usable"] - last["grid_mw_drawn"] if hourly is None else last[hourly]
        found = float(projection.monthly[monthly].sel(site="a")[-1])
        assert found == pytest.approx(SHOWN[said[monthly]](of_hours), rel=1e-9), monthly


def test_headroom_of_halls_is_held_against_the_highest_hour(projection, folder):
    said = pd.read_csv(folder / "monthly_series.csv").set_index("series")["month_shows"]
    against = "level at the end of the month against the highest hour"
    assert said["hall_headroom_mw"] == said["stranded_mw"] == against
    ready, peak, left = (
        projection.monthly[name].to_numpy() for name in ("critical_it_mw", "it_peak_mw", "hall_headroom_mw")
    )
    np.testing.assert_allclose(left, ready - peak)


def test_frames_and_parquet_carry_units(projection, folder):
    for table in (projection.to_pandas(), pd.read_parquet(folder / "monthly.parquet")):
        assert table.attrs["units"]["facility_mwh"] == "MWh"
        assert table.attrs["long_name"]["facility_mwh"] == "Facility energy at the meter"
        assert set(table.attrs["units"]) == set(projection.monthly.drop_dims("cause").data_vars)
    assert pd.read_parquet(folder / "hourly.parquet").attrs["units"]["price_eur_per_mwh"] == "EUR2025/MWh"
    assert pd.read_parquet(folder / "halls.parquet").attrs["units"]["stranded_mw"] == "MW"
    assert Projection.load(folder).identical(projection)


def test_the_hourly_file_of_a_run_carries_units_too(tmp_path):
    scenario = loads(make.scenario(make.site(make.hall())))
    with HourlyFile(scenario, tmp_path / "hourly.parquet") as hours:
        simulate(scenario, hourly=hours)
    table = pd.read_parquet(tmp_path / "hourly.parquet")
    assert table.attrs["units"]["dry_bulb_c"] == "degC"
    assert table.attrs["long_name"]["facility_mw"] == "Facility load at the meter"


def test_an_hour_and_a_duration_curve_carry_units(projection):
    hour = projection.hour("a")
    assert (hour.attrs["units"]["facility_mw"], hour.attrs["units"]["pue"]) == ("MW", "1")
    curve = projection.duration_curve("a", 2027)
    assert curve.attrs == {"units": "MW", "long_name": "Facility load at the meter"}


def test_a_loaded_projection_gives_the_same_table(projection, folder):
    assert monthly_table(Projection.load(folder).monthly).equals(monthly_table(projection.monthly))
