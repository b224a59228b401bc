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


def test_a_cap_of_a_module_as_measured_is_taken():
    assert loads(plan({"id": "dgx-h100"}, 0.3)).workload.power_cap == 0.3
