"""What a run will take, told beforehand: against the counts that it is worked from.

Tests `study.efforts` and what `capsim run` says of it.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from capsim.cli import app
from capsim.scenario.loading import loads
from capsim.study.efforts import BASE_GB, KEPT_GB, PHASE_S, SITE_YEAR_S, VIEWS, Effort, effort

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
    assert str(Effort(10.0, 1.24, "1 site")).startswith("about 1 minute and")


def test_run_says_so_before_it_begins(shipped, monkeypatch):
    asked = ["run", str(shipped / "scaleway-5000-gpus.yaml"), "--spread", "0", "--no-relief"]
    assert CliRunner().invoke(app, asked).stderr == ""
    monkeypatch.setattr("capsim.study.efforts.LONG_S", 0.0)
    told = CliRunner().invoke(app, asked).stderr
    assert told.startswith(f"{asked[1]}: this takes about 1 minute and 0.2 GB: 1 site, 1 phase\n")
