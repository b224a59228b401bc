"""A battery's price: paid with the first grid power and at the end of each life, once and by one item.

Tests `quantities.prices`, `quantities.scope`, `ledger.assets`, `ledger.booking`, `operations.meter`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.errors import CapsimError
from capsim.operations.meter import battery_energy_mwh
from capsim.pipeline import run
from capsim.quantities import scope_of
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
PRICED = {"power_mw": 2.0, "energy_mwh": 8.0, "cost_per_mw": 200e3, "cost_per_mwh": 100e3}
OWN = {"id": "bess", "category": "capex", "basis": "per_site", "amount": 1e6, "contains": ["battery"]}
EUR_PER_USD = 0.8


def paid(place, **changes):
    result = run(loads(make.scenario(place, **changes)))
    return result, result.ledger.total("capex", item="battery")


def test_the_catalogue_prices_a_battery_by_itself_in_dollars():
    result, by_month = paid(make.standing_site(battery={"power_mw": 2.0, "energy_mwh": 8.0}))
    assert by_month[0] == by_month.sum() == pytest.approx((2 * 458_800 + 8 * 115_400) * EUR_PER_USD)
    # between all-in prices of the world at four hours and those of the United States
    assert 8 * 125e3 < by_month.sum() / EUR_PER_USD < 8 * 213e3 + 2 * 842e3
    assert scope_of(result.scenario, result.scenario.sites[0])["battery"] == ("battery",)


def test_it_is_bought_with_the_first_grid_power():
    _, by_month = paid(make.site(battery=PRICED))
    assert np.flatnonzero(by_month).tolist() == [3]
    assert by_month.sum() == pytest.approx(2 * 200e3 + 8 * 100e3)


def test_it_is_bought_again_at_the_end_of_each_life_and_keeps_what_is_left():
    short = make.standing_site(battery=PRICED | {"life_years": 0.75})
    result, by_month = paid(short)
    assert np.flatnonzero(by_month).tolist() == [0, 9, 18]
    assert by_month[by_month > 0] == pytest.approx([1.2e6] * 3)
    assert [a.accepted_d for a in result.ledger.instalments.first_orders if a.item == "battery"] == [0.0]


@pytest.mark.parametrize("no_price", [{"cost_per_mw": 0, "cost_per_mwh": 0}, None])
def test_it_is_free_only_where_one_says_so(no_price):
    battery = None if no_price is None else PRICED | no_price
    result, by_month = paid(make.standing_site(battery=battery))
    assert not by_month.any()
    # what is not there is not missing
    free = scope_of(result.scenario, result.scenario.sites[0])
    assert free.get("battery") == (None if no_price is None else ())


def test_an_item_that_contains_it_takes_its_place_where_it_applies():
    owned = {"order_share": 1.0, "delivery_share": 0.0, **OWN}
    result, by_month = paid(make.site(battery=PRICED), costs={"items": [owned]})
    assert not by_month.any()
    assert result.ledger.total("capex", item="bess").sum() == pytest.approx(1e6)
    elsewhere = {"items": [owned | {"except_countries": [result.scenario.sites[0].country]}]}
    assert paid(make.site(battery=PRICED), costs=elsewhere)[1].sum() == pytest.approx(1.2e6)


def test_a_life_of_no_time_is_refused_before_it_is_bought_without_end():
    place = make.standing_site(battery=PRICED | {"life_years": 1e-6})
    with pytest.raises(CapsimError, match=r"battery\.life_years: must be at least 0\.1 \(got 1e-06\)"):
        loads(make.scenario(place))


def test_it_ages_from_the_day_it_is_bought():
    result, _ = paid(make.site(battery=PRICED))
    battery = result.scenario.sites[0].battery
    energy = battery_energy_mwh(battery, 100, 1000)
    assert (energy[:465] == 8.0).all()
    assert energy[466] == pytest.approx(8.0 * (1 - battery.fade_per_y))
