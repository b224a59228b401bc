"""What holds in every build-out: conservation, the order of a life, independence of what is unrelated."""

import runpy
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.buildout.simulate import build_out
from capsim.buildout.timeline import SYSTEM_KINDS
from capsim.pipeline import run
from capsim.quantities.sizes import part_sizes, successor_sizes
from capsim.scenario.loading import loads, override

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
LIFE = {kind: i for i, kind in enumerate(SYSTEM_KINDS)}


def levels(timeline):
    """Systems that have met each milestone of life, after every milestone, by deployment and system."""
    met = defaultdict(lambda: dict.fromkeys(SYSTEM_KINDS, 0.0))
    for m in timeline.of_kind(*SYSTEM_KINDS):
        counts = met[m.site, m.phase, m.item, m.unit]
        counts[m.kind] += m.amount
        yield m, counts


@given(make.portfolios())
def test_systems_ordered_are_in_transit_waiting_installing_in_service_or_retired(mapping):
    timeline = build_out(loads(mapping))
    by_time = defaultdict(list)
    for m in timeline.of_kind(*SYSTEM_KINDS):
        by_time[m.time_d].append(m)
    met = defaultdict(lambda: dict.fromkeys(SYSTEM_KINDS, 0.0))
    for time_d in sorted(by_time):
        for m in by_time[time_d]:
            met[m.site, m.phase, m.item, m.unit][m.kind] += m.amount
        for counts in met.values():
            reached = np.array([counts[kind] for kind in SYSTEM_KINDS])
            in_states = reached - np.append(reached[1:], 0.0)  # in transit, waiting, ..., retired
            assert np.all(in_states >= 0)
            assert in_states.sum() == counts["ordered"]


@given(make.portfolios())
def test_every_lot_meets_its_milestones_in_the_order_of_life(mapping):
    # within a time the canonical order is by deployment and life, so counting as they come is enough
    for m, counts in levels(build_out(loads(mapping))):
        reached = [counts[kind] for kind in SYSTEM_KINDS]
        assert reached == sorted(reached, reverse=True), m


@given(make.portfolios())
def test_first_generation_has_the_systems_ordered(mapping):
    scenario = loads(mapping)
    timeline = build_out(scenario)
    first = {}
    for m in timeline.of_kind("ordered"):
        day, systems = first.get((m.site, m.phase, m.item), (m.time_d, 0.0))
        if m.time_d == day:
            first[m.site, m.phase, m.item] = day, systems + m.amount
    for site in scenario.sites:
        for phase in site.phases:
            for order in phase.deployments:
                assert first[site.id, phase.id, order.id][1] == order.systems


@given(make.portfolios())
def test_power_comes_before_the_hall_and_the_hall_before_the_systems(mapping):
    scenario = loads(mapping)
    timeline = build_out(scenario)
    energised = {(m.site, m.item): m.time_d for m in timeline.of_kind("energised")}
    ready = timeline.ready_for_service_d()
    for site in scenario.sites:
        for phase in site.phases:
            assert energised[site.id, phase.energization] <= ready[site.id, phase.id]
            for earlier in phase.after:
                assert ready[site.id, earlier] <= ready[site.id, phase.id]
    for m in timeline.of_kind("install_started", "installed", "in_service", "retired"):
        assert ready[m.site, m.phase] <= m.time_d


@given(make.portfolios())
def test_crews_never_set_up_more_racks_than_their_rate_allows(mapping):
    scenario = loads(mapping)
    begun, done = defaultdict(list), defaultdict(list)
    for m in build_out(scenario).of_kind("install_started", "installed"):
        if m.time_d >= 0.0:
            (begun if m.kind == "install_started" else done)[m.site, m.phase, m.item, m.unit].append(m)
    rate_per_d = scenario.crews.installer_crews * scenario.crews.racks_per_crew_day
    work = []
    for name, cohorts in done.items():
        racks = scenario.catalog.entry("systems", name[3]).number("rack_count")
        # at one time the larger of two cohorts may stand before the smaller
        starts = sorted(begun[name], key=lambda m: (m.time_d, m.amount))
        ends = sorted(cohorts, key=lambda m: (m.time_d, m.amount))
        work += [(s.time_d, e.time_d, racks * e.amount) for s, e in zip(starts, ends, strict=False)]
    for from_d, *_ in work:
        inside = sorted((end, racks) for start, end, racks in work if start >= from_d)
        for (end_d, _), racks in zip(inside, np.cumsum([racks for _, racks in inside]), strict=True):
            assert racks <= rate_per_d * (end_d - from_d) * (1 + 1e-9) + 1e-6


@given(make.portfolios())
def test_critical_path_joins_without_gaps_from_the_start_to_ready_for_service(mapping):
    timeline = build_out(loads(mapping))
    paths = defaultdict(list)
    for wait in timeline.waits:
        if not wait.item:
            paths[wait.site, wait.phase].append((wait.start_d, wait.end_d))
    for key, ready_d in timeline.ready_for_service_d().items():
        pieces = sorted(paths[key])
        ends = [0.0, *[end for _, end in pieces]]
        assert [start for start, _ in pieces] == ends[:-1]
        assert ends[-1] == max(ready_d, 0.0)


@given(make.portfolios(), st.data())
def test_a_longer_stage_never_makes_its_own_phase_earlier(mapping, data):
    # Per phase only: queues for crews may let another phase finish earlier.
    scenario = loads(mapping)
    site = data.draw(st.sampled_from(scenario.sites))
    phase = data.draw(st.sampled_from(site.phases))
    stage = data.draw(st.sampled_from(phase.stages))
    path = f"sites.{site.id}.phases.{phase.id}.stages.{stage.id}.duration_months"
    slower = override(scenario, {path: stage.duration_months + data.draw(st.floats(0.1, 24.0))})
    before, after = (build_out(s).ready_for_service_d()[site.id, phase.id] for s in (scenario, slower))
    assert after >= before


@given(make.portfolios(), st.data())
def test_a_stage_off_the_critical_path_may_be_shorter_and_changes_nothing(mapping, data):
    scenario = loads(mapping)
    timeline = build_out(scenario)
    site = data.draw(st.sampled_from(scenario.sites))
    phase = data.draw(st.sampled_from(site.phases))
    stage = data.draw(st.sampled_from(phase.stages))
    critical = {w.cause for w in timeline.waits if (w.site, w.phase, w.item) == (site.id, phase.id, "")}
    path = f"sites.{site.id}.phases.{phase.id}.stages.{stage.id}.duration_months"
    quicker = build_out(override(scenario, {path: stage.duration_months / 2}))
    if stage.id not in critical:
        assert quicker.ready_for_service_d() == timeline.ready_for_service_d()
    else:
        key = site.id, phase.id
        assert quicker.ready_for_service_d()[key] <= timeline.ready_for_service_d()[key]


def of_site(result, site_id):
    """All that a run says about a site, bit for bit."""
    index = [site.id for site in result.scenario.sites].index(site_id)
    monthly = {name: series[index].tobytes() for name, series in result.operations.monthly.items()}
    timeline = result.timeline
    booked = {
        line: amounts.tobytes()
        for line, amounts in zip(result.ledger.lines, result.ledger.amounts, strict=True)
        if line.site == site_id
    }
    waiting = {
        cause: mw.tobytes() for (cause, site), mw in result.operations.waiting.items() if site == site_id
    }
    return (
        monthly,
        booked,
        waiting,
        [m for m in timeline.milestones if m.site == site_id],
        [w for w in timeline.waits if w.site == site_id],
    )


@settings(max_examples=20)
@given(make.portfolios(ample_crews=True), make.sites("x"))
def test_an_unrelated_site_changes_nothing_elsewhere(mapping, other):
    alone = run(loads(mapping), seed=5)
    together = run(loads(mapping | {"sites": [other, *mapping["sites"]]}), seed=5)
    for site in alone.scenario.sites:
        assert of_site(alone, site.id) == of_site(together, site.id)


@settings(max_examples=20)
@given(make.portfolios(ample_crews=True), st.randoms(use_true_random=False))
def test_the_order_in_the_file_changes_no_result_of_a_site(mapping, random):
    as_written = run(loads(mapping), seed=5)
    places = []
    for place in random.sample(mapping["sites"], len(mapping["sites"])):
        steps, halls = place["grid_connection"], place["phases"]
        places.append(place | {"grid_connection": steps[::-1], "phases": halls[::-1]})
    shuffled = run(loads(mapping | {"sites": places}), seed=5)
    assert shuffled.timeline.milestones == as_written.timeline.milestones
    assert shuffled.timeline.waits == as_written.timeline.waits
    for i, site in enumerate(as_written.scenario.sites):
        j = [s.id for s in shuffled.scenario.sites].index(site.id)
        for name, series in as_written.operations.monthly.items():
            # sums over the halls of a site may round differently
            np.testing.assert_allclose(
                shuffled.operations.monthly[name][j], series[i], rtol=1e-9, atol=1e-6, err_msg=name
            )


@settings(max_examples=10)
@given(make.portfolios(), st.integers(0, 2**63 - 1))
def test_the_same_seed_gives_the_same_bits(mapping, seed):
    one, two = (run(loads(mapping), seed=seed) for _ in range(2))
    assert one.timeline == two.timeline
    for site in one.scenario.sites:
        assert of_site(one, site.id) == of_site(two, site.id)


def test_another_seed_or_replication_gives_other_weather_and_prices_at_the_same_dates():
    scenario = loads(make.scenario(make.standing_site()))
    runs = [
        run(scenario, 1, 0, hourly=True),
        run(scenario, 2, 0, hourly=True),
        run(scenario, 1, 1, hourly=True),
    ]
    assert len({r.timeline for r in runs}) == 1
    for name in ("dry_bulb_c", "wet_bulb_c", "price_per_mwh"):
        assert len({r.operations.hourly[name].tobytes() for r in runs}) == len(runs), name


@given(st.integers(1, 5000), st.integers(1, 1000))
def test_parts_hold_all_systems_and_differ_by_at_most_one(systems, parts):
    sizes = part_sizes(systems, parts)
    assert sum(sizes) == systems
    assert len(sizes) == min(systems, parts)
    assert max(sizes) - min(sizes) <= 1


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=30),
    st.floats(1.0, 1000.0),
    st.floats(1.0, 1000.0),
)
def test_successors_fill_the_power_and_lose_less_than_one_system(sizes, old_kw, new_kw):
    successors = successor_sizes(sizes, old_kw, new_kw)
    power = sum(sizes) * old_kw
    assert min(successors) >= 0
    assert sum(successors) * new_kw == pytest.approx(power, abs=new_kw * (1 + 1e-6))
    assert sum(successors) * new_kw <= power * (1 + 1e-6) + 1e-6
