"""Prices of systems are of one basis and one date.

Tests `catalog.loader`.
"""

from datetime import date

import pytest

from capsim.catalog import load_catalog

CATALOG = load_catalog()
OURS = [name for name in CATALOG.names("systems") if "price_basis" in CATALOG.entry("systems", name)]
"""All but those whose hardware the tenant brings."""
PRICED = [name for name in OURS if "price_usd" in CATALOG.entry("systems", name)]


def test_there_are_systems_to_hold_to_it():
    assert {"dgx-a100", "dgx-h100", "dgx-h200", "dgx-b300", "gb300-nvl72", "vr200-nvl72"} <= set(PRICED)
    assert set(CATALOG.names("systems")) - set(OURS) == {"hosted-it-100kw"}


@pytest.mark.parametrize("field", ["price_basis", "priced_on", "price_year"])
def test_every_system_says_the_same(field):
    assert len({CATALOG.entry("systems", name).get(field).value for name in OURS}) == 1


@pytest.mark.parametrize("name", OURS)
def test_the_price_year_is_that_of_its_date(name):
    """Trends run from the middle of the price year: the date is at most two months from it."""
    entry = CATALOG.entry("systems", name)
    priced_on = date.fromisoformat(entry.text("priced_on"))
    assert priced_on.year == entry.number("price_year")
    assert abs((priced_on - date(priced_on.year, 7, 1)).days) <= 61


@pytest.mark.parametrize("name", PRICED)
def test_every_price_has_a_range_about_it(name):
    price = CATALOG.entry("systems", name).get("price_usd")
    assert price.low is not None
    assert price.high is not None
    assert price.low < price.value < price.high


# channel price of May 2026 over the list of September, MUSD a rack (Morgan Stanley; NVIDIA NPN 202609)
OF_A_LIST = {"gb200-nvl72": 4.6, "gb300-nvl72": 6.5, "vr200-nvl72": 10.5}
STEP = 0.71
"""A volume order over the price of one. [1]"""


def usd(name: str) -> float:
    return CATALOG.entry("systems", name).number("price_usd")


def test_the_step_from_one_to_a_volume_order_is_that_of_the_racks():
    shares = [usd(name) / 1e6 / listed for name, listed in OF_A_LIST.items()]
    assert sum(shares) / len(shares) == pytest.approx(STEP, abs=0.005)


# what one server costs, USD: typical quotes of integrators of May 2026, and the list of September
OF_ONE = {
    "dgx-h100": 285_000,
    "dgx-h200": 370_000,
    "dgx-b200": 485_000,
    "dgx-b300": 615_000,
    "dgx-rubin-nvl8": 995_000,
}


@pytest.mark.parametrize(("name", "of_one"), OF_ONE.items())
def test_servers_are_brought_to_the_basis_of_the_racks(name, of_one):
    assert usd(name) == pytest.approx(STEP * of_one, rel=1e-9)


def test_an_a100_server_is_priced_by_its_modules():
    share_of_modules = 8 * 27_500 / OF_ONE["dgx-h100"]
    assert usd("dgx-a100") == pytest.approx(STEP * 8 * 11_500 / share_of_modules, rel=0.005)


def test_a_later_generation_of_one_form_costs_more():
    servers = [usd(name) for name in ("dgx-a100", *OF_ONE)]
    racks = [usd(name) for name in (*OF_A_LIST, "rubin-ultra-kyber")]
    assert servers == sorted(servers)
    assert racks == sorted(racks)
