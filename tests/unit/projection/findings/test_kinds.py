"""Kinds of findings: each is produced, has its severity, and is explained in docs/findings.md.

Tests `projection.facts`, `projection.findings`, `projection.findings.finding`,
`projection.findings.job_findings`, `projection.findings.limit_findings`,
`projection.findings.money_findings`, `projection.findings.surroundings_findings`,
`projection.findings.system_findings`, `projection.roadmap`.
"""

import json
import math
import re
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from capsim.pipeline import simulate
from capsim.projection import Projection
from capsim.projection.findings.finding import GRAVEST_FIRST, WARNINGS, Kind, finding, warnings_in
from capsim.projection.plain import as_json
from capsim.report.result_files import results
from capsim.scenario.loading import loads

ROOT = Path(__file__).parents[4]
make = SimpleNamespace(**runpy.run_path(str(ROOT / "tests" / "portfolios.py")))
KINDS = {kind for kinds in get_args(Kind) for kind in get_args(kinds)}
HALL = {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 10.0e6}
LINE = {"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 1.0e6}
SERVERS = {
    "failures_per_1000_node_days": 5.0,
    "repair_mean_days": 4.0,
    "repair_median_days": 4.0,
    "hands_on_hours": 14.0,
    "infant_factor": 1.0,
    "batch_sigma": 0.0,
}


def stages(**first):
    """Stages of a hall, the first of them changed."""
    rows = make.stages()
    rows[0] |= first
    return rows


def empty(name, **changes):
    return make.hall(id=name, deployments=[], **changes)


def fleet(racks):
    return {"id": "racks", "system": "gb300-nvl72", "systems": racks, "in_service_on": date(2025, 7, 1)}


def allotted(a_quarter, system):
    entry = {"id": "q", "from_on": make.START, "systems_per_quarter": a_quarter}
    return [{"id": f"of-{system}", "systems": [system], "allocation": [entry]}]


def jobs(*classes):
    """An oversubscribed hall with whole jobs on 125 racks."""
    hall = make.standing_hall(oversubscription=1.3, deployments=[fleet(125)])
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    workload = {"preset": "large-training", "jobs": {"spare_share": 0.0, "classes": list(classes)}}
    return make.scenario(make.site(hall, grid_connection=there), workload=workload)


def refused():
    """A grid step whose study ends it, a hall refused its permit, and a kit ordered for it."""
    kit = {"id": "kit", "item": "lt-ups", "needed_at": "commissioning", "ordered_on": date(2025, 12, 1)}
    study = {"id": "study", "duration_months": 3.0, "cancel_probability": 1.0}
    steps = [
        {"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0},
        {"id": "g2", "grid_mw": 24.0, "stages": [study]},
    ]
    halls = [
        empty("p1", stages=stages(cancel_probability=1.0), equipment=[kit]),
        empty("p2", energization="g2"),
        empty("p3", after=["p1"]),
    ]
    return make.scenario(make.site(*halls, grid_connection=steps))


def late():
    order = make.racks(ordering="just_in_time", ordered_on=date(2026, 3, 1))
    halls = [
        empty("p1", starts_on=date(2027, 8, 1)),
        make.hall(make.racks(id="slow", ordered_on=date(2027, 12, 1), lead_time_weeks=40), id="p2"),
        make.hall(order, id="p3", stages=make.stages(("permit", 30.0))),
        empty("p4"),
    ]
    return make.scenario(make.site(*halls))


def behind():
    """Racks that two successors have replaced, some that are kept for long, and some not launched yet."""
    halls = [
        make.hall(make.racks(system="gb200-nvl72", ordered_on=date(2026, 12, 1)), id="p1"),
        make.standing_hall(id="p2", deployments=[fleet(10)]),
        make.hall(make.racks(system="vr200-nvl72", systems=50, ordered_on=make.START), id="p3"),
    ]
    return make.scenario(make.site(*halls), finance={"life_it_years": 1.0})


def poor():
    """Money for neither of two halls nor for their step."""
    money = {"covers": ["facilities", "grid"], "rule": "in_order", "tranches": [{"id": "t", "amount": 1.0e6}]}
    place = make.site(empty("p1"), empty("p2"))
    return make.scenario(place, costs={"items": [HALL, LINE]}, funding=money)


def rich():
    """Money that lasts, with tranches that come in the horizon and after it."""
    tranches = [
        {"id": "seed", "amount": 1.0e9},
        {"id": "with-grid", "amount": 2.0e8, "after_step": "a.g1"},
        {"id": "with-hall", "amount": 2.0e8, "after_phase": "a.p2"},
    ]
    halls = [make.hall(), empty("p2", starts_on=date(2028, 6, 1))]
    return make.scenario(make.site(*halls), costs={"items": [HALL]}, funding={"tranches": tranches})


def goals():
    """Targets, a demand with a limit, a price of another country, and a hall that stays empty."""
    target = {"id": "t", "h100e": 2e4, "accelerators": 9e9, "facility_mw": 15.0, "budget": 9e9}
    place = make.standing_site(contracts=[{"id": "ppa", "price_per_mwh": 60.0, "share": 0.5}])
    place |= {"phases": [make.standing_hall(), empty("p2")]}
    costs = {"items": [HALL | {"priced_in": ["deu"]}]}
    return make.scenario(
        place, costs=costs, targets=[target], demand={"h100e": [{"on": "2026", "value": 2.0e4}]}
    )


OWN = {
    "electricity_prices": str(Path(__file__).with_name("own_zones.csv")),
    "tariffs": str(Path(__file__).with_name("own_tariffs.csv")),
}
"""A price zone of one's own, of which no hours are known."""


def chatting():
    """A service on chips that no throughput is given for, at a price of which no hours are known."""
    order = {"id": "racks", "system": "dgx-h200", "systems": 100, "in_service_on": make.START}
    place = make.standing_site(phases=[make.standing_hall(deployments=[order])])
    place["tariff"] = {"preset": "island-plus"}
    return make.scenario(place, catalog=OWN, demand={"services": [{"id": "chat", "users": 1.0e6}]})


def undone():
    """Racks that earn well and cost a great deal in the end: more than one rate of return."""
    undo = {"id": "undo", "category": "capex", "basis": "lump", "amount": 7e8, "life_years": 0.1}
    price = {"id": "a", "on": make.START, "amount": 8.0, "price_year": 2025}
    sold = {"prices": [price], "per": "accelerator_h", "reserved_share": 1.0, "reserved_discount": 0.0}
    costs = {"items": [undo | {"due_on": date(2027, 10, 1)}]}
    revenue = sold | {"sold_share": 0.0, "trend_per_y": 0.0}
    return make.scenario(make.standing_site(), costs=costs, revenue=revenue)


IRISH = {"preset": "irl-wholesale-plus"}


def abroad():
    """A site whose weather is that of the nearest place, and the hours of whose price are a neighbour's."""
    return make.scenario(make.standing_site(climate={"nearest": [52.2, 21.0]}, country="irl", tariff=IRISH))


def missing():
    """Half the racks and none of the kits are ever allotted; carbon by rule, and too little power."""
    kit = {"id": "kit", "item": "lt-ups", "needed_at": "commissioning", "lead_time_weeks": 30}
    there = [{"id": "g1", "grid_mw": 10.0, "energised_on": date(2024, 1, 1)}]
    halls = [make.standing_hall(), make.hall(id="p2"), empty("p3", equipment=[kit])]
    place = make.site(*halls, grid_connection=there, country="esp")
    return make.scenario(place, supply=allotted(5, "gb300-nvl72") + allotted(0, "lt-ups"))


def failing(technicians):
    """Servers whose repairs keep 2.6 technicians at work: 900 x 5 per 1,000 days x 14 h."""
    return make.scenario(make.standing_site(), reliability=SERVERS | {"technicians": technicians})


def promised():
    """Power that was announced for a day before the data date, and of which nothing was heard since."""
    letter = {"on": date(2026, 1, 5), "site": "a", "item": "g1", "what": "announced", "day": date(2026, 3, 1)}
    there = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2026, 1, 1)}]
    place = make.site(empty("p1"), grid_connection=there)
    return make.scenario(place, as_of=date(2026, 6, 1), actuals=[letter])


def known():
    """An order that was cancelled, and money that was paid."""
    ended = {"on": date(2026, 5, 1), "site": "a", "item": "p1.racks", "what": "cancelled"}
    paid = {"on": date(2026, 8, 31), "site": "a", "what": "paid", "number": 1.0e6, "unit": "EUR"}
    return make.scenario(make.site(), as_of=date(2026, 9, 1), actuals=[ended, paid])


def looked_at_late():
    """A plan looked at when prices of systems were looked up longer ago than they are good for."""
    return make.scenario(make.standing_site(), as_of=date(2027, 7, 1))


def meant():
    """A hall far over its grid, which the planner says is meant."""
    reason = {"id": "halls_over_grid", "reason": "the second connection is another plan's"}
    return make.scenario(make.site(empty("p1", critical_it_mw=60.0)), accepted=[reason])


SCENARIOS = {
    "known": known(),
    "meant": meant(),
    "looked at late": looked_at_late(),
    "unused": make.scenario(make.standing_site(), horizon_years=6),
    "refused": refused(),
    "promised": promised(),
    "late": late(),
    "behind": behind(),
    "poor": poor(),
    "rich": rich(),
    "goals": goals(),
    "missing": missing(),
    "undone": undone(),
    "chatting": chatting(),
    "abroad": abroad(),
    "too few technicians": failing(2),
    "busy technicians": failing(3),
    "jobs": jobs({"id": "one", "accelerators": 9000, "share": 1.0}),
    "waiting": make.scenario(make.standing_site(), workload={"preset": "idle-loaded"}),
    "capped": make.scenario(make.standing_site(), workload={"power_cap": 0.6}),
    "jobs too large": jobs({"id": "one", "accelerators": 9001, "share": 1.0}),
}


@pytest.fixture(scope="module")
def projections():
    return {name: simulate(loads(mapping)) for name, mapping in SCENARIOS.items()}


def test_each_kind_is_produced(projections):
    produced = {finding.kind for projection in projections.values() for finding in projection.findings}
    assert produced == KINDS


def test_each_finding_has_the_severity_of_its_kind_and_finite_numbers(projections):
    for projection in projections.values():
        for each in projection.findings:
            assert each.severity == ("warning" if each.kind in WARNINGS else "note")
            assert each.text
            assert each.numbers, each.kind
            assert all(math.isfinite(value) for value in each.numbers.values())
            assert not each.phase or each.site


def test_warnings_are_told_gravest_first():
    """Each kind of warning has a place; those of one kind stay as they came, and notes are none."""
    assert sorted(GRAVEST_FIRST) == sorted(WARNINGS)
    came = [finding("left_out", "d"), finding("never_ready", "a"), finding("goal", "note")]
    came += [finding("late_phases", "b"), finding("questioned", "c"), finding("never_ready", "a again")]
    assert warnings_in(came) == ["a", "a again", "b", "c", "d"]


def test_findings_load_back_equal(projections, tmp_path):
    for name, projection in projections.items():
        assert Projection.load(projection.save(tmp_path / name)).findings == projection.findings


def test_findings_for_machines_are_the_same_as_data(projections):
    record = json.loads(as_json(results(projections["refused"])))
    (step,) = [each for each in record["findings"] if each["kind"] == "dropped_step"]
    assert step.pop("text").startswith("grid step a.g2 (24 MW) is refused or dropped after its stage study")
    assert step == {
        "kind": "dropped_step", "severity": "warning", "site": "a", "phase": "", "numbers": {"grid_mw": 24.0},
    }  # fmt: skip


def test_a_finding_of_one_phase_names_it_and_one_of_several_does_not(projections):
    one, several = (
        next(each for each in projections[name].findings if each.kind == "empty_halls")
        for name in ("goals", "late")
    )
    assert (one.site, one.phase) == ("a", "p2")
    assert one.numbers == {"halls": 1.0, "critical_it_mw": 16.0}
    assert (several.site, several.phase) == ("", "")
    assert several.numbers == {"halls": 2.0, "critical_it_mw": 32.0}


def test_a_number_that_is_not_known_is_left_out():
    assert finding("curtailment", "said", curtailed_share=math.nan, wanted_mw=1).numbers == {"wanted_mw": 1.0}


def test_the_page_of_findings_lists_all_kinds_with_their_severity():
    page = (ROOT / "docs" / "findings.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    assert {kind: severity for kind, severity, _ in rows} == {
        kind: "warning" if kind in WARNINGS else "note" for kind in KINDS
    }
    assert len(rows) == len(KINDS)
    assert all(meaning.endswith(".") for *_, meaning in rows)
