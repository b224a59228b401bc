"""The table of halls: shown where there is more than one, with the figures of its own months.

Tests `report.hall_tables`, `projection.hall_views`.
"""

import runpy
from datetime import date
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from capsim import simulate
from capsim.projection.hall_views import by_hall
from capsim.report.hall_tables import MOST_ROWS, halls_tables
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def project(*phases, grid_mw=80.0):
    there = [{"id": "g1", "grid_mw": grid_mw, "energised_on": date(2024, 1, 1)}]
    return simulate(loads(make.scenario(make.site(*phases, grid_connection=there), horizon_years=2)))


def findings(projection):
    """Sentences of the findings."""
    return [finding.text for finding in projection.findings]


def shown(projection, **options):
    console = Console(file=StringIO(), width=120)
    console.print(*halls_tables(projection, **options))
    return console.file.getvalue()


def late_hall():
    """24 MW with 50 racks of 0.16 MW from July 2026 on, and as many from March 2027."""
    fleet = {"system": "gb300-nvl72", "systems": 50}
    first = fleet | {"id": "first", "in_service_on": date(2025, 7, 1)}
    more = fleet | {"id": "more", "ordered_on": date(2026, 10, 1), "lead_time_weeks": 8}
    return make.standing_hall(id="p2", critical_it_mw=24.0, deployments=[first, more])


def test_each_hall_at_its_own_peak():
    halls = by_hall(project(make.standing_hall(), late_hall()).halls).set_index("phase")
    assert halls.loc["p1", ["critical_it_mw", "nameplate_mw"]].to_list() == pytest.approx([16.0, 15.9552])
    assert halls.loc["p2", "nameplate_mw"] == pytest.approx(15.9552)
    assert halls.loc["p2", "headroom_mw"] == pytest.approx(24.0 - halls.loc["p2", "it_peak_mw"])
    assert halls.loc["p2", "peak_month"].year >= 2026
    assert halls["stranded_mw"].to_list() == [0.0, 0.0]


def test_shown_for_two_halls_or_when_asked_for():
    two, one = project(make.standing_hall(), late_hall()), project(make.standing_hall())
    assert "a    p2" in shown(two)
    assert shown(one).strip() == ""
    assert "a    p1" in shown(one, all_halls=True)


def test_a_meter_too_small_strands_each_hall_in_a_month():
    text = shown(project(make.standing_hall(), late_hall(), grid_mw=22.0))
    assert text.count("2026-") + text.count("2027-") == 4


def test_a_long_list_is_cut_and_says_so():
    halls = [make.standing_hall(id=f"h{n}", critical_it_mw=2.0, deployments=[]) for n in range(MOST_ROWS + 3)]
    projection = project(*halls)
    assert "and 3 more: --halls" in shown(projection)
    assert f"h{MOST_ROWS + 2}" in shown(projection, all_halls=True)


def test_a_site_without_halls_shows_nothing():
    there = make.site(phases=[])
    projection = simulate(loads(make.scenario(there, horizon_years=1)))
    assert shown(projection, all_halls=True).strip() == ""


def said_of_jobs(*classes, racks=125):
    """Findings on jobs, of racks with 72 accelerators each and none of them spare."""
    jobs = {"spare_share": 0.0, "classes": list(classes)}
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": racks, "in_service_on": date(2025, 7, 1)}
    hall = make.standing_hall(oversubscription=1.3, deployments=[fleet])
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    workload = {"preset": "large-training", "power_utilisation": 0.724, "jobs": jobs}
    place = make.site(hall, grid_connection=there)
    projection = simulate(loads(make.scenario(place, horizon_years=2, workload=workload)))
    return [sentence for sentence in findings(projection) if "jobs" in sentence], projection


def test_jobs_that_fit_nowhere_are_said_to_never_run(tmp_path):
    """125 racks have 9,000 accelerators: one too few for a job of 9,001, which leaves all of them idle."""
    said, projection = said_of_jobs({"id": "one", "accelerators": 9001, "share": 1.0})
    (sentence,) = [of for of in said if "never run" in of]
    assert sentence == (
        "jobs of the class one never run: each takes all of 9,001 accelerators or none, and at most "
        "9,000 at a may hold jobs"
    )
    assert float(projection.monthly["held_h"].sum()) == 0.0
    waiting = projection.monthly["waiting_mw"].sel(cause="jobs", site="a").to_numpy()
    assert waiting == pytest.approx(125 * 0.159552)
    assert any("what is not ready longest is jobs" in of for of in said)
    saved = projection.load(projection.save(tmp_path / "saved"))
    assert saved.identical(projection)
    assert sentence in findings(saved)
    fits, _ = said_of_jobs({"id": "one", "accelerators": 9000, "share": 1.0})
    assert not any("never run" in sentence for sentence in fits)
    _, projection = said_of_jobs(
        {"id": "one", "accelerators": 9001, "share": 0.6}, {"id": "other", "accelerators": 4000, "share": 0.4}
    )
    waiting = projection.monthly["waiting_mw"].sel(cause="jobs", site="a").to_numpy()
    assert waiting == pytest.approx(125 * 0.159552 * 1000 / 9000)


def test_a_share_that_is_no_whole_job_is_said_to_never_run():
    """12 % of 9,000 is 1,080, less than half of 4,096; the class of 8 fills all of them."""
    large = {"id": "large", "accelerators": 4096, "share": 0.12}
    said, _ = said_of_jobs(large, {"id": "small", "accelerators": 8, "share": 0.88})
    assert said[0].startswith("whole jobs hold 100 % of the accelerators")
    assert said[1] == (
        "jobs of the class large never run: its share of 12 % and whole jobs of the other classes leave "
        "no place for one of 4,096 accelerators (9,000 at a may hold jobs)"
    )


def test_a_hall_its_own_limit_cuts_says_how_often():
    """One job on 125 racks computes 0.95 of the time without failures, and is then above the hall's 16 MW."""
    one = {"id": "one", "accelerators": 125 * 72, "share": 1.0}
    jobs = {"spare_share": 0.0, "failures_per_1000_node_days": 0.0, "classes": [one]}
    fleet = {"id": "racks", "system": "gb300-nvl72", "systems": 125, "in_service_on": date(2025, 7, 1)}
    hall = make.standing_hall(oversubscription=1.3, deployments=[fleet])
    there = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    workload = {"preset": "large-training", "power_utilisation": 0.724, "jobs": jobs}
    crowded = simulate(
        loads(make.scenario(make.site(hall, grid_connection=there), horizon_years=2, workload=workload))
    )
    assert by_hall(crowded.halls)["capped_share"].to_list() == pytest.approx([0.95])
    assert "capped" in shown(crowded, all_halls=True)
    assert " 95.0" in shown(crowded, all_halls=True)
    assert "capped" not in shown(project(make.standing_hall()), all_halls=True)
    said = [sentence for sentence in findings(crowded) if "jobs" in sentence]
    assert said[0].startswith("whole jobs hold 100 % of the accelerators in service")
    assert said[1].startswith("the hall a.p1 caps its systems for 95.0 % of the time")
    assert not any("jobs hold" in sentence for sentence in findings(project(make.standing_hall())))
