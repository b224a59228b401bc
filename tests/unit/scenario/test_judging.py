"""Rules see typed records; what does not validate is a hole that no rule reads across.

Tests `scenario.judging`, `scenario.records.walk`, `scenario.rules.rule`.
"""

from __future__ import annotations

import pkgutil
from datetime import date
from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.language.tree import Faults, Place, from_python
from capsim.models.uncertain import Uncertain
from capsim.scenario import judging, rules
from capsim.scenario.loading import loads
from capsim.scenario.records.buildout_records import Crews, Reliability
from capsim.scenario.records.energy_records import Solar
from capsim.scenario.records.record import HoleError, Record
from capsim.scenario.records.schema import Scenario
from capsim.scenario.records.walk import records_in, within
from capsim.scenario.rules.rule import _QUESTIONS, _RULES, Around, Issue, Issues, rule, rules_of

AS_FILE = Path(__file__).with_name("small.yaml").read_text("utf-8")
NO_RULES = {"rule", "order", "plausible", "source_rules", "correlation_rules"}


def made(text: dict) -> Scenario:
    """The scenario of a tree that is not filled, holes and all."""
    return judging._record(from_python(text, Place("x", 0, "file")), Scenario, (), [])


def faults_of(old: str, new: str) -> list[str]:
    assert AS_FILE.count(old) == 1
    with pytest.raises(ScenarioError) as caught:
        loads(AS_FILE.replace(old, new))
    return [f"{fault.path}: {fault.rule}" for fault in caught.value.faults]


def test_every_module_of_rules_is_run():
    modules = {module.name for module in pkgutil.iter_modules(rules.__path__)}
    homes = {
        function.__module__
        for functions in (*_RULES.values(), *_QUESTIONS.values())
        for function in functions
    }
    assert {name for name in modules - NO_RULES if f"{rules.__name__}.{name}" not in homes} == set()


def test_a_rule_is_run_on_the_records_it_is_annotated_with(monkeypatch):
    monkeypatch.setattr("capsim.scenario.rules.rule._RULES", {})

    @rule
    def never_two_crews(record: Crews | Reliability, _: Around) -> Issues:
        yield Issue((), "wrong")

    assert list(rules_of(Crews)) == list(rules_of(Reliability)) == [never_two_crews]
    assert list(rules_of(Record)) == []


def test_rules_of_a_base_are_run_on_what_is_derived_from_it():
    names = [function.__name__ for function in rules_of(Solar)]
    assert {"yield_is_under_the_sun", "plans_are_on_the_calendar", "begins_inside_the_horizon"} <= {*names}


def test_a_value_of_the_wrong_type_is_a_hole_and_the_rest_is_there():
    scenario = made({"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": "two", "crews": 3})
    assert scenario.start == date(2026, 1, 1)
    for hole in ("horizon_years", "workload"):
        with pytest.raises(HoleError):
            getattr(scenario, hole)
    with pytest.raises(HoleError):
        _ = scenario.crews.installer_crews
    with pytest.raises(AttributeError, match="horizon_yeers"):
        _ = scenario.horizon_yeers


def test_a_value_outside_its_range_is_no_hole():
    share = {"dist": "uniform", "low": 0.5, "high": 3.0}
    finance = {"owners": [{"id": "a", "share": 2}, {"id": "b", "share": share, "titel": "B"}]}
    first, second = made({"finance": finance}).finance.owners
    assert (first.share, second.share, second.id) == (2.0, 1.75, "b")
    assert isinstance(second.share, Uncertain)


@pytest.mark.parametrize("value", ["75", "-0.2", "-3", "1400", "1e9"])
@pytest.mark.parametrize("field", ["power_utilisation", "power_exponent", "step_utilisation", "power_cap"])
def test_a_value_outside_its_range_is_told_and_no_model_computes_with_it(field, value):
    with pytest.raises(ScenarioError) as caught:
        loads(AS_FILE, sets=[f"workload.{field}={value}"])
    assert f"workload.{field}" in {fault.path for fault in caught.value.faults}


def test_what_a_rule_raises_over_a_scenario_that_is_in_range_is_not_hidden(monkeypatch):
    monkeypatch.setattr("capsim.scenario.rules.rule._RULES", {})

    @rule
    def computes(_: Crews, __: Around) -> Issues:
        yield from ()
        raise ValueError("a model refuses")

    with pytest.raises(ValueError, match="a model refuses"):
        loads(AS_FILE)


def test_fields_set_are_what_the_author_wrote():
    scenario = loads(AS_FILE)
    phase = scenario.sites[0].phases[0]
    assert phase.model_fields_set == {
        "id",
        "critical_it_mw",
        "energization",
        "ready_for_service_on",
        "deployments",
    }
    assert scenario.crews.model_fields_set == set()


def test_a_reference_to_a_broken_record_is_not_unknown():
    assert faults_of("grid_mw: 10.0", "grid_mw: many") == [
        "sites.a.grid_connection.g1.grid_mw: must be a number or an uncertain value"
    ]
    assert faults_of("{id: g1, grid_mw: 10.0, energised_on: 2026-01-01}", "{id: 3}") == [
        "sites.a.grid_connection.0.grid_mw: missing",
        "sites.a.grid_connection.0.id: must be text; quote it if it is meant as text",
    ]


def test_what_does_not_read_a_hole_is_judged_with_the_rest():
    found = faults_of("climate: paris", "climate: pariss\n    extreme_heat_k: hot\n    title: 3")
    assert [text.partition(":")[0] for text in found] == [
        "sites.a.climate",
        "sites.a.extreme_heat_k",
        "sites.a.title",
    ]
    assert "unknown climate" in found[0]


def test_records_are_walked_with_paths_of_ids_and_what_they_are_in():
    scenario = loads(AS_FILE)
    walked = {".".join(path): outer for path, _, outer in records_in(scenario)}
    order = walked["sites.a.phases.p1.deployments.d1"]
    assert [type(record).__name__ for record in order] == ["Phase", "Site", "Scenario"]
    assert [path for path, _ in within(scenario, Crews)] == [("crews",)]


def test_a_fault_that_two_sites_share_is_told_once():
    text = AS_FILE.replace("sites:", "workload: {preset: mine}\nsites:")
    text = text.replace("climate: paris", "climate: paris\n    workload: {power_cap: 0.9}")
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert [fault.path for fault in caught.value.faults] == ["workload.preset"]


def test_faults_that_were_found_before_hide_those_of_the_rules():
    faults = Faults()
    tree = from_python({"name": "x", "start": date(2026, 1, 2)}, Place("x", 0, "file"))
    faults.add(tree.place, ("start",), "was wrong before")
    judging.judged(tree, loads(AS_FILE).catalog, set(), faults)
    assert [fault.rule for fault in faults.found if fault.path == "start"] == ["was wrong before"]
