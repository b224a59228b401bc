"""Folders that are gone with their process, or with the next. Tests `temporary`."""

import os
import subprocess
import sys
import threading

import pytest

from capsim.temporary import locked, new_file, temporary_folder

LEFT = """
import os, sys
from pathlib import Path
from capsim.temporary import temporary_folder
with temporary_folder("mine-", Path(sys.argv[1])) as folder:
    (folder / "file").write_text("much")
    os._exit(9)
"""


def left_behind(place):
    assert subprocess.run([sys.executable, "-c", LEFT, str(place)], check=False).returncode == 9
    (folder,) = place.iterdir()
    return folder


def failing_inside(place):
    with temporary_folder("mine-", place) as folder:
        assert folder.parent == place
        raise RuntimeError


def test_a_folder_is_gone_afterwards_also_after_a_fault(tmp_path):
    with pytest.raises(RuntimeError):
        failing_inside(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_goes_with_the_next_and_nothing_else_does(tmp_path):
    left = left_behind(tmp_path)
    (tmp_path / "mine-file").write_text("no folder", "utf-8")
    (tmp_path / "mine-link").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "yours-1").mkdir()
    with temporary_folder("mine-", tmp_path) as first, temporary_folder("mine-", tmp_path) as second:
        assert first.exists()
        assert second.exists()
        assert not left.exists()
    assert {p.name for p in tmp_path.iterdir()} == {"mine-file", "mine-link", "yours-1"}


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    """As by another process between the two: one folder after another, until one is there and locked."""
    swept = []
    open_folder = os.open

    def sweeping(path, flags, **how):
        if len(swept) < 3:
            swept.append(path)
            path.rmdir()
        return open_folder(path, flags, **how)

    monkeypatch.setattr(os, "open", sweeping)
    with temporary_folder("mine-", tmp_path) as folder:
        assert folder.exists()
        assert folder not in swept
    assert len(swept) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_second_one_is_kept_out(tmp_path):
    with locked(tmp_path) as is_ours:
        assert is_ours
        with pytest.raises(BlockingIOError), locked(tmp_path):
            pass


def test_many_at_once_do_not_sweep_one_another(tmp_path):
    lost = []

    def use():
        for _ in range(30):
            with temporary_folder("mine-", tmp_path) as folder:
                (folder / "file").write_text("x", "utf-8")
                if not (folder / "file").exists():
                    lost.append(folder)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not lost
    assert not list(tmp_path.iterdir())


def test_a_file_is_there_whole_or_as_it_was(tmp_path):
    file = tmp_path / "page.html"
    file.write_text("old", "utf-8")
    file.chmod(0o640)

    def half():
        with new_file(file) as unfinished:
            unfinished.write_text("ne", "utf-8")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        half()
    assert file.read_text("utf-8") == "old"
    with new_file(file) as unfinished:
        unfinished.write_text("new", "utf-8")
        assert file.read_text("utf-8") == "old"
    assert (file.read_text("utf-8"), file.stat().st_mode & 0o777) == ("new", 0o640)
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_a_link_is_followed_and_a_pipe_written_to_as_it_is(tmp_path):
    link, file, pipe = tmp_path / "link", tmp_path / "file", tmp_path / "pipe"
    link.symlink_to(file)
    with new_file(link) as unfinished:
        unfinished.write_text("text", "utf-8")
    assert (link.is_symlink(), file.read_text("utf-8")) == (True, "text")
    os.mkfifo(pipe)
    with new_file(pipe) as unfinished:
        assert unfinished == pipe
