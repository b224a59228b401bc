"""Published power of fleets and nodes, each with the assumption that gives it.

One figure per row: source in the test's docstring, honest tolerance beside it.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.models.it_power import server_power
from capsim.pipeline import run
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
NO_COILS = {"free_cooling_share": 0.0}


def standing_fleet(system, systems, critical_it_mw, workload, grid_mw=1000.0, **changes):
    """A year of a hall that is there, with its systems in service.

    In full draw they take what halls provide for them, at another workload what their parts do.
    """
    racks = {"id": "racks", "system": system, "systems": systems, "in_service_on": date(2025, 7, 1)}
    hall = make.standing_hall(critical_it_mw=critical_it_mw, deployments=[racks])
    grid = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    place = make.standing_site(phases=[hall], grid_connection=grid, climate="philadelphia", **changes)
    text = make.scenario(place, horizon_years=1, workload=workload)
    if workload is not make.FULL_LOAD:
        text["systems"] = [{"id": system, "basis": "parts"}]
    return run(loads(text), hourly=True).operations


def twh_of_h100(workload=make.FULL_LOAD, *, preset="air-cooled-chiller", grid_mw=250.0, **arguments):
    """Facility energy of a year of 100,000 H100 in a hall of 150 MW. [TWh]"""
    cooling = {"preset": preset, "arguments": arguments}
    year = standing_fleet("dgx-h100", 12_500, 150.0, workload, grid_mw, cooling=cooling)
    assert year.hourly["it_mw"].max() <= 140.0 * (1 + 1e-12)
    assert year.hourly["facility_mw"].max() <= grid_mw
    return year.monthly["facility_mwh"].sum() / 1e6


def test_a_hundred_thousand_h100_are_two_statements():
    """SemiAnalysis, 2024: ">150 MW of data centre capacity" and "1.59 TWh per year" (181 MW on average).

    150 MW is critical IT power: 100,000 at the server's nameplate with its share of the cluster, 1,400 W,
    are 140 MW of it. 1.59 TWh is facility energy of a year at that full draw: 1.296 times the
    140 MW, which lies between air-cooled chillers with free cooling (1.53) and without (1.65).
    """
    full = standing_fleet("dgx-h100", 12_500, 150.0, make.FULL_LOAD)
    assert full.hourly["it_mw"].min() == full.hourly["it_mw"].max() == pytest.approx(140.0)
    assert twh_of_h100() == pytest.approx(1.530, abs=0.005)
    assert twh_of_h100(**NO_COILS) == pytest.approx(1.650, abs=0.005)
    assert twh_of_h100() < 1.59 < twh_of_h100(**NO_COILS)


@pytest.mark.parametrize(
    ("assumption", "twh"),
    [
        pytest.param({"workload": {"preset": "large-training"}}, 0.996, id="training, not full draw"),
        pytest.param({"preset": "airside-adiabatic-hyperscale"}, 1.429, id="outside air"),
        pytest.param({"grid_mw": 150.0}, 150 * 8760 / 1e6, id="150 MW at the meter"),
    ],
)
def test_what_else_a_hundred_thousand_h100_may_mean_is_a_tenth_below(assumption, twh):
    """Full draw, chillers, and 150 MW of IT and not at the meter: 1.59 TWh need all three."""
    year = twh_of_h100(**assumption)
    assert year == pytest.approx(twh, abs=0.005)
    assert year < 0.9 * 1.59


def test_coreweave_fleet():
    """SEC 424B4, end of 2024: 360 MW active for more than 250,000 accelerators, 1,440 W each.

    250,000 H100 at full draw are 350 MW of IT in the model, 3 % below; at the training preset's draw they
    would be 245 MW: active power is what may be drawn, and not what is.
    """
    full = standing_fleet("dgx-h100", 31_250, 360.0, make.FULL_LOAD).hourly["it_mw"]
    assert full.max() == pytest.approx(360, rel=0.03)
    trained = standing_fleet("dgx-h100", 31_250, 360.0, {"preset": "large-training"}).hourly["it_mw"]
    assert trained.max() < 0.7 * 360


def test_nvidias_gb200_unit():
    """DGX SuperPOD reference architecture: 1.2 MW for 576 GB200 with network and management, 2,083 W.

    The row of the catalogue was made of it, so this says that racks, share of the cluster and draw add up
    to the unit again: eight racks of 72.
    """
    unit = standing_fleet("gb200-nvl72", 8, 1.25, make.FULL_LOAD).hourly
    assert set(unit["accelerators_in_service"][0]) == {576.0}
    assert unit["it_mw"].max() == pytest.approx(1.2, rel=0.005)


def test_the_calibrated_server_is_above_the_line():
    """Fan, Weber, Barroso, ISCA 2007: 2u - u^1.4; at half load 0.621 of the dynamic power and not 0.5."""
    half = server_power(1.0, 0.5, idle_share=0.0, r=1.4)
    assert float(half) == pytest.approx(2 * 0.5 - 0.5**1.4)
    assert float(half) == pytest.approx(0.621, abs=0.001)
