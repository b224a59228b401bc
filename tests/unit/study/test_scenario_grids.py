"""Grids of scenarios: each as if it were sampled alone, held against the first row by row.

Tests `study.scenario_grids`, `study.sampling`.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from capsim.errors import StudyError
from capsim.projection.plain import finite
from capsim.report.studies import grid_summary
from capsim.report.study_figures import picture
from capsim.scenario.loading import override
from capsim.study.comparisons import compare
from capsim.study.ensembles import ensemble
from capsim.study.scenario_grids import EnsembleGrid, ensemble_grid

N = 24
DRAWN = {"seed": 3, "design": "random"}
DEARER = {"finance.wacc_real": 0.09, "workload.allocation": 0.6}


@pytest.fixture(scope="module")
def scenarios(small):
    return {
        "as it is": small,
        "dearer": override(small, DEARER),
        "shorter": override(small, {"horizon_years": 1}),
    }


@pytest.fixture(scope="module")
def grid(scenarios, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid") / "s"
    return ensemble_grid(
        scenarios, N, seed=3, design="random", processes=1, folder=folder, draws=True
    ), folder


def files(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_each_variant_is_what_an_ensemble_of_it_is(grid, scenarios):
    """Independent draws hang on nothing but their path, so that rows are those of a study of its own."""
    result, _ = grid
    assert result.names == tuple(scenarios)
    for name in scenarios:
        alone = ensemble(scenarios[name], N, **DRAWN, processes=1)
        pd.testing.assert_frame_equal(result.ensembles[name].figures, alone.figures, check_exact=True)
        pd.testing.assert_frame_equal(result.ensembles[name].dates, alone.dates, check_exact=True)
        assert result.ensembles[name].monthly.identical(alone.monthly)
        assert result.ensembles[name].chances == alone.chances


def test_differences_are_those_of_a_comparison(grid, scenarios):
    result, _ = grid
    two = compare(
        {name: scenarios[name] for name in ("as it is", "dearer")}, N, seed=3, design="random", processes=1
    )
    columns = ["mean", "difference", "difference_p10", "difference_p50", "difference_p90"]
    ours = result.differences.loc[["as it is", "dearer"], columns]
    np.testing.assert_allclose(ours.to_numpy(), two.figures[columns].to_numpy(), rtol=1e-12)


def test_what_differs_beyond_chance_is_said_by_the_interval_of_the_mean_of_pairs(grid):
    result, folder = grid
    rows = pd.read_parquet(folder / "draws.parquet").set_index(["variant", "replication"])
    pairs = rows.loc["dearer", "opex_eur"] - rows.loc["as it is", "opex_eur"]
    row = result.differences.loc["dearer", "opex_eur"]
    half = 1.959963984540054 * pairs.std() / np.sqrt(N)
    assert row["difference"] == pytest.approx(pairs.mean())
    assert row["difference_high"] - row["difference"] == pytest.approx(half)
    assert row["differs"] == (abs(pairs.mean()) > half)
    assert not result.differences.loc["as it is", "differs"].any()
    assert not result.differences.loc[("dearer", "accelerators_peak"), "differs"]
    assert result.differences.loc[("shorter", "facility_gwh"), "differs"]


def test_draws_have_a_row_for_each_variant_and_replication(grid, scenarios):
    _, folder = grid
    rows = pd.read_parquet(folder / "draws.parquet")
    assert rows["variant"].tolist() == [name for name in scenarios for _ in range(N)]
    assert rows["replication"].tolist() == [*range(N)] * 3
    last_month = rows[rows["variant"] == "shorter"]["facility_mwh@23"]
    assert last_month.isna().all()
    assert rows[rows["variant"] == "dearer"]["facility_mwh@23"].notna().all()


def test_draws_of_a_variant_are_there_with_and_without_a_folder(grid, scenarios):
    result, folder = grid
    kept = result.ensembles["dearer"].draws
    assert kept["facility_mwh@23"].notna().all()
    in_memory = ensemble_grid(scenarios, N, seed=3, design="random", processes=1, draws=True)
    for read in (in_memory, EnsembleGrid.load(folder)):
        pd.testing.assert_frame_equal(read.ensembles["dearer"].draws, kept, check_exact=True)
    assert "facility_mwh@23" not in in_memory.ensembles["shorter"].draws, "only what the variant has"


def test_months_outside_a_horizon_are_empty_together_and_left_out_alone(grid):
    result, _ = grid
    assert result.monthly.sizes == {"variant": 3, "percentile": 5, "month": 24}
    assert result.monthly["facility_mwh"].sel(variant="shorter").notnull().any("percentile").sum() == 12
    assert result.ensembles["shorter"].monthly.sizes["month"] == 12
    assert result.monthly_intervals.sizes == {"variant": 3, "end": 2, "percentile": 5, "month": 24}
    ends = EnsembleGrid.load(grid[1]).ensembles["shorter"].monthly_intervals
    assert ends.identical(result.ensembles["shorter"].monthly_intervals)


def test_a_saved_grid_is_read_back_as_it_was(grid):
    result, folder = grid
    again = EnsembleGrid.load(folder)
    assert finite(again.to_dict()) == finite(result.to_dict())
    assert again.monthly.identical(result.monthly)
    pd.testing.assert_frame_equal(again.differences, result.differences, check_exact=True)
    json.dumps(finite(result.to_dict()), allow_nan=False)


def test_one_process_or_two_stopped_or_not_give_the_same_bytes(grid, scenarios, tmp_path):
    class StopError(Exception):
        pass

    def stop(done, total, left_s):
        assert total == 3 * N
        raise StopError

    study = {**DRAWN, "folder": tmp_path / "s", "draws": True}
    with pytest.raises(StopError):
        ensemble_grid(scenarios, N, processes=1, progress=stop, **study)
    assert len(list((tmp_path / "s" / "draws").iterdir())) == 1
    ensemble_grid(scenarios, N, processes=2, resume=True, **study)
    assert files(tmp_path / "s") == files(grid[1])


def test_another_order_of_variants_is_another_study(grid, scenarios, tmp_path):
    def stop(done, total, left_s):
        raise KeyboardInterrupt

    study = {**DRAWN, "folder": tmp_path / "s", "processes": 1}
    with pytest.raises(KeyboardInterrupt):
        ensemble_grid(scenarios, N, progress=stop, **study)
    turned = dict(reversed(scenarios.items()))
    with pytest.raises(StudyError, match="holds another study: variants differs"):
        ensemble_grid(turned, N, resume=True, **study)
    assert (tmp_path / "s" / "draws" / "000000.block").exists()


def test_it_stops_when_every_variant_is_narrow_enough(scenarios):
    result = ensemble_grid(scenarios, 300, until_ci=1.0, ci_of=["opex"], processes=1)
    assert result.manifest["replications"] == 64
    assert all(one.manifest["converged_to"] <= 1.0 for one in result.ensembles.values())


def test_what_a_variant_has_not_is_named_with_it(scenarios, small):
    with pytest.raises(StudyError, match=r"shorter: .*: the horizon is from"):
        ensemble_grid(scenarios, 2, targets=["accelerators>=1 by 2026-12"])
    other = override(small, {"currency.price_year": 2024})
    with pytest.raises(StudyError, match="other: currency and price year must be those of the first"):
        ensemble_grid({"as it is": small, "other": other}, 2)


def test_the_summary_shows_percentiles_by_variant_and_marks_what_differs(grid):
    from rich.console import Console

    console = Console(width=140)
    with console.capture() as captured:
        console.print(grid_summary(grid[0]))
    text = captured.get()
    assert "3 variants against as it is" in text
    assert "the years differ" in text
    lines = text.splitlines()
    means = lines[next(i for i, line in enumerate(lines) if line.startswith("Means")) :]
    assert "!" in next(line for line in means if line.startswith("Energy at the meter"))
    assert "!" not in next(line for line in means if line.startswith("Most accelerators in service"))
    assert picture(grid[0]).axes[0].get_yticklabels()[-1].get_text() == "as it is"
