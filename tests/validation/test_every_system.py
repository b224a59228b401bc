"""Every system of the catalogue that has a price is ordered, put to work and paid as the catalogue has it."""

import math

import pytest

import capsim
from capsim.catalog import h100e_ratio, load_catalog, worth_of
from capsim.scenario.loading import loads

CATALOG = load_catalog()
SYSTEMS = [CATALOG.entry("systems", name) for name in CATALOG.names("systems")]
PRICED = [s for s in SYSTEMS if "price_usd" in s and s.number("accelerator_count")]
COOLING = {"air": "air-cooled-chiller", "liquid": "dlc-dry-cooler"}
TEXT = """
schema: 1
name: one-system
start: 2029-01-01
horizon_years: 2
currency: {{code: USD, price_year: 2026}}
workload: {{preset: hpl}}
finance: {{system_price_trend_per_y: 0, inflation_per_y: 0}}
sites:
  - id: hall
    country: fra
    climate: paris
    tariff: {{preset: fr-datacenter}}
    cooling: {{preset: {cooling}, rack_kw: 700}}
    grid_connection: [{{id: grid, grid_mw: 8, energised_on: 2028-01-01}}]
    phases:
      - id: p1
        critical_it_mw: 4
        energization: grid
        ready_for_service_on: 2028-06-01
        deployments: [{{id: d1, system: {system}, systems: {number}, ordered_on: 2029-01-10}}]
"""
"""A hall of 4 MW for a few of one system, at full load and prices of the year of the catalogue's."""


@pytest.mark.parametrize("system", PRICED, ids=lambda system: system.name)
def test_a_system_is_bought_and_computes(system):
    number = max(1, int(3000 / system.number("all_in_it_kw")))
    cooling = COOLING[system.text("cooling_medium")]
    projection = capsim.simulate(loads(TEXT.format(system=system.name, number=number, cooling=cooling)))
    headline = projection.headline
    assert headline["accelerators_peak"] == number * system.number("accelerator_count")
    h100e = number * worth_of(CATALOG, system, "8bit").h100e
    # of Max 1550 no operations are published: it counts as none
    assert headline["h100e_8bit_peak"] == pytest.approx(0.0 if math.isnan(h100e) else h100e, rel=1e-9)
    assert math.isnan(h100e) == (system.text("accelerator") == "pvc-max-1550")
    assert headline["capex_usd"] == pytest.approx(number * system.number("price_usd"), rel=1e-9)
    # at its hardest work it draws most of what is provided for it, and no more
    provided_mw = number * system.number("all_in_it_kw") / 1e3
    assert 0.5 * provided_mw < headline["it_peak_mw"] <= provided_mw


@pytest.mark.parametrize("system", PRICED, ids=lambda system: system.name)
def test_what_it_computes_is_its_chips(system):
    chip = CATALOG.entry("accelerators", system.text("accelerator"))
    for definition in ("bf16", "8bit", "best"):
        ratio = h100e_ratio(chip, definition)
        worth = worth_of(CATALOG, system, definition).h100e
        expected = system.number("accelerator_count") * ratio
        assert worth == pytest.approx(expected) or (math.isnan(worth) and math.isnan(ratio))


def test_a_rated_system_stays_inside_what_is_provided():
    """Parts at rated power through their supplies: at most the all-in power, and two thirds of the label."""
    for system in SYSTEMS:
        if "module_w" in system and "nameplate_kw" in system:
            rated_w = system.number("accelerator_count") * system.number("module_w")
            rated_w += system.number("host_w") + system.number("fan_w")
            server_kw = rated_w / system.number("supply_efficiency") / 1e3
            assert server_kw <= system.number("all_in_it_kw") * 1.01, system.name
            assert server_kw > system.number("nameplate_kw") * 2 / 3, system.name


NVIDIA_VR, NVIDIA_B300 = "NVIDIA, DGX VR NVL72 page", "NVIDIA, DGX B300 page"
AWS = "AWS Neuron documentation v2.29, architecture of the chip, times the chips of the server"
BLACKWELL = "NVIDIA, Blackwell technical brief, via https://glennklockwood.com/garden/processors/B200"
AMD = "AMD at CES 2026, via https://awesomeagents.ai/hardware/amd-helios/: two digits"
OF_MAKERS = [
    ("vr200-nvl72", "bf16_dense_tflops", 288, 0.001, NVIDIA_VR),
    ("vr200-nvl72", "fp8_dense_tflops", 1260, 0.001, NVIDIA_VR),
    ("vr200-nvl72", "fp4_dense_tflops", 2520, 0.001, NVIDIA_VR),
    ("dgx-b300", "fp4_dense_tflops", 108, 0.001, NVIDIA_B300),
    ("dgx-b200", "fp8_dense_tflops", 8 * 4.5, 0.001, BLACKWELL),
    ("gb200-nvl72", "fp8_dense_tflops", 72 * 5.0, 0.001, BLACKWELL),
    ("helios-mi455x", "fp8_dense_tflops", 1400, 0.04, AMD),
    ("helios-mi455x", "fp4_dense_tflops", 2900, 0.04, AMD),
    ("trn2-server", "fp8_dense_tflops", 16 * 1.299, 0.001, AWS),
    ("trn3-ultraserver", "fp8_dense_tflops", 144 * 2.517, 0.001, AWS),
]
"""Dense operations of whole systems as their makers state them. [PFLOP/s]"""


@pytest.mark.parametrize(("system", "field", "pflops", "tolerance", "source"), OF_MAKERS)
def test_a_system_computes_what_its_maker_states(system, field, pflops, tolerance, source):
    entry = CATALOG.entry("systems", system)
    chip = CATALOG.entry("accelerators", entry.text("accelerator"))
    got = entry.number("accelerator_count") * chip.number(field) / 1e3
    assert got == pytest.approx(pflops, rel=tolerance), source
