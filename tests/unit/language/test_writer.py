"""What is written is read as the same values, and the digest is of the values alone.

Tests `language.writer`, `language.notes`.
"""

from __future__ import annotations

from datetime import date

import pytest

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


def test_a_digest_is_of_the_values():
    first = digest(tree("# a comment\na: 15\nb: [{id: x, on: 2026-01-01}]\n"))
    assert first == digest(tree("b:\n- id: x\n  on: {value: 2026-01-01, source: assumed}\na: 15.0\n"))
    assert first != digest(tree("a: 15.1\nb: [{id: x, on: 2026-01-01}]\n"))
