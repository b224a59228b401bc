"""Faults of money point at what the author wrote, and rates have bounds.

Tests `scenario.rules.money_rules`, `scenario.costs`.
"""

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.costs import BUILT_IN, SYSTEM_PRICES
from capsim.scenario.loading import loads

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


def test_a_currency_has_one_rate_and_the_scenarios_own_has_none():
    rate = "{{id: {}, currency: {}, per_unit: {}, dated: 2025-01-01}}".format
    two = f"currency: {{fx: [{rate('a', 'USD', 0.9)}, {rate('b', 'USD', 0.5)}]}}\n"
    rule = "already has the rate a; a currency has one rate"
    assert faults(two) == [(15, "currency.fx.b.currency", rule, "USD")]
    rule = "is the scenario's own currency, whose rate is 1"
    assert faults(f"currency: {{fx: [{rate('e', 'EUR', 0.9)}]}}\n") == [
        (15, "currency.fx.e.currency", rule, "EUR")
    ]


def test_a_currency_without_rates_is_one_fault_where_it_is_named():
    ((line, path, rule, value),) = faults("currency: {code: GBP}\n")
    assert (line, path, value) == (15, "currency.code", "GBP")
    assert rule.startswith("no exchange rate from EUR and USD")


def test_shares_are_held_at_the_upper_ends_of_their_ranges():
    """Central 0.55 + 0.4 of debt and grant is less than 1, and 0.8 + 0.7 can be drawn."""
    text = "finance:\n  debts: [{id: a, preset: gpu-loan, share: {dist: uniform, low: 0.3, high: 0.8}}]\n"
    text += "  grants: [{id: g, share: {dist: uniform, low: 0.1, high: 0.7}}]\n"
    found = faults(text)
    assert [path for _, path, *_ in found] == ["finance", "finance"]
    assert all("shares sum to 1.5 at the upper ends" in rule for _, _, rule, _ in found)
    ((_, path, rule, _),) = faults("  systems_order_share: {dist: uniform, low: 0.0, high: 0.6}\n")
    assert path == "costs.systems_order_share"
    assert "(sum 1.3 at the upper ends)" in rule


def test_the_shares_of_owners_are_numbers():
    owners = "[{id: x, share: {dist: uniform, low: 0.2, high: 0.8}}, {id: y, share: 0.5}]"
    ((line, path, rule, _),) = faults(f"finance: {{owners: {owners}}}\n")
    assert (line, path) == (15, "finance.owners.x.share")
    assert rule.startswith("must be a number")


def test_a_lease_without_a_rent_is_named_and_one_with_it_is_not():
    rent = "{category: opex, basis: per_leased_kw_month, amount: 100"
    leased = TEXT.replace("critical_it_mw: 5,", "critical_it_mw: 5, tenure: lease,")
    with pytest.raises(ScenarioError) as raised:
        loads(leased)
    (found,) = raised.value.faults
    assert (found.line, found.path, found.value) == (12, "sites.a.phases.p.tenure", "lease")
    assert "would be free" in found.rule
    with pytest.raises(ScenarioError, match="would be free"):
        loads(leased + f"  items: [{rent}, id: r, countries: [deu]}}]\n")
    assert loads(leased + f"  items: [{rent}, id: r, countries: [fra]}}]\n")
    assert loads(leased.partition("costs:")[0]), "no costs at all"


@pytest.mark.parametrize("word", ["energy", "network-charge"])
def test_what_the_ledger_books_itself_is_not_counted_twice(word):
    text = f"  items: [{{id: x, category: opex, basis: per_site_year, amount: 1, contains: [{word}]}}]\n"
    ((_, path, rule, _),) = faults(text)
    assert path == "costs.items.x"
    assert (
        rule == f"{word} is already contained in the energy at the meter (tariff), and would be counted twice"
    )


@pytest.mark.parametrize("word", ["systems", "servers"])
def test_systems_with_prices_are_not_counted_twice(word):
    order = "deployments: [{id: d, system: gb300-nvl72, systems: 1, in_service_on: 2025-10-01PRICE}]"
    item = f"  items: [{{id: x, category: capex, basis: lump, amount: 1, contains: [{word}]}}]\n"
    text = TEXT.replace("deployments: []", order) + item
    with pytest.raises(ScenarioError, match=f"{word} is already contained in the price of the systems"):
        loads(text.replace("PRICE", ""))
    assert loads(text.replace("PRICE", ", system_price_usd: 0")), "an item instead of prices"


def test_what_the_ledger_books_itself_is_listed():
    assert {word: what for what, words in BUILT_IN.items() for word in words} == {
        **dict.fromkeys(("systems", "servers", "accelerators", "gpus", "compute"), SYSTEM_PRICES),
        **dict.fromkeys(
            ("energy", "electricity", "power", "network-charge", "excise"), "the energy at the meter (tariff)"
        ),
    }


def test_a_debt_without_preset_names_the_terms_it_lacks():
    found = faults("finance: {debts: [{id: a, share: 0.5}]}\n")
    assert found == [
        (15, f"finance.debts.a.{name}", "missing; give it or a preset", "")
        for name in ("rate_nominal_per_y", "term_years")
    ]
