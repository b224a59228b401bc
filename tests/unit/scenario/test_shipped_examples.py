"""What ships is listed and copied with the files it names, and nothing of the user's is written over."""

from __future__ import annotations

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.shipped_examples import EXAMPLES, copied, examples, first_line


def names(files, folder):
    return sorted(file.relative_to(folder).as_posix() for file in files)


def test_every_example_is_listed_with_a_first_line():
    assert {"aion-288k-h100e", "claims/aion", "plans/aion-least-cost"} <= set(examples())
    assert [name for name, file in examples().items() if not first_line(file)] == []


def test_a_file_without_a_comment_has_no_first_line(tmp_path):
    (tmp_path / "x.yaml").write_text("schema: 1\n", "utf-8")
    assert first_line(tmp_path / "x.yaml") == ""


def test_a_copy_brings_what_the_file_extends(tmp_path):
    files = copied("le-chat-15m-subscribers", str(tmp_path))
    assert names(files, tmp_path) == ["le-chat-15m-subscribers.yaml", "scaleway-5000-gpus.yaml"]
    assert all(file.read_bytes() == (EXAMPLES / file.name).read_bytes() for file in files)


def test_a_copy_brings_the_tables_the_file_names(tmp_path):
    files = names(copied("own-data/conversion-48mw", str(tmp_path)), tmp_path)
    assert files == sorted(f"own-data/{file.name}" for file in (EXAMPLES / "own-data").iterdir())


def test_the_beginning_of_names_and_a_folder_copy_all_of_them(tmp_path):
    files = names(copied("aion", str(tmp_path)), tmp_path)
    assert {"aion-288k-h100e.yaml", "claims/aion.yaml", "plans/aion-least-cost.yaml"} <= set(files)
    assert names(copied("living", str(tmp_path)), tmp_path) == [
        "living/status.csv",
        "living/us-campuses.yaml",
    ]


def test_what_is_there_and_the_same_is_left_and_another_file_stops_all(tmp_path):
    assert len(copied("le-chat", str(tmp_path))) == 2
    (tmp_path / "le-chat-15m-subscribers.yaml").unlink()
    assert names(copied("le-chat", str(tmp_path)), tmp_path) == ["le-chat-15m-subscribers.yaml"]
    (tmp_path / "le-chat-15m-subscribers.yaml").unlink()
    mine = tmp_path / "scaleway-5000-gpus.yaml"
    mine.write_text("mine", "utf-8")
    with pytest.raises(ScenarioError, match=r"scaleway-5000-gpus\.yaml: is there already, and another"):
        copied("le-chat", str(tmp_path))
    assert (names(tmp_path.iterdir(), tmp_path), mine.read_text("utf-8")) == (
        ["scaleway-5000-gpus.yaml"],
        "mine",
    )


@pytest.mark.parametrize("name", ["aion-288k-h100f", "", "../scenarios", "nothing-alike"])
def test_no_such_example(tmp_path, name):
    with pytest.raises(ScenarioError, match="there is no such example"):
        copied(name, str(tmp_path))
    assert list(tmp_path.iterdir()) == []
