"""`capsim report` and --report, as a user starts them.

Tests `cli_reports`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e


SCENARIOS = Path(__file__).parents[2] / "scenarios"


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
        (("report", tmp_path, "--out", "x.pdf"), "x.pdf: a report ends in .html, .htm"),
    ):
        done = command(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(said)
        assert list(tmp_path.iterdir()) == []


def test_a_public_report_is_of_a_scenario_with_marks(command, aion_file, tmp_path):
    said = "--public leaves out what is marked as confidential, and nothing is"
    done = command(
        "run", aion_file, "--spread", 0, "--no-relief", "--report", tmp_path / "x.html", "--public"
    )
    assert (done.returncode, done.stderr.startswith(said)) == (2, True)
    assert not (tmp_path / "x.html").exists()
    done = command("run", aion_file, "--public")
    assert (done.returncode, done.stderr) == (2, "--public is of a report: it needs --report FILE\n")
    plan = tmp_path / "plan.yaml"
    plan.write_text(f"extends: {aion_file}\nconfidential: [costs.items.network.amount]\n")
    page = tmp_path / "public.html"
    done = command("run", plan, "--spread", 0, "--no-relief", "--report", page, "--public")
    assert done.returncode == 0, done.stderr
    assert "0.247148" not in page.read_text()
    assert ">confidential<" in page.read_text()


def test_pictures_and_pages_of_plans_that_are_looked_at_again(command, tmp_path):
    living = SCENARIOS / "living"
    plot, page = tmp_path / "now.svg", tmp_path / "now.html"
    asked = ("--actuals", living / "status.csv", "-n", 4, "--plot", plot, "--report", page)
    done = command("forecast", living / "us-campuses.yaml", *asked)
    assert done.returncode == 0, done.stderr
    assert b"<svg" in plot.read_bytes()
    assert "<h2>Grid power energised: so far, and to come</h2>" in page.read_text()
