"""Ensembles: right percentiles, the same bytes however they are computed.

Tests `study.ensembles`, `study.observe`, `study.runner`, `study.statistics`, `study.summary`.
"""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from capsim.errors import StudyError
from capsim.scenario.loading import override
from capsim.study import runner
from capsim.study.columns import Rows, Table
from capsim.study.draws import Design
from capsim.study.ensembles import Ensemble, ensemble
from capsim.study.execution import Execution
from capsim.study.folder import open_store
from capsim.study.observe import Layout
from capsim.study.runner import collect
from capsim.study.statistics import percentile_intervals, probability_interval, spread_of
from capsim.study.store import read_json, write_json
from capsim.study.summary import all_percentiles

N = 40


def files(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.fixture(scope="module")
def unbroken(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "one"
    result = ensemble(small, N, seed=4, folder=folder, processes=1, targets=["h100e_8bit>=7000 by 2025-12"])
    return result, files(folder)


def same(small, folder, **more):
    return ensemble(small, N, seed=4, folder=folder, targets=["h100e_8bit>=7000 by 2025-12"], **more)


def test_two_processes_give_the_same_bytes(small, unbroken, tmp_path):
    same(small, tmp_path / "two", processes=2)
    assert files(tmp_path / "two") == unbroken[1]


@pytest.mark.parametrize(("short_s", "is_pooled"), [(0.0, True), (math.inf, False)])
def test_a_study_goes_to_processes_where_it_is_long(
    small, unbroken, tmp_path, monkeypatch, short_s, is_pooled
):
    """Two processors and three blocks: the first one here says how long the others take."""
    pooled = []
    in_processes = runner._in_processes

    def noted(task, missing, processes):
        pooled.append((len(missing), processes))
        return in_processes(task, missing, processes)

    monkeypatch.setattr(runner, "SHORT_S", short_s)
    monkeypatch.setattr(runner, "_in_processes", noted)
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 2)
    same(small, tmp_path / "s")
    assert files(tmp_path / "s") == unbroken[1]
    assert pooled == ([(2, 2)] if is_pooled else [])


def test_a_stopped_study_goes_on_to_the_same_bytes(small, unbroken, tmp_path):
    class StopError(Exception):
        pass

    def stop(done, total, left_s):
        raise StopError

    with pytest.raises(StopError):
        same(small, tmp_path / "s", processes=1, progress=stop)
    assert len(list((tmp_path / "s" / "draws").iterdir())) == 1
    same(small, tmp_path / "s", processes=1, resume=True)
    assert files(tmp_path / "s") == unbroken[1]
    again = same(small, tmp_path / "s", resume=True)
    assert files(tmp_path / "s") == unbroken[1], "a finished study is only read"
    pd.testing.assert_frame_equal(again.figures, unbroken[0].figures, check_exact=True)
    assert again.monthly.identical(unbroken[0].monthly)
    assert again.monthly_intervals.identical(unbroken[0].monthly_intervals)


def test_damaged_results_are_named(small, unbroken, tmp_path):
    same(small, tmp_path / "s", processes=1)
    file = tmp_path / "s" / "monthly.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(StudyError, match=r"monthly\.parquet: truncated or changed"):
        Ensemble.load(tmp_path / "s")
    (tmp_path / "s" / "results.json").write_text("{", "utf-8")
    with pytest.raises(StudyError, match=r"results\.json: truncated or changed"):
        Ensemble.load(tmp_path / "s")


def test_a_damaged_block_is_named_on_resuming(small, tmp_path):
    def stop(done, total, left_s):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        same(small, tmp_path / "s", processes=1, progress=stop)
    block = next((tmp_path / "s" / "draws").iterdir())
    block.write_bytes(block.read_bytes()[:100])
    with pytest.raises(StudyError, match=r"\.block: truncated"):
        same(small, tmp_path / "s", processes=1, resume=True)


def test_draws_are_kept_on_request(small, tmp_path):
    result = ensemble(small, 20, folder=tmp_path / "d", processes=1, draws=True)
    rows = pd.read_parquet(tmp_path / "d" / "draws.parquet")
    assert len(rows) == 20
    assert rows["capex_eur"].mean() == pytest.approx(result.figures.loc["capex_eur", "mean"], rel=1e-12)
    in_memory = ensemble(small, 20, processes=1, draws=True)
    pd.testing.assert_frame_equal(in_memory.draws, rows.set_index("replication"), check_exact=True)
    pd.testing.assert_frame_equal(result.draws, in_memory.draws, check_exact=True)
    again = Ensemble.load(tmp_path / "d")
    pd.testing.assert_frame_equal(again.draws, in_memory.draws, check_exact=True)
    with pytest.raises(StudyError, match="the draws were not kept"):
        _ = ensemble(small, 2, processes=1).draws


def test_a_folder_of_format_4_opens_with_the_ends_of_intervals_apart(small, tmp_path):
    """Saved when they stood among the monthly series, as `facility_mwh_low`."""
    with zipfile.ZipFile(Path(__file__).with_name("format4.zip")) as saved:
        saved.extractall(tmp_path)
    old = Ensemble.load(tmp_path)
    assert list(old.monthly) == list(old.monthly_intervals) == list(old.by_site)
    assert "facility_mwh" in old.monthly
    assert old.monthly["facility_mwh"].dims == ("percentile", "month")
    assert old.monthly_intervals["facility_mwh"].dims == ("end", "percentile", "month")
    assert old.by_site_intervals["facility_mwh"].dims == ("end", "percentile", "site", "month")
    assert old.monthly_intervals["facility_mwh"].attrs["units"] == "MWh"
    # of four draws the intervals of all percentiles reach from the least to the most
    kept = old.monthly_intervals["facility_mwh"].sel(percentile=50)
    assert (kept.sel(end="low") < old.monthly["facility_mwh"].sel(percentile=50)).all()
    assert (kept.sel(end="high") > old.monthly["facility_mwh"].sel(percentile=50)).all()


def test_sites_are_kept_on_request(small):
    result = ensemble(small, 4, processes=1, by_site=True)
    assert result.by_site["it_mwh"].dims == ("percentile", "site", "month")
    one_site = result.by_site["it_mwh"].sum("site").to_numpy()
    np.testing.assert_allclose(one_site, result.monthly["it_mwh"].to_numpy())
    ends = result.by_site_intervals
    assert ends["it_mwh"].dims == ("end", "percentile", "site", "month")
    np.testing.assert_allclose(ends["it_mwh"].sum("site"), result.monthly_intervals["it_mwh"])
    assert result.by_site["capex_eur"].dims == ("percentile", "site", "month")


def test_a_goal_may_be_of_a_place(small):
    """Of its one site what is asked is that of the portfolio; of a target of the scenario likewise."""
    site, last = small.sites[0].id, f"{small.calendar.months[-1]:%Y-%m}"
    goals = [f"{name}{of} by {last}>=1" for name in ("h100e_8bit", "opex") for of in ("", f" of {site}")]
    target = {"id": "here", "goals": [f"accelerators of {site} >= 1"], "source": "assumed"}
    chances = ensemble(override(small, {"targets": [target]}), 8, processes=1, targets=goals).chances
    values = [(one.probability, one.p10, one.p90) for one in chances if not one.target]
    assert len(small.sites) == 1
    assert values[::2] == [pytest.approx(value) for value in values[1::2]]
    assert len(values) == len(goals)
    assert [one.probability for one in chances if one.goal.startswith("accelerators of")] == [1.0]


def test_percentiles_are_ordered_and_goals_counted(unbroken):
    result = unbroken[0]
    columns = result.figures[["p5", "p10", "p50", "p90", "p95"]].dropna().to_numpy()
    assert (np.diff(columns, axis=1) >= 0).all()
    assert {c.goal for c in result.chances if not c.target} == {"h100e_8bit>=7000 by 2025-12"}
    assert all(0 <= c.low <= c.probability <= c.high <= 1 for c in result.chances)


def test_the_mean_is_the_central_answer_where_the_model_is_linear(small):
    sure = override(small, {"sites.dc5.tariff.level_per_mwh": {"dist": "uniform", "low": 50.0, "high": 70.0}})
    result = ensemble(sure, 128, processes=1, design="random").figures.loc["opex_eur"]
    assert result["sd"] > 0
    fixed = override(sure, {"sites.dc5.tariff.level_per_mwh": 60.0})
    again = ensemble(fixed, 128, processes=1, design="random").figures.loc["opex_eur"]
    assert abs(result["mean"] - again["mean"]) <= 4 * result["sd"] / np.sqrt(128)


def test_the_stop_rule_stops(small):
    result = ensemble(small, 256, processes=1, until_ci=0.5, ci_of=["lcoc"])
    assert result.manifest["replications"] == 64
    assert result.manifest["converged_to"] <= 0.5


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"n": 0}, "at least one replication"),
        ({"until_ci": 0.0}, "must be greater than 0"),
        ({"targets": ["h100e_8bit > 5"]}, "a goal is written"),
        ({"targets": ["h100e_8bit>=5"]}, "needs a month"),
        ({"targets": ["h100_8bit>=5 by 2025-12"]}, "did you mean h100e_8bit"),
        ({"targets": ["h100e_8bit>=5 by 2035-12"]}, "the horizon is from"),
        ({"resume": True}, "name its folder"),
        ({"processes": 0}, "processes must be a whole number, at least 1"),
        ({"ci_of": ["lcocc"]}, "no result is called lcocc"),
    ],
)
def test_what_cannot_be_done_is_said(small, more, words):
    with pytest.raises(StudyError, match=words):
        ensemble(small, **({"n": 2} | more))


def test_an_unknown_design_leaves_no_folder(small, tmp_path):
    with pytest.raises(StudyError, match="unknown design halton"):
        ensemble(small, 2, design="halton", folder=tmp_path / "s")
    assert not (tmp_path / "s").exists()


@dataclass(frozen=True)
class Sums:
    """Task: the sum of five lognormals, one per path."""

    design: Design
    n_columns: int = 1

    def rows(self, first, count):
        from scipy.special import ndtri

        return np.exp(0.5 * ndtri(self.design.rows(first, count))).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("kind", ["sobol", "lhs", "random"])
def test_percentiles_match_a_sum_of_lognormals(kind, tmp_path):
    n = 4096
    paths = tuple("abcde")
    store = open_store(tmp_path / "s", {}, resume=False)
    collect(Sums(Design(paths, 9, kind, n)), store, n, Execution(processes=1))
    got = all_percentiles(Rows(Table(store, n, 1), Layout(("sum",), (), 0)))[0, :, 0]
    many = np.exp(0.5 * np.random.default_rng(1).standard_normal((1_000_000, 5))).sum(axis=1)
    truth = spread_of(many[None])[0, :, 0]
    for p, ours, theirs in zip((0.05, 0.1, 0.5, 0.9, 0.95), got, truth, strict=True):
        near = np.quantile(many, [p - 0.005, p + 0.005])
        density = 0.01 / (near[1] - near[0])
        assert abs(ours - theirs) <= 4 * np.sqrt(p * (1 - p) / n) / density


def test_intervals_cover_as_often_as_they_say():
    rng = np.random.default_rng(2)
    covered = np.zeros(5)
    for _ in range(400):
        low, high = percentile_intervals(np.sort(rng.random(200)))
        covered += (low <= [0.05, 0.1, 0.5, 0.9, 0.95]) & (high >= [0.05, 0.1, 0.5, 0.9, 0.95])
    assert (covered / 400 >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)).all()


def test_intervals_of_nothing_and_of_a_constant():
    assert np.isnan(spread_of(np.array([[np.nan]]))).all()
    assert percentile_intervals(np.ones(10))[0].tolist() == [1.0] * 5
    assert probability_interval(0, 10)[0] == 0.0


def test_percentiles_leave_out_what_is_no_number():
    got = spread_of(np.array([[1.0, 3.0, np.nan], [np.nan, np.nan, np.nan]]))
    assert got[0, 2, 0] == 2.0
    assert np.isnan(got[:, :, 1]).all()


@pytest.mark.parametrize("address", ["nonsense", "host:8786", "tcp://", "http//host"])
def test_what_is_no_address_of_a_cluster_is_refused(small, address):
    with pytest.raises(StudyError, match=r"--dask is an address such as tcp://host:8786 \(got "):
        ensemble(small, 4, dask=address)


def test_results_of_an_earlier_version_open_or_are_refused_by_what_they_lack(small, tmp_path):
    folder = tmp_path / "s"
    ensemble(small, 4, folder=folder, processes=1)
    written = read_json(folder / "results.json", "")
    for gone, opens in (("whole", True), ("h100e", False)):
        manifest = {key: value for key, value in written["manifest"].items() if key != gone}
        rest = {key: value for key, value in written.items() if key not in ("format", "checksum")}
        write_json(folder / "results.json", rest | {"manifest": manifest})
        if opens:
            assert Ensemble.load(folder).manifest["whole"] == {}
        else:
            with pytest.raises(StudyError, match="of an earlier version, without h100e: run the study anew"):
                Ensemble.load(folder)
