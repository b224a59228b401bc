"""The shipped claims, each with its published arithmetic.

AION: 288,000 H100e at 200 MW are 694 W per H100e; at PUE 1.10 an H100 takes 1,540 W, Blackwell 908
to 1,011, Rubin 369. Money: shell, mechanical and electrical plant at 8-15 m USD per MW of IT, 35-50
with IT.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.claim import load_claim
from capsim.study.audit import audit

CLAIMS = Path(__file__).parents[2] / "scenarios" / "claims"
BLACKWELL = ("b200-sxm", "gb200", "b300-sxm", "gb300")


@pytest.fixture(scope="module")
def aion():
    return audit(CLAIMS / "aion.yaml")


def reading(result, dimension, name):
    return next(r for r in result.of(dimension) if r.reading == name)


@pytest.mark.parametrize("file", sorted(CLAIMS.glob("*.yaml")), ids=lambda f: f.stem)
def test_every_shipped_claim_is_audited(file):
    result = audit(file)
    assert result.readings
    assert result.findings
    assert result.to_dict()["claim"]["claim"] == file.stem


def test_aion_is_impossible_with_h100(aion):
    for definition in ("bf16", "8bit", "best"):
        one = reading(aion, "chip and definition", f"h100-sxm under {definition}")
        assert one.verdict == "inconsistent"
        assert one.covered == pytest.approx(694.4 / 1540, rel=1e-3)


@pytest.mark.parametrize("chip", BLACKWELL)
def test_aion_is_short_with_blackwell(aion, chip):
    for definition in ("bf16", "8bit"):
        one = reading(aion, "chip and definition", f"{chip} under {definition}")
        assert one.verdict == "inconsistent"
        assert 0.23 <= 1 - one.covered <= 0.33
    assert reading(aion, "chip and definition", f"{chip} under best").verdict == "consistent"


@pytest.mark.parametrize("chip", BLACKWELL)
def test_aion_is_met_with_some_of_the_power_on_rubin(aion, chip):
    detail = reading(aion, "mix with Rubin", f"{chip} and vr200").detail
    assert 21 <= int(re.match(r"(\d+) %", detail)[1]) <= 32


def test_aion_is_decoded_as_racks(aion):
    one = reading(aion, "exact decoding", "gb200-nvl72 racks of 125 kW")
    assert one.detail.startswith(
        "1,600 systems x 72 accelerators x 2.5 = 288,000 H100e, and 1,600 x 125 kW = 200 MW"
    )
    assert reading(aion, "which MW", "facility power").verdict == "inconsistent"
    racks = next(r for r in aion.of("which MW") if r.reading.startswith("nameplate"))
    assert racks.verdict == "consistent"


def test_aion_ratio_is_placed_among_builds(aion):
    (ratio,) = aion.ratios
    assert ratio.low == pytest.approx(694.44, abs=0.01)
    assert 0 < ratio.percentile < 50
    assert all(r.built and r.basis for r in ratio.references)


def ends(detail):
    low, high = re.search(r"buy ([\d,]+)-([\d,]+) MW", detail).groups()
    return int(low.replace(",", "")), int(high.replace(",", ""))


def scope(name, which):
    return reading(audit(CLAIMS / f"{name}.yaml"), "scope of the money", which)


def test_opcore_money_builds_halls_and_no_it():
    facility, all_in = scope("opcore-2-5bn", "facility only"), scope("opcore-2-5bn", "all-in with IT")
    assert facility.verdict == "only if"
    low, high = ends(facility.detail)
    assert low <= 190
    assert high >= 310
    assert all_in.verdict == "inconsistent"
    low, high = ends(all_in.detail)
    assert low <= 55
    assert 60 <= high <= 85


def test_a_gigawatt_for_30_to_50_bn_is_all_in():
    assert scope("gigawatt-30-50bn", "all-in with IT").verdict == "consistent"
    assert scope("gigawatt-30-50bn", "facility only").verdict == "inconsistent"


def test_gigafactory_money_covers_about_57_percent_of_a_blackwell_site():
    result = audit(CLAIMS / "eu-gigafactories.yaml")
    covered = [reading(result, "money for the chips, all-in", chip).covered for chip in BLACKWELL]
    assert all(0.47 <= share <= 0.6 for share in covered)
    assert {reading(result, "money for the chips, all-in", c).verdict for c in BLACKWELL} <= {
        "inconsistent",
        "only if",
    }


@pytest.mark.parametrize(
    ("name", "low_mw", "high_mw"),
    [("stargate", 10_000, 14_286), ("brookfield", 312, 446), ("france-109bn", 2267, 3239)],
)
def test_what_money_alone_buys_with_it(name, low_mw, high_mw):
    assert ends(scope(name, "all-in with IT").detail) == (low_mw, high_mw)


def claim_file(tmp_path, text):
    file = tmp_path / "claim.yaml"
    head = "claim: c\nstatement: s\nsource: {publisher: p, published: 2025-01-01}\n"
    file.write_text(head + text)
    return file


def test_a_claim_that_says_more_is_read_as_it_says(tmp_path):
    text = "mw: 100\nmw_basis: it\nh100e: 144000\naccelerators: 45000\naccelerator: gb200\nmoney: 4.0e9\n"
    text += "scope: all-in\nfirst_mw_on: 2026-05-01\nyears: 2\n"
    result = audit(claim_file(tmp_path, text))
    assert {ratio.name for ratio in result.ratios} >= {
        "months to the first MW",
        "power per accelerator",
        "money per H100e",
    }
    assert reading(result, "scope of the money", "facility only").verdict == "inconsistent"
    assert reading(result, "scope of the money", "all-in with IT").verdict == "consistent"
    assert {r.reading for r in result.of("power for the chips")} == {"gb200"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: t\n", "at least one of mw, h100e"),
        ("mw: {low: 5, high: 2}\n", "low must be at most high"),
        ("mw: 5\nh100: 3\n", "unknown key; did you mean h100e"),
        ("mw: -5\n", "greater than 0"),
        ("mw: 5\nmw_basis: meter\n", "mw_basis"),
    ],
)
def test_wrong_claims_are_refused(tmp_path, text, words):
    with pytest.raises(ScenarioError, match=words):
        load_claim(claim_file(tmp_path, text))
