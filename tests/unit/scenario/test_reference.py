"""The scenario format as JSON Schema and as a page, from the records alone.

Tests `scenario.reference`, `scenario.records.fields`, `scenario.records.schema`.
"""

from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from capsim.language.reader import read_tree
from capsim.language.tree import Faults
from capsim.scenario.records.fields import fields_of, is_made, must_be_given, record_at
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Phase, Stage
from capsim.scenario.reference import json_schema, reference_markdown

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
COMMAND = "python -m capsim.scenario.reference > docs/scenario-reference.md"


@pytest.fixture(scope="module")
def validator():
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def as_json(node):
    """A file as an editor sees it: dates are text, lists are lists."""
    if isinstance(node.value, dict):
        return {key: as_json(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [as_json(child) for child in node.value]
    return node.value.isoformat() if isinstance(node.value, date) else node.value


def document(path):
    return as_json(read_tree(str(path), "file", Faults()))


def test_the_page_is_fresh():
    page = (ROOT / "docs" / "scenario-reference.md").read_text("utf-8")
    assert page == reference_markdown(), f"docs/scenario-reference.md is stale; run: {COMMAND}"


def test_the_page_has_every_record_and_key():
    page = reference_markdown()
    assert "## Phase" in page
    assert "| `critical_it_mw` | MW | required | Design IT power behind the UPS. [MW] |" in page
    assert "catalogue, `systems/{system}.lead_time_weeks`" in page
    for word in ("triangular", "--override", "1. defaults of the scenario format", "`010`"):
        assert word in page


@pytest.mark.parametrize("path", [HERE / "good.yaml", *SHIPPED], ids=lambda path: path.stem)
def test_good_scenarios_fit_the_schema(validator, path):
    if path.parent.name == "claims":
        pytest.skip("a claim is another kind of file")
    assert [error.message for error in validator.iter_errors(document(path))] == []


@pytest.mark.parametrize(
    "name",
    [
        "unknown-key",
        "number-as-text",
        "number-below-bound",
        "not-a-list",
        "h100e-definition",
        "missing",
        "confidence",
    ],
)
def test_wrong_scenarios_do_not_fit_the_schema(validator, name):
    assert list(validator.iter_errors(document(HERE / "wrong" / f"{name}.yaml")))


def offered_names(definition):
    """Names that an editor offers for each field of a record, and for each entry of its lists of names."""
    for key, field in definition.get("properties", {}).items():
        ways = [*field.get("anyOf", ())]
        ways += [
            one for way in ways for one in way.get("items", {}).get("anyOf", ()) if way["type"] == "array"
        ]
        names = {way["const"]: way.get("title", "") for way in ways if "const" in way}
        if names and key != "schema":
            yield key, names


def test_every_name_of_the_catalogue_is_offered_with_a_title():
    """As an editor lists them below `system`, `climate` or `cooling.preset`."""
    offered = {
        (record, key): names
        for record, definition in json_schema()["$defs"].items()
        for key, names in offered_names(definition)
    }
    for (record, key), name, title in (
        (("Deployment", "system"), "dgx-h100", "NVIDIA DGX"),
        (("Site", "climate"), "paris", "Paris"),
        (("Site", "country"), "fra", "France"),
        (("Cooling", "preset"), "dlc-dry-cooler", "dry cooler"),
        (("Costs", "preset"), "fr-greenfield-ai", "France"),
        (("CostItem", "id"), "network", ""),
        (("CostItem", "countries"), "deu", "Germany"),
        (("Workload", "preset"), "large-training", ""),
        (("Electrical", "preset"), "central-ups", "Central UPS"),
        (("Carbon", "zone"), "FR", "Grid zone FR"),
        (("Finance", "tax_table_it"), "macrs-5", "MACRS, 5-year property"),
        (("Finance", "tax_table_facility"), "macrs-15", "MACRS, 15-year property"),
        (("Debt", "repayment"), "annuity", "Equal sums"),
        (("Shape", "name"), "diurnal", ""),
        (("Stage", "kind"), "work", ""),
        (("System", "measured_at"), "large-training", ""),
        (("Supply", "systems"), "gb300-nvl72", "GB300"),
        (("Currency", "code"), "USD", "US dollar"),
        (("Tariff", "currency"), "GBP", "Pound sterling"),
        (("FxRate", "currency"), "EUR", "Euro"),
        (("Acceptance", "id"), "far_from_catalog", "A value is a few times that of the catalogue"),
    ):
        for part in ("", "Part"):
            assert title in offered[record + part, key][name], (record, key)
    untitled = [(where, name) for where, names in offered.items() for name in names if not names[name]]
    assert untitled == []


def test_presets_are_offered_where_they_may_stand():
    schema = json_schema()["$defs"]
    phase, step = (dict(offered_names(schema[record]))["preset"] for record in ("Phase", "GridStep"))
    assert "fr-greenfield-hall" in phase
    assert "fr-grid-standard" in step
    assert not phase.keys() & step.keys()


def test_a_name_that_is_in_no_list_still_fits(validator):
    whole = document(HERE / "good.yaml")
    whole["sites"][0]["country"] = "mar"
    whole["costs"] = {"items": [{"id": "fence", "category": "capex", "basis": "lump", "amount": 5.0}]}
    assert list(validator.iter_errors(whole)) == []


def test_a_scenario_without_what_it_needs_does_not_fit(validator):
    whole = document(HERE / "good.yaml")
    del whole["sites"][0]["climate"]
    assert list(validator.iter_errors(whole))
    assert not list(validator.iter_errors({**whole, "extends": "other.yaml"}))


def test_fields_know_their_shape_and_catalogue():
    fields = fields_of(Phase)
    assert (fields["stages"].shape, fields["stages"].record) == ("records", Stage)
    assert (fields["critical_it_mw"].shape, fields["critical_it_mw"].quantity.unit) == ("leaf", "MW")
    assert fields["critical_it_mw"].required
    assert fields_of(Scenario)["finance"].shape == "record"
    assert fields_of(Scenario)["catalog"].shape == "mapping"


def test_record_at_follows_keys_and_ids():
    assert record_at(Scenario, ()) is Scenario
    assert record_at(Scenario, ("sites", "paris", "phases", "p1")) is Phase
    assert record_at(Scenario, ("start",)) is None
    assert record_at(Scenario, ("nowhere", "else")) is None


@pytest.mark.parametrize(
    ("record", "key", "is_given", "is_of_defaults"),
    [
        (Site, "id", True, False),
        (Site, "cooling", True, False),
        (Site, "footprint", False, True),
        (Site, "battery", False, False),
        (Scenario, "demand", False, True),
    ],
)
def test_what_must_be_given_and_which_records_are_made_of_their_defaults(
    record, key, is_given, is_of_defaults
):
    plan = fields_of(record)[key]
    assert must_be_given(plan) is is_given
    assert (plan.shape == "record" and is_made(plan)) is is_of_defaults
