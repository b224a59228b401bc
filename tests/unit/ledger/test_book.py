"""The ledger of one hall by hand: what is paid, when, and what is left.

Tests `ledger.booking`, `ledger.assets`, `ledger.instalments`.
"""

import math
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.ledger import Line
from capsim.ledger.assets import Asset, columns_of, value_left
from capsim.ledger.instalments import Booked, instalments
from capsim.pipeline import run
from capsim.quantities.money import in_scenario_money
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D, YEAR_D = 365.25 / 12, 365.25
RACK_EUR = 4_000_000 / 1.02 * 0.8
"""A GB300 rack at USD 4 m of 2026, in EUR of 2025 at 0.8 EUR per USD and 2 % inflation."""


AT_ONCE = {"per_site": {"order_share": 1.0, "delivery_share": 0.0}, "per_grid_mw": {"delivery_share": 0.0}}
"""Bases whose items are paid at once here; the others evenly over construction, or at delivery."""


def item(name, basis, amount, category="capex", **more):
    paid = {"order_share": 0.0, "delivery_share": 1.0} | AT_ONCE.get(basis, {})
    whole = {"id": name, "basis": basis, "amount": amount, "category": category, **more}
    return whole | paid if category == "capex" else whole


COSTS = {
    "systems_order_share": 0.0,
    "systems_delivery_share": 1.0,
    "items": [
        item("shell", "per_critical_it_mw", 10e6),
        item("plant", "per_critical_it_mw", 1e6, currency="USD", price_year=2023),
        item("premium", "per_facility_cost", 0.1),
        item("grid", "per_grid_mw", 100e3),
        item("land", "per_site", 5e6),
        item("software", "per_accelerator", 1000.0),
        item("network", "per_system_price", 0.25),
        item("staff", "per_critical_it_mw_year", 250e3, "opex"),
        item("water", "per_m3_water", 4.0, "opex"),
    ],
}
LIVES = {
    "life_it_years": 5.0,
    "life_facility_years": 20.0,
    "construction_inflation_per_y": 0.02,
    "system_price_trend_per_y": 0.0,
}
PLANT_EUR_PER_MW = 1e6 * 1.02**2 * 0.8


def booked(*places, **changes):
    return run(loads(make.scenario(*places, costs=COSTS, **changes)))


def row(ledger, name, category="capex", phase="p1"):
    return ledger.amounts[ledger.lines.index(Line("a", phase, name, category))]


def test_capex_of_one_hall_by_hand():
    ledger = booked(make.site()).ledger
    expected = {
        "shell": 160e6,
        "plant": 16 * PLANT_EUR_PER_MW,
        "premium": 0.1 * (160e6 + 16 * PLANT_EUR_PER_MW),
        "grid": 2.4e6,
        "land": 5e6,
        "software": 7.2e6,
        "systems": 100 * RACK_EUR,
        "network": 25 * RACK_EUR,
    }
    for name, amount in expected.items():
        assert ledger.total("capex", item=name).sum() == pytest.approx(amount), name
    assert ledger.total("capex").sum() == pytest.approx(sum(expected.values()))


def test_a_hall_is_paid_evenly_from_construction_to_ready_for_service():
    shell = row(booked(make.site()).ledger, "shell")
    start_d, ready_d = 2 * MONTH_D, 7 * MONTH_D
    edges = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    inside = np.minimum(edges[1:], ready_d) - np.maximum(edges[:-1], start_d)
    assert shell[:12] == pytest.approx(160e6 * np.maximum(inside, 0) / (ready_d - start_d))
    assert not shell[12:].any()


def test_the_rest_is_paid_on_its_day():
    ledger = booked(make.site()).ledger
    for name, phase, month in [("grid", "", 3), ("land", "", 2), ("systems", "p1", 4), ("network", "p1", 4)]:
        assert np.flatnonzero(row(ledger, name, phase=phase)).tolist() == [month], name


def test_opex_runs_from_ready_for_service_on():
    result = booked(make.site())
    staff = row(result.ledger, "staff", "opex")
    ready_d = 7 * MONTH_D  # 2 August: all of August but the first 1.0625 days
    assert not staff[:7].any()
    assert staff[7] == pytest.approx(16 * 250e3 * (243 - ready_d) / YEAR_D)
    assert staff[8] == pytest.approx(16 * 250e3 * 30 / YEAR_D)
    assert staff.sum() == pytest.approx(16 * 250e3 * (730 - ready_d) / YEAR_D)
    energy = row(result.ledger, "energy", "opex", phase="")
    assert np.array_equal(energy, result.operations.monthly["energy_cost"][0])


def test_water_is_paid_by_the_cubic_metre():
    result = booked(make.standing_site(cooling={"preset": "waterside-tower"}))
    water = result.operations.monthly["water_m3"][0]
    assert np.all(water > 0)
    assert row(result.ledger, "water", "opex", phase="") == pytest.approx(4.0 * water)


def test_what_is_left_at_the_end_is_straight_line_over_the_life():
    ledger = booked(make.site(), finance=LIVES).ledger
    # two racks on the first day, 14 in each of seven weeks, and a week of burn-in: on average day 28.44 + 7
    in_service_d = 7 * MONTH_D + (2 * 1 + 14 * sum(range(8, 51, 7))) / 100 + 7
    hall_y, racks_y = (730 - 7 * MONTH_D) / YEAR_D, (730 - in_service_d) / YEAR_D
    shell, racks = row(ledger, "shell", "residual"), row(ledger, "systems", "residual")
    assert shell[-1] == pytest.approx(-160e6 * (1 - hall_y / 20))
    assert racks[-1] == pytest.approx(-100 * RACK_EUR * (1 - racks_y / 5))
    assert not shell[:-1].any()


def test_what_was_there_is_an_opening_value_and_no_capex():
    there = make.standing_site()
    ledger = booked(there, finance=LIVES).ledger
    assert ledger.total("capex").sum() == 0
    assert row(ledger, "shell", "opening")[0] == pytest.approx(160e6 * (1 - 365 / YEAR_D / 20))
    assert row(ledger, "systems", "opening")[0] == pytest.approx(100 * RACK_EUR * (1 - 184 / YEAR_D / 5))
    assert row(ledger, "grid", "opening", phase="")[0] == pytest.approx(4e6 * (1 - 731 / YEAR_D / 20))


def test_a_hall_half_built_at_the_start_is_half_opening_half_capex():
    early = make.hall(starts_on=date(2025, 9, 1), deployments=[])  # construction from 60.875 days after
    on = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2025, 1, 1)}]
    ledger = booked(make.site(early, grid_connection=on)).ledger
    start_d, ready_d = -122 + 2 * MONTH_D, -122 + 7 * MONTH_D
    before = -start_d / (ready_d - start_d)
    assert row(ledger, "shell", "opening")[0] == pytest.approx(160e6 * before)
    assert row(ledger, "shell").sum() == pytest.approx(160e6 * (1 - before))


def test_nothing_after_the_horizon_is_paid_and_half_a_hall_is_half_paid():
    long = make.hall(stages=make.stages(("permit", 12.0), ("construction", 24.0)), deployments=[])
    late = [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 30.0}]
    ledger = booked(make.site(long, grid_connection=late)).ledger
    assert not ledger.total("capex", item="grid").any()
    # the construction may start when power is there, in month 30: it needs energization
    assert not ledger.total("capex", item="shell").any()
    building = make.hall(
        stages=[{"id": "construction", "duration_months": 48.0}], deployments=[], energization="g1"
    )
    shell = row(booked(make.site(building)).ledger, "shell")
    assert shell.sum() == pytest.approx(160e6 * 730 / (48 * MONTH_D))


def test_systems_ordered_and_not_delivered_inside_the_horizon_are_not_paid():
    late = make.racks(ordered_on=date(2027, 11, 1), lead_time_weeks=10)
    ledger = booked(make.site(make.hall(late))).ledger
    assert not ledger.total("capex", item="systems").any()
    assert not ledger.total("residual", item="systems").any()


def test_lines_are_sorted_and_not_empty():
    ledger = booked(make.site(), make.site(id="b")).ledger
    assert list(ledger.lines) == sorted(ledger.lines)
    assert len(set(ledger.lines)) == len(ledger.lines)
    assert np.all(ledger.amounts.any(axis=1))
    assert ledger.rows("opex", item="nothing").shape == (0, 24)


def test_amounts_change_price_year_and_then_currency():
    scenario = loads(make.scenario())
    assert in_scenario_money(scenario, 100.0, "EUR", 2025) == 100
    assert in_scenario_money(scenario, 100.0, "EUR", 2023) == pytest.approx(100 * 1.02**2)
    assert in_scenario_money(scenario, 100.0, "USD", 2026) == pytest.approx(100 / 1.02 * 0.8)


def test_the_catalogue_serves_where_no_rate_is_given():
    plain = loads(make.scenario(currency={"code": "EUR", "price_year": 2025}))
    assert in_scenario_money(plain, 113.0, "USD", 2025) == pytest.approx(100)  # 1.13 in 2025
    dollars = loads(make.scenario(currency={"code": "USD", "price_year": 2025}))
    assert in_scenario_money(dollars, 100.0, "EUR", 2025) == pytest.approx(113)


def asset(**changes):
    kinds = ("ordered", "delivered", "in_service")
    times = {"ordered_d": 10.0, "delivered_from_d": 31.0, "delivered_to_d": 59.0, "accepted_d": 90.0}
    return Asset("a", "p", "i", kinds, 100.0, "it", life_y=2.0, **(times | changes))


def paid(bought, shares=(0.2, 0.7, 0.1)):
    """What is paid of an asset in the first four months of 2026."""
    booked = instalments([Booked("i", bought, shares, "")], loads(make.scenario()).calendar)
    return booked.by_month(np.zeros(1, dtype=np.int64), 1)[0, :4].tolist(), booked


def test_instalments_of_an_asset_by_hand():
    # order on 11 January, the second part evenly over the 28 days of February, acceptance on 1 April
    assert paid(asset())[0] == pytest.approx([20.0, 70.0, 0.0, 10.0])
    at_once = asset(delivered_from_d=40.0, delivered_to_d=40.0)
    assert paid(at_once)[0] == pytest.approx([20.0, 70.0, 0.0, 10.0])
    assert paid(asset(accepted_d=math.inf))[0] == pytest.approx([20.0, 70.0, 0.0, 0.0])


def test_what_a_cancellation_finds_unpaid_falls_due_on_its_day():
    # 35 of the 70 are paid by the middle of February
    assert paid(asset(cancelled_d=45.0))[0] == pytest.approx([20.0, 80.0, 0.0, 0.0])
    assert paid(asset(delivered_from_d=math.inf, delivered_to_d=math.inf, cancelled_d=5.0))[0][0] == 100
    _, booked = paid(asset(cancelled_d=45.0))
    assert {(f.instalment, f.milestone) for f in booked.flows(730)} == {
        ("order", "ordered"),
        ("delivery", "cancelled"),
        ("acceptance", "cancelled"),
    }


def test_value_of_an_asset_by_hand():
    def value(time_d, life_y=2.0, **changes):
        return value_left(columns_of([asset(**changes)._replace(life_y=life_y)]), time_d)[0]

    assert value(0.0) == value(90.0) == 100
    assert value(90 + YEAR_D) == pytest.approx(50)
    assert value(90 + 3 * YEAR_D) == 0
    assert value(45.0, cancelled_d=45.0) == 0
    assert value(9e9, life_y=math.inf) == 100


def test_groups_of_assets_are_paid_what_their_assets_are():
    calendar = loads(make.scenario()).calendar
    bought = [asset(), asset(delivered_from_d=40.0, delivered_to_d=40.0), asset(cancelled_d=45.0)]
    booked = instalments([Booked("i", each, (0.2, 0.7, 0.1), "") for each in bought], calendar)
    by_asset = booked.by_month(np.arange(3), 3)
    for row, each in zip(by_asset, bought, strict=True):
        assert row[:4].tolist() == paid(each)[0]
    grouped = booked.by_month(np.array([1, 0, 1]), 2, np.full(calendar.n_months, 2.0))
    np.testing.assert_allclose(grouped, 2.0 * np.array([by_asset[1], by_asset[0] + by_asset[2]]))
