"""Tests for `capsim.language.duplicates`, and that every way into a scenario is looked through."""

import pytest

from capsim.errors import ScenarioError
from capsim.language.duplicates import find_duplicate_ids
from capsim.language.tree import Faults, Place, from_python, id_of
from capsim.scenario.loading import checked, load, loads, override

FILE = "scenarios/aion-288k-h100e.yaml"


def found(tree):
    faults = Faults()
    find_duplicate_ids(from_python(tree, Place("<text>", 0, "file")), (), faults)
    return [(fault.path, fault.rule) for fault in faults.found]


def test_lists_at_any_depth_are_looked_through():
    twice = [{"id": "a", "of": [{"id": "b"}, {"id": "c"}, {"id": "b"}]}, {"id": "a"}]
    assert found({"x": twice}) == [("x.a.of.b", "id b given twice"), ("x.a", "id a given twice")]


def test_one_id_in_two_lists_and_lists_without_ids_are_fine():
    assert found({"x": [{"id": "a"}], "y": [{"id": "a"}], "z": [1, 1, {"on": 2}, {"on": 2}]}) == []


@pytest.fixture(scope="module")
def plan(pytestconfig):
    return load(pytestconfig.rootpath / FILE)


def lists_of_records(node, path=()):
    """Paths of lists of records with ids, and the ids."""
    for name, child in node.children():
        ids = [id_of(element) for element in child.value] if isinstance(child.value, list) else []
        if ids and all(ids):
            yield (*path, name), ids
        yield from lists_of_records(child, (*path, name))


def rules(ask):
    with pytest.raises(ScenarioError) as refusal:
        ask()
    return {(fault.file, fault.path): fault.rule for fault in refusal.value.faults}


def test_a_renamed_record_is_told_where_it_was_renamed(plan, pytestconfig):
    file = pytestconfig.rootpath / FILE
    said = rules(lambda: load(file, sets=["sites.aion.phases.p1.id=p2"]))
    assert said["--set", "sites.aion.phases.p2"].startswith("id p2 given twice; the other is at ")
    said = rules(lambda: override(plan, {"sites.aion.phases.p1.id": "p2"}))
    assert said["override()", "sites.aion.phases.p2"].startswith("id p2 given twice")


def test_every_list_of_a_plan_is_looked_through(plan):
    lists = list(lists_of_records(plan._provenance.merged))
    assert {path[-1] for path, _ in lists} >= {"sites", "phases", "deployments", "grid_connection"}
    for path, ids in lists:
        dotted = ".".join(path)
        said = rules(lambda d=dotted, i=ids[0]: override(plan, {d: [{"id": i}, {"id": i}]}))
        assert said["override()", f"{dotted}.{ids[0]}"] == f"id {ids[0]} given twice"
        if len(ids) > 1:
            said = rules(lambda d=dotted, i=ids: override(plan, {f"{d}.{i[0]}.id": i[1]}))
            assert any("given twice" in rule for rule in said.values()), dotted


def test_a_list_that_is_set_is_looked_through_before_it_is_merged(pytestconfig):
    text = "sites.aion.phases=[{id: p1}, {id: p1}]"
    said = rules(lambda: load(pytestconfig.rootpath / FILE, sets=[text]))
    assert said["--set", "sites.aion.phases.p1"] == "id p1 given twice"


def test_records_of_python_are_looked_through(plan):
    twice = plan.model_copy(update={"sites": (plan.sites[0], plan.sites[0])})
    assert rules(lambda: checked(twice))["<records>", "sites.aion"] == "id aion given twice"


def test_a_file_says_it_once(pytestconfig):
    text = (pytestconfig.rootpath / FILE).read_text("utf-8")
    with pytest.raises(ScenarioError) as refusal:
        loads(text.replace("- id: p2\n", "- id: p1\n", 1))
    assert [f.rule.partition(";")[0] for f in refusal.value.faults].count("id p1 given twice") == 1
