"""Every rule has a wrong file in wrong/, with the whole message beside it.

Tests `scenario.awaited_milestones`, `scenario.messages`, `scenario.records.quantity`,
`scenario.rules.argument_rules`, `scenario.rules.correlation_rules`, `scenario.rules.date_rules`,
`scenario.rules.deployment_rules`, `scenario.rules.energy_rules`, `scenario.rules.funding_rules`,
`scenario.rules.job_rules`, `scenario.rules.money_rules`, `scenario.rules.name_rules`,
`scenario.rules.order`, `scenario.rules.shared_rules`, `scenario.rules.site_rules`,
`scenario.rules.source_rules`, `scenario.rules.stage_rules`, `scenario.rules.target_rules`.
"""

import datetime
from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.loading import load, loads, override

HERE = Path(__file__).parent
WRONG = sorted(path.stem for path in (HERE / "wrong").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _in_this_folder(monkeypatch):
    monkeypatch.chdir(HERE)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_file_gives_its_whole_message(name):
    with pytest.raises(ScenarioError) as caught:
        load(f"wrong/{name}.yaml")
    assert str(caught.value) + "\n" == (HERE / "wrong" / f"{name}.txt").read_text("utf-8")


def test_there_are_at_least_thirty_wrong_files():
    assert len(WRONG) >= 30


def test_faults_are_in_file_order():
    with pytest.raises(ScenarioError) as caught:
        load("wrong/catalogue-names.yaml")
    lines = [fault.line for fault in caught.value.faults]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "sites.north.phases.p1.critical_it_mv=60",
            "--set  sites.north.phases.p1.critical_it_mv: unknown key; did you mean critical_it_mw? (got 60)",
        ),
        (
            "sites.nort.phases.p1.critical_it_mw=60",
            "--set  sites.nort: unknown id nort; did you mean north?",
        ),
        (
            "sites.north.phases.p1.stages.permits.duration_months=3",
            "--set  sites.north.phases.p1.stages.permits: unknown id permits; did you mean permit?",
        ),
        ("sites.north=3", "--set  sites.north: a record is a mapping (got 3)"),
        ("horizon_years", "--set: must be written PATH=VALUE (got horizon_years)"),
        ("horizon_years=", "--set: must be written PATH=VALUE (got horizon_years=)"),
        (
            "horizon_years=007",
            "--set  horizon_years: a number does not start with 0; write 7 or quote it (got 007)",
        ),
        ("title={a", "--set  title: not readable as YAML: did not find expected ',' or '}' (got {a)"),
        ("demand.h100e.low=3", "--set  demand.h100e.low: h100e is a value and has nothing inside (got 3)"),
        ("cooling=3", "--set  cooling: unknown key (got 3)"),
        (
            "sites.north.cooling.arguments.a.b=3",
            "--set  sites.north.cooling.arguments.a.b: arguments holds values and nothing deeper (got 3)",
        ),
        ("demand.h100e=-3", "--set  demand.h100e: must be at least 0 (got -3)"),
        ("demand.h100e={value: 3, source: nobody}", "--set  demand.h100e: unknown source (got nobody)"),
    ],
)
def test_wrong_set_is_a_fault_of_the_option(text, fault):
    with pytest.raises(ScenarioError) as caught:
        load("good.yaml", sets=[text])
    assert str(caught.value) == f"{fault}\ngood.yaml: 1 problem, nothing was run"


def test_unknown_override_is_a_fault_of_the_option():
    with pytest.raises(ScenarioError) as caught:
        load("good.yaml", overrides=["slow-gird"])
    expected = "--override: unknown override; did you mean slow-grid? (got slow-gird)"
    assert str(caught.value) == f"{expected}\ngood.yaml: 1 problem, nothing was run"


def test_override_call_names_itself():
    with pytest.raises(ScenarioError) as caught:
        override(load("good.yaml"), {"finance.wacc_reel": 0.1, "horizon_years": float("nan")})
    assert [str(fault) for fault in caught.value.faults] == [
        "override()  finance.wacc_reel: unknown key; did you mean wacc_real? (got 0.1)",
        "override()  horizon_years: must be a whole number (got nan)",
    ]


def test_faults_of_text_and_of_a_mapping():
    with pytest.raises(ScenarioError, match=r"<text>:1  horizon_years: must be at least 1 \(got 0\)"):
        loads("{schema: 1, name: x, start: 2026-01-01, horizon_years: 0, sites: []}")
    wrong = {"schema": 1, "name": "x", "start": datetime.date(2026, 1, 1), "horizon_years": 5, "sites": []}
    with pytest.raises(ScenarioError, match="<mapping>  sites: must have at least 1 entry"):
        loads(wrong)


def test_chain_of_extends_is_bounded(tmp_path):
    for n in range(12):
        (tmp_path / f"{n}.yaml").write_text(f"extends: {n + 1}.yaml\n", "utf-8")
    with pytest.raises(ScenarioError, match="extends: a chain of more than 10 files"):
        load(tmp_path / "0.yaml")


@pytest.mark.parametrize("version", [True, 1.0, "1", 2])
def test_the_version_of_the_format_is_the_whole_number_1(version):
    with pytest.raises(ScenarioError, match="schema: must be 1"):
        override(load("good.yaml"), {"schema": version})
