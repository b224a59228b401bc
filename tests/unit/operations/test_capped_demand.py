"""Power caps where demand has a limit: idle accelerators make up for what slower ones do not do.

Tests `operations.served_demand`, `quantities.system_draws`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.catalog import load_catalog
from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
H100E = 7200 * 5000 / 1979
CAPPED = make.FULL_LOAD | {"power_cap": 6 / 7}
"""A cap under which training keeps 88 % of its throughput."""
CAPPED_DRAW = 1 - make.MODULES_SHARE / 7
"""What such a rack draws over what it draws without the cap."""
KEPT = 1 - 1.2 * (1 / 7) ** 1.8
"""Throughput that training keeps with modules at 600 of 700 W. [1]"""
MOST = KEPT * H100E
HOURS = 8760


def one_year(*places, **changes):
    result = run(loads(make.scenario(*places, horizon_years=1, **changes)), hourly=True)
    return result.operations.monthly, result.operations.hourly


def total(month, name):
    return float(month[name].sum())


def left_over(month):
    """What is asked for and is neither delivered nor given up, turned away or waiting. [H100e h]"""
    names = ("h100e_h", "curtailed_h100e_h", "shed_h100e_h", "turned_away_h100e_h")
    waiting = float(month["queued_h100e_h"][:, -1].sum())
    return total(month, "demand_h100e_h") - sum(total(month, name) for name in names) - waiting


def test_idle_accelerators_make_up_for_the_cap():
    month, hour = one_year(make.standing_site(), workload=CAPPED, demand={"h100e": 5000.0})
    assert total(month, "h100e_h") == pytest.approx(5000 * HOURS, rel=1e-12)
    assert total(month, "shed_h100e_h") == total(month, "turned_away_h100e_h") == 0
    # 5,000 of the 17,534 H100e that the fleet can do run with modules at 6/7, the others idle
    idle, share = load_catalog().entry("systems", "gb300-nvl72").number("idle_share"), 5000 / MOST
    it_mw = 100 * make.SYSTEM_MW["gb300-nvl72"] * (idle + (CAPPED_DRAW - idle) * share)
    assert hour["it_mw"] == pytest.approx(it_mw, rel=1e-9)
    assert total(month, "held_h") == pytest.approx(7200 * share * HOURS, rel=1e-9)
    assert month["demand_peak_h100e"].max() == pytest.approx(5000 / KEPT)
    needed = 100 * make.SYSTEM_MW["gb300-nvl72"] * CAPPED_DRAW * share
    pue = hour["facility_mw"] / hour["it_mw"]
    assert month["demand_peak_mw"].max() == pytest.approx(needed * pue.max(), rel=1e-6)


@pytest.mark.parametrize("preset", ["large-training", "intensive-training", "hpl"])
def test_a_cap_near_the_top_loses_less_than_racks_that_are_off(preset):
    """3 % of the throughput for 12 % of the modules' energy; racks off lose about as much as they save."""
    work = {"preset": preset}
    whole, capped = (
        one_year(make.standing_site(), workload=work | cap)[0] for cap in ({}, {"power_cap": 6 / 7})
    )
    short, _ = one_year(
        make.standing_site(grid_connection=[{"id": "g1", "grid_mw": 10.0, "energised_on": date(2024, 1, 1)}]),
        workload=work,
    )

    def left(month, name):
        return total(month, name) / total(whole, name)

    assert left(capped, "h100e_h") == pytest.approx(KEPT, rel=1e-9)
    # steps at the rated power lose a seventh of it, of what modules draw above idle a sixth
    assert 0.12 <= (1 - left(capped, "it_mwh")) / make.MODULES_SHARE <= 0.14
    assert left(short, "it_mwh") < 0.95
    assert 1.0 - left(short, "h100e_h") <= 1.0 - left(short, "it_mwh") + 0.005
    lost_per_saved = [(1.0 - left(one, "h100e_h")) / (1.0 - left(one, "it_mwh")) for one in (capped, short)]
    assert lost_per_saved[0] < 0.4
    assert lost_per_saved[1] > 0.9


def test_a_full_fleet_turns_away_what_the_cap_leaves_undone_or_lets_it_wait():
    asked = {"h100e": 18_000.0}
    month, _ = one_year(make.standing_site(), workload=CAPPED, demand=asked)
    assert total(month, "h100e_h") == pytest.approx(MOST * HOURS)
    assert total(month, "turned_away_h100e_h") == pytest.approx((18_000 - MOST) * HOURS)
    assert total(month, "shed_h100e_h") == 0
    wait, _ = one_year(make.standing_site(), workload=CAPPED, demand=asked | {"when_short": "queued"})
    assert wait["queued_h100e_h"][0, -1] == pytest.approx((18_000 - MOST) * HOURS)
    assert total(wait, "h100e_h") == pytest.approx(MOST * HOURS)


@pytest.mark.parametrize("when_short", ["queued", "turned-away"])
@pytest.mark.parametrize("mode", ["shed", "shift"])
def test_what_is_asked_goes_somewhere(when_short, mode):
    """A capped site and one that is not, a day with more than they can do, jobs that pause."""
    rule = {"share": 0.5, "hours_per_day": 6, "mode": mode}
    day = {"name": "diurnal", "arguments": {"daily_amplitude": 0.5, "weekend_share": 0.8}}
    places = (
        make.standing_site(flexibility=rule, workload=CAPPED),
        make.standing_site(id="b", flexibility=rule),
    )
    demand = {"h100e": 0.85 * (H100E + MOST), "shape": day, "when_short": when_short}
    month, _ = one_year(*places, demand=demand)
    if mode == "shed":
        assert total(month, "shed_h100e_h") > 0
    assert (total(month, "queued_h100e_h") > 0) == (when_short == "queued")
    assert (total(month, "turned_away_h100e_h") > 0) == (when_short == "turned-away")
    assert left_over(month) == pytest.approx(0.0, abs=1e-9 * total(month, "demand_h100e_h"))
    # each site does its part of what both can do
    per_site = month["demand_h100e_h"].sum(axis=1)
    assert per_site[0] / per_site[1] == pytest.approx(KEPT)


def test_jobs_that_are_shed_are_lost_and_do_not_wait():
    """Half of 9,000 H100e pauses for 6 hours a day; an empty half of the fleet could have done it later."""
    rule = {"share": 0.5, "hours_per_day": 6, "mode": "shed"}
    demand = {"h100e": 9000.0, "when_short": "queued"}
    month, _ = one_year(make.standing_site(flexibility=rule), demand=demand)
    assert total(month, "shed_h100e_h") == pytest.approx(0.5 * 9000 * 6 * 365)
    assert total(month, "queued_h100e_h") == 0
    shift, _ = one_year(make.standing_site(flexibility=rule | {"mode": "shift"}), demand=demand)
    assert total(shift, "shed_h100e_h") == pytest.approx(0.0, abs=1e-6)
    assert total(shift, "h100e_h") == pytest.approx(9000 * HOURS)


def test_a_cap_counts_as_given_up_where_demand_has_no_limit():
    month, _ = one_year(make.standing_site(), workload=CAPPED)
    assert total(month, "h100e_h") == pytest.approx(MOST * HOURS)
    assert total(month, "shed_h100e_h") == pytest.approx((1 - KEPT) * H100E * HOURS)


def test_a_fleet_that_arrives_in_the_year_is_asked_from_then_on():
    racks = {"id": "racks", "system": "gb300-nvl72", "systems": 100, "in_service_on": date(2026, 7, 1)}
    late = make.standing_site(phases=[make.standing_hall(deployments=[racks])])
    month, _ = one_year(late, workload=CAPPED, demand={"h100e": 5000.0})
    assert month["h100e_h"][0, :6] == pytest.approx(0.0)
    assert month["turned_away_h100e_h"][0, :6] == pytest.approx(month["demand_h100e_h"][0, :6])
    assert month["h100e_h"][0, 6:] == pytest.approx(month["demand_h100e_h"][0, 6:])
