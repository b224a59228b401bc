"""Energised power without a hall: by site, with the overhead of the halls, by hand."""

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.buildout.idle_assets import GRID_MW_DAYS, HALL, IT_MW_DAYS, POWER, stranded
from capsim.buildout.idle_power import design_pue
from capsim.buildout.simulate import build_out
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
PUE = 1.16  # of dlc-dry-cooler
LINE = {"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 2.0e5}
DAYS = 730


def standing(name, mw, **changes):
    """A hall that is there, and is to have no systems."""
    return make.standing_hall(id=name, critical_it_mw=mw, deployments=[], **changes)


def idle(*phases, steps, firm=None, **changes):
    """Idle power by phase of a site with the grid steps given, and the other rows."""
    connection = [
        {"id": f"g{n}", "grid_mw": mw, "energised_on": day} for n, (mw, day) in enumerate(steps, start=1)
    ]
    place = make.site(*phases, grid_connection=connection, **({"firm_power": firm} if firm else {}))
    scenario = loads(make.scenario(place, costs={"items": [LINE]}, **changes))
    rows = stranded(scenario, build_out(scenario))
    return {row.phase: row for row in rows if row.kind == POWER}, [r for r in rows if r.kind != POWER]


def annuity(mw_d):
    return mw_d * 2.0e5 * 0.065 / (1 - 1.065**-20) / 365.25


def test_campus_energised_beyond_its_halls_sees_the_rest_and_its_annuity():
    # 500 MW at the meter, 240 MW of halls that take 240 x 1.16 = 278.4 MW: 221.6 MW are no phase's
    rows, halls = idle(standing("p1", 240.0), steps=[(500.0, date(2024, 1, 1))])
    assert set(rows) == {""}
    row = rows[""]
    assert (row.unit, row.most) == (GRID_MW_DAYS, pytest.approx(221.6))
    assert row.amount == pytest.approx(221.6 * DAYS)
    assert row.cost == pytest.approx(annuity(221.6 * DAYS))
    # the hall itself stands empty: its MW are those behind the UPS
    (hall,) = halls
    assert (hall.kind, hall.unit, hall.most) == (HALL, IT_MW_DAYS, 240.0)


def test_power_above_the_firm_power_of_transformers_is_not_idle():
    # 2 of 3 transformers of 6.5 MW carry 13 of the 100 MW energised; a hall of 20 takes 23.2: none is idle
    firm = {"unit_mw": 6.5, "units": 3, "redundant_units": 1}
    rows, _ = idle(standing("p1", 20.0), steps=[(100.0, date(2024, 1, 1))], firm=firm)
    assert rows == {}
    # 2 of 3 of 15 MW at 0.9 carry 27, which leave 3.8 that no phase takes, at the price of energised power
    firm = {"unit_mw": 15.0, "units": 3, "redundant_units": 1, "derating": 0.9}
    rows, _ = idle(standing("p1", 20.0), steps=[(100.0, date(2024, 1, 1))], firm=firm)
    assert rows[""].most == pytest.approx(27 - 20 * PUE)
    assert rows[""].cost == pytest.approx(annuity((27 - 20 * PUE) * DAYS))
    # where less is energised than is firm, that counts: 24 of 27
    rows, _ = idle(standing("p1", 20.0), steps=[(24.0, date(2024, 1, 1))], firm=firm)
    assert rows[""].most == pytest.approx(24 - 20 * PUE)


def test_overhead_of_the_halls_is_not_idle():
    # 100 MW of connection for 90.9 MW of halls: at the design PUE they would take 105.4
    rows, _ = idle(standing("p1", 45.45), standing("p2", 45.45), steps=[(100.0, date(2024, 1, 1))])
    assert rows == {}


def test_power_waits_for_a_late_hall_up_to_what_it_will_take():
    # the hall of 16 MW takes 18.56 MW and is ready after seven months; 5.44 MW are no phase's
    rows, _ = idle(make.hall(make.racks()), steps=[(24.0, date(2024, 1, 1))])
    until_d = 7 * 365.25 / 12
    assert rows["p1"].most == pytest.approx(16 * PUE)
    assert rows["p1"].amount == pytest.approx(16 * PUE * until_d)
    assert rows[""].amount == pytest.approx((24 - 16 * PUE) * DAYS)
    assert rows["p1"].cost == pytest.approx(annuity(rows["p1"].amount))


def test_a_step_that_no_phase_names_powers_a_phase_that_names_a_later_one():
    # 30 MW of halls take 34.8: g1 gives 20 from the start, g2 another 20 after a year, and the hall is there
    hall = standing("p1", 30.0, energization="g2", ready_for_service_on=date(2027, 1, 1))
    rows, _ = idle(hall, steps=[(20.0, date(2024, 1, 1)), (20.0, date(2027, 1, 1))])
    assert rows[""].most == pytest.approx(40 - 30 * PUE)
    assert rows[""].amount == pytest.approx((40 - 30 * PUE) * 365)


def test_a_phase_that_is_never_ready_is_the_last_that_power_waits_for():
    stages = make.stages()
    stages[0]["cancel_probability"] = 1.0
    refused = make.hall(id="p0", deployments=[], stages=stages)
    rows, _ = idle(refused, make.hall(deployments=[]), steps=[(24.0, date(2024, 1, 1))])
    until_d = 7 * 365.25 / 12
    assert rows["p1"].amount == pytest.approx(16 * PUE * until_d)
    # 5.44 MW while p1 is built, then 5.44 again: p1 takes its own share from the day it is ready
    assert rows["p0"].amount == pytest.approx((24 - 16 * PUE) * DAYS)
    assert "" not in rows


def test_a_cooling_preset_without_a_design_pue_counts_the_electrical_losses():
    scenario = loads(make.scenario())
    place, catalog = scenario.sites[0], scenario.catalog
    assert design_pue(scenario, place) == PUE
    entry = catalog.entry("cooling", "dlc-dry-cooler")
    values = {name: value for name, value in entry.values.items() if name != "design_pue"}
    tables = {**catalog.tables, "cooling": {entry.name: replace(entry, values=values)}}
    scenario._catalog = replace(catalog, tables=tables)
    losses = make.chain_losses_mw(place, 1.0, 1.0, 0.0)
    assert design_pue(scenario, place) == pytest.approx(1.0 + float(losses))
