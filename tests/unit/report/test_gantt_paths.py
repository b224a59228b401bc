"""Where the critical path of each phase runs in a Gantt picture of stages."""

from __future__ import annotations

import runpy
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.collections import LineCollection
from matplotlib.dates import date2num

from capsim.pipeline import simulate
from capsim.report.gantt import NO_PATH, gantt
from capsim.report.gantt_paths import critical_parts
from capsim.report.gantt_rows import rows_of
from capsim.scenario.loading import loads
from capsim.units import DAYS_PER_MONTH

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def project(*phases):
    return simulate(loads(make.scenario(make.site(*phases))))


def test_a_path_runs_from_stage_to_stage_without_a_gap_and_ends_where_the_hall_is_ready():
    projection = project(make.hall(deployments=[]))
    rows = rows_of(projection).rows
    parts = sorted(critical_parts(projection, rows), key=lambda part: part.start_d)
    assert [rows[part.row].key[2] for part in parts] == ["permit", "construction", "commissioning"]
    for before, after in pairwise(parts):
        assert after.start_d == pytest.approx(before.end_d)
    ready_d = projection.of_kind("ready_for_service")["time_d"].iloc[0]
    assert parts[-1].end_d == pytest.approx(ready_d)


def test_a_late_grid_step_is_on_the_path_and_the_stages_that_waited_for_it_are_not():
    place = make.site(make.hall(deployments=[]))
    place["grid_connection"] = [{"id": "g1", "grid_mw": 60.0, "lead_time_months": 15.0}]
    projection = simulate(loads(make.scenario(place)))
    rows = rows_of(projection).rows
    parts = critical_parts(projection, rows)
    # permit and construction take six months, and commissioning waits for power
    assert [rows[part.row].key[1:] for part in parts] == [("", "g1"), ("p1", "commissioning")]
    step, _ = parts
    assert step.end_d - step.start_d == pytest.approx(15.0 * DAYS_PER_MONTH, abs=1.0)


def test_the_picture_underlines_the_path_at_its_dates_and_names_it():
    projection = project(make.hall(deployments=[]))
    ax = gantt(projection)
    (line,) = [each for each in ax.collections if isinstance(each, LineCollection)]
    assert line.get_label() == "critical path of its phase"
    assert line.get_label() in [text.get_text() for text in ax.get_legend().get_texts()]
    start = date2num(projection.start)
    drawn = [(ends[0, 0] - start, ends[1, 0] - start) for ends in line.get_segments()]
    parts = critical_parts(projection, rows_of(projection).rows)
    assert drawn == [pytest.approx((part.start_d, part.end_d)) for part in parts]
    assert NO_PATH not in ax.get_title(loc="left")


def test_what_is_there_already_has_no_path_and_the_picture_says_so():
    ax = gantt(simulate(loads(make.scenario(make.standing_site()))))
    assert NO_PATH in ax.get_title(loc="left").replace("\n", " ")
