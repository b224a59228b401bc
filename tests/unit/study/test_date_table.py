"""The dates of a plan as CSV or a workbook, and back: no date changes on the way.

Tests `study.date_table`, `scenario.schedule_files`, `report.xlsx`, `cli_plans`.
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
from capsim.report import write_table
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
    (tmp_path / "dates.csv").write_text(written(tasks))
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
    (tmp_path / "d.csv").write_text(written(tasks))
    read = read_schedule(str(tmp_path / "d.csv")).tasks
    with pytest.raises(ScenarioError) as caught:
        with_dates(plan(), read, "d.csv")
    assert "d.csv:2  a.g1.aplied: unknown row; did you mean a.g1.applied?" in str(caught.value)


def test_the_command_goes_there_and_back(tmp_path):
    """A plan to a workbook, the workbook into the plan, and a schedule as a workbook."""
    file, book = tmp_path / "plan.yaml", tmp_path / "dates.xlsx"
    file.write_text(plan().resolved())
    run = CliRunner().invoke
    assert run(app, ["schedule", str(file), "--to", "xlsx", "--out", str(book)]).exit_code == 0
    assert list(read_schedule(str(book)).tasks) == planned_dates(plan())
    back = run(app, ["schedule", str(book), "--into", str(file)])
    assert back.exit_code == 0
    (tmp_path / "again.yaml").write_text(back.stdout)
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
