"""How many systems a deployment has, in which parts, and how many take their place: by hand."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.quantities import part_sizes, refreshed_sizes, system_count, system_h100e
from capsim.quantities.sizes import successor_sizes
from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
RACK_KW = 159.552


def scenario_of(order, **changes):
    return loads(make.scenario(make.site(make.hall(order, **changes))))


def the_order(scenario):
    (phase,) = scenario.sites[0].phases
    (order,) = phase.deployments
    return phase, order


@pytest.mark.parametrize(
    ("systems", "parts", "sizes"),
    [(10, 1, [10]), (10, 3, [3, 3, 4]), (2, 5, [1, 1]), (0, 4, []), (7, 7, [1] * 7)],
)
def test_parts_differ_by_at_most_one_and_none_is_empty(systems, parts, sizes):
    assert part_sizes(systems, parts) == sizes
    assert sum(sizes) == systems


def test_successors_are_rounded_down_on_the_running_total():
    # 3 systems of 10 kW are 30, 60, 90 kW: of 25 kW each 1, 2 and 3 fit
    assert successor_sizes([3, 3, 3], old_kw=10.0, new_kw=25.0) == [1, 1, 1]
    # 20, 40, 60, 80 kW hold 0, 1, 2, 2 of 30 kW
    assert successor_sizes([2, 2, 2, 2], old_kw=10.0, new_kw=30.0) == [0, 1, 1, 0]
    assert successor_sizes([5, 4], old_kw=10.0, new_kw=10.0) == [5, 4]


def test_a_share_of_a_hall_is_whole_systems():
    order = make.racks(fill_share=0.5)
    del order["systems"]
    scenario = scenario_of(order)
    phase, deployment = the_order(scenario)
    # 16 MW x 0.5 = 8,000 kW; 50 racks are 7,977.6 kW and 51 are 8,137.2 kW
    assert 50 * RACK_KW < 8_000 < 51 * RACK_KW
    assert system_count(phase, deployment, scenario.catalog) == 50


def test_systems_are_counted_as_written():
    scenario = scenario_of(make.racks(systems=37))
    phase, deployment = the_order(scenario)
    assert system_count(phase, deployment, scenario.catalog) == 37


def test_a_refresh_by_the_same_system_keeps_the_sizes():
    refresh = {"age_years": 4, "lead_time_weeks": 10}
    scenario = scenario_of(make.racks(refresh=refresh))
    _, order = the_order(scenario)
    assert refreshed_sizes(order, [25, 25, 25, 25], scenario) == [25, 25, 25, 25]


def test_a_refresh_by_power_fits_into_that_of_what_it_replaces():
    refresh = {"age_years": 4, "system": "vr200-nvl72", "lead_time_weeks": 10, "fill": "power"}
    scenario = scenario_of(make.racks(refresh=refresh))
    _, order = the_order(scenario)
    sizes = refreshed_sizes(order, [25, 25, 25, 25], scenario)
    # 100 x 159.552 / 213.84 = 74.6
    assert sum(sizes) == 74
    assert max(sizes) - min(sizes) <= 1


def test_a_system_is_as_many_h100_as_its_accelerators_are():
    scenario = scenario_of(make.racks())
    assert system_h100e(scenario, "dgx-h100") == pytest.approx(8.0, rel=1e-3)
    assert system_h100e(scenario, "hosted-it-100kw") == 0.0
