"""Reading of YAML: places, refusals, and traps of the format.

Tests `language.reader`, `language.tree`.
"""

from datetime import date

import pytest

from capsim.errors import ScenarioError
from capsim.language.reader import parse_scalar, parse_tree, read_tree
from capsim.language.tree import Faults, plain


def read(text: str):
    """Plain value of a text that has no faults."""
    faults = Faults()
    tree = parse_tree(text, "x.yaml", "file", faults)
    assert faults.found == []
    return plain(tree)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e6", 1e6),
        ("1E-3", 1e-3),
        ("6.5e-2", 0.065),
        ("+12", 12),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("0", 0),
        ("0.1", 0.1),
        ("12:30", "12:30"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("0o17", "0o17"),
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01", "2026-01"),
        ("=", "="),
        ('"1e6"', "1e6"),
        ("'true'", "true"),
        ('"2026-01-31"', "2026-01-31"),
        ('"010"', "010"),
    ],
)
def test_scalars(written, value):
    got = read(f"key: {written}\n")["key"]
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("written", ["010", "-010", "00", "1e999", "2026-02-30", "9" * 19])
def test_ambiguous_scalars_raise(written):
    with pytest.raises(ValueError, match=r"."):
        parse_scalar(written)


def test_lines_are_those_of_the_keys():
    tree = parse_tree("a: 1\n\nb:\n  - x\n  - id: r\n    c: 2\n", "x.yaml", "file", Faults())
    assert tree.get("a").place.line == 1
    assert tree.get("b").place.line == 3
    record = tree.get("b").value[1]
    assert (record.place.line, record.get("c").place.line) == (5, 6)
    assert str(record.place) == "x.yaml:5"


def test_a_byte_order_mark_is_tolerated(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: a\n")
    assert plain(read_tree(str(path), "file", Faults())) == {"name": "a"}


def test_aliases_are_copies():
    faults = Faults()
    tree = parse_tree("a: &x {n: 1}\nb: *x\n", "x.yaml", "file", faults)
    assert plain(tree) == {"a": {"n": 1}, "b": {"n": 1}}
    tree.get("a").get("n").value = 2
    assert tree.get("b").get("n").value == 1
    assert tree.get("b").place.line == 2


def test_a_file_may_be_long_and_its_aliases_may_not():
    many = "a: [" + "{b: 1, c: 1}, " * 40_000 + "1]\n"
    assert len(plain(parse_tree(many, "x.yaml", "file", Faults()))["a"]) == 40_001
    bomb = "a: &a [" + "1, " * 999 + "1]\nb: &b [" + ", ".join(["*a"] * 50) + "]\nc: [*b, *b]\n"
    with pytest.raises(ScenarioError, match=r"x.yaml:3: aliases stand for more than 60,000 values"):
        parse_tree(bomb, "x.yaml", "file", Faults())


def test_a_record_is_found_by_its_id_wherever_it_has_moved():
    tree = parse_tree("- {id: a, n: 1}\n- {id: b, n: 2}\n- {n: 3}\n", "x.yaml", "file", Faults())
    assert [tree.named(name).scalar("n") for name in ("a", "b", "2")] == [1, 2, 3]
    tree.value.reverse()
    assert [tree.named(name).scalar("n") for name in ("a", "b", "0")] == [1, 2, 3]
    assert tree.named("2") is None  # it has an id now
    tree.value.pop()
    assert tree.named("a") is None


def test_faults_come_together_with_ids_in_their_paths():
    faults = Faults()
    parse_tree("- id: p1\n  a: 010\n  b: .inf\n  a: 1\n- !t x\n", "x.yaml", "file", faults)
    assert [str(fault) for fault in faults.found] == [
        "x.yaml:2  p1.a: a number does not start with 0; write 10 or quote it (got 010)",
        "x.yaml:3  p1.b: a number must be finite (got .inf)",
        "x.yaml:4  p1.a: key given twice; the first is on line 2",
        "x.yaml:5  1: tags are not allowed; write the plain value (got !t)",
    ]


def test_crlf_and_unicode():
    assert read("name: é\r\ntitle: Zürich\r\n") == {"name": "é", "title": "Zürich"}


def test_a_quoted_merge_key_is_a_key():
    assert read('"<<": 1\n') == {"<<": 1}


@pytest.mark.parametrize(
    "text", ["a: [1, 2\n", "a: b: c\n", "a: 'x\n", "\ta: 1\n", "%YAML 9\n---\na\n", "@a\n"]
)
def test_what_is_no_yaml_has_one_fault_with_a_line(text):
    with pytest.raises(ScenarioError) as caught:
        parse_tree(text, "x.yaml", "file", Faults())
    assert [fault.line >= 1 for fault in caught.value.faults] == [True]
