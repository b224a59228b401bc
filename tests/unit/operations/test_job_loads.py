"""Whole jobs in a hall: what they hold, achieve and draw, worked out by hand; limits and seeds.

Tests `operations.job_loads`, `operations.hall_swing`, `quantities.jobs`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
HOURS = 8760
RACK_MW, IDLE, CHIPS = 0.159552, 0.210784, 72
"""A GB300 rack, as in the catalogue: all-in power [MW], idle share, accelerators."""
UTILISATION, PEAK = 0.724, 0.724 / 0.95
"""Dynamic power of large training: mean of a step, and at its compute-heavy part. [1]"""

DENSE = {"preset": "large-training", "power_utilisation": UTILISATION}


def classes(*sizes_and_shares, **more):
    return [
        {"id": f"c{size}".replace(".", "-"), "accelerators": size, "share": share, **more}
        for size, share in sizes_and_shares
    ]


def hall(racks, jobs, *, seed=0, hourly=False, years=1, **changes):
    """A hall of 16 MW with GB300 racks behind an ample connection, running a job mix."""
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": racks, "in_service_on": date(2025, 12, 31)}
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    place = make.site(make.standing_hall(oversubscription=2.0, deployments=[fleet]), grid_connection=there)
    workload = DENSE | ({"jobs": jobs} if jobs is not None else {})
    text = make.scenario(place, horizon_years=years, workload=workload, **changes)
    return run(loads(text), seed=seed, hourly=hourly).operations


def total(operations, name):
    return float(operations.monthly[name].sum())


def lost(operations):
    cut = total(operations, "curtailed_h100e_h")
    return cut / (cut + total(operations, "h100e_h"))


def capped(operations):
    return float(operations.halls["capped_h"].sum()) / HOURS


def test_a_hall_holds_whole_jobs_only():
    """100 racks have 7,200 accelerators; 5 % are spare, which leaves one job of 4,096 and not two."""
    found = hall(100, {"spare_share": 0.05, "classes": classes((4096, 1.0))})
    assert total(found, "held_h") / total(found, "in_service_h") == pytest.approx(4096 / 7200)


def test_goodput_follows_from_size_failures_and_checkpoints():
    """4,096 on nodes of 8, 6.5 failures per 1,000 node-days: one in 7.2 h, each costing 10 + 30 minutes."""
    found = hall(
        100, {"spare_share": 0.0, "failures_per_1000_node_days": 6.5, "classes": classes((4096, 1.0))}
    )
    failures_per_h = 4096 / 8 * 6.5 / 1000 / 24
    assert 1 / failures_per_h == pytest.approx(7.2, abs=0.02)
    lasting = failures_per_h / np.expm1(failures_per_h) / (1 + failures_per_h / 6)
    goodput = total(found, "accelerator_h") / total(found, "held_h")
    assert goodput == pytest.approx(lasting)
    assert goodput == pytest.approx(1 - failures_per_h * 40 / 60, abs=0.006)


def test_one_job_in_a_crowded_hall_by_hand():
    """125 racks, one job on all: 4.20 MW idle, 12.00 MW more while it computes, 0.20 MW above the hall's 16.

    It computes 0.95 of the time that failures leave (0.814), so the hall is capped 0.773 of the time and
    loses 0.155 MW of 9.28 MW. At constant load; without the mix the same hall is never capped.
    """
    jobs = {"spare_share": 0.0, "failures_per_1000_node_days": 6.5, "classes": classes((125 * CHIPS, 1.0))}
    found = hall(125, jobs)
    nameplate = 125 * RACK_MW
    goodput = total(found, "accelerator_h") / total(found, "held_h") / (1 - lost(found))
    computing = nameplate * (1 - IDLE) * PEAK
    over = nameplate * IDLE + computing - 16.0
    assert over == pytest.approx(0.20, abs=0.005)
    assert capped(found) == pytest.approx(goodput * 0.95)
    assert capped(found) == pytest.approx(0.773, abs=0.001)
    assert lost(found) == pytest.approx(over / computing)
    assert lost(found) == pytest.approx(0.155 / 9.28, rel=0.01)
    assert capped(hall(125, None)) == 0.0


WHOLE = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0}
"""A mix whose jobs may use every accelerator and never fail: they compute 0.95 of the time."""


@pytest.mark.parametrize("part", [0.25, 0.6, 0.97, 1.0])
def test_one_job_keeps_its_size_where_demand_is_limited(part):
    """Of 9,000 accelerators or none: asked for a part of the time, it is capped in that part of 0.95."""
    most = 125 * CHIPS * 5000 / 1979
    found = hall(125, WHOLE | {"classes": classes((125 * CHIPS, 1.0))}, demand={"h100e": part * most})
    assert total(found, "held_h") / total(found, "in_service_h") == pytest.approx(part)
    assert capped(found) == pytest.approx(part * 0.95)
    computing = 125 * RACK_MW * (1 - IDLE) * PEAK
    over = 125 * RACK_MW * IDLE + computing - 16.0
    assert lost(found) == pytest.approx(over / computing)


def test_two_jobs_exceed_a_hall_only_together():
    """Asked for 1.7 of two jobs: both are there 0.7 of the time, and compute together 0.95^2 of it."""
    most = 125 * CHIPS * 5000 / 1979
    mix = WHOLE | {"classes": classes((125 * CHIPS / 2, 1.0))}
    assert capped(hall(125, mix, demand={"h100e": 0.85 * most})) == pytest.approx(0.7 * 0.95**2)
    assert capped(hall(125, mix, demand={"h100e": 0.45 * most})) == 0.0


def test_pausing_a_part_of_one_job_pauses_all_of_it_for_a_part_of_the_time():
    """2 % in 20 hours a day: 0.95 x (1 - 0.02 x 20 / 24) of the time it computes and is capped."""
    rule = {"share": 0.02, "hours_per_day": 20, "mode": "shed"}
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": 125, "in_service_on": date(2025, 12, 31)}
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    crowded = make.standing_hall(oversubscription=2.0, deployments=[fleet])
    place = make.site(crowded, grid_connection=there, flexibility=rule)
    workload = {**DENSE, "jobs": WHOLE | {"classes": classes((125 * CHIPS, 1.0))}}
    found = run(loads(make.scenario(place, horizon_years=1, workload=workload))).operations
    assert capped(found) == pytest.approx(0.95 * (1 - 0.02 * 20 / 24))


def test_a_crowded_hall_agrees_with_simulated_jobs():
    """Five jobs of 1,440 and 225 of 8 in 125 racks, drawn independently, within four standard errors.

    The small jobs are normal in the model and whole in the draws, which 20,000 draws do not tell apart.
    """
    jobs = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0}
    jobs["classes"] = classes((1440, 0.8), (8, 0.2))
    found = hall(125, jobs)
    rng, n = np.random.default_rng(2), 20_000
    per_chip = RACK_MW / CHIPS * (1 - IDLE) * PEAK
    computing = 1440 * rng.binomial(5, 0.95, n) + 8 * rng.binomial(225, 0.95, n)
    load = 125 * RACK_MW * IDLE + per_chip * computing
    over = np.maximum(load - 16.0, 0.0)
    for sample, expected in (
        ((over > 0).astype(float), capped(found)),
        (over, total(found, "curtailed_mwh") / HOURS),
    ):
        error = sample.std() / np.sqrt(n)
        assert error > 0
        assert abs(sample.mean() - expected) <= 4 * error
    assert 0.01 < capped(found) < 0.99


def test_capping_rises_with_the_racks_and_the_loss_with_the_size_of_jobs():
    def of(racks, size):
        jobs = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0, "classes": classes((size, 1.0))}
        return hall(racks, jobs)

    by_racks = [of(racks, 360) for racks in (115, 125, 130, 140, 160)]
    assert np.all(np.diff([capped(found) for found in by_racks]) >= 0)
    assert np.all(np.diff([lost(found) for found in by_racks]) >= 0)
    assert capped(by_racks[0]) == 0.0
    assert 0.0 < capped(by_racks[1]) < 1.0
    # from 130 racks on the mean is above the hall: racks are off all the time
    assert capped(by_racks[2]) == pytest.approx(1.0)
    by_size = [lost(of(125, size)) for size in (72, 360, 1800, 9000)]
    assert np.all(np.diff(by_size) > 0)


@settings(max_examples=15, deadline=None)
@given(
    racks=st.integers(100, 200),
    size=st.sampled_from([8, 100, 1440, 5000, 16_384]),
    gap=st.sampled_from([0.0, 3.0]),
    cap=st.sampled_from([1.0, 0.8]),
)
def test_no_hour_is_above_the_hall(racks, size, gap, cap):
    jobs = {"classes": classes((size, 0.6), (8.5, 0.4), gap_days=gap, run_days=9.0), "spare_share": 0.02}
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": racks, "in_service_on": date(2026, 2, 3)}
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    place = make.site(make.standing_hall(oversubscription=2.0, deployments=[fleet]), grid_connection=there)
    workload = {"preset": "large-training", "power_cap": cap, "jobs": jobs}
    shape = {"name": "diurnal", "arguments": {"daily_amplitude": 0.4, "weekend_share": 0.7}}
    demand = {"h100e": 15_000.0, "shape": shape}
    found = run(
        loads(make.scenario(place, horizon_years=1, workload=workload, demand=demand)), hourly=True
    ).operations
    hour = {name: of[0] for name, of in found.hourly.items()}
    assert np.all(hour["it_mw"] <= hour["critical_it_mw_ready"])
    assert np.all(hour["it_mw"] <= hour["it_wanted_mw"] * (1 + 1e-12))
    held, there_h = found.monthly["held_h"], found.monthly["in_service_h"]
    assert np.all(held <= there_h * (1 + 1e-12))
    assert np.all(found.monthly["accelerator_h"] <= held * (1 + 1e-9))
    np.testing.assert_allclose(
        found.monthly["curtailed_mwh"].sum(), (hour["it_wanted_mw"] - hour["it_mw"]).sum(), rtol=1e-9
    )


def test_gaps_between_campaigns_are_seen_in_the_hours():
    """One job of 7,200, 20 days on and 5 off in the mean: hours with it and without, by the seed."""
    jobs = {"spare_share": 0.0, "classes": classes((7200, 1.0), run_days=20.0, gap_days=5.0)}
    first, again, other = (hall(100, jobs, seed=seed, hourly=True) for seed in (1, 1, 2))
    it_mw = first.hourly["it_mw"][0]
    assert np.array_equal(it_mw, again.hourly["it_mw"][0])
    assert not np.array_equal(it_mw, other.hourly["it_mw"][0])
    idle = 100 * RACK_MW * IDLE
    off = np.isclose(it_mw, idle)
    full = np.isclose(it_mw, it_mw.max())
    assert full[0]
    assert 0.0 < off.mean() < 0.5
    assert (off | full).mean() > 0.99


def test_gaps_leave_the_share_of_time_they_should():
    """20 days on and 5 off: on 0.8 of the time, a little more as the first job starts at once."""
    jobs = {"spare_share": 0.0, "classes": classes((7200, 1.0), run_days=20.0, gap_days=5.0)}
    shares = [total(hall(100, jobs, seed=seed, years=4), "held_h") / (7200 * 35_064) for seed in range(12)]
    expected = 0.8 + 0.2 / (1461 * (1 / 20 + 1 / 5))
    assert abs(np.mean(shares) - expected) <= 4 * np.std(shares, ddof=1) / np.sqrt(12)


def test_demand_below_what_the_jobs_fill_is_served_and_above_it_turned_away():
    jobs = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0, "classes": classes((4096, 1.0))}
    most = 4096 * 5000 / 1979
    for wanted, served in ((0.5 * most, 0.5 * most), (2.0 * most, most)):
        found = hall(100, jobs, demand={"h100e": wanted})
        assert total(found, "h100e_h") == pytest.approx(served * HOURS, rel=1e-6)
        assert total(found, "turned_away_h100e_h") == pytest.approx((wanted - served) * HOURS, abs=1.0)


def test_allocation_without_a_mix_is_that_of_the_workload():
    found = hall(100, None)
    assert total(found, "held_h") / total(found, "in_service_h") == pytest.approx(0.95)
    assert total(found, "accelerator_h") / total(found, "held_h") == pytest.approx(0.9)


def test_spares_stand_in_for_servers_under_repair():
    """5 % of spares cover servers that are down in all but the worst hours; without spares jobs lose them."""
    failing = {"failures_per_1000_node_days": 3.0, "infant_factor": 1.0, "maintenance_days_per_y": 0.0}
    held = {}
    for spare in (0.05, 0.0):
        jobs = {"spare_share": spare, "classes": classes((72, 1.0))}
        found = hall(100, jobs, reliability=failing)
        whole = hall(100, jobs)
        down = 1.0 - total(found, "in_service_h") / total(whole, "in_service_h")
        held[spare] = total(found, "held_h") / total(whole, "held_h")
    assert 0.005 < down < 0.05
    assert held[0.05] > 1.0 - 0.2 * down
    assert held[0.0] == pytest.approx(1.0 - down, abs=1e-3)


def test_paused_jobs_are_not_made_up_where_no_whole_job_fits():
    """One job of 4,096 in 7,200 runs at all times: what pauses in the dearest hours is lost, not moved."""
    jobs = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0, "classes": classes((4096, 1.0))}
    rule = {"share": 0.5, "hours_per_day": 4, "mode": "shift"}
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": 100, "in_service_on": date(2025, 12, 31)}
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    place = make.site(make.standing_hall(deployments=[fleet]), grid_connection=there, flexibility=rule)
    workload = {"preset": "large-training", "jobs": jobs}
    found = run(loads(make.scenario(place, horizon_years=1, workload=workload))).operations
    assert total(found, "delayed_h100e_h") == 0.0
    assert total(found, "shed_h100e_h") > 0.0
    assert total(found, "h100e_h") + total(found, "shed_h100e_h") == pytest.approx(4096 * 5000 / 1979 * HOURS)
