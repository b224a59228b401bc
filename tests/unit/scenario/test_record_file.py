"""Claims and plans: all faults of a file at once, each with its line.

Tests `scenario.record_file`, `scenario.claim`, `scenario.records.claim_records`, `scenario.options`,
`study.plan_file`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.claim import load_claim
from capsim.study.plan_file import load_options

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def faults_of(read, shipped, changes, tmp_path):
    """Line, path and rule of the faults of a shipped file with some words changed."""
    text = (SCENARIOS / shipped).read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "f.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(file)
    lines = text.splitlines()
    return [(lines[f.line - 1].strip(), f.path, f.rule) for f in caught.value.faults]


def test_faults_of_a_plan_name_their_lines(tmp_path):
    changes = {
        "objective: least-cost": "objectiv: least-cost",
        "low: 20": "low: -1",
        "    slot:": "    slott:",
    }
    found = faults_of(load_options, "plans/aion-least-cost.yaml", changes, tmp_path)
    assert {(path, rule) for _, path, rule in found} >= {
        ("objectiv", "unknown key; did you mean objective?"),
        ("objective", "missing"),
        ("options.p1-gb300.slott", "unknown key; did you mean slot?"),
        ("options.p1-gb300.size.low", "must be greater than 0"),
    }
    assert [line for line, path, _ in found if path == "objectiv"] == ["objectiv: least-cost"]
    assert all("low: -1" in line for line, path, _ in found if path.endswith("low"))


def test_an_option_of_no_slot_and_a_size_upside_down_name_their_lines(tmp_path):
    changes = {"    slot: p3": "    slot: p33", "low: 20, high: 60": "low: 70, high: 60"}
    found = faults_of(load_options, "plans/aion-least-cost.yaml", changes, tmp_path)
    assert ("slot: p33", "unknown slot p33; did you mean p3?") in {(line, rule) for line, _, rule in found}
    assert any("low: 70" in line and rule == "low must be at most high" for line, _, rule in found)


@pytest.mark.parametrize(
    ("goal", "rule"),
    [
        ("h100e_9bit>=500000 by 2031-12", "no result is called h100e_9bit; did you mean h100e_8bit, "),
        ("h100e_8bit of aoin>=500000 by 2031-12", "unknown site aoin; did you mean aion?"),
        ("h100e_8bit>=500000 by 2061-12", "the horizon is from 2026-01 to 2037-12"),
        ("facility_peak_mw<=200", "a plan's goal is a figure to reach, no date and no limit"),
        ("ready_for_service of aion.p1 <= 2029-06", "a plan's goal is a figure to reach, no date"),
    ],
)
def test_a_goal_that_results_do_not_have_names_its_line(goal, rule, tmp_path):
    (tmp_path / "scenario.yaml").write_text((SCENARIOS / "aion-288k-h100e.yaml").read_text("utf-8"), "utf-8")
    changes = {"h100e_8bit>=500000 by 2031-12": goal, "../aion-288k-h100e.yaml": "scenario.yaml"}
    ((line, path, said),) = faults_of(load_options, "plans/aion-least-cost.yaml", changes, tmp_path)
    assert (line, path) == (f"goal: {goal}", "goal")
    assert said.startswith(rule)


def test_faults_of_a_claim_name_their_lines(tmp_path):
    changes = {"publisher:": "publishr:", "money:": "moneyy:"}
    found = faults_of(load_claim, "claims/opcore-2-5bn.yaml", changes, tmp_path)
    assert {(path, rule) for _, path, rule in found} == {
        ("source.publisher", "missing"),
        ("source.publishr", "unknown key; did you mean publisher?"),
        ("moneyy", "unknown key; did you mean money?"),
    }
    assert all(path.rpartition(".")[2] in line for line, path, rule in found if rule.startswith("unknown"))


def test_a_number_that_stands_for_a_range_is_told_as_it_was_written(tmp_path):
    file = tmp_path / "claim.yaml"
    file.write_text(
        "claim: x\nstatement: y\nsource: {publisher: a, published: 2025-01-01}\nmw: -5\n", "utf-8"
    )
    with pytest.raises(ScenarioError) as caught:
        load_claim(file)
    assert [(f.line, f.path, f.rule, f.value) for f in caught.value.faults] == [
        (4, "mw", "must be greater than 0", "-5")
    ]


def test_two_options_of_one_id_are_refused(tmp_path):
    changes = {"id: p1-rubin": "id: p1-gb300", "../aion": str(SCENARIOS / "aion")}
    faults = faults_of(load_options, "plans/aion-least-cost.yaml", changes, tmp_path)
    assert any("id p1-gb300 given twice; the first is on line" in str(fault) for fault in faults)
