"""Orders that move take what is newest then: what a relief gains is what a file with its dates gives.

Tests `study.chosen_again`, `study.counterfactuals`, `study.gains`, `study.ladders`.
"""

from __future__ import annotations

from datetime import date

import pytest

from capsim.pipeline import run
from capsim.projection import headline
from capsim.scenario.loading import load, loads
from capsim.study.chosen_again import chosen_again, in_wait, systems_of
from capsim.study.counterfactuals import lifted, of_run
from capsim.study.liftable_limits import limits_of
from capsim.study.plan_changes import changed, with_orders
from capsim.study.relief_results import Relief
from capsim.study.reliefs import first_reliefs, relief

ORDER = "sites.a.phases.p1.deployments.racks"
NEWEST = {"newest": "nvidia-rack", "at": "order"}
LAUNCH = date(2028, 2, 11)
"""Of Rubin Ultra, as the plan has it."""


def plan(ordered_on=date(2028, 3, 1), permit=12, rack_kw=650, refresh=None, **changes):
    """A hall in Paris, ready on 2028-10-01 after 33 months, with the racks that are newest at their order."""
    stages = [{"id": "permit", "duration_months": permit}, {"id": "works", "duration_months": 21}]
    stages[-1]["needs_energization"] = True
    racks = {"id": "racks", "system": NEWEST, "fill_share": 1.0, "ordered_on": ordered_on}
    racks |= {"refresh": refresh} if refresh else {}
    hall = {
        "id": "p1",
        "critical_it_mw": 10.0,
        "energization": "g1",
        "stages": stages,
        "deployments": [racks],
    }
    site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler", "rack_kw": rack_kw}, "phases": [hall]}
    site["grid_connection"] = [{"id": "g1", "grid_mw": 20.0, "energised_on": date(2026, 1, 1)}]
    whole = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 6, "sites": [site]}
    whole |= {"workload": {"preset": "large-training"}, "costs": {"preset": "fr-greenfield-ai"}}
    return loads(whole | changes)


def order_of(scenario):
    (order,) = scenario.deployments().values()
    return order


def limit_of(scenario, name):
    return next(limit for limit in limits_of(scenario) if limit.name == name)


def figures(scenario, **changes):
    """Headline figures of a file with other values."""
    return headline(run(scenario.override({path.replace("__", "."): v for path, v in changes.items()})))


def same(one, other):
    return one == pytest.approx(other, rel=1e-12, nan_ok=True)


def at(scenario, ordered_on, **fields):
    """The plan with its order on another day, as a variant moves it."""
    return with_orders(scenario, lambda _, order: changed(order, ordered_on=ordered_on, **fields))


@pytest.mark.parametrize(
    ("orders", "permit", "ordered_on", "system"),
    [
        # without its permit the hall is ready 365 days earlier, and without half of it 183
        ("follow", 12, date(2027, 3, 2), "vr200-nvl72"),
        ("wait", 12, LAUNCH, "rubin-ultra-kyber"),
        ("stay", 12, date(2028, 3, 1), "rubin-ultra-kyber"),
        ("follow", 0.5, date(2028, 2, 15), "rubin-ultra-kyber"),
        ("wait", 0.5, date(2028, 2, 15), "rubin-ultra-kyber"),
    ],
)
def test_a_variant_is_the_edited_file(orders, permit, ordered_on, system):
    scenario = plan(permit=permit)
    freed = lifted(of_run(run(scenario)), (limit_of(scenario, "permit"),), orders=orders)
    assert (order_of(freed.scenario).ordered_on, order_of(freed.scenario).system) == (ordered_on, system)
    edited = {"sites.a.phases.p1.stages.permit.duration_months": 0, f"{ORDER}.ordered_on": ordered_on}
    assert order_of(scenario.override(edited)).system == system
    assert same(freed.figures, figures(scenario, **edited))


@pytest.mark.parametrize(
    ("years", "ordered_on", "system", "waits"),
    [
        # three years of Rubin Ultra are more than four of Rubin; a quarter of a year of it is not
        (6, date(2028, 3, 1), "rubin-ultra-kyber", True),
        (3, date(2028, 3, 1), "vr200-nvl72", False),
        # a year earlier it is still the newest
        (6, date(2029, 6, 1), "rubin-ultra-kyber", False),
    ],
)
def test_what_gains_more_counts(years, ordered_on, system, waits):
    scenario = plan(ordered_on=ordered_on, horizon_years=years)
    before = of_run(run(scenario))
    both = [lifted(before, (limit_of(scenario, "permit"),), orders=way) for way in ("follow", "wait")]
    best = max(both, key=lambda one: one.figures["h100e_h"])
    assert order_of(best.scenario).system == system
    result = first_reliefs(run(scenario))
    (row,) = (row for row in result.lifted if row.limit == "permit")
    assert row.gain.figures["h100e_h"] == best.figures["h100e_h"] - before.figures["h100e_h"]
    (moved,) = row.gain.orders
    assert (moved.after, moved.system_after) == (order_of(best.scenario).ordered_on.isoformat(), system)
    assert row.gain.waiting == (("a.p1.racks",) if waits else ())
    assert Relief.from_dict(result.to_dict()).lifted == result.lifted


def test_the_ladder_goes_on_from_what_was_chosen():
    scenario = plan()
    result = relief(scenario)
    edits, total = {}, result.plan["h100e_h"]
    stages = "sites.a.phases.p1.stages"
    by_hand = {
        "permit": {f"{stages}.permit.duration_months": 0},
        "works": {f"{stages}.works.duration_months": 0},
        "crews": {"crews.installer_crews": 1e5, "crews.installer_crews_per_mw": None},
        "deliveries": {f"{ORDER}.lead_time_weeks": 0},
    }
    assert result.ladder
    for rung in result.ladder:
        for limit in rung.limits:
            edits |= by_hand[limit]
        edits |= {f"{ORDER}.ordered_on": date.fromisoformat(order.after) for order in rung.orders}
        total += rung.figures["h100e_h"]
        assert total == pytest.approx(figures(scenario, **edits)["h100e_h"], rel=1e-9), rung.limits
    assert result.end.endswith(
        "no limit lifts the launch that orders wait for: rubin-ultra-kyber on 2028-02-11 (a.p1.racks)"
    )


def test_a_named_system_that_is_not_launched_is_waited_for():
    """Ordered before its launch for a hall that is ready then: its delivery waits, and the end says so."""
    scenario = plan(ordered_on=date(2027, 3, 1), permit=0).override({f"{ORDER}.system": "rubin-ultra-kyber"})
    end = relief(scenario).end
    assert "no limit lifts the launch" in end
    assert "rubin-ultra-kyber on 2028-02-11 (a.p1.racks)" in end
    there = relief(plan(ordered_on=date(2029, 3, 1), permit=0).override({f"{ORDER}.system": "gb300-nvl72"}))
    assert "launch" not in there.end


def test_what_replaces_it_is_chosen_again():
    """Ordered in 2026-10 and replaced a year after: what is newest moves with the order."""
    refresh = {"age_years": 1.0, "system": {"newest": "nvidia-rack"}}
    scenario = plan(ordered_on=date(2027, 3, 1), refresh=refresh)
    assert order_of(scenario).refresh.system == "rubin-ultra-kyber"
    early = chosen_again(scenario, at(scenario, date(2026, 12, 1)), lambda one: one)
    assert order_of(early).refresh.system == "vr200-nvl72"
    assert order_of(early) == order_of(scenario.override({f"{ORDER}.ordered_on": date(2026, 12, 1)}))


def test_a_lifted_lead_time_counts_at_the_delivery():
    scenario = plan(ordered_on=date(2027, 8, 1)).override({f"{ORDER}.system": NEWEST | {"at": "delivery"}})
    assert order_of(scenario).system == "rubin-ultra-kyber"
    at_once = chosen_again(
        scenario,
        at(scenario, date(2027, 8, 1), lead_time_weeks=0.0),
        lambda one: at(one, order_of(one).ordered_on, lead_time_weeks=0.0),
    )
    assert (order_of(at_once).system, order_of(at_once).lead_time_weeks) == ("vr200-nvl72", 0.0)
    edited = scenario.override({f"{ORDER}.lead_time_weeks": 0})
    assert systems_of(order_of(edited)) == systems_of(order_of(at_once))


def test_a_hall_that_does_not_take_what_is_newest_keeps_what_it_has():
    scenario = plan(ordered_on=date(2028, 1, 10), rack_kw=250)
    later = order_of(chosen_again(scenario, at(scenario, date(2028, 3, 1)), lambda one: one))
    assert (later.ordered_on, later.system) == (date(2028, 3, 1), "vr200-nvl72")
    roomy = plan(ordered_on=date(2028, 1, 10))
    newer = chosen_again(roomy, at(roomy, date(2028, 3, 1)), lambda one: one)
    assert order_of(newer).system == "rubin-ultra-kyber"


def test_a_line_that_has_none_yet_leaves_what_the_plan_buys():
    scenario = plan()
    long_ago = at(scenario, date(2024, 1, 1))
    assert order_of(chosen_again(scenario, long_ago, lambda one: one)).system == "rubin-ultra-kyber"


def test_an_order_waits_for_the_first_day_on_which_the_plan_has_its_system():
    scenario = plan()
    waiting, who = in_wait(scenario, scenario, at(scenario, date(2026, 5, 1)))
    assert (order_of(waiting).ordered_on, who) == (LAUNCH, {("a", "p1", "racks")})
    followed, nobody = in_wait(scenario, scenario, at(scenario, LAUNCH))
    assert (order_of(followed).ordered_on, nobody) == (LAUNCH, frozenset())


def test_what_is_ordered_by_the_data_date_does_not_move():
    ordered = [{"on": date(2028, 3, 1), "what": "ordered", "site": "a", "item": "p1.racks"}]
    known = {"as_of": date(2028, 3, 5), "actuals": ordered}
    scenario = plan(ordered_on=date(2028, 5, 1)).override(known)
    freed = lifted(of_run(run(scenario)), (limit_of(scenario, "works"),))
    assert freed.run.timeline.ready_for_service_d() != run(scenario).timeline.ready_for_service_d()
    assert order_of(freed.scenario).ordered_on == date(2028, 3, 1)
    open_plan = plan(ordered_on=date(2028, 5, 1)).override({"as_of": date(2028, 3, 5)})
    freed = lifted(of_run(run(open_plan)), (limit_of(open_plan, "works"),))
    assert order_of(freed.scenario).ordered_on == date(2028, 3, 5)


def test_aion_by_hand(shipped):
    """The first rungs of its ladder, written into the file, give what the ladder says."""
    scenario = load(shipped / "aion-288k-h100e.yaml")
    result, edits, total = relief(scenario), {}, {}
    phases = [f"sites.aion.phases.{phase.id}" for _, phase in scenario.phases()]
    steps = [f"sites.aion.grid_connection.{step}" for step in ("block-1", "block-2")]
    early = {f"{step}.energised_on": date(2026, 1, 1) for step in steps}
    early |= {f"{step}.{key}": None for step in steps for key in ("applied_on", "preset")}
    seen = []
    for rung in result.ladder[:3]:
        (limit,) = rung.limits
        seen.append(limit)
        done = {f"{phase}.stages.{limit}.duration_months": 0 for phase in phases}
        edits |= early if limit == "grid connection" else done
        for order in rung.orders:
            path = f"sites.{order.site}.phases.{order.phase}.deployments.{order.deployment}.ordered_on"
            edits[path] = date.fromisoformat(order.after)
        total = {name: total.get(name, result.plan[name]) + change for name, change in rung.figures.items()}
        found = headline(run(scenario.override(edits)))
        assert total == pytest.approx({name: found[name] for name in total}, rel=1e-9, nan_ok=True), seen
    assert seen == ["commissioning", "permit", "grid connection"]
    assert "no limit lifts the launch that orders wait for: rubin-ultra-kyber on 2028-02-11" in result.end
