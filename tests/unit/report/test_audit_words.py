"""Tests of `report.audit_words`: a verdict in a sentence, and chips and formats by their titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.report.audit_words import NOTHING_DECIDED, in_words, verdict_words
from capsim.study.audits import audit

CLAIMS = Path(__file__).parents[3] / "scenarios" / "claims"


@pytest.fixture(scope="module")
def aion():
    return audit(CLAIMS / "aion.yaml")


def test_chips_and_formats_have_their_titles(aion):
    assert in_words(aion, "gb200 under 8bit and best") == "GB200 under 8-bit and the best format"
    # a rack is no chip, and a word that contains a name is none
    assert in_words(aion, "gb200-nvl72 racks, not xgb200") == "NVIDIA GB200 NVL72 racks, not xgb200"
    assert in_words(aion, "the best of it") == "the best of it"


@pytest.mark.parametrize(
    ("claim", "begins"),
    [
        ("iliad-3bn", NOTHING_DECIDED),
        ("meta-hyperion", "Can be true, by scope of the money, facility only (27 bn USD at "),
        ("softbank-france", "Cannot be true as stated, by scope of the money, facility only ("),
        ("opcore-2-5bn", "Can be true only under a condition, by scope of the money, facility only ("),
    ],
)
def test_the_verdict_is_a_sentence(claim, begins):
    assert verdict_words(audit(CLAIMS / f"{claim}.yaml")).startswith(begins)


def test_readings_that_hold_are_counted(aion):
    held = sum(one.verdict == "consistent" for one in aion.readings)
    assert verdict_words(aion).endswith(f"; {held} of {len(aion.readings)} readings hold it")
