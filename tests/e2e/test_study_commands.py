"""Studies through the installed command, and studies that are killed.

Tests `cli_answers`, `cli_studies`, `terminal`.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CAPSIM = Path(sys.executable).with_name("capsim")
SCALEWAY = "scenarios/scaleway-5000-gpus.yaml"
AION = "scenarios/aion-288k-h100e.yaml"
QUICK = ("--set", "horizon_years=2")

pytestmark = pytest.mark.e2e


def capsim(*arguments, check=True):
    env = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"PYTHONUTF8": "1"}
    words = [CAPSIM, *arguments]
    run = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False)
    assert not check or run.returncode == 0, run.stderr
    return run


def files(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_ensemble_says_how_sure_it_is(tmp_path):
    study = (SCALEWAY, "-n", "16", *QUICK, "--target", "h100e_8bit>=7000 by 2025-12")
    shown = capsim("ensemble", *study, "--plot", str(tmp_path / "fan.png")).stdout
    assert "16 replications of 95 uncertain values, seed 0" in shown
    assert "H100e (8bit) >= 7,000" in shown
    assert (tmp_path / "fan.png").stat().st_size > 10_000
    record = json.loads(capsim("ensemble", *study, "--json").stdout)
    figure = record["figures"]["lcoc_eur_per_h100e_h"]
    assert figure["p5"] <= figure["p50"] <= figure["p95"]


def test_ensemble_of_several_variants_is_a_grid(tmp_path):
    """Two processes, stopped or not, give the bytes of one; wrong input is named and nothing is left."""
    grid = ("ensemble", SCALEWAY, "--sweep", "finance.wacc_real=0.06,0.09", *QUICK, "-n", "12")
    shown = capsim(*grid, "--processes", "1", "--out", str(tmp_path / "a"), "--draws").stdout
    assert "Cost of an H100e-hour, EUR2025: 2 variants against Cost of capital, real = 0.06" in shown
    twice = (*grid, "--processes", "2", "--out", str(tmp_path / "b"), "--draws")
    capsim(*twice)
    record = json.loads(capsim(*twice, "--resume", "--json").stdout)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert list(record["variants"]) == ["wacc_real=0.06", "wacc_real=0.09"]
    (lcoc,) = [r for r in record["differences"] if r["figure"] == "lcoc_eur_per_h100e_h" and r["difference"]]
    assert (lcoc["variant"], lcoc["differs"]) == ("wacc_real=0.09", True)
    assert 0 < lcoc["difference_low"] < lcoc["difference"] < lcoc["difference_high"]
    for wrong, said in (
        (("--by-site",), "--by-site is of one scenario"),
        (("--override", "rubin"), "unknown override (got rubin)"),
        (("--sweep", "finance.wacc_real=7"), "finance.wacc_real is swept twice"),
        (("--sweep", "workload.allocation=7"), "--sweep  workload.allocation: must be"),
        (("--on", "lcoo"), "no result is called lcoo"),
    ):
        run = capsim(*grid, *wrong, "--out", str(tmp_path / "wrong"), check=False)
        assert run.returncode == 2
        assert said in run.stderr
        assert "Traceback" not in run.stderr
    assert not (tmp_path / "wrong").exists()
    alone = capsim("ensemble", SCALEWAY, *QUICK, "-n", "2", "--on", "lcoc", check=False)
    assert (alone.returncode, alone.stderr.strip()) == (2, "--on is of several variants; here is one")


def test_ensemble_dates_the_phases(tmp_path):
    study = ("ensemble", AION, "-n", "8", "--out", str(tmp_path / "s"))
    shown = capsim(*study, "--all").stdout.splitlines()
    assert any(
        line.startswith("Dates of phases (never: not inside the horizon, 2026-01 to") for line in shown
    )
    results = json.loads((tmp_path / "s" / "results.json").read_text("utf-8"))["dates"]
    assert json.loads(capsim(*study, "--resume", "--json").stdout)["dates"] == results
    last = [row for row in results if row["phase"] == "p4"]
    assert [row["milestone"] for row in last] == [
        "energised",
        "ready_for_service",
        "first_in_service",
        "fleet_in_service",
    ]
    assert last[0]["p50"] <= last[1]["p50"] <= last[2]["p50"] <= last[3]["p50"]
    line = next(line for line in shown if line.startswith("aion.p4 ready for service"))
    assert line.split()[4] == last[1]["central"][:7]


def test_compare_shows_the_waterfall(tmp_path):
    picture = ("--all", "--plot", str(tmp_path / "w.svg"))
    run = capsim("compare", AION, "--override", "rubin", "-n", "8", *picture)
    assert "System, aion.p3.racks" in run.stdout
    assert "vr200-nvl72" in run.stdout
    assert (tmp_path / "w.svg").exists()
    wrong = capsim("compare", AION, SCALEWAY, "--override", "rubin", check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "compare one file with its own variants" in wrong.stderr


def test_compare_shows_scenarios_of_different_years():
    shown = capsim("compare", AION, SCALEWAY, "-n", "2", "--all").stdout
    years = "the years differ (AION gigafactory: 2026-01 to 2037-12; Scaleway: 2025-07 to "
    assert years in " ".join(shown.split())
    assert "Energy at the meter, common months" in shown


def test_compare_lays_options_side_by_side_and_ranks_them():
    asked = ("--by", "h100e_8bit at 2031-12", "--figure", "capex by 2031-12", "--figure", "pue in 2031")
    shown = capsim("compare", AION, "--override", "rubin", "-n", "2", *asked).stdout
    best = "Best by H100e (8bit) at 2031-12: aion-288k-h100e"
    assert best in " ".join(shown.split())
    assert "Dominated by" in shown
    assert "by 2031-12" in shown
    assert "h100e_8bit_peak" not in shown
    wrong = capsim("compare", AION, "--override", "rubin", "-n", "2", "--by", "h100e at 2031-12", check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no result is called h100e; did you mean h100e_" in wrong.stderr


def test_a_figure_is_worked_from_its_numbers():
    shown = capsim("run", SCALEWAY, "--explain", "pue in 2027").stdout
    assert "over: IT energy" in shown
    wrong = capsim("run", SCALEWAY, "--explain", "puee", check=False)
    assert (wrong.returncode, wrong.stderr.strip()) == (2, "no result is called puee; did you mean pue?")


def test_compare_takes_values_and_keeps_names_whole():
    path = "sites.aion.phases.p1.deployments.racks.system_price_usd"
    values = ("--set", f"{path}=3000000", "--set", "finance.wacc_real=0.08")
    shown = capsim("compare", AION, *values, "--override", "rubin", "-n", "2", "--all").stdout
    named = "Price of a system, aion.p1.racks = 3,000,000 USD/system; Cost of capital, real = 8 %/y"
    assert f"rubin and {named} against aion-288k-h100e" in " ".join(shown.split())
    assert "\nPrice of a system, aion.p1.racks " in shown
    assert "\nSystem, aion.p4.racks " in shown


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (("ensemble", SCALEWAY, "--plot", "x.docx"), "x.docx: a picture ends in .png, .svg, .pdf"),
        (("sensitivity", SCALEWAY, "--plot", "/nowhere/x.png"), "there is no folder /nowhere"),
        (("compare", SCALEWAY, SCALEWAY, "--plot", "x"), "x: a picture ends in"),
        (
            ("sensitivity", SCALEWAY, "--sweep", "workload.allocation=0.5,1.5"),
            "--sweep  workload.allocation: must be at most 1 (got 1.5)",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(command, named, tmp_path):
    wrong = capsim(*command, "--out", str(tmp_path / "s"), check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert named in wrong.stderr
    assert not (tmp_path / "s").exists()


def test_sensitivity_ranks_and_sweeps(tmp_path):
    shown = capsim(
        "sensitivity",
        SCALEWAY,
        *QUICK,
        "--sobol",
        "4",
        "--top",
        "2",
        "--plot",
        str(tmp_path / "t.png"),
        "--all",
    )
    said = " ".join(shown.stdout.split())
    assert "Share of accelerators that hold a job" in said
    assert "workload.allocation" not in said
    assert "Sobol' indices" in shown.stdout
    axes = ("--sweep", "finance.wacc_real=0.05:0.07:0.01", "--sweep", "workload.allocation=0.5,0.9")
    swept = capsim("sensitivity", SCALEWAY, *QUICK, *axes, "--plot", str(tmp_path / "s.png"), "--json")
    assert len(json.loads(swept.stdout)["points"]) == 6
    line = ("--sweep", "finance.wacc_real=0.05,0.06", "--plot", str(tmp_path / "l.png"))
    few = capsim("sensitivity", SCALEWAY, *QUICK, *line).stdout.splitlines()
    assert next(row for row in few if row.startswith("Cost of capital, real, %/y")).split()[-2:] == ["5", "6"]
    assert all((tmp_path / f).exists() for f in ("t.png", "s.png", "l.png"))


def test_solve_plan_and_audit_answer():
    path = "sites.aion.phases.p1.critical_it_mw"
    found = json.loads(
        capsim("solve", AION, "--vary", path, "--until", "h100e_8bit=800000 at 2030-12", "--json").stdout
    )
    assert 55 < found["found"] < 60
    missed = capsim("solve", AION, "--vary", path, "--until", "lcoc<=0.1").stdout
    assert "Critical IT power, aion.p1: no value reaches Cost of an H100e-hour <= 0.1 EUR2025" in missed
    assert "as it is nearest" in " ".join(missed.split())
    planned = " ".join(capsim("plan", "scenarios/plans/aion-least-cost.yaml").stdout.split())
    assert re.search(r"aion.p3 NVIDIA Rubin Ultra Kyber rack .*?power \S+ MW 20\d\d-\d\d", planned)
    shown = capsim("audit", "scenarios/claims/aion.yaml", "--all").stdout
    assert "1,600 systems x 72 accelerators x 2.5 = 288,000 H100e" in " ".join(shown.split())
    several = ("scenarios/claims/opcore-2-5bn.yaml", "scenarios/claims/aion.yaml")
    table = json.loads(capsim("audit", *several, "--table", "--json").stdout)
    assert [one["claim"]["claim"] for one in table] == ["opcore-2-5bn", "aion"]
    assert "scope of the money" in capsim("audit", *several, "--table").stdout
    refused = capsim("audit", *several, check=False)
    assert (refused.returncode, "--table" in refused.stderr) == (2, True)
    record = json.loads(capsim("audit", "scenarios/claims/opcore-2-5bn.yaml", "--json").stdout)
    assert {reading["verdict"] for reading in record["readings"]} == {"only if", "inconsistent"}


def test_an_answer_that_is_a_plan_has_the_sections_of_a_run():
    asked = (
        "solve",
        AION,
        "--vary",
        "sites.aion.phases.p1.critical_it_mw",
        "--until",
        "h100e_8bit=288000 at 2030-01",
    )
    dates = capsim(*asked, "--milestones").stdout
    assert dates.startswith("Milestones (")
    assert "25.1" in next(line for line in dates.splitlines() if line.startswith("aion p1"))
    all_of_it = capsim(*asked, "--all").stdout
    assert all_of_it.startswith(
        "Critical IT power, aion.p1: 25.051 MW reaches H100e (8bit) = 288,000 at 2030-01"
    )
    assert all_of_it.index("\n2026 ") < all_of_it.index("Milestones (")
    assert "More: " not in all_of_it


def test_wrong_input_is_told_and_nothing_written(tmp_path):
    wrong = capsim("ensemble", SCALEWAY, "--until-ci", "two", check=False)
    assert (wrong.returncode, wrong.stderr.strip()) == (2, "--until-ci is written 2% or 0.02 (got two)")
    (tmp_path / "notes").write_text("mine", "utf-8")
    taken = capsim("ensemble", SCALEWAY, "-n", "2", "--out", str(tmp_path), check=False)
    assert taken.returncode == 2
    assert "not the folder of a study" in taken.stderr


ENSEMBLE = ("ensemble", SCALEWAY, *QUICK, "-n", "256")
SENSITIVITY = ("sensitivity", SCALEWAY, *QUICK, "--sobol", "32", "--top", "3")


def start(folder, *more, study=ENSEMBLE):
    command = [CAPSIM, *study, "--processes", "2", "--out", str(folder)]
    return subprocess.Popen([*command, *more], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(study):
    _, said = study.communicate()
    assert study.returncode == 0, said.decode()


@pytest.mark.parametrize("study", [ENSEMBLE, SENSITIVITY], ids=["ensemble", "sensitivity"])
def test_a_study_killed_again_and_again_ends_with_the_same_bytes(study, tmp_path):
    """Kill -9 of the parent at random moments; CAPSIM_KILLS sets how often."""
    kills, moments = int(os.environ.get("CAPSIM_KILLS", "3")), random.Random(5)
    finish(start(tmp_path / "whole", study=study))
    folder, killed = tmp_path / "killed", 0
    while killed < kills:
        running = start(folder, "--resume", study=study)
        time.sleep(moments.uniform(0.0, 3.0))
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
            killed += 1
        running.communicate()
        if (folder / "results.json").exists():
            assert files(folder) == files(tmp_path / "whole")
            folder = tmp_path / f"killed-{killed}"
    finish(start(folder, "--resume", study=study))
    assert files(folder) == files(tmp_path / "whole")


def interrupted(folder, replications):
    """A study that is interrupted once it has a block, and what it said; it may have been done before."""
    study = start(folder, study=("ensemble", SCALEWAY, *QUICK, "-n", str(replications)))
    while study.poll() is None and not list(folder.glob("draws/*.block")):
        time.sleep(0.02)
    study.send_signal(signal.SIGINT)
    return study, study.communicate()[1]


def test_ctrl_c_keeps_what_is_done(tmp_path):
    # where this process gets so little time that the signal comes too late, a longer study is tried
    for replications in (512, 2048, 8192):
        shutil.rmtree(tmp_path / "s", ignore_errors=True)
        study, said = interrupted(tmp_path / "s", replications)
        if study.returncode:
            break
    long = ("ensemble", SCALEWAY, *QUICK, "-n", str(replications))
    assert study.returncode == 130
    assert f"go on with --out {tmp_path / 's'} --resume" in said.decode()
    assert not (tmp_path / "s" / "results.json").exists()
    finish(start(tmp_path / "s", "--resume", study=long))
