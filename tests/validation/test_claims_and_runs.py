"""What an audit says cannot be true together, a run shows, and what it says can, a run reaches.

The two share the catalogue's chips and prices of systems, and else nothing: an audit divides totals and takes
halls and IT at published costs per MW; a run orders, builds, fills and pays month by month.
"""

import re
from functools import cache
from pathlib import Path

import pytest

import capsim
from capsim.study import audit

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ALL_IN = "money for the chips, all-in"
SCOPE = "scope of the money"


@cache
def audited(name):
    return audit(SCENARIOS / "claims" / f"{name}.yaml")


def reading(name, dimension, which):
    return next(one for one in audited(name).of(dimension) if one.reading == which)


def bought_mw(name, which):
    """IT MW that the money buys, least and most."""
    low, high = re.search(r"buy ([\d,]+)-([\d,]+) MW", reading(name, SCOPE, which).detail).groups()
    return float(low.replace(",", "")), float(high.replace(",", ""))


@cache
def run(name, *overrides):
    return capsim.simulate(capsim.load(SCENARIOS / f"{name}.yaml", overrides=list(overrides)))


def target(name, *overrides, metric):
    return next(one for one in run(name, *overrides).targets if one.metric == metric)


@pytest.mark.parametrize(
    ("chip", "override", "can"), [("gb300", "gb300-as-announced", False), ("vr200", "rubin", True)]
)
def test_288000_h100e_at_200_mw_with_a_chip(chip, override, can):
    claimed = reading("aion", "chip and definition", f"{chip} under 8bit")
    assert (claimed.verdict == "consistent") == can
    reached = target("aion-288k-h100e", override, metric="h100e_8bit")
    assert reached.met == can
    assert run("aion-288k-h100e", override).headline["facility_peak_mw"] < 200


def test_the_shortfall_of_blackwell_is_that_of_the_audit():
    """The audit takes a PUE of 1.1; the run has 181.8 MW of halls in whole racks: a tenth apart at most."""
    claimed = reading("aion", "chip and definition", "gb300 under 8bit").covered
    reached = target("aion-288k-h100e", "gb300-as-announced", metric="h100e_8bit").reached
    assert reached / 288_000 == pytest.approx(claimed, rel=0.1)


@pytest.mark.parametrize(("chip", "overrides"), [("vr200", ()), ("gb300", ("gb300",))])
def test_four_bn_pay_for_the_same_share_of_a_gigafactory(chip, overrides):
    claimed = reading("eu-gigafactories", ALL_IN, chip)
    assert claimed.verdict == "inconsistent"
    assert not target("gigafactory-100k", *overrides, metric="capex").met
    paid = 4e9 / run("gigafactory-100k", *overrides).headline["capex_eur"]
    assert paid == pytest.approx(claimed.covered, rel=0.1)


def test_a_gigawatt_with_racks_costs_what_was_announced():
    assert reading("gigawatt-30-50bn", SCOPE, "all-in with Rubin").verdict == "consistent"
    assert reading("gigawatt-30-50bn", SCOPE, "facility only").verdict == "inconsistent"
    campus = run("fouju-1gw", "announced-gw")
    assert campus.headline["critical_it_mw_end"] == 750
    assert 30e9 < campus.headline["capex_eur"] < 50e9


def test_500_bn_dollars_buy_what_a_mw_of_stargate_costs():
    """Not decidable without MW; what the money would buy in Rubin is what the run's mix of racks costs."""
    assert audited("stargate").verdict == "not decidable"
    assert reading("stargate-sites", SCOPE, "all-in with Rubin").verdict == "consistent"
    low, high = bought_mw("stargate", "all-in with Rubin")
    assert low < 500e9 / run("stargate").headline["capex_usd_per_critical_it_mw"] < high


def test_2_5_bn_build_halls_and_no_racks():
    low, high = bought_mw("opcore-2-5bn", "facility only")
    assert low < run("opcore-multi-gw").headline["budget_buys_mw"] < high
    assert reading("opcore-2-5bn", SCOPE, "all-in with Blackwell").verdict == "inconsistent"


def test_15_bn_of_brookfield_build_halls_of_that_many_mw():
    headline = run("brookfield-data4").headline
    halls = headline["capex_eur"] - 5e9 / 1.02**5
    low, high = bought_mw("brookfield", "facility only")
    assert low < 15e9 / (halls / headline["critical_it_mw_end"]) < high


def test_45_bn_are_too_much_for_halls_and_too_little_for_racks():
    """Behind 3.1 GW of grid stand 2.3 GW of IT, which with Rubin cost at least 36.7 m EUR a MW."""
    halls = reading("softbank-france", SCOPE, "facility only")
    assert halls.verdict == reading("softbank-france", SCOPE, "all-in with Rubin").verdict == "inconsistent"
    assert halls.covered > 1
    headline = run("softbank-5gw").headline
    of_halls = headline["capex_eur"] / headline["critical_it_mw_end"] * 3100 / 1.33
    assert of_halls < 45e9 < 3100 / 1.33 * 36.7e6


def test_the_debt_of_mistral_is_a_part_of_what_its_systems_cost():
    claimed = reading("mistral-bruyeres", ALL_IN, "gb300")
    assert claimed.verdict == "only if"
    assert claimed.detail.endswith("the debt is stated, and all of it is 1.5 times that")
    orders = run("mistral-sites").milestones
    racks = orders[(orders["kind"] == "ordered") & (orders["site"] == "bruyeres")]["amount"].sum()
    assert racks * 4.0e6 < 830e6 < racks * 4.0e6 * 1.2738


def test_ten_bn_pay_for_the_first_100_mw_of_aion_and_not_for_a_gigawatt_of_racks():
    low, high = bought_mw("aion-2026", "all-in with Rubin")
    assert low > 75
    assert high < 750
    assert run("aion-2026-relaunch", "first-phase-only").headline["capex_eur"] < 10e9
    assert not target("aion-2026-relaunch", metric="capex").met
