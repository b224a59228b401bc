"""Folders of studies: what is damaged is named."""

from __future__ import annotations

import json

import numpy as np
import pytest

from capsim.errors import StudyError
from capsim.study import store as stores
from capsim.study.folder import open_store, read_about
from capsim.study.store import identity

ABOUT = {"kind": "test", "n": 4, "seed": 0}


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "s", ABOUT, resume=False)
    store.write(0, np.arange(6.0).reshape(2, 3))
    store.write(1, np.arange(6.0, 12.0).reshape(2, 3))
    return store


def test_rows_are_those_written(tmp_path):
    store = open_store(tmp_path / "s", ABOUT, resume=False)
    values = np.arange(60.0).reshape(20, 3)
    store.write(0, values[:16])
    store.write(1, values[16:])
    assert store.blocks() == [0, 1]
    assert store.rows(0, 20).tolist() == values.tolist()
    assert store.rows(15, 18).tolist() == values[15:18].tolist()


def test_whole_blocks_pass_and_truncated_ones_are_named(store):
    store.check(0, 2, 3)
    data = store.path(1).read_bytes()
    store.path(1).write_bytes(data[:-5])
    with pytest.raises(StudyError, match=r"000001\.block: truncated"):
        store.check(1, 2, 3)


def test_an_edited_block_is_named(store):
    data = bytearray(store.path(0).read_bytes())
    data[-1] ^= 1
    store.path(0).write_bytes(bytes(data))
    with pytest.raises(StudyError, match=r"000000\.block: changed since"):
        store.check(0, 2, 3)


def test_an_edited_or_truncated_manifest_is_named(store):
    file = store.folder / "study.json"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"seed": 0', '"seed": 1'), "utf-8")
    with pytest.raises(StudyError, match=r"study\.json: changed"):
        read_about(store.folder)
    file.write_text(text[:20], "utf-8")
    with pytest.raises(StudyError, match=r"study\.json: truncated or changed"):
        read_about(store.folder)


def test_another_version_is_named(store):
    from capsim.study.store import checksum

    file = store.folder / "study.json"
    record = json.loads(file.read_text("utf-8")) | {"format": 99}
    file.write_text(json.dumps(record | {"checksum": checksum(record)}), "utf-8")
    with pytest.raises(StudyError, match="written in format 99"):
        read_about(store.folder)


def test_resuming_needs_the_same_study(store):
    assert open_store(store.folder, ABOUT, resume=True).blocks() == [0, 1]
    with pytest.raises(StudyError, match="holds another study: seed differs"):
        open_store(store.folder, ABOUT | {"seed": 1}, resume=True)
    with pytest.raises(StudyError, match="holds a study already"):
        open_store(store.folder, ABOUT, resume=False)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(StudyError, match="not the folder of a study"):
        open_store(tmp_path, ABOUT, resume=True)
    with pytest.raises(StudyError, match="is a file"):
        open_store(tmp_path / "notes.txt", ABOUT, resume=False)


def test_what_a_killed_study_left_unfinished_is_removed(store):
    left = store.draws / ".000002.block.123"
    left.write_bytes(b"half")
    open_store(store.folder, ABOUT, resume=True)
    assert not left.exists()


@pytest.mark.parametrize("left", [(), ("draws",), ("draws", ".study.json.123")])
def test_a_study_killed_before_it_said_what_it_is_is_begun_anew(tmp_path, left):
    for name in left:
        if name == "draws":
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_text("{", "utf-8")
    store = open_store(tmp_path, ABOUT, resume=True)
    assert sorted(file.name for file in store.folder.iterdir()) == ["draws", "study.json"]
    assert read_about(tmp_path)["seed"] == 0


def test_blocks_without_a_manifest_are_left_alone(store):
    (store.folder / "study.json").unlink()
    with pytest.raises(StudyError, match=r"study\.json is missing"):
        open_store(store.folder, ABOUT, resume=True)
    assert store.blocks() == [0, 1]


@pytest.mark.parametrize(
    ("what", "place", "name", "other"),
    [
        ("python", stores.platform, "python_version", "3.10.0"),
        ("processor", stores, "_processor", ["x86_64"]),
    ],
)
def test_a_study_begun_where_last_bits_may_differ_is_not_gone_on_with(
    tmp_path, monkeypatch, what, place, name, other
):
    open_store(tmp_path / "s", identity("test"), resume=False)
    open_store(tmp_path / "s", identity("test"), resume=True)
    with monkeypatch.context() as there:
        there.setattr(place, name, lambda: other)
        with pytest.raises(StudyError, match=f"holds another study: {what} differs"):
            open_store(tmp_path / "s", identity("test"), resume=True)


@pytest.mark.parametrize("depth", [600, 100_000])
def test_a_manifest_that_is_nested_too_deeply_is_named(store, depth):
    (store.folder / "study.json").write_text('{"format": 5, "a": ' + depth * "[" + depth * "]" + "}", "utf-8")
    with pytest.raises(StudyError, match=r"study\.json: (truncated or )?changed"):
        read_about(store.folder)
