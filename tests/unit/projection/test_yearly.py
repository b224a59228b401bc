"""The yearly table and what binds, on cases small enough to work by hand.

Tests `projection.months`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from capsim import simulate
from capsim.projection.binding_views import binding_by_year
from capsim.projection.months import months_in
from capsim.projection.yearly import CASH, yearly_table
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTHS = pd.date_range("2027-07-01", periods=18, freq="MS")
"""Half of 2027 and all of 2028, a leap year."""


def dataset(**series):
    sites = ["a", "b"]
    names = ("accelerators", "h100e_8bit", "critical_it_mw", "facility_peak_mw", "facility_mwh", "it_mwh")
    values = {name: np.zeros((2, 18)) for name in (*names, "carbon_t", "water_m3")} | series
    variables = {name: (("site", "month"), value) for name, value in values.items()}
    variables["waiting_mw"] = (("cause", "site", "month"), np.zeros((1, 2, 18)))
    return xr.Dataset(variables, coords={"cause": ["permit"], "site": sites, "month": MONTHS})


def yearly(monthly, *rows):
    ledger = pd.DataFrame(rows, columns=["month", "site", "category", "amount_eur"])
    ledger.index = pd.DatetimeIndex(ledger["month"])
    cash = {name: ledger["amount_eur"][ledger["category"] == name] for name in CASH}
    return yearly_table(months_in(monthly), cash, definition="8bit", currency="eur")


def test_levels_are_those_at_the_end_of_the_year_and_flows_are_sums():
    rising, ones = np.stack([np.arange(18.0), np.full(18, 100.0)]), np.ones((2, 18))
    table = yearly(
        dataset(accelerators=rising, critical_it_mw=rising, carbon_t=ones, water_m3=3 * ones),
        ("2027-08-01", "a", "capex", 5.0),
        ("2028-01-01", "a", "capex", 7.0),
        ("2028-12-01", "b", "capex", 8.0),
        ("2028-12-01", "b", "opening", 100.0),
        ("2028-12-01", "b", "opex", 2.0),
    )
    assert table.index.tolist() == [2027, 2028]
    assert table.index.name == "year"
    assert table["accelerators"].tolist() == table["critical_it_mw"].tolist() == [105.0, 117.0]
    assert table["carbon_t"].tolist() == [12.0, 24.0]
    assert table["water_m3"].tolist() == [36.0, 72.0]
    assert table["capex_eur"].tolist() == [5.0, 15.0]
    assert table["opex_eur"].tolist() == [0.0, 2.0]


def test_mean_load_is_energy_over_the_hours_that_are_in_the_year():
    table = yearly(dataset(facility_mwh=np.full((2, 18), 1000.0), it_mwh=np.full((2, 18), 800.0)))
    assert table["facility_gwh"].tolist() == [12.0, 24.0]
    hours = [184 * 24, 366 * 24]
    assert table["facility_mean_mw"].tolist() == pytest.approx([12_000 / hours[0], 24_000 / hours[1]])
    assert table["pue"].tolist() == pytest.approx([1.25, 1.25])


def test_pue_of_a_year_is_a_ratio_of_energies_and_missing_without_it():
    it, facility = np.zeros((2, 18)), np.zeros((2, 18))
    it[0, 6], it[0, 7] = 100.0, 300.0
    facility[0, 6], facility[0, 7] = 150.0, 330.0
    table = yearly(dataset(it_mwh=it, facility_mwh=facility))
    assert np.isnan(table["pue"][2027])
    assert table["pue"][2028] == pytest.approx(480 / 400)


def test_peak_is_the_highest_month_of_the_sum_of_the_sites():
    peaks = np.zeros((2, 18))
    peaks[0, 8], peaks[1, 8], peaks[1, 9] = 4.0, 3.0, 6.0
    assert yearly(dataset(facility_peak_mw=peaks))["facility_peak_mw"].tolist() == [0.0, 7.0]


def binding(critical_mw, **causes):
    months = pd.date_range("2027-01-01", periods=12, freq="MS")
    coords = {"cause": [c.replace("_", " ") for c in causes], "site": ["a"], "month": months}
    waiting = np.array([np.broadcast_to(mw, 12) for mw in causes.values()], dtype=float).reshape(-1, 1, 12)
    monthly = xr.Dataset(
        {
            "waiting_mw": (("cause", "site", "month"), waiting),
            "critical_it_mw": (("site", "month"), np.full((1, 12), critical_mw)),
        },
        coords=coords,
    )
    return binding_by_year(months_in(monthly))[2027]


def test_the_cause_with_most_megawatt_days_binds():
    assert binding(0.0, permit=10.0, grid_connection=11.0) == "grid connection"
    # 12 MW over January (31 d) are less than 10 MW over February and March (59 d)
    january, after = np.zeros(12), np.zeros(12)
    january[0], after[1:3] = 12.0, 10.0
    assert binding(0.0, permit=january, power=after) == "power"


def test_less_than_half_a_per_cent_of_the_plan_is_nothing():
    assert binding(100.0, permit=0.4) == "nothing"
    assert binding(100.0, permit=0.6) == "permit"


def test_the_planned_start_shows_only_where_no_limit_does():
    assert binding(0.0, planned_start=50.0, permit=5.0) == "permit"
    assert binding(0.0, planned_start=50.0, permit=0.1) == "planned start"
    assert binding(50.0, planned_start=0.0, permit=0.0) == "nothing"


def test_permit_then_grid_then_accelerators_then_nothing():
    def tenants(systems, ordered_on, weeks):
        return {
            "id": "tenants", "system": "hosted-it-100kw", "systems": systems, "ordered_on": ordered_on,
            "lead_time_weeks": weeks,
        }  # fmt: skip

    steps = [
        {"id": "g1", "grid_mw": 60.0, "energised_on": date(2025, 1, 1)},
        {"id": "g2", "grid_mw": 30.0, "lead_time_months": 24.0},
    ]
    first = make.hall(
        tenants(200, make.START, 1),
        critical_it_mw=20.0,
        stages=[{"id": "permit", "duration_months": 12.0}],
    )
    second = make.hall(
        tenants(100, date(2028, 6, 1), 30),
        id="p2",
        critical_it_mw=10.0,
        energization="g2",
        stages=[{"id": "construction", "duration_months": 6.0}],
    )
    crews = {"installer_crews": 100, "racks_per_crew_day": 1e6, "burn_in_days": 0}
    place = make.site(first, second, grid_connection=steps)
    projection = simulate(loads(make.scenario(place, crews=crews, horizon_years=4)))
    assert projection.yearly["binds"].tolist() == ["permit", "grid connection", "accelerators", "nothing"]
    waiting = projection.monthly["waiting_mw"].sum("site").to_pandas()
    assert waiting.loc["permit"].iloc[:12].tolist() == [20.0] * 12
    assert waiting.loc["permit"].iloc[12] == pytest.approx(20 * 0.25 / 31)
    assert waiting.loc["grid connection"].iloc[:24].tolist() == pytest.approx([10.0] * 24)
    assert waiting.loc["not ordered"].iloc[25:29].tolist() == pytest.approx([10.0] * 4)  # to 2028-06-01
    assert waiting.loc["accelerators"].iloc[29:35].tolist() == pytest.approx([10.0] * 6)
    assert waiting.iloc[:, 36:].to_numpy() == pytest.approx(0.0, abs=1e-6)
    assert projection.yearly["critical_it_mw"].tolist() == [0.0, 20.0, 30.0, 30.0]
