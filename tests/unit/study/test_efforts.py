"""What a run will take, told beforehand: against the counts that it is worked from.

Tests `study.efforts` and what `capsim run` says of it.
"""

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from capsim.cli import app
from capsim.errors import StudyError
from capsim.scenario.loading import loads
from capsim.study import ensemble, forecast
from capsim.study.efforts import (
    BASE_GB,
    KEPT_GB,
    PHASE_S,
    SITE_YEAR_S,
    VIEWS,
    Effort,
    effort,
    ladder_runs,
    relief_effort,
    study_effort,
)

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def test_it_grows_with_sites_phases_draws_and_limits(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    halls = make.hall(make.racks()), make.hall(make.racks(), id="p2")
    plan = loads(make.scenario(*(make.site(*halls, id=name) for name in "abc"), horizon_years=5))
    run_s = 6 * PHASE_S + 3 * 5 * SITE_YEAR_S
    alone = effort(plan)
    assert alone.seconds == pytest.approx(VIEWS * run_s)
    assert alone.gigabytes == pytest.approx(BASE_GB + 6 * KEPT_GB[0] + 3 * KEPT_GB[1])
    assert alone.what == "3 sites, 6 phases"
    assert effort(plan, 64).seconds == pytest.approx((VIEWS + 16) * run_s)
    lifted = effort(plan, with_relief=True)
    limits = int(lifted.what.split(", ")[-1].split()[0])
    assert limits > 5
    assert lifted.seconds == pytest.approx((VIEWS + limits) * run_s)
    written = effort(plan, is_written=True)
    assert written.seconds > alone.seconds
    assert written.gigabytes > alone.gigabytes


@pytest.mark.parametrize(("seconds", "gigabytes"), [(61.0, 0.2), (1.0, 1.1)])
def test_it_is_worth_a_word_beyond_a_minute_or_a_gigabyte(seconds, gigabytes):
    assert Effort(seconds, gigabytes, "").is_worth_a_word
    assert not Effort(59.0, 0.9, "").is_worth_a_word
    assert str(Effort(125.0, 1.24, "1,000 sites")) == "about 2 minutes and 1.2 GB: 1,000 sites"
    assert str(Effort(3 * 3600.0, 1.24, "1 site")).startswith("about 3 hours and")
    assert str(Effort(5 * 86400.0, 1.24, "1 site")).startswith("about 5 days and")
    assert str(Effort(10.0, 1.24, "1 site")).startswith("about 1 minute and")


def test_runs_of_variants_are_shared_by_processes_as_draws_are():
    plan = loads(make.scenario(make.site(make.hall(make.racks()))))
    run_s = PHASE_S + plan.horizon_years * SITE_YEAR_S
    asked = effort(plan, runs=30, processes=3)
    assert asked.seconds == pytest.approx((VIEWS + 10) * run_s)
    assert asked.what == "1 site, 1 phase, 30 runs"


def test_a_ladder_tries_what_is_left_on_every_rung():
    """Of three limits: each lifted, lifted with orders on their dates and eased, then two, then one."""
    assert ladder_runs(3) == 9 + 2 + 1
    plan = loads(make.scenario(make.site(make.hall(make.racks()))))
    lifted = int(effort(plan, with_relief=True).what.split(", ")[-1].split()[0])
    assert relief_effort(plan).what == f"1 site, 1 phase, {ladder_runs(lifted)} runs"


ANSWERS = {
    "relief": ["relief", "{file}"],
    "solve": ["solve", "{file}", "--vary", "finance.wacc_real", "--until", "lcoc<=1e6"],
    "sweep": ["sensitivity", "{file}", "--sweep", "finance.wacc_real=0.05,0.06", "--processes", "1"],
    "plan": ["plan", "{plans}/aion-least-cost.yaml", "--processes", "1"],
    "backtest": ["backtest", "{living}/us-campuses.yaml", "--actuals", "{living}/status.csv", "-n", "2"],
}


@pytest.mark.parametrize("command", ANSWERS)
def test_every_answer_says_so_before_it_begins(shipped, monkeypatch, command):
    monkeypatch.setattr("capsim.study.efforts.LONG_S", 0.0)
    named = {
        "file": shipped / "scaleway-5000-gpus.yaml",
        "plans": shipped / "plans",
        "living": shipped / "living",
    }
    asked = [part.format(**named) for part in ANSWERS[command]]
    if command == "backtest":
        asked += ["--as-of", "2026-06-01"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    counted = "draws" if command == "backtest" else "runs"
    said = rf"^{asked[1]}: this takes about 1 minute and .* \d+ {counted}$"
    assert re.search(said, done.stderr, re.MULTILINE), done.stderr


def test_run_says_so_before_it_begins(shipped, monkeypatch):
    asked = ["run", str(shipped / "scaleway-5000-gpus.yaml"), "--spread", "0", "--no-relief"]
    assert CliRunner().invoke(app, asked).stderr == ""
    monkeypatch.setattr("capsim.study.efforts.LONG_S", 0.0)
    told = CliRunner().invoke(app, asked).stderr
    assert told.startswith(f"{asked[1]}: this takes about 1 minute and 0.2 GB: 1 site, 1 phase\n")


def test_a_study_of_several_plans_takes_all_their_time_and_the_memory_of_one():
    plan = loads(make.scenario(make.site(make.hall(make.racks()))))
    one, two = effort(plan, 64, processes=1), study_effort([plan, plan], 64, 1)
    assert (two.seconds, two.gigabytes) == pytest.approx((2 * one.seconds, one.gigabytes))
    assert two.what == "2 plans, each 1 site, 1 phase, 64 draws"
    assert study_effort([plan], 64, 1) == one
    assert effort(plan, 64, processes=4).seconds < one.seconds


COMMANDS = {
    "ensemble": ["-n", "{n}", "--processes", "1"],
    "compare": ["{file}", "-n", "{n}", "--processes", "1"],
    "sensitivity": ["--sobol", "{n}", "--top", "1", "--processes", "1"],
    "forecast": ["-n", "{n}"],
    "run": ["--spread", "{n}"],
}


def asked(command, file, n):
    return [command, str(file), *(part.format(file=file, n=n) for part in COMMANDS[command])]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_study_says_so_before_it_begins(command, shipped, monkeypatch):
    monkeypatch.setattr("capsim.study.efforts.LONG_S", 0.0)
    file = shipped / "scaleway-5000-gpus.yaml"
    told = CliRunner().invoke(app, asked(command, file, 2)).stderr
    assert f"{file}: this takes about 1 minute and 0.2 GB: " in told


@pytest.mark.parametrize("n", [2**25, 2**70])
@pytest.mark.parametrize("command", COMMANDS)
def test_more_draws_than_any_study_takes_are_refused(command, n, shipped):
    done = CliRunner().invoke(app, asked(command, shipped / "scaleway-5000-gpus.yaml", n))
    assert done.exit_code == 2
    assert "draws must be at most 16,777,216 (got " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("study", [ensemble, forecast])
def test_python_refuses_them_too(study, small):
    with pytest.raises(StudyError, match="draws must be at most 16,777,216"):
        study(small, n=2**25)


def test_a_study_that_is_not_there_is_not_gone_on_with_in_silence(shipped, tmp_path):
    command = ["ensemble", str(shipped / "scaleway-5000-gpus.yaml"), "-n", "4", "--processes", "1"]
    command += ["--out", str(tmp_path / "study"), "--resume", "--json"]
    first, second = (CliRunner().invoke(app, command) for _ in range(2))
    assert first.stderr == f"{tmp_path / 'study'}: holds no study to go on with, so a new one is begun\n"
    assert (first.stdout, second.stderr) == (second.stdout, "")
