"""Goal seeks and plans.

Tests `study.goalseek`, `study.obstacles`, `study.planning`, `study.tasks`.
"""

from __future__ import annotations

from datetime import date

import pytest

from capsim.errors import ScenarioError, StudyError
from capsim.scenario.loading import load, loads, override
from capsim.study.goalseek import solve
from capsim.study.observe import layout_of, observe, play
from capsim.study.planning import plan


def test_the_value_found_reaches_the_goal_and_a_little_less_does_not(small):
    found = solve(small, "finance.wacc_real", "lcoc=2.6")
    assert found.found == pytest.approx(found.best)
    layout = layout_of(play(small, 0, 0))
    column = layout.figures.index("lcoc_eur_per_h100e_h")
    at = observe(play(override(small, {"finance.wacc_real": found.found}), 0, 0))[column]
    assert at == pytest.approx(2.6, rel=1e-4)
    assert found.reached == at


@pytest.mark.parametrize("vary", ["start", "horizon_years"])
def test_the_horizon_is_not_what_a_goal_seek_varies(small, vary):
    with pytest.raises(StudyError, match=f"^{vary} cannot be varied: it says which months there are"):
        solve(small, vary, "lcoc=2.6")


def test_a_goal_seek_says_how_far_it_is(small):
    calls = []
    found = solve(small, "finance.wacc_real", "lcoc=2.6", progress=lambda *call: calls.append(call))
    assert [done for done, _, _ in calls] == list(range(1, found.runs + 1))
    assert all(total >= done and left >= 0 for done, total, left in calls)


def announced(shipped, **more):
    """AION with the racks of its announcement, 72 GB300 in 159.6 kW."""
    return load(shipped / "aion-288k-h100e.yaml", overrides=["gb300-as-announced"], **more)


def test_steps_are_passed_and_not_straddled(shipped):
    aion = announced(shipped)
    found = solve(aion, "sites.aion.phases.p1.critical_it_mw", "h100e_8bit>=220000 at 2030-12", high=90)
    assert found.reached >= 220000
    assert 55 < found.found < 60
    assert found.present == 45.45


P1_MW = "sites.aion.phases.p1.critical_it_mw"


def test_the_bracket_grows_until_the_goal_lies_inside_and_limits_are_named(shipped):
    """By hand: 284 racks of GB300 are in p2, 45.45 MW / (72 x 2,216 W); 288,000 H100e take 1,584 racks of
    72 x 2.5265, so p1 holds 1,300 racks: 207.4 MW, more than four times the 45.45 MW it has. In that
    month the first block of 100 MW is there, for 207.4 + 45.45 = 252.9 MW of halls.
    """
    aion = announced(shipped)
    found = solve(aion, P1_MW, "h100e_8bit=288000 at 2030-01")
    assert found.found == pytest.approx(1300 * 72 * 2216 / 1e6, rel=1e-5)
    assert found.reached == pytest.approx(1584 * 72 * 2.5265, rel=1e-4)
    assert found.high > 4 * 45.45
    assert "100 MW of grid at aion strand" in found.limits[0]
    assert "of its 252.9 MW of halls" in found.limits[0]
    assert found.limits[1].startswith("Capex is ")
    assert found.limits[0] in found.explanation


def test_an_answer_within_all_limits_breaks_none(small):
    assert solve(small, "finance.wacc_real", "lcoc=2.6").limits == ()


def test_a_goal_out_of_reach_names_the_works_and_the_grid_that_bind(shipped):
    """Four crews for all still install the systems of a hall that large; these want more than the grid."""
    aion = announced(shipped, sets=["crews.installer_crews=4"])
    found = solve(aion, P1_MW, "h100e_8bit>=900000 at 2030-01")
    assert found.found is None
    assert found.high > 2000
    assert found.best < found.high
    assert found.binds.startswith("accelerators (crew): ")
    assert "; power: " in found.binds
    assert found.binds.endswith("elsewhere grid connection: 90.9 MW of aion.p3, aion.p4 wait")


def test_a_date_out_of_reach_names_what_is_not_ready_on_its_day():
    """Power comes in July 2026, whatever the hall's size; at the end of the horizon nothing is waited for."""
    fit_out = {"id": "fit-out", "duration_months": 1.0}
    commissioning = {"id": "commissioning", "duration_months": 1.0, "needs_energization": True}
    hall = {"id": "p1", "critical_it_mw": 5.0, "energization": "g1", "stages": [fit_out, commissioning]}
    place = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    place |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [hall]}
    place["grid_connection"] = [{"id": "g1", "grid_mw": 10.0, "energised_on": date(2026, 7, 1)}]
    plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [place]}
    mw, goal = "sites.a.phases.p1.critical_it_mw", "ready_for_service of a.p1 <= 2026-06-01"
    found = solve(loads(plan), mw, goal)
    assert found.found is None
    assert found.binds.startswith("a.p1 waits for grid connection")


@pytest.mark.parametrize(
    ("low", "high", "remark"),
    [
        (date(2150, 1, 1), date(2180, 1, 1), "all of these dates lie past the horizon, which ends before {}"),
        (date(2026, 1, 1), date(2180, 1, 1), ""),
    ],
)
def test_dates_that_all_lie_past_the_horizon_are_told_as_such(shipped, low, high, remark):
    aion = announced(shipped)
    goal = "h100e_8bit=288000000 at 2030-01"
    found = solve(aion, "sites.aion.phases.p1.starts_on", goal, low=low, high=high)
    assert found.found is None
    assert found.remark == remark.format(aion.calendar.end.isoformat())


def test_a_value_without_an_effect_is_told_as_such(shipped):
    found = solve(announced(shipped), "finance.wacc_real", "h100e_8bit=9e9 at 2030-01", low=0.05, high=0.06)
    assert found.remark == "it has no effect on the result"


def test_a_bracket_that_was_asked_for_does_not_grow(shipped):
    aion = announced(shipped)
    found = solve(aion, P1_MW, "h100e_8bit=288000 at 2030-01", low=20, high=100)
    assert (found.found, found.low, found.high) == (None, 20, 100)


def test_a_share_grows_to_its_bound_only(shipped):
    aion = announced(shipped)
    share = "sites.aion.phases.p1.deployments.racks.fill_share"
    found = solve(aion, share, "h100e_8bit>=150000 at 2030-01")
    assert (found.found, found.best, found.high) == (None, 1.0, 1.0)
    assert found.binds.startswith("nothing holds back aion.p1; elsewhere grid connection")


def test_where_nothing_does_it_that_is_said_with_what_binds(shipped):
    aion = announced(shipped)
    found = solve(aion, "sites.aion.phases.p1.deployments.racks.ordered_on", "h100e_8bit>=200000 by 2029-06")
    assert found.found is None
    assert isinstance(found.best, date)
    assert "no value between" in found.explanation
    assert found.binds


def test_a_goal_every_value_meets_is_said(small):
    assert "every value" in solve(small, "finance.wacc_real", "lcoc<=100", low=0.05, high=0.06).explanation


def test_what_is_no_number_or_date_is_refused(small):
    with pytest.raises(StudyError, match="no number or date"):
        solve(small, "name", "lcoc=2")
    with pytest.raises(ScenarioError, match="did you mean finance"):
        solve(small, "financ.wacc_real", "lcoc=2")
    with pytest.raises(StudyError, match="from a lower to a higher"):
        solve(small, "finance.wacc_real", "lcoc=2", low=0.2, high=0.1)


OPTIONS = """
plan: test
scenario: {scenario}
objective: {objective}
goal: h100e_8bit>={goal} by 2031-12
grid_mw: 200
slots:
  - {{id: p1, path: sites.aion.phases.p1}}
  - {{id: p2, path: sites.aion.phases.p2}}
  - {{id: p3, path: sites.aion.phases.p3}}
  - {{id: p4, path: sites.aion.phases.p4}}
options:
  - {{id: gb1, slot: p1, size: {{path: sites.aion.phases.p1.critical_it_mw, low: 20, high: 50}}}}
  - {{id: gb2, slot: p2}}
  - {{id: gb3, slot: p3}}
  - {{id: vr3, slot: p3, set: {{sites.aion.phases.p3.deployments.racks.system: vr200-nvl72}}}}
{more}
"""


def options_file(tmp_path, shipped, goal, objective="least-cost", more=""):
    file = tmp_path / "plan.yaml"
    scenario = tmp_path / "announced.yaml"
    halls = (f"{{id: p{i}, deployments: [{{id: racks, system: gb300-nvl72}}]}}" for i in range(1, 5))
    sites = f"sites: [{{id: aion, phases: [{', '.join(halls)}]}}]"
    scenario.write_text(f"extends: {shipped / 'aion-288k-h100e.yaml'}\nname: announced\n{sites}\n", "utf-8")
    file.write_text(OPTIONS.format(goal=goal, objective=objective, scenario=scenario, more=more), "utf-8")
    return file


def test_the_plan_is_cheapest_and_simulated(tmp_path, shipped):
    result = plan(options_file(tmp_path, shipped, 100000), processes=1)
    assert result.feasible
    assert result.simulated.goal >= 100000
    assert abs(result.model_gap) < 0.02
    assert [c.option for c in result.choices] == ["vr3"]
    base = override(announced(shipped), result.changes)
    layout, row = layout_of(play(base, 0, 0)), observe(play(base, 0, 0))
    first = layout.columns("h100e_8bit").first
    assert row[first + 71] == result.simulated.goal


def test_the_most_compute_within_limits_uses_what_helps(tmp_path, shipped):
    result = plan(options_file(tmp_path, shipped, 1, "most-compute"), processes=1)
    assert {c.option for c in result.choices} == {"gb1", "gb2", "vr3"}
    assert next(c.size for c in result.choices if c.option == "gb1") == pytest.approx(50)
    assert result.simulated.peak_mw <= 200


def test_what_no_choice_can_do_is_said_with_the_best(tmp_path, shipped):
    with pytest.raises(StudyError, match="without budget and grid limits the best comes to"):
        plan(options_file(tmp_path, shipped, 900000), processes=1)


def test_wrong_plan_files_are_refused(tmp_path, shipped):
    wrong = options_file(tmp_path, shipped, 1, more="  - {id: x, slot: p9}")
    with pytest.raises(ScenarioError, match="unknown slot p9"):
        plan(wrong)
    wrong = options_file(tmp_path, shipped, 1, "cheapest")
    with pytest.raises(ScenarioError, match="objective"):
        plan(wrong)


def test_a_plan_says_which_limits_of_the_scenario_its_answer_breaks(tmp_path, shipped):
    """By hand: 50 + 2 x 45.45 + 100 = 240.9 MW of halls stand behind the 200 MW of grid in 2031-12."""
    more = "  - {id: gb4, slot: p4, set: {sites.aion.phases.p4.critical_it_mw: 100}}"
    file = options_file(tmp_path, shipped, 1, "most-compute", more)
    file.write_text(file.read_text("utf-8").replace("grid_mw: 200", "grid_mw: 400"), "utf-8")
    result = plan(file, processes=1)
    assert result.feasible
    assert "the 200 MW of grid at aion strand" in result.limits[0]
    assert "of its 240.9 MW of halls" in result.limits[0]
    assert result.explanation.endswith("; ".join(result.limits))
    assert result.to_dict()["limits"] == list(result.limits)


def test_wrong_options_are_named_with_file_line_and_path_all_at_once(tmp_path, shipped):
    more = "  - {id: x, slot: p4, set: {sites.aion.phases.p4.deployments.racks.system: vr2000-nvl72}}\n"
    more += "  - {id: y, slot: p4, size: {path: sites.aion.phases.p4.critical_it_mv, low: 1, high: 2}}"
    with pytest.raises(ScenarioError) as error:
        plan(options_file(tmp_path, shipped, 1, more=more))
    x, y = (str(fault) for fault in error.value.faults)
    assert "plan.yaml:17  options.x: sites.aion.phases.p4.deployments.racks.system: " in x
    assert "did you mean vr200-nvl72" in x
    assert "plan.yaml:18  options.y: sites.aion.phases.p4.critical_it_mv: unknown key" in y


def test_a_slot_the_scenario_does_not_have_is_refused(tmp_path, shipped):
    file = options_file(tmp_path, shipped, 1)
    file.write_text(
        file.read_text("utf-8").replace("path: sites.aion.phases.p4}", "path: sites.aion.phases.p44}"),
        "utf-8",
    )
    with pytest.raises(ScenarioError, match=r"plan\.yaml:11  slots\.p4\.path: .*p44; did you mean p4"):
        plan(file)


@pytest.mark.parametrize("end", [date(2028, 1, 1), "60MW", "1,000", "2028-06", float("inf")])
def test_an_end_that_is_no_number_is_told(small, end):
    with pytest.raises(
        StudyError, match=r"high must be a number such as 60, .* as finance.wacc_real is \(got"
    ):
        solve(small, "finance.wacc_real", "lcoc=2", high=end)


@pytest.mark.parametrize("end", [2028, 20.5, "2028-06", "later"])
def test_an_end_that_is_no_date_is_told(shipped, end):
    start = "sites.aion.phases.p2.starts_on"
    with pytest.raises(StudyError, match=rf"low must be a date such as 2028-06-01, as {start} is \(got"):
        solve(load(shipped / "aion-288k-h100e.yaml"), start, "lcoc=0.3", low=end)


@pytest.mark.parametrize(
    ("key", "bracket", "words"),
    [
        ("critical_it_mw", {"high": 1e300}, "at most 1e.07 MW"),
        ("critical_it_mw", {"low": 1e-300}, "at least 1e-06 MW"),
        (
            "critical_it_mw",
            {"low": -5, "high": 50},
            r"low of .*critical_it_mw must be greater than 0 \(got -5\)",
        ),
        ("critical_it_mw", {"low": 0, "high": 50}, "must be greater than 0"),
        ("ready_for_service_on", {"low": "9999-01-01", "high": "9999-12-31"}, "from 1900 to 2200"),
        ("ready_for_service_on", {"low": "0001-01-01"}, "from 1900 to 2200"),
    ],
)
def test_an_end_beyond_all_plans_is_refused(small, key, bracket, words):
    site, phase = small.sites[0], small.sites[0].phases[0]
    vary = f"sites.{site.id}.phases.{phase.id}.{key}"
    with pytest.raises(StudyError, match=words):
        solve(small, vary, "lcoc=2.6", **bracket)


def test_a_bracket_without_a_plan_is_refused(small):
    vary = f"sites.{small.sites[0].id}.phases.{small.sites[0].phases[0].id}.critical_it_mw"
    with pytest.raises(StudyError, match=r"no value of .* between 0.01 and 0.02 makes a valid plan: "):
        solve(small, vary, "lcoc=2.6", low=0.01, high=0.02)
