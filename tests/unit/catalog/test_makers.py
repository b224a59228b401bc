"""Every maker of the catalogue has systems that can be ordered, with prices brought to one basis by class.

Tests `catalog.h100e`, `catalog.loader`.
"""

import math

import pytest

from capsim.catalog import h100e_ratio, load_catalog, worth_of

CATALOG = load_catalog()
CHIPS = CATALOG.names("accelerators")
SYSTEMS = [CATALOG.entry("systems", name) for name in CATALOG.names("systems")]
FIELDS = (
    "title",
    "all_in_it_kw",
    "price_basis",
    "priced_on",
    "price_year",
    "rack_count",
    "lead_time_weeks",
    "launched_on",
    "cooling_medium",
    "power_basis",
)
"""What every system of a maker states, whatever its power is reckoned from."""


def usd(name):
    return CATALOG.entry("systems", name).number("price_usd")


def kw(name):
    return CATALOG.entry("systems", name).number("all_in_it_kw")


def module_usd(chip):
    return CATALOG.entry("accelerators", chip).number("price_usd")


def of(system):
    """The chip of a system: its accelerator, or the processor it is made of."""
    field = "accelerator" if "accelerator" in system else "processor"
    return system.text(field) if field in system else None


@pytest.mark.parametrize("chip", CHIPS)
def test_every_chip_of_the_catalogue_is_in_a_system(chip):
    assert chip in {of(system) for system in SYSTEMS}


def test_no_maker_is_missing():
    makers = {CATALOG.entry("accelerators", chip).text("vendor") for chip in CHIPS}
    assert makers >= {"NVIDIA", "AMD", "Google", "AWS", "Intel", "Cerebras", "Groq", "VSORA", "SiPearl"}
    sold = {CATALOG.entry("accelerators", of(s)).text("vendor") for s in SYSTEMS if of(s)}
    assert sold == makers


@pytest.mark.parametrize("system", [s for s in SYSTEMS if of(s)], ids=lambda s: s.name)
def test_a_system_has_every_field_that_others_have(system):
    assert not [field for field in FIELDS if field not in system]
    if system.text("power_basis") == "nameplate":
        assert {"nameplate_kw", "idle_share"} <= set(system.values)


def test_a_processor_is_no_accelerator():
    rhea = CATALOG.entry("systems", "rhea1-pair")
    assert CATALOG.entry("accelerators", rhea.text("processor")).text("accelerator_kind") == "CPU"
    assert worth_of(CATALOG, rhea, "8bit").h100e == 0.0


STEP, SHARE = 0.71, 8 * 27_500 / 285_000
"""A volume order over the price of one; modules over a server, both as in the prices of DGX. [1]"""
OF_SELLERS = {"mi300x-eight": "mi300x", "mi325x-eight": "mi325x", "mi355x-eight": "mi355x"}
"""Servers of modules of which the mean selling price is known."""
OF_LISTS = {"hgx-h20": "h20", "h100-pcie-eight": "h100-pcie", "gaudi3-eight": "gaudi3"}
"""Servers of modules of which the price of one is known."""


@pytest.mark.parametrize(("name", "chip"), OF_SELLERS.items())
def test_a_server_of_modules_in_volume_costs_them_over_their_share(name, chip):
    assert usd(name) == pytest.approx(8 * module_usd(chip) / SHARE, rel=0.003)


@pytest.mark.parametrize(("name", "chip"), OF_LISTS.items())
def test_a_server_of_modules_by_list_costs_a_volume_order_of_them(name, chip):
    assert usd(name) == pytest.approx(STEP * 8 * module_usd(chip) / SHARE, rel=0.003)


ALL_IN_BN_PER_GW = {"dgx-h100": 23, "dgx-b200": 24, "gb300-nvl72": 33, "vr200-nvl72": 41}
"""All-in money per GW by chip, Morgan Stanley, 2026-05-08: the day of all prices. [bn USD]"""


def test_what_is_not_sold_costs_its_part_of_the_all_in_money():
    shares = [usd(name) / kw(name) / 1e3 / bn for name, bn in ALL_IN_BN_PER_GW.items()]
    share = sum(shares) / len(shares)
    assert share == pytest.approx(0.82, abs=0.005)
    for name, bn in {"tpu-v7-cube": 27, "trn3-ultraserver": 15}.items():
        assert usd(name) == pytest.approx(0.82 * bn * 1e3 * kw(name), rel=0.001)


def test_a_line_that_is_not_sold_is_priced_as_its_member_in_the_note():
    """By hand for v6e: 8 x 4,250 USD / 0.772 are 44,045, and v7 is at 2.1 times the same of its modules."""
    raised = usd("tpu-v7-cube") / (64 * module_usd("tpu-v7") / SHARE)
    assert raised == pytest.approx(2.1, abs=0.01)
    for name, chip, count in (
        ("tpu-v4-cube", "tpu-v4", 64),
        ("tpu-v5p-cube", "tpu-v5p", 64),
        ("tpu-v6e-host", "tpu-v6e", 8),
    ):
        assert usd(name) == pytest.approx(raised * count * module_usd(chip) / SHARE, rel=0.003)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("tpu-v5e-host", "tpu-v6e-host"),
        ("tpu-8t-cube", "tpu-v7-cube"),
        ("tpu-8i-cube", "tpu-v7-cube"),
        ("trn2-server", "trn3-ultraserver"),
        ("helios-mi455x", "vr200-nvl72"),
        ("jotunn8-eight", "dgx-b300"),
        ("gh200-quad", "dgx-h100"),
        ("max-1550-six", "cray-mi250x"),
    ],
)
def test_without_any_price_a_kw_costs_what_it_does_in_the_nearest_system(name, nearest):
    assert usd(name) / kw(name) == pytest.approx(usd(nearest) / kw(nearest), rel=0.003)


MACHINES = {"cray-mi250x": (600e6, 9_472), "cray-mi300a": (600e6, 11_136)}
"""Contracts of whole machines and their nodes: Frontier (2019), El Capitan (2024). [USD, nodes]"""


@pytest.mark.parametrize(("name", "chip"), [("cray-mi250x", "mi250x"), ("cray-mi300a", "mi300a")])
def test_a_node_of_a_machine_costs_its_modules_and_at_most_its_part_of_the_contract(name, chip):
    """By hand: 4 x 10,000 USD / 0.772 are 51,800, and 600 MUSD over 9,472 nodes, with all else, 63,300."""
    contract, nodes = MACHINES[name]
    assert usd(name) == pytest.approx(4 * module_usd(chip) / SHARE, rel=0.003)
    assert CATALOG.entry("systems", name).get("price_usd").high == pytest.approx(contract / nodes, rel=0.002)
    assert usd(name) < contract / nodes


def test_half_a_server_of_a100_costs_half():
    assert usd("a100-quad") == usd("dgx-a100") / 2


def test_all_but_the_processor_can_be_bought():
    without = [s.name for s in SYSTEMS if "price_usd" not in s]
    assert without == ["rhea1-pair"]


def test_prices_of_one_are_brought_to_a_volume_order():
    assert usd("cerebras-cs3") == pytest.approx(STEP * 2.5e6)
    assert usd("groqrack") == pytest.approx(STEP * 72 * 20_000 / SHARE, rel=0.003)


def test_what_a_system_is_worth_by_hand():
    """GB300: 72 x 5,000 / 1,979 = 181.9 H100e, over 0.159552 MW and over 4.0 MUSD at 1.1435 USD/EUR."""
    h100e = 72 * 5000 / 1979
    worth = worth_of(CATALOG, CATALOG.entry("systems", "gb300-nvl72"), "8bit")
    assert worth.h100e == pytest.approx(h100e)
    assert worth.h100e_per_mw == pytest.approx(h100e / 0.159552)
    assert worth.h100e_per_meur == pytest.approx(h100e / (4.0 / 1.1435))
    assert worth.h100e_per_rack_mw == pytest.approx(h100e / 0.135)


def test_what_is_not_known_is_nan():
    assert math.isnan(worth_of(CATALOG, CATALOG.entry("systems", "rhea1-pair"), "8bit").h100e_per_meur)
    ratio = h100e_ratio(CATALOG.entry("accelerators", "mi250x"), "bf16")
    assert worth_of(CATALOG, CATALOG.entry("systems", "cray-mi250x"), "bf16").h100e == pytest.approx(
        4 * ratio
    )
    assert math.isnan(worth_of(CATALOG, CATALOG.entry("systems", "jotunn8-eight"), "bf16").h100e)
