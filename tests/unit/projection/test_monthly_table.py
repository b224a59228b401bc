"""Monthly results as an analyst reads them: CSV with units, Parquet and frames with attributes."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capsim import Projection, simulate
from capsim.operations import SERIES
from capsim.projection.hourly_file import HourlyFile
from capsim.projection.monthly_table import monthly_table
from capsim.scenario.load import loads

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
    assert len(table) == len(SERIES) + 1


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
