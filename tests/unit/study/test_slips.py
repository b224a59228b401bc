"""How milestones slip from one vintage to another, and why.

Tests `study.forecasts`, `study.vintages`, `study.baselines`, `study.date_trends`,
`report.plan_tables`, `report.study_openings`.
"""

import io
import json
import math
import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from typer.testing import CliRunner

from capsim.cli import app
from capsim.report import forecast_tables, study_opening
from capsim.scenario import loads
from capsim.study import forecast, load_baseline, save_baseline, trends, vintage
from capsim.study.forecasts import slips

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def line(on, item, what, **more):
    return {"on": on, "site": "a", "item": item, "what": what} | more


def plan(*lines, as_of, halls=({},), step=None, horizon_years=4):
    """Halls of 16 MW: a permit of 2 months, a construction of 4 and a commissioning of 1."""
    own = [
        make.hall(**({"id": f"p{number}", "deployments": []} | hall)) for number, hall in enumerate(halls, 1)
    ]
    grid = step or {"id": "g1", "grid_mw": 99.0, "energised_on": date(2025, 1, 1)}
    place = make.site(*own, grid_connection=[grid])
    return loads(make.scenario(place, horizon_years=horizon_years, as_of=as_of, actuals=list(lines)))


def shown(made):
    """The table and the first screen of a forecast, as text."""
    out = Console(width=160, file=io.StringIO())
    out.print(forecast_tables(made), study_opening(made))
    return out.file.getvalue()


def by_name(before, now):
    return {slip.milestone: slip for slip in slips(before, now)}


RUNS = (
    line(date(2026, 3, 1), "p1.permit", "finished"),
    line(date(2026, 3, 1), "p1.construction", "started"),
)
LATE = line(MAY, "p1.construction", "remaining_months", number=60.0, unit="months")


def test_what_slips_beyond_the_horizon_is_later_and_not_gone(tmp_path):
    """A construction with 60 months left ends in mid-2031, after a horizon that ends with 2029."""
    deployments = [make.racks()]
    before = vintage(plan(*RUNS, as_of=APRIL, halls=({"deployments": deployments},)), "april")
    late = plan(*RUNS, LATE, as_of=MAY, halls=({"deployments": deployments},))
    now = vintage(late, "now")
    moved = by_name(before, now)
    ready = moved["a.p1 ready_for_service"]
    assert (ready.now, ready.cause) == ("beyond", "construction")
    assert ready.months == pytest.approx(60.0 - 2.0, abs=0.2)
    served = moved["a.p1 first_in_service"]
    assert (served.now, served.months > 0.0) == ("beyond", True)
    text = shown(forecast(late, against=[before], n=2))
    assert "Against april: 2 later, 0 earlier, 0 new or gone" in text
    # its forecast slips, and is no reason to say that none does
    (trend,) = [one for one in trends([before, now]) if one.milestone == "a.p1 ready_for_service"]
    assert trend.per_month > 1.0
    # and the way back is earlier
    back = by_name(now, before)["a.p1 ready_for_service"]
    assert (back.before, back.months) == ("beyond", pytest.approx(-ready.months))
    # a saved baseline knows what was beyond
    save_baseline(str(tmp_path / "plan.yaml"), "late", late)
    kept = load_baseline(str(tmp_path / "plan.yaml"), "late", {"a.north": "a.p1"})
    assert kept.shown("a.north ready_for_service") == "beyond"


def test_what_was_cancelled_or_taken_out_is_gone_and_what_was_added_is_new():
    two = vintage(plan(as_of=APRIL, halls=({}, {})), "two")
    one = vintage(plan(as_of=APRIL), "one")
    assert by_name(two, one)["a.p2 ready_for_service"].now == ""
    assert by_name(one, two)["a.p2 ready_for_service"].before == ""
    dropped = vintage(plan(line(APRIL, "p2", "cancelled"), as_of=APRIL, halls=({}, {})), "dropped")
    (slip,) = slips(two, dropped)
    assert (slip.milestone, slip.now) == ("a.p2 ready_for_service", "")
    assert math.isnan(slip.months)


def test_a_longer_horizon_moves_nothing():
    short, long = (vintage(plan(*RUNS, LATE, as_of=MAY, horizon_years=y), "x") for y in (4, 8))
    assert "a.p1 ready_for_service" in short.beyond
    assert slips(short, long) == []


def test_a_split_hall_says_in_the_file_what_it_was(tmp_path):
    """Two halls come of p1, p2 keeps its name, and a new one was nothing."""
    file = str(tmp_path / "plan.yaml")
    save_baseline(file, "whole", plan(as_of=APRIL, halls=({}, {})))
    halls = ({"id": "p1a", "was": "p1"}, {"id": "p1b", "was": "a.p1"}, {"id": "p2"}, {"id": "p4"})
    split = plan(as_of=MAY, halls=halls)
    moved = {
        slip.milestone: slip
        for slip in forecast(split, against=[load_baseline(file, "whole")], n=1).slips["whole"]
    }
    assert {name: slip.before != "" for name, slip in moved.items()} == {
        "a.p1a ready_for_service": True,
        "a.p1b ready_for_service": True,
        "a.p2 ready_for_service": True,
        "a.p4 ready_for_service": False,
    }
    # the hall that it came of may stay, and a later vintage has the new names itself
    part = plan(as_of=MAY, halls=({"id": "p1"}, {"id": "p1b", "was": "p1"}))
    of_part = forecast(part, against=[load_baseline(file, "whole"), vintage(part, "later")], n=1).slips
    assert {slip.milestone: slip.before != "" for slip in of_part["whole"]} == {
        "a.p1 ready_for_service": True,
        "a.p1b ready_for_service": True,
        "a.p2 ready_for_service": True,
    }
    assert of_part["later"] == []


def test_a_renumbered_grid_step_says_what_it_was():
    step = {"id": "g1", "grid_mw": 99.0, "applied_on": date(2026, 1, 1), "lead_time_months": 9.0}
    before = vintage(plan(as_of=APRIL, step=step), "before")
    halls = ({"energization": "north"},)
    now = plan(as_of=APRIL, step=step | {"id": "north", "was": "g1"}, halls=halls)
    assert forecast(now, against=[before], n=1).slips["before"] == []


PLAN = """schema: 1
name: split
start: 2026-01-01
horizon_years: 3
as_of: 2026-05-01
currency: {code: EUR, price_year: 2025}
workload: {preset: large-training}
sites:
  - id: a
    country: fra
    climate: paris
    tariff: {preset: fr-datacenter}
    cooling: {preset: dlc-dry-cooler}
    grid_connection: [{id: g1, grid_mw: 24, energised_on: 2025-01-01}]
    phases:
"""
HALL = "      - {id: %s, critical_it_mw: 5, energization: g1, stages: [{id: x, duration_months: 9}]}\n"


def test_a_split_hall_is_mapped_by_the_command_and_two_names_for_one_are_refused(tmp_path):
    def run(*args):
        return CliRunner().invoke(app, list(args), env={"COLUMNS": "200"})

    file = tmp_path / "plan.yaml"
    file.write_text(PLAN + HALL % "p1" + HALL % "p2", "utf-8")
    assert run("baseline", "save", "one", str(file), "--as-of", "2026-04-01").exit_code == 0
    file.write_text(PLAN + HALL % "p1a" + HALL % "p1b" + HALL % "p2", "utf-8")
    known = ["forecast", str(file), "--baseline", "one", "-n", "1", "--json"]
    split = run(*known, "--renamed", "a.p1=a.p1a", "--renamed", "a.p1=a.p1b")
    assert split.exit_code == 0, split.output
    before = {slip["milestone"]: slip["before"] for slip in json.loads(split.stdout)["slips"]["one"]}
    assert before["a.p1a ready_for_service"] == before["a.p1b ready_for_service"] != ""
    both = run(*known, "--renamed", "a.p1=a.p1a", "--renamed", "a.p2=a.p1a")
    assert both.exit_code == 2
    assert "--renamed: a.p1a is said to have been a.p1 and a.p2" in both.output


STEP = {
    "id": "g1",
    "grid_mw": 99.0,
    "applied_on": date(2026, 1, 1),
    "stages": [{"id": "queue", "duration_months": 9.0}, {"id": "works", "duration_months": 12.0}],
}
QUEUES = line(date(2026, 1, 1), "g1.queue", "started")


def test_a_grid_step_slips_by_what_took_longer_on_its_path():
    """A queue with ten months left slips by it, as its hall does; so does a lead time."""
    before = vintage(plan(QUEUES, as_of=APRIL, step=STEP), "before")
    left = line(MAY, "g1.queue", "remaining_months", number=10.0, unit="months")
    moved = by_name(before, vintage(plan(QUEUES, left, as_of=MAY, step=STEP), "now"))
    assert {slip.cause for slip in moved.values()} == {"grid queue"}
    assert sorted(moved) == ["a.g1 energised", "a.p1 ready_for_service"]
    lead = {key: value for key, value in STEP.items() if key != "stages"}
    of_lead = [
        vintage(plan(as_of=APRIL, step=lead | {"lead_time_months": months}), "x") for months in (20, 26)
    ]
    assert by_name(*of_lead)["a.g1 energised"].cause == "grid connection"
    # a path that a vintage does not have says nothing
    blind = replace(before, causes={})
    assert (
        by_name(blind, vintage(plan(QUEUES, left, as_of=MAY, step=STEP), "x"))["a.g1 energised"].cause == ""
    )


def test_what_did_not_begin_slips_because_it_did_not():
    """A hall and an application due in January, of which nobody says that they began."""
    later = {key: value for key, value in STEP.items() if key != "applied_on"}
    halls = ({"starts_on": date(2026, 1, 1)},)
    before, now = (vintage(plan(as_of=day, halls=halls, step=later), "x") for day in (APRIL, MAY))
    moved = by_name(before, now)
    assert {slip.cause for slip in moved.values()} == {"not begun"}
    assert moved["a.g1 energised"].months == pytest.approx(30 / 30.44, abs=0.05)
    own = {"id": "g1", "grid_mw": 99.0, "energised_on": date(2025, 1, 1)}
    alone = [vintage(plan(as_of=day, halls=halls, step=own), "x") for day in (APRIL, MAY)]
    assert [slip.cause for slip in slips(*alone)] == ["not begun"]


def test_equipment_that_was_not_ordered_slips_because_it_was_not():
    """The permit is over, and the transformer that comes after it is still not ordered."""
    kit = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "commissioning"}
    kit |= {"lead_time_weeks": 60.0, "ordered_after": "permit"}
    permit = line(date(2026, 3, 1), "p1.permit", "finished")
    before, now = (
        vintage(plan(*RUNS, permit, as_of=day, halls=({"equipment": [kit]},)), "x") for day in (APRIL, MAY)
    )
    (slip,) = slips(before, now)
    assert (slip.milestone, slip.cause) == ("a.p1 ready_for_service", "not begun")


def test_power_on_a_date_that_moved_is_the_cause_of_the_hall_that_waits_for_it():
    """Twenty days of a date announced anew, and thirty that went by, are of the grid connection."""
    step = {"id": "g1", "grid_mw": 99.0, "energised_on": date(2027, 6, 1)}
    before = vintage(plan(*RUNS, as_of=APRIL, step=step), "before")
    anew = line(MAY, "g1", "announced", day=date(2027, 6, 21))
    moved = by_name(before, vintage(plan(*RUNS, anew, as_of=MAY, step=step), "now"))
    assert {name: slip.cause for name, slip in moved.items()} == {
        "a.g1 energised": "announced date",
        "a.p1 ready_for_service": "grid connection",
    }
