"""A public version tells nothing of what is marked in texts of other values, and hides no more.

Tests `projection.public`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.pipeline import simulate
from capsim.projection.public import LEFT_OUT, Hidden, without_confidential
from capsim.projection.telling_words import folded
from capsim.report.html_report import projection_report
from capsim.scenario.loading import load, override

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def marked(name, *marks):
    return simulate(override(load(SCENARIOS / f"{name}.yaml"), {"confidential": [*marks]}))


@pytest.fixture(scope="module")
def sites():
    return marked("mistral-sites", "sites.borlange")


@pytest.fixture(scope="module")
def aion_of_chips():
    return marked("aion-288k-h100e", "targets.eu-chips")


def test_no_text_names_a_site_its_title_or_its_only_country(sites):
    told = dict(zip(*(sites.assumptions[c] for c in ("path", "value")), strict=True))
    assert told["sources.mistral-plan.statement"].startswith("Borlange 1.2 bn EUR")
    shown = without_confidential(sites).assumptions
    statement = shown[shown["path"] == "sources.mistral-plan.statement"]
    assert statement["value"].tolist() == [LEFT_OUT]
    words = " ".join(folded(str(text)) for column in shown for text in shown[column])
    assert not {"borlange", "sweden", "swe"} & {*words.split()}
    page = projection_report(sites, is_public=True).casefold()
    for secret in ("borlange", "sweden", "facility-swe", "23 mw"):
        assert secret not in page, secret


def test_a_statement_with_a_number_of_a_marked_target_is_left_out_as_a_whole(aion_of_chips):
    of = dict(zip(*(aion_of_chips.assumptions[c] for c in ("path", "value")), strict=True))
    assert "100,000" in of["sources.eu-gigafactories.statement"]
    shown = without_confidential(aion_of_chips).assumptions
    hidden = shown[shown["value"] == LEFT_OUT]["path"].tolist()
    assert hidden == ["sources.eu-gigafactories.statement", "targets"]


def test_a_source_that_names_a_marked_phase_by_its_id_alone_is_left_out():
    """AION's p4 starts *as p3, a quarter later*, from which the start of p3 follows."""
    projection = marked("aion-288k-h100e", "sites.aion.phases.p3")
    of = dict(zip(*(projection.assumptions[c] for c in ("path", "source")), strict=True))
    assert "as p3, a quarter later" in of["sites.aion.phases.p4.starts_on"]
    shown = without_confidential(projection).assumptions
    sources = shown[shown["path"] == "sites.aion.phases.p4.starts_on"]["source"]
    assert sources.tolist() == [LEFT_OUT]
    assert not shown["source"].str.contains(r"\bp3\b").any()
    assert shown["source"].str.contains("as p1").any()


@pytest.mark.parametrize("told", ["as p3, a quarter later", "as P3", "p2-p3 first", "as p2/p3", "as block-2"])
def test_whatever_a_planner_writes_of_a_hidden_part_is_left_out(told):
    """Also outside the site, where no other phase or grid step has that id; of others the texts stay."""
    plan = override(
        load(SCENARIOS / "aion-288k-h100e.yaml"),
        {
            "confidential": ["sites.aion.phases.p3", "sites.aion.grid_connection.block-2.grid_mw"],
            "accepted.connection_open_to_the_site.reason": told,
            "sites.aion.title": f"AION, {told}",
        },
    )
    shown = without_confidential(simulate(plan))
    of = dict(zip(shown.assumptions["path"], shown.assumptions["value"], strict=True))
    assert of["accepted.connection_open_to_the_site.reason"] == LEFT_OUT
    assert of["sites.aion.title"] == LEFT_OUT
    assert of["sites.aion.phases.p4.starts_on"] == "2027-04-01"
    assert told not in repr([shown.facts.accepted, shown.facts.places]) + " ".join(
        one.text for one in shown.findings
    )


def test_an_id_that_another_site_has_too_names_a_part_of_its_own_site_alone(sites):
    """Each site has its hall: of another site, a text that says hall means its own."""
    hidden = Hidden(sites)
    assert hidden.is_told_in("as the hall", "borlange")
    assert not hidden.is_told_in("as the hall", "bruyeres")
    assert not hidden.is_told_in("as the hall")


def test_sources_of_what_is_not_marked_stay(sites):
    """A marked site has prices of 2025, as half of the catalogue, and values of the library."""
    for projection in (sites, marked("aion-288k-h100e", "costs.items.network")):
        before = {row.path: row.source for row in projection.assumptions.itertuples()}
        shown = without_confidential(projection).assumptions
        kept = shown[shown["path"].isin(before) & (shown["value"] != LEFT_OUT)]
        assert LEFT_OUT not in kept["source"].tolist()
        assert [before[path] for path in kept["path"]] == kept["source"].tolist()
        assert len(kept) > 0.8 * len(shown)


def test_an_id_that_is_a_word_of_fields_hides_no_field():
    """`costs.items.network` is marked: the tariff's network charge is another thing."""
    projection = marked("aion-288k-h100e", "costs.items.network")
    paths = without_confidential(projection).assumptions["path"].tolist()
    assert "sites.aion.tariff.network_per_mwh" in paths
    hidden = Hidden(projection)
    assert hidden.is_told_in("costs.items.network.amount moves it most")
    assert not hidden.is_told_in("the network charge")
