"""A scenario in a notebook, and the room that shows it, which nothing imports before a notebook asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import capsim

SCENARIO = Path(__file__).parents[2] / "scenarios" / "scaleway-5000-gpus.yaml"


def test_a_scenario_is_one_line_and_a_small_table():
    """It was all of its fields, 13,310 characters."""
    scenario = capsim.load(SCENARIO)
    phases = scenario.sites[0].phases
    critical_it_mw = f"{sum(phase.critical_it_mw for phase in phases):,.10g}"
    assert str(scenario) == repr(scenario)
    assert repr(scenario) == (
        f"<Scenario {scenario.name} {scenario.start.year}-{scenario.calendar.months[-1].year}: "
        f"sites 1, phases {len(phases)}, critical IT {critical_it_mw} MW>"
    )
    html = scenario._repr_html_()
    for words in (scenario.title, scenario.sites[0].id, "FRA", f"{phases[0].deployments[0].systems:,}"):
        assert words in html
    assert html.count("<tr>") == 1 + len(phases)
    assert len(html) < 1_500


def test_the_years_are_those_of_the_horizon_also_from_the_middle_of_a_year():
    later = capsim.load(SCENARIO).override({"start": "2025-07-01", "horizon_years": 1})
    assert "2025-2026:" in repr(later)


def test_report_is_looked_up_only_when_something_is_shown():
    code = (
        f"import sys, capsim; s = capsim.load({str(SCENARIO)!r}); repr(s); "
        "before = 'capsim.report' in sys.modules; s._repr_html_(); "
        "print(before, 'capsim.report' in sys.modules, 'matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True", "False"]
