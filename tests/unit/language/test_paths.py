"""Dotted paths through mappings and records."""

from __future__ import annotations

import pytest

from capsim.errors import ScenarioError
from capsim.language.paths import find_unknown_ids, node_at, set_key, steps
from capsim.language.tree import Faults, Node, Place, from_python, plain

PLACE = Place("x.yaml", 1, "file")
TREE = {"sites": [{"id": "paris", "n": 1}, {"id": "rome", "n": {"dist": "uniform", "low": 1, "high": 2}}]}


def test_a_path_goes_through_keys_and_ids():
    root = from_python(TREE, PLACE)
    assert plain(node_at(root, ("sites", "paris", "n"), "x.yaml")) == 1
    assert list(steps(node_at(root, ("sites",), "x.yaml"))) == ["paris", "rome"]
    assert steps(node_at(root, ("sites", "rome", "n"), "x.yaml")) == {}


def test_a_path_that_leads_nowhere_names_the_nearest():
    with pytest.raises(ScenarioError) as caught:
        node_at(from_python(TREE, PLACE), ("sites", "roma", "n"), "x.yaml")
    (fault,) = caught.value.faults
    assert (fault.path, fault.rule) == ("sites.roma", "no such value; did you mean rome?")


@pytest.mark.parametrize(("value", "after"), [({"b": 2}, {"a": {"b": 2, "c": 3}}), (5, {"a": 5}), (None, {})])
def test_a_key_is_set_merged_or_removed(value, after):
    root = from_python({"a": {"b": 1, "c": 3}}, PLACE)
    set_key(root, "a", from_python(value, PLACE))
    assert plain(root) == after


def test_an_id_that_only_a_path_gave_is_unknown():
    root, faults = from_python(TREE, PLACE), Faults()
    root.value["sites"].value.append(Node({"id": from_python("rom", PLACE)}, PLACE, by_path=True))
    find_unknown_ids(root, faults)
    assert [(f.path, f.rule) for f in faults.found] == [("sites.rom", "unknown id rom; did you mean rome?")]
