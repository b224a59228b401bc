"""Draws of a scenario against the theory of their distributions, within four standard errors."""

import math
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.scenario.draws.factors import Factors
from capsim.scenario.draws.sample import sample
from capsim.scenario.draws.slips import Announcements, slip_months
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
N = 800


def with_stages(**changes):
    rows = make.stages()
    rows[0]["duration_months"] = {"dist": "lognormal", "median": 12.0, "sigma": 0.4}
    rows[1]["duration_months"] = {"dist": "triangular", "low": 10.0, "mode": 12.0, "high": 20.0}
    rows[2]["duration_months"] = {"dist": "lognormal", "median": 2.0, "sigma": 0.4}
    return loads(make.scenario(make.site(make.hall(stages=rows)), **changes))


def drawn(scenario):
    phases = [sample(scenario, 11, k).sites[0].phases[0] for k in range(N)]
    return np.array([[stage.duration_months for stage in phase.stages] for phase in phases])


@pytest.fixture(scope="module")
def durations():
    return drawn(with_stages(uncertainty={"labour": 0.5}))


def agree(found, expected):
    assert abs(np.mean(found) - expected) <= 4 * np.std(found, ddof=1) / math.sqrt(len(found))


def test_means_of_lognormal_and_triangular_stay_with_a_common_factor(durations):
    agree(durations[:, 0], 12.0 * math.exp(0.4**2 / 2))
    agree(durations[:, 1], (10.0 + 12.0 + 20.0) / 3)


def test_a_common_factor_correlates_the_normal_scores(durations):
    scores = np.log(durations[:, [0, 2]])
    found = np.corrcoef(scores.T)[0, 1]
    assert abs(np.arctanh(found) - np.arctanh(0.5)) <= 4 / math.sqrt(N - 3)


def test_without_correlation_draws_are_independent():
    found = np.corrcoef(np.log(drawn(with_stages(uncertainty={"labour": 0.0}))[:, [0, 2]]).T)[0, 1]
    assert abs(np.arctanh(found)) <= 4 / math.sqrt(N - 3)


def test_factors_of_the_scenario_go_before_those_of_the_format():
    own = {"id": "local", "values": ["sites.a.phases.p1.stages.*.duration_months"], "correlation": 1.0}
    found = drawn(with_stages(uncertainty={"factors": [own]}))
    first, last = np.log(found[:, 0] / 12.0), np.log(found[:, 2] / 2.0)
    assert np.allclose(first, last)


def test_different_factors_share_the_part_between_them():
    rows = make.stages()
    rows[0]["duration_months"] = {"dist": "lognormal", "median": 12.0, "sigma": 0.4}
    order = make.racks(lead_time_weeks={"dist": "lognormal", "median": 30.0, "sigma": 0.4})
    changes = {"uncertainty": {"labour": 1.0, "supply_chain": 1.0, "between_factors": 0.4}}
    scenario = loads(make.scenario(make.site(make.hall(order, stages=rows)), **changes))
    pairs = []
    for k in range(N):
        phase = sample(scenario, 5, k).sites[0].phases[0]
        pairs.append((phase.stages[0].duration_months, phase.deployments[0].lead_time_weeks))
    found = np.corrcoef(np.log(pairs).T)[0, 1]
    assert abs(np.arctanh(found) - np.arctanh(0.4)) <= 4 / math.sqrt(N - 3)


def test_announced_dates_are_kept_or_slip_by_an_exponential():
    steps = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2026, 6, 1)}]
    alone = {"never_probability": 0.0, "slip_growth_per_month": 0.0, "mean_slip_months": 8.5}
    alone |= {"on_time_share": 0.6}
    scenario = loads(make.scenario(make.site(grid_connection=steps), uncertainty=alone))
    announcements, terms = Announcements(scenario), scenario.uncertainty
    drawn_days = [
        announcements.drawn(terms, seed, k, Factors(terms, seed, k)).values()
        for seed in range(5)
        for k in range(N)
    ]
    days = [(day - date(2026, 6, 1)).days for (day,) in map(set, drawn_days)]
    late = np.array(days) > 0
    assert abs(late.mean() - 0.4) <= 4 * math.sqrt(0.4 * 0.6 / len(days))
    agree(np.array(days)[late] / (365.25 / 12), 8.5)


def test_dates_before_the_start_do_not_slip():
    scenario = loads(make.scenario(make.standing_site()))
    for k in range(20):
        site, drawn_site = scenario.sites[0], sample(scenario, 2, k).sites[0]
        assert drawn_site.grid_connection == site.grid_connection
        assert drawn_site.phases[0].ready_for_service_on == site.phases[0].ready_for_service_on
        assert drawn_site.phases[0].deployments[0].in_service_on == date(2025, 7, 1)


def test_slip_is_the_quantile_of_the_mixture():
    assert slip_months(0.6, 0.6, 8.5) == 0.0
    assert slip_months(0.8, 0.6, 8.5) == pytest.approx(8.5 * math.log(2.0))
    assert slip_months(0.999, 1.0, 8.5) == 0.0
