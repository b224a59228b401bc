"""Layers of a scenario: what is merged, what replaces, what is removed.

Tests `language.merge`, `language.layers`.
"""

from pathlib import Path

import pytest

from capsim.language.merge import merge, without_nulls
from capsim.language.tree import Place, from_python, plain
from capsim.scenario.loading import load, loads

HERE = Path(__file__).parents[1] / "scenario"
PLACE = Place("x.yaml", 1, "file")
VALUE = "sites.north.grid_connection.g1.stages.study.duration_months"


def merged(base, top):
    return plain(without_nulls(merge(from_python(base, PLACE), from_python(top, PLACE))))


def test_mappings_merge_by_key():
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"c": 3, "d": 4}}) == {"a": {"b": 1, "c": 3, "d": 4}}


def test_lists_of_records_merge_by_id_and_keep_the_base_order():
    base = [{"id": "x", "n": 1}, {"id": "y", "n": 2}]
    top = [{"id": "z", "n": 9}, {"id": "y", "m": 3}]
    expected = ({"id": "x", "n": 1}, {"id": "y", "n": 2, "m": 3}, {"id": "z", "n": 9})
    assert merged({"a": base}, {"a": top}) == {"a": expected}


@pytest.mark.parametrize("top", [[], [1, 2], ["a"], [{"n": 1}], 3, "text"])
def test_everything_else_replaces(top):
    assert merged({"a": [{"id": "x"}]}, {"a": top}) == plain(from_python({"a": top}, PLACE))


def test_uncertain_values_replace_as_a_whole():
    base = {"a": {"dist": "triangular", "low": 1, "mode": 2, "high": 3}}
    top = {"a": {"dist": "uniform", "low": 1, "high": 2}}
    assert merged(base, top) == top
    assert merged({"a": {"b": 1}}, top) == top


def test_null_removes_the_key():
    assert merged({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"c": None}}) == {"b": {}}


def test_merging_changes_neither_layer():
    base, top = from_python({"a": {"b": 1}}, PLACE), from_python({"a": {"c": 2}}, PLACE)
    merge(base, top)
    assert (plain(base), plain(top)) == ({"a": {"b": 1}}, {"a": {"c": 2}})


def test_the_order_of_all_six_layers(tmp_path):
    """format < catalogue < farthest extends < nearest extends < file < overrides in order < sets in order."""
    (tmp_path / "far.yaml").write_text((HERE / "good.yaml").read_text("utf-8"), "utf-8")
    step = "sites: [{id: north, grid_connection: [{id: g1, stages: [{id: study, duration_months: %s}]}]}]\n"
    named = f"overrides: {{one: {{{VALUE}: 4}}, two: {{{VALUE}: 5}}}}\n"
    (tmp_path / "near.yaml").write_text("extends: far.yaml\n" + step % 2, "utf-8")
    (tmp_path / "top.yaml").write_text("extends: near.yaml\n" + step % 3 + named, "utf-8")
    (tmp_path / "bare.yaml").write_text("extends: near.yaml\n", "utf-8")

    def found(file, **options):
        origin = load(tmp_path / file, **options).origin(VALUE)
        return origin.value, origin.layer

    central = {"dist": "triangular", "low": 4.6, "mode": 6.0, "high": 8.4}
    assert found("far.yaml") == (central, "catalog")
    assert found("near.yaml") == (2, "file")
    assert found("bare.yaml") == (2, "extends")
    assert found("top.yaml") == (3, "file")
    assert found("top.yaml", overrides=["one", "two"]) == (5, "override two")
    assert found("top.yaml", overrides=["two", "one"]) == (4, "override one")
    sets = [f"{VALUE}=6", f"{VALUE}=7"]
    assert found("top.yaml", overrides=["one"], sets=sets) == (7, "--set")
    assert found("top.yaml", sets=[f"{VALUE}=null"]) == (central, "catalog")
    rank = load(tmp_path / "top.yaml").origin("sites.paris.phases.p1.deployments.d1.priority")
    assert (rank.value, rank.layer) == (50, "default")


def test_extends_is_relative_to_the_file(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "base.yaml").write_text((HERE / "good.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "inner" / "top.yaml").write_text("extends: ../base.yaml\nname: other\n", "utf-8")
    scenario = load(tmp_path / "inner" / "top.yaml")
    assert scenario.name == "other"
    assert scenario.origin("start").file == str(tmp_path / "base.yaml")


def test_several_files_are_put_together(tmp_path):
    """A portfolio of two sites that share a base: the base is read once, and a later file is the stronger."""
    (tmp_path / "base.yaml").write_text((HERE / "good.yaml").read_text("utf-8"), "utf-8")
    for name, years in (("one", 6), ("two", 7)):
        text = (
            f"extends: base.yaml\nname: {name}\nhorizon_years: {years}\ntargets: [{{id: {name}, h100e: 5}}]\n"
        )
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    (tmp_path / "both.yaml").write_text("extends: [one.yaml, two.yaml]\nname: both\n", "utf-8")
    both = load(tmp_path / "both.yaml")
    assert (both.name, both.horizon_years) == ("both", 7)
    assert [target.id for target in both.targets][-2:] == ["one", "two"]
    assert both.origin("horizon_years").file == str(tmp_path / "two.yaml")


def test_files_that_are_shared_many_times_over_are_read_once(tmp_path):
    (tmp_path / "0.yaml").write_text((HERE / "good.yaml").read_text("utf-8"), "utf-8")
    for n in range(1, 10):
        (tmp_path / f"{n}.yaml").write_text(f"extends: [{', '.join([f'{n - 1}.yaml'] * 9)}]\n", "utf-8")
    assert load(tmp_path / "9.yaml").name == load(tmp_path / "0.yaml").name


def test_text_may_extend_a_file_of_the_working_directory(monkeypatch):
    monkeypatch.chdir(HERE)
    assert loads("extends: good.yaml\nname: other\n").name == "other"
