"""What systems draw on each basis, at a workload and under its cap.

Tests `quantities.system_draws`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.models.system_power import Parts, system_draw, system_power_kw
from capsim.quantities import idle_kw, on_curve, parts_of, peak_kw, throughput, working_kw
from capsim.scenario import Workload, loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
WHOLE = Parts(1.0, 1000.0, 200.0)


def workload(**changes):
    numbers = {
        "allocation": 0.9,
        "busy_share": 0.9,
        "power_utilisation": 0.8,
        "power_cap": 1.0,
        "delivered_share": 1.0,
        "loss_per_cap": 0.5,
        "cap_exponent": 1.0,
        "power_exponent": 1.0,
    }
    return Workload(**(numbers | changes))


def parts(**system):
    """Parts of a server of eight H100 as a scenario describes it."""
    racks = make.racks(system="dgx-h100", systems=4)
    place = make.site(make.hall(racks))
    described = [{"id": "dgx-h100", "departure": 1.0, **system}]
    return parts_of(loads(make.scenario(place, systems=described)), "dgx-h100")


def test_a_system_is_the_sum_of_its_parts_by_default():
    server = parts(basis="parts")
    assert (server.modules, server.module_w, server.supply_efficiency) == (8.0, 700.0, 0.94)
    given = parts(basis="parts", module_w=450.0)
    assert system_power_kw(server, 1.0) - system_power_kw(given, 1.0) == pytest.approx(8 * 0.25 / 0.94)


def test_a_measured_figure_is_met_at_the_workload_it_was_measured_at():
    server = parts(basis="measured", measured_kw=7.0, measured_at="hpl", idle_kw=2.0, shared_w=500.0)
    assert system_power_kw(server, 0.82) == pytest.approx(7.5)
    assert idle_kw(server) == pytest.approx(2.5)


def test_a_nameplate_is_never_drawn_in_full_unless_that_is_said():
    server = parts(basis="nameplate", shared_w=0.0)
    assert system_power_kw(server, 1.0) == pytest.approx(0.87 * 10.2)
    assert idle_kw(server) == pytest.approx(0.210784 * 10.2)
    assert system_power_kw(parts(basis="nameplate", shared_w=0.0, label_share=1.0), 1.0) == pytest.approx(
        10.2
    )


def test_a_cap_holds_the_accelerators_alone_whatever_the_basis():
    """8 x 700 W of the 8 kW behind the supplies of a DGX H100."""
    kinds = (
        parts(basis="measured", measured_kw=7.7, measured_at="large-training", idle_kw=2.2, shared_w=0.0),
        parts(basis="nameplate", shared_w=0.0),
    )
    for whole in kinds:
        free, capped = (system_draw(whole, 1.0, power_cap=cap) for cap in (1.0, 0.5))
        assert free.modules_kw / free.total_kw == pytest.approx(0.7)
        assert capped.modules_kw == pytest.approx(0.5 * free.modules_kw)
        assert capped.host_kw == free.host_kw


def test_without_known_parts_a_cap_holds_the_share_that_most_systems_have():
    place = make.site(make.hall(make.racks(system="tpu-v5p-cube", systems=1)))
    cube = parts_of(loads(make.scenario(place)), "tpu-v5p-cube")
    assert cube.module_w / (cube.module_w + cube.host_w) == pytest.approx(0.74)
    assert cube.module_idle_w / (cube.module_idle_w + cube.host_idle_w) == pytest.approx(0.74)


def test_mean_power_by_hand():
    # 0.2 idle and 0.9 x 0.9 x 0.8 x 0.8 above it
    assert working_kw(WHOLE, workload()) == pytest.approx(0.2 + 0.81 * 0.64)
    assert peak_kw(WHOLE, workload()) == pytest.approx(1.0)


def test_a_cap_above_the_draw_costs_and_saves_nothing():
    # 0.2 idle and 0.8 x 0.8 above it draw 0.84
    assert working_kw(WHOLE, workload(power_cap=0.9)) == pytest.approx(working_kw(WHOLE, workload()))
    assert throughput(WHOLE, workload(power_cap=0.9)) == 1.0
    assert peak_kw(WHOLE, workload(power_cap=0.9)) == pytest.approx(0.9)


def test_a_cap_below_the_steps_slows_them_and_saves_from_the_first_watt():
    # steps at the rated 1.0 for 0.8 of the time: a cap of 0.9 leaves 7 / 8 of what they have above idle
    capped = workload(power_cap=0.9, step_utilisation=1.0)
    assert working_kw(WHOLE, capped) == pytest.approx(0.2 + 0.81 * 0.64 * 7 / 8)
    assert throughput(WHOLE, capped) == pytest.approx(1 - 0.5 * 0.1)


def test_a_cap_below_an_even_draw_is_what_is_drawn():
    assert working_kw(WHOLE, workload(power_cap=0.6)) == pytest.approx(0.2 + 0.81 * 0.4)
    assert throughput(WHOLE, workload(power_cap=0.6)) == pytest.approx(1 - 0.5 * (1 - 0.6 / 0.84))
    assert throughput(WHOLE, workload()) == 1.0


def test_the_curve_is_straight_at_exponent_1_and_ends_where_it_must():
    assert on_curve(0.37, workload()) == 0.37
    bent = workload(power_exponent=1.4)
    assert on_curve(0.0, bent) == pytest.approx(0.0)
    assert on_curve(1.0, bent) == pytest.approx(1.0)
    assert on_curve(0.5, bent) != pytest.approx(0.5)
    # busy all the time, the mean is that of the curve; half the time, more than half
    busy = workload(allocation=1.0, busy_share=1.0, power_utilisation=0.5, power_exponent=1.4)
    assert working_kw(WHOLE, busy) == pytest.approx(0.2 + 0.8 * (2 * 0.5 - 0.5**1.4))
