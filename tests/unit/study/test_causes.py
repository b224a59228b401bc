"""Why a plan is no ordinary draw, and that it is one once the values that are named stay at their medians.

Tests `study.causes`.
"""

from __future__ import annotations

import runpy
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.pipeline import simulate
from capsim.scenario import uncertain_values
from capsim.scenario.loading import loads
from capsim.study.causes import _taken_up
from capsim.study.central import REST
from capsim.study.spreads import with_spread

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
LATE = {"dist": "lognormal", "median": 4.0, "sigma": 1.0}
"""Months of which the mean is far above the median."""
SKEWED = {"dist": "lognormal", "median": 1e7, "sigma": 1.5}


def spread_of(scenario):
    return with_spread(simulate(scenario), 64, processes=1).spread


def held(scenario, causes):
    """The scenario with all values of the kinds that are named at what the plan has."""
    values = uncertain_values(scenario)
    return scenario.override(
        {path: float(value) for path, value in values.items() if any(fnmatchcase(path, c) for c in causes)}
    )


def costs():
    """A sum of medians is no median of the sum."""
    items = [
        {"id": f"item-{i}", "category": "opex", "basis": "per_site_year", "amount": SKEWED} for i in range(5)
    ]
    return loads(make.scenario(make.standing_site(), costs={"items": items}))


def several_ways():
    """A hall that is ready when the last of four works is: the latest counts."""
    works = [{"id": f"work-{i}", "duration_months": LATE, "after": []} for i in range(4)]
    stages = [*works, {"id": "tests", "duration_months": 0.5, "after": [work["id"] for work in works]}]
    return loads(make.scenario(make.site(make.hall(stages=stages)), uncertainty={"labour": 0.0}))


@pytest.mark.parametrize(("plan", "figure"), [(costs, "opex_eur"), (several_ways, "facility_gwh")])
def test_with_the_named_values_at_their_medians_the_plan_is_an_ordinary_draw(plan, figure):
    scenario = plan()
    spread = spread_of(scenario)
    assert abs(spread.figures[figure]["plan_percentile"] - 50.0) > 25.0
    named = [cause for cause in spread.outside[figure] if cause != REST]
    assert named
    after = spread_of(held(scenario, named))
    # 64 draws know a percentile within 6
    assert abs(after.figures[figure]["plan_percentile"] - 50.0) <= 25.0 + 6.0


def test_only_what_brings_a_plan_nearer_to_the_middle_is_named():
    rng = np.random.default_rng(3)
    lopsided, even = rng.gamma(1.0, size=64), rng.normal(0.3, 0.2, size=64)
    y = 5.0 * lopsided + 0.1 * rng.normal(size=64)
    # a part that is not in the figure makes it no more ordinary than it is
    assert _taken_up({"cause": 5.0 * lopsided, "other": even}, y) == ["cause"]
    assert _taken_up({"other": -even}, y) == [REST]


def test_an_ordinary_plan_names_nothing():
    assert spread_of(loads(make.scenario(make.standing_site()))).outside == {}
