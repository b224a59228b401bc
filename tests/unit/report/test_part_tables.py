"""What systems draw by part adds up to the IT load, whatever cools them.

Tests `report.part_tables`, `projection.facts`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.pipeline import simulate
from capsim.projection import Projection
from capsim.report import projection_report
from capsim.report.part_tables import FANS_KEPT, part_tables
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def servers(systems=(), **site):
    """A year of a hundred air-cooled servers in a training hall."""
    fleet = {"id": "x", "system": "dgx-h100", "systems": 100, "in_service_on": date(2025, 12, 31)}
    place = make.site(make.standing_hall(deployments=[fleet]), **site)
    known = {"systems": list(systems)} if systems else {}
    text = make.scenario(place, horizon_years=1, workload={"preset": "large-training"}, **known)
    return simulate(loads(text), hourly=True)


@pytest.mark.parametrize("plant", ["air-cooled-chiller", "immersion-dry-cooler", "waterside-tower"])
def test_the_mean_of_one_system_times_the_systems_is_the_it_load(plant):
    cooling = {"preset": plant, "media": "air and liquid", "rack_kw": 200}
    projection = servers(cooling=cooling)
    (table,) = part_tables(projection, "a")
    draws = projection.facts.systems["dgx-h100"]["draws_at"]["a"]
    assert projection.hourly["it_mw"].max() == pytest.approx(0.1 * sum(draws["mean"].values()))
    assert table.heads == ["kW", "idle", "computing", "mean", "rated"]
    assert [float(cell) for cell in table.rows[-1][1:]] == pytest.approx(
        [sum(draw.values()) for draw in draws.values()], rel=1e-3
    )


MEASURED = {"id": "dgx-h100", "basis": "measured", "measured_kw": 8.0, "idle_kw": 2.0}
MEASURED |= {"measured_at": "large-training"}


@pytest.mark.parametrize(
    ("systems", "plant", "is_told"),
    [
        ([MEASURED], "immersion-dry-cooler", True),
        ([MEASURED], "air-cooled-chiller", False),
        ([{"id": "dgx-h100", "basis": "parts"}], "immersion-dry-cooler", False),
    ],
)
def test_fans_inside_a_figure_of_the_whole_are_told_where_liquid_would_spare_them(systems, plant, is_told):
    cooling = {"preset": plant, "media": "air and liquid", "rack_kw": 200}
    projection = servers(systems, cooling=cooling)
    (table,) = part_tables(projection, "a")
    assert table.title.endswith(FANS_KEPT) == is_told


def test_the_report_has_the_parts_and_results_of_before_have_none(tmp_path):
    projection = servers()
    assert "One dgx-h100 at a, under its cooling" in projection_report(projection)
    projection.save(tmp_path / "out")
    assert list(part_tables(Projection.load(tmp_path / "out"))) == list(part_tables(projection))
    del projection.facts.systems["dgx-h100"]["draws_at"]
    assert not list(part_tables(projection))
    assert not list(part_tables(projection, "elsewhere"))
