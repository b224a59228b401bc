"""`capsim report` and --report, as a user starts them.

Tests `cli_reports`.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e


def test_a_report_of_a_run_and_of_its_folder_are_the_same(command, aion_file, tmp_path):
    first, again, folder = tmp_path / "a.html", tmp_path / "b.html", tmp_path / "out"
    done = command("run", aion_file, "--spread", 4, "--out", folder, "--report", first)
    assert (done.returncode, done.stderr) == (0, "")
    done = command("report", folder, "--out", again)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Written to {again}\n", "")
    assert first.read_bytes() == again.read_bytes()
    assert "P50" in first.read_text("utf-8")


def test_a_study_writes_its_report(command, aion_file, tmp_path):
    page = tmp_path / "audit.html"
    done = command("audit", aion_file.parent / "claims" / "aion.yaml", "--report", page)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Among reference builds" in page.read_text("utf-8")


def test_what_cannot_be_written_or_read_is_said(command, tmp_path):
    for arguments, said in (
        (("report", tmp_path), f"{tmp_path}: no folder of results"),
        (("report", tmp_path, "--out", "x.pdf"), "x.pdf: the name of a report ends in .html"),
    ):
        done = command(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(said)
        assert list(tmp_path.iterdir()) == []
