"""Series of a planner's own in a run: price, carbon, demand, PUE and the shape of a week.

Tests `scenario.series_in_use`, `scenario.rules.series_rules`, `operations.served_demand`,
`operations.surroundings`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capsim.errors import ScenarioError
from capsim.pipeline import run, simulate
from capsim.scenario.loading import loads
from capsim.scenario.resolved_values import explain
from capsim.scenario.series_in_use import own_series

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
PLAIN = {"preset": "fr-datacenter", "excise_per_mwh": 0.0, "network_per_mwh": 0.0, "trend_per_y": 0.0}


def year_of(zone="Europe/Berlin", year=2026):
    return pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", tz=zone, inclusive="left")


def file_of(path, times, values, head="time,price_eur_per_mwh", stamp="%Y-%m-%d %H:%M"):
    rows = [f"{t:{stamp}},{v!r}" for t, v in zip(times, map(float, values), strict=True)]
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return str(path)


def of(place, years=1, **changes):
    return loads(make.scenario(place, horizon_years=years, **changes))


def hours(scenario):
    return run(scenario, hourly=True).operations


def test_a_german_year_of_prices_costs_what_a_direct_sum_in_pandas_says(tmp_path):
    """Days of 23 and of 25 hours among them; the local year begins an hour before that of UTC."""
    times = year_of()
    prices = np.random.default_rng(3).normal(80.0, 70.0, len(times))
    # the last hour of UTC is in the next local year
    more = times.union([times[-1] + pd.Timedelta("1h")])
    prices = np.append(prices, 33.0)
    file = file_of(tmp_path / "p.csv", more, prices)
    tariff = PLAIN | {"level_per_mwh": {"file": file, "time_zone": "Europe/Berlin"}}
    got = hours(of(make.standing_site(tariff=tariff)))
    load = pd.Series(
        got.hourly["facility_mw"].ravel(), pd.date_range("2026-01-01", periods=8760, freq="h", tz="UTC")
    )
    direct = (load * pd.Series(prices, more).tz_convert("UTC")).dropna()
    assert direct.size == 8760
    assert got.monthly["energy_cost"].sum() == pytest.approx(direct.sum(), rel=1e-9)
    days = more.tz_convert("Europe/Berlin").normalize().value_counts()
    assert {23, 25} <= set(days)


def test_monthly_prices_are_the_mean_about_which_the_zone_moves(tmp_path):
    file = file_of(
        tmp_path / "m.csv", pd.date_range("2026-01-01", periods=12, freq="MS"), range(50, 62), stamp="%Y-%m"
    )
    tariff = PLAIN | {"level_per_mwh": {"file": file}}
    price = hours(of(make.standing_site(tariff=tariff))).hourly["price_per_mwh"].ravel()
    by_month = pd.Series(price, pd.date_range("2026-01-01", periods=8760, freq="h")).groupby(
        lambda t: t.month
    )
    assert np.allclose(by_month.mean(), range(50, 62))
    assert by_month.std().min() > 1.0
    flat = hours(of(make.standing_site(tariff=tariff | {"spread": "none"}))).hourly["price_per_mwh"].ravel()
    assert np.unique(flat).size == 12


def test_carbon_by_the_hour_takes_the_place_of_level_and_shape(tmp_path):
    times = year_of("UTC")
    grams = 100 + 50 * np.sin(np.arange(8760))
    file = file_of(tmp_path / "c.csv", times, grams / 1000, head="Datetime (UTC),co2 [kg/kWh]")
    got = hours(
        of(make.standing_site(carbon={"intensity_gco2e_per_kwh": {"file": file}, "trend_per_y": -0.5}))
    )
    carbon = (got.hourly["facility_mw"].ravel() * grams).sum() / 1000
    assert got.monthly["carbon_t"].sum() == pytest.approx(carbon, rel=1e-9)


def test_a_residual_mix_by_date_steps_and_is_no_cleaner_than_the_grid():
    """50 g of the grid, 60 % direct: 100, 300 and 10 g direct are 120 and 320 g, and not the 30 g of 2028."""
    values = [{"on": "2026", "value": 100}, {"on": "2027", "value": 300}, {"on": "2028", "value": 10}]
    grid = {"intensity_gco2e_per_kwh": 50.0, "direct_share": 0.6, "trend_per_y": 0.0}
    place = make.standing_site(carbon=grid | {"residual_mix_gco2_per_kwh": values})
    month = hours(of(place, years=3)).monthly
    g_per_kwh = (month["carbon_market_t"] / month["grid_mwh"])[0] * 1000
    assert g_per_kwh[:24] == pytest.approx(np.repeat([120.0, 320.0], 12))
    assert month["carbon_market_t"][0, 24:] == pytest.approx(month["carbon_t"][0, 24:])


def test_demand_by_date_starts_when_it_starts_and_steps(tmp_path):
    values = [{"on": "2026-04", "value": 1000}, {"on": "2026-Q4", "value": 3000}]
    got = hours(of(make.standing_site(), demand={"h100e": values}))
    asked = got.hourly["demand_h100e"].ravel() if "demand_h100e" in got.hourly else None
    months = got.monthly["demand_h100e_h"].ravel()
    assert months[:3].tolist() == [0.0, 0.0, 0.0]
    assert months[3] == pytest.approx(1000 * 720)
    assert months[11] == pytest.approx(3000 * 744)
    assert asked is None or asked.max() == pytest.approx(3000)


def test_an_own_week_follows_its_clock_and_a_tenant_asks_for_compute():
    profile = [0.0] * 8 + [3.0] * 8 + [0.0] * 8
    tenant = {"id": "t", "h100e": 900.0, "starts_on": "2026-03-01", "months": 6, "source": "assumed: t"}
    shape = {"profile": profile, "time_zone": "Asia/Tokyo"}
    got = hours(of(make.standing_site(), demand={"services": [tenant | {"shape": shape, "starts_on": None}]}))
    month = got.monthly["demand_h100e_h"].ravel()
    assert month[0] == pytest.approx(900 * 744)
    assert got.monthly["demand_peak_h100e"].ravel()[0] == pytest.approx(2700)


def test_a_measured_load_is_the_shape_of_a_demand(tmp_path):
    times = year_of("UTC")
    load = 20 + 10 * np.cos(np.arange(8760) * 2 * np.pi / 24)
    file = file_of(tmp_path / "load.csv", times, load, head="time,load_mw")
    got = hours(of(make.standing_site(), demand={"h100e": 1000.0, "shape": {"series": {"file": file}}}))
    assert got.monthly["demand_h100e_h"].sum() == pytest.approx(1000 * 8760)
    assert got.monthly["demand_peak_h100e"].max() == pytest.approx(1500)


def test_a_pue_by_the_hour_is_what_the_meter_draws_over_the_halls(tmp_path):
    times = year_of("UTC")
    pue = 1.2 + 0.1 * np.cos(np.arange(8760))
    file = file_of(tmp_path / "pue.csv", times, pue, head="time,pue")
    hour = hours(of(make.standing_site(pue={"file": file}))).hourly
    assert np.allclose(hour["facility_mw"].ravel(), hour["it_mw"].ravel() * pue, rtol=1e-12)
    flat = hours(of(make.standing_site(pue=1.25))).hourly
    assert np.allclose(flat["facility_mw"], flat["it_mw"] * 1.25, rtol=1e-12)


def test_a_pue_keeps_the_limit_of_the_meter():
    there = [{"id": "g1", "grid_mw": 15.0, "energised_on": date(2024, 1, 1)}]
    hour = hours(of(make.standing_site(pue=1.3, grid_connection=there))).hourly
    assert hour["facility_mw"].max() <= 15.0 + 1e-9
    assert hour["it_mw"].max() == pytest.approx(15.0 / 1.3)


WRONG = [
    (
        {"tariff": PLAIN | {"level_per_mwh": "half.csv"}},
        "level_per_mwh: must be a number, an uncertain value or a series; write {file: half.csv}",
    ),
    (
        {"tariff": PLAIN | {"level_per_mwh": {"file": "HALF"}}},
        "has 2026-01-01 to 2026-04-10, and the horizon is 2026-01-01 to 2027-01-01",
    ),
    (
        {"tariff": PLAIN | {"level_per_mwh": {"file": "DOLLARS"}}},
        "is in USD, and the tariff is in EUR; write currency: USD beside it",
    ),
    ({"pue": {"values": [{"on": 2026, "value": 0.9}]}}, "must be from 1 to 10 1 (got 0.9)"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_series_that_cannot_be_meant_are_refused(tmp_path, changes, words):
    days = pd.date_range("2026-01-01", periods=2400, freq="h")
    for name, head in (("HALF", "time,price"), ("DOLLARS", "time,price [USD/MWh]")):
        file = file_of(
            tmp_path / f"{name.lower()}.csv",
            days if name == "HALF" else year_of("UTC"),
            [60.0] * (2400 if name == "HALF" else 8760),
            head,
        )
        changes = eval(repr(changes).replace(f"'{name}'", repr(file)))
    with pytest.raises(ScenarioError) as refusal:
        of(make.standing_site(**changes))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        ({"services": [{"id": "s"}]}, "needs users, or h100e of a tenant"),
        ({"services": [{"id": "s", "users": 1.0, "h100e": 1.0}]}, "has both users and h100e"),
        (
            {"h100e": 1.0, "shape": {"profile": [1.0, 2.0]}},
            "must have 24 or 168 values with a positive sum (has 2)",
        ),
        (
            {"h100e": 1.0, "shape": {"profile": [1.0] * 24, "name": "flat"}},
            "must not be given together with name",
        ),
        ({"h100e": 1.0, "shape": {"profile": [1.0] * 24, "time_zone": "Mars"}}, "unknown time zone Mars"),
    ],
)
def test_services_and_profiles_that_cannot_be_meant_are_refused(demand, words):
    with pytest.raises(ScenarioError) as refusal:
        of(make.standing_site(), demand=demand)
    assert words in str(refusal.value)


BY_DATE = [{"on": "2026-01", "value": 50}, {"on": "2026-07", "value": 60}]


@pytest.mark.parametrize(
    ("trend", "says"),
    [
        (-0.03, "; what is after it falls by 3 %/y (trend_per_y)"),
        (0.025, "; what is after it grows by 2.5 %/y (trend_per_y)"),
        (0.0, ""),
    ],
)
def test_what_is_beyond_a_series_is_said_with_its_trend(trend, says):
    tariff = PLAIN | {"level_per_mwh": BY_DATE, "trend_per_y": trend}
    scenario = of(make.standing_site(tariff=tariff), years=3)
    (told,) = own_series(scenario)
    assert told["beyond"] == f"its first and its last value hold before and after it{says}"
    level = scenario.sites[0].tariff.level_per_mwh.series.over(scenario.calendar, trend)
    assert level[-1] == pytest.approx(60.0 * (1.0 + trend) ** 2)


def test_a_repeated_year_and_a_demand_are_said_with_theirs(tmp_path):
    file = file_of(tmp_path / "p.csv", year_of("UTC", 2026), [60.0] * 8760)
    tariff = PLAIN | {"level_per_mwh": {"file": file}, "trend_per_y": 0.02}
    asked = {"h100e": [{"on": "2026-07", "value": 100}], "growth_per_y": 0.1}
    told = own_series(of(make.standing_site(tariff=tariff), years=2, demand=asked))
    ends = {one["path"]: one["beyond"].partition("; ")[2] for one in told}
    assert ends["sites.a.tariff.level_per_mwh"] == "what is beyond it grows by 2 %/y (trend_per_y)"
    assert ends["demand.h100e"] == "what is after it grows by 10 %/y (growth_per_y)"


def test_what_a_series_replaces_is_said_and_a_resolved_scenario_has_it(tmp_path):
    file = file_of(tmp_path / "p.csv", year_of("UTC", 2025), [60.0] * 8760)
    scenario = of(make.standing_site(tariff=PLAIN | {"level_per_mwh": {"file": file}}))
    (told,) = own_series(scenario)
    assert told["replaces"] == "the tariff's level and the hours of its zone"
    assert told["beyond"].startswith("hours it does not have are those of the same weekday")
    (found,) = [f for f in simulate(scenario).findings if f.kind == "own_series"]
    assert found.text.startswith("sites.a.tariff.level_per_mwh is p.csv (price_eur_per_mwh [eur_per_mwh]")
    assert found.numbers == {"mean": 60.0}
    (row,) = explain(scenario, "sites.a.tariff.level_per_mwh")
    assert row.series == found.text.removeprefix(f"{row.path} is ") + "; mean 60 EUR/MWh"
    again = loads(scenario.resolved())
    assert (again == scenario, again.digest == scenario.digest) == (True, True)
