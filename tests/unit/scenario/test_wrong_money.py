"""Faults of money point at what the author wrote, and rates have bounds."""

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.load import loads

TEXT = """\
schema: 1
name: x
start: 2026-01-01
horizon_years: 2
sites:
  - id: a
    country: fra
    climate: paris
    tariff: {preset: fr-datacenter}
    cooling: {preset: dlc-dry-cooler}
    grid_connection: [{id: g, grid_mw: 10, energised_on: 2025-01-01}]
    phases: [{id: p, critical_it_mw: 5, energization: g, ready_for_service_on: 2025-01-01, deployments: []}]
costs:
  preset: fr-colocation
"""


def faults(text):
    with pytest.raises(ScenarioError) as raised:
        loads(TEXT + text)
    return [(f.line, f.path, f.rule, f.value) for f in raised.value.faults]


def test_a_wrong_share_at_order_is_named_where_it_was_written():
    # the catalogue's share at delivery of this basis is 0.85
    text = "  items:\n    - id: facility-fr\n      order_share: 0.4\n"
    rule = "shares at order and delivery must not sum to more than 1 (sum 1.25)"
    assert faults(text) == [(17, "costs.items.facility-fr.order_share", rule, "0.4")]


def test_a_wrong_share_of_systems_is_named_where_it_was_written():
    found = faults("  systems_order_share: 0.9\n")
    assert [(line, path) for line, path, *_ in found] == [(15, "costs.systems_order_share")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wacc_real", -0.99),
        ("wacc_real", 6.5),
        ("wacc_nominal", 6.5),
        ("inflation_per_y", 2),
        ("construction_inflation_per_y", -0.9),
        ("system_price_trend_per_y", -1),
    ],
)
def test_rates_beyond_reason_are_refused(name, value):
    ((line, path, rule, got),) = faults(f"finance: {{{name}: {value}}}\n")
    assert (line, path) == (15, f"finance.{name}")
    assert rule.startswith("must be at")
    assert float(got) == value
