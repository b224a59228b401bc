"""Tests `scenario.rules.cap_rules`."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))
HOT = {"id": "dgx-h100", "module_idle_w": 215}


def plan(system, cap, **site):
    orders = make.hall(make.racks(system="dgx-h100", systems=100))
    workload = {"preset": "large-training", "power_cap": cap}
    return make.scenario(make.site(orders, **site), systems=[system], workload=workload)


@pytest.mark.parametrize(
    ("system", "least"),
    [
        (HOT, "0.307"),
        ({"id": "dgx-h100", "basis": "nameplate", "idle_share": 0.35, "label_share": 0.9}, "0.389"),
        # 3.5 kW of 3.5 + 3.9 / 0.88
        (
            {
                "id": "dgx-h100",
                "basis": "measured",
                "measured_kw": 7.4,
                "idle_kw": 3.5,
                "measured_at": "large-training",
            },
            "0.441",
        ),
    ],
)
def test_a_cap_below_the_idle_power_of_the_modules_is_refused(system, least):
    with pytest.raises(ScenarioError) as refusal:
        loads(plan(system, 0.3))
    said = (
        f"workload.power_cap: must be above {least}, the idle over the rated power of the modules of dgx-h100"
    )
    assert said in str(refusal.value)
    assert loads(plan(system, float(least) + 0.001)).workload.power_cap > float(least)


def test_a_cap_is_of_the_systems_of_the_sites_that_have_it():
    own = {"workload": {"preset": "large-training", "power_cap": 0.8}}
    # the scenario's is at no site
    assert loads(plan(HOT, 0.3, **own)).sites[0].workload.power_cap == 0.8
    with pytest.raises(ScenarioError, match=r"sites.a.workload.power_cap: must be above 0.307"):
        loads(plan(HOT, 1.0, workload={"preset": "large-training", "power_cap": 0.3}))


def test_a_range_is_judged_by_its_lower_end():
    """A draw of it would leave throughput to modules that cannot compute."""
    cap = {"dist": "triangular", "low": 0.3, "mode": 0.5, "high": 0.7}
    with pytest.raises(
        ScenarioError, match=r"power_cap: must be above 0.307 at its lower end, the idle over"
    ):
        loads(plan(HOT, cap))
    assert loads(plan(HOT, cap | {"low": 0.31})).workload.power_cap < 0.7


def doubts(cap, *, preset="inference-decode", system="dgx-h100", name="power_cap_binds_nothing", **work):
    order = {"id": "nodes", "system": system, "systems": 20, "in_service_on": make.START}
    place = make.standing_site(phases=[make.standing_hall(deployments=[order])])
    workload = {"preset": preset, "power_cap": cap, **work}
    found = loads(make.scenario(place, systems=[], workload=workload)).questions
    return [each for each in found if each.name == name]


@pytest.mark.parametrize("cap", [0.33, 0.5])
def test_a_cap_above_what_the_work_draws_is_questioned(cap):
    (doubt,) = doubts(cap)
    assert doubt.path == "workload.power_cap"
    # idle at 75 of 700 W, and 0.24 of the rest, of which the range reaches 0.38
    assert doubt.rule == (
        "binds nothing: at this work the modules of dgx-h100 draw 0.32 of their rated power in its busiest "
        "steps, up to 0.45 in the range"
    )


def test_a_cap_that_computes_nothing_or_holds_no_accelerators_is_questioned():
    assert "draw 0.16 of their rated power" in doubts(0.5, preset="idle-loaded")[0].rule
    (doubt,) = doubts(0.5, preset="large-training", system="hosted-it-100kw")
    assert doubt.rule == "binds nothing: no system under it has accelerators"


def test_a_cap_that_binds_or_is_none_is_not():
    assert doubts(0.31) == []
    assert doubts(0.5, step_utilisation=0.9) == []
    assert doubts(0.9, preset="large-training") == []
    assert doubts(1.0) == []
    assert doubts({"dist": "uniform", "low": 0.31, "high": 0.5}) == []


def test_a_cap_of_a_module_as_measured_is_taken():
    assert loads(plan({"id": "dgx-h100"}, 0.3)).workload.power_cap == 0.3


def test_a_cap_that_takes_all_compute_is_questioned():
    """At 350 of 700 W half of the steps' power is cut: 9 x 0.5 ^ 1.8 is 2.6 of the throughput."""
    work = {"preset": "large-training", "name": "power_cap_takes_all"}
    (doubt,) = doubts(0.5, loss_per_cap=9, **work)
    assert doubt.path == "workload.power_cap"
    assert doubt.rule == (
        "takes all compute of dgx-h100: it cuts 0.5 of what the modules draw in the busiest steps, and "
        "loss_per_cap 9 times that to the power of cap_exponent 1.8 is 1 or more"
    )
    assert doubts(0.5, **work) == doubts(1.0, loss_per_cap=9, **work) == []
    # 3.4 x 0.5 ^ 1.8 is 0.98
    assert doubts(0.5, loss_per_cap=3.4, **work) == []


@pytest.mark.parametrize(
    ("work", "least"),
    [
        ({"step_utilisation": 0.5}, "power_utilisation, 0.88,"),
        ({"step_utilisation": 0.6, "power_utilisation": 0.7}, "power_utilisation, 0.7,"),
        # 2 x 0.88 - 0.88 ^ 1.4
        ({"step_utilisation": 0.9, "power_exponent": 1.4}, "power_utilisation on its curve, 0.9239,"),
    ],
)
def test_steps_that_draw_less_than_the_mean_are_refused(work, least):
    with pytest.raises(ScenarioError, match="step_utilisation: must be at least " + least):
        loads(make.scenario(make.standing_site(), workload={"preset": "large-training", **work}))


@pytest.mark.parametrize("steps", [0.0, 0.88, 0.95])
def test_steps_that_draw_the_mean_or_more_or_evenly_are_taken(steps):
    workload = {"preset": "large-training", "step_utilisation": steps}
    read = loads(make.scenario(make.standing_site(), workload=workload))
    assert read.workload.step_utilisation == steps
