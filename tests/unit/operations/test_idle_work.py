"""Work that computes nothing: held accelerators draw power and deliver no compute.

Tests `operations.served_demand`, `quantities.jobs`, `projection.workings`.
"""

import math
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import FigureError
from capsim.pipeline import run, simulate
from capsim.projection.workings import worked
from capsim.quantities.jobs import planned_working_share
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def scenario(**workload):
    return loads(make.scenario(make.standing_site(), workload=workload))


def test_a_model_in_memory_that_waits_delivers_nothing_and_has_no_levelised_cost():
    projection = simulate(scenario(preset="idle-loaded"))
    series = projection.months.series
    assert series["held_h"].sum() == series["in_service_h"].sum() > 0.0
    for name in ("accelerator_h", "h100e_h", "curtailed_h100e_h", "shed_h100e_h"):
        assert series[name].sum() == 0.0, name
    assert math.isnan(projection.headline["lcoc_eur_per_h100e_h"])
    assert math.isnan(projection.headline["lcoc_eur_per_accelerator_h"])
    assert projection.headline["levelised_cost_eur_per_it_mwh"] > 0.0
    (finding,) = [each for each in projection.findings if each.kind == "nothing_computed"]
    assert finding.numbers == {"held_h": series["held_h"].sum()}
    with pytest.raises(FigureError, match="there is none; it needs an output"):
        worked(projection, "lcoc")


def test_a_cap_that_takes_all_throughput_is_named_as_the_cause():
    stopped = make.standing_site(workload={"preset": "large-training", "loss_per_cap": 9.0, "power_cap": 0.5})
    waits = {"preset": "idle-loaded"}
    words = []
    for sites in (
        [stopped],
        [stopped, make.standing_site(id="b", workload=waits)],
        [make.standing_site(workload=waits)],
    ):
        found = simulate(loads(make.scenario(*sites))).findings
        (text,) = [each.text for each in found if each.kind == "nothing_computed"]
        words.append(text.split("computed in them, by ")[1].split(":")[0])
    cap = "the power cap at a, which takes all throughput"
    assert words == [cap, f"{cap}, and the work elsewhere", "its workload"]


def test_it_draws_power_all_the_same():
    waiting, none = (
        run(scenario(**terms)).operations.monthly["it_mwh"].sum()
        for terms in ({"preset": "idle-loaded"}, {"preset": "idle-loaded", "power_utilisation": 0.0})
    )
    assert waiting > none > 0.0


@pytest.mark.parametrize("delivered", [0.0, 0.5, 1.0])
def test_compute_is_the_delivered_share_of_what_works(delivered):
    whole = run(scenario(preset="large-training")).operations.monthly
    part = run(scenario(preset="large-training", delivered_share=delivered)).operations.monthly
    assert part["h100e_h"].sum() == pytest.approx(delivered * whole["h100e_h"].sum(), rel=1e-12)
    assert part["it_mwh"].sum() == whole["it_mwh"].sum()
    workload = scenario(preset="large-training", delivered_share=delivered).workload
    assert planned_working_share(workload) == workload.allocation * workload.busy_share * delivered


def test_with_demand_nothing_is_served_by_it():
    mapping = make.scenario(
        make.standing_site(), workload={"preset": "idle-loaded"}, demand={"h100e": 1000.0}
    )
    month = run(loads(mapping)).operations.monthly
    assert month["h100e_h"].sum() == 0.0
    assert month["turned_away_h100e_h"].sum() == pytest.approx(month["demand_h100e_h"].sum())
