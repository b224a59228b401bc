"""PUE of a full hall under air-cooled chillers in Paris, as the docs have it."""

from datetime import date
from pathlib import Path

import pytest

from capsim.pipeline import simulate
from capsim.scenario.loading import loads
from capsim.study import ensemble

DOCS = Path(__file__).parents[2] / "docs" / "operations.md"
SHARE_FROM_0 = {"free_cooling_share": {"dist": "triangular", "low": 0.0, "mode": 1.0, "high": 1.0}}
DRAWS = 32


def hall(system, **arguments):
    """Two years of a hall of 20 MW full of a system at work in training, on an ample connection."""
    assumed = {"source": "assumed: test"}
    racks = {"id": "racks", "system": system, "fill_share": 1.0, "in_service_on": date(2026, 12, 1)}
    phase = {
        "id": "hall",
        "critical_it_mw": 20.0,
        "energization": "line",
        "ready_for_service_on": date(2026, 6, 1),
        "deployments": [racks | assumed],
    }
    place = {
        "id": "s",
        "title": "Site",
        "country": "fra",
        "climate": "paris",
        "tariff": {"preset": "fr-datacenter"},
        "cooling": {"preset": "air-cooled-chiller", "arguments": arguments},
        "grid_connection": [{"id": "line", "grid_mw": 60.0, "energised_on": date(2026, 1, 1)} | assumed],
        "phases": [phase | assumed],
    }
    return loads(
        {
            "schema": 1,
            "name": "hall",
            "title": "A hall",
            "start": date(2027, 1, 1),
            "horizon_years": 2,
            "currency": {"code": "EUR", "price_year": 2025},
            "workload": {"preset": "large-training"},
            "sites": [place],
            "costs": {"preset": "europe-greenfield-ai"},
        }
    )


def spread(scenario):
    """Central PUE, and its quantiles among draws."""
    drawn = ensemble(scenario, DRAWS, processes=1).figures.loc["pue"]
    return float(simulate(scenario).headline["pue"]), {q: drawn[q] for q in ("p5", "p50", "p95")}


def test_a_full_hall_in_paris_is_as_the_docs_have_it():
    said = " ".join(DOCS.read_text(encoding="utf-8").split())
    training = hall("dgx-h100")
    central, drawn = spread(training)
    it_mw = float(simulate(training).monthly["it_mwh"].sum()) / training.calendar.n_hours
    assert f"full of `dgx-h100` in training ({it_mw:.1f} MW of IT in the mean)" in said
    bare = spread(hall("dgx-h100", **SHARE_FROM_0))[1]["p50"]
    assert (
        f"PUE is {central:.3f} centrally and {drawn['p50']:.3f} at P50 of {DRAWS} draws "
        f"(P5 {drawn['p5']:.3f}, P95 {drawn['p95']:.3f}; "
        f"{bare:.3f} at P50 with a share from 0 to 1, most likely 1)"
    ) in said
    hosted, of_hosted = spread(hall("hosted-it-100kw"))
    assert f"hosts IT of others, {hosted:.3f} and {of_hosted['p50']:.3f}" in said


@pytest.mark.parametrize("system", ["dgx-a100", "dgx-b200"])
def test_other_servers_at_the_same_work_come_to_the_same(system):
    same = simulate(hall("dgx-h100")).headline["pue"]
    assert simulate(hall(system)).headline["pue"] == pytest.approx(same, abs=0.003)
