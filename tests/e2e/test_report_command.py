"""`capsim report` and --report, as a user starts them.

Tests `cli_reports`.
"""

from __future__ import annotations

import html
import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from capsim.cli import app

pytestmark = pytest.mark.e2e


SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_a_report_of_a_run_and_of_its_folder_are_the_same(command, aion_file, tmp_path):
    first, again, folder = tmp_path / "a.html", tmp_path / "b.html", tmp_path / "out"
    done = command("run", aion_file, "--spread", 4, "--out", folder, "--report", first)
    assert (done.returncode, done.stderr) == (0, "")
    done = command("report", folder, "--out", again)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Written to {again}\n", "")
    first_page, *of_first = said_of_origin(first.read_text("utf-8"))
    second_page, *of_second = said_of_origin(again.read_text("utf-8"))
    assert first_page == second_page, "a page says how it came about, and all else is the same"
    assert (of_first[0][:2], of_second[0][:2]) == (["capsim", "run"], ["capsim", "report"])
    assert "computed for it" in of_first[1]
    assert f"from the results saved in {folder}" in of_second[1]
    assert "P50" in first.read_text("utf-8")


def test_a_study_writes_its_report(command, aion_file, tmp_path):
    page = tmp_path / "audit.html"
    done = command("audit", aion_file.parent / "claims" / "aion.yaml", "--report", page)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Among reference builds" in page.read_text("utf-8")


SMALL = str(SCENARIOS / "scaleway-5000-gpus.yaml")
LIVING = [
    str(SCENARIOS / "living" / "us-campuses.yaml"),
    "--actuals",
    str(SCENARIOS / "living" / "status.csv"),
]
PAGES = {
    "run": ["run", SMALL, "--spread", "4", "--set", "horizon_years=2"],
    "ensemble": ["ensemble", SMALL, "-n", "4", "--target", "accelerators >= 5000 by 2027-12"],
    "ensemble-grid": ["ensemble", SMALL, "-n", "2", "--sweep", "horizon_years=2,3"],
    "compare": ["compare", SMALL, "--set", "horizon_years=2", "-n", "4"],
    "sensitivity": ["sensitivity", SMALL, "--on", "capex", "--set", "horizon_years=2"],
    "sweep": ["sensitivity", SMALL, "--sweep", "horizon_years=2,3"],
    "relief": ["relief", SMALL, "--set", "horizon_years=2"],
    "solve": ["solve", SMALL, "--vary", "workload.allocation", "--until", "lcoc=1.6"],
    "plan": ["plan", "plan.yaml", "--allow-path", str(SCENARIOS)],
    "forecast": ["forecast", *LIVING, "-n", "4", "--chance", "critical_it_mw >= 100 by 2028-12"],
    "backtest": ["backtest", LIVING[0], *LIVING[1:], "--as-of", "2026-06-01", "-n", "4"],
    "audit": ["audit", str(SCENARIOS / "claims" / "aion.yaml")],
}
"""Commands that write a page, by the kind of what they show."""
OPTIONS = f"""
plan: more-halls
title: Halls of Nabu
scenario: {SMALL}
objective: least-cost
goal: critical_it_mw >= 8 by 2026-12
slots:
  - {{id: halls, path: sites.dc5.phases.gpu-halls}}
options:
  - {{id: as-built, slot: halls, set: {{sites.dc5.phases.gpu-halls.critical_it_mw: 8}}}}
  - {{id: larger, slot: halls, set: {{sites.dc5.phases.gpu-halls.critical_it_mw: 9}}}}
"""


def said_of_origin(page):
    """A page without its commands and its footer, the command in words, and the footer."""
    page = re.sub(r"<tr><td>command for the same numbers</td><td>.*?</td></tr>\n?", "", page)
    row = re.search(r"<tr><td>command</td><td>(.*?)</td></tr>", page)
    footer = re.search(r"<footer>(.*?)</footer>", page)
    rest = page.replace(row[0], "").replace(footer[0], "")
    return rest, shlex.split(html.unescape(row[1])), html.unescape(footer[1])


def written(arguments, page):
    """Run a command in the process, and take the page that it wrote away."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    text = page.read_bytes()
    page.unlink()
    return text


@pytest.mark.parametrize("kind", PAGES)
def test_the_command_on_a_page_makes_the_page_again(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text(OPTIONS, "utf-8")
    page = tmp_path / "a page.html"
    arguments = [*PAGES[kind], "--report", str(page)]
    first = written(arguments, page)
    text = first.decode()
    _, (program, *printed), footer = said_of_origin(text)
    assert (program, printed) == ("capsim", arguments)
    assert "computed for it" in footer
    assert written(printed, page) == first
    rows = dict(re.findall(r"<tr><td>([^<]*)</td><td>([^<]*)</td></tr>", text[text.index('id="manifest"') :]))
    assert {"digest of the catalogue", "version, capsim", "version, numpy"} <= rows.keys()
    digests = [value for name, value in rows.items() if name.startswith(("digest", "variants"))]
    assert any(re.search(r"[0-9a-f]{64}", value) for value in digests), "of what was read"


@pytest.mark.parametrize("kind", ["ensemble", "ensemble-grid", "compare", "sensitivity", "relief"])
def test_the_command_on_a_page_runs_where_the_folder_of_the_study_is_there(kind, tmp_path, monkeypatch):
    """A folder that holds a study is refused, so that the command leaves it out: the page is the same."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.html"
    first = written([*PAGES[kind], "--out", "a study", "--report", str(page)], page)
    assert (tmp_path / "a study").is_dir()
    _, (_, *printed), _ = said_of_origin(first.decode())
    assert printed == [*PAGES[kind], "--report", str(page)]
    assert written(printed, page) == first


def test_a_page_of_a_saved_run_has_the_command_for_its_numbers(tmp_path):
    """Of a saved run nobody knows how it was called, but its resolved scenario has all that was set."""
    folder, again, page = tmp_path / "a run", tmp_path / "again", tmp_path / "page.html"
    asked = ["run", SMALL, "--set", "finance.wacc_real=0.08", "--seed", "7", "--spread", "4", "--no-relief"]
    done = CliRunner().invoke(app, [*asked, "--out", str(folder)])
    assert done.exit_code == 0, done.output
    text = written(["report", str(folder), "--out", str(page)], page).decode()
    row = re.search(r"<tr><td>command for the same numbers</td><td>(.*?)</td></tr>", text)
    program, *printed = shlex.split(html.unescape(row[1]))
    assert (program, printed[:2]) == ("capsim", ["run", str(folder / "scenario.yaml")])
    done = CliRunner().invoke(app, [*printed, "--no-relief", "--out", str(again)])
    assert done.exit_code == 0, done.output
    first, second = (json.loads((at / "projection.json").read_text("utf-8")) for at in (folder, again))
    assert second["headline"] == first["headline"]
    assert second["manifest"]["digest"] == first["manifest"]["digest"]
    assert (folder / "yearly.csv").read_bytes() == (again / "yearly.csv").read_bytes()


def test_a_page_of_saved_results_names_their_folder_and_its_command(tmp_path):
    folder, page = tmp_path / "study", tmp_path / "page.html"
    done = CliRunner().invoke(app, ["ensemble", SMALL, "-n", "2", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    arguments = ["report", str(folder), "--out", str(page)]
    first = written(arguments, page)
    _, (_, *printed), footer = said_of_origin(first.decode())
    assert printed == arguments
    assert f"from the results saved in {folder}" in footer
    assert written(printed, page) == first


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
    plan.write_text(f"extends: {aion_file}\nconfidential: [costs.items.network.amount]\n", "utf-8")
    page = tmp_path / "public.html"
    done = command("run", plan, "--spread", 0, "--no-relief", "--report", page, "--public")
    assert done.returncode == 0, done.stderr
    text = page.read_text("utf-8")
    assert "0.247148" not in text
    assert "<td>command</td>" not in text
    assert str(tmp_path) not in text, "a file's name and a value that was set may be what is confidential"
    assert ">confidential<" in page.read_text("utf-8")


def test_pictures_and_pages_of_plans_that_are_looked_at_again(command, tmp_path):
    living = SCENARIOS / "living"
    plot, page = tmp_path / "now.svg", tmp_path / "now.html"
    asked = ("--actuals", living / "status.csv", "-n", 4, "--plot", plot, "--report", page)
    done = command("forecast", living / "us-campuses.yaml", *asked)
    assert done.returncode == 0, done.stderr
    assert b"<svg" in plot.read_bytes()
    assert "<h2>Grid power energised: so far, and to come</h2>" in page.read_text("utf-8")
