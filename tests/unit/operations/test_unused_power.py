"""Power that is reserved and not used is lost where the law says so.

Tests `operations.unused_power`, `operations.operating`, `projection.findings.grid_findings`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim import simulate
from capsim.operations import operating
from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def standing(*more, country="fra", years=8, **changes):
    """A hall of 16 MW that is there behind 40 MW, and what is built later."""
    step = {"id": "g1", "grid_mw": 40.0, "energised_on": date(2024, 1, 1)}
    place = make.site(make.standing_hall(), *more, country=country, grid_connection=[step], **changes)
    return make.scenario(place, horizon_years=years)


def run(scenario):
    return simulate(loads(scenario))


def test_after_five_years_a_quarter_over_the_peak_is_kept():
    """Of 40 MW with a peak of some 22: from January 2031 on 1.25 times the peak of 2026 to 2030."""
    projection = run(standing())
    peak = max(projection.run.operations.monthly["facility_peak_mw"][0, :60])
    grid = projection.run.operations.monthly["grid_mw"][0]
    assert grid[59] == 40.0
    assert grid[60] == pytest.approx(1.25 * peak)
    assert 20.0 < peak < 24.0
    (said,) = [one for one in projection.findings if one.kind == "power_lost"]
    assert said.numbers["lost_mw"] == pytest.approx(40.0 - grid[-1])
    assert "in 2031-01 after a peak of" in said.text


@pytest.mark.parametrize(("hall_mw", "runs"), [(16.0, 1), (30.0, 2)])
def test_what_less_power_does_not_move_is_not_played_again(hall_mw, runs, monkeypatch):
    """Behind 27 MW a hall of 16 draws what it drew behind 40; of one of 30 less plant is switched on."""
    hall = make.standing_hall() | {"critical_it_mw": hall_mw}
    step = {"id": "g1", "grid_mw": 40.0, "energised_on": date(2024, 1, 1)}
    scenario = loads(make.scenario(make.site(hall, country="fra", grid_connection=[step]), horizon_years=8))
    played, site_power = [], operating.site_power

    def counted(*arguments):
        played.append(arguments)
        return site_power(*arguments)

    monkeypatch.setattr(operating, "site_power", counted)
    found = simulate(scenario).run.operations
    assert found.lost
    assert len(played) == runs
    monkeypatch.setattr(operating, "_draws_the_same", lambda *_: False)
    anew = simulate(scenario).run.operations
    assert len(played) == runs + 2
    for name, series in anew.monthly.items():
        np.testing.assert_array_equal(found.monthly[name], series)
    for name, series in anew.halls.items():
        np.testing.assert_array_equal(found.halls[name], series)


def test_no_law_no_loss():
    """Not in Ireland; nor where the plan says later than its horizon; nor of the landlord's connection."""
    for scenario in (
        standing(country="irl"),
        standing(unused_power_lost_after_years=30),
        standing(years=5),
    ):
        projection = run(scenario)
        assert projection.run.operations.lost == ()
        assert min(projection.run.operations.monthly["grid_mw"][0]) == 40.0


def test_a_hall_that_comes_too_late_finds_its_power_gone():
    """A second hall of 16 MW that is full by 2029 keeps its power; in 2032 there is none for it."""

    def second(day):
        racks = make.racks(id="more", in_service_on=day)
        for key in ("ordered_on", "lead_time_weeks"):
            del racks[key]
        return make.standing_hall(id="p2", ready_for_service_on=day, deployments=[racks])

    early, late = (run(standing(second(date(year, 1, 1)))) for year in (2029, 2032))
    last = [projection.run.operations.monthly["it_mwh"][0, -1] for projection in (early, late)]
    assert early.run.operations.lost == ()
    assert last[1] < 0.8 * last[0]
    assert late.run.operations.monthly["curtailed_mwh"][0, -1] > 0.0
    # behind the limit the peak stays at what the connection carries, so nothing more is lost
    assert len(late.run.operations.lost) == 1


def test_what_is_energised_later_is_still_being_filled():
    """20 MW more in 2029 stay until 2034; of the first 40 only what their peak leaves is lost."""
    steps = [
        {"id": "g1", "grid_mw": 40.0, "energised_on": date(2024, 1, 1)},
        {"id": "g2", "grid_mw": 20.0, "energised_on": date(2029, 1, 1)},
    ]
    scenario = make.scenario(make.site(make.standing_hall(), grid_connection=steps), horizon_years=9)
    projection = run(scenario)
    grid = projection.run.operations.monthly["grid_mw"][0]
    peak = max(projection.run.operations.monthly["facility_peak_mw"][0, :60])
    assert grid[60] == pytest.approx(20.0 + 1.25 * peak - 20.0)
    assert grid[-1] == pytest.approx(1.25 * peak)
