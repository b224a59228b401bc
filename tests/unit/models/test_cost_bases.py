"""Cost bases: an amount times what is counted, each by hand; and what cannot be registered."""

import numpy as np
import pytest

from capsim.models import cost_bases as bases

YEARS = np.array([1 / 12, 1 / 12])
OPEN = np.array([0.5, 1.0])
HALL = bases.Hall(16.0)
SYSTEMS = bases.Systems(systems=10.0, accelerators=720.0, racks=20.0, price=3e6, price_year=2025)


@pytest.mark.parametrize(
    ("name", "amount", "thing", "cost"),
    [
        ("per_critical_it_mw", 10e6, HALL, 160e6),
        ("per_grid_mw", 1e6, bases.Grid(24.0), 24e6),
        ("per_site", 5e6, bases.OwnedSite(32.0), 5e6),
        ("per_site_mw", 1e6, bases.OwnedSite(32.0), 32e6),
        ("lump", 7e6, bases.Portfolio(100.0), 7e6),
        ("per_accelerator", 1e3, SYSTEMS, 720e3),
        ("per_rack", 50e3, SYSTEMS, 1e6),
    ],
)
def test_what_is_bought_costs_its_amount_times_what_is_counted(name, amount, thing, cost):
    assert bases.CAPEX_BASES[name](amount, thing) == pytest.approx(cost)


def test_a_hall_costs_by_the_year_once_it_is_open():
    months = bases.HallMonths(12.0, YEARS, OPEN)
    assert bases.OPEX_BASES["per_critical_it_mw_year"](1e5, months) == pytest.approx([50e3, 100e3])


def test_a_lease_costs_by_kilowatt_and_month_once_it_is_open():
    months = bases.LeaseMonths(2.0, YEARS, OPEN)
    assert bases.OPEX_BASES["per_leased_kw_month"](100.0, months) == pytest.approx([100e3, 200e3])


def test_a_share_of_what_is_installed_is_by_the_year():
    facility, systems = np.array([0.0, 120e6]), np.array([60e6, 60e6])
    installed = bases.InstalledMonths(YEARS, facility, systems, facility + systems)
    assert bases.OPEX_BASES["per_installed_facility_year"](0.01, installed) == pytest.approx([0.0, 100e3])
    assert bases.OPEX_BASES["per_installed_it_year"](0.01, installed) == pytest.approx([50e3, 50e3])
    assert bases.OPEX_BASES["per_installed_year"](0.01, installed) == pytest.approx([50e3, 150e3])


def test_a_share_has_a_unit_without_a_currency():
    shares = {name for name in bases.CAPEX_BASES.names if bases.CAPEX_BASES[name].is_share}
    assert shares == {"per_facility_cost", "per_system_price"}


def test_a_basis_is_per_a_thing_that_there_is_and_that_has_a_price():
    with pytest.raises(ValueError, match=r"a cost basis is per Hall, Grid, .*got <class 'int'>"):
        bases.cost_basis("per_number", per=int, unit="currency")
    with pytest.raises(ValueError, match="Grid has no price to be a share of"):
        bases.cost_basis("per_grid_share", per=bases.Grid, unit="1")(lambda amount, step: amount)
    assert "per_grid_share" not in bases.CAPEX_BASES


@pytest.mark.parametrize("unit", ["EUR/door", "EUR", "MW", ""])
def test_a_unit_is_money_in_no_currency_of_its_own_or_a_share(unit):
    with pytest.raises(ValueError, match=r"is currency/\.\.\., or 1 or 1/y for a share"):
        bases.cost_basis("per_gate", per=bases.Hall, unit=unit)
