"""What contracts pay: fixed in money of the day, indexed, with escalator, floor, cap, volume and profile.

Tests `operations.contracts`, `scenario.rules.energy_rules`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.errors import ScenarioError
from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FLAT = {"preset": "fr-datacenter", "spread": "none", "level_per_mwh": 60.0, "trend_per_y": 0.0}
FLAT |= {"excise_per_mwh": 0.0, "network_per_mwh": 0.0}
DEAL = {"id": "k", "share": 1.0, "price_per_mwh": 40.0, "currency": "EUR", "price_year": 2026}


def paid(years=10, tariff=FLAT, inflation=0.03, **changes):
    """Price of the energy by calendar year. [EUR2025/MWh]"""
    place = make.standing_site(tariff=tariff, contracts=[DEAL | changes])
    money = make.scenario()["finance"] | {"inflation_per_y": inflation}
    scenario = loads(make.scenario(place, horizon_years=years, finance=money))
    months = run(scenario).operations.monthly
    year = scenario.calendar.year_of_month - 2026
    cost, energy = (np.bincount(year, weights=months[name][0]) for name in ("energy_cost", "grid_mwh"))
    return cost / energy


def test_a_fixed_price_gets_cheaper_with_inflation():
    """40 EUR of the day at 3 %: 38.83 EUR of 2025 in the first year and 29.76 in the tenth."""
    by_year = paid()
    assert by_year == pytest.approx([40 / 1.03 ** (n + 1) for n in range(10)], rel=1e-3)
    assert by_year.mean() == pytest.approx(34.12, rel=1e-3)


@pytest.mark.parametrize(
    ("terms", "price"),
    [
        ({"indexation": 1.0}, lambda n: 40 / 1.03),
        ({"indexation": 0.5}, lambda n: 40 * 1.03 ** (n * 0.5) / 1.03 ** (n + 1)),
        ({"escalator_per_y": 0.02}, lambda n: 40 * 1.02**n / 1.03 ** (n + 1)),
        ({"escalator_per_y": 0.10, "cap_per_mwh": 50.0}, lambda n: min(50, 40 * 1.1**n) / 1.03 ** (n + 1)),
        ({"indexation": 1.0, "floor_per_mwh": 45.0}, lambda n: max(45, 40 * 1.03**n) / 1.03 ** (n + 1)),
    ],
)
def test_terms_of_a_contract_by_hand(terms, price):
    assert paid(**terms) == pytest.approx([price(n) for n in range(10)], rel=5e-3)


def test_floor_and_cap_alone_bound_the_wholesale_price():
    tariff = FLAT | {"level_per_mwh": 60.0, "spread": "hourly"}
    contract = {"price_per_mwh": None, "floor_per_mwh": 50.0, "cap_per_mwh": 70.0}
    place = make.standing_site(tariff=tariff, contracts=[DEAL | contract])
    got = run(loads(make.scenario(place, horizon_years=1)), hourly=True).operations
    hour = got.hourly
    wholesale, load = hour["price_per_mwh"].ravel(), hour["facility_mw"].ravel()
    level = np.repeat(
        1.02 ** ((got_middles()) / 365.25), np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24
    )
    bounded = np.clip(wholesale * level, 50.0, 70.0) / level
    assert got.monthly["energy_cost"].sum() == pytest.approx((bounded * load).sum(), rel=1e-6)


def got_middles():
    """Days from the middle of 2025 to the middle of each month of 2026."""
    firsts = [date(2026, m, 1) for m in range(1, 13)] + [date(2027, 1, 1)]
    start = date(2025, 7, 1)
    days = np.array([(day - start).days for day in firsts], dtype=float)
    return (days[:-1] + days[1:]) / 2


def test_a_volume_is_used_up_and_comes_again_with_the_next_year():
    place = make.standing_site(
        tariff=FLAT, contracts=[DEAL | {"indexation": 1.0, "price_year": 2025, "volume_mwh_per_y": 50_000.0}]
    )
    months = run(loads(make.scenario(place, horizon_years=2))).operations.monthly
    energy, cost = months["grid_mwh"][0], months["energy_cost"][0]
    covered = (energy * 60 - cost) / 20
    assert covered[:12].sum() == pytest.approx(50_000, rel=1e-6)
    assert covered[12:].sum() == pytest.approx(50_000, rel=1e-6)
    assert covered[11] == pytest.approx(0.0, abs=1e-6)
    assert covered[12] == pytest.approx(energy[12])


def test_a_block_may_follow_a_profile_of_its_own():
    wave = [{"on": "2026-01", "value": 0.5}, {"on": "2026-07", "value": 1.0}]
    block = DEAL | {"share": 0.0, "block_mw": 10.0, "profile": wave, "indexation": 1.0, "price_year": 2025}
    place = make.standing_site(tariff=FLAT, contracts=[block])
    months = run(loads(make.scenario(place, horizon_years=1))).operations.monthly
    saved = months["grid_mwh"][0] * 60 - months["energy_cost"][0]
    assert saved[[0, 6]] == pytest.approx([5 * 744 * 20, 10 * 744 * 20], rel=1e-9)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (
            {"price_per_mwh": None},
            "missing; give it, or floor_per_mwh and cap_per_mwh of the wholesale price",
        ),
        ({"floor_per_mwh": 50.0, "cap_per_mwh": 40.0}, "must not be above cap_per_mwh"),
        (
            {"price_per_mwh": None, "cap_per_mwh": 40.0, "indexation": 1.0},
            "is for a price_per_mwh, and there is none",
        ),
        ({"profile": [{"on": 2026, "value": 1}]}, "is of a block; give block_mw"),
    ],
)
def test_terms_that_contradict_each_other_are_refused(terms, words):
    with pytest.raises(ScenarioError) as refusal:
        loads(make.scenario(make.standing_site(contracts=[DEAL | terms])))
    assert words in str(refusal.value)
