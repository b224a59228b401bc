"""A run with a data date says which values it reads are out of date then, and where most money hangs on one.

Tests `projection.findings.stale_findings`.
"""

from __future__ import annotations

from datetime import date

import pytest

import capsim
from capsim.projection import what_hangs_on


def found(projection):
    return [finding for finding in projection.findings if finding.kind == "stale"]


def at(scenarios, day):
    return capsim.simulate(capsim.load(scenarios / "aion-288k-h100e.yaml", as_of=day))


@pytest.fixture(scope="module")
def scenarios(pytestconfig):
    return pytestconfig.rootpath / "scenarios"


def test_without_a_data_date_nothing_is_said(aion):
    assert found(aion) == []


def test_while_all_is_good_nothing_is_said(scenarios):
    assert found(at(scenarios, date(2027, 5, 31))) == []


def test_a_price_past_its_life_is_named_with_what_hangs_on_it(scenarios):
    projection = at(scenarios, date(2027, 6, 1))
    (said,) = found(projection)
    assert "most money hangs on systems/rubin-ultra-kyber.price_usd, looked up 2026-11" in said.text
    assert said.severity == "note"
    flows = projection.flows[projection.flows["category"] == "capex"]
    by_price = flows[flows["path"].str.endswith("system_price_usd")]["amount_eur"].abs().sum()
    share = by_price / flows["amount_eur"].abs().sum()
    assert said.numbers["largest_share_of_money"] == pytest.approx(share)
    assert f"{share:.0%} of capex" in said.text
    assert "of tariffs" not in said.text
    assert said.numbers["largest_share_of_time"] == 0.0


def test_a_year_on_tariffs_and_works_are_past_it_too(scenarios):
    (said,) = found(at(scenarios, date(2028, 1, 1)))
    assert "of tariffs" in said.text
    assert "of building costs" in said.text
    assert "most time hangs on buildout_presets/fr-grid-fast-track-full.works_months, looked up" in said.text
    assert "of the time to aion.p" in said.text


def test_energy_hangs_on_the_parts_of_its_tariff(aion):
    matters = what_hangs_on(aion)
    level = matters["tariffs/fr-datacenter.level_per_mwh"]
    assert (level.result, level) == ("opex", matters["tariffs/fr-datacenter.excise_per_mwh"])
    assert 0.1 < level.share < 1.0
    assert "cooling/dlc-dry-cooler.approach_k" not in matters


def test_a_date_hangs_on_the_stages_of_its_critical_path(aion):
    matters = what_hangs_on(aion)
    path = aion.waits[aion.waits["item"] == ""]
    of_p3 = path[path["phase"] == "p3"].set_index("cause")
    share = of_p3.loc["grid works", "wait_d"] / of_p3["end_d"].max()
    works = matters["buildout_presets/fr-grid-fast-track-full.works_months"]
    assert works == ("the time to aion.p3", pytest.approx(share))
    assert f"{works}" == f"{share:.0%} of the time to aion.p3"
    permit = matters["buildout_presets/fr-greenfield-hall.permit_months"]
    assert 0.3 < permit.share < 0.5
