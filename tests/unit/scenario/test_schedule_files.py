"""Schedules of other tools: read as tasks, written and read again, and as stages with the same dates."""

import runpy
from datetime import date
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
from capsim.scenario.schedule_files import Task, read_schedule, stages_of, written

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))

XML = """<?xml version="1.0"?>
<Project xmlns="http://schemas.microsoft.com/project"><Tasks>
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
    "ERMHDR\t19.12\n%T\tTASK\n%F\ttask_id\ttask_type\ttask_name\ttarget_start_date\ttarget_end_date"
    "\tact_start_date\tact_end_date\tphys_complete_pct\n"
    "%R\t1\tTT_Task\tPermit\t2026-01-05 08:00\t2026-02-27 17:00\t2026-01-05 08:00\t2026-02-27 17:00\t100\n"
    "%R\t2\tTT_Task\tShell & core\t2026-03-16 08:00\t2026-07-31 17:00\t2026-03-16 08:00\t\t40\n"
    "%R\t3\tTT_Task\tSubstation\t2026-04-01 08:00\t2026-09-30 17:00\t\t\t0\n"
    "%R\t4\tTT_Mile\tHand-over\t2026-10-01 08:00\t2026-10-01 08:00\t\t\t0\n"
    "%T\tTASKPRED\n%F\ttask_pred_id\ttask_id\tpred_task_id\tpred_type\n"
    "%R\t1\t2\t1\tPR_FS\n%R\t2\t3\t2\tPR_SS\n%R\t3\t4\t2\tPR_FS\n%R\t4\t4\t3\tPR_FS\n%E\n"
)
TASKS = (
    Task("1", "Permit", date(2026, 1, 5), date(2026, 2, 28), (), 100.0, date(2026, 1, 5), date(2026, 2, 28)),
    Task("2", "Shell & core", date(2026, 3, 16), date(2026, 8, 1), ("1",), 40.0, date(2026, 3, 16)),
    Task("3", "Substation", date(2026, 4, 1), date(2026, 10, 1)),
    Task("4", "Hand-over", date(2026, 10, 1), date(2026, 10, 1), ("2", "3")),
)


@pytest.mark.parametrize(("ending", "text"), [("xml", XML), ("xer", XER), ("csv", written(TASKS))])
def test_each_form_gives_the_same_tasks_and_no_date_changes_on_the_way(tmp_path, ending, text):
    file = tmp_path / f"plan.{ending}"
    file.write_text(text)
    read = read_schedule(str(file))
    assert read.tasks == TASKS
    assert read.other_links == (0 if ending == "csv" else 1)
    again = tmp_path / "again.csv"
    again.write_text(written(read.tasks))
    assert read_schedule(str(again)).tasks == read.tasks


def test_stages_have_the_dates_of_their_tasks(tmp_path):
    """Every task starts and ends on its day in the build-out, whatever its links and lags."""
    file = tmp_path / "plan.xml"
    file.write_text(XML)
    read = read_schedule(str(file))
    hall = make.hall(deployments=[], stages=stages_of(read), starts_on=date(2026, 1, 5))
    step = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2026, 1, 1)}]
    scenario = loads(make.scenario(make.site(hall, grid_connection=step)))
    timeline = build_out(scenario)
    days = {(m.item, m.kind): round(m.time_d) for m in timeline.milestones if m.phase}
    for number, task in enumerate(TASKS):
        name = f"{('permit', 'shell-core', 'substation', 'hand-over')[number]}-{number + 1}"
        assert days[name, "started"] == scenario.calendar.day_of(task.start)
        assert days[name, "finished"] == scenario.calendar.day_of(task.finish)
    known = {stage["id"]: stage for stage in stages_of(read, date(2026, 5, 1))}
    assert known["permit-1"]["finished_on"] == date(2026, 2, 28)
    assert known["shell-core-2"]["percent_done"] == 40.0
    assert "started_on" not in known["substation-3"]


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
        ("a.xer", "ERMHDR\t19.12\n", "has no task with dates"),
    ],
)
def test_what_is_no_schedule_is_refused(tmp_path, name, text, said):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        read_schedule(str(file))
    assert said in str(caught.value)
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_schedule(str(tmp_path / "none.csv"))


def test_the_command_reads_and_writes(tmp_path):
    file = tmp_path / "plan.xml"
    file.write_text(XML)
    run = CliRunner().invoke
    shown = run(app, ["schedule", str(file)])
    assert "1 links are not from finish to start" in shown.stderr
    phase = plain(parse_tree(shown.stdout, "x", "file", Faults()))
    assert phase["starts_on"] == date(2026, 1, 5)
    assert [stage["id"] for stage in phase["stages"]][:2] == ["permit-1", "shell-core-2-wait"]
    as_csv = tmp_path / "again.csv"
    as_csv.write_text(run(app, ["schedule", str(file), "--to", "csv"]).stdout)
    assert read_schedule(str(as_csv)).tasks == TASKS
    plan = tmp_path / "plan.yaml"
    plan.write_text(loads(make.scenario(make.site(make.hall(deployments=[])))).resolved())
    of_plan = tmp_path / "plan.csv"
    of_plan.write_text(run(app, ["schedule", str(plan)]).stdout)
    assert {task.id for task in read_schedule(str(of_plan)).tasks} >= {"a.p1.permit", "a.p1.construction"}
    assert run(app, ["schedule", str(file), "--to", "xls"]).exit_code == 2
