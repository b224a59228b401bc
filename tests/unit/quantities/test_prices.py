"""Prices of what is built and bought: cost items times things, shares of prices, owners and tenants."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import CapsimError
from capsim.models.cost_bases import Hall
from capsim.quantities import facility_price, grid_price, price_of_one, system_price
from capsim.quantities.prices import item_costs, plant_factor
from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
WORKS = ((10, "new"), (6, "renewal"), (2, "liquid-retrofit"))
JULY_2027, JULY_2028 = date(2027, 7, 1), date(2028, 7, 1)
FLAT = {"inflation_per_y": 0.0, "construction_inflation_per_y": 0.0, "system_price_trend_per_y": 0.0}
OTHERS = {"currency": "USD", "price_year": 2025, "category": "capex", "source": "assumed"}


def item(name, basis, amount, **changes):
    return {"id": name, "basis": basis, "amount": amount} | OTHERS | changes


def scenario(*items, phases=None):
    order = make.racks(system_price_usd=3e6, system_price_year=2025)
    halls = phases or [make.hall(order)]
    costs = {"items": list(items)}
    money = {"code": "USD", "price_year": 2025}
    return loads(make.scenario(make.site(*halls), currency=money, finance=FLAT, costs=costs))


def test_a_hall_costs_its_megawatts_and_shares_of_them():
    made = scenario(
        item("building", "per_critical_it_mw", 10e6), item("engineering", "per_facility_cost", 0.05)
    )
    site = made.sites[0]
    # 16 MW x 10 million, and 5 % of it
    assert facility_price(made, site, site.phases[0], 0.0) == pytest.approx(168e6)


def test_a_basis_that_nobody_checked_is_refused_by_its_table():
    made = scenario(item("building", "per_critical_it_mw", 10e6))
    wrong = made.costs.items[0].model_copy(update={"basis": "per_critical_it_mv"})
    with pytest.raises(CapsimError, match=r"^unknown .*per_critical_it_mv; did you mean per_critical_it_mw"):
        list(item_costs(made, wrong, Hall(16.0), made.sites[0]))


def test_a_cost_overrun_is_on_all_of_a_hall_and_on_nothing_else():
    items = item("building", "per_critical_it_mw", 10e6), item("grid", "per_grid_mw", 1e6)
    made = scenario(*items, phases=[make.hall(cost_overrun=1.3)])
    site = made.sites[0]
    # 16 MW x 10 million x 1.3
    assert facility_price(made, site, site.phases[0], 0.0) == pytest.approx(208e6)
    assert grid_price(made, site, site.grid_connection[0], 0.0) == pytest.approx(24e6)


def test_an_item_for_another_country_costs_nothing_here():
    building = item("building", "per_critical_it_mw", 10e6)
    made = scenario(building, building | {"id": "abroad", "countries": ["usa"]})
    site = made.sites[0]
    assert facility_price(made, site, site.phases[0], 0.0) == pytest.approx(160e6)


def test_an_item_for_halls_that_carry_liquid_costs_nothing_where_they_carry_air():
    loops = item("loops", "per_critical_it_mw", 1e6, media="liquid")
    carried = ("air", "liquid", "air and liquid")
    made = scenario(item("building", "per_critical_it_mw", 10e6), loops, phases=[make.hall(deployments=[])])
    sites = [made.override({"sites.a.cooling.media": media}).sites[0] for media in carried]
    prices = [facility_price(made, site, site.phases[0], 0.0) for site in sites]
    assert prices == pytest.approx([160e6, 176e6, 176e6])


def test_an_item_for_other_works_costs_nothing_for_a_hall():
    items = [item(works, "per_critical_it_mw", 1e6 * size, works=works) for size, works in WORKS]
    fee = item("engineering", "per_facility_cost", 0.5)
    halls = [make.hall(id=works, works=works, deployments=[]) for _, works in WORKS]
    made = scenario(*items, fee, phases=halls)
    prices = [facility_price(made, made.sites[0], phase, 0.0) for phase in made.sites[0].phases]
    # 16 MW at 10, 6 and 2 million, and half as much again
    assert prices == pytest.approx([240e6, 144e6, 48e6])


def test_plant_costs_what_cooling_and_redundancy_make_of_it():
    shares = {"electrical_share": 0.3, "mechanical_share": 0.4}
    made = scenario(item("building", "per_critical_it_mw", 10e6, **shares))
    factors = {
        "electrical.cost_factor": 1.5,
        "electrical.mechanical_cost_factor": 1.25,
        "cooling.cost_factor": 0.8,
    }
    other = made.override({f"sites.a.{path}": factor for path, factor in factors.items()})
    # 0.3 x 0.5 dearer by its chain; 1.25 x 0.8 leaves the mechanical plant as it was
    assert plant_factor(other.costs.items[0], other.sites[0]) == pytest.approx(1.15)
    halls = [facility_price(s, s.sites[0], s.sites[0].phases[0], 0.0) for s in (made, other)]
    assert halls == pytest.approx([160e6, 184e6])


def test_an_amount_without_shares_of_plant_is_taken_as_priced_for_it():
    made = scenario(item("building", "per_critical_it_mw", 10e6))
    other = made.override({"sites.a.electrical.redundancy": "2n", "sites.a.cooling.cost_factor": 2.0})
    assert facility_price(other, other.sites[0], other.sites[0].phases[0], 0.0) == pytest.approx(160e6)


def test_a_grid_step_costs_its_megawatts_and_nothing_to_tenants():
    grid = item("grid", "per_grid_mw", 1e6)
    owned = scenario(grid)
    assert grid_price(owned, owned.sites[0], owned.sites[0].grid_connection[0], 0.0) == pytest.approx(24e6)
    rent = item("rent", "per_leased_kw_month", 100.0, category="opex")
    leased = scenario(grid, rent, phases=[make.hall(tenure="lease")])
    assert leased.sites[0].is_leased
    assert not owned.sites[0].is_leased
    assert grid_price(leased, leased.sites[0], leased.sites[0].grid_connection[0], 0.0) == 0.0


def test_a_system_costs_its_price_and_what_goes_with_it():
    cables = item("cables", "per_rack", 50e3)
    spares = item("spares", "per_system_price", 0.02)
    links = item("links", "per_accelerator", 1e3)
    made = scenario(cables, spares, links)
    site = made.sites[0]
    order = site.phases[0].deployments[0]
    assert price_of_one(made, order, is_successor=False) == (3e6, 2025)
    # a GB300 NVL72 is one rack of 72: 3,000,000 + 50,000 + 60,000 + 72,000
    assert system_price(made, site, order, 0.0) == pytest.approx(3_182_000.0)


def test_what_is_announced_keeps_its_price_until_its_launch():
    order = make.racks(system="rubin-ultra-kyber", systems=10, system_price_usd=20e6, system_price_year=2026)
    falling = FLAT | {"system_price_trend_per_y": -0.1}
    cooling = {"preset": "dlc-dry-cooler", "rack_kw": 700.0}
    made = loads(make.scenario(make.site(make.hall(order), cooling=cooling), finance=falling))
    site, plan = made.sites[0], made.sites[0].phases[0].deployments[0]
    assert price_of_one(made, plan, is_successor=False).price_year == 2027
    before, after = (
        system_price(made, site, plan, made.calendar.day_of(day)) for day in (JULY_2027, JULY_2028)
    )
    assert after == pytest.approx(0.9 * before, rel=1e-3)
