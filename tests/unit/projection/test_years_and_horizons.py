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
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
PRICED = {"preset": "deu-wholesale-plus"}


def scenario(years, **site):
    return loads(make.scenario(make.standing_site(**site), horizon_years=years))


def test_the_first_year_is_the_same_whatever_the_horizon():
    short, long = (run(scenario(years, tariff=PRICED)).operations.monthly for years in (1, 4))
    for name, series in short.items():
        if name.startswith("not_ready") or series.ndim != 2:
            continue
        assert np.allclose(series, long[name][:, : series.shape[1]], rtol=1e-12, equal_nan=True), name


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
