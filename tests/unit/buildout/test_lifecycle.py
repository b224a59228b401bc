"""Failures of a small fleet: which method, how much is lost, and what reaches operations.

Tests `buildout.lifecycle`, `buildout.outages`, `buildout.uptime`, `models.reliability`, `models.repairs`,
`projection.findings.repair_findings`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.buildout import lifecycle
from capsim.buildout.lifecycle import AMPLE, ONE_STREAM, PER_SERVER, SPARES_ONLY, STOCKED
from capsim.buildout.outages import NO_OUTAGES, Outage
from capsim.buildout.simulate import build_out
from capsim.buildout.uptime import availability, repair_days
from capsim.errors import SimulationError
from capsim.models.reliability import (
    Law,
    candidates,
    chance_any_waits,
    lognormal_sigma,
    peak_rate_per_d,
)
from capsim.models.repairs import Failures, at_once, queued
from capsim.operations.fleet import hourly_count
from capsim.pipeline import run, simulate
from capsim.projection.findings.repair_findings import repair_findings
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
PLAIN = {
    "failures_per_1000_node_days": 5.0,
    "repair_mean_days": 4.0,
    "repair_median_days": 4.0,
    "hands_on_hours": 96.0,
    "infant_factor": 1.0,
    "infant_days": 0.0,
    "batch_sigma": 0.0,
    "maintenance_days_per_y": 0.0,
}


def standing(**terms):
    return loads(make.scenario(make.standing_site(), reliability=PLAIN | terms))


def test_nothing_fails_without_the_record():
    timeline = build_out(loads(make.scenario(make.standing_site())))
    assert timeline.outages == NO_OUTAGES
    assert availability(loads(make.scenario(make.standing_site())), timeline) == 1.0


def test_server_days_of_repair_by_hand():
    """Within 100 days: outages that wait 1 and 2 days and take 4 and 5 more, and those of the last 10."""
    scenario = SimpleNamespace(calendar=SimpleNamespace(n_days=100))
    days = [np.array(column) for column in ([10.0, 20.0], [11.0, 22.0], [15.0, 27.0])]
    late = [np.array([day]) for day in (90.0, 90.0, 130.0)]
    lots = [Outage("b", "p1", "gb300-nvl72", 0.1, *late), Outage("a", "p1", "gb300-nvl72", 0.1, *days)]
    lots.append(Outage("a", "p2", "gb300-nvl72", 0.1, *late))
    found = repair_days(scenario, SimpleNamespace(outages=SimpleNamespace(lots=lots)))
    assert found == [("a", 3, 3.0, 19.0), ("b", 1, 0.0, 10.0)]


def test_what_failed_before_the_start_is_not_counted_and_the_rest_of_its_repair_is():
    scenario = SimpleNamespace(calendar=SimpleNamespace(n_days=100))
    days = [np.array(column) for column in ([-30.0, -2.0, 5.0], [-30.0, -2.0, 5.0], [-20.0, 3.0, 6.0])]
    lots = [Outage("a", "p1", "gb300-nvl72", 0.1, *days)]
    assert repair_days(scenario, SimpleNamespace(outages=SimpleNamespace(lots=lots))) == [("a", 1, 0.0, 4.0)]


def test_failures_told_are_those_of_the_horizon():
    """Racks of July 2025 in a plan from 2026: 900 servers x 5 / 1,000 d x 730 d, within 4 sd."""
    found = simulate(standing()).facts.failures["number"]
    assert found == pytest.approx(3285 * 0.98, abs=4 * 3285**0.5)
    assert simulate(standing()).run.timeline.outages.failures > 1.2 * found


def test_the_method_is_chosen_by_what_may_be_waited_for_and_stated():
    # 4.5 failures a day keep 18 technicians at work for 4 days each; 4,113 failures times e^-18 (18 e / c)^c
    # is 3e-9 for c = 58 and 3e-10 for c = 60
    expected = {
        (None, 0): PER_SERVER,
        (3, 0): ONE_STREAM,
        (58, 0): ONE_STREAM,
        (60, 0): AMPLE,
        (None, 2): ONE_STREAM,
        (58, 100): ONE_STREAM,
        (60, 58): SPARES_ONLY,
        (60, 60): STOCKED,
        (None, 60): STOCKED,
    }
    for (technicians, spares), method in expected.items():
        assert build_out(standing(technicians=technicians, spares=spares)).outages.method == method
    failures = run(standing()).timeline.outages.failures
    # 900 servers of 8, 730 days (and 184 before the start), 5 per 1,000 days, less those that are down
    assert failures == pytest.approx(900 * (730 + 184) * 5e-3 / (1 + 5e-3 * 4), rel=0.06)


def test_ample_technicians_change_nothing_and_ample_spares_leave_nothing_out():
    free, ample = build_out(standing()).outages, build_out(standing(technicians=60)).outages
    for one, other in zip(free.lots, ample.lots, strict=True):
        assert np.array_equal(one.down_d, other.down_d)
        assert np.array_equal(one.up_d, other.up_d)
    assert build_out(standing(spares=60)).outages.failures == 0
    assert availability(standing(), build_out(standing(spares=60))) == 1.0
    text = next(iter(repair_findings(simulate(standing(technicians=60))))).text
    how = "each server by itself: a repair waits for a technician in less than one run in a billion"
    assert f"(computed as {how})" in text


def test_operations_lose_what_is_out_of_service():
    failing, sound = run(standing(technicians=100)), run(loads(make.scenario(make.standing_site())))
    whole = sound.operations.monthly["in_service_h"].sum()
    lost = 1.0 - failing.operations.monthly["in_service_h"].sum() / whole
    assert lost == pytest.approx(4 / 204, rel=0.1)
    found = availability(failing.scenario, failing.timeline)
    assert found == pytest.approx(1.0 - lost, abs=2e-4)


def test_maintenance_takes_its_days():
    result = run(standing(failures_per_1000_node_days=0.0, maintenance_days_per_y=3.6525))
    sound = run(loads(make.scenario(make.standing_site())))
    ratio = result.operations.monthly["in_service_h"].sum() / sound.operations.monthly["in_service_h"].sum()
    assert ratio == pytest.approx(0.99)


def test_hosted_systems_do_not_fail():
    hosted = {"id": "racks", "system": "hosted-it-100kw", "systems": 100}
    phase = make.standing_hall()
    phase["deployments"] = [hosted | {"in_service_on": phase["deployments"][0]["in_service_on"]}]
    place = make.standing_site()
    place["phases"] = [phase]
    assert build_out(loads(make.scenario(place, reliability=PLAIN))).outages.failures == 0


def test_servers_of_a_system_can_be_counted_as_said():
    outages = build_out(standing(nodes_per_system=1.0)).outages
    assert outages.lots[0].share == 1.0
    assert build_out(standing()).outages.lots[0].share == pytest.approx(1 / 9)


def test_few_technicians_leave_more_out():
    few, many = build_out(standing(technicians=10)), build_out(standing(technicians=100))
    scenario = standing()
    assert availability(scenario, few) < availability(scenario, many) - 0.05


def test_technicians_are_held_for_the_hands_on_time_only():
    # 900 servers x 5 per 1,000 days = 4.5 failures a day; at 4 h each they keep 0.75 technicians at work
    timeline = build_out(standing(technicians=2, hands_on_hours=4.0))
    load = timeline.outages.load
    assert (load.technicians, load.total) == (2.0, pytest.approx(0.75))
    assert load.share == pytest.approx(0.375)
    # and little waits for them: availability is MTBF / (MTBF + MTTR), 200 / 204
    assert availability(standing(), timeline) == pytest.approx(200 / 204, abs=4e-3)
    # one technician held for all of the 4 days of each repair would keep up with 1 in 18
    held = build_out(standing(technicians=2, hands_on_hours=96.0))
    assert held.outages.load.share == pytest.approx(9.0)
    assert availability(standing(), held) < 0.5


def test_what_servers_wait_for_adds_up_and_binds():
    result = run(standing(technicians=2, hands_on_hours=24.0))
    assert result.timeline.outages.load.share == pytest.approx(2.25)
    sound = run(loads(make.scenario(make.standing_site())))
    lost_h = (sound.operations.monthly["in_service_h"] - result.operations.monthly["in_service_h"])[0]
    hours = np.diff(result.scenario.calendar.month_start_d) * 24.0
    waiting = result.operations.waiting
    mw = waiting["technician", "a"] + waiting["repair", "a"]
    # 7,200 accelerators draw 15.9552 MW all in
    assert mw == pytest.approx(lost_h / hours / 7200 * 15.9552, rel=1e-6)
    assert np.all(waiting["technician", "a"][6:] > waiting["repair", "a"][6:])
    assert waiting["accelerators", "a"] == pytest.approx(np.zeros(24), abs=1e-9)
    # two technicians finish 2 servers a day, which are 4 days away each: about 8 servers in repair
    assert waiting["repair", "a"][12:].mean() == pytest.approx(8 / 900 * 15.9552, rel=0.1)


def test_maintenance_and_spares_are_causes_of_their_own():
    waiting = run(standing(maintenance_days_per_y=36.525)).operations.waiting
    assert waiting["maintenance", "a"].mean() == pytest.approx(0.1 * 15.9552, rel=1e-6)
    assert "technician" not in {cause for cause, _ in waiting}
    waiting = run(standing(spares=2)).operations.waiting
    assert waiting["spare", "a"].sum() > 0
    assert ("repair", "a") not in waiting


def test_servers_that_leave_are_not_repaired():
    # one technician and a repair of a year: nothing is taken up after the lot has left
    phase = make.standing_hall()
    phase["deployments"][0]["refresh"] = {"age_years": 1.0}
    place = make.standing_site()
    place["phases"] = [phase]
    terms = PLAIN | {"technicians": 1, "hands_on_hours": 8766.0, "repair_mean_days": 365.25}
    scenario = loads(make.scenario(place, reliability=terms | {"repair_median_days": 365.25}))
    lots = build_out(scenario).outages.lots
    assert sum(lot.down_d.size for lot in lots) > 100
    for lot in lots:
        assert np.all(lot.down_d <= lot.begun_d)
        assert np.all(lot.begun_d <= lot.up_d)


def test_a_stream_of_too_many_failures_is_stopped(monkeypatch):
    monkeypatch.setattr(lifecycle, "MAX_FAILURES", 100)
    with pytest.raises(SimulationError, match="failures are expected, more than a run may have"):
        build_out(standing(technicians=1))


def test_hours_hold_the_intervals_as_a_loop_would_count_them():
    rng = np.random.default_rng(1)
    start = rng.uniform(-1.0, 5.0, 50)
    end = start + rng.exponential(0.3, 50)
    hours = np.arange(4 * 24)
    by_loop = [
        sum(max(0.0, min(b * 24, h + 1) - max(a * 24, h)) for a, b in zip(start, end, strict=True))
        for h in hours
    ]
    assert np.allclose(hourly_count(start, end, hours.size), by_loop)


@pytest.mark.parametrize(("mean", "median"), [(1.0, 2.0), (1.0, 0.0), (float("nan"), 1.0)])
def test_a_lognormal_needs_its_median_below_its_mean(mean, median):
    with pytest.raises(ValueError, match="0 < median <= mean"):
        lognormal_sigma(mean, median)


def test_counts_and_crews_must_make_sense():
    rng, law, none = np.random.default_rng(0), Law(0.1, 1.0, 0.0), np.zeros(0)
    for servers, days in ((-1, 10.0), (1, -1.0), (1, float("nan"))):
        with pytest.raises(ValueError, match="at least 0"):
            candidates(rng, law, servers, days)
    for technicians, spares in ((0, 0), (1, -1)):
        with pytest.raises(ValueError, match="technicians must be at least 1"):
            queued(
                Failures(none, none.astype(np.int64), none, none),
                servers=np.array([1]),
                technicians=technicians,
                spares=spares,
            )
    for servers, of, days in ((5, Law(0.0, 1.0, 0.0), 100.0), (0, law, 100.0), (5, law, 0.0)):
        assert [part.size for part in candidates(rng, of, servers, days)] == [0, 0, 0]


def test_longer_service_adds_failures_and_changes_none():
    law = Law(0.02, 1.0, 0.8, infant_factor=3.0, infant_d=20.0)
    longest = candidates(np.random.default_rng(1), law, 40, 4000.0)
    assert np.all(np.diff(longest.failed_d) > 0.0)
    for days in (1.0, 10.0, 30.0, 365.0, 3999.0):
        found = candidates(np.random.default_rng(1), law, 40, days)
        number = np.searchsorted(longest.failed_d, days)
        for mine, of_longest in zip(found, longest, strict=True):
            np.testing.assert_array_equal(mine, of_longest[:number])


def test_candidates_come_at_the_rate_of_the_law():
    """1,000 servers: 120 failures in 20 days at three times the rate, 160 in the 80 days after them."""
    law = Law(0.002, 1.0, 0.0, infant_factor=3.0, infant_d=20.0)
    found = [candidates(np.random.default_rng(k), law, 1000, 100.0).failed_d for k in range(400)]
    early = np.array([np.count_nonzero(failed < 20.0) for failed in found])
    late = np.array([failed.size for failed in found]) - early
    for counts, mean in ((early, 120.0), (late, 160.0)):
        assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / 400)
        # of a Poisson law the variance is the mean, and that of the variance over many runs is 2 / n of it
        assert abs(counts.var() / mean - 1.0) < 4 * np.sqrt(2 / 400)


def test_expected_and_age_are_inverse():
    law = Law(0.01, 1.0, 0.0, infant_factor=3.0, infant_d=30.0)
    ages = np.array([0.0, 10.0, 30.0, 100.0])
    assert law.expected(ages) == pytest.approx([0.0, 0.3, 0.9, 1.6])
    assert law.age_at(law.expected(ages)) == pytest.approx(ages)


def test_the_peak_rate_is_of_the_lots_in_service_together():
    law = Law(0.01, 1.0, 0.0, infant_factor=3.0, infant_d=30.0)
    old = Law(0.02, 1.0, 0.0)

    def peak(*lots):
        laws, servers, from_d, to_d = zip(*lots, strict=True)
        return peak_rate_per_d(laws, servers, np.array(from_d), np.array(to_d))

    assert peak((law, 100, 0.0, 300.0)) == pytest.approx(3.0)
    # new while the other is old, new both, and a refresh: one leaves on the day the next comes
    assert peak((law, 100, 0.0, 300.0), (law, 100, 200.0, 400.0)) == pytest.approx(4.0)
    assert peak((law, 100, 0.0, 300.0), (law, 100, 10.0, 400.0)) == pytest.approx(6.0)
    assert peak((old, 100, 0.0, 300.0), (law, 100, 300.0, 400.0)) == pytest.approx(3.0)
    assert peak((old, 100, 0.0, 300.0), (law, 10, 300.0, 301.0)) == pytest.approx(2.0)
    # without lots, nothing fails
    assert peak_rate_per_d([], [], np.zeros(0), np.zeros(0)) == 0.0


def test_chances_must_make_sense():
    assert chance_any_waits(0.0, 5.0, 0) == 0.0
    assert chance_any_waits(5.0, 0.0, 1) == 0.0
    assert chance_any_waits(5.0, 2.0, 0) == 1.0
    for wrong in ((-1.0, 1.0, 1), (1.0, float("nan"), 1), (1.0, 1.0, -1)):
        with pytest.raises(ValueError, match="at least 0"):
            chance_any_waits(*wrong)


def test_a_chance_is_at_most_one():
    # the bound is 953,000: a million arrivals times e (10 / 11)^11
    assert chance_any_waits(1e6, 10.0, 11) == 1.0


def test_availability_is_never_negative():
    # a failure right after each repair, and a day of maintenance a year on top
    scenario = standing(
        failures_per_1000_node_days=1000.0,
        repair_mean_days=1e5,
        repair_median_days=1e5,
        maintenance_days_per_y=300.0,
    )
    assert availability(scenario, build_out(scenario)) == 0.0


def test_one_spare_does_not_turn_a_want_of_technicians_into_one_of_spares():
    """100 racks of nine servers at 60 failures per 1,000 days ask one technician for 9 days of work a day.

    What is out waits nearly all of the time for him, with a spare in store or without.
    """
    terms = {"failures_per_1000_node_days": 60.0, "hands_on_hours": 4.0, "technicians": 1}
    for spares in (0, 1):
        waiting = run(standing(spares=spares, **terms)).operations.waiting
        out = {
            cause: mw.sum()
            for (cause, _), mw in waiting.items()
            if cause in ("technician", "spare", "repair")
        }
        assert set(out) == {"technician", "spare" if spares else "repair"}
        assert out["technician"] > 0.9 * sum(out.values())


def test_a_want_of_spares_is_not_one_of_technicians():
    """4.5 failures a day at 4 h each keep 0.75 of three technicians at work: 18 in repair, and few wait."""
    terms = {"hands_on_hours": 4.0, "spares": 10}
    for technicians in (None, 3, 20):
        scenario = standing(technicians=technicians, **terms)
        waiting = run(scenario).operations.waiting
        waited = waiting.get(("technician", "a"), np.zeros(24)).sum()
        assert waited < 0.02 * waiting["spare", "a"].sum()
        # Poisson of mean 18 beyond 10: about 8 servers of 0.0177 MW
        assert waiting["spare", "a"].mean() == pytest.approx(8.0 / 900 * 15.9552, rel=0.1)


@pytest.mark.parametrize("shop", [{}, {"technicians": 500}])
@pytest.mark.parametrize(("burn_in_days", "days_new"), [(0.0, 30.0), (10.0, 20.0), (60.0, 0.0)])
def test_burn_in_takes_early_failures_out_of_service_time(burn_in_days, days_new, shop):
    # 900 servers, 5 failures per 1,000 days and ten times that up to an age of 30 days; repairs take no time
    terms = PLAIN | {"infant_factor": 10.0, "infant_days": 30.0, "hands_on_hours": 0.001} | shop
    terms |= {"repair_mean_days": 1e-4, "repair_median_days": 1e-4}
    crews = {"installer_crews": 50, "racks_per_crew_day": 100, "burn_in_days": burn_in_days}
    hall = make.hall(make.racks())
    timeline = build_out(loads(make.scenario(make.site(hall), crews=crews, reliability=terms)))
    in_service_d = next(m.time_d for m in timeline.of_kind("in_service"))
    (lot,) = timeline.outages.lots
    early = int((lot.down_d < in_service_d + 30.0).sum())
    expected = 900 * 5e-3 * (30.0 + 9.0 * days_new)
    assert abs(early - expected) <= 4.0 * np.sqrt(expected)


@pytest.mark.parametrize("infant_factor", [0.4, 1.0, 1.5, 3.0])
def test_the_age_of_a_wear_is_that_which_has_it(infant_factor):
    law, age_d = (
        Law(0.01, 1.0, 0.0, infant_factor=infant_factor, infant_d=30.0),
        np.array([0.0, 10.0, 30.0, 90.0]),
    )
    assert law.worn_d(age_d)[-1] == pytest.approx(90.0 + 30.0 * (infant_factor - 1.0))
    np.testing.assert_allclose(law.age_worn_d(law.worn_d(age_d)), age_d, rtol=1e-12)


def test_a_failure_that_falls_on_a_server_that_is_down_does_not_happen():
    """Of ten servers one is down: a draw of 0.95 is the tenth of them, one of 0.85 is not."""
    failed_d, repair_d = np.array([1.0, 2.0]), np.array([5.0, 5.0])
    for chance, expected in ((0.95, [1.0]), (0.85, [1.0, 2.0])):
        down_d, _ = at_once(failed_d, np.array([0.5, chance]), repair_d, 10)
        assert down_d.tolist() == expected
