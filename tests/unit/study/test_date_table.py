"""The dates of a plan as CSV or a workbook, and back: no date changes on the way.

Tests `study.date_table`, `study.date_progress`, `scenario.schedule_files`, `report.xlsx`, `cli_plans`.
"""

import runpy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from typer.testing import CliRunner

from capsim.cli import app
from capsim.errors import ScenarioError
from capsim.models.uncertain import Uncertain
from capsim.report import write_table, xlsx
from capsim.scenario import COLUMNS, load, loads, read_schedule, rows_of, written
from capsim.study import planned_dates, with_dates

ROOT = Path(__file__).parents[3]
make = SimpleNamespace(**runpy.run_path(str(ROOT / "tests" / "portfolios.py")))
NAMES = ("aion-288k-h100e", "fouju-1gw", "opcore-multi-gw", "scaleway-5000-gpus", "living/us-campuses")
SHIPPED = [ROOT / "scenarios" / f"{name}.yaml" for name in NAMES]


def plan(**changes):
    """A permit, a construction with its spread, a commissioning with power and a UPS, and racks."""
    stages = make.stages()
    stages[1]["duration_months"] = {"dist": "lognormal", "median": 4.0, "sigma": 0.3}
    kit = {"id": "ups", "item": "lt-ups", "lead_time_weeks": 20.0, "needed_at": "commissioning"}
    step = {"id": "g1", "grid_mw": 24.0, "applied_on": date(2026, 1, 1), "preset": "fr-grid-fast-track"}
    dated = {"id": "g2", "grid_mw": 4.0, "energised_on": date(2027, 3, 1)}
    hall = make.hall(make.racks(), stages=stages, equipment=[kit])
    there = make.hall(id="p2", deployments=[], energization="g2", ready_for_service_on=date(2027, 5, 1))
    del there["stages"]
    site = make.site(hall, there, grid_connection=[step, dated])
    return loads(make.scenario(site, horizon_years=6, **changes))


def by_id(tasks):
    return {task.id: task for task in tasks}


def moved(tasks, months=0, **days):
    """Tasks of which those named start or end so many days later: `x_start`, `x_finish`, or `x` for both."""
    found = []
    for task in tasks:
        key = task.id.removeprefix("a.").replace(".", "_")
        start, end = (timedelta(days.get(key, days.get(f"{key}_{e}", 0))) for e in ("start", "finish"))
        found.append(replace(task, start=task.start + start, finish=task.finish + end))
    return found


@pytest.mark.parametrize("file", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_a_round_trip_of_a_shipped_plan_changes_no_date(tmp_path, file):
    """Through CSV and through a workbook: the same rows, and the same plan."""
    scenario = load(file)
    tasks = planned_dates(scenario)
    (tmp_path / "dates.csv").write_text(written(tasks), "utf-8")
    write_table(tmp_path / "dates.xlsx", "Dates", COLUMNS, rows_of(tasks))
    for name in ("dates.csv", "dates.xlsx"):
        read = read_schedule(str(tmp_path / name)).tasks
        assert list(read) == tasks
        assert with_dates(scenario, read, name) is scenario


def test_rows_are_stages_orders_and_milestones():
    found = by_id(planned_dates(plan()))
    assert {name.partition("a.")[2] for name in found} == {
        *("g1.applied", "g1.study", "g1.works", "g1.energised", "g2.energised"),
        *("p1.permit", "p1.construction", "p1.commissioning", "p1.ups", "p1.racks"),
        *("p1.ready_for_service", "p1.first_in_service", "p2.ready_for_service"),
    }
    assert found["a.p1.construction"].after == ("a.p1.permit",)
    assert found["a.p1.construction"].start == found["a.p1.permit"].finish


def test_what_was_changed_has_its_dates_and_keeps_its_spread():
    """The works take 30 days longer, the hall is handed over 14 days later, the second hall in June."""
    before = plan()
    tasks = planned_dates(before)
    wanted = moved(tasks, p1_construction_finish=30, p2_ready_for_service=31, p1_ups_finish=5)
    after = with_dates(before, wanted, "dates.csv")
    assert loads(yaml.safe_load(after.resolved())) == after
    assert planned_dates(after) == wanted
    works = after.sites[0].phases[0].stages[1]
    assert isinstance(works.duration_months, Uncertain)
    assert (works.needs_energization, after.sites[0].phases[0].stages[2].needs_energization) == (False, True)
    with pytest.raises(ScenarioError) as caught:
        with_dates(before, moved(tasks, p1_permit_finish=30), "dates.csv")
    assert "a.p1.construction: cannot be from" in str(caught.value)


def test_what_starts_later_waits():
    before = plan()
    tasks = planned_dates(before)
    wanted = moved(tasks, p1_construction=20)
    after = with_dates(before, wanted, "dates.csv")
    assert planned_dates(after)[: len(tasks)] != tasks
    kept = [task for task in planned_dates(after) if not task.id.endswith("-wait")]
    assert [(t.id, t.start, t.finish) for t in kept] == [(t.id, t.start, t.finish) for t in wanted]
    (wait,) = [task for task in planned_dates(after) if task.id.endswith("-wait")]
    assert (wait.finish - wait.start).days == 20


def test_a_grid_step_is_moved_with_what_waits_for_it():
    """Its works take 60 days longer: so its power, the commissioning, the hall and the racks come later."""
    before = plan()
    tasks = planned_dates(before)
    late = {"g1_works_finish": 60, "g1_energised": 60, "p1_commissioning": 60, "p1_ready_for_service": 60}
    wanted = moved(tasks, **late, p1_first_in_service=60)
    after = with_dates(before, wanted, "dates.csv")
    kept = by_id(planned_dates(after))
    assert all((kept[t.id].start, kept[t.id].finish) == (t.start, t.finish) for t in wanted)


def test_what_has_happened_keeps_its_day():
    lines = [
        {"on": date(2026, 3, 10), "site": "a", "item": "p1.permit", "what": "finished"},
        {"on": date(2026, 3, 10), "site": "a", "item": "p1.construction", "what": "started"},
    ]
    scenario = plan(as_of=date(2026, 4, 1), actuals=lines)
    tasks = planned_dates(scenario)
    found = by_id(tasks)
    assert found["a.p1.permit"].actual_finish == date(2026, 3, 10)
    wanted = moved(tasks, p1_construction_finish=10)
    assert by_id(planned_dates(with_dates(scenario, wanted, "x.csv")))["a.p1.construction"].finish == (
        found["a.p1.construction"].finish + timedelta(10)
    )
    with pytest.raises(ScenarioError, match=r"a\.p1\.permit: cannot be"):
        with_dates(scenario, moved(tasks, p1_permit_finish=3), "x.csv")


def test_a_row_that_the_plan_does_not_have_is_named(tmp_path):
    tasks = [replace(planned_dates(plan())[0], id="a.g1.aplied")]
    (tmp_path / "d.csv").write_text(written(tasks), "utf-8")
    read = read_schedule(str(tmp_path / "d.csv")).tasks
    with pytest.raises(ScenarioError) as caught:
        with_dates(plan(), read, "d.csv")
    assert "d.csv:2  a.g1.aplied: unknown row; did you mean a.g1.applied?" in str(caught.value)


def test_the_command_goes_there_and_back(tmp_path):
    """A plan to a workbook, the workbook into the plan, and a schedule as a workbook."""
    file, book = tmp_path / "plan.yaml", tmp_path / "dates.xlsx"
    file.write_text(plan().resolved(), "utf-8")
    run = CliRunner().invoke
    assert run(app, ["schedule", str(file), "--to", "xlsx", "--out", str(book)]).exit_code == 0
    assert list(read_schedule(str(book)).tasks) == planned_dates(plan())
    back = run(app, ["schedule", str(book), "--into", str(file)])
    assert back.exit_code == 0
    (tmp_path / "again.yaml").write_text(back.stdout, "utf-8")
    assert load(tmp_path / "again.yaml") == plan()
    again = tmp_path / "again.xlsx"
    assert run(app, ["schedule", str(book), "--to", "xlsx", "--out", str(again)]).exit_code == 0
    assert read_schedule(str(again)).tasks == read_schedule(str(book)).tasks
    for wrong, said in (
        (["schedule", str(file), "--to", "xlsx"], "--to xlsx and --out FILE.xlsx go together"),
        (["schedule", str(file), "--to", "stages"], "--to must be stages (of a schedule), csv or xlsx"),
        (
            ["schedule", str(file), "--to", "xlsx", "--out", str(tmp_path / "no" / "x.xlsx")],
            "cannot be written",
        ),
    ):
        ended = run(app, wrong)
        assert ended.exit_code == 2
        assert said in ended.stderr


def in_working_days():
    """A permit of 60 working days and works of an uncertain number of them, and two months of tests."""
    stages = [
        {"id": "permit", "working_days": 60},
        {"id": "works", "working_days": {"dist": "triangular", "low": 80, "mode": 120, "high": 200}},
        {"id": "tests", "duration_months": 2.0},
    ]
    step = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2026, 6, 1)}
    hall = make.hall(deployments=[], stages=stages, starts_on=date(2026, 2, 2))
    return make.scenario(make.site(hall, grid_connection=[step]), horizon_years=4)


def test_a_plan_in_working_days_takes_dates_too():
    """The works end 40 days later, with all after them; their spread is kept, now in months."""
    before = loads(in_working_days())
    tasks = planned_dates(before)
    late = {"p1_works_finish": 40, "p1_tests": 40, "p1_ready_for_service": 40}
    wanted = moved(tasks, **late)
    after = with_dates(before, wanted, "x.csv")
    assert planned_dates(after) == wanted
    was, now = (scenario.sites[0].phases[0].stages[1].duration_months for scenario in (before, after))
    days = (by_id(wanted)["a.p1.works"].finish - by_id(wanted)["a.p1.works"].start).days
    assert float(now) == pytest.approx(days / 30.4375)
    assert now.distribution.ppf(0.9) / now.distribution.ppf(0.1) == pytest.approx(
        was.distribution.ppf(0.9) / was.distribution.ppf(0.1)
    )
    assert loads(yaml.safe_load(after.resolved())) == after


def test_what_a_table_says_has_happened_has_happened():
    """The permit came eleven days late, the works wait half a month more; a week later both still hold."""
    as_of = date(2026, 5, 20)
    before = loads(in_working_days() | {"as_of": as_of})
    rows = by_id(planned_dates(before))
    permit, works = rows["a.p1.permit"], rows["a.p1.works"]
    came = date(2026, 5, 10)
    gone = (works.finish - works.start).days
    wanted = [
        replace(permit, actual_start=date(2026, 2, 2), actual_finish=came),
        replace(works, start=date(2026, 6, 4), finish=date(2026, 6, 4) + timedelta(gone)),
    ]
    after = with_dates(before, wanted, "x.csv")
    now = by_id(planned_dates(after))
    assert (now["a.p1.permit"].start, now["a.p1.permit"].actual_finish) == (date(2026, 2, 2), came)
    assert now["a.p1.works"].start == date(2026, 6, 4)
    # the wait has begun, so a week later its end is where it was
    assert now["a.p1.works-wait"].actual_start == came
    later = by_id(planned_dates(after.override({"as_of": date(2026, 5, 27)})))
    assert later["a.p1.works"].start == date(2026, 6, 4)
    # and back again: the table says nothing new
    assert with_dates(after, list(now.values()), "x.csv") is after


def test_shares_and_orders_of_a_table_are_laid_too():
    """Works 30 % done, a UPS ordered in March, the second hall handed over, the step applied for."""
    as_of = date(2027, 7, 1)
    rows = by_id(planned_dates(plan(as_of=as_of)))
    wanted = [
        replace(rows["a.p1.permit"], actual_start=date(2027, 1, 4), actual_finish=date(2027, 3, 1)),
        replace(
            rows["a.p1.construction"],
            actual_start=date(2027, 3, 1),
            start=date(2027, 3, 1),
            finish=date(2027, 12, 1),
            percent_done=30.0,
        ),
        replace(rows["a.p2.ready_for_service"], actual_finish=date(2027, 5, 20)),
    ]
    after = with_dates(plan(as_of=as_of), wanted, "x.csv")
    hall, there = after.sites[0].phases
    works = hall.stages[1]
    assert (works.started_on, works.percent_done, works.reported_on) == (date(2027, 3, 1), 30.0, as_of)
    assert there.ready_for_service_on == date(2027, 5, 20)
    assert by_id(planned_dates(after))["a.p1.construction"].finish == date(2027, 12, 1)


@pytest.mark.parametrize(
    ("row", "cells", "known", "said"),
    [
        ("p1.permit", {"actual_start": date(2026, 2, 1)}, None, "actual_start 2026-02-01 needs a data date"),
        (
            "p1.permit",
            {"actual_start": date(2026, 5, 1)},
            date(2026, 4, 1),
            "must not be after the data date",
        ),
        ("p1.permit", {"percent_done": 100.0}, date(2026, 4, 1), "percent_done 100 % needs an actual_finish"),
        ("p1.racks", {"actual_finish": date(2026, 3, 1)}, date(2026, 4, 1), "a status file does (--actuals)"),
    ],
)
def test_progress_that_cannot_be_is_refused(row, cells, known, said):
    scenario = plan(**({"as_of": known} if known else {}))
    task = replace(by_id(planned_dates(scenario))[f"a.{row}"], line=7, **cells)
    with pytest.raises(ScenarioError) as caught:
        with_dates(scenario, [task], "x.csv")
    assert str(caught.value).startswith(f"x.csv:7  a.{row}: ")
    assert said in str(caught.value)


def test_actuals_of_the_plan_stand_against_another_share():
    lines = [
        {"on": date(2026, 1, 5), "site": "a", "item": "p1.permit", "what": "started"},
        {"on": date(2026, 2, 1), "site": "a", "item": "p1.permit", "what": "percent_done", "number": 40.0}
        | {"unit": "%"},
    ]
    scenario = plan(as_of=date(2026, 2, 1), actuals=lines)
    task = replace(by_id(planned_dates(scenario))["a.p1.permit"], percent_done=60.0)
    with pytest.raises(ScenarioError, match="cannot be 60 % done: the actuals of the plan say 40 %"):
        with_dates(scenario, [task], "x.csv")


def test_rows_go_by_name_where_a_tool_numbers_tasks_and_those_left_out_are_told(tmp_path):
    """A schedule of MS Project whose tasks have the ids of the plan as names, all but one."""
    file, xml = tmp_path / "plan.yaml", tmp_path / "plan.xml"
    file.write_text(plan().resolved(), "utf-8")
    tasks = planned_dates(plan())
    rows = "".join(
        f"<Task><UID>{n}</UID><Name>{t.id}</Name><Start>{t.start}T08:00:00</Start>"
        f"<Finish>{t.finish}T17:00:00</Finish></Task>"
        for n, t in enumerate(tasks)
        if t.id != "a.p1.ups"
    )
    xml.write_text(f"<Project><Tasks>{rows}</Tasks></Project>", "utf-8")
    back = CliRunner().invoke(app, ["schedule", str(xml), "--into", str(file)])
    assert back.exit_code == 0
    assert "does not have 1 row of the plan (a.p1.ups): what has no row stays as it is" in back.stderr
    (tmp_path / "again.yaml").write_text(back.stdout, "utf-8")
    assert load(tmp_path / "again.yaml") == plan()


def test_the_dates_of_a_plan_follow_a_status_file(tmp_path):
    file, status = tmp_path / "plan.yaml", tmp_path / "status.csv"
    file.write_text(plan().resolved(), "utf-8")
    status.write_text("date,site,item,what,value,unit\n2026-03-17,a,p1.permit,finished,,\n", "utf-8")
    shown = CliRunner().invoke(app, ["schedule", str(file), "--actuals", str(status)])
    assert "a.p1.permit,permit,2026-01-15,2026-03-17,,,,2026-03-17" in shown.stdout


def test_a_row_that_ends_by_the_data_date_says_that_it_did():
    """Works 30 % done do not end in the past, nor does a hall; an actual end is a fact."""
    as_of = date(2026, 5, 20)
    lines = [
        {"on": date(2026, 2, 1), "site": "a", "item": "p1.permit", "what": "finished"},
        {"on": date(2026, 2, 1), "site": "a", "item": "p1.construction", "what": "started"},
    ]
    scenario = plan(as_of=as_of, actuals=lines)
    rows = by_id(planned_dates(scenario))
    works = replace(rows["a.p1.construction"], finish=date(2026, 5, 1), percent_done=30.0, line=7)
    hall = date(2026, 4, 1)
    there = replace(rows["a.p2.ready_for_service"], start=hall, finish=hall, line=9)
    with pytest.raises(ScenarioError) as caught:
        with_dates(scenario, [works, there], "x.csv")
    said = "by the data date 2026-05-20, without an actual_finish"
    assert f"x.csv:7  a.p1.construction: cannot end on 2026-05-01, {said}, 30 % done" in str(caught.value)
    assert f"x.csv:9  a.p2.ready_for_service: cannot end on 2026-04-01, {said}\n" in str(caught.value)
    done = replace(works, actual_finish=date(2026, 5, 1), percent_done=0.0)
    assert with_dates(scenario, [done], "x.csv").sites[0].phases[0].stages[1].finished_on == date(2026, 5, 1)


def test_a_stage_that_is_over_may_have_started_later():
    """Between permit and works lay a fortnight in which nothing ran: the wait is over, as the works are."""
    as_of = date(2026, 7, 1)
    lines = [
        {"on": date(2026, 2, 1), "site": "a", "item": "p1.permit", "what": "finished"},
        {"on": date(2026, 6, 1), "site": "a", "item": "p1.construction", "what": "finished"},
    ]
    scenario = plan(as_of=as_of, actuals=lines)
    rows = by_id(planned_dates(scenario))
    later = date(2026, 2, 15)
    works = replace(rows["a.p1.construction"], start=later, line=7)
    now = by_id(planned_dates(with_dates(scenario, [works], "x.csv")))
    assert (now["a.p1.construction"].start, now["a.p1.construction"].finish) == (later, date(2026, 6, 1))


def test_rows_that_a_sheet_cannot_take_are_refused_and_not_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 2)
    write_table(tmp_path / "two.xlsx", "Dates", ("a",), [(1,), (2,)])
    with pytest.raises(ValueError, match=r"a sheet has 2 rows below its headings \(got 3\)"):
        write_table(tmp_path / "three.xlsx", "Dates", ("a",), [(1,), (2,), (3,)])
    assert [file.name for file in tmp_path.iterdir()] == ["two.xlsx"]
