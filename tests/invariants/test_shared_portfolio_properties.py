"""What holds at every event where portfolios share supply, money, crews and technicians."""

import runpy
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.buildout.simulate import begin, build_out
from capsim.buildout.timeline import SYSTEM_KINDS
from capsim.pipeline import run
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads, override

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))


@st.composite
def shared_portfolios(draw):
    """A random portfolio with equipment, scarce crews, supply and money, refusals, policies and failures."""
    mapping = draw(make.portfolios())
    mapping["crews"] |= {"construction_crews": draw(st.integers(1, 2))}
    for site in mapping["sites"]:
        for step in site["grid_connection"]:
            if "stages" in step:
                chance = draw(st.sampled_from((0.0, 0.0, 0.4, 1.0)))
                draw(st.sampled_from(step["stages"]))["cancel_probability"] = chance
        for phase in site["phases"]:
            phase["priority"] = draw(st.integers(0, 3))
            _change_stages(draw, phase)
            for order in phase["deployments"]:
                order["priority"] = draw(st.integers(0, 3))
                if draw(st.booleans()):
                    order["ordering"] = draw(st.sampled_from(("just_in_time", "demand")))
    if len(mapping["sites"]) > 1 and draw(st.booleans()):
        first, second = mapping["sites"]
        second["phases"][0]["after"] = [f"{first['id']}.{first['phases'][-1]['id']}"]
    mapping["demand"] = {"h100e": draw(st.sampled_from((1.0, 5000.0))), "growth_per_y": 1.0}
    quarter = {"id": "q", "from_on": make.START, "systems_per_quarter": draw(st.integers(0, 40))}
    systems = ["gb300-nvl72", "dgx-h100"]
    rule = st.sampled_from(("in_order", "who_fits"))
    mapping["supply"] = [{"id": "v", "systems": systems, "allocation": [quarter]}]
    bases = {
        "per_critical_it_mw": 8.0e6,
        "per_facility_cost": 0.25,
        "per_grid_mw": 0.5e6,
        "per_accelerator": 500.0,
        "per_rack": 2000.0,
        "per_system_price": 0.1,
    }
    items = [
        {"id": basis.replace("_", "-"), "category": "capex", "basis": basis, "amount": amount}
        for basis, amount in bases.items()
    ]
    mapping["costs"] = {"items": items}
    growth = draw(st.sampled_from((0.0, 0.055)))
    mapping["finance"] |= {"construction_inflation_per_y": growth, "system_price_trend_per_y": -0.05}
    dates = [make.START + timedelta(days=draw(st.integers(0, 600))) for _ in range(2)]
    tranches = [
        {"id": f"t{i}", "amount": draw(st.sampled_from((0.0, 5.0e7, 5.0e8))), "available_on": day}
        for i, day in enumerate(dates)
    ]
    mapping["funding"] = {"rule": draw(rule), "tranches": tranches}
    mapping["reliability"] = {"technicians": draw(st.sampled_from((1, 5))), "spares": draw(st.integers(0, 3))}
    return mapping


def _change_stages(draw, phase):
    stages = phase["stages"]
    stages[0] |= {"crew": "construction", "cancel_probability": draw(st.sampled_from((0.0, 0.5, 1.0)))}
    ordering = draw(st.sampled_from(("fixed", "just_in_time")))
    kit = {"id": "kit", "item": "lt-ups", "needed_at": stages[-1]["id"], "ordering": ordering}
    if len(stages) > 1 and draw(st.booleans()):
        kit["ordered_after"] = stages[0]["id"]
    phase["equipment"] = [kit]


@settings(max_examples=60)
@given(shared_portfolios(), st.integers(0, 3))
def test_systems_power_and_money_are_conserved_at_every_event(mapping, replication):
    scenario = sample(loads(mapping), 1, replication)
    timeline = build_out(scenario, 1, replication)
    met = defaultdict(lambda: dict.fromkeys(SYSTEM_KINDS, 0.0))
    allotted = delivered = funded = committed = 0.0
    limited = {"gb300-nvl72", "dgx-h100"}
    by_time = defaultdict(list)
    for m in timeline.milestones:
        by_time[m.time_d].append(m)
    for time_d in sorted(by_time):
        for m in by_time[time_d]:
            if m.kind in SYSTEM_KINDS:
                met[m.site, m.phase, m.item, m.unit][m.kind] += m.amount
                delivered += m.amount * (m.kind == "delivered" and m.unit in limited)
            allotted += m.amount * (m.kind == "allotted")
            funded += m.amount * (m.kind == "funded")
            committed += m.amount * ((m.kind == "committed") - (m.kind == "released"))
        for counts in met.values():
            reached = [counts[kind] for kind in SYSTEM_KINDS]
            assert reached == sorted(reached, reverse=True)
        assert delivered <= allotted
        assert committed <= funded * (1 + 1e-9)
    # every phase is ready, cancelled or unbuilt: no MW is lost
    last = timeline.of_kind("ready_for_service", "cancelled", "unbuilt")
    ends = [(m.site, m.phase) for m in last if m.phase]
    assert sorted(ends) == sorted((s.id, p.id) for s in scenario.sites for p in s.phases)


class Watch:
    """What is conserved, held against the live world after every single event."""

    def __init__(self, world):
        self.world, self.read = world, 0
        self.met = defaultdict(lambda: dict.fromkeys(SYSTEM_KINDS, 0.0))
        self.sums, self.supplied = defaultdict(float), defaultdict(float)
        self.mw = {s.id: {p.id: p.critical_it_mw for p in s.phases} for s in world.scenario.sites}

    def look(self):
        world = self.world
        for m in world.milestones[self.read :]:
            of_step = "step " if m.kind == "cancelled" and not m.phase else ""
            self.sums[of_step + m.kind] += m.amount
            if m.kind in SYSTEM_KINDS:
                self.met[m[1:4]][m.kind] += m.amount
                self.supplied[m.unit] += m.amount * (m.kind == "delivered")
                self._accelerators(m)
        self.read = len(world.milestones)
        self._money()
        self._supply()
        self._power()

    def _accelerators(self, m):
        # ordered = in transit + waiting + installed + in service + retired, none of them negative
        reached = [self.met[m[1:4]][kind] for kind in SYSTEM_KINDS]
        assert reached == sorted(reached, reverse=True), m
        if m.kind in {"install_started", "installed", "in_service"}:
            assert self.world.sites[m.site].phases[m.phase].ready.triggered

    def _money(self):
        purse, sums = self.world.purse, self.sums
        accounts = list(self._accounts())
        kept = sum(account.reserved for account in accounts)
        assert purse.level >= 0.0
        assert np.isclose(purse.received, purse.level + purse.given)
        assert np.isclose(sums["reserved"], kept, atol=1.0)
        spent = sums["committed"] - sums["released"]
        assert np.isclose(sums["funded"], purse.level + spent + kept, atol=1.0)
        assert np.isclose(sum(a.committed or 0.0 for a in accounts), sums["committed"], atol=1.0)

    def _accounts(self):
        for site in self.world.sites.values():
            for step in site.steps.values():
                yield step.account
            for phase in site.phases.values():
                yield phase.account
                yield from (order.account for order in phase.orders)

    def _supply(self):
        for pool in {id(pool): pool for pool in self.world.supplies.values()}.values():
            assert np.isclose(pool.received, pool.level + pool.given)
        limited = sum(self.supplied[system] for system in self.world.supplies)
        assert limited <= sum({id(p): p.given for p in self.world.supplies.values()}.values())
        for crew in self.world.crews.values():
            assert crew.count <= crew.capacity

    def _power(self):
        world = self.world
        steps = [step for site in world.sites.values() for step in site.steps.values()]
        energised = sum(step.plan.grid_mw for step in steps if step.energised.triggered)
        assert np.isclose(self.sums["energised"], energised)
        phases = list(world.phases)
        states = {"ready_for_service": "ready", "cancelled": "cancelled"}
        for kind, event in states.items():
            mw = sum(self.mw[p.site.plan.id][p.plan.id] for p in phases if getattr(p, event).triggered)
            assert np.isclose(self.sums[kind], mw)
        assert not any(phase.ready.triggered and phase.cancelled.triggered for phase in phases)


@settings(max_examples=60)
@given(shared_portfolios(), st.integers(0, 3))
def test_accelerators_power_and_money_are_conserved_after_every_event_of_the_run(mapping, replication):
    world = begin(sample(loads(mapping), 1, replication), 1, replication)
    watch, events = Watch(world), 0
    while world.env.peek() < np.inf:
        world.env.step()
        events += 1
        watch.look()
    assert events == build_out(world.scenario, 1, replication).events


@settings(max_examples=60)
@given(shared_portfolios(), st.integers(0, 3))
def test_commitments_are_what_the_ledger_books_for_the_same_orders(mapping, replication):
    for supply in mapping["supply"]:  # all that is ordered is delivered, or cancelled with its phase
        supply["allocation"][0]["systems_per_quarter"] = 1000
    result = run(sample(loads(mapping), 1, replication), 1, replication)
    booked, committed = defaultdict(float), defaultdict(float)
    for _, asset, _, _ in result.ledger.instalments.booked:
        booked[asset.site, asset.phase, asset.item] += asset.cost
    for m in result.timeline.of_kind("committed", "released"):
        if m.time_d < result.scenario.calendar.n_days or not (m.phase and m.item):
            committed[m[1:4]] += m.amount * (1.0 if m.kind == "committed" else -1.0)
    for name in {*booked, *committed}:
        assert np.isclose(booked[name], committed[name], rtol=1e-9, atol=1.0), name


@settings(max_examples=60)
@given(shared_portfolios(), st.data())
def test_every_critical_path_joins_without_gaps(mapping, data):
    chosen = st.sampled_from
    for site in mapping["sites"]:
        for phase in site["phases"]:
            kit = phase["equipment"][0] | {"id": "kit2", "lead_time_weeks": data.draw(chosen((2, 20, 60)))}
            kit |= {"ordering": data.draw(chosen(("fixed", "just_in_time"))), "margin_weeks": 3}
            phase["equipment"] += [kit] if data.draw(st.booleans()) else []
    scarce = {"id": "q", "from_on": make.START, "systems_per_quarter": data.draw(st.integers(0, 2))}
    mapping["supply"] += [{"id": "works", "systems": ["lt-ups"], "allocation": [scarce]}]
    if data.draw(st.booleans()):
        mapping.pop("funding")
    scenario = loads(mapping)
    timeline = build_out(scenario)
    paths = defaultdict(list)
    for wait in timeline.waits:
        if not wait.item:
            paths[wait.site, wait.phase].append((wait.start_d, wait.end_d))
    for key, ready_d in timeline.ready_for_service_d().items():
        pieces = sorted(paths[key])
        ends = [0.0, *[end for _, end in pieces]]
        assert np.allclose([start for start, _ in pieces], ends[:-1])
        if ready_d < np.inf:
            assert ends[-1] == max(ready_d, 0.0)


@settings(max_examples=25)
@given(shared_portfolios())
def test_the_whole_chain_takes_any_of_them_and_the_same_seed_gives_the_same(mapping):
    scenario = sample(loads(mapping), 2, 1)
    one, other = run(scenario, 2, 1), run(scenario, 2, 1)
    assert one.timeline == other.timeline
    assert one.ledger.amounts.tobytes() == other.ledger.amounts.tobytes()
    for series in one.operations.monthly.values():
        assert np.all(np.isfinite(series))


@settings(max_examples=20)
@given(make.portfolios(ample_crews=True), make.sites("x"), st.integers(0, 5))
def test_an_unrelated_site_changes_no_milestone_failure_or_draw_elsewhere(mapping, other, replication):
    failing = {"reliability": {}}
    alone = sample(loads(mapping | failing), 5, replication)
    together = sample(loads(mapping | failing | {"sites": [other, *mapping["sites"]]}), 5, replication)
    one, both = build_out(alone, 5, replication), build_out(together, 5, replication)
    for site in alone.sites:
        assert [m for m in one.milestones if m.site == site.id] == [
            m for m in both.milestones if m.site == site.id
        ]
        lots = [[lot for lot in t.outages.lots if lot.site == site.id] for t in (one, both)]
        assert len(lots[0]) == len(lots[1])
        for a, b in zip(*lots, strict=True):
            assert a[:4] == b[:4]
            assert (a.down_d.tobytes(), a.up_d.tobytes()) == (b.down_d.tobytes(), b.up_d.tobytes())


@settings(max_examples=25)
@given(make.portfolios(), st.data())
def test_nothing_just_in_time_makes_a_phase_later_where_nothing_is_shared(mapping, data):
    phases = [phase for site in mapping["sites"] for phase in site["phases"]]
    for phase in phases:
        stages = [stage["id"] for stage in phase["stages"]]
        phase["equipment"] = [
            {
                "id": f"kit{number}",
                "item": "lt-ups",
                "needed_at": data.draw(st.sampled_from(stages)),
                "lead_time_weeks": float(data.draw(st.integers(0, 80))),
                "margin_weeks": float(data.draw(st.integers(0, 8))),
            }
            for number in range(data.draw(st.integers(0, 3)))
        ]
    before = build_out(loads(mapping))
    fixed = before.ready_for_service_d()
    for kit in (kit for phase in phases for kit in phase["equipment"]):
        kit["ordering"] = data.draw(st.sampled_from(("just_in_time", "just_in_time", "fixed")))
    after = build_out(loads(mapping))
    for key, ready_d in after.ready_for_service_d().items():
        assert ready_d <= fixed[key] + 1e-6 or ready_d == fixed[key]
    # nor does it change what decided the date
    paths = [[w for w in t.waits if not w.item and w.end_d - w.start_d > 1e-6] for t in (before, after)]
    assert [w[2:] for w in paths[0]] == [w[2:] for w in paths[1]]
    assert np.allclose([w[:2] for w in paths[0]], [w[:2] for w in paths[1]])


@settings(max_examples=25)
@given(shared_portfolios(), st.data())
def test_longer_equipment_never_makes_its_own_phase_earlier(mapping, data):
    mapping |= {"funding": None, "supply": []}
    mapping["crews"].pop("construction_crews")
    for site in mapping["sites"]:
        for phase in site["phases"]:
            phase["stages"][0].pop("cancel_probability")
    mapping.pop("funding")
    scenario = loads(mapping)
    site = data.draw(st.sampled_from(scenario.sites))
    phase = data.draw(st.sampled_from(site.phases))
    path = f"sites.{site.id}.phases.{phase.id}.equipment.kit.lead_time_weeks"
    longer = override(scenario, {path: 32.0 + data.draw(st.floats(0.1, 80.0))})
    before, after = (build_out(s).ready_for_service_d()[site.id, phase.id] for s in (scenario, longer))
    assert after >= before
