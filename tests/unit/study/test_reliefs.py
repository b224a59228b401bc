"""Relief: what lifting a limit gains is right by hand, and what the plan with it lifted gives when run.

Tests `study.gains`, `study.ladders`, `study.limit`, `study.liftable_limits`, `study.limits_of_power`,
`study.limits_of_time`, `study.moved_sites`, `study.plan_changes`, `study.relief_results`,
`study.reliefs`, `study.ranked`, `study.counterfactuals`, `study.standing`.
"""

from __future__ import annotations

import json
import math
import re
from datetime import date
from io import StringIO

import pytest
from rich.console import Console

import capsim
from capsim.errors import StudyError
from capsim.pipeline import run
from capsim.projection import as_json, finite, headline
from capsim.report.helps import lifted_sheet
from capsim.report.relief_tables import best_in_a_line
from capsim.report.studies import study_summary
from capsim.scenario.loading import load, loads
from capsim.study.counterfactuals import lifted, of_run
from capsim.study.liftable_limits import DEMAND, limits_of
from capsim.study.relief_results import Relief
from capsim.study.reliefs import first_reliefs, relief

MONTHS = {"permit": 2.0, "construction": 4.0, "commissioning": 1.0}


def stages(crew=None, **months):
    rows = [{"id": name, "duration_months": n} for name, n in (MONTHS | months).items()]
    rows[-1]["needs_energization"] = True
    rows[1] |= {"crew": crew} if crew else {}
    return rows


def racks(**changes):
    order = {
        "id": "racks",
        "system": "gb300-nvl72",
        "systems": 40,
        "lead_time_weeks": 10,
        "delivery_weeks": 0,
    }
    return order | {"ordered_on": date(2026, 4, 1)} | changes


def hall(name="p1", *orders, **changes):
    plan = {"id": name, "critical_it_mw": 10.0, "energization": "g1", "stages": stages()}
    return plan | {"deployments": list(orders)} | changes


def plan_of(*halls, grid=None, site=None, **changes):
    """Two years of a site in Paris, whose grid step takes three months."""
    step = {"id": "g1", "grid_mw": 30.0, "lead_time_months": 3.0} | (grid or {})
    place = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    place |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": list(halls), "grid_connection": [step]}
    plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2}
    plan |= {"workload": {"preset": "large-training"}, "costs": {"preset": "fr-greenfield-ai"}}
    return loads(plan | {"sites": [place | (site or {})]} | changes)


def standing(systems, **changes):
    """A hall that is there, with racks in service."""
    there = racks(systems=systems, in_service_on=date(2025, 6, 1))
    del there["ordered_on"]
    plan = hall("p1", there, ready_for_service_on=date(2025, 1, 1), **changes)
    del plan["stages"]
    return plan


def months_gained(result, limit, phase="p1", milestone="ready_for_service"):
    """Months by which lifting a limit alone moves a date; 0 where it does not."""
    (row,) = (row for row in result.lifted if row.limit == limit)
    found = [d.months for d in row.gain.dates if (d.phase, d.milestone) == (phase, milestone)]
    return found[0] if found else 0.0


@pytest.fixture(scope="module")
def parallel():
    """Grid in parallel with permit and construction, and racks that come as the hall is ready."""
    scenario = plan_of(hall("p1", racks(ordered_on=date(2026, 5, 20))))
    return scenario, relief(scenario)


def test_a_connection_in_parallel_gains_nothing(parallel):
    assert months_gained(parallel[1], "grid connection") == 0.0
    assert parallel[1].lifted[-1].limit in ("grid connection", "deliveries", "crews")


def test_stages_in_series_gain_what_they_take_up_to_the_connection(parallel):
    gains = {name: months_gained(parallel[1], name) for name in MONTHS}
    # without construction the hall waits for power from month 2 to month 3
    assert gains == pytest.approx({"permit": 2.0, "construction": 3.0, "commissioning": 1.0})


def test_a_step_gains_a_month(parallel):
    eased = {row.limit: row.eased for row in parallel[1].lifted}
    for name in MONTHS:
        assert eased[name].dates[0].months == pytest.approx(1.0)
    assert eased["grid connection"].dates == ()


def test_the_gain_is_what_the_changed_plan_gives(parallel):
    scenario, result = parallel
    path = "sites.a.phases.p1.stages.permit.duration_months"
    by_hand = {"as_dated": {path: 0.0}}
    # 61 days earlier, and the racks with the hall
    by_hand["gain"] = by_hand["as_dated"] | {
        "sites.a.phases.p1.deployments.racks.ordered_on": date(2026, 3, 20)
    }
    before = capsim.simulate(scenario).headline
    (row,) = (row for row in result.lifted if row.limit == "permit")
    for kind, changes in by_hand.items():
        after = capsim.simulate(scenario.override(changes)).headline
        for name, change in getattr(row, kind).figures.items():
            assert change == pytest.approx(after[name] - before[name], nan_ok=True), (kind, name)
    assert row.gain.figures["h100e_h"] > row.as_dated.figures["h100e_h"]


def test_the_first_reliefs_are_those_of_the_relief(parallel):
    scenario, result = parallel
    quick = first_reliefs(run(scenario))
    for row, of_all in zip(quick.lifted, result.lifted, strict=True):
        assert (row.limit, repr(row.gain)) == (of_all.limit, repr(of_all.gain))
    assert (quick.left_out, quick.slack, quick.ladder) == (result.left_out, result.slack, ())


def test_limits_that_are_not_there_are_named(parallel):
    assert parallel[1].left_out == {
        "own generation": "none bridges the time to the grid",
        "equipment": "no phase names any",
        "allocation": "no supply is limited",
        "funding": "money is not limited",
        "hall power": "no hall has more systems than it carries",
        "cooling": "it cuts no load",
        "power at the meter": "it cuts no load",
        "demand": "demand is not limited",
    }


def test_the_ladder_goes_on_until_nothing_helps(parallel):
    scenario, result = parallel
    assert result.ladder[0].limits == ("construction",)
    rungs = {limit for gain in result.ladder for limit in gain.limits}
    assert rungs >= {"permit", "construction", "commissioning", "grid connection", "deliveries"}
    assert result.end.startswith("nothing more helps")
    plan = of_run(run(scenario))
    there = tuple(limit for limit in limits_of(scenario) if limit.name in rungs)
    in_all = sum(gain.figures["h100e_h"] for gain in result.ladder)
    # rung by rung or all at once: the orders end up on the same dates
    at_once = lifted(plan, there).figures["h100e_h"] - plan.figures["h100e_h"]
    assert in_all == pytest.approx(at_once, rel=0.02)


def test_two_ways_that_take_equally_long_are_lifted_together():
    one_stage = [{"id": "construction", "duration_months": 6.0}]
    result = relief(plan_of(hall(stages=one_stage), grid={"lead_time_months": 6.0}))
    assert (months_gained(result, "construction"), months_gained(result, "grid connection")) == (0.0, 0.0)
    assert result.ladder[0].limits == ("grid connection", "construction")
    assert result.ladder[0].dates[0].months == pytest.approx(6.0)


def test_crews_and_deliveries():
    two = (
        hall(name, racks(ordered_on=date(2026, 8, 1)), stages=stages("construction")) for name in ("p1", "p2")
    )
    result = relief(plan_of(*two, crews={"construction_crews": 1}))
    # the second hall waits for the crew of the first: four months
    assert months_gained(result, "crews", "p2") == pytest.approx(4.0)
    assert months_gained(result, "crews", "p1") == 0.0
    # racks of the first hall, ready on day 213, come on day 212 + 70
    assert months_gained(result, "deliveries", "p1", "fleet_in_service") == pytest.approx(
        (212 + 70 - 213.1) * 12 / 365.25, abs=0.01
    )


def test_funding():
    money = [{"id": "t1", "amount": 1e12, "available_on": date(2026, 7, 1)}]
    result = relief(plan_of(hall(), funding={"covers": ["facilities"], "tranches": money}))
    # construction waits from day 61 to day 181
    assert months_gained(result, "funding") == pytest.approx((181 - 60.875) * 12 / 365.25)
    (row,) = (row for row in result.lifted if row.limit == "funding")
    assert row.eased.dates[0].months == pytest.approx(30 * 12 / 365.25)


def test_allocation_and_equipment():
    kit = {"id": "ups", "item": "lt-ups", "lead_time_weeks": 40, "needed_at": "commissioning"}
    supply = [{"id": "s", "systems": ["gb300-nvl72"]}]
    supply[0]["allocation"] = [{"id": "y", "from_on": date(2027, 3, 1), "systems_per_quarter": 40}]
    result = relief(plan_of(hall("p1", racks(), equipment=[kit]), supply=supply))
    # the UPS comes on day 280, and the construction is done on day 182.6
    assert months_gained(result, "equipment") == pytest.approx((280 - 182.625) * 12 / 365.25)
    assert months_gained(result, "allocation", "p1", "fleet_in_service") > 3.0
    (row,) = (row for row in result.lifted if row.limit == "allocation")
    assert row.eased.dates[0].months == pytest.approx(28 * 12 / 365.25)


def test_own_generation_and_the_grid_it_bridges():
    """Engines carry the hall from a month after its construction, and the grid comes two years later."""
    engines = {"power_mw": 12.0, "fuel": "gas", "runs_when_short": True, "available_on": date(2026, 8, 2)}
    late = {"lead_time_months": 24.0}
    result = relief(plan_of(hall("p1", racks()), grid=late, site={"generation": engines}, horizon_years=3))
    # the construction is done on day 182.6, and the engines are there on day 213
    gains = {name: months_gained(result, name) for name in (*MONTHS, "own generation", "grid connection")}
    both = pytest.approx((213 - 182.625) * 12 / 365.25)
    assert gains == {"permit": 0.0, "construction": 0.0, "commissioning": 1.0} | {
        "own generation": both,
        "grid connection": both,
    }
    (row,) = (row for row in result.lifted if row.limit == "own generation")
    assert row.eased.dates[0].months == both
    floats = {row.activity: row.total_months for row in result.slack}
    assert floats["own generation"] == floats["commissioning"] == 0.0
    assert floats["construction"] == both
    assert floats["grid connection"] == math.inf
    assert Relief.from_dict(json.loads(as_json(finite(result.to_dict())))).slack == result.slack


def test_the_ladder_ends_at_demand():
    result = relief(plan_of(hall("p1", racks()), demand={"h100e": 1000.0}))
    (row,) = (row for row in result.lifted if row.limit == "demand")
    assert row.gain.figures["h100e_h"] > 0.0
    assert all(DEMAND.name not in gain.limits for gain in result.ladder)
    assert result.end == "only demand binds"


def test_the_ladder_ends_with_the_last_rung_that_gains_something():
    """Asked for less than its racks can do from August on, the hall has no use for being there in June."""
    hall_and_demand = plan_of(hall("p1", racks()), demand={"h100e": 1000.0, "growth_per_y": 0.0})
    result = relief(hall_and_demand)
    assert result.ladder
    assert all(rung.figures["h100e_h"] > 0.0 for rung in result.ladder)
    # and by a figure that nothing moves there is no rung, though halls are earlier
    full = relief(plan_of(hall("p1", racks())), by="h100e_8bit at 2027-12")
    assert any(row.gain.mw_months > 1.0 for row in full.lifted)
    assert not any(full.ranking.helps(row.gain) for row in full.lifted)
    assert full.ladder == ()
    assert best_in_a_line(full) == "Helps H100e (8bit) at 2027-12: no limit, lifted by itself"


def test_halls_without_any_systems_are_what_is_earlier():
    result = relief(plan_of(hall("p1")))
    assert result.manifest["by"] == "it_gwh"
    assert result.ladder
    assert all(rung.mw_months > 0.0 for rung in result.ladder)


def test_what_comes_next_is_the_second_rung(parallel):
    scenario, result = parallel
    first, second = (" and ".join(rung.limits) for rung in result.ladder[:2])
    assert best_in_a_line(result).startswith(f"Helps most: {first} lifted, ")
    assert best_in_a_line(result).endswith(f"; then {second}")
    # by itself another one is the next best, and the line of a run says that it is in place of the first
    assert result.lifted[1].limit != second
    assert best_in_a_line(first_reliefs(run(scenario))).endswith(f"; or else {result.lifted[1].limit}")
    dated = relief(scenario, by="ready_for_service of a.p1")
    assert " lifted, a.p1 ready for service 3.0 months earlier" in best_in_a_line(dated)


def test_power_at_the_meter():
    connected = {"grid_mw": 6.0, "energised_on": date(2025, 1, 1), "lead_time_months": None}
    scenario = plan_of(standing(60), grid=connected)
    result = relief(scenario)
    (row,) = (row for row in result.lifted if row.limit == "power at the meter")
    lost = run(scenario).operations.monthly["curtailed_h100e_h"].sum()
    assert lost > 0.0
    assert row.gain.figures["h100e_h"] == pytest.approx(lost)
    larger = capsim.simulate(scenario.override({"sites.a.grid_connection.g1.grid_mw": 7.0})).headline
    assert row.eased.figures["h100e_h"] == pytest.approx(larger["h100e_h"] - result.plan["h100e_h"])
    assert result.ladder[0].limits == ("power at the meter",)


def test_power_that_is_added_to_what_is_there_is_paid_for():
    """By hand: a MW of connection as one that is built, on the day of the start."""
    there = {"grid_mw": 6.0, "energised_on": date(2025, 1, 1), "lead_time_months": None}
    scenario = plan_of(standing(60), grid=there)
    (row,) = (row for row in relief(scenario).lifted if row.limit == "power at the meter")
    before = {"id": "g1", "grid_mw": 6.0, "energised_on": date(2025, 1, 1)}
    more = {"id": "g2", "grid_mw": 1.0, "energised_on": date(2026, 1, 1)}
    by_hand = plan_of(standing(60), site={"grid_connection": [before, more]})
    added = capsim.simulate(by_hand).headline["capex_eur"] - capsim.simulate(scenario).headline["capex_eur"]
    assert added > 50_000.0
    assert row.eased.figures["capex_eur"] == pytest.approx(added)
    assert row.gain.figures["capex_eur"] > 0.0


def test_hall_power_and_cooling():
    connected = {"grid_mw": 90.0, "energised_on": date(2025, 1, 1), "lead_time_months": None}
    full = {"allocation": 1.0, "busy_share": 1.0, "power_utilisation": 1.0}
    small = {"preset": "dlc-dry-cooler", "arguments": {"chiller_capacity_margin": 0.3}}
    hot = {"climate": "abu-dhabi", "cooling": small}
    crowded = standing(75, oversubscription=1.2)
    scenario = plan_of(crowded, grid=connected, site=hot, workload=full)
    result = relief(scenario)
    gains = {row.limit: row.gain.figures["h100e_h"] for row in result.lifted}
    assert gains["cooling"] > 0.0
    assert "hall power" in gains
    assert {limit for gain in result.ladder for limit in gain.limits} == {"cooling", "hall power"}
    end = of_run(run(scenario))
    for limit in (limit for limit in limits_of(scenario) if limit.name in ("cooling", "hall power")):
        end = lifted(end, (limit,))
    assert end.run.operations.monthly["curtailed_h100e_h"].sum() == pytest.approx(0.0, abs=1e-6)


def test_sites_that_do_not_move_keep_their_hours():
    there = standing(40)
    connected = {"id": "g1", "grid_mw": 30.0, "energised_on": date(2025, 1, 1)}
    other = {"id": "b", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    other |= {"cooling": {"preset": "dlc-adiabatic"}, "phases": [there], "grid_connection": [connected]}
    money = {"covers": ["facilities"], "tranches": [{"id": "t1", "amount": 1e12}]}
    first = other | {"id": "a", "phases": [hall("p1", racks())]}
    first["grid_connection"] = [{"id": "g1", "grid_mw": 30.0, "lead_time_months": 3.0}]
    both = plan_of(sites=[first, other], funding=money)
    plan = of_run(run(both))
    for limit in (limit for limit in limits_of(both) if not limit.why_not(plan)):
        freed = lifted(plan, (limit,))
        anew = headline(run(freed.scenario))
        assert repr(freed.figures) == repr(anew), limit.name


def test_aion_gains_from_power_what_the_dated_plan_gives(shipped):
    scenario = load(shipped / "aion-288k-h100e.yaml")
    steps = {f"sites.aion.grid_connection.{step}": date(2026, 1, 1) for step in ("block-1", "block-2")}
    early = {f"{path}.energised_on": day for path, day in steps.items()}
    early |= {f"{path}.{key}": None for path in steps for key in ("applied_on", "preset")}
    before, after = (run(s).timeline.ready_for_service_d() for s in (scenario, scenario.override(early)))
    gained = {place[1]: (before[place] - after[place]) * 12 / 365.25 for place in before}
    assert gained == pytest.approx({"p1": 0.0, "p2": 0.0, "p3": 3.33, "p4": 0.37}, abs=0.01)
    result = first_reliefs(run(scenario))
    for phase, months in gained.items():
        assert months_gained(result, "grid connection", phase) == pytest.approx(months)


def test_it_is_saved_and_read_back(parallel, tmp_path):
    scenario, result = parallel
    folder = tmp_path / "relief"
    relief(scenario, folder=folder)
    assert repr(Relief.load(folder).to_dict()) == repr(result.to_dict())
    with pytest.raises(StudyError, match="holds a study already"):
        relief(scenario, folder=folder)
    assert repr(relief(scenario, folder=folder, resume=True).to_dict()) == repr(result.to_dict())


def test_another_figure_ranks(parallel):
    result = relief(parallel[0], by="lcoc")
    changes = [row.gain.figures[result.manifest["by"]] for row in result.lifted]
    assert result.manifest["by"] == "lcoc_eur_per_h100e_h"
    assert changes == sorted(changes)
    assert math.isnan(result.plan["npv_eur"])


@pytest.mark.parametrize(
    ("by", "unit", "better"),
    [
        ("h100e_8bit at 2026-07", "H100e", "higher"),
        ("capex of a.p1 by 2026-06", "EUR2025", "lower"),
        ("h100e_h in 2026", "H100e h", "higher"),
    ],
)
def test_a_figure_in_words_ranks(parallel, tmp_path, by, unit, better):
    scenario, _ = parallel
    result = relief(scenario, by=by, folder=tmp_path / "relief")
    path = "sites.a.phases.p1"
    edits = {f"{path}.stages.permit.duration_months": 0.0}
    edits |= {f"{path}.deployments.racks.ordered_on": date(2026, 3, 20)}
    before, after = (capsim.simulate(plan).figure(by) for plan in (scenario, scenario.override(edits)))
    (row,) = (row for row in result.lifted if row.limit == "permit")
    assert (result.plan[by], row.gain.figures[by]) == pytest.approx((before, after - before))
    assert row.gain.figures[by] != 0.0
    keys = [result.ranking.key(row.gain) for row in result.lifted]
    assert keys == sorted(keys, reverse=True)
    assert (result.units[by].startswith(unit), result.manifest["better"]) == (True, better)
    assert repr(Relief.load(tmp_path / "relief").to_dict()) == repr(result.to_dict())


@pytest.mark.parametrize(
    ("by", "plan_months", "gains"),
    [
        # by hand: ready after two, four and one month of stages, and power in the third
        ("ready_for_service of a.p1", 7.0, {"permit": -2.0, "construction": -3.0, "commissioning": -1.0}),
        # the last day of the first month that ends with 10 MW: August
        ("date of critical_it_mw >= 10", 242 * 12 / 365.25, {"permit": -61 * 12 / 365.25, "crews": 0.0}),
        # never counts as the end of the horizon, after two years
        ("date of critical_it_mw >= 11", 24.0, {"permit": 0.0, "construction": 0.0}),
    ],
)
def test_a_date_ranks_in_months(parallel, by, plan_months, gains):
    result = relief(parallel[0], by=by)
    name = by.replace(" >= ", ">=")
    # dates are told in whole days
    assert result.plan[name] == pytest.approx(plan_months, abs=0.04)
    found = {row.limit: row.gain.figures[name] for row in result.lifted}
    assert {limit: found[limit] for limit in gains} == pytest.approx(gains, abs=0.05)
    assert result.units[name] == "months"
    assert result.manifest["better"] == "lower"


def test_a_cost_of_compute_is_that_of_energy_where_nothing_computes():
    hosted = hall("p1", racks(system="hosted-it-100kw", systems=50, ordered_on=date(2026, 5, 20)))
    assert relief(plan_of(hosted), by="lcoc").manifest["by"] == "levelised_cost_eur_per_it_mwh"


def test_goals_that_are_dates_move_by_days(parallel):
    """Ready on 1 August 2026 in the plan, and two months earlier without the permit; and never 11 MW."""
    ready, level, never = (
        "ready_for_service of a.p1",
        "date of critical_it_mw>=10",
        "date of critical_it_mw>=11",
    )
    goals = [f"{ready} <= 2026-06-30", f"{level} <= 2026-07", f"{never} <= 2027-01"]
    result = relief(parallel[0].override({"targets": [{"id": "t", "goals": goals}]}))
    (row,) = (row for row in result.lifted if row.limit == "permit")
    moved = {goal.metric: goal for goal in row.gain.targets}
    # what never is does not move
    assert list(moved) == [ready, level]
    assert moved[ready].months == pytest.approx(61 * 12 / 365.25, abs=0.04)
    assert date.fromordinal(int(moved[ready].reached_after)) == date(2026, 6, 2)
    assert (moved[ready].met_before, moved[ready].met_after) == (False, True)
    console = Console(width=200, record=True, file=StringIO())
    console.print(study_summary(result))
    text = " ".join(console.export_text().split())
    assert "a.p1 ready for service, 2026-06-30 2026-08-02 2026-06-02 met - - +2.0" in text
    again = Relief.from_dict(json.loads(as_json(finite(result.to_dict()))))
    assert repr(again.lifted) == repr(result.lifted)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"by": "h100e_hh"}, "no result is called h100e_hh"),
        ({"by": "h100e_8bit"}, "h100e_8bit needs a month: h100e_8bit at, by or in 2030-12"),
        ({"by": "h100e_8bit at 2031-01"}, "the horizon is from 2026-01 to 2027-12"),
        ({"by": "ready_for_service of a.p2"}, "no phase a.p2 has that date"),
        ({"by": "npv"}, "npv: the plan has no value of it, so nothing can be ranked by it: it needs revenue"),
        ({"by": "grid_mw_end"}, "nothing can be ranked by it"),
        ({"band_months": -1.0}, "the band of near-critical paths is 0 months or more"),
        ({"band_months": math.nan}, "the band of near-critical paths is 0 months or more"),
    ],
)
def test_wrong_inputs(parallel, wrong, said):
    with pytest.raises(StudyError, match=said):
        relief(parallel[0], **wrong)


def test_halls_are_told_in_mw_years_where_nothing_computes():
    """By hand: the hall of 10 MW waits for 3 months of permit, construction and commissioning each."""
    result = relief(plan_of(hall("p1", stages=stages(permit=3.0, construction=3.0, commissioning=3.0))))
    (row,) = (row for row in result.lifted if row.limit == "permit")
    assert row.gain.mw_months == pytest.approx(30.0)
    assert re.match(r"Helps most: \w+ lifted, \+2\.50 MW-years of halls ready", best_in_a_line(result))
    shown = shown_of(result)
    assert "ranked by halls ready earlier" in shown
    assert "IT energy" not in shown
    assert "halls ready earlier, MW-years" in lifted_sheet(result).heads


def shown_of(result):
    console = Console(file=StringIO(), width=200)
    console.print(study_summary(result))
    return console.file.getvalue()


PAST = {"starts_on": date(2025, 4, 1), "energization": "g0"}
POWERED = {"grid_connection": [{"id": "g0", "grid_mw": 30.0, "energised_on": date(2025, 1, 1)}]}


def test_what_is_done_cannot_be_lifted():
    """Ready in November 2025, two months before the start: earlier halls would be none the sooner."""
    result = relief(plan_of(hall("p1", **PAST), site=POWERED))
    assert {"permit", "construction", "commissioning", "grid connection"} <= set(result.left_out)
    assert all(row.gain.mw_months == 0.0 and not row.gain.dates for row in result.lifted)
    assert result.ladder == ()
    assert best_in_a_line(result) == "Helps halls: no limit, lifted by itself"


def test_a_stage_under_way_ends_on_the_data_date_at_the_earliest():
    """Permit done in May 2025, construction under way until June 2026: it can end on the first of January."""
    long = hall("p1", stages=stages(permit=2.0, construction=12.0), **PAST)
    result = relief(plan_of(long, site=POWERED))
    assert "permit" in result.left_out
    assert months_gained(result, "construction") == pytest.approx(5.0, abs=0.05)
    assert months_gained(result, "commissioning") == pytest.approx(1.0)
    (row,) = (row for row in result.lifted if row.limit == "construction")
    # and a month shorter it is a month earlier
    assert [gain.months for gain in row.eased.dates] == [pytest.approx(1.0)]


def test_power_applied_for_in_the_past_is_there_today_at_the_earliest():
    """Applied for in January 2025 with two years: a year is left. The hall is otherwise done by January."""
    grid = {"lead_time_months": 24.0, "applied_on": date(2025, 1, 1)}
    result = relief(plan_of(hall("p1", starts_on=date(2025, 6, 15)), grid=grid))
    assert months_gained(result, "grid connection") == pytest.approx(12.0, abs=0.6)


def test_equipment_that_is_there_is_no_limit():
    item = {"id": "gear", "item": "lt-ups", "needed_at": "construction", "lead_time_weeks": 4.0}
    result = relief(plan_of(hall("p1", equipment=[item], **PAST), site=POWERED))
    assert result.left_out["equipment"] == "all of it is there"
