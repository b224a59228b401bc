"""The kinds of systems of a scenario: which are listed, what they are filled with, what is drawn of them.

Tests `scenario.fill.system_list`, `scenario.rules.system_rules`, `scenario.records.system_records`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.scenario import drawn_together, loads, uncertain_paths
from capsim.scenario.records.system_records import OF_BASIS, basis_of

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def scenario(*orders, systems=(), **changes):
    text = make.scenario(make.site(make.hall(*orders)), **changes)
    return loads({**text, "systems": list(systems)})


def test_what_deployments_and_refreshes_name_is_listed_once_in_order():
    first = make.racks(systems=90, refresh={"system": "vr200-nvl72"})
    second = make.racks(id="more", systems=1)
    listed = scenario(first, second).systems
    assert [system.id for system in listed] == ["gb300-nvl72", "vr200-nvl72"]
    assert {system.basis for system in listed} == {"parts"}


def test_a_system_has_the_figures_of_its_basis_alone():
    parts = scenario(make.racks()).systems[0]
    label = scenario(make.racks(), systems=[{"id": "gb300-nvl72", "basis": "nameplate"}]).systems[0]
    for system in (parts, label):
        for basis, keys in OF_BASIS.items():
            given = [getattr(system, key) is not None for key in keys]
            assert all(given) if basis == system.basis else not any(given)
    assert basis_of("shared_w") is None


def test_each_kind_of_system_has_one_draw_however_many_orders_there_are():
    both = scenario(make.racks(systems=90), make.racks(id="more", systems=1))
    paths = [path for path in uncertain_paths(both) if path.startswith("systems.")]
    assert "systems.gb300-nvl72.module_idle_w" in paths
    assert len(paths) == len(set(paths))


def test_a_workload_is_drawn_once_for_all_sites_that_have_it():
    places = [
        make.site(make.hall(make.racks()), id=name, workload={"preset": "large-training"}) for name in "ab"
    ]
    drawn = drawn_together(loads(make.scenario(*places, workload={"preset": "large-training"})))
    together = drawn["workload-power:large-training"]
    assert len(together) == 3


@pytest.mark.parametrize(
    ("system", "asked"),
    [
        # 35 + 65 / 0.24
        (
            {"basis": "measured", "idle_kw": 35, "measured_kw": 100, "measured_at": "inference-decode"},
            "measured_kw: comes to 305.8 kW at full power, and the system is labelled for 135 kW, range",
        ),
        ({"module_w": 4000}, "module_w: comes to 319.6 kW"),
        ({"basis": "nameplate", "nameplate_kw": 40}, "nameplate_kw: far from the 135 kW"),
        ({"basis": "nameplate", "nameplate_kw": 300}, "nameplate_kw: far from the 135 kW"),
        ({"basis": "measured", "idle_kw": 30, "measured_kw": 110, "measured_at": "hpl"}, None),
        ({"module_w": 1000}, None),
        ({"basis": "nameplate", "nameplate_kw": 150}, None),
    ],
)
def test_full_power_and_labels_are_held_against_the_label_of_the_system(system, asked):
    of_racks = scenario(make.racks(), systems=[{"id": "gb300-nvl72", **system}])
    found = [str(each) for each in of_racks.questions]
    if asked is None:
        assert not any("systems.gb300-nvl72" in each for each in found)
    else:
        (one,) = [each for each in found if "systems.gb300-nvl72" in each]
        assert asked in one


@pytest.mark.parametrize(
    ("system", "rule"),
    [
        (
            {"basis": "measured", "idle_kw": 9, "measured_kw": 30, "measured_at": "idle-loaded"},
            "nothing is computed in it",
        ),
        ({"nameplate_kw": 150}, "is a nameplate, and basis is parts"),
        ({"basis": "measured", "idle_kw": 30, "measured_at": "hpl"}, "basis: measured needs measured_kw"),
        (
            {"basis": "measured", "idle_kw": 9, "measured_kw": 200, "measured_at": "hpl"},
            "labelled for (135 kW, range 132 to 142)",
        ),
        ({"module_idle_w": 1500}, "must be below module_w (1400)"),
    ],
)
def test_no_figure_stands_in_for_another(system, rule):
    with pytest.raises(ScenarioError) as refusal:
        scenario(make.racks(), systems=[{"id": "gb300-nvl72", **system}])
    assert rule in str(refusal.value)
