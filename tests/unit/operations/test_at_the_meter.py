"""Currency, clock and limits of what passes the meter, each by hand.

Tests `operations.meter`, `operations.power`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import price_years
from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FLAT = {"preset": "fr-datacenter", "spread": "none", "level_per_mwh": 60.0}
RATE = 0.8 * 1.02
"""EUR of 2025 for a USD of 2024, in the scenarios of these tests: 0.8 EUR per USD, 2 % inflation. [1]"""


def one_year(place, seed=0, **changes):
    result = run(loads(make.scenario(place, horizon_years=1) | changes), seed=seed, hourly=True)
    return result.operations.monthly, {name: s[0] for name, s in result.operations.hourly.items()}


def test_a_capacity_charge_is_in_the_currency_of_its_tariff():
    """40 MW at 10,000 USD of 2024 per MW and year are 326,400 EUR of 2025."""
    dollars = FLAT | {"currency": "USD", "price_year": 2024}
    plain, _ = one_year(make.standing_site(tariff=dollars))
    charged, _ = one_year(make.standing_site(tariff=dollars | {"capacity_per_mw_y": 10_000.0}))
    paid = (charged["energy_cost"] - plain["energy_cost"]).sum()
    assert paid == pytest.approx(40 * 10_000 * RATE)


def test_a_contract_is_in_its_own_currency():
    """A block of 5 MW at 70 USD of 2024 against a flat 60 EUR: 5 x 8,760 x (70 x 0.816 - 60) EUR."""
    plain, _ = one_year(make.standing_site(tariff=FLAT))
    block = {"id": "c", "block_mw": 5.0, "price_per_mwh": 70.0, "currency": "USD", "price_year": 2024}
    block["indexation"] = 1.0
    month, _ = one_year(make.standing_site(tariff=FLAT, contracts=[block]))
    paid = (month["energy_cost"] - plain["energy_cost"]).sum()
    assert paid == pytest.approx(5 * 8760 * (70 * RATE - 60))


def test_warming_raises_the_wet_bulb_of_a_weather_file_too(tmp_path):
    """2 K per decade are 0.2 K a year in both temperatures: 0.1 K in the mean of the first year."""
    rows = "\n".join(["30.0,20.0"] * 8760)
    (tmp_path / "hot.csv").write_text(f"dry_bulb_c,wet_bulb_c\n{rows}\n", "utf-8")
    place = make.standing_site(weather_file=str(tmp_path / "hot.csv"), warming_k_per_decade=2.0)
    _, hour = one_year(place)
    for name, start_c in (("dry_bulb_c", 30.0), ("wet_bulb_c", 20.0)):
        assert hour[name].mean() == pytest.approx(start_c + 0.1, abs=1e-3)
        assert hour[name][-1] == pytest.approx(start_c + 0.2, abs=1e-3)


def test_the_hours_of_the_price_are_those_of_a_recent_year_in_utc():
    """Of 30 years, each like one of the last three: the mean day is that of their shapes in UTC."""
    hourly = FLAT | {"spread": "hourly"}
    prices = [one_year(make.standing_site(tariff=hourly), seed)[1]["price_per_mwh"] for seed in range(30)]
    by_hour = np.mean([price.reshape(-1, 24).mean(axis=0) for price in prices], axis=0)
    recent = np.average(
        [year.shape.mean(axis=0) for year in price_years("FR")[-3:]], axis=0, weights=[1, 2, 3]
    )
    fit = {late: np.corrcoef(by_hour, np.roll(recent, -late))[0, 1] for late in (-1, 0, 1, 2)}
    assert max(fit, key=fit.get) == 0
    assert fit[0] > 0.98


def test_a_call_never_gives_more_than_the_firm_power():
    """9 MW firm of 40: a call of half the 40 MW leaves 20, of which 9 can be used; of 90 %, 4 MW."""
    firm = {"unit_mw": 10.0, "units": 2, "redundant_units": 1, "derating": 0.9}
    for share, called_mw in ((0.5, 9.0), (0.9, 4.0)):
        place = make.standing_site(firm_power=firm, grid_call={"share": share, "hours_per_y": 100})
        _, hour = one_year(place)
        assert hour["grid_mw_drawn"].max() <= 9.0
        assert hour["grid_mw_drawn"].min() == pytest.approx(called_mw)
        assert np.count_nonzero(hour["grid_mw_drawn"] < 4.1) == (100 if share == 0.9 else 0)


def test_a_battery_can_carry_the_whole_load_so_that_nothing_is_drawn():
    """A battery larger than the load: hours at 0 MW, and every hour draws the load and what it charges."""
    battery = {"power_mw": 50.0, "energy_mwh": 60.0, "round_trip_efficiency": 0.9}
    month, hour = one_year(make.standing_site(battery=battery))
    dark = hour["grid_mw_drawn"] == 0
    assert np.count_nonzero(dark) > 200
    assert np.all(hour["battery_mw"][dark] == -hour["facility_mw"][dark])
    drawn = hour["facility_mw"] + hour["battery_mw"]
    np.testing.assert_allclose(hour["grid_mw_drawn"], drawn, atol=1e-9)
    assert month["grid_mwh"].sum() == pytest.approx(hour["facility_mw"].sum() + hour["battery_mw"].sum())
