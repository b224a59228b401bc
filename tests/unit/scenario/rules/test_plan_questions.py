"""What a plan is asked for, or given, is of the size of its halls; else it is questioned.

Tests `scenario.rules.plan_questions`, `scenario.rules.plausible`.
"""

from datetime import date

import pytest

from capsim.errors import ScenarioError
from capsim.scenario import loads

PLAN = """
schema: 1
name: plan
start: 2026-01-01
horizon_years: 8
sites:
  - id: s
    country: fra
    climate: paris
    tariff: {preset: fr-datacenter}
    cooling: {preset: air-cooled-chiller}
    grid_connection:
      - {id: g, grid_mw: 12, energised_on: 2026-01-01}
    phases:
      - id: p
        critical_it_mw: 10
        energization: g
        ready_for_service_on: 2026-01-01
        deployments:
          - {id: d, system: dgx-h100, systems: 500, in_service_on: 2026-01-01}
"""
LUMP = {"id": "x", "category": "capex", "basis": "lump", "price_year": 2025}
SUN = {"latitude_deg": 48.8, "longitude_deg": 2.3, "full_load_h_per_y": 1000.0}


def asked(changes):
    scenario = loads(PLAN).override(changes)
    return [(question.name, question.path, question.rule) for question in scenario.questions]


def target(**wanted):
    return {"targets": [{"id": "t", "by": date(2030, 12, 31), **wanted}]}


def funding(amount):
    return {"funding": {"tranches": [{"id": "a", "amount": amount}]}}


def grant(at_most):
    return {"finance": {"grants": [{"id": "g", "share": 0.3, "at_most": at_most}]}}


def lump(amount, currency="EUR"):
    return {"costs": {"items": [{**LUMP, "amount": amount, "currency": currency}]}}


@pytest.mark.parametrize(
    ("changes", "name", "path", "says"),
    [
        # kW for MW, of halls and of the connection
        (target(critical_it_mw=8000), "target_of_another_size", "targets.t.critical_it_mw", "is 800 times"),
        (
            target(facility_mw=12000),
            "target_of_another_size",
            "targets.t.facility_mw",
            "the 12 MW of the plan",
        ),
        # 4,000 accelerators of 10 MW, with three zeros too many
        (target(h100e=4e6), "target_of_another_size", "targets.t.h100e", "4e+05 H100e for each of the 10 MW"),
        (target(accelerators=4e6), "target_of_another_size", "targets.t.accelerators", "at most 20000"),
        # 300 million written as 300
        (target(budget=300), "target_of_another_size", "targets.t.budget", "is 30 EUR for each of the 10 MW"),
        (funding(300), "funding_of_another_size", "funding.tranches", "30 EUR for each of the 10 MW"),
        (funding(3e11), "funding_of_another_size", "funding.tranches", "is it in a unit a thousand times"),
        # thousands of EUR written as EUR, and thousands of yen
        (lump(900.0), "lump_of_another_size", "costs.items.x.amount", "in thousands or millions?"),
        (lump(9e12), "lump_of_another_size", "costs.items.x.amount", "9e+11 EUR for each of the 10 MW"),
        ({"demand": {"h100e": 4e6}}, "demand_of_another_size", "demand.h100e", "expected at most 30000"),
        (grant(4000.0), "grant_of_another_size", "finance.grants.g.at_most", "is it in thousands?"),
        # threefold every year for ten years is 59,049-fold
        (
            {"demand": {"h100e": 4000, "growth_per_y": 2}, "horizon_years": 10},
            "growth_beyond_all",
            "demand.growth_per_y",
            "by 5.9e+04 in 10 years, expected at most 10000",
        ),
        (
            {"sites.s.battery": {"power_mw": 2000, "energy_mwh": 8000}},
            "plant_over_halls",
            "sites.s.battery.power_mw",
            "is 200 times the 10 MW of its halls, expected at most 20; is it in a unit a thousand times",
        ),
        (
            {"sites.s.solar": {**SUN, "peak_mw": 4000.0}},
            "plant_over_halls",
            "sites.s.solar.peak_mw",
            "is 400 times",
        ),
        ({"sites.s.generation": {"power_mw": 9e3}}, "plant_over_halls", "sites.s.generation.power_mw", "900"),
        (
            {"sites.s.firm_power": {"unit_mw": 2500, "units": 3}},
            "plant_over_halls",
            "sites.s.firm_power.unit_mw",
            "is 250 times",
        ),
    ],
)
def test_what_is_of_another_size_is_questioned_once(changes, name, path, says):
    ((asked_name, asked_path, rule),) = asked(changes)
    assert (asked_name, asked_path) == (name, path)
    assert says in rule


@pytest.mark.parametrize(
    "changes",
    [
        target(critical_it_mw=100, facility_mw=130, h100e=60000, accelerators=30000, budget=4e9),
        funding(2e8),
        grant(2e7),
        # a part of the cost may be small, and costs nothing where it is 0
        lump(5000.0),
        lump(0.0),
        {"demand": {"h100e": 100}},
        {"demand": {"h100e": 20000, "growth_per_y": 2}},
        {"sites.s.battery": {"power_mw": 100, "energy_mwh": 400}},
        {"sites.s.firm_power": {"unit_mw": 40, "units": 3}},
    ],
)
def test_what_can_be_is_not_questioned(changes):
    assert asked(changes) == []


def test_sums_of_money_are_compared_in_euro():
    # 12 bn yen are 71 m EUR, 7 m a MW; 12,000 are 7 EUR
    rates = [("EUR", 170), ("USD", 150)]
    fx = [{"id": c.lower(), "currency": c, "per_unit": r, "dated": date(2025, 7, 1)} for c, r in rates]
    yen = {"code": "JPY", "fx": fx}
    assert asked({"currency": yen, **target(budget=1.2e10)}) == []
    ((name, _, rule),) = asked({"currency": yen, **target(budget=12000)})
    assert (name, "is 7.06 EUR for each" in rule) == ("target_of_another_size", True)


@pytest.mark.parametrize(
    ("path", "value", "bound"),
    [
        ("finance.wacc_real", 8, "at most 0.5"),
        ("workload.allocation", 95, "at most 1"),
        ("finance.tax_rate", 25, "less than 1"),
        ("finance.system_price_trend_per_y", -8, "at least -0.9"),
    ],
)
def test_a_share_in_per_cent_is_refused_as_that(path, value, bound):
    with pytest.raises(ScenarioError, match=rf"must be {bound}; is it in per cent\? \(got {value}\)"):
        loads(PLAN).override({path: value})


@pytest.mark.parametrize("value", [1.5, 950])
def test_what_is_no_per_cent_either_is_not_taken_for_it(value):
    with pytest.raises(ScenarioError, match=rf"must be at most 1 \(got {value}\)"):
        loads(PLAN).override({"workload.allocation": value})
