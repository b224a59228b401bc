"""What holds for every ledger: prices scale costs, levelised costs give back the cost."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.ledger import levelised_costs
from capsim.models.finance import npv
from capsim.pipeline import run
from capsim.scenario.loading import loads, override
from capsim.units import MONTHS_PER_YEAR

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
COSTS = {"preset": "fr-greenfield-ai"}


@settings(max_examples=20)
@given(make.portfolios(), st.sampled_from((0.5, 0.25, 2.0)), st.integers(0, 5))
def test_prices_scale_the_energy_cost_exactly(mapping, factor, seed):
    scenario = loads(mapping)
    cheaper = {}
    for site in scenario.sites:
        for price in ("level_per_mwh", "excise_per_mwh", "network_per_mwh"):
            cheaper[f"sites.{site.id}.tariff.{price}"] = factor * getattr(site.tariff, price)
    full, part = (
        run(scenario, seed).operations.monthly,
        run(override(scenario, cheaper), seed).operations.monthly,
    )
    np.testing.assert_allclose(part["energy_cost"], factor * full["energy_cost"], rtol=1e-12, atol=0.0)
    for name in full.keys() - {"energy_cost"}:
        assert np.array_equal(part[name], full[name]), name


@settings(max_examples=25)
@given(make.portfolios(), st.floats(-0.02, 0.2).map(lambda rate: round(rate, 6)))
def test_levelised_cost_times_discounted_output_is_the_discounted_cost(mapping, rate):
    finance = mapping["finance"] | {"wacc_real": rate}
    result = run(loads(mapping | {"costs": COSTS, "finance": finance}))
    levelised = levelised_costs(result.scenario, result.operations, result.ledger)
    times_y = (np.arange(result.scenario.calendar.n_months) + 0.5) / MONTHS_PER_YEAR
    costs = result.ledger.amounts.sum(axis=0)
    for output, cost in levelised.items():
        made = result.operations.monthly[output].sum(axis=0)
        if not made.any():
            assert np.isnan(cost)
            continue
        discounted = [npv(flow, rate_per_y=rate, times_y=times_y).item() for flow in (costs, made)]
        assert cost * discounted[1] == pytest.approx(discounted[0], rel=1e-9)


def test_levelised_cost_counts_what_is_there_and_what_is_left():
    result = run(loads(make.scenario(make.standing_site(), costs=COSTS, finance={"wacc_real": 0.0})))
    opening, residual, opex = (result.ledger.total(c).sum() for c in ("opening", "residual", "opex"))
    assert opening > -residual > 0
    assert result.ledger.total("capex").sum() == 0
    cost = levelised_costs(result.scenario, result.operations, result.ledger)["it_mwh"]
    it_mwh = result.operations.monthly["it_mwh"].sum()
    assert cost == pytest.approx((opening + residual + opex) / it_mwh, rel=1e-9)


@settings(max_examples=20)
@given(make.portfolios())
def test_the_value_of_the_ledger_at_no_discount_is_its_sum(mapping):
    ledger = run(loads(mapping | {"costs": COSTS})).ledger
    for category in ("capex", "opex", "opening", "residual"):
        flow = ledger.total(category)
        times_y = np.arange(flow.size) / MONTHS_PER_YEAR
        assert npv(flow, rate_per_y=0.0, times_y=times_y).item() == pytest.approx(flow.sum(), rel=1e-12)


def paid_in_negative_hours(result):
    """What a site is paid at most for what it draws while prices are negative, by month."""
    operations, calendar = result.operations, result.scenario.calendar
    ids = [site.id for site in result.scenario.sites]
    hours = np.minimum(operations.hourly["price_per_mwh"], 0.0) * operations.hourly["facility_mw"]
    return {name: -calendar.sum_by_month(of_site) for name, of_site in zip(ids, hours, strict=True)}


@settings(max_examples=25)
@given(make.portfolios())
def test_cash_is_never_negative_and_the_value_left_is_never_more_than_was_paid(mapping):
    result = run(loads(mapping | {"costs": COSTS}), hourly=True)
    ledger, paid_for_drawing = result.ledger, paid_in_negative_hours(result)
    index = {line: row for row, line in enumerate(ledger.lines)}
    for line, row in index.items():
        amounts = ledger.amounts[row]
        if line.item == "energy":
            assert np.all(amounts >= -paid_for_drawing[line.site] * (1 + 1e-9)), line
        elif line.category in {"capex", "opex", "opening"}:
            assert np.all(amounts >= 0), line
        else:
            paid = sum(
                ledger.amounts[index[line._replace(category=category)]].sum()
                for category in ("capex", "opening")
                if line._replace(category=category) in index
            )
            assert -paid * (1 + 1e-12) <= amounts.sum() <= 0, line
            assert not amounts[:-1].any(), line


@settings(max_examples=25)
@given(make.portfolios())
def test_systems_are_paid_for_in_the_month_they_are_delivered_and_not_after_the_horizon(mapping):
    at_delivery = {"systems_order_share": 0.0, "systems_delivery_share": 1.0}
    result = run(loads(mapping | {"costs": COSTS | at_delivery}))
    calendar, catalog = result.scenario.calendar, result.scenario.catalog
    expected = np.zeros(calendar.n_months)
    for m in result.timeline.of_kind("delivered"):
        usd = catalog.entry("systems", m.unit).number("price_usd")
        year = catalog.entry("systems", m.unit).number("price_year")
        expected[calendar.month_of_day(m.time_d)] += m.amount * usd * 0.8 * 1.02 ** (2025 - year)
    np.testing.assert_allclose(result.ledger.total("capex", item="systems"), expected, rtol=1e-9, atol=1e-6)


@settings(max_examples=25)
@given(make.portfolios())
def test_a_hall_costs_nothing_to_run_before_it_is_ready(mapping):
    result = run(loads(mapping | {"costs": COSTS}))
    calendar = result.scenario.calendar
    ready = result.timeline.ready_for_service_d()
    for line, amounts in zip(result.ledger.lines, result.ledger.amounts, strict=True):
        if line.item == "staff-per-mw":
            first = calendar.month_of_day(ready[line.site, line.phase])
            assert not amounts[: max(first, 0)].any()
            assert np.all(amounts[first + 1 :] > 0)
