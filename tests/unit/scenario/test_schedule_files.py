"""Schedules of other tools: read as tasks, written and read again, and as stages with the same dates.

Tests `scenario.schedule_files`, `scenario.schedule_stages`, `cli_plans`.
"""

import runpy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from capsim.buildout.simulate import build_out
from capsim.cli import app
from capsim.errors import ScenarioError
from capsim.language.reader import parse_tree
from capsim.language.tree import Faults, plain
from capsim.scenario import loads
from capsim.scenario.schedule_files import Schedule, Task, read_schedule, written
from capsim.scenario.schedule_stages import stages_of

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))

START = date(2026, 1, 5)
XML = """<?xml version="1.0"?>
<Project xmlns="http://schemas.microsoft.com/project"><StatusDate>2026-05-04T17:00:00</StatusDate><Tasks>
<Task><UID>0</UID><Name>Campus</Name><Summary>1</Summary><Start>2026-01-05T08:00:00</Start>
  <Finish>2026-09-30T17:00:00</Finish></Task>
<Task><UID>1</UID><Name>Permit</Name><Summary>0</Summary><Start>2026-01-05T08:00:00</Start>
  <Finish>2026-02-27T17:00:00</Finish><PercentComplete>100</PercentComplete>
  <ActualStart>2026-01-05T08:00:00</ActualStart><ActualFinish>2026-02-27T17:00:00</ActualFinish></Task>
<Task><UID>2</UID><Name>Shell &amp; core</Name><Start>2026-03-16T08:00:00</Start>
  <Finish>2026-07-31T17:00:00</Finish><PercentComplete>40</PercentComplete>
  <ActualStart>2026-03-16T08:00:00</ActualStart>
  <PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type></PredecessorLink></Task>
<Task><UID>3</UID><Name>Substation</Name><Start>2026-04-01T08:00:00</Start><Finish>2026-09-30T17:00:00</Finish>
  <PredecessorLink><PredecessorUID>2</PredecessorUID><Type>3</Type></PredecessorLink></Task>
<Task><UID>4</UID><Name>Hand-over</Name><Start>2026-10-01T08:00:00</Start><Finish>2026-10-01T08:00:00</Finish>
  <PredecessorLink><PredecessorUID>2</PredecessorUID><Type>1</Type></PredecessorLink>
  <PredecessorLink><PredecessorUID>3</PredecessorUID><Type>1</Type></PredecessorLink></Task>
</Tasks></Project>
"""
XER = (
    "ERMHDR\t19.12\n%T\tPROJECT\n%F\tproj_id\tlast_recalc_date\n%R\t1\t2026-05-04 17:00\n%T\tTASK\n"
    "%F\ttask_id\ttask_type\ttask_name\ttarget_start_date\ttarget_end_date"
    "\tact_start_date\tact_end_date\tphys_complete_pct\n"
    "%R\t1\tTT_Task\tPermit\t2026-01-05 08:00\t2026-02-27 17:00\t2026-01-05 08:00\t2026-02-27 17:00\t100\n"
    "%R\t2\tTT_Task\tShell & core\t2026-03-16 08:00\t2026-07-31 17:00\t2026-03-16 08:00\t\t40\n"
    "%R\t3\tTT_Task\tSubstation\t2026-04-01 08:00\t2026-09-30 17:00\t\t\t0\n"
    "%R\t4\tTT_Mile\tHand-over\t2026-10-01 08:00\t2026-10-01 08:00\t\t\t0\n"
    "%T\tTASKPRED\n%F\ttask_pred_id\ttask_id\tpred_task_id\tpred_type\n"
    "%R\t1\t2\t1\tPR_FS\n%R\t2\t3\t2\tPR_SS\n%R\t3\t4\t2\tPR_FS\n%R\t4\t4\t3\tPR_FS\n%E\n"
)
TASKS = (
    Task("1", "Permit", date(2026, 1, 5), date(2026, 2, 27), (), 100.0, date(2026, 1, 5), date(2026, 2, 27)),
    Task("2", "Shell & core", date(2026, 3, 16), date(2026, 7, 31), ("1",), 40.0, date(2026, 3, 16)),
    Task("3", "Substation", date(2026, 4, 1), date(2026, 9, 30)),
    Task("4", "Hand-over", date(2026, 10, 1), date(2026, 10, 1), ("2", "3")),
)


@pytest.mark.parametrize(("ending", "text"), [("xml", XML), ("xer", XER), ("csv", written(TASKS))])
def test_each_form_gives_the_same_tasks_and_no_date_changes_on_the_way(tmp_path, ending, text):
    file = tmp_path / f"plan.{ending}"
    file.write_text(text, "utf-8")
    read = read_schedule(str(file))
    assert read.tasks == TASKS
    assert read.other_links == (0 if ending == "csv" else 1)
    assert read.status == (None if ending == "csv" else date(2026, 5, 4))
    again = tmp_path / "again.csv"
    again.write_text(written(read.tasks), "utf-8")
    assert read_schedule(str(again)).tasks == read.tasks


def laid(read, as_of=None, **hall):
    """The days on which each stage starts and finishes in the build-out, and the stages."""
    staged = stages_of(read, as_of)
    hall = make.hall(deployments=[], stages=list(staged.stages), starts_on=staged.starts_on, **hall)
    step = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2026, 1, 1)}]
    known = {} if as_of is None else {"as_of": as_of}
    scenario = loads(make.scenario(make.site(hall, grid_connection=step), horizon_years=5, **known))
    on = scenario.calendar.date_of
    days = {(m.item, m.kind): on(m.time_d) for m in build_out(scenario).milestones if m.phase}
    return days, staged


def test_stages_have_the_dates_of_their_tasks(tmp_path):
    """Every task starts and ends on its day in the build-out, whatever its links and lags."""
    file = tmp_path / "plan.xml"
    file.write_text(XML, "utf-8")
    days, staged = laid(read_schedule(str(file)))
    for number, task in enumerate(TASKS):
        name = f"{('permit', 'shell-core', 'substation', 'hand-over')[number]}-{number + 1}"
        assert (days[name, "started"], days[name, "finished"]) == (task.start, task.finish)
    assert (staged.overdue, staged.leads, staged.strange) == ((), 0, 0)


LONG = tuple(
    Task(
        str(n),
        "task",
        START + timedelta(41 * n + 4 * (n % 3)),
        START + timedelta(41 * n + 127 - n % 7),
        after=tuple(str(m) for m in range(max(0, n - 4), n)),
    )
    for n in range(24)
)
"""Two dozen tasks that overlap and lag, and come after some that end later than they start."""


def with_progress(tasks, as_of):
    """The tasks as a tool has them on a day when all goes by the plan."""
    return [
        replace(
            task,
            actual_start=task.start if task.start <= as_of else None,
            actual_finish=task.finish if task.finish <= as_of else None,
            percent_done=100.0 if task.finish <= as_of else 50.0 if task.start < as_of else 0.0,
        )
        for task in tasks
    ]


@pytest.mark.parametrize("overrun", [{}, {"overrun": {"dist": "lognormal", "median": 1.0, "sigma": 0.32}}])
@pytest.mark.parametrize("as_of", [date(2026, 3, 1), date(2026, 9, 17), date(2027, 5, 5), date(2028, 2, 2)])
def test_a_schedule_under_way_keeps_every_date(as_of, overrun):
    """Zero dates change on four data dates; waits that began, and what runs, have left what they had."""
    days, staged = laid(Schedule(tuple(with_progress(LONG, as_of))), as_of, **overrun)
    moved = [
        task.id
        for number, task in enumerate(LONG)
        if (days[f"task-{number + 1}", "started"], days[f"task-{number + 1}", "finished"])
        != (task.start, task.finish)
    ]
    assert (moved, staged.overdue) == ([], ())
    waits = [stage for stage in staged.stages if stage["id"].endswith("-wait")]
    assert any("remaining_months" in stage for stage in staged.stages)
    assert all(stage.get("started_on", as_of) <= as_of for stage in waits)
    assert staged.leads == laid(Schedule(LONG))[1].leads > 0


def test_a_wait_that_has_begun_is_not_waited_anew():
    """A hand-over four months after the permit, half of them gone: it is in two, not in four."""
    tasks = [
        Task("1", "Permit", START, date(2026, 3, 1), (), 100.0, START, date(2026, 3, 1)),
        Task("2", "Hand-over", date(2026, 7, 1), date(2026, 7, 1), ("1",)),
    ]
    days, staged = laid(Schedule(tuple(tasks)), date(2026, 5, 1))
    (wait,) = [stage for stage in staged.stages if stage["id"] == "hand-over-2-wait"]
    assert wait["started_on"] == date(2026, 3, 1)
    assert wait["remaining_months"] == pytest.approx(61 / 30.4375)
    assert days["hand-over-2", "finished"] == date(2026, 7, 1)


def test_inactive_tasks_are_left_out_and_links_from_summaries_are_told(tmp_path):
    link = "<PredecessorLink><PredecessorUID>{}</PredecessorUID></PredecessorLink>"
    dates = "<Start>2026-01-05</Start><Finish>2026-02-05</Finish>"
    file = tmp_path / "plan.xml"
    file.write_text(
        f"<Project><Tasks><Task><UID>0</UID><Name>Campus</Name><Summary>1</Summary>{dates}</Task>"
        f"<Task><UID>1</UID><Name>Option</Name><Active>0</Active>{dates}</Task>"
        f"<Task><UID>2</UID><Name>Permit</Name>{dates}{link.format(0)}{link.format(1)}</Task></Tasks></Project>",
        "utf-8",
    )
    read = read_schedule(str(file))
    assert [task.name for task in read.tasks] == ["Permit"]
    assert stages_of(read).strange == 2
    shown = CliRunner().invoke(app, ["schedule", str(file)])
    assert "2 links from what is no task with dates: dates are kept, not links" in shown.stderr


def test_what_was_due_and_did_not_happen_is_said_and_moves():
    """On 1 May the substation, due on 1 April, has not begun: it begins on the data date, and is named."""
    days, staged = laid(Schedule(TASKS), date(2026, 5, 1))
    known = {stage["id"]: stage for stage in staged.stages}
    assert known["permit-1"]["finished_on"] == date(2026, 2, 27)
    assert known["shell-core-2"]["remaining_months"] == pytest.approx(91 / 30.4375)
    assert "percent_done" not in known["shell-core-2"]
    assert "started_on" not in known["substation-3"]
    assert days["shell-core-2", "finished"] == date(2026, 7, 31)
    assert days["substation-3", "started"] == date(2026, 5, 1)
    assert staged.overdue == ("substation-3",)
    late = stages_of(Schedule(TASKS), date(2026, 8, 15))
    assert set(late.overdue) == {"shell-core-2", "substation-3"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.mpp", "x", "a schedule ends in .xml, .xer, .csv"),
        ("a.xml", "<Project", "is no schedule"),
        ("a.xml", "<Project/>", "has no task with dates"),
        ("a.csv", "id,name,start\n", "column finish missing"),
        ("a.csv", "id,name,start,finish,colour\n", "unknown column colour"),
        (
            "a.csv",
            "id,name,start,finish\n1,x,2026-02-01,2026-01-01\n",
            "has no start and finish in this order",
        ),
        (
            "a.csv",
            "id,name,start,finish,percent_done\n1,x,2026-01-01,2026-02-01,140\n",
            "a.csv:2: is no schedule: task 1: percent_done must be from 0 to 100 (got 140)",
        ),
        (
            "a.csv",
            "id,name,start,finish,actual_start,actual_finish\n1,x,2026-01-01,2026-02-01,2026-03-01,2026-02-01\n",
            "a.csv:2: is no schedule: task 1 has no actual_start and actual_finish in this order",
        ),
        (
            "a.csv",
            "id,name,start,finish,percent_done\n1,x,2026-01-01,2026-02-01,abc\n",
            "a.csv:2: is no schedule: task 1: percent_done must be from 0 to 100 (got abc)",
        ),
        (
            "a.csv",
            "id,name,start,finish\n1,x,2026-01-01,2026-02-01\n2,y,May,2026-02-01\n",
            "a.csv:3: is no schedule: start must be a date such as 2026-11-28 (got May)",
        ),
        ("a.xer", "ERMHDR\t19.12\n", "has no task with dates"),
    ],
)
def test_what_is_no_schedule_is_refused(tmp_path, name, text, said):
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_schedule(str(file))
    assert said in str(caught.value)
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_schedule(str(tmp_path / "none.csv"))


def test_the_command_reads_and_writes(tmp_path):
    file = tmp_path / "plan.xml"
    file.write_text(XML, "utf-8")
    run = CliRunner().invoke
    shown = run(app, ["schedule", str(file)])
    assert "1 link not from finish to start: dates are kept, not links" in shown.stderr
    assert "2 tasks under way or done: --as-of 2026-05-04 says so in the stages" in shown.stderr
    known = run(app, ["schedule", str(file), "--as-of", "2026-05-01"])
    assert "substation-3 due by 2026-05-01, and neither begun nor done as the schedule says" in known.stderr
    wrong = run(app, ["schedule", str(file), "--actuals", "status.csv"])
    assert (wrong.exit_code, "--actuals is of a plan" in wrong.stderr) == (2, True)
    phase = plain(parse_tree(shown.stdout, "x", "file", Faults()))
    assert phase["starts_on"] == date(2026, 1, 5)
    assert [stage["id"] for stage in phase["stages"]][:2] == ["permit-1", "shell-core-2-wait"]
    as_csv = tmp_path / "again.csv"
    as_csv.write_text(run(app, ["schedule", str(file), "--to", "csv"]).stdout, "utf-8")
    assert read_schedule(str(as_csv)).tasks == TASKS
    plan = tmp_path / "plan.yaml"
    plan.write_text(loads(make.scenario(make.site(make.hall(deployments=[])))).resolved(), "utf-8")
    of_plan = tmp_path / "plan.csv"
    of_plan.write_text(run(app, ["schedule", str(plan)]).stdout, "utf-8")
    assert {task.id for task in read_schedule(str(of_plan)).tasks} >= {"a.p1.permit", "a.p1.construction"}
    assert run(app, ["schedule", str(file), "--to", "xls"]).exit_code == 2


UNDATED = (
    "ERMHDR\t19.12\n%T\tTASK\n"
    "%F\ttask_id\ttask_type\ttask_name\tearly_start_date\tearly_end_date\tact_start_date\tact_end_date\n"
    "%R\t1\tTT_Task\tPermit\t2026-01-05 08:00\t2026-02-27 17:00\t\t\n"
    "%R\t2\tTT_FinMile\tReady\t\t2026-03-26 17:00\t\t\n"
    "%R\t3\tTT_Mile\tBegin\t2026-01-05 08:00\t\t2026-01-06 08:00\t\n"
    "%R\t4\tTT_Task\tSnagging\t2026-03-01 08:00\t\t\t\n"
    "%R\t5\tTT_WBS\tAll\t\t\t\t\n%E\n"
)
UNDATED_XML = """<Project><Tasks>
<Task><UID>1</UID><Name>Permit</Name><Start>2026-01-05T08:00:00</Start><Finish>2026-02-27T17:00:00</Finish></Task>
<Task><UID>2</UID><Name>Ready</Name><Milestone>1</Milestone><Finish>2026-03-26T17:00:00</Finish></Task>
<Task><UID>3</UID><Name>Begin</Name><Milestone>1</Milestone><Start>2026-01-06T08:00:00</Start>
  <ActualStart>2026-01-06T08:00:00</ActualStart></Task>
<Task><UID>4</UID><Name>Snagging</Name><Start>2026-03-01T08:00:00</Start></Task>
<Task><UID>5</UID></Task>
</Tasks></Project>
"""


@pytest.mark.parametrize(("ending", "text"), [("xer", UNDATED), ("xml", UNDATED_XML)])
def test_a_milestone_has_one_date_and_what_has_no_dates_is_named(tmp_path, ending, text):
    """Tools leave the start of a finish milestone empty, and the finish of a start milestone."""
    file = tmp_path / f"a.{ending}"
    file.write_text(text, "utf-8")
    read = read_schedule(str(file))
    day, begun = date(2026, 3, 26), date(2026, 1, 6)
    assert read.tasks == (
        Task("1", "Permit", date(2026, 1, 5), date(2026, 2, 27)),
        Task("2", "Ready", day, day),
        Task("3", "Begin", begun, begun, actual_start=begun, actual_finish=begun),
    )
    assert read.left_out == ("Snagging",)
    done = CliRunner().invoke(app, ["schedule", str(file), "--to", "csv"])
    assert "Snagging left out: without a start or a finish" in done.stderr
