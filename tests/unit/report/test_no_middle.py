"""Why a plan is no middle of its draws stands first, in at most two lines each.

Tests `report.no_middle`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from capsim import load, simulate
from capsim.projection import Spread
from capsim.report.no_middle import DELAYS, why_no_middle
from capsim.report.opening import projection_opening

SCALEWAY = Path(__file__).parents[3] / "scenarios" / "scaleway-5000-gpus.yaml"
OVERRUN, POWER = "sites.*.phases.*.overrun", "systems.vr200-nvl72.module_w"


def test_what_the_same_moves_most_is_told_together_by_side():
    ranks = {"facility_gwh": 78.0, "h100e_h": 84.0, "lcoc_eur_per_h100e_h": 23.0}
    causes = {"facility_gwh": [OVERRUN, POWER], "h100e_h": ["phases.p1.lead_time_weeks"]}
    causes["lcoc_eur_per_h100e_h"] = [OVERRUN]
    assert why_no_middle(ranks, causes) == [
        f"! Plan above 78 to 84 % of draws in energy and 1 more: {DELAYS}",
        f"! Plan below 77 % of draws in cost of compute: {DELAYS}",
    ]
    assert why_no_middle({}, {}) == []


def test_the_reason_is_seen_however_many_figures_there_are():
    names = ("facility_gwh", "h100e_h", "carbon_t", "water_m3", "opex_eur", "capex_eur")
    (line,) = why_no_middle(dict.fromkeys(names, 80.0), {name: [OVERRUN, POWER] for name in names})
    assert line.endswith(" more: the latest path decides")
    assert len(line) <= 80
    apart = {name: [f"finance.rate-{name}"] for name in names}
    lines = why_no_middle(dict.fromkeys(names, 80.0), apart)
    assert len(lines) == 3
    assert lines[-1].endswith("; 3 more: --sure")
    assert max(map(len, lines)) <= 80


@pytest.fixture(scope="module")
def projection():
    return simulate(load(SCALEWAY))


def test_it_stands_before_the_numbers_of_a_screen(projection):
    figures = {"h100e_h": {"plan": 1.0, "plan_percentile": 84.0, "p10": 0.8, "p50": 0.9, "p90": 1.1}}
    spread = Spread(64, figures, outside={"h100e_h": [OVERRUN, "workload.allocation"]})
    console = Console(width=80)
    with console.capture() as capture:
        console.print(projection_opening(projection.with_views(spread=spread)))
    lines = capture.get().splitlines()
    told = "! Plan above 84 % of draws in H100e-hours: the latest path decides; allocation"
    assert lines[2] == told
    assert lines[3].startswith("Reached and taken")
    assert len(lines) <= 24
