"""Labels, headline figures and targets of a small projection.

Tests `projection.projection`, `projection.headline_figures`, `projection.labelled`, `projection.wording`.
"""

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
COSTS = {"items": [{"id": "shell", "category": "capex", "basis": "per_critical_it_mw", "amount": 10e6}]}
RACK_EUR = 4_000_000 / 1.02 * 0.8
H100E = 7200 * 5000 / 1979


def project(*places, **changes):
    return simulate(loads(make.scenario(*places, costs=COSTS, **changes)), hourly=True)


@pytest.fixture(scope="module")
def projection():
    return project(make.site())


def test_every_variable_has_a_unit_and_a_long_name(projection):
    for data in (projection.monthly, projection.hourly):
        for name, variable in data.data_vars.items():
            assert variable.attrs["units"], name
            assert variable.attrs["long_name"], name
    assert projection.monthly["energy_cost_eur"].attrs["units"] == "EUR2025"
    assert projection.hourly["price_eur_per_mwh"].attrs["units"] == "EUR2025/MWh"


def test_money_carries_the_scenarios_currency():
    fx = [{"id": "eur", "currency": "EUR", "per_unit": 1.25, "dated": make.START}]
    dollars = project(make.site(), currency={"code": "USD", "price_year": 2024, "fx": fx})
    assert dollars.monthly["energy_cost_usd"].attrs["units"] == "USD2024"
    assert "capex_usd" in dollars.headline
    assert "capex_usd" in dollars.yearly.columns
    assert "amount_usd" in dollars.ledger.columns
    assert not [name for name in dollars.headline if "eur" in name]


def test_headline_by_hand(projection):
    head = projection.headline
    assert head["accelerators_peak"] == 7200
    assert head["h100e_8bit_peak"] == pytest.approx(H100E)
    assert head["critical_it_mw_end"] == 16
    assert head["grid_mw_end"] == 24
    assert head["it_peak_mw"] == pytest.approx(15.9552, rel=1e-5)
    capex = 160e6 + 100 * RACK_EUR
    assert head["capex_eur"] == pytest.approx(capex)
    assert head["capex_eur_per_critical_it_mw"] == pytest.approx(capex / 16)
    assert head["capex_eur_per_h100e"] == pytest.approx(capex / H100E)
    opex = projection.ledger.query("category == 'opex'")["amount_eur"]
    assert head["opex_eur"] == pytest.approx(opex.sum())
    month = projection.monthly.sum(["site", "month"])
    assert head["pue"] == pytest.approx(float(month["facility_mwh"] / month["it_mwh"]))
    assert head["facility_gwh"] == pytest.approx(float(month["facility_mwh"]) / 1000)
    assert head["wue_l_per_kwh"] == pytest.approx(float(month["water_m3"] / month["it_mwh"]), abs=1e-12)


def test_headline_says_nothing_where_there_is_nothing():
    head = project(make.site(make.hall(deployments=[]))).headline
    for name in ("pue", "lcoc_eur_per_accelerator_h", "lcoc_eur_per_h100e_h", "capex_eur_per_h100e"):
        assert np.isnan(head[name]), name
    assert head["accelerators_peak"] == 0


def test_tables_agree_with_the_dataset(projection):
    monthly = projection.to_pandas()
    assert monthly.index.names == ["site", "month"]
    assert monthly["facility_mwh"].sum() == pytest.approx(float(projection.monthly["facility_mwh"].sum()))
    hourly = projection.hourly["facility_mw"].sum()
    assert float(hourly) == pytest.approx(monthly["facility_mwh"].sum())
    table = projection.yearly
    assert table["facility_gwh"].sum() * 1000 == pytest.approx(monthly["facility_mwh"].sum())
    for category in ("capex", "opex"):
        rows = projection.ledger.query("category == @category")["amount_eur"]
        assert table[f"{category}_eur"].sum() == pytest.approx(rows.sum())


def test_milestones_have_the_date_on_which_they_fall(projection):
    table = projection.milestones
    days = (table["date"] - pd.Timestamp(make.START)).dt.days
    assert np.array_equal(days, np.floor(table["time_d"]))
    ready = table.query("kind == 'ready_for_service'")["date"].item()
    assert ready == pd.Timestamp("2026-08-02")  # day 213.06


def test_milestones_before_the_start_have_their_date():
    table = project(make.standing_site()).milestones
    assert set(table.query("kind == 'in_service'")["date"]) == {pd.Timestamp("2025-07-01")}


def result_of(projection, metric):
    return next(result for result in projection.targets if result.metric == metric)


def test_targets_are_held_at_their_date():
    goals = {
        "id": "t", "h100e": 18_000, "accelerators": 7200, "critical_it_mw": 17, "facility_mw": 17.0,
        "budget": 300e6, "by": date(2026, 12, 31),
    }  # fmt: skip
    made = project(make.site(), targets=[goals])
    reached = result_of(made, "h100e_8bit")
    assert (reached.met, reached.crossed) == (True, "2026-09-01")  # the last lot is in on day 270.06
    assert reached.reached == pytest.approx(H100E)
    assert result_of(made, "accelerators").met
    assert not result_of(made, "critical_it_mw").met
    assert result_of(made, "critical_it_mw").crossed == ""
    budget = result_of(made, "capex")
    assert not budget.met
    assert budget.reached == pytest.approx(160e6 + 100 * RACK_EUR)
    assert budget.crossed == "2026-05-01"  # racks for 256 m, on top of a hall that is half paid
    peak = float(made.monthly["facility_peak_mw"].sel(month=slice(None, "2026-12-01")).max())
    assert result_of(made, "facility_peak_mw").reached == peak
    assert result_of(made, "facility_peak_mw").met == (peak <= 17.0)


def test_a_goal_reached_too_late_is_not_met_and_says_when():
    made = project(make.site(), targets=[{"id": "t", "accelerators": 7200, "by": date(2026, 6, 30)}])
    late = result_of(made, "accelerators")
    assert (late.met, late.reached, late.crossed) == (False, 0.0, "2026-09-01")


@pytest.mark.parametrize(
    ("by", "met"), [((2026, 9, 1), False), ((2026, 9, 29), False), ((2026, 9, 30), True)]
)
def test_only_months_that_are_over_by_its_date_count_for_a_target(by, met):
    """The last lot is in on 28 September, day 270.06; levels are those of the ends of months."""
    made = project(make.site(), targets=[{"id": "t", "accelerators": 7200, "by": date(*by)}])
    assert result_of(made, "accelerators").met is met


def test_a_target_without_a_date_counts_at_the_horizon():
    made = project(make.site(), targets=[{"id": "t", "accelerators": 7200}])
    assert result_of(made, "accelerators").by == "2027-12-31"
    assert result_of(made, "accelerators").met


def test_what_machines_get_is_the_same_for_the_same_seed_and_differs_for_another():
    scenario = loads(make.scenario(make.site()))
    once, again, other = (simulate(scenario, seed=seed).to_dict() for seed in (3, 3, 4))
    assert repr(once) == repr(again)
    assert once["manifest"]["seed"] == 3
    assert once["headline"]["facility_gwh"] != other["headline"]["facility_gwh"]


def test_representations_are_short_and_have_the_yearly_table(projection):
    assert repr(projection) == (
        "<Projection small 2026-2027: 7,200 accelerators, 18,191 H100e (8bit), "
        f"{projection.headline['facility_peak_mw']:.1f} MW at peak>"
    )
    html = projection._repr_html_()
    assert "<table" in html
    assert "2027" in html
    assert "EUR2025" in html
