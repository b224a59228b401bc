"""Criticality: the share of draws in which a stage decides, and how its duration goes with the date."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from capsim.scenario.loading import loads
from capsim.study import criticality
from capsim.study.criticality import rank_correlation
from capsim.study.ensembles import Ensemble, ensemble

N = 64


@pytest.fixture(scope="module")
def race(tmp_path_factory):
    """A construction that takes 4 to 8 months, all alike, against power that comes after 6; then a month."""
    spread = {"dist": "uniform", "low": 4.0, "high": 8.0, "source": "assumed: a test"}
    stages = [{"id": "construction", "duration_months": spread}]
    stages.append({"id": "commissioning", "duration_months": 1.0, "needs_energization": True})
    hall = {"id": "p1", "critical_it_mw": 10, "energization": "g1", "stages": stages}
    site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [hall]}
    site["grid_connection"] = [{"id": "g1", "grid_mw": 15, "lead_time_months": 6.0}]
    plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [site]}
    folder = tmp_path_factory.mktemp("race") / "study"
    # without common factors, so that a Latin hypercube is one
    plan["uncertainty"] = dict.fromkeys(("labour", "supply_chain", "grid_operator", "between_factors"), 0.0)
    plan["workload"] = {"preset": "large-training"}
    return ensemble(loads(plan), N, seed=1, folder=folder, processes=1, design="lhs"), folder


def test_the_index_is_the_share_of_draws_in_which_a_stage_has_no_float(race):
    table = race[0].criticality
    # a Latin hypercube of 64 has half of its draws above the middle
    index = table["criticality_index"].loc["a", "p1"]
    assert index.to_dict() == {"grid connection": 0.5, "construction": 0.5, "commissioning": 1.0}


def test_the_rank_correlation_is_that_of_duration_and_date(race):
    row = race[0].criticality.loc[("a", "p1", "construction")]
    # half of the dates are level at the power's: ranks 1 to 64 against 32 ties and 33 to 64
    x = np.arange(1.0, N + 1)
    expected = rank_correlation(x, np.maximum(x, N / 2))
    assert row["rank_correlation"] == pytest.approx(expected, abs=0.01)
    assert row["median_months"] == pytest.approx(6.0, abs=0.1)
    assert row["median_float_months"] == pytest.approx(0.0, abs=0.1)


def test_what_does_not_vary_has_no_correlation(race):
    table = race[0].criticality["rank_correlation"]
    assert np.isnan(table["a", "p1", "grid connection"])
    assert np.isnan(table["a", "p1", "commissioning"])


def test_it_is_kept(race):
    result, folder = race
    loaded = Ensemble.load(folder)
    assert loaded.criticality.equals(result.criticality)
    assert len(result.to_dict()["criticality"]) == 3


def test_waits_for_crews_that_phases_share_have_a_row():
    """Two halls that take 4 to 8 months and 2 to 12: of the one crew to commission them the later has to wait
    where the other began less than a month before it, and what it waited for has no float."""
    alike = {"dist": "uniform", "low": 4.0, "high": 8.0, "source": "assumed: a test"}
    halls = []
    for name, spread in (("p1", alike), ("p2", alike | {"low": 2.0, "high": 12.0})):
        stages = [{"id": "construction", "duration_months": spread}]
        stages.append({"id": "commissioning", "duration_months": 1.0, "crew": "commissioning"})
        halls.append({"id": name, "critical_it_mw": 10, "energization": "g1", "stages": stages})
    site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": halls}
    site["grid_connection"] = [{"id": "g1", "grid_mw": 30, "energised_on": date(2025, 1, 1)}]
    plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 3, "sites": [site]}
    plan |= {"workload": {"preset": "large-training"}, "crews": {"commissioning_crews": 1}}
    table = ensemble(loads(plan), N, seed=1, processes=1).criticality
    for phase in ("p1", "p2"):
        index = table["criticality_index"].loc["a", phase]
        # in each draw one of the two decides when the commissioning begins
        assert index["crew"] > 0.02
        assert index["crew"] + index["construction"] == pytest.approx(1.0)
    assert math.isinf(table["median_float_months"]["a", "p1", "crew"])
    free = plan | {"crews": {}}
    assert "crew" not in ensemble(loads(free), 4, processes=1).criticality.loc["a", "p1"].index


def test_a_study_of_before_has_none():
    assert criticality.frame_of([]).empty


def test_ties_have_mean_ranks():
    x, y = np.array([1.0, 2.0, 2.0, 4.0]), np.array([10.0, 20.0, 20.0, 5.0])
    # ranks 1, 2.5, 2.5, 4 and 2, 3.5, 3.5, 1
    assert rank_correlation(x, y) == pytest.approx(np.corrcoef([1, 2.5, 2.5, 4], [2, 3.5, 3.5, 1])[0, 1])


def test_a_connection_behind_own_generation_never_decides(tmp_path):
    """Engines from the fourth month on carry the hall: the grid has no end of float in each draw, or kept."""
    spread = {"dist": "uniform", "low": 4.0, "high": 8.0, "source": "assumed: a test"}
    stages = [{"id": "construction", "duration_months": spread}]
    stages.append({"id": "commissioning", "duration_months": 1.0, "needs_energization": True})
    hall = {"id": "p1", "critical_it_mw": 10, "energization": "g1", "stages": stages}
    site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [hall]}
    engines = {"power_mw": 20.0, "fuel": "gas", "runs_when_short": True, "available_on": date(2026, 7, 1)}
    step = {"id": "g1", "grid_mw": 15, "lead_time_months": spread | {"low": 5.0, "high": 9.0}}
    site |= {"grid_connection": [step], "generation": engines}
    plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [site]}
    plan["workload"] = {"preset": "large-training"}
    result = ensemble(loads(plan), 16, seed=1, folder=tmp_path / "study", processes=1)
    table = result.criticality.loc["a", "p1"]
    # half of the constructions end before the engines are there, on day 181, and some connections too
    index = table["criticality_index"]
    assert 0.0 < index["own generation"] < 1.0
    assert index["grid connection"] < index["own generation"]
    assert index["construction"] + index["own generation"] + index["grid connection"] == pytest.approx(1.0)
    assert math.isinf(table["median_float_months"]["grid connection"])
    assert Ensemble.load(tmp_path / "study").criticality.equals(result.criticality)
