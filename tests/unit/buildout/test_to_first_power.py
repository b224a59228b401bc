"""Phases that lead to first IT power, campuses with one substation, and power that comes before the grid.

Tests `buildout.history`, `buildout.waiting`, `buildout.forecast`, `buildout.works`, `buildout.layout`,
`buildout.marks`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.buildout.simulate import build_out
from capsim.scenario import Sampler, loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D = 365.25 / 12
STAGES = [
    {"id": "construction", "duration_months": 20.0},
    {"id": "first_power", "duration_months": 4.0, "needs_energization": True},
]
GRID = {
    "id": "g1",
    "grid_mw": 24.0,
    "stages": [
        {"id": "queue", "duration_months": 12.0, "cancel_probability": 0.4},
        {"id": "works", "duration_months": 60.0},
    ],
}


def racks(**changes):
    made = make.racks(ordering="just_in_time", lead_time_weeks=20.0, margin_weeks=2.0) | changes
    return {key: value for key, value in made.items() if key != "ordered_on"}


def site(*halls, **changes):
    return loads(make.scenario(make.site(*halls, **changes), horizon_years=10))


def hall(name="p1", **changes):
    return make.hall(id=name, stages=STAGES, reaches="first_power", deployments=[racks()]) | changes


def months(timeline, kind, phase="p1", item=None):
    found = [m for m in timeline.of_kind(kind) if m.phase == phase and item in (None, m.item)]
    return min(m.time_d for m in found) / MONTH_D


def test_first_power_has_the_first_systems_in_service():
    """Installed in the last stage: the racks do not come after the 24 months, in the plan and in any draw."""
    there = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2025, 1, 1)}
    plan = site(hall(overrun={"dist": "lognormal", "median": 1.0, "sigma": 0.3}), grid_connection=[there])
    timeline = build_out(plan)
    assert months(timeline, "ready_for_service") == pytest.approx(24.0)
    assert months(timeline, "in_service") == pytest.approx(24.0)
    assert 20.0 - 0.5 - 0.1 <= months(timeline, "delivered") <= 20.0
    for k in range(20):
        timeline = build_out(Sampler(plan).sample(0, k), 0, k)
        assert months(timeline, "in_service") == pytest.approx(months(timeline, "ready_for_service"))


def test_works_of_an_agreed_connection_are_part_of_the_whole():
    """Applied for a year before, never refused, its five years of works are not waited for a second time."""
    plan = site(hall(grid_agreed=True), grid_connection=[GRID])
    for k in range(10):
        timeline = build_out(Sampler(plan).sample(0, k), 0, k)
        assert months(timeline, "applied", "") == pytest.approx(-12.0)
        assert months(timeline, "energised", "") == pytest.approx(20.0)
        assert months(timeline, "ready_for_service") == pytest.approx(24.0)
    # with a study of three months before its works, as much earlier
    study = [GRID["stages"][0], {"id": "study", "duration_months": 3.0}, GRID["stages"][1]]
    studied = build_out(site(hall(grid_agreed=True), grid_connection=[GRID | {"stages": study}]))
    assert months(studied, "applied", "") == pytest.approx(-15.0)
    # one that is applied for at the start is agreed after a year, before which no land is cleared
    late = site(hall(grid_agreed=True), grid_connection=[GRID | {"applied_on": date(2026, 1, 1)}])
    assert months(build_out(late), "ready_for_service") == pytest.approx(36.0)
    # on a data date that is the start of the phase, the agreement was there
    known = {"as_of": date(2026, 7, 1), "horizon_years": 10}
    place = make.site(hall(grid_agreed=True, starts_on=date(2026, 7, 1)), grid_connection=[GRID])
    begun = build_out(loads(make.scenario(place, **known)))
    assert months(begun, "applied", "") == pytest.approx(181.0 / MONTH_D - 12.0)
    # without the agreement, the works are waited for
    assert months(build_out(site(hall(), grid_connection=[GRID])), "ready_for_service") == pytest.approx(76.0)


@pytest.mark.parametrize("other", [hall("p2", grid_agreed=True), make.hall(id="p2", deployments=[])])
def test_works_of_a_connection_end_when_the_first_phase_that_contains_them_needs_power(other):
    """After 20 months, though a hall without the agreement could have used it after six."""
    timeline = build_out(site(hall(grid_agreed=True), other, grid_connection=[GRID | {"grid_mw": 48.0}]))
    assert months(timeline, "energised", "") == pytest.approx(20.0)


def test_equipment_of_a_class_is_ordered_in_time():
    transformer = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "first_power"}
    transformer["lead_time_weeks"] = 200.0
    there = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2025, 1, 1)}
    timeline = build_out(site(hall(equipment=[transformer]), grid_connection=[there]))
    assert months(timeline, "equipment_ordered") == pytest.approx(20.0 - 200 * 7 / MONTH_D)
    assert months(timeline, "ready_for_service") == pytest.approx(24.0)
    stated = transformer | {"ordered_before_months": 6.0}
    timeline = build_out(site(hall(equipment=[stated]), grid_connection=[there]))
    assert months(timeline, "equipment_ordered") == pytest.approx(-6.0)
    assert months(timeline, "ready_for_service") == pytest.approx(200 * 7 / MONTH_D - 6.0 + 4.0)


def test_a_second_hall_waits_for_no_second_transformer():
    """One of the campus, ordered with the first hall; of the hall, the second waits for its own."""

    def second(per):
        transformer = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "commissioning"}
        transformer |= {"lead_time_weeks": 150.0, "per": per}
        first, later = (make.hall(id=name, deployments=[], equipment=[transformer]) for name in ("p1", "p2"))
        timeline = build_out(site(first, later | {"after": ["p1"]}))
        assert sum(1 for _ in timeline.of_kind("equipment_ordered")) == (1 if per == "campus" else 2)
        return months(timeline, "ready_for_service", "p2") - months(timeline, "ready_for_service")

    assert second("campus") == pytest.approx(7.0)
    assert second("phase") == pytest.approx(150 * 7 / MONTH_D + 1.0)


def test_own_generation_energises_what_it_carries():
    """Of two halls of 16 MW, engines of 20 carry the first; the other waits five years for the grid."""
    engines = {"power_mw": 20.0, "fuel": "gas", "runs_when_short": True, "available_on": date(2026, 9, 1)}
    halls = [make.hall(id=name, deployments=[]) for name in ("p1", "p2")]
    late = [{"id": "g1", "grid_mw": 48.0, "lead_time_months": 60.0}]
    timeline = build_out(site(*halls, grid_connection=late, generation=engines))
    assert months(timeline, "ready_for_service") == pytest.approx(9.0, abs=0.1)
    assert months(timeline, "ready_for_service", "p2") == pytest.approx(61.0, abs=0.1)
    backup = site(*halls, grid_connection=late, generation=engines | {"runs_when_short": False})
    assert months(build_out(backup), "ready_for_service") == pytest.approx(61.0, abs=0.1)


def test_what_own_generation_carries_needs_no_grid():
    """Its racks are ordered for it, and it stays where the connection is refused; the other hall goes."""
    engines = {"power_mw": 20.0, "fuel": "gas", "runs_when_short": True, "available_on": date(2026, 9, 1)}
    halls = [make.hall(racks(), id="p1"), make.hall(id="p2", deployments=[])]
    works = {"id": "works", "duration_months": 60.0, "cancel_probability": 1.0}
    refused = [{"id": "g1", "grid_mw": 48.0, "stages": [works]}]
    timeline = build_out(site(*halls, grid_connection=refused, generation=engines))
    assert months(timeline, "ready_for_service") == pytest.approx(9.0, abs=0.1)
    assert months(timeline, "delivered") == pytest.approx(9.0 - 2 * 7 / MONTH_D, abs=0.2)
    assert [m.phase for m in timeline.of_kind("cancelled") if m.phase] == ["p2"]
