"""The list of cash flows of the shipped scenarios sums to their capex, with what lies outside marked."""

from pathlib import Path

import pytest

import capsim
from capsim.projection.money_views import sums_of_flows

SCENARIOS = Path(__file__).parents[2] / "scenarios"
KEY = ["site", "phase", "item", "instalment", "milestone", "milestone_item", "period", "from", "to", "path"]


@pytest.fixture(scope="module", params=["aion-288k-h100e", "opcore-multi-gw", "scaleway-5000-gpus"])
def projection(request):
    return capsim.simulate(capsim.load(SCENARIOS / f"{request.param}.yaml"))


def test_cash_flows_in_the_horizon_sum_to_capex_opex_and_revenue(projection):
    sums = {row[:2]: row[2] for row in sums_of_flows(projection.flows).itertuples(index=False, name=None)}
    for category in ("capex", "opex", "revenue"):
        expected = projection.headline[f"{category}_eur"]
        assert sums.get((category, "in the horizon"), 0.0) == pytest.approx(expected, rel=1e-9)
    before = projection.flows[projection.flows["period"] == "before the start"]
    assert len(before) or projection.name == "aion-288k-h100e", "the others start with what is there"
    assert (before["to"] < projection.facts.start).all()


def test_rows_are_one_per_day_item_and_milestone(projection):
    capex = projection.flows[projection.flows["category"] == "capex"]
    assert not capex.duplicated(KEY).any()
