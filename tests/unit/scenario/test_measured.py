"""What is counted, measured and dated in a status file lies where it can, or is told with its line.

Tests `scenario.rules.measured_rules`, `scenario.fill.actual_dates`, `scenario.fill.overdue`,
`scenario.outcome_lines`, `buildout.deployment`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from capsim.buildout.simulate import build_out
from capsim.cli import app
from capsim.errors import ScenarioError
from capsim.pipeline import simulate
from capsim.scenario import Sampler, load, loads, status_lines

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
AS_OF = date(2028, 7, 12)
HEADER = "date,site,item,what,value,unit\n"
RACKS = {"id": "racks", "system": "gb300-nvl72", "systems": 100}


def plan(order=None, **hall):
    """A hall of 16 MW handed over in January 2028 with 100 racks, and its power."""
    order = order or RACKS | {"in_service_on": date(2028, 3, 1)}
    dated = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "deployments": [order]}
    ready = {"ready_for_service_on": date(2028, 1, 10)}
    step = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2027, 12, 1)}
    place = make.site(dated | ready | hall, grid_connection=[step])
    return loads(make.scenario(place, horizon_years=6))


@pytest.fixture
def with_status(tmp_path):
    """A function that loads a plan with a status file of some lines."""

    def made(*lines, of=None, as_of=AS_OF):
        file, status = tmp_path / "plan.yaml", tmp_path / "status.csv"
        file.write_text((of or plan()).resolved(), "utf-8")
        status.write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
        return load(str(file), actuals=str(status), as_of=as_of)

    return made


IN_STAGES = {"deployments": [], "ready_for_service_on": None, "stages": make.stages()}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["2028-05-31,a,,facility_mwh,-5,MWh"],
            "actuals.0.number: facility_mwh must be at least 0 (got -5.0)",
        ),
        (["2028-05-31,a,,pue,0.5,"], "actuals.0.number: pue must be at least 1 (got 0.5)"),
        (["2028-05-31,a,,erf,1.5,"], "actuals.0.number: erf is a share: must be at most 1 (got 1.5)"),
        (
            ["2028-05-31,a,p1.racks,delivered,1e9,systems"],
            "delivered.0.number: must be at most the 100 systems of the deployment (got 1000000000.0)",
        ),
        (
            ["2028-05-31,a,p1.racks,in_service,7272,accelerators"],
            "in_service.0.number: must be at most the 100 systems of the deployment (got 7272.0)",
        ),
        (
            ["2028-05-01,a,p1.racks,delivered,40,systems", "2028-05-01,a,p1.racks,in_service,50,systems"],
            "in_service.0.number: must be at most the 40 systems that are delivered (got 50.0)",
        ),
        (
            ["2028-05-01,a,p1.racks,in_service,50,systems", "2028-06-01,a,p1.racks,in_service,40,systems"],
            "in_service.1.number: counts all up to its day, so it must be at least 50 (got 40.0)",
        ),
    ],
)
def test_numbers_that_cannot_be_are_refused_with_their_line(with_status, lines, said):
    order = RACKS | {"ordered_on": date(2027, 6, 1)}
    with pytest.raises(ScenarioError) as caught:
        with_status(*lines, of=plan(order))
    assert f"status.csv:{len(lines) + 1}  " in str(caught.value)
    assert said in str(caught.value)
    assert len(caught.value.faults) == 1


def test_what_may_be_negative_or_comes_later_is_fine(with_status):
    """Money at negative prices, headroom that is overdrawn; systems of which a later delivery tells."""
    lines = [
        "2028-05-31,a,,energy_cost,-5000,EUR",
        "2028-05-31,a,,grid_headroom_mw,-1,MW",
        "2028-04-01,a,p1.racks,delivered,10,systems",
        "2028-05-01,a,p1.racks,in_service,2880,accelerators",
        "2028-06-01,a,p1.racks,delivered,60,systems",
    ]
    assert len(with_status(*lines, of=plan(RACKS | {"ordered_on": date(2027, 6, 1)})).actuals) == 5


def test_accelerators_that_are_no_whole_systems_are_questioned(with_status):
    """1,441 accelerators are 20 racks of 72 and one, which counts for nothing."""
    lines = ["2028-05-02,a,p1.racks,in_service,1441,accelerators"]
    made = with_status(*lines, of=plan(RACKS | {"ordered_on": date(2027, 6, 1), "systems": 100}))
    (asked,) = made.questions
    assert asked.rule == "is 20.0139 systems of gb300-nvl72, and counts as 20"
    assert asked.value.startswith("1441")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            "2028-02-01,a,p1.permit,finished,,",
            "2028-03-01,a,p1.permit,finished,,",
            "status.csv:3  actuals.1.on: finished on 2028-02-01 already, by ",
        ),
        (
            "2028-02-01,a,g1,energised,,",
            "2028-03-01,a,g1,energised,,",
            "status.csv:3  actuals.1.on: energised on 2028-02-01 already, by ",
        ),
        (
            "2028-02-01,a,g1,announced,2028-09-01,",
            "2028-02-01,a,g1,announced,2028-10-01,",
            "actuals.1.day: of the same day ",
        ),
        (
            "2028-02-01,a,p1.permit,percent_done,10,%",
            "2028-02-01,a,p1.permit,percent_done,20,%",
            "actuals.1.number: of the same day ",
        ),
    ],
)
def test_two_lines_that_contradict_one_another_are_refused(with_status, first, second, said):
    started = "2028-01-15,a,p1.permit,started,,"
    with pytest.raises(ScenarioError) as caught:
        with_status(first, second, started, of=plan(**IN_STAGES))
    assert said in str(caught.value)
    assert "status.csv:2" in str(caught.value)
    # the same line twice says nothing new
    assert with_status(first, first, started, of=plan(**IN_STAGES)).actuals


def test_the_last_report_of_what_is_left_counts_in_whichever_way(with_status):
    lines = ["2028-01-15,a,p1.permit,started,,", "2028-03-01,a,p1.permit,percent_done,30,%"]
    later = "2028-07-01,a,p1.permit,remaining_months,2,months"
    stage = with_status(*lines, later, of=plan(**IN_STAGES)).sites[0].phases[0].stages[0]
    assert (stage.percent_done, stage.remaining_months, stage.reported_on) == (None, 2.0, date(2028, 7, 1))


def test_equipment_that_was_cancelled_is_ordered_anew_on_another_day(with_status):
    kit = {"id": "ups", "item": "lt-ups", "lead_time_weeks": 20.0, "needed_at": "commissioning"}
    lines = [
        "2028-01-15,a,p1.ups,ordered,,",
        "2028-02-15,a,p1.ups,cancelled,,",
        "2028-03-15,a,p1.ups,ordered,,",
    ]
    made = with_status(*lines, of=plan(**IN_STAGES, equipment=[kit]))
    assert made.sites[0].phases[0].equipment[0].ordered_on == date(2028, 3, 15)


def test_a_cancellation_after_a_planned_date_that_did_not_come_is_accepted(with_status):
    """A hall planned for January that nobody says is there, called off in May: its racks go with it."""
    made = with_status("2028-05-02,a,p1,cancelled,,")
    assert made.sites[0].phases[0].cancelled_on == date(2028, 5, 2)
    for scenario in (made, Sampler(made).sample(0, 1)):
        kinds = {m.kind for m in build_out(scenario).milestones if m.phase == "p1"}
        assert not kinds & {"ready_for_service", "in_service"}
    # nor does a grid step come that was announced for April and called off in June
    lines = ["2028-01-20,a,g1,announced,2028-04-01,", "2028-06-01,a,g1,cancelled,,"]
    made = with_status(*lines, of=plan(**IN_STAGES))
    assert not [m for m in build_out(made).milestones if m.kind == "energised"]
    # what did come cannot be called off
    with pytest.raises(ScenarioError, match="cancelled_on: must be before ready_for_service_on"):
        with_status("2028-01-10,a,p1,ready_for_service,,", "2028-05-02,a,p1,cancelled,,")


def test_counts_of_systems_that_have_a_date(with_status):
    """Of 100 racks due on 1 March 40 serve since April and 20 more are there: the other 40 are late."""
    lines = [
        "2028-04-01,a,p1.racks,in_service,40,systems",
        "2028-06-01,a,p1.racks,delivered,60,systems",
    ]
    made = with_status(*lines)
    (order,) = made.sites[0].phases[0].deployments
    assert order.overdue_since == date(2028, 3, 1)
    assert order.in_service_on > AS_OF
    by_day = {}
    for m in build_out(made).of_phase("a", "p1", "in_service"):
        by_day[made.calendar.date_of(m.time_d)] = by_day.get(made.calendar.date_of(m.time_d), 0) + m.amount
    assert by_day[date(2028, 4, 1)] == 40
    assert sum(by_day.values()) == 100
    assert sum(n for day, n in by_day.items() if day >= order.in_service_on) >= 40
    days = {Sampler(made).sample(3, k).sites[0].phases[0].deployments[0].in_service_on for k in range(8)}
    assert len(days) > 1


def test_systems_of_which_all_were_counted_are_there_on_the_day_of_the_count(with_status):
    for order in (RACKS, RACKS | {"systems": None, "fill_share": 1.0}):
        dated = {key: value for key, value in order.items() if value is not None}
        made = with_status(
            "2028-05-01,a,p1.racks,in_service,7200,accelerators",
            of=plan(dated | {"in_service_on": date(2028, 3, 1)}),
        )
        assert made.sites[0].phases[0].deployments[0].overdue_since is None
        served = list(build_out(made).of_phase("a", "p1", "in_service"))
        assert {made.calendar.date_of(m.time_d) for m in served} == {date(2028, 5, 1)}
        assert sum(m.amount for m in served) == 100


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "2028-07-10,a,,facility_mwh,900,MWh",
            "facility_mwh is of the whole month of its day, which is not over by 2028-07-12: it counts for "
            "nothing yet",
        ),
        (
            "2028-06-30,a,,facility_mwh,184000,MWh",
            "facility_mwh, which is 255.6 MW all month, is more than the 24 MW of power of a",
        ),
        ("2028-06-30,a,,facility_peak_mw,25,MW", "facility_peak_mw is more than the 24 MW of power of a"),
        ("2025-06-30,a,,facility_mwh,900,MWh", "lies before the start of the plan: it counts for nothing"),
    ],
)
def test_what_was_metered_too_early_or_beyond_the_power_is_questioned(with_status, line, said):
    made = with_status(line)
    (question,) = [asked for asked in made.questions if asked.path.startswith("actuals")]
    assert (question.line, said in question.rule) == (2, True)
    assert question.file.endswith("status.csv")
    assert any(said in found.text for found in simulate(made).findings if found.kind == "questioned")


def test_what_was_metered_in_a_month_that_is_over_is_no_question(with_status):
    made = with_status("2028-06-30,a,,facility_mwh,9000,MWh", "2028-06-30,a,,facility_peak_mw,20,MW")
    assert not [asked for asked in made.questions if asked.path.startswith("actuals")]


def test_lines_are_checked_by_themselves_where_no_plan_knows_them(tmp_path):
    """For a back-test: all that is wrong whatever the plan, at once and with its line."""
    status = tmp_path / "status.csv"
    lines = [
        "2028-05-31,a,,facility_mwh,-5,MWh",
        "2028-05-31,b,,pue,0.5,",
        "2028-05-31,c,p1.permit,finnished,,",
        "2028-02-01,d,p1.permit,finished,,",
        "2028-03-01,d,p1.permit,finished,,",
        "2028-01-15,e,p1.ups,ordered,,",
        "2028-02-15,e,p1.ups,cancelled,,",
        "2028-03-15,e,p1.ups,ordered,,",
    ]
    status.write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    with pytest.raises(ScenarioError) as caught:
        status_lines(str(status))
    told = [(fault.line, fault.rule.partition(",")[0]) for fault in caught.value.faults]
    assert told == [
        (2, "facility_mwh must be at least 0"),
        (3, "pue must be at least 1"),
        (4, "unknown milestone or figure; did you mean finished?"),
        (6, "finished on 2028-02-01 already"),
    ]
    ended = CliRunner().invoke(app, ["backtest", "plan.yaml", "--actuals", str(status)])
    assert (ended.exit_code, "4 problems" in ended.stderr) == (2, True)
    status.write_text(HEADER + "2028-05-31,a,p1,,,\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"status\.csv:2  actuals\.0\.what: missing: what happened"):
        status_lines(str(status))
