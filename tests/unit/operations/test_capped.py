"""What a power cap takes and saves is what a run with it has less than one without.

Tests `operations.capped`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import load_catalog
from capsim.models.uncertain import double_triangular
from capsim.pipeline import run, simulate
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
HOURS = 8760
HOSTED = {"id": "tenants", "system": "hosted-it-100kw", "systems": 100}


def site(system="dgx-h100", **changes):
    order = {"id": "nodes", "system": system, "systems": 100, "in_service_on": make.START}
    return make.standing_site(phases=[make.standing_hall(deployments=[order])], **changes)


def plan(cap, system="dgx-h100", **changes):
    workload = {"preset": "large-training", "power_cap": cap}
    one_year = {"horizon_years": 1, "systems": [], "workload": workload} | changes
    return loads(make.scenario(site(system), **one_year))


def totals(scenario):
    month = run(scenario).operations.monthly
    return float(month["h100e_h"].sum()), float(month["it_mwh"].sum())


@pytest.mark.parametrize("cap", [0.8, 0.5])
@pytest.mark.parametrize("system", ["dgx-h100", "gb300-nvl72"])
def test_a_cap_takes_what_a_run_without_it_has_more(cap, system):
    (free_h, free_mwh), (capped_h, capped_mwh) = totals(plan(1.0, system)), totals(plan(cap, system))
    (one,) = run(plan(cap, system)).operations.capped
    assert (one.site, one.system, one.cap_share) == ("a", system, cap)
    assert one.h100e * HOURS == pytest.approx(free_h, rel=1e-9)
    assert one.lost_h100e * HOURS == pytest.approx(free_h - capped_h, rel=1e-9)
    assert one.it_mw * HOURS == pytest.approx(free_mwh, rel=1e-9)
    assert one.saved_mw * HOURS == pytest.approx(free_mwh - capped_mwh, rel=1e-9)


def test_a_cap_that_takes_nothing_is_not_told():
    assert run(plan(1.0)).operations.capped == ()
    decoding = {"preset": "inference-decode", "power_cap": 0.9}
    assert run(loads(make.scenario(site(), workload=decoding))).operations.capped == ()


def growing(cap, *orders, years=5):
    """A hall of one system after the other, or of one beside the other."""
    place = make.standing_site(phases=[make.standing_hall(deployments=[*orders])])
    workload = {"preset": "large-training", "power_cap": cap}
    return loads(make.scenario(place, systems=[], horizon_years=years, workload=workload))


SERVERS = {"id": "nodes", "system": "dgx-h100", "systems": 100, "in_service_on": make.START}
REFRESHED = SERVERS | {"refresh": {"age_years": 2, "system": "dgx-b300", "fill": "power"}}
LATER = SERVERS | {"id": "later", "system": "dgx-b300", "systems": 200, "in_service_on": date(2027, 3, 1)}


def months_apart(*orders):
    """What two runs differ by with and without the cap, by month: H100e and MW."""
    free, capped = (run(growing(cap, *orders)).operations.monthly for cap in (1.0, 0.6))
    calendar = growing(1.0, *orders).calendar
    hours = np.diff(np.append(calendar.month_start_h, calendar.n_hours))
    apart = {name: (free[name] - capped[name])[0] / hours for name in ("h100e_h", "it_mwh")}
    return {f"{month:%Y-%m}": index for index, month in enumerate(calendar.months)}, apart


def test_each_generation_is_told_as_two_runs_differ_while_it_works():
    index, apart = months_apart(REFRESHED)
    first, second = run(growing(0.6, REFRESHED)).operations.capped
    assert (first.system, second.system) == ("dgx-h100", "dgx-b300")
    assert first.month == "2026-01"
    assert first.lost_h100e == pytest.approx(apart["h100e_h"][index["2026-01"]])
    assert first.saved_mw == pytest.approx(apart["it_mwh"][index["2026-01"]])
    # the replacing is over in the month after the one it is told of
    assert second.lost_h100e == pytest.approx(apart["h100e_h"].max())
    assert second.saved_mw == pytest.approx(apart["it_mwh"].max())
    said = [each.text for each in simulate(growing(0.6, REFRESHED)).findings if each.kind == "power_cap"]
    assert len(said) == 2
    assert "compute of dgx-h100 and" in said[0]
    assert "as in 2026-01, before limits" in said[0]
    assert "compute of dgx-b300 and" in said[1]


def test_what_works_beside_one_another_is_told_in_one_month():
    index, apart = months_apart(SERVERS, LATER)
    found = run(growing(0.6, SERVERS, LATER)).operations.capped
    assert {one.system: one.month for one in found} == {"dgx-h100": "2027-03", "dgx-b300": "2027-03"}
    assert sum(one.lost_h100e for one in found) == pytest.approx(apart["h100e_h"][index["2027-03"]])
    assert sum(one.saved_mw for one in found) == pytest.approx(apart["it_mwh"][index["2027-03"]])


def test_a_kind_of_which_few_are_left_is_told_of_the_month_in_which_most_work():
    few = {**REFRESHED, "systems": 100}
    left = {**SERVERS, "id": "left", "systems": 10}
    found = run(growing(0.6, few, left)).operations.capped
    months = {one.month for one in found if one.system == "dgx-h100"}
    assert "2026-01" in months
    assert len({one.month for one in found}) == 2


def test_a_cap_is_none_of_the_tenants():
    hosted = [make.standing_hall(deployments=[{**HOSTED, "in_service_on": make.START}])]
    capped, free = (
        loads(
            make.scenario(
                make.standing_site(phases=hosted),
                systems=[],
                horizon_years=1,
                workload={"preset": "large-training", "power_cap": cap},
            )
        )
        for cap in (0.5, 1.0)
    )
    assert totals(capped) == totals(free)
    assert run(capped).operations.capped == ()


def test_watts_are_told_of_parts_alone():
    (node,) = run(plan(0.6)).operations.capped
    assert node.cap_w == pytest.approx(0.6 * 700)
    whole = {"id": "dgx-h100", "basis": "nameplate"}
    (rack,) = run(plan(0.6, systems=[whole])).operations.capped
    assert rack.cap_w is None


def test_the_finding_says_what_is_lost_and_saved():
    (said,) = (each for each in simulate(plan(0.6)).findings if each.kind == "power_cap")
    assert said.site == "a"
    assert said.text.startswith(
        "the power cap at a (60 % of the modules' rated power: 420 W of dgx-h100) takes 23 % "
        "(16 to 38 at P10 and P90, as chips differ) of the compute of dgx-h100 and saves 28 % of their "
        "power: "
    )
    assert said.numbers["lost_share"] == pytest.approx(said.numbers["lost_h100e"] / said.numbers["h100e"])
    assert said.numbers["lost_h100e"] > 0.0


def test_the_ends_of_what_is_lost_are_those_of_draws_of_the_curve():
    """An effect of 0.4 cut: scale and exponent drawn apart; a curve of the planner's own has no ends."""
    (one,) = run(plan(0.6)).operations.capped
    entry, rng = load_catalog().entry("assumptions", "workload-large-training"), np.random.default_rng(0)
    scale, exponent = (
        double_triangular(low=value.low, median=value.value, high=value.high).ppf(rng.random(20_000))
        for value in (entry.get("loss_per_cap"), entry.get("cap_exponent"))
    )
    low, high = np.percentile(np.minimum(1.0, scale * 0.4**exponent), [10, 90])
    assert (one.slowed_share_p10, one.slowed_share_p90) == pytest.approx((low, high), rel=0.02)


def test_where_demand_leaves_accelerators_idle_no_compute_is_lost_and_less_is_saved():
    asked = {"demand": {"h100e": 100.0}}
    (free_h, free_mwh), (capped_h, capped_mwh) = (totals(plan(cap, **asked)) for cap in (1.0, 0.6))
    assert capped_h == pytest.approx(free_h, rel=1e-9)
    (one,) = run(plan(0.6, **asked)).operations.capped
    assert one.lost_h100e == 0.0
    assert one.h100e == pytest.approx(100.0)
    assert one.slowed_share == pytest.approx(1.0 - (1.0 - 1.2 * 0.4**1.8))
    assert one.saved_mw * HOURS == pytest.approx(free_mwh - capped_mwh, rel=1e-6)
    (said,) = (each for each in simulate(plan(0.6, **asked)).findings if each.kind == "power_cap")
    assert (
        "slows accelerators by 23 % (dgx-h100) (16 to 38 at P10 and P90, as chips differ); demand leaves "
        "some idle, so more of them work, no" in said.text
    )
