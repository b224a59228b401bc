"""Comparisons: common random numbers, and waterfalls that add up.

Tests `study.comparisons`, `study.changes`, `study.execution`, `study.frames`, `study.waterfalls`,
`report.study_dates`.
"""

from __future__ import annotations

import math
from datetime import date

import pytest

from capsim.errors import StudyError
from capsim.projection.plain import as_json, finite
from capsim.scenario.loading import load, override
from capsim.study.changes import changes_between
from capsim.study.comparisons import compare
from capsim.study.execution import Execution
from capsim.study.waterfalls import sampled_shapley, shapley, waterfall

CHANGES = {
    "finance.wacc_real": 0.09,
    "workload.allocation": 0.6,
    "sites.dc5.phases.p1.critical_it_mw": 9.0,
}


@pytest.fixture(scope="module")
def changed(small):
    phase = small.sites[0].phases[0].id
    return override(small, {k.replace("p1", phase): v for k, v in CHANGES.items()})


def test_a_scenario_does_not_differ_from_itself(small):
    result = compare([small, small], 4, processes=1)
    assert (result.figures.loc["scaleway-5000-gpus-2", "difference"].dropna() == 0).all()
    assert result.waterfalls == {}


def test_changes_are_what_was_changed(small, changed):
    assert len(changes_between(small, changed)) == 3
    assert {c.path for c in changes_between(small, changed)} >= {"finance.wacc_real", "workload.allocation"}


def test_a_waterfall_adds_up_and_is_independent_of_order(small, changed):
    result = compare({"base": small, "changed": changed}, 4, processes=1)
    parts = result.waterfalls["changed"]
    assert parts.exact
    total = math.fsum(d.effect for d in parts.drivers)
    assert total == pytest.approx(parts.after - parts.before, abs=1e-9 * abs(parts.before))
    turned = waterfall(small, changes_between(small, changed)[::-1], parts.figure, Execution(processes=1))
    effects = {d.path: d.effect for d in parts.drivers}
    assert {d.path: d.effect for d in turned.drivers} == pytest.approx(effects, rel=1e-12)


def test_a_waterfall_of_many_changes_adds_up_too(small):
    paths = ["finance.wacc_real", "finance.inflation_per_y", "finance.life_it_years"]
    paths += ["finance.life_facility_years", "workload.allocation", "workload.busy_share"]
    paths += ["workload.power_utilisation", "crews.burn_in_days"]
    other = override(small, {path: 0.9 * float(small.origin(path).value["median"]) for path in paths})
    changes = changes_between(small, other)
    assert len(changes) == 8
    parts = waterfall(small, changes, "lcoc_eur_per_h100e_h", Execution(processes=1))
    assert not parts.exact
    total = math.fsum(d.effect for d in parts.drivers)
    assert total == pytest.approx(parts.after - parts.before, abs=1e-9)


def test_changes_that_are_valid_only_together_are_one_driver(small):
    deployment = small.sites[0].phases[0].deployments[0].id
    path = f"sites.dc5.phases.{small.sites[0].phases[0].id}.deployments.{deployment}"
    other = override(small, {f"{path}.systems": None, f"{path}.fill_share": 0.2})
    parts = waterfall(small, changes_between(small, other), "capex_eur", Execution(processes=1))
    assert len(parts.drivers) == 1
    assert parts.drivers[0].effect == pytest.approx(parts.after - parts.before)


def test_shapley_shares_a_joint_effect_evenly():
    value = {
        frozenset(s): float(len(s) == 3) for s in [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
    }
    assert shapley(3, value) == pytest.approx([1 / 3] * 3)
    assert sum(sampled_shapley([[0, 1, 2], [2, 1, 0]], value)) == 1.0


def test_common_random_numbers_keep_differences_narrow(small):
    other = override(
        small, {"finance.wacc_real": {"dist": "triangular", "low": 0.06, "mode": 0.075, "high": 0.1}}
    )
    result = compare({"base": small, "other": other}, 32, processes=1)
    row = result.figures.loc[("other", "lcoc_eur_per_h100e_h")]
    assert row["difference_p10"] > 0
    assert result.figures.loc[("other", "capex_eur"), "difference_p90"] == 0


def test_figures_are_independent_of_processes(small, changed, tmp_path):
    one = compare([small, changed], 20, processes=1, folder=tmp_path / "a")
    two = compare([small, changed], 20, processes=2, folder=tmp_path / "b")
    assert as_json(finite(one.to_dict())) == as_json(finite(two.to_dict()))
    assert (tmp_path / "a" / "results.json").read_bytes() == (tmp_path / "b" / "results.json").read_bytes()


def test_what_cannot_be_compared_is_said(small):
    with pytest.raises(StudyError, match="at least two scenarios"):
        compare([small])
    with pytest.raises(StudyError, match="currency and price year must be those of the first"):
        compare([small, override(small, {"currency.price_year": 2024})])
    with pytest.raises(StudyError, match="no result is called lcoz"):
        compare([small, small], 2, on="lcoz")
    with pytest.raises(StudyError, match="at least two replications"):
        compare([small, small], 1)


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (lambda one: (one, one), r"given as a list, or as a mapping of names to them \(got one Scenario\)"),
        (lambda one: ("a.yaml",), r"given as a list, .*\(got one str\)"),
        (lambda one: (5,), r"given as a list, .*\(got one int\)"),
        (lambda one: ([one, "a.yaml"],), r"as capsim\.load gives it \(got str 'a\.yaml'\)"),
        (lambda one: ({"a": one, "b": None},), r"as capsim\.load gives it \(got NoneType None\)"),
    ],
)
def test_what_is_no_list_of_scenarios_is_said(small, of, words):
    with pytest.raises(StudyError, match=words):
        compare(*of(small))


def test_scenarios_of_different_years_are_compared_over_common_months(small):
    """The same plan a year longer: its first two years are built alike; their weather is drawn anew."""
    result = compare({"two": small, "three": override(small, {"horizon_years": 3})}, 4, processes=1)
    figures = result.figures.loc["three"]
    for name, near in (("h100e_8bit", 0), ("critical_it_mw", 0), ("accelerators", 0), ("facility_mwh", 1e-3)):
        common = figures.loc[f"{name}, common months"]
        assert common["mean"] > 0
        assert max(abs(common["difference_p10"]), abs(common["difference_p90"])) <= near * common["mean"]
    assert figures.loc["facility_gwh", "difference_p10"] > 0
    assert figures.loc["facility_mwh, common months", "mean"] / 1000 == pytest.approx(
        result.figures.loc[("two", "facility_gwh"), "mean"], rel=1e-3
    )
    assert result.manifest["common_months"] == result.manifest["months"]["two"]
    assert result.waterfalls["three"].drivers[0].path == "horizon_years"


def test_an_earlier_start_is_compared_from_the_later_one_on(small):
    late = override(small, {"start": date(2025, 10, 1)})
    result = compare({"early": small, "late": late}, 2, processes=1)
    assert result.manifest["common_months"] == ["2025-10", "2027-06"]
    energy = result.figures["mean"]
    for name in ("early", "late"):
        assert energy[name, "facility_mwh, common months"] < 1000 * energy[name, "facility_gwh"]
    assert finite(result.to_dict())["changes"]["late"][0]["value"] == "2025-10-01"


def test_the_years_of_the_same_years_are_not_told(small):
    assert "months" not in compare([small, small], 2, processes=1).manifest


def test_the_rubin_override_is_a_change_in_every_hall(shipped):
    file = shipped / "aion-288k-h100e.yaml"
    changes = changes_between(load(file), load(file, overrides=["rubin"]))
    assert [(c.before, c.after) for c in changes] == [("{newest: nvidia-rack, at: order}", "vr200-nvl72")] * 4


def test_the_same_scenarios_in_another_order_are_another_study(small, tmp_path):
    """Rows lie scenario by scenario in each replication, so a half-done study goes on in its order only."""
    two = {"a": small, "b": override(small, {"finance.wacc_real": 0.09})}
    compare(two, 4, processes=1, folder=tmp_path / "s")
    turned = dict(reversed(two.items()))
    with pytest.raises(StudyError, match="another study"):
        compare(turned, 4, processes=1, folder=tmp_path / "s", resume=True)


@pytest.mark.parametrize(
    ("path", "value", "before"),
    [
        ("finance.wacc_real", 0.09, "0.065 {dist: double_triangular, low: 0.05, median: 0.065, high: 0.09}"),
        ("crews.burn_in_days", 5, "7 {dist: double_triangular, low: 2.0, median: 7.0, high: 14.0}"),
    ],
)
def test_what_no_file_sets_is_its_default_on_either_side(small, path, value, before):
    other = override(small, {path: value})
    (there,), (back,) = changes_between(small, other), changes_between(other, small)
    assert (there.before, there.after) == (before, str(value))
    assert (back.before, back.after) == (str(value), before)
