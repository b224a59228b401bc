"""Published power of fleets and nodes, each with the assumption that gives it.

One figure per row: source in the test's docstring, honest tolerance beside it.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.catalog import load_catalog
from capsim.models.it_power import fleet_it_power_mw, server_power
from capsim.pipeline import run
from capsim.scenario.load import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
CATALOG = load_catalog()
NODE_KW = 10.2
"""Nameplate of a server with eight H100. [kW]"""
IDLE = 2.15 / NODE_KW
"""Middle of the measured 2.0-2.3 kW (mlcommons/training_results_v4.0, smc-ac-power)."""


def hundred_thousand_h100(workload, **changes):
    racks = {"id": "h100", "system": "dgx-h100", "systems": 12_500, "in_service_on": date(2025, 7, 1)}
    hall = make.standing_hall(critical_it_mw=150.0, deployments=[racks])
    grid = [{"id": "g1", "grid_mw": 250.0, "energised_on": date(2024, 1, 1)}]
    place = make.standing_site(phases=[hall], grid_connection=grid, **changes)
    return run(loads(make.scenario(place, horizon_years=1, workload=workload)), hourly=True).operations


def test_a_hundred_thousand_h100_are_two_statements():
    """SemiAnalysis, 2024: ">150 MW of data centre capacity" and "1.59 TWh per year" (181 MW on average).

    150 MW is critical IT power: 100,000 at the server's nameplate with its share of the cluster, 1,400 W,
    are 140 MW. 1.59 TWh is facility energy of a year at full draw, 1,815 W each: that needs the full
    1,400 W all year and a PUE of 1.30, or a PUE of 1.25 at 1,450 W. A year of training at the measured
    share of nameplate, in a hall of PUE 1.2, is a quarter less than 1.59 TWh.
    """
    full = hundred_thousand_h100(
        make.FULL_LOAD, climate="philadelphia", cooling={"preset": "air-cooled-chiller"}
    )
    it_mw = full.hourly["it_mw"].max()
    assert it_mw == pytest.approx(140.0, rel=0.01)
    assert it_mw < 150
    twh = full.monthly["facility_mwh"].sum() / 1e6
    pue = full.monthly["facility_mwh"].sum() / full.monthly["it_mwh"].sum()
    assert twh * 1.30 / pue == pytest.approx(1.59, rel=0.03)
    training = hundred_thousand_h100(
        {"preset": "large-training"}, climate="philadelphia", cooling={"preset": "air-cooled-chiller"}
    )
    assert training.monthly["facility_mwh"].sum() / 1e6 < 0.8 * 1.59


def test_coreweave_fleet():
    """SEC 424B4, end of 2024: 360 MW active for more than 250,000 accelerators, 1,440 W each.

    The catalogue's 1,400 W of IT for an H100 is inside 3 %; its range reaches Epoch AI's 1,472 W.
    """
    value = CATALOG.entry("accelerators", "h100-sxm").values["it_w_per_accelerator"]
    assert value.value == pytest.approx(1440, rel=0.03)
    assert value.low <= 1440 <= value.high


def test_nvidias_gb200_unit():
    """DGX SuperPOD reference architecture: 1.2 MW for 576 GB200 with network and management, 2,083 W."""
    assert CATALOG.entry("accelerators", "gb200").number("it_w_per_accelerator") == pytest.approx(
        1.2e6 / 576, rel=0.005
    )


@pytest.mark.parametrize(
    ("kw", "workload", "tolerance"),
    [
        # arXiv 2412.08602: 8.4 kW at most, air-cooled; the preset's mean over peak of 0.95 is part of it
        pytest.param(8.4 * 0.95, "large-training", 0.02, id="BNL node, synchronous training"),
        # arXiv 2506.14551: intensive training at 76 % of nameplate
        pytest.param(0.76 * NODE_KW, "intensive-training", 0.02, id="intensive training"),
        # the immersed node of the fact base draws 6.85 kW: no fans, which the preset has
        pytest.param(6.85, "intensive-training", 0.15, id="immersed node"),
    ],
)
def test_measured_nodes_of_eight_h100(kw, workload, tolerance):
    """A node that computes all the time, at the power utilisation of the workload."""
    preset = CATALOG.entry("assumptions", f"workload-{workload}")
    node = fleet_it_power_mw(
        NODE_KW, 1.0, busy_share=1.0, power_utilisation=preset.number("power_utilisation"), idle_share=IDLE
    )
    assert float(node) == pytest.approx(kw, rel=tolerance)


def test_a_production_research_cluster_draws_45_percent_of_its_maximum():
    """Mean over maximum power with idle nodes included; the preset's allocation was chosen for it."""
    use = CATALOG.entry("assumptions", "workload-research-cluster")
    shares = [use.number(name) for name in ("allocation", "busy_share", "power_utilisation")]
    node = fleet_it_power_mw(
        NODE_KW, shares[0], busy_share=shares[1], power_utilisation=shares[2], idle_share=IDLE
    )
    assert float(node) == pytest.approx(0.45 * 8.4, rel=0.02)


def test_the_calibrated_server_is_above_the_line():
    """Fan, Weber, Barroso, ISCA 2007: 2u - u^1.4; at half load 0.621 of the dynamic power and not 0.5."""
    half = server_power(1.0, 0.5, idle_share=0.0, r=1.4)
    assert float(half) == pytest.approx(2 * 0.5 - 0.5**1.4)
    assert float(half) == pytest.approx(0.621, abs=0.001)
