"""Hostile files are refused with one clear fault, in less than a second of a quiet machine.

Tests `language.reader`, `scenario.loading`.
"""

import os
import time
from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.loading import load

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
CASES = {
    "nested lists": ("[" * 1_000_000, "nested deeper than 40 levels"),
    "nested mappings": ("{a: " * 200_000, "nested deeper than 40 levels"),
    "nested blocks": ("".join("  " * n + "a:\n" for n in range(500)), "nested deeper than 40 levels"),
    "nested sequences": ("- " * 100_000, "nested deeper than 40 levels"),
    "alias bomb": (BOMB, "aliases stand for more than 60,000 values"),
    "alias of itself": ("a: &a [*a]\n", "alias *a names nothing written before it"),
    "alias of nothing": ("a: *b\n", "did not find|undefined|alias *b names nothing"),
    "many values": ("[" + "1," * 1_000_000 + "]", "more than 60,000 entries"),
    "many keys": ("".join(f"k{n}: 1\n" for n in range(150_000)), "more than 60,000 entries"),
    "NUL": ("schema: 1\nname: a\0b\n", ":2: not a text file: it has control characters"),
    "empty": ("", "the file is empty"),
    "only a comment": ("# nothing\n", "the file is empty"),
    "a key that is a list": ("? [a, b]\n: 1\n", "a key must be a plain word"),
    "a long number": ("schema: " + "9" * 5000 + "\n", "a whole number has at most 18 digits"),
}

WORK_PER_SECOND = 15.0
"""Times that a quiet machine does the fixed piece of work in a second. [1/s]"""


def at_once_s() -> float:
    """A second of processor time, and more where a fixed piece of work shows that the machine is slow."""
    begins = time.process_time()
    _ = {f"k{n}": [n] for n in range(100_000)}
    return max(1.0, WORK_PER_SECOND * (time.process_time() - begins))


def refusal(path) -> tuple[str, float]:
    """Message of the refusal and the processor seconds it took."""
    before = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value), time.process_time() - before


@pytest.mark.parametrize("name", CASES)
def test_hostile_text_is_refused_at_once(tmp_path, name):
    text, rule = CASES[name]
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    # the least of three: another process takes of the caches, and so of the time of this one
    (message, *others), seconds = zip(*(refusal(path) for _ in range(3)), strict=True)
    assert {message} == {message, *others}
    assert any(words in message for words in rule.split("|"))
    assert len(message) < 5_000
    assert min(seconds) < at_once_s()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"\x7fELF\x02\x01\x01\x00\xff\xfe", "not a UTF-8 text file"),
        ("schema: 1\n".encode("utf-16"), "not a UTF-8 text file"),
        (b"name: caf\xe9\n", "not a UTF-8 text file"),
        (b"\x00" * 1000, "it has control characters"),
    ],
)
def test_binary_is_refused(tmp_path, content, rule):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    message, seconds = refusal(path)
    assert rule in message
    assert seconds < at_once_s()


def test_hundred_megabytes_are_refused_unread(tmp_path):
    path = tmp_path / "x.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    message, seconds = refusal(path)
    assert "larger than 50000000 bytes; a scenario is text of some pages (got 100000000 bytes)" in message
    assert seconds < at_once_s()


def test_what_is_no_file_is_refused(tmp_path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    cases = {
        tmp_path: "cannot be read: it is a directory",
        tmp_path / "none.yaml": "cannot be read: no such file or directory",
        pipe: "cannot be read: it is not a regular file",
        Path("/dev/zero"): "cannot be read: it is not a regular file",
        tmp_path / ("x" * 300): "cannot be read: file name too long",
        tmp_path / "a\0b.yaml": "cannot be read: not a file name",
    }
    for path, rule in cases.items():
        message, seconds = refusal(path)
        assert rule in message
        assert seconds < at_once_s()


def test_a_python_tag_runs_nothing(tmp_path):
    path, witness = tmp_path / "x.yaml", tmp_path / "witness"
    path.write_text(f'title: !!python/object/apply:os.system ["touch {witness}"]\n', "utf-8")
    message, seconds = refusal(path)
    assert "title: tags are not allowed" in message
    assert not witness.exists()
    assert seconds < at_once_s()


def refusal_of_faults(path, number) -> float:
    """Processor seconds in which a file with so many unknown keys is refused; the least of three."""
    path.write_text("schema: 1\n" + "".join(f"k{n}: 1\n" for n in range(number)), "utf-8")
    refusals = [refusal(path) for _ in range(3)]
    # name, start, horizon and sites are missing besides
    assert {message.rpartition(": ")[2] for message, _ in refusals} == {
        f"{number + 4} problems, nothing was run"
    }
    return min(seconds for _, seconds in refusals)


def test_thousands_of_faults_are_found_in_proportion(tmp_path):
    path = tmp_path / "x.yaml"
    few_s = refusal_of_faults(path, 1_000)
    many_s = refusal_of_faults(path, 5_000)
    # five times the faults: 5 where time grows as they do, 25 where each is held against all others
    assert many_s / few_s < 12


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("title", r'"a\e[31mred"', "title"),
        ("title", r'"turned \u202eround"', "title"),
        ("workload", r'{preset: "x\a"}', "workload.preset"),
        (
            "sources",
            r'[{id: s, publisher: "a\b", published: 2025-01-01, statement: x}]',
            "sources.s.publisher",
        ),
    ],
)
def test_text_that_steers_a_terminal_is_refused_and_shown_escaped(tmp_path, key, value, path):
    file = tmp_path / "mine.yaml"
    file.write_text(f"schema: 1\nname: x\nstart: 2026-01-01\n{key}: {value}\nsites: []\n", "utf-8")
    with pytest.raises(ScenarioError) as refusal:
        load(file)
    said = next(line for line in str(refusal.value).splitlines() if f"{path}:" in line)
    assert "must be text without characters of control" in said
    assert said.isprintable()


@pytest.mark.parametrize("named", ['"a\\0b.yaml"', '[base.yaml, "a\\0b.yaml"]'])
def test_a_file_that_is_extended_has_a_name_of_files(tmp_path, named):
    file = tmp_path / "plan.yaml"
    file.write_text(f"schema: 1\nextends: {named}\n", "utf-8")
    (tmp_path / "base.yaml").write_text("schema: 1\n", "utf-8")
    with pytest.raises(ScenarioError) as refused:
        load(file)
    assert "plan.yaml:2  extends: not a file name (got a\\x00b.yaml)" in str(refused.value)
