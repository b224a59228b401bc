"""What is written is read as the same values, and the digest is of the values alone.

Tests `language.writer`, `language.notes`.
"""

from __future__ import annotations

import tracemalloc
from datetime import date

import pytest
import yaml

from capsim.language.notes import annotate
from capsim.language.reader import parse_tree
from capsim.language.tree import Faults, Place, from_python, plain
from capsim.language.writer import digest, yaml_text


def tree(text: str):
    """Tree of a text without faults, its sources taken off."""
    faults = Faults()
    read = annotate(parse_tree(text, "x.yaml", "file", faults), faults)
    assert faults.found == []
    return read


@pytest.mark.parametrize(
    "value",
    ["no", "1e6", "010", "é # ~", "two\nlines", 1e16, 1.5e-7, 3, True, None, date(2026, 1, 1), (1, "a"), ()],
)
def test_what_is_written_is_read_as_the_same(value):
    text = yaml_text(from_python({"a": value}, Place("x", 0, "file")))
    assert plain(tree(text)) == {"a": value}


def test_sources_stand_beside_the_values_they_speak_of():
    text = (
        "a: {value: 60, source: assumed, confidence: low}\nb: {dist: uniform, low: 1, high: 2, source: x y}\n"
    )
    assert yaml_text(tree(text)) == (
        "a:\n  value: 60\n  source: assumed\n  confidence: low\n"
        'b:\n  dist: uniform\n  low: 1\n  high: 2\n  source: "x y"\n'
    )


def test_records_are_written_one_by_one_as_the_whole_is():
    value = {"a": [{"id": "x", "of": [{"m": 1}]}, {"id": "z", "of": []}], "b": [], "c": [1], "d": {"e": "f"}}
    assert yaml_text(from_python(value, Place("x", 0, "file"))) == yaml.safe_dump(value, sort_keys=False)
    assert yaml_text(from_python({}, Place("x", 0, "file"))) == "{}\n"


def test_a_text_of_many_records_takes_little_beside_itself():
    records = [{"id": f"r{n}", "values": dict.fromkeys(map(str, range(30)), 1.5)} for n in range(300)]
    root = from_python({"records": records}, Place("x", 0, "file"))
    yaml_text(root)
    tracemalloc.start()
    try:
        text = yaml_text(root)
        # as a tree of nodes it takes sixty times its length
        assert tracemalloc.get_traced_memory()[1] < 4 * len(text)
    finally:
        tracemalloc.stop()


def test_a_digest_is_of_the_values():
    first = digest(tree("# a comment\na: 15\nb: [{id: x, on: 2026-01-01}]\n"))
    assert first == digest(tree("b:\n- id: x\n  on: {value: 2026-01-01, source: assumed}\na: 15.0\n"))
    assert first != digest(tree("a: 15.1\nb: [{id: x, on: 2026-01-01}]\n"))
