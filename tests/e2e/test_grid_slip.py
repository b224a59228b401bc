"""A grid connection a year late, asked by one command: dates, idle accelerators and cost, by hand."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import capsim
from capsim.quantities.prices import system_price

ROOT = Path(__file__).parents[2]
AION = ROOT / "scenarios" / "aion-288k-h100e.yaml"
pytestmark = pytest.mark.e2e
ALONE = ("--all", "--spread", "0", "--no-relief")
"""Neither how sure the plan is nor what would help: both have tests of their own."""


def command(*arguments):
    capsim_command = Path(sys.executable).with_name("capsim")
    words, env = [capsim_command, *arguments], os.environ | {"PYTHONUTF8": "1"}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_slip_of_twelve_months_moves_service_and_strands_accelerators_for_a_year():
    text = command("run", str(AION), "--override", "grid-slip-12", *ALONE)
    assert "grid study 9.8, grid works 39.3, grid connection 12.0, commissioning 2.6" in " ".join(
        text.split()
    )
    assert "accelerator-days stand idle" in text
    slipped = json.loads(command("run", str(AION), "--override", "grid-slip-12", "--json"))
    base = capsim.simulate(capsim.load(AION))
    ready = {
        (m["site"], m["phase"]): m["time_d"]
        for m in slipped["milestones"]
        if m["kind"] == "ready_for_service"
    }
    for m in base.milestones[base.milestones["kind"] == "ready_for_service"].itertuples():
        if m.phase in {"p3", "p4"}:  # the grid was on their critical path already: a year later
            assert ready[m.site, m.phase] == pytest.approx(m.time_d + 365.25)
    # p3: 74 racks of 144 wait 365.25 days longer
    late = capsim.simulate(capsim.load(AION, overrides=["grid-slip-12"]))
    idle = [
        float(p.stranded[(p.stranded["phase"] == "p3") & (p.stranded["item"] == "racks")]["amount"].sum())
        for p in (base, late)
    ]
    assert idle[1] - idle[0] == pytest.approx(74 * 144 * 365.25)
    cost = [
        float(p.stranded[(p.stranded["phase"] == "p3") & (p.stranded["item"] == "racks")]["cost_eur"].sum())
        for p in (base, late)
    ]
    assert cost[1] / cost[0] == pytest.approx(idle[1] / idle[0])
    assert late.headline["lcoc_eur_per_h100e_h"] > base.headline["lcoc_eur_per_h100e_h"]


def test_one_command_holds_dates_idle_accelerators_and_cost_side_by_side():
    text = command("compare", str(AION), "--override", "grid-slip-12", "-n", "2", "--all")
    # p3 and p4 wait for the grid already: a year later. p1 and p2 share a step that has months to spare
    lines = [line.split() for line in text.splitlines()]
    assert ["aion.p3", "2030-04-24", "2031-04-24", "2030-05-09", "2031-05-10"] in lines
    assert ["aion.p1", "2029-01-13", "2029-10-28", "2029-01-28", "2029-11-12"] in lines
    assert any(line[:3] == ["aion.p3", "757,451", "4,649,555"] for line in lines)
    assert ["Slip,", "aion.block-1,", "months", "0", "12"] in [line[:5] for line in lines]
    asked = json.loads(command("compare", str(AION), "--override", "grid-slip-12", "-n", "2", "--json"))
    rows = {(row["scenario"], row["phase"]): row for row in asked["dates"]}
    base, late = (rows[name, "p3"] for name in ("aion-288k-h100e", "grid-slip-12"))
    # 74 racks of 144 stand for 365.25 days more; a rack with network and storage, over its life at the WACC
    assert late["idle_accelerator_d"] - base["idle_accelerator_d"] == pytest.approx(74 * 144 * 365.25)
    scenario = capsim.load(AION)
    order = scenario.sites[0].phases[2].deployments[0]
    ordered_d = scenario.calendar.day_of(order.ordered_on)
    price, rate = system_price(scenario, scenario.sites[0], order, ordered_d), scenario.finance.wacc_real
    annuity = price * rate / (1 - (1 + rate) ** -scenario.finance.life_it_years)
    # the lots of p3 and p4 take turns at the crews in another order: p3's hall is empty for 70 MW-days less
    assert late["idle_cost"] - base["idle_cost"] == pytest.approx(74 * annuity, abs=0.3e6)


def test_ordering_just_in_time_strands_far_fewer_accelerators_in_the_same_slip():
    idle = {}
    for name in ("grid-slip-12", "grid-slip-12-just-in-time"):
        stranded = capsim.simulate(capsim.load(AION, overrides=[name])).stranded
        idle[name] = stranded[stranded["unit"] == "accelerator d"]["amount"].sum()
    assert idle["grid-slip-12-just-in-time"] < idle["grid-slip-12"] / 5


def test_money_that_runs_out_is_said_with_the_day_what_is_left_and_what_stays_unbuilt():
    text = command("run", str(ROOT / "scenarios" / "opcore-multi-gw.yaml"), "--override", "capped", *ALONE)
    text = " ".join(text.split())
    # 5 x 500 m less 943 m for DC6, 675 m for montereau's first step and hall and 676 m for its second hall
    assert "money runs out on 2029-01-01: 17 phases with 1,960 MW stay unbuilt; of 2.5 bn EUR2025" in text
    assert "the 206 m EUR2025 left at the end is too little for montereau.p3" in text
    assert "something waits for money" in text
    assert "is kept, since what it cannot pay for waits" in text
    assert "lasts" not in text
