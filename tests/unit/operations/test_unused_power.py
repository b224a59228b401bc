"""Power that is reserved and not used is lost where the law says so.

Tests `operations.unused_power`, `operations.foreseen_loss`, `operations.operating`, `operations.outside`,
`projection.findings.grid_findings`.
"""

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim import simulate
from capsim.operations import operating
from capsim.operations.fleet import site_fleets
from capsim.operations.foreseen_loss import foreseen_loss
from capsim.operations.outside import outside_of
from capsim.operations.spans import Spans
from capsim.operations.surroundings import Sky
from capsim.operations.unused_power import Powered
from capsim.operations.year_bank import Key
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


def counted_plays(monkeypatch):
    """A list that grows with each time all hours of a site are played."""
    played, site_power = [], operating.site_power

    def counted(*arguments):
        played.append(arguments)
        return site_power(*arguments)

    monkeypatch.setattr(operating, "site_power", counted)
    return played


def behind_40_mw(hall_mw, **site):
    """A hall behind 40 MW, of which a part is lost."""
    hall = make.standing_hall() | {"critical_it_mw": hall_mw}
    step = {"id": "g1", "grid_mw": 40.0, "energised_on": date(2024, 1, 1)}
    place = make.site(hall, country="fra", grid_connection=[step], **site)
    return loads(make.scenario(place, horizon_years=8))


def assert_same(left, right):
    """Two operations have the same months, bit for bit."""
    assert left.lost == right.lost
    for name, series in left.monthly.items():
        np.testing.assert_array_equal(right.monthly[name], series)
    for name, series in left.halls.items():
        np.testing.assert_array_equal(right.halls[name], series)


@pytest.mark.parametrize(("hall_mw", "unforeseen_plays"), [(16.0, 1), (30.0, 2)])
def test_what_will_be_lost_is_foreseen(hall_mw, unforeseen_plays, monkeypatch):
    """All hours are played once; where they are played first, again only if less power moves what is drawn.

    Behind 27 MW a hall of 16 draws what it drew behind 40; of one of 30 less plant is switched on.
    """
    scenario, played = behind_40_mw(hall_mw), counted_plays(monkeypatch)
    found = simulate(scenario).run.operations
    assert found.lost
    assert len(played) == 1
    monkeypatch.setattr(operating, "foreseen_loss", lambda *_: [])
    unforeseen = simulate(scenario).run.operations
    assert len(played) == 1 + unforeseen_plays
    monkeypatch.setattr(operating, "_draws_as_before", lambda *_: False)
    anew = simulate(scenario).run.operations
    assert len(played) == 1 + unforeseen_plays + 2
    assert_same(found, unforeseen)
    assert_same(found, anew)


@pytest.mark.parametrize("preset", ["airside-adiabatic-chillerless", "waterside-tower"])
def test_all_that_moves_a_plant_is_looked_at_where_it_is_highest(preset):
    """Month by month the hours shown have the hottest air, and the most of what fans and chillers draw."""
    scenario = behind_40_mw(30.0, cooling={"preset": preset})
    (place,), calendar = scenario.sites, scenario.calendar
    outside = outside_of(scenario, place, Sky(scenario, Key(0, 0, False)).weather(place))
    spans = Spans.of([], calendar)
    shown, of_shown = outside.at_peaks(spans)
    assert shown.weather.dry_bulb_c.size < calendar.n_hours / 100
    for few, all_hours in zip(shown.weather + shown.under, outside.weather + outside.under, strict=True):
        if few is not shown.weather.wet_bulb_c:
            np.testing.assert_array_equal(of_shown.max_of(few), spans.max_of(all_hours))
    dry_bulb_c, (_, fans, _) = outside.weather.dry_bulb_c, outside.under
    hottest = dry_bulb_c == spans.hourly(spans.max_of(dry_bulb_c))
    # sprays and economisers follow the wet-bulb: the hottest hour alone would not tell
    assert np.any(spans.max_of(fans * hottest) < spans.max_of(fans))


def test_a_loss_foreseen_wrongly_is_played_again(monkeypatch):
    """What the hours say stands, whatever was foreseen: less than is lost, or all of the connection."""
    scenario, played = behind_40_mw(30.0), counted_plays(monkeypatch)
    found = simulate(scenario).run.operations
    (lost,) = found.lost
    for wrong in (lost._replace(mw=lost.mw / 2), lost._replace(mw=40.0)):
        played.clear()
        monkeypatch.setattr(operating, "foreseen_loss", lambda *_, wrong=wrong: [wrong])
        assert_same(found, simulate(scenario).run.operations)
        assert len(played) == 2


@pytest.mark.parametrize(
    ("site", "is_foreseen"), [({}, True), ({"pue": 1.3}, False), ({"country": "irl"}, False)]
)
def test_only_weather_is_foreseen(site, is_foreseen):
    """Nothing is foreseen of a site with a PUE of its own, nor where no law takes power."""
    scenario = behind_40_mw(30.0)
    (place,) = scenario.sites
    projection = simulate(scenario)
    (fleet,) = site_fleets(scenario, projection.run.timeline)
    law = {"unused_power_lost_after_years": None} if "country" in site else site
    fleet = replace(fleet, site=place.model_copy(update=law))
    weather = Sky(scenario, Key(projection.run.seed, 0, False)).weather(place)
    outside = outside_of(scenario, place, weather)
    seen = foreseen_loss(fleet, [Powered(-730.0, 40.0, -730.0)], outside)
    assert bool(seen) == is_foreseen
    if is_foreseen:
        assert tuple(seen) == projection.run.operations.lost


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


def test_years_that_count_from_a_later_day():
    """The review of a step whose years count from 2028 on is that of 2033, whenever it was energised."""
    scenario = standing()
    scenario["sites"][0]["grid_connection"][0]["unused_power_counts_from"] = date(2028, 1, 1)
    grid = run(scenario).run.operations.monthly["grid_mw"][0]
    assert grid[83] == 40.0
    assert grid[84] < 40.0
