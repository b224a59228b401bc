"""What binds by month, as a table and in runs of months, by hand."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from capsim.projection.binding_views import binding_by_month, binding_by_year, binding_runs
from capsim.projection.months import months_in

MONTHS = pd.date_range("2027-11-01", periods=6, freq="MS")
"""November 2027 to April 2028."""


def monthly(**causes):
    """Two sites of 50 MW each; MW that wait by cause and month, all of the first site."""
    waiting = np.zeros((len(causes), 2, len(MONTHS)))
    for row, mw in enumerate(causes.values()):
        waiting[row, 0] = mw
    coords = {"cause": [c.replace("_", " ") for c in causes], "site": ["a", "b"], "month": MONTHS}
    ready = (("site", "month"), np.full((2, len(MONTHS)), 50.0))
    return xr.Dataset(
        {"waiting_mw": (("cause", "site", "month"), waiting), "critical_it_mw": ready}, coords=coords
    )


TWO = {
    "grid_connection": [40.0, 40.0, 40.0, 10.0, 0.1, 0.0],
    "planned_start": [60.0, 9.0, 9.0, 30.0, 9.0, 0.0],
}


def test_each_month_has_its_cause_its_mw_and_those_of_all_causes():
    table = binding_by_month(months_in(monthly(**TWO)))
    # the plan's own start is no limit; 0.1 of 200 MW is nothing, and then the start shows
    assert list(table["binds"]) == ["grid connection"] * 4 + ["planned start", "nothing"]
    assert list(table["binding_mw"]) == [40.0, 40.0, 40.0, 10.0, 9.0, 0.0]
    assert list(table["waits_for_grid_connection_mw"]) == TWO["grid_connection"]
    assert list(table["waits_for_planned_start_mw"]) == TWO["planned_start"]


def test_months_in_a_row_are_one_run_with_its_mean_by_days_and_its_most():
    runs = binding_runs(binding_by_month(months_in(monthly(**TWO))))
    assert [(f"{r.first:%Y-%m}", f"{r.last:%Y-%m}", r.months, r.cause) for r in runs] == [
        ("2027-11", "2028-02", 4, "grid connection"),
        ("2028-03", "2028-03", 1, "planned start"),
        ("2028-04", "2028-04", 1, "nothing"),
    ]
    # 30, 31 and 31 days of 40 MW, and 29 of 10 in a leap year
    assert runs[0].mean_mw == pytest.approx((92 * 40 + 29 * 10) / 121)
    assert runs[0].most_mw == 40.0


def test_a_cause_that_comes_back_makes_a_run_of_its_own():
    runs = binding_runs(
        binding_by_month(months_in(monthly(permit=[9, 9, 0, 0, 9, 9], crew=[1, 1, 5, 5, 1, 1])))
    )
    assert [(r.cause, r.months) for r in runs] == [("permit", 2), ("crew", 2), ("permit", 2)]


def test_the_months_of_a_year_in_which_one_cause_binds_are_that_of_the_year():
    table = monthly(permit=[9.0] * 6, crew=[5.0] * 6)
    assert (
        set(binding_by_month(months_in(table))["binds"])
        == set(binding_by_year(months_in(table)))
        == {"permit"}
    )
