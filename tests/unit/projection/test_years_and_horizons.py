"""No figure of a year depends on what lies beyond it, and carbon of one scope is held against its like.

Tests `projection.eu_scheme`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.pipeline import run, simulate
from capsim.projection.eu_scheme import eu_scheme_table
from capsim.scenario import Sampler, load
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
AION = Path(__file__).parents[3] / "scenarios" / "aion-288k-h100e.yaml"
PRICED = {"preset": "deu-wholesale-plus"}


def scenario(years, **site):
    return loads(make.scenario(make.standing_site(**site), horizon_years=years))


def test_the_first_year_is_the_same_whatever_the_horizon():
    short, long = (run(scenario(years, tariff=PRICED)).operations.monthly for years in (1, 4))
    for name, series in short.items():
        if name.startswith("not_ready") or series.ndim != 2:
            continue
        assert np.allclose(series, long[name][:, : series.shape[1]], rtol=1e-12, equal_nan=True), name


@pytest.mark.parametrize("overrides", [(), ("whole-jobs",)])
@pytest.mark.parametrize("is_drawn", [False, True])
def test_months_are_bit_for_bit_those_of_longer_horizons(overrides, is_drawn):
    """Of a plan that grows, refreshes and starts inside a year: prices, fans, jobs and weather."""
    runs = []
    for years in (5, 8, 12):
        made = load(AION, overrides=overrides, sets=[f"horizon_years={years}"])
        runs.append(run(Sampler(made).sample(0, 3) if is_drawn else made, replication=3 * is_drawn))
    first, *longer = (made.operations.monthly for made in runs)
    for name, series in first.items():
        for other in longer:
            rest = other[name][:, : series.shape[1]]
            if name == "carbon_embodied_t":  # sums over more lots round differently
                assert np.allclose(series, rest, rtol=1e-14)
            else:
                assert np.array_equal(series, rest, equal_nan=True), name


def test_costs_of_a_month_are_those_of_longer_horizons():
    """But for the value that is left at the end."""
    short, long = (run(load(AION, sets=[f"horizon_years={years}"])).ledger for years in (5, 8))
    rows = dict(zip(long.lines, long.amounts, strict=True))
    for line, amounts in zip(short.lines, short.amounts, strict=True):
        if line.category != "residual":
            assert np.allclose(amounts, rows[line][: amounts.size], rtol=1e-12), line


CONTRACT = {"id": "c", "share": 0.3, "price_per_mwh": 60.0, "renewable_share": 1.0}
SUN = {"peak_mw": 3.0, "latitude_deg": 48.9, "longitude_deg": 2.4, "full_load_h_per_y": 1100.0}


@pytest.mark.parametrize(
    ("terms", "site", "refresh"),
    [
        ({}, {}, None),
        ({"technicians": 30}, {"contracts": [CONTRACT]}, None),
        ({"technicians": 5}, {"solar": SUN}, {"age_years": 1.5}),
        ({"spares": 30}, {}, {"age_years": 1.5}),
        ({"technicians": 5, "spares": 30}, {"contracts": [CONTRACT], "solar": SUN}, {"age_years": 1.5}),
    ],
)
def test_what_fails_in_a_year_does_not_depend_on_the_years_after_it(terms, site, refresh):
    """By all ways to count outages: each server by itself, ample technicians, and queues."""
    place = make.standing_site(**site)
    if refresh is not None:
        place["phases"][0]["deployments"][0]["refresh"] = refresh
    by_years = {
        years: run(loads(make.scenario(place, horizon_years=years, reliability=terms))).operations.monthly
        for years in (1, 2, 5, 12)
    }
    longest = by_years.pop(12)
    for series in by_years.values():
        for name, months in series.items():
            rest = longest[name][:, : months.shape[1]] if months.ndim == 2 else None
            if rest is not None and not name.startswith("not_ready"):
                assert np.allclose(months, rest, rtol=1e-12, equal_nan=True), name
    whole = run(loads(make.scenario(place, horizon_years=12))).operations.monthly
    if "spares" not in terms:
        assert longest["accelerator_h"].sum() < 0.99 * whole["accelerator_h"].sum()


def test_systems_that_leave_early_are_charged_whole_and_not_before_they_leave():
    """Life 5 years, refresh at 3: 1/5 a year, and the last 2/5 in the month in which they leave."""
    place = make.standing_site()
    place["phases"][0]["deployments"][0]["refresh"] = {"age_years": 3.0}
    fleets = [
        loads(make.scenario(place, horizon_years=years, finance={"life_it_years": 5.0})) for years in (2, 6)
    ]
    short, long = (run(each).operations.monthly["carbon_embodied_t"].sum(axis=0) for each in fleets)
    assert np.allclose(short, long[: short.size])
    assert long.max() > 5 * np.median(long[:24])


@pytest.mark.parametrize("country", ["fra", "deu", "nor", "fin"])
def test_market_based_carbon_without_certificates_is_no_saving(country):
    """A residual mix of direct CO2 against a life cycle made one of France: 23.5 g against 44."""
    month = run(scenario(1, country=country)).operations.monthly
    assert month["carbon_market_t"].sum() >= month["carbon_t"].sum()
    assert np.all(month["carbon_direct_t"] <= month["carbon_t"])


def test_the_table_of_the_eu_scheme_has_its_four_indicators():
    contract = {"id": "ppa", "price_per_mwh": 60.0, "share": 0.5, "renewable_share": 0.8}
    heat = {"share": 0.3, "below_dry_bulb_c": 12.0}
    projection = simulate(scenario(2, contracts=[contract], heat_reuse=heat))
    table = eu_scheme_table(projection.monthly)
    assert list(table["year"]) == sorted(table["year"])
    assert table["ref"].to_numpy() == pytest.approx(0.4, abs=1e-9)
    whole = projection.headline
    assert np.average(table["pue"], weights=table["e_it_kwh"]) == pytest.approx(whole["pue"])
    assert np.average(table["erf"], weights=table["e_dc_kwh"]) == pytest.approx(whole["erf"])
    assert np.average(table["wue_m3_per_mwh"], weights=table["e_it_kwh"]) == pytest.approx(
        whole["wue_l_per_kwh"]
    )
    assert whole["ref"] == pytest.approx(0.4)
