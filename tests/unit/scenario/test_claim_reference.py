"""The format of claims as JSON Schema and as a section of the reference.

Tests `scenario.claim_reference` and `scenario.claim`.
"""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from capsim.errors import ScenarioError
from capsim.scenario.claim import load_claim
from capsim.scenario.claim_reference import claim_schema, claim_section
from capsim.scenario.records.claim_records import Claim
from capsim.scenario.reference import reference_markdown

CLAIMS = sorted((Path(__file__).parents[3] / "scenarios" / "claims").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator():
    Draft202012Validator.check_schema(claim_schema())
    return Draft202012Validator(claim_schema())


def document(file):
    def as_text(value):
        return value.isoformat() if isinstance(value, date) else str(value)

    read = yaml.safe_load(file.read_text("utf-8"))
    # 3.0e9 is text to a reader of YAML 1.1, and a number to the one of scenarios
    for key in ("money", "accelerators"):
        read |= {key: json.loads(read[key])} if isinstance(read.get(key), str) else {}
        if isinstance(read.get(key), dict):
            read[key] = {end: float(value) for end, value in read[key].items()}
    return json.loads(json.dumps(read, default=as_text))


@pytest.mark.parametrize("file", CLAIMS, ids=lambda file: file.stem)
def test_shipped_claims_fit_the_schema(validator, file):
    assert not [error.message for error in validator.iter_errors(document(file))]


GOOD = {"claim": "c", "statement": "s", "source": {"publisher": "p", "published": "2025-01-01"}, "mw": 5}


@pytest.mark.parametrize(
    "change",
    [
        {"mw": -5},
        {"mw": {"low": 5}},
        {"mw_basis": "meter"},
        {"money_part": "equity"},
        {"at_least": ["sites"]},
        {"h100": 3},
        {"source": {"publisher": "p"}},
    ],
)
def test_wrong_claims_do_not(validator, change):
    assert not list(validator.iter_errors(GOOD))
    assert list(validator.iter_errors(GOOD | change))


def test_a_claim_states_something(validator):
    assert list(validator.iter_errors({key: value for key, value in GOOD.items() if key != "mw"}))


def test_every_field_is_on_the_page():
    section = claim_section()
    assert section in reference_markdown()
    for key in Claim.model_fields:
        assert f"| `{key}`" in section or f"| `{key}." in section
    assert "| `mw` | number, or `{low, high}` |  | Power. [MW, on the basis stated] |" in section
    assert "| `money_part` | `debt` or `first-tranche` or `one-investor` |" in section
    assert "| `source.published` | date | required |" in section


@pytest.mark.parametrize("written", ["An AI site of 100 MW", "1e300", "[1, 2]"])
def test_what_is_no_mapping_is_refused_in_words(written, tmp_path):
    file = tmp_path / "claim.yaml"
    file.write_text(written, "utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_claim(file)
    assert refused.value.faults[0].rule == "must be a mapping, with keys such as claim, title, statement"
