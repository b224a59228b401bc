"""Is a spread as wide as it ought to be? One more future is an ordinary one among those that were drawn.

The others are what the product draws for a spread: a scrambled Sobol' design, with weather and prices out of
the bank. The one more is drawn by itself: independent probabilities, and hours that are made anew. Where both
come from one distribution, the rank of the one more among 99 others is uniform.

All ranks of a plan share its 99 others, so m of them are no m independent ones. The 100 gaps between 99
independent draws have shares that are Dirichlet's with all parameters 1, ten neighbouring gaps those with
parameters 10, so counts of ranks in tenths are Dirichlet-multinomial: their covariance is a multinomial's
times (m + 100) / 101, and chi-square over that is held against its distribution. A Sobol' design is more even
than independent draws, which makes the test milder and never sharper.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2

from capsim.scenario.loading import loads
from capsim.study.columns import Rows
from capsim.study.draws import Design, design_of
from capsim.study.execution import Execution
from capsim.study.folder import study_folder
from capsim.study.sampling import Plan, Sampling, sampled, variant_of

PLAN = """
schema: 1
name: small
start: 2026-01-01
horizon_years: 1
crews: {{installer_crews: {crews}}}
sites:
  - id: s
    country: fra
    climate: paris
    tariff: {{preset: fr-datacenter, spread: {spread}}}
    cooling: {{preset: dlc-dry-cooler}}
    grid_connection:
      - id: g
        grid_mw: {grid_mw}
        applied_on: 2026-01-01
        stages: [{{id: works, duration_months: {{dist: triangular, low: 2, mode: 4, high: 9}}}}]
    phases:
      - id: p
        critical_it_mw: 4
        energization: g
        starts_on: 2026-01-01
        stages:
          - {{id: construction, duration_months: {{dist: triangular, low: 3, mode: 5, high: 10}}}}
          - {{id: commissioning, duration_months: 1, needs_energization: true}}
        deployments:
          - id: d
            system: dgx-h100
            systems: 300
            ordered_on: 2026-02-01
            lead_time_weeks: {{dist: triangular, low: 8, mode: 12, high: 40}}
costs:
  items:
    - id: hall
      category: capex
      basis: per_critical_it_mw
      amount: {{dist: triangular, low: 8.0e+6, mode: 1.0e+7, high: 1.4e+7}}
"""
PLANS = [
    {"crews": 2, "spread": "none", "grid_mw": 6},
    {"crews": 1, "spread": "hourly", "grid_mw": 6},
    # a connection that cuts the load in hot hours
    {"crews": 2, "spread": "hourly", "grid_mw": 3},
    {"crews": 3, "spread": "none", "grid_mw": 3},
]
OTHERS, MORE, BINS = 99, 401, 10
"""Of each of four plans: 2,000 draws in all."""
LEVEL = 0.999
FIGURES = ("ready_for_service", "fleet_in_service", "capex_eur", "lcoc_eur_per_h100e_h", "h100e_h")
"""Dates, money and compute."""
SEED_OF_MORE = 10_000
"""Added to the seed of a group for those drawn by themselves."""


def drawn(scenario, n, seed, *, alone):
    """Figures and dates of draws: as a spread has them, or each by itself."""
    design = "random" if alone else "sobol"
    sampling = Sampling(n, seed, (), design, None, (), by_site=False, draws=False, fresh_weather=alone)
    variant = variant_of("", scenario, sampling)
    plan = Plan((variant,), design_of([scenario], seed, n, design), sampling, {})
    execution = Execution(processes=1)
    with study_folder(execution, plan.about) as store:
        rows = Rows(sampled(plan, store, execution), variant.layout)
        dates = [
            row.copy()
            for _, block in rows.chunks(variant.layout.first_date, variant.layout.first_activity)
            for row in block
        ]
        named = zip((date.milestone for date in variant.layout.dates), dates, strict=True)
        return {name: np.nan_to_num(values, nan=np.inf) for name, values in (*named, *rows.figures().items())}


@cache
def scenario_of(plan):
    return loads(PLAN.format(**PLANS[plan]))


@cache
def more(plan):
    return drawn(scenario_of(plan), MORE, plan + SEED_OF_MORE, alone=True)


def off_by(figure, others):
    """Chi-square of the ranks of a figure, pooled over the plans, over what shared others add to it."""
    rng = np.random.default_rng(1)
    counts = np.zeros(BINS)
    for plan, drawn_others in enumerate(others):
        one, many = more(plan)[figure][:, None], drawn_others[figure]
        below, ties = (many < one).sum(axis=1), (many == one).sum(axis=1)
        # what is equal is passed by chance
        ranks = below + rng.integers(0, ties + 1)
        counts += np.bincount(ranks * BINS // (OTHERS + 1), minlength=BINS)
    expected = len(others) * MORE / BINS
    return ((counts - expected) ** 2 / expected).sum() / ((MORE + OTHERS + 1) / (OTHERS + 2))


def others_of_all():
    return [drawn(scenario_of(plan), OTHERS, plan, alone=False) for plan in range(len(PLANS))]


@pytest.fixture(scope="module")
def others():
    return others_of_all()


@pytest.fixture(scope="module")
def narrow():
    """The same with a planted fault: probabilities lie half as far from the middle."""
    whole = Design.rows
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Design, "rows", lambda *of: 0.5 + 0.5 * (whole(*of) - 0.5))
        return others_of_all()


@pytest.mark.parametrize("figure", FIGURES)
def test_one_more_future_is_an_ordinary_one(figure, others):
    assert off_by(figure, others) < chi2.ppf(LEVEL, BINS - 1)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_spread_that_is_too_narrow_is_found_out(figure, narrow):
    assert off_by(figure, narrow) > chi2.ppf(LEVEL, BINS - 1)
