"""Relief of whole plans: the gain told is that of the changed plan simulated anew; the ladder ends at demand.

Tests `study.counterfactuals`, `study.ladders`, `study.limits_of_power`, `study.limits_of_time`.
"""

from __future__ import annotations

from datetime import date

import pytest

from capsim.pipeline import run
from capsim.projection import headline
from capsim.scenario.loading import load, loads
from capsim.scenario.starting import started
from capsim.study.counterfactuals import lifted, of_run
from capsim.study.liftable_limits import DEMAND, limits_of
from capsim.study.reliefs import first_reliefs, relief


def stages(**months):
    rows = [{"id": name, "duration_months": each} for name, each in months.items()]
    rows[-1]["needs_energization"] = True
    return rows


def conversion(**changes):
    """A colocation hall in Marseille that keeps its 7 MW: hosted IT leaves, racks of liquid-cooled GPUs come.

    One hall stays let, one is renewed for a fleet that asks for more than the connection has left in summer,
    and a reinforcement of the grid is two years away.
    """
    hosted = {"id": "tenants", "system": "hosted-it-100kw", "systems": 20, "in_service_on": date(2020, 1, 1)}
    stays = {"id": "let", "critical_it_mw": 2.0, "energization": "there", "deployments": [hosted]}
    stays["ready_for_service_on"] = date(2020, 1, 1)
    racks = {"id": "racks", "system": "gb300-nvl72", "systems": 38, "lead_time_weeks": 20}
    racks |= {"ordered_on": date(2026, 3, 1), "delivery_weeks": 6}
    renewed = {"id": "gpu", "critical_it_mw": 6.2, "energization": "there", "works": "renewal"}
    renewed |= {"deployments": [racks], "stages": stages(permit=2, strip_out=3, plant=6, commissioning=1)}
    site = {"id": "mrs", "country": "fra", "climate": "granada", "tariff": {"preset": "fr-industry"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler", "media": "air and liquid"}, "phases": [stays, renewed]}
    more = {"id": "reinforced", "grid_mw": 0.3, "applied_on": date(2026, 1, 1), "lead_time_months": 24.0}
    site["grid_connection"] = [{"id": "there", "grid_mw": 7.0, "energised_on": date(2015, 1, 1)}, more]
    plan = {"schema": 1, "name": "conversion", "start": date(2026, 1, 1), "horizon_years": 4}
    plan |= {"workload": {"preset": "large-training"}, "costs": {"preset": "europe-conversion"}}
    return loads(plan | {"sites": [site], "demand": {"h100e": 4500.0, "growth_per_y": 0.1}} | changes)


@pytest.fixture(scope="module")
def converted():
    scenario = conversion()
    return scenario, relief(scenario)


def assert_each_gain_is_simulated(scenario):
    plan = of_run(run(scenario))
    there = [limit for limit in (*limits_of(scenario), DEMAND) if not limit.why_not(plan)]
    for limit in there:
        freed = lifted(plan, (limit,))
        assert repr(freed.figures) == repr(headline(run(freed.scenario))), limit.name
    return {limit.name for limit in there}


def test_each_gain_of_a_conversion_is_simulated(converted):
    scenario, result = converted
    names = assert_each_gain_is_simulated(scenario)
    assert {"permit", "strip_out", "plant", "commissioning", "power at the meter", "demand"} <= names
    plan = headline(run(scenario))
    for row in result.lifted:
        freed = lifted(of_run(run(scenario)), (next(x for x in _limits(scenario) if x.name == row.limit),))
        assert row.gain.figures["h100e_h"] == pytest.approx(
            headline(run(freed.scenario))["h100e_h"] - plan["h100e_h"], rel=1e-12, abs=1e-6
        )


def _limits(scenario):
    return (*limits_of(scenario), DEMAND)


def test_the_ladder_of_a_conversion_ends_at_demand(converted):
    scenario, result = converted
    assert result.end == "only demand binds"
    climbed = [limit for rung in result.ladder for limit in rung.limits]
    assert "power at the meter" in climbed
    assert "demand" not in climbed
    at = of_run(run(scenario))
    for name in climbed:
        at = lifted(at, (next(limit for limit in limits_of(scenario) if limit.name == name),))
    months = at.run.operations.monthly
    assert months["curtailed_h100e_h"].sum() == pytest.approx(0.0, abs=1e-6)


def test_power_at_the_meter_gains_all_that_it_takes(converted):
    """Short in the heat: lifted, the plan loses nothing to power; eased, as with the larger connection."""
    scenario, result = converted
    (row,) = (row for row in result.lifted if row.limit == "power at the meter")
    months = run(scenario).operations.monthly
    assert months["power_limited_h"].sum() > 0
    assert row.gain.figures["h100e_h"] == pytest.approx(months["curtailed_h100e_h"].sum())
    eased = headline(run(scenario.override({"sites.mrs.grid_connection.there.grid_mw": 8.0})))
    assert row.eased.figures["h100e_h"] == pytest.approx(eased["h100e_h"] - result.plan["h100e_h"])


@pytest.mark.parametrize("name", ["aion-288k-h100e", "opcore-multi-gw"])
def test_each_gain_of_a_shipped_plan_is_simulated(name, shipped):
    assert "commissioning" in assert_each_gain_is_simulated(load(shipped / f"{name}.yaml"))


def test_the_ladder_of_aion_ends_at_demand(shipped):
    """With a tenth of what its halls can do asked for from the start, and more each year."""
    scenario = load(shipped / "aion-288k-h100e.yaml").override({"demand.h100e": 60_000.0})
    assert relief(scenario).end == "only demand binds"


def late_power(**changes):
    """Six MW in France whose connection takes five years and a half, as long as its works; ten years."""
    racks = {"id": "racks", "system": "gb300-nvl72", "systems": 30, "ordering": "just_in_time"}
    late = {"id": "gpu", "critical_it_mw": 6.0, "energization": "line", "deployments": [racks]}
    late["stages"] = stages(permit=20, construction=46, commissioning=1)
    line = {"id": "line", "grid_mw": 9.0, "applied_on": date(2026, 1, 1), "lead_time_months": 67.0}
    site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-industry"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [late], "grid_connection": [line]}
    plan = {"schema": 1, "name": "late", "start": date(2026, 1, 1), "horizon_years": 10, "sites": [site]}
    plan |= {"workload": {"preset": "large-training"}, "costs": {"preset": "fr-greenfield-ai"}}
    return loads(plan | changes)


def paid_late():
    """The same with a connection that is applied for as the second tranche comes, after three years."""
    tranches = [
        {"id": "now", "amount": 1e6},
        {"id": "then", "amount": 1e12, "available_on": date(2029, 1, 1)},
    ]
    late = late_power(funding={"covers": ["grid"], "tranches": tranches})
    return late.override({"sites.a.grid_connection.line.lead_time_months": 30.0})


@pytest.mark.parametrize("make", [late_power, paid_late])
def test_power_that_a_lifted_limit_brings_early_is_not_lost_for_it(make):
    """The law takes back what is unused five years after the plan has it, not after the variant does."""
    scenario = make()
    lawless = scenario.override({"sites.a.unused_power_lost_after_years": 30.0})
    rows, free = ({row.limit: row.gain for row in relief(plan).lifted} for plan in (scenario, lawless))
    for limit, gain in rows.items():
        assert gain.figures["h100e_h"] >= 0.0, limit
        assert gain.figures == pytest.approx(free[limit].figures, nan_ok=True), limit
    assert rows["grid connection"].figures["h100e_h"] > 0.0
    assert_each_gain_is_simulated(scenario)


STARTERS = ("behind-the-meter", "colocation-retrofit", "gigafactory", "greenfield-training")


@pytest.mark.parametrize("starter", [*STARTERS, "portfolio"])
def test_a_limit_lifted_alone_never_delays_a_phase(starter, tmp_path):
    """Nor does it lose compute; but of sites that share crews, an earlier one may be before another."""
    file = tmp_path / "plan.yaml"
    file.write_text(started("plan", starter), encoding="utf-8")
    scenario = load(file)
    alone = {"crews.construction_crews": None, "crews.commissioning_crews": None}
    plan = scenario.override(alone) if starter == "portfolio" else scenario
    result = first_reliefs(run(plan))
    assert any(row.gain.dates for row in result.lifted)
    for row in result.lifted:
        assert all(moved.months > 0.0 for moved in row.gain.dates), row.limit
        assert row.gain.figures["h100e_h"] >= 0.0, row.limit
