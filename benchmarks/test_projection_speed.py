"""Whole projections, warm and in-process: the inner step of every study."""

from __future__ import annotations

import pytest

import capsim


@pytest.mark.parametrize("name", ["aion", "opcore"])
def test_simulate(name, request, benchmark, note, site_hours):
    scenario = request.getfixturevalue(name)
    capsim.simulate(scenario, seed=0)  # imports and tables are read once
    projection = benchmark(capsim.simulate, scenario, seed=0)
    assert projection.monthly.sizes["site"] == len(scenario.sites)
    assert projection.monthly.sizes["month"] == scenario.calendar.n_months
    note("site-hours", site_hours(scenario), "h")
    note("cost of a site-hour", benchmark.stats.stats.median / site_hours(scenario), "s")


def test_load(aion_file, benchmark):
    scenario = benchmark(capsim.load, aion_file)
    assert scenario.sites
