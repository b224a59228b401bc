"""Variants of a grid: every combination once, named after what differs."""

from __future__ import annotations

import re

import pytest

from capsim.errors import ScenarioError, StudyError
from capsim.scenario.loading import load
from capsim.study.combinations import variants, with_names

AXES = {"finance.wacc_real": [0.05, 0.08], "horizon_years": [3, 4]}


def test_files_overrides_and_values_are_combined_in_their_order(shipped):
    le_chat = shipped / "le-chat-15m-subscribers.yaml"
    made = variants(
        [le_chat], overrides=["base", "low", "low+high"], axes={"finance.wacc_real": [0.05, 0.08]}
    )
    assert list(made) == [
        "base/wacc_real=0.05",
        "base/wacc_real=0.08",
        "low/wacc_real=0.05",
        "low/wacc_real=0.08",
        "low+high/wacc_real=0.05",
        "low+high/wacc_real=0.08",
    ]
    scenario = made["low/wacc_real=0.08"]
    assert scenario.finance.wacc_real == 0.08
    assert scenario.digest == load(le_chat, overrides=["low"]).override({"finance.wacc_real": 0.08}).digest
    assert made["low+high/wacc_real=0.05"].demand == load(le_chat, overrides=["low", "high"]).demand


def test_a_name_says_only_what_differs(shipped):
    files = [shipped / "scaleway-5000-gpus.yaml", shipped / "aion-288k-h100e.yaml"]
    assert list(variants(files)) == ["scaleway-5000-gpus", "aion-288k-h100e"]
    assert list(variants(files[:1])) == ["scaleway-5000-gpus"]
    assert list(variants(files[1:], overrides=["rubin"])) == ["aion-288k-h100e"]
    assert list(variants(files[1:], overrides=["base", "rubin"])) == ["base", "rubin"]
    assert list(variants([files[0], files[0]])) == ["scaleway-5000-gpus", "scaleway-5000-gpus-2"]
    two = variants(files[:1], axes=AXES, sets=["finance.wacc_real=0.07"])
    assert next(iter(two)) == "wacc_real=0.05/horizon_years=3"
    assert {scenario.horizon_years for scenario in two.values()} == {3, 4}


def test_values_of_one_key_are_told_apart_by_more_of_their_path(shipped):
    paths = [f"sites.aion.phases.{phase}.critical_it_mw" for phase in ("p1", "p2")]
    made = variants([shipped / "aion-288k-h100e.yaml"], axes={path: [40, 50] for path in paths})
    assert list(made)[1] == "p1.critical_it_mw=40/p2.critical_it_mw=50"


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        (
            {"overrides": ["rubin", "rubin"]},
            StudyError,
            "two variants are called rubin: an",
        ),
        ({"overrides": ["rubbin"]}, ScenarioError, "rubbin"),
        ({"axes": {"finance.wacc_real": range(2000)}}, StudyError, "from 1 to 500 variants (got 2,000)"),
        ({"axes": {"finance.wacc_real": []}}, StudyError, "variants (got 0)"),
        ({"axes": {"finance.wacc_real": [7.0]}}, ScenarioError, "--sweep  finance.wacc_real"),
        ({"axes": {"finance.wac_real": [0.07]}}, ScenarioError, "did you mean wacc_real"),
    ],
)
def test_what_makes_no_grid_is_named(shipped, asked, error, message):
    with pytest.raises(error, match=re.escape(message)):
        variants([shipped / "aion-288k-h100e.yaml"], **asked)


def test_scenarios_of_one_name_are_numbered(small):
    assert list(with_names([small, small, small])) == [small.name, f"{small.name}-2", f"{small.name}-3"]
    assert with_names({"a": small}) == {"a": small}
