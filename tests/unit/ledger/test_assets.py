"""Purchases of systems: one asset for what is ordered together."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.buildout.simulate import build_out
from capsim.ledger.assets import portfolio_bought, systems_bought
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def bought(**refresh):
    """Prices paid over two years by an order of H100 servers that are replaced after six months."""
    order = make.racks(
        system="dgx-h100",
        systems=4,
        system_price_usd=200_000.0,
        refresh={"age_years": 0.5, **refresh},
    )
    scenario = loads(make.scenario(make.site(make.hall(order))))
    return list(systems_bought(scenario, build_out(scenario)))


def test_each_generation_has_the_price_of_its_own_catalogue_entry():
    # both are priced in 2026; 2 % inflation from 2025, 0.8 EUR for a USD
    first, *successors = bought(system="dgx-b300", fill="count")
    assert first.thing.price == pytest.approx(200_000 / 1.02 * 0.8)
    assert len(successors) == 2
    for successor in successors:
        assert successor.path == "sites.a.phases.p1.deployments.racks.refresh.system_price_usd"
        assert successor.thing.price == pytest.approx(436_650 / 1.02 * 0.8)  # the price of a dgx-b300


def test_successors_of_the_same_system_keep_their_own_price():
    first, *successors = bought(system="dgx-h100", system_price_usd=100_000.0)
    assert first.thing.price == pytest.approx(200_000 / 1.02 * 0.8)
    assert [s.thing.price for s in successors] == pytest.approx([100_000 / 1.02 * 0.8] * 2)


def test_life_is_never_past_the_refresh_age():
    assert {p.asset.life_y for p in bought(system="dgx-b300")} == {0.5}
    assert {p.asset.life_y for p in bought(age_years=30.0)} == {5.0}


def test_systems_that_are_there_were_bought_when_they_went_into_service():
    scenario = loads(make.scenario(make.standing_site()))
    owned = list(systems_bought(scenario, build_out(scenario)))
    assert sum(p.thing.systems for p in owned) == 100
    assert {p.asset.delivered_to_d for p in owned} == {float((date(2025, 7, 1) - make.START).days)}


def test_a_price_of_successors_has_its_own_year():
    _, *successors = bought(
        system="dgx-b300", system_price_usd=500_000.0, system_price_year=2027, fill="count"
    )
    assert [s.thing.price for s in successors] == pytest.approx([500_000 / 1.02**2 * 0.8] * 2)
    assert {s.thing.price_year for s in successors} == {2027}


def test_what_the_portfolio_pays_at_once_is_due_on_its_day_or_on_the_first():
    item = {"id": "study", "basis": "lump", "category": "capex", "amount": 1.0e6}
    for dated, day_d in (({}, 0.0), ({"due_on": date(2026, 3, 1)}, 59.0)):
        scenario = loads(make.scenario(costs={"items": [item | dated]}))
        asset = portfolio_bought(scenario, scenario.costs.items[0], []).asset
        assert (asset.ordered_d, asset.accepted_d) == (day_d, day_d)
