"""Scenarios, claims and plans are told apart by what they hold, and each is judged in its own terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.report.validation import kind_of_file, validated_file

SCENARIOS = Path(__file__).parents[3] / "scenarios"
FILES = {
    "scenario": sorted(SCENARIOS.glob("*.yaml")),
    "claim": sorted((SCENARIOS / "claims").glob("*.yaml")),
    "plan": sorted((SCENARIOS / "plans").glob("*.yaml")),
}


@pytest.mark.parametrize(("kind", "file"), [(kind, file) for kind, files in FILES.items() for file in files])
def test_shipped_files_are_known_and_valid(kind, file):
    assert kind_of_file(str(file)) == kind
    words, doubts = validated_file(str(file))
    assert words.startswith(f"{kind} ")
    # what is shipped is meant
    assert doubts == ()


@pytest.mark.parametrize("kind", FILES)
def test_a_file_without_its_first_key_is_known_by_the_others(kind, tmp_path):
    lines = FILES[kind][0].read_text("utf-8").splitlines(keepends=True)
    first = {"scenario": "schema", "claim": "claim", "plan": "plan"}[kind]
    file = tmp_path / "f.yaml"
    file.write_text("".join(line for line in lines if not line.startswith(f"{first}:")), "utf-8")
    assert kind_of_file(str(file)) == kind
    if kind != "scenario":
        with pytest.raises(ScenarioError) as caught:
            validated_file(str(file))
        assert [(fault.path, fault.rule) for fault in caught.value.faults] == [(first, "missing")]


@pytest.mark.parametrize("text", ["extends: a.yaml\n", "name: x\nclaim: y\nsites: []\n", "title: x\n"])
def test_what_a_scenario_may_have_is_a_scenario(text, tmp_path):
    (tmp_path / "f.yaml").write_text(text, "utf-8")
    assert kind_of_file(str(tmp_path / "f.yaml")) == "scenario"


@pytest.mark.parametrize("text", ["{}\n", "[a, b]\n", "word\n", "alpha: 1\nbeta: 2\n"])
def test_what_has_no_key_of_any_kind_is_refused_once(text, tmp_path):
    (tmp_path / "f.yaml").write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=r"is no scenario .* no claim .* and no plan") as caught:
        validated_file(str(tmp_path / "f.yaml"))
    assert len(caught.value.faults) == 1


def test_overrides_and_sets_are_of_scenarios():
    file = str(SCENARIOS / "aion-288k-h100e.yaml")
    assert "3 phases" in validated_file(file, sets=["sites.aion.phases.p4=null"])[0]
    with pytest.raises(ScenarioError, match="unknown override"):
        validated_file(file, overrides=["no-such"])
    with pytest.raises(ScenarioError, match="is a plan; --override and --set change scenarios only"):
        validated_file(str(FILES["plan"][0]), sets=["plan=x"])
