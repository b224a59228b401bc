"""Money means what it says: amounts without a currency, presets whose currency or price year is changed.

Tests `scenario.fill.money_of_presets`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.models.uncertain import Uncertain
from capsim.pipeline import simulate
from capsim.scenario.loading import loads
from capsim.scenario.resolved_values import explain

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))
LUMP = {"id": "x", "category": "capex", "basis": "lump", "amount": 1.0e6}
RATE = 1 / 1.13
"""Euro for a dollar, of the catalogue for 2025."""


def of(place=None, code="EUR", **changes):
    currency = {"code": code, "price_year": changes.pop("year", 2025)}
    return loads(make.scenario(place or make.standing_site(), currency=currency, **changes))


def booked(scenario, item="x"):
    flows = simulate(scenario).flows
    return float(flows[flows["item"] == item].filter(like="amount").sum().iloc[0])


@pytest.mark.parametrize("code", ["EUR", "USD"])
def test_an_amount_without_a_currency_is_the_scenarios(code):
    scenario = of(code=code, costs={"items": [LUMP]})
    (item,) = scenario.costs.items
    assert (item.currency, item.price_year) == (code, 2025)
    assert booked(scenario) == pytest.approx(1.0e6)


def test_without_a_price_year_it_is_of_the_scenarios_too():
    scenario = of(year=2027, costs={"items": [LUMP]})
    assert scenario.costs.items[0].price_year == 2027
    assert booked(scenario) == pytest.approx(1.0e6)
    assert booked(of(year=2027, costs={"items": [LUMP | {"price_year": 2025}]})) == pytest.approx(
        1.02**2 * 1e6
    )


def test_only_the_currency_of_a_preset_converts_its_prices():
    plain = of().sites[0].tariff
    there = make.standing_site(tariff={"preset": "fr-datacenter", "currency": "USD"})
    tariff = of(there).sites[0].tariff
    for key in ("level_per_mwh", "excise_per_mwh", "network_per_mwh"):
        assert float(getattr(tariff, key)) * RATE == pytest.approx(float(getattr(plain, key)))
    assert isinstance(tariff.level_per_mwh, Uncertain)
    assert tariff.level_per_mwh.distribution.support[1] == pytest.approx(70 * 1.13)
    shown = {row.path: row for row in explain(of(there), "sites.a.tariff")}
    assert shown["sites.a.tariff.level_per_mwh"].source.endswith("; converted from EUR of 2025")


def test_only_the_price_year_of_a_preset_converts_its_prices():
    tariff = of(make.standing_site(tariff={"preset": "fr-datacenter", "price_year": 2027})).sites[0].tariff
    assert float(tariff.level_per_mwh) == pytest.approx(61.07 * 1.02**2)
    order = make.racks(in_service_on=make.START, system_price_year=2030)
    for key in ("ordered_on", "lead_time_weeks"):
        order.pop(key)
    system = of(make.standing_site(phases=[make.standing_hall(deployments=[order])]))
    was = of().sites[0].phases[0].deployments[0]
    is_now = system.sites[0].phases[0].deployments[0]
    grown = 1.02 ** (2030 - was.system_price_year)
    assert is_now.system_price_usd == pytest.approx(float(was.system_price_usd) * grown)


def test_one_price_of_your_own_puts_the_tariff_into_the_scenarios_money():
    there = make.standing_site(tariff={"preset": "fr-datacenter", "level_per_mwh": 50.0})
    tariff = of(there, code="USD").sites[0].tariff
    assert (tariff.currency, float(tariff.level_per_mwh)) == ("USD", 50.0)
    assert float(tariff.excise_per_mwh) == pytest.approx(10 * 1.13)


def test_demand_charges_of_a_preset_are_converted_like_its_prices():
    there = make.standing_site(tariff={"preset": "us-va-dominion-gs5", "level_per_mwh": 50.0})
    tariff = of(there).sites[0].tariff
    assert tariff.currency == "EUR"
    assert float(tariff.demand_per_mw_month) == pytest.approx(5300 / 1.13 * 1.02, rel=1e-3)
    assert float(tariff.generation_demand_per_mw_month) == pytest.approx(8500 / 1.13 * 1.02, rel=1e-3)


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        (
            {
                "solar": {
                    "latitude_deg": 48,
                    "longitude_deg": 2,
                    "full_load_h_per_y": 1000,
                    "peak_mw": 1,
                    "cost_per_mwh": 40,
                }
            },
            lambda s: s.solar.currency,
        ),
        ({"generation": {"power_mw": 1.0, "fuel_price_per_mwh": 40}}, lambda s: s.generation.currency),
        ({"contracts": [{"id": "c", "share": 1, "price_per_mwh": 40}]}, lambda s: s.contracts[0].currency),
    ],
)
def test_energy_of_a_sites_own_is_in_the_scenarios_money(changes, read):
    assert read(of(make.standing_site(**changes), code="USD").sites[0]) == "USD"


def test_amounts_of_the_catalogue_keep_their_own_money():
    sun = {"latitude_deg": 48, "longitude_deg": 2, "full_load_h_per_y": 1000, "peak_mw": 1}
    scenario = of(make.standing_site(solar=sun), code="USD", revenue={"rent": {}})
    assert (scenario.sites[0].solar.currency, scenario.sites[0].solar.price_year) == ("EUR", 2025)
    assert (scenario.revenue.rent.currency, scenario.revenue.rent.price_year) == ("USD", 2025)
    rent = of(revenue={"rent": {"currency": "EUR"}}).revenue.rent
    was = of(revenue={"rent": {}}).revenue.rent
    assert float(rent.amount_per_kw_month) == pytest.approx(float(was.amount_per_kw_month) * RATE)


def test_what_has_no_rate_is_refused():
    with pytest.raises(
        ScenarioError, match="no exchange rate from EUR, in which the catalogue states level_per_mwh, to GBP"
    ):
        of(make.standing_site(tariff={"preset": "fr-datacenter", "currency": "GBP"}))


def test_a_rate_of_the_future_is_refused():
    rate = {"id": "usd", "currency": "USD", "per_unit": 0.9, "dated": make.START.replace(year=2099)}
    with pytest.raises(ScenarioError, match=r"currency\.fx\.usd\.dated: must not be after today"):
        loads(make.scenario(make.standing_site(), currency={"code": "EUR", "price_year": 2025, "fx": [rate]}))
