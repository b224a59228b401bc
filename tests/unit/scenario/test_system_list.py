"""The kinds of systems of a scenario: which are listed, what they are filled with, what is drawn of them.

Tests `scenario.fill.system_list`, `scenario.rules.system_rules`, `scenario.records.system_records`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.pipeline import simulate
from capsim.quantities import parts_of
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


HEADER = "name,accelerator,accelerator_count,cooling_medium,power_basis,nameplate_kw,all_in_it_kw,rack_count"
OWN_ROW = "my-node,h100-pcie,8,air,parts,6,6.6,0.1"


def own(tmp_path, system, extra=("", "")):
    """A scenario with a system of the user's own row, which says parts and has none."""
    columns, values = extra
    header = f"{HEADER}{columns},lead_time_weeks,price_usd,price_year,source"
    (tmp_path / "own.csv").write_text(f"{header}\n{OWN_ROW}{values},20,150000,2025,mine\n", "utf-8")
    text = make.scenario(make.site(make.hall(make.racks(system="my-node", systems=10))))
    text |= {"catalog": {"systems": str(tmp_path / "own.csv")}, "systems": [{"id": "my-node", **system}]}
    return loads(text)


@pytest.mark.parametrize(
    ("system", "full_kw"),
    [
        ({"basis": "nameplate", "idle_share": 0.25, "label_share": 0.9}, 5.4),
        ({"basis": "measured", "measured_kw": 4.4, "measured_at": "hpl", "idle_kw": 4.4}, 4.4),
    ],
)
def test_a_row_that_says_parts_runs_on_the_basis_that_the_scenario_says(tmp_path, system, full_kw):
    plan = own(tmp_path, system)
    parts = parts_of(plan, "my-node")
    assert (parts.module_w + parts.host_w) / 1000 == pytest.approx(full_kw)
    assert simulate(plan).headline["facility_peak_mw"] > 10 * full_kw / 1000 * 0.5


def test_what_a_basis_lacks_is_said_at_once_with_the_other_bases(tmp_path):
    with pytest.raises(ScenarioError) as refused:
        own(tmp_path, {})
    (fault,) = refused.value.faults
    assert fault.rule.startswith(
        "basis: parts needs module_w, module_idle_w, host_w, host_idle_w, fan_w, sup"
    )
    assert fault.rule.endswith("none of them; give them, or write basis: measured or nameplate")


def test_a_measured_figure_in_a_row_is_sent_to_the_scenario(tmp_path):
    with pytest.raises(ScenarioError) as refused:
        own(tmp_path, {}, (",idle_kw,module_kw", ",1.3,0.7"))
    said = {fault.value: fault.rule for fault in refused.value.faults if "column" in fault.rule}
    assert said["idle_kw"] == "unknown column; a scenario says it, under systems:"
    # never a field in watts for a figure in kilowatts
    assert "_w?" not in said["module_kw"]
