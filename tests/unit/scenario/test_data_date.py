"""A data date and what has happened by it: past is exact, what runs is not over, what is to come is free.

Tests `scenario.fill.actual_dates`, `scenario.fill.overdue`, `scenario.informed`, `scenario.status_file`,
`scenario.rules.actual_rules`, `scenario.records.actual_records`, `buildout.history`, `buildout.waiting`,
`models.elapsed`.
"""

import json
import re
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console
from scipy import stats
from typer.testing import CliRunner

from capsim.buildout.simulate import build_out
from capsim.cli import app
from capsim.errors import ScenarioError
from capsim.pipeline import simulate
from capsim.report.tables import milestones
from capsim.scenario import Sampler, checked, load, loads, sample
from capsim.scenario.loading import override
from capsim.scenario.status_file import read_status

AION = Path(__file__).parents[3] / "scenarios" / "aion-288k-h100e.yaml"
OFF = "must be a date from 1900 to 2200"

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D = 365.25 / 12
AS_OF = date(2028, 7, 1)
STARTED = date(2026, 1, 1)
ELAPSED = (AS_OF - STARTED).days / MONTH_D
LOGNORMAL = {"dist": "lognormal", "median": 26.0, "sigma": 0.35}
TRIANGULAR = {"dist": "triangular", "low": 16.0, "mode": 24.0, "high": 48.0}


def happened(what, item, on, number=None, unit="", **more):
    record = {"on": on, "site": "a", "item": item, "what": what} | more
    return record | ({"number": number, "unit": unit} if number is not None else {})


def plan(duration=26.0, *lines, stages=(), as_of=AS_OF, hall=None, **changes):
    chain = [
        {"id": "permit", "duration_months": 2.0},
        {"id": "construction", "duration_months": duration},
        {"id": "commissioning", "duration_months": {"dist": "uniform", "low": 1.0, "high": 3.0}},
        *stages,
    ]
    place = make.site(make.hall(**{"deployments": [], "stages": chain} | (hall or {})), **changes)
    past = [
        happened("finished", "p1.permit", date(2025, 12, 31)),
        happened("started", "p1.construction", STARTED),
    ]
    return make.scenario(place, horizon_years=8, as_of=as_of, actuals=[*past, *lines])


def day(timeline, item, kind="finished"):
    return next(m.time_d for m in timeline.milestones if (m.item, m.kind) == (item, kind))


def left_months(scenario, item="construction"):
    """What is left of a stage after the data date. [months]"""
    as_of_d = scenario.calendar.day_of(scenario.as_of)
    return (day(build_out(scenario), item) - as_of_d) / MONTH_D


def analytic(distribution):
    if distribution is LOGNORMAL:
        return stats.lognorm(0.35, scale=26.0)
    low, mode, high = (TRIANGULAR[key] for key in ("low", "mode", "high"))
    return stats.triang((mode - low) / (high - low), low, high - low)


@pytest.mark.parametrize("distribution", [LOGNORMAL, TRIANGULAR], ids=["lognormal", "triangular"])
def test_what_runs_is_drawn_given_that_it_is_not_done(distribution):
    """Thirty months into a stage, against the conditional distribution worked by scipy; to half a month."""
    scenario = loads(plan(distribution))
    whole = analytic(distribution)

    def left(p):
        return whole.isf(whole.sf(ELAPSED) * (1.0 - p)) - ELAPSED

    assert left_months(scenario) == pytest.approx(left(0.5), abs=0.02)
    n, sampler = 1000, Sampler(scenario)
    draws = np.array([left_months(sampler.sample(3, k, factors=False)) for k in range(n)])
    assert np.all(draws > 0.0)
    # ranks of the draws among what is possible are uniform: within four standard errors at each
    for p in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert abs(np.mean(draws <= left(p)) - p) < 4.0 * np.sqrt(p * (1.0 - p) / n)
        assert np.quantile(draws, p) == pytest.approx(left(p), abs=max(0.5, 0.1 * left(p)))


def test_thirty_months_into_a_stage_of_26_half_a_year_is_left():
    """By hand: P(D > 29.96) of a lognormal (26, .35) is .343; half of that is exceeded at 36.2 months."""
    assert left_months(loads(plan(LOGNORMAL))) == pytest.approx(6.28, abs=0.05)


def test_the_overrun_of_its_phase_is_part_of_what_runs():
    """Both lognormal: the product has a sigma of .5, and no draw ends before the data date."""
    hall = {"overrun": {"dist": "lognormal", "median": 1.0, "sigma": 0.3}}
    duration = {"dist": "lognormal", "median": 26.0, "sigma": 0.4}
    scenario = loads(plan(duration, hall=hall) | {"uncertainty": {"labour": 0.0}})
    whole = stats.lognorm(0.5, scale=26.0)
    assert left_months(scenario) + ELAPSED == pytest.approx(whole.isf(whole.sf(ELAPSED) / 2.0), abs=0.1)


def test_what_is_to_come_is_drawn_as_ever():
    scenario = loads(plan(LOGNORMAL))
    tails, sampler = [], Sampler(scenario)
    for k in range(400):
        timeline = build_out(sampler.sample(1, k, factors=False))
        tails.append((day(timeline, "commissioning") - day(timeline, "commissioning", "started")) / MONTH_D)
    assert np.mean(tails) == pytest.approx(2.0, abs=4.0 * (2.0 / np.sqrt(12.0)) / 20.0)


def test_the_past_is_exact_in_every_draw():
    """What is over keeps its dates, whatever stands before it in the plan and whatever is drawn."""
    lines = [
        happened("finished", "p1.construction", date(2028, 2, 17)),
        happened("energised", "g1", date(2027, 5, 9)),
    ]
    scenario = loads(plan(LOGNORMAL, *lines))
    for k in range(5):
        timeline = build_out(sample(scenario, 0, k))
        assert scenario.calendar.date_of(day(timeline, "construction")) == date(2028, 2, 17)
        assert scenario.calendar.date_of(day(timeline, "g1", "energised")) == date(2027, 5, 9)
        assert day(timeline, "commissioning", "started") == scenario.calendar.day_of(AS_OF)


def test_what_is_left_or_done_is_reported():
    """Six of its 30 months left, as reported on the data date; or four fifths done of what is not over."""
    left = plan(26.0, happened("remaining_months", "p1.construction", AS_OF, 6.0, "months"))
    assert left_months(loads(left)) == pytest.approx(6.0, abs=0.01)
    done = plan(LOGNORMAL, happened("percent_done", "p1.construction", AS_OF, 80.0, "%"))
    whole = stats.lognorm(0.35, scale=26.0)
    total = whole.isf(whole.sf(ELAPSED) / 2.0)
    assert left_months(loads(done)) == pytest.approx(0.2 * total, abs=0.02)


def test_time_that_overtakes_a_range_leaves_a_wider_one():
    """A stage of 9 to 12 months that is 30 months old is not over at once."""
    short = loads(plan({"dist": "triangular", "low": 9.0, "mode": 10.0, "high": 12.0}))
    assert left_months(short) > 1.0
    assert left_months(loads(plan(10.0))) > 1.0


def test_orders_under_way_and_orders_not_placed():
    """A transformer ordered on a day, 26 weeks ago of 100; one that nobody ordered is ordered now."""
    kit = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "commissioning"}
    kit |= {"lead_time_weeks": 100.0}
    hall = {"equipment": [kit, kit | {"id": "ups", "lead_time_weeks": 10.0}]}
    ordered = happened("ordered", "p1.transformer", date(2028, 1, 1))
    scenario = loads(plan(20.0, ordered, hall=hall))
    timeline = build_out(scenario)
    assert (
        day(timeline, "transformer", "equipment_delivered")
        == scenario.calendar.day_of(date(2028, 1, 1)) + 700
    )
    assert day(timeline, "ups", "equipment_ordered") == scenario.calendar.day_of(AS_OF)
    announced = happened("announced", "p1.transformer", date(2028, 6, 1), day=date(2029, 9, 12))
    scenario = loads(plan(20.0, ordered, announced, hall=hall))
    due = scenario.calendar.day_of(date(2029, 9, 12))
    assert day(build_out(scenario), "transformer", "equipment_delivered") == due


def test_counts_of_systems_and_parts_of_a_step():
    """40 of 100 racks in service, 20 more delivered; 10 of 24 MW energised: the rest follows the plan."""
    lines = [
        happened("ready_for_service", "p1", date(2027, 3, 3)),
        happened("energised", "g1", date(2027, 2, 2), 10.0, "MW"),
        happened("ordered", "p1.racks", date(2026, 12, 1)),
        happened("delivered", "p1.racks", date(2028, 3, 1), 60, "systems"),
        happened("in_service", "p1.racks", date(2028, 5, 1), 40 * 72, "accelerators"),
    ]
    scenario = loads(plan(20.0, *lines, hall={"deployments": [make.racks(ordered_on=date(2026, 3, 1))]}))
    timeline = build_out(scenario)
    at = {}
    for m in timeline.of_phase("a", "p1", "delivered", "in_service"):
        at.setdefault(m.kind, []).append((scenario.calendar.date_of(m.time_d), m.amount))
    assert at["in_service"][0] == (date(2028, 5, 1), 40)
    assert sum(n for _, n in at["in_service"]) == 100
    assert sum(n for d, n in at["delivered"] if d <= AS_OF) == 60
    ready = next(m for m in timeline.of_kind("ready_for_service"))
    assert scenario.calendar.date_of(ready.time_d) == date(2027, 3, 3)
    assert [m.amount for m in timeline.of_kind("energised")] == [10.0, pytest.approx(14.0)]


def test_announced_dates_after_the_data_date_slip_and_those_before_do_not():
    lines = [happened("announced", "g1", date(2028, 6, 1), day=date(2029, 5, 15))]
    scenario = loads(plan(LOGNORMAL, *lines))
    days = {day(build_out(sample(scenario, 0, k)), "g1", "energised") for k in range(20)}
    assert min(days) == scenario.calendar.day_of(date(2029, 5, 15))
    assert len(days) > 3


STATUS = """date,site,item,what,value,unit,source
2025-12-31,a,p1.permit,finished,,,council minutes
2026-01-01,a,p1.construction,started,,,
2028-07-01,a,g1,announced,2029-05-15,,operator
2028-07-01,a,p1.construction,percent_done,80,%,site report
2028-06-30,a,,facility_mwh,12.5,MWh,meter
"""


def test_a_status_file_says_the_same_as_the_scenario(tmp_path):
    """Its lines are known by file and line; the last day is the data date; earlier ones are asked for."""
    bare = plan(LOGNORMAL)
    bare["actuals"], bare["as_of"] = [], None
    base = loads({key: value for key, value in bare.items() if value})
    (tmp_path / "plan.yaml").write_text(base.resolved(), "utf-8")
    (tmp_path / "status.csv").write_text(STATUS, "utf-8")
    scenario = load(tmp_path / "plan.yaml", actuals=str(tmp_path / "status.csv"))
    assert scenario.as_of == AS_OF
    assert scenario.sites[0].phases[0].stages[1].percent_done == 80.0
    origin = scenario.origin("sites.a.phases.p1.stages.permit.finished_on")
    assert (origin.file, origin.line, origin.source) == (
        str(tmp_path / "status.csv"),
        2,
        "status file: council minutes",
    )
    # what is laid over the plan is laid again, and a drawn or resolved scenario knows no other past
    assert override(scenario, {"horizon_years": 9}).sites == scenario.sites
    assert loads(scenario.resolved()) == scenario
    assert checked(scenario).sites == scenario.sites
    before = load(tmp_path / "plan.yaml", actuals=str(tmp_path / "status.csv"), as_of=date(2027, 1, 1))
    assert len(before.actuals) == 2
    assert left_months(before) == pytest.approx(14.6, abs=0.5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-13-01,a,p1.permit,finished,,,", "status.csv:2  date: must be a date"),
        ("2026-01-01,a,p1.permit,finished,", "has 5 cells, and there are 7 columns"),
        ("2026-01-01,b,p1.permit,finished,,,", "status.csv:2  actuals.0.site: unknown site"),
        ("2026-01-01,a,p9.permit,finished,,,", "unknown phase or grid step"),
        ("2026-01-01,a,p1.permitt,finished,,,", "unknown id permitt; did you mean permit?"),
        ("2026-01-01,a,p1,finished,,,", "is nothing that happens to a phase"),
        ("2026-01-01,a,p1.permit,finnished,,,", "unknown milestone or figure; did you mean finished?"),
        ("2026-01-01,a,p1.permit,percent_done,40,MW,", "actuals.0.unit: must be %"),
        ("2026-01-01,a,p1.permit,percent_done,40,%,", "needs started_on"),
        ("2026-01-01,a,g1,announced,,,", "missing: the date that is announced"),
        (
            "2026-01-01,a,p1.permit,finished,2025-12-24,,",
            "status.csv:2  actuals.0.day: must be empty: finished has",
        ),
        ("2026-01-01,a,,facility_mwh,20260101,GWh,", "must be MWh, as of facility_mwh"),
        ("2026-01-01,a,,pue,,,", "missing: the pue that was measured"),
        ("2026-01-01,a,,facility_mwh,3,GWh,", "must be MWh, as of facility_mwh"),
        ("2026-01-01,a,,facility_mwh,x,MWh,", "status.csv:2  value: must be a number or a date"),
    ],
)
def test_wrong_lines_are_named(tmp_path, line, said):
    (tmp_path / "plan.yaml").write_text(loads(plan() | {"actuals": [], "as_of": AS_OF}).resolved(), "utf-8")
    (tmp_path / "status.csv").write_text(f"date,site,item,what,value,unit,source\n{line}\n", "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "plan.yaml", actuals=str(tmp_path / "status.csv"))
    assert said in str(caught.value)


def test_an_unknown_word_is_told_as_that_alone():
    """Of a word that may be any milestone nobody knows whether it has an item."""
    wrong = [happened("ready_for_servce", "p1", date(2026, 3, 1))]
    with pytest.raises(ScenarioError) as caught:
        loads(plan(26.0, *wrong))
    (fault,) = caught.value.faults
    assert (fault.path, fault.value) == ("actuals.2.what", "ready_for_servce")
    assert "did you mean ready_for_service?" in fault.rule


def test_wrong_files_are_named(tmp_path):
    with pytest.raises(ScenarioError, match=r"none\.csv: no such file"):
        read_status(str(tmp_path / "none.csv"))
    (tmp_path / "status.csv").write_text("date,site,item,what,valeu,unit\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"(?s)did you mean value.*column missing"):
        read_status(str(tmp_path / "status.csv"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (happened("finished", "p1.permit", date(2029, 1, 1)), "must not be after as_of"),
        (happened("finished", "p1.construction", date(2025, 12, 1)), "must not be before started_on"),
        (happened("energised", "g1", date(2027, 1, 1), 24.0, "MW"), "must be less than grid_mw"),
    ],
)
def test_what_cannot_have_happened_is_refused(line, said):
    with pytest.raises(ScenarioError) as caught:
        loads(plan(LOGNORMAL, line))
    assert said in str(caught.value)


STEP = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2028, 1, 1)}
LATE = {"on_time_share": 0.6, "mean_slip_months": 5.0, "never_probability": 0.1}


def step_of(*lines, draws=0, **changes):
    """The grid step of a plan with lines, and its drawn days."""
    scenario = loads(plan(26.0, *lines, grid_connection=[STEP | changes])).override({"uncertainty": LATE})
    sampler = Sampler(scenario)
    drawn = [sampler.sample(5, k).sites[0].grid_connection[0].energised_on for k in range(draws)]
    return scenario.sites[0].grid_connection[0], drawn, scenario


def test_what_was_announced_for_a_day_gone_by_is_overdue():
    """A letter of the grid operator is no power: late for certain, with no memory, or never."""
    letter = happened("announced", "g1", date(2027, 9, 1), day=date(2028, 4, 1))
    step, drawn, scenario = step_of(letter, draws=600)
    assert step.overdue_since == date(2028, 4, 1)
    # half of what comes is there after ln 2 mean delays
    assert (step.energised_on - AS_OF).days / MONTH_D == pytest.approx(5.0 * np.log(2.0), abs=0.05)
    comes = [day for day in drawn if day.year < 2199]
    assert min(comes) > AS_OF
    months = np.array([(day - AS_OF).days / MONTH_D for day in comes])
    assert months.mean() == pytest.approx(5.0, abs=4.0 * 5.0 / np.sqrt(len(comes)))
    # three months late already: 0.9 x 0.4 x exp(-3 / 5) of it was to be expected, against 0.1 of never
    late = 0.9 * 0.4 * np.exp(-((AS_OF - date(2028, 4, 1)).days / MONTH_D) / 5.0)
    never = 0.1 / (0.1 + late)
    assert 1.0 - len(comes) / len(drawn) == pytest.approx(never, abs=4.0 * np.sqrt(never * (1 - never) / 600))
    text = [f.text for f in simulate(scenario).findings if f.kind == "overdue"]
    assert text == [
        "a is behind what was announced: g1 (2028-04-01) is not known to be there in full; the rest is drawn "
        "as late, or as never to come"
    ]


def test_what_came_is_not_overdue():
    letter = happened("announced", "g1", date(2027, 9, 1), day=date(2028, 4, 1))
    step, drawn, _ = step_of(letter, happened("energised", "g1", date(2028, 5, 2)), draws=3)
    assert step.overdue_since is None
    assert {*drawn} == {date(2028, 5, 2)}
    # and what is announced anew for later is announced, not overdue
    anew = happened("announced", "g1", date(2028, 6, 1), day=date(2028, 9, 1))
    assert step_of(letter, anew)[0].overdue_since is None
    # nor is what was cancelled
    *_, scenario = step_of(letter, happened("cancelled", "g1", date(2028, 5, 1)))
    assert not [f for f in simulate(scenario).findings if f.kind == "overdue"]
    assert not [m for m in build_out(scenario).milestones if m.kind == "energised"]


def test_of_power_that_came_in_part_the_rest_is_overdue():
    part = happened("energised", "g1", date(2028, 2, 1), 9.0, "MW")
    step, _, scenario = step_of(part)
    assert step.overdue_since == date(2028, 1, 1)
    powers = [(m.time_d, m.amount) for m in build_out(scenario).milestones if m.kind == "energised"]
    day_of = scenario.calendar.day_of
    assert powers == [(day_of(date(2028, 2, 1)), 9.0), (day_of(step.energised_on), 15.0)]


def test_power_seen_from_outside_may_be_less_and_is_never_more():
    """The triangle of restated presents: 0 to all of it, its median at the root of a half."""
    *_, scenario = step_of()
    seen = scenario.override({"sites.a.is_seen_from_outside": True})
    (part,) = seen.sites[0].grid_connection[0].energised
    assert float(part.mw) == pytest.approx(24.0 * np.sqrt(0.5))
    assert part.on == date(2028, 1, 1)
    draws = [
        sample(seen, 1, k, factors=False).sites[0].grid_connection[0].energised[0].mw for k in range(400)
    ]
    assert 0.0 < min(draws) < max(draws) < 24.0
    assert np.mean(draws) == pytest.approx(16.0, abs=4.0 * 24.0 / np.sqrt(18.0) / 20.0)


def test_equipment_of_a_preset_is_ordered_and_announced_by_its_name():
    """The preset orders it after a stage; what happened is its day. Nothing is taken for a stage."""
    hall = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "preset": "fr-greenfield-full"}
    lines = [
        happened("ordered", "p1.transformer", date(2028, 2, 1)),
        happened("announced", "p1.genset", date(2028, 6, 1), day=date(2029, 9, 1)),
        happened("ordered", "p1.genset", date(2028, 3, 1)),
    ]
    place = make.site(hall | {"starts_on": date(2027, 6, 1)}, grid_connection=[STEP])
    scenario = loads(make.scenario(place, horizon_years=8, as_of=AS_OF, actuals=lines))
    kits = {kit.id: kit for kit in scenario.sites[0].phases[0].equipment}
    assert (kits["transformer"].ordered_on, kits["transformer"].ordered_after) == (date(2028, 2, 1), None)
    assert (kits["genset"].ordered_on, kits["genset"].delivered_on) == (date(2028, 3, 1), date(2029, 9, 1))
    assert kits["ups"].ordered_after == "site-control"


def test_what_a_plan_itself_knows_later_is_not_known_on_an_earlier_day(tmp_path):
    file = tmp_path / "plan.yaml"
    letter = happened("announced", "g1", date(2028, 6, 20), day=date(2028, 9, 1))
    text = json.dumps(plan(26.0, letter, grid_connection=[STEP]), default=str)
    file.write_text(re.sub(r'"(\d{4}-\d{2}-\d{2})"', r"\1", text), "utf-8")
    assert load(str(file)).sites[0].grid_connection[0].energised_on == date(2028, 9, 1)
    assert load(str(file), as_of=date(2028, 6, 1)).sites[0].grid_connection[0].energised_on == date(
        2028, 1, 1
    )


def test_the_table_of_milestones_dates_a_step_by_the_day_it_carries_all():
    part = happened("energised", "g1", date(2028, 2, 1), 9.0, "MW")
    step, _, scenario = step_of(part)
    console = Console(width=120)
    with console.capture() as shown:
        console.print(milestones(simulate(scenario)))
    (row,) = [line for line in shown.get().splitlines() if line.split()[:2] == ["a", "p1"]]
    assert f"{step.energised_on:%Y-%m}" in row


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "forecast {plan} -n 2 --as-of 2200-12-31",
            "as_of: must be before the end of the horizon on 2038-01-01",
        ),
        ("forecast {plan} -n 2 --as-of 1899-12-31", f"--as-of {OFF} (got 1899-12-31)"),
        ("forecast {plan} -n 2 --as-of 2030-01-01 --before 1899-12-31", f"--before {OFF} (got 1899-12-31)"),
        ("catalog stale --as-of 9999-12-31", f"--as-of {OFF} (got 9999-12-31)"),
        ("catalog stale --as-of 1899-01-01", f"--as-of {OFF} (got 1899-01-01)"),
    ],
)
def test_a_data_date_that_no_plan_has_is_refused_by_its_option(command, said):
    ended = CliRunner().invoke(app, command.format(plan=AION).split())
    assert (ended.exit_code, said in ended.stderr) == (2, True)


def test_on_the_first_day_of_the_calendar_there_is_no_month_before():
    ended = CliRunner().invoke(app, f"forecast {AION} -n 2 --as-of 1900-01-01".split())
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "\nAs of 1900-01-01: " in ended.stdout
