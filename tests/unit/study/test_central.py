"""The central run among the draws, and intervals of percentiles of monthly series.

Tests `study.central`, `study.statistics`.
"""

from __future__ import annotations

import io
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import binom

from capsim.report.studies import ensemble_summary
from capsim.scenario.loading import loads, override
from capsim.study.central import REST, _largest
from capsim.study.ensembles import Ensemble, ensemble
from capsim.study.statistics import PERCENTILES, percentile_intervals, percentile_of, spread_of

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
SKEWED = {
    "costs.items": [
        {
            "id": f"item-{i}",
            "category": "opex",
            "basis": "per_site_year",
            "amount": {"dist": "lognormal", "median": 1e7, "sigma": 2.0},
        }
        for i in range(12)
    ]
}
"""Twelve costs whose medians sum to far less than the median of their sum."""


def shown(result):
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(ensemble_summary(result))
    return console.export_text()


@pytest.fixture(scope="module")
def skewed(small):
    """A sum of medians is no median of the sum: nearly every draw is dearer than the central run."""
    return ensemble(override(small, SKEWED), 128, seed=2, processes=1)


def test_a_percentile_counts_half_of_the_ties():
    sample = np.array([1.0, 2.0, 2.0, 3.0, np.nan])
    assert percentile_of(2.0, sample) == 50.0
    assert percentile_of(0.0, sample) == 0.0
    assert percentile_of(9.0, sample) == 100.0
    assert np.isnan(percentile_of(np.nan, sample))
    assert np.isnan(percentile_of(1.0, np.array([np.nan])))


def test_a_central_run_that_is_no_typical_draw_is_flagged_with_its_driver(skewed):
    """The drivers add up to the shift of the mean; the largest are some of the twelve costs."""
    name = "lcoc_eur_per_h100e_h"
    row = skewed.figures.loc[name]
    assert row["central_percentile"] < 5
    drivers = skewed.manifest["central_outside"][name]
    assert next(iter(drivers)).startswith("costs.items.item-")
    assert sum(drivers.values()) == pytest.approx(row["mean"] - row["central"], rel=1e-9)
    assert list(drivers)[-1] == REST
    text = shown(skewed)
    assert "! cost of an H100e-hour: the central run is below P5" in text
    assert "Cost of item " in text
    assert "! P" in next(line for line in text.splitlines() if line.startswith("Cost of an H100e-hour"))


def test_a_central_run_among_its_draws_is_not_flagged(skewed):
    """Costs move no accelerator: its peak is the same in every draw, which is P50."""
    assert skewed.figures.at["accelerators_peak", "central_percentile"] == 50.0
    assert "accelerators_peak" not in skewed.manifest["central_outside"]
    line = next(line for line in shown(skewed).splitlines() if line.startswith("Most accelerators"))
    assert "P50" in line
    assert "!" not in line


def test_monthly_percentiles_have_the_intervals_of_headline_figures(small, tmp_path):
    """The draws of a month, kept as rows, give the same ranks; a saved study keeps them."""
    import pandas as pd

    result = ensemble(small, 64, seed=3, processes=1, folder=tmp_path / "s", draws=True)
    rows = pd.read_parquet(tmp_path / "s" / "draws.parquet")
    month = 20
    low, high = percentile_intervals(np.sort(rows[f"facility_mwh@{month}"].to_numpy()))
    assert (high > low).all()
    ends = result.monthly_intervals["facility_mwh"].isel(month=month)
    assert ends.sel(end="low").to_numpy() == pytest.approx(low, rel=0, abs=0)
    assert ends.sel(end="high").to_numpy() == pytest.approx(high, rel=0, abs=0)
    assert ends.attrs["units"] == "MWh"
    assert Ensemble.load(tmp_path / "s").monthly.identical(result.monthly)


def test_sites_have_intervals_too(small):
    result = ensemble(small, 32, seed=3, processes=1, by_site=True)
    at, ends = result.by_site["it_mwh"], result.by_site_intervals["it_mwh"]
    assert (ends.sel(end="low") <= at).all()
    assert (at <= ends.sel(end="high")).all()
    assert ends.dims == ("end", "percentile", "site", "month")


def test_the_spread_of_samples_is_that_of_each_sample_also_where_values_are_missing():
    samples = np.random.default_rng(5).normal(size=(3, 200))
    samples[1, :7] = np.nan
    spread = spread_of(samples)
    for i, sample in enumerate(samples):
        numbers = np.sort(sample[~np.isnan(sample)])
        assert spread[0, :, i].tolist() == np.quantile(numbers, np.array(PERCENTILES) / 100).tolist()
        assert spread[1:, :, i].tolist() == percentile_intervals(numbers).tolist()
    assert spread_of(samples[:1]).tolist() == spread[:, :, :1].tolist()


def test_intervals_cover_the_true_percentile_as_often_as_they_say():
    """Of 2,000 samples of 200 uniform draws, at least 95 % of intervals hold the true percentile, within 4
    standard errors; the ranks are rounded outwards, so more than 95 % is expected and less is an error.
    """
    n, trials = 200, 2000
    low, high = spread_of(np.random.default_rng(11).uniform(size=(n, trials)).T)[1:]
    for i, p in enumerate(PERCENTILES):
        covered = float(((low[i] <= p / 100) & (p / 100 <= high[i])).mean())
        assert covered >= 0.95 - 4 * (0.95 * 0.05 / trials) ** 0.5
        spread = 1.96 * (n * p / 100 * (1 - p / 100)) ** 0.5
        first, last = max(0, np.floor(n * p / 100 - spread) - 1), min(n - 1, np.ceil(n * p / 100 + spread))
        exact = binom.cdf(last, n, p / 100) - binom.cdf(first, n, p / 100)
        assert covered == pytest.approx(exact, abs=4 * (exact * (1 - exact) / trials) ** 0.5 + 1e-9)


def test_a_value_that_only_goes_along_with_a_cause_is_not_named():
    """Of two delays that go together one moves the figure; the other is drawn as far from its median."""
    rng = np.random.default_rng(5)
    cause, n = rng.gamma(2.0, size=64), 64
    passenger = cause + 0.3 * rng.gamma(2.0, size=n)
    x, y = np.stack([cause, passenger], axis=1), 3.0 * cause + 0.5 * rng.normal(size=n)
    correlation = np.corrcoef(passenger, y)[0, 1]
    assert correlation > 0.9
    named = _largest(
        ["cause", "passenger"], x.T @ x, np.array([x.sum(0), y @ x]), np.array([n, y.sum(), y @ y])
    )
    assert list(named) == ["cause", REST]
    assert named["cause"] == pytest.approx(3.0 * cause.mean(), rel=0.05)


def test_the_central_hall_with_air_cooled_chillers_is_none_of_the_rare_ones():
    """Free-cooling coils are there or not, so no draw is half without: P50 was 0.058 above, now 0.024."""
    place = make.standing_site(cooling={"preset": "air-cooled-chiller"})
    result = ensemble(loads(make.scenario(place, horizon_years=1)), 32, seed=0, processes=1)
    row = result.figures.loc["pue"]
    assert row["central_percentile"] > 10.0
    assert (
        row["p50"] - row["central"] < 0.04
    )  # what is left: water of 15 degC is warm in its range of 6.67 to 20


def test_what_moves_draws_is_read_from_the_hypercube_they_were_drawn_from(small):
    """A study that stops early has used part of a Latin hypercube of all its replications."""
    skewed = small.override(SKEWED)
    result = ensemble(skewed, 200, design="lhs", until_ci=1.0, ci_of=["pue"], processes=1)
    assert result.manifest["replications"] == 64
    named = result.manifest["central_outside"]["lcoc_eur_per_h100e_h"]
    assert next(iter(named)).startswith("costs.items.item-")
