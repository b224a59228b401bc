"""What a connection carries in every hour of the weather, and what with hours cut, by hand from the hours.

Tests `operations.full_halls`, `projection.heat`, `projection.findings.heat_findings`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.pipeline import simulate
from capsim.projection import Projection, megawatts
from capsim.scenario.loading import loads
from capsim.vocabulary import DECLARED

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
RACK_MW = make.SYSTEM_MW["gb300-nvl72"]
H100E_PER_W = 72 * 5000 / 1979 / (RACK_MW * 1e6)


def full(grid_mw, racks=100, **changes):
    """A year of a hall as large as its racks, all of them at full power, behind a connection."""
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": racks, "in_service_on": date(2025, 12, 31)}
    hall = make.standing_hall(deployments=[fleet], critical_it_mw=racks * RACK_MW)
    there = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    place = make.site(hall, grid_connection=there, **changes)
    target = {"id": "t", "by": date(2026, 12, 31), "h100e": 18_000.0, "facility_mw": 18.0}
    text = make.scenario(place, horizon_years=1, workload=make.FULL_LOAD, targets=[target])
    return simulate(loads(text), hourly=True)


@pytest.fixture(scope="module")
def short():
    """15.96 MW of racks behind 18 MW: carried at the mean PUE of 1.1, not in the heat."""
    return full(18.0)


def test_nothing_of_a_year_depends_on_what_comes_after():
    """With a second site whose hall comes in the third year: it weighs on that year alone."""
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": 100, "in_service_on": date(2025, 12, 31)}
    first = make.site(make.standing_hall(deployments=[fleet]))
    later = {**fleet, "in_service_on": date(2028, 2, 1)}
    dated = {"ready_for_service_on": date(2028, 1, 1)}
    second = make.site(make.standing_hall(deployments=[later], **dated), id="b", climate="madrid")
    short, long = (
        simulate(loads(make.scenario(first, second, horizon_years=years))).heat.years for years in (2, 4)
    )
    assert set(short) == {"2026", "2027"}
    for year, heat in short.items():
        assert vars(long[year]) == pytest.approx(vars(heat))
    assert long["2028"].pue != pytest.approx(long["2027"].pue, rel=1e-3)


def said(projection, kind):
    return [finding for finding in projection.findings if finding.kind == kind]


def test_a_fleet_that_is_full_all_the_time_is_what_full_halls_would_be(short):
    site, month = short.heat.sites["a"], short.monthly.sel(site="a").sum("month")
    it_mw = short.hourly["it_mw"].to_numpy()[0]
    per_year = 8766 / 8760
    assert site["carried_it_mw"] == pytest.approx(it_mw.min())
    assert site["stranded_it_mw"] == pytest.approx(100 * RACK_MW - it_mw.min())
    assert site["full_halls_cut_h_per_y"] == pytest.approx(float(month["power_limited_h"]) * per_year)
    assert site["full_halls_cut_mwh_per_y"] == pytest.approx(float(month["curtailed_mwh"]) * per_year)
    assert 100 < site["full_halls_cut_h_per_y"] < 8000
    assert set(site) == set(DECLARED["heat"])


def test_stranded_in_a_month_is_what_its_hardest_hour_leaves(short):
    """Also where the connection is full in heat and cold, so that no peak tells them apart."""
    for projection in (short, full(14.0)):
        stranded = projection.monthly["stranded_mw"].to_numpy()[0].max()
        assert stranded == pytest.approx(projection.heat.sites["a"]["stranded_it_mw"], rel=1e-6)


def test_the_finding_says_what_is_carried_and_stranded(short):
    (found,) = said(short, "stranded_in_heat")
    site = short.heat.sites["a"]
    assert (found.severity, found.site) == ("note", "a")
    assert found.numbers["h100e_8bit_in_every_hour"] == pytest.approx(
        site["carried_it_mw"] * 1e6 * H100E_PER_W
    )
    assert {name: found.numbers[name] for name in site} == site
    assert found.numbers["power_limited_h"] == short.monthly["power_limited_h"].sum()
    assert f"carries {megawatts(site['carried_it_mw'])} MW of IT in every hour" in found.text
    assert f"{megawatts(site['stranded_it_mw'])} MW is stranded then" in found.text


def test_an_ample_connection_strands_nothing():
    ample = full(30.0)
    assert said(ample, "stranded_in_heat") == said(ample, "curtailment") == []
    site = ample.heat.sites["a"]
    assert site["carried_it_mw"] == site["full_halls_it_mw"] == pytest.approx(100 * RACK_MW)
    facility = ample.hourly["facility_mw"].to_numpy()[0]
    assert site["hottest_pue"] == pytest.approx(facility.max() / (100 * RACK_MW))
    assert ample.heat.hottest_pue == pytest.approx(site["hottest_pue"])


def test_what_a_power_carries_at_the_mean_pue_is_cut_in_the_hours_above_it():
    """Hour by hour: as many racks as 18 MW carry at the mean PUE, and what each hour takes of them."""
    ample = full(30.0)
    pue = ample.hourly["facility_mw"].to_numpy()[0] / (100 * RACK_MW)
    mean = pue.mean()
    it_mw = 18.0 / mean
    (found,) = (f for f in said(ample, "compute_inside_power") if "h100e_8bit_at_mean_pue" in f.numbers)
    numbers = found.numbers
    assert numbers["mean_pue"] == pytest.approx(mean)
    assert numbers["cut_h_per_y"] == pytest.approx((pue > mean).sum() * 8766 / 8760)
    lost = np.maximum(it_mw - 18.0 / pue, 0.0)
    assert numbers["cut_mwh_per_y"] == pytest.approx(lost.sum() * 8766 / 8760)
    assert numbers["h100e_8bit_at_mean_pue"] == pytest.approx(it_mw * 1e6 * H100E_PER_W)
    assert numbers["h100e_8bit_in_every_hour"] == pytest.approx(18e6 / pue.max() * H100E_PER_W)
    assert "in every hour (PUE" in found.text


def test_a_connection_as_large_as_the_hottest_hour_asks_for_strands_nothing(short):
    needed = 100 * RACK_MW * short.heat.sites["a"]["hottest_pue"]
    assert full(needed * 1.001).heat.sites["a"]["stranded_it_mw"] == 0.0


def test_it_is_saved_and_told_again(short, tmp_path):
    again = Projection.load(short.save(tmp_path / "p"))
    assert again.heat == short.heat
    assert again.identical(short)
    assert short.to_dict()["heat"]["sites"]["a"] == short.heat.sites["a"]


def test_sites_without_halls_or_power_are_left_out():
    nothing = simulate(loads(make.scenario(make.site(), horizon_years=1, targets=[])))
    assert nothing.heat is not None
    never = make.site(grid_connection=[{"id": "g1", "grid_mw": 24.0, "energised_on": date(2040, 1, 1)}])
    assert simulate(loads(make.scenario(never, horizon_years=1))).heat is None
