"""Money that is rent is no cost of building.

Tests `study.audit_money`.
"""

import math

import pytest

from capsim.scenario import load_claim
from capsim.study.audits import audit

HEAD = "claim: c\nstatement: s\nsource: {publisher: p, published: 2025-09-24}\nmoney: 300.0e9\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("mw: 4500\nyears: 5\n", ": 13.3 m EUR for each MW stated and year"),  # 300,000 m / 4,500 / 5
        ("mw: {low: 3000, high: 4500}\n", ": 66.7-100 m EUR for each MW stated"),
        ("", " building"),
        ("accelerators: 1000000\naccelerator: gb300\n", " building"),
    ],
)
def test_rent_is_told_and_held_against_no_cost_of_building(tmp_path, more, said):
    file = tmp_path / "claim.yaml"
    file.write_text(f"{HEAD}scope: rent\n{more}", "utf-8")
    result = audit(file)
    (reading,) = result.of("scope of the money")
    assert (reading.reading, reading.verdict) == ("rent", "not decidable")
    assert reading.detail.startswith("300 bn EUR pay for use and not for building")
    assert reading.detail.endswith(said)
    assert math.isnan(reading.covered)
    assert result.of("money for the chips, all-in") == ()
    assert result.notes == ()
    # no build is placed beside it by its money
    assert all(
        not ratio.references
        for ratio in result.ratios
        if ratio.name.lower().startswith(("mw per", "money per"))
    )


def test_the_same_money_for_a_building_is_held_against_its_cost(tmp_path):
    file = tmp_path / "claim.yaml"
    file.write_text(f"{HEAD}scope: all-in\nmw: 4500\nyears: 5\n", "utf-8")
    assert audit(file).verdict == "inconsistent"


def test_oracles_300_bn_are_rent_as_their_file_says():
    claim = load_claim("scenarios/claims/oracle-openai.yaml")
    assert claim.scope == "rent"
    assert audit(claim).verdict == "not decidable"
