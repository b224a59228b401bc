"""Claims of a part of the money, or of the least of a figure.

Tests `study.audit_floors`.
"""

import pytest

from capsim.errors import ScenarioError
from capsim.scenario import load_claim
from capsim.study.audits import audit

HEAD = "claim: c\nstatement: s\nsource: {publisher: p, published: 2025-02-01}\n"


def audited(tmp_path, text):
    file = tmp_path / "claim.yaml"
    file.write_text(HEAD + text, "utf-8")
    return audit(file)


def verdicts(result, dimension):
    return {one.reading: one.verdict for one in result.of(dimension)}


MONEY = "money: 1.0e9\nmw: 100\nmw_basis: it\nscope: all-in\naccelerator: gb300\n"


def test_a_part_of_the_money_may_be_joined_by_others(tmp_path):
    """By hand: 100 MW with GB300 take 35.5 to 50.7 m EUR a MW at least, so 1 bn EUR are a third of them."""
    whole = audited(tmp_path, MONEY)
    assert verdicts(whole, "scope of the money")["all-in with IT"] == "inconsistent"
    part = audited(tmp_path, f"{MONEY}money_part: debt\n")
    found = next(one for one in part.of("scope of the money") if one.reading == "all-in with IT")
    assert found.verdict == "only if"
    assert found.detail.endswith(f"the debt is stated, and all of it is {1 / found.covered:.1f} times that")
    assert part.verdict == "only if"
    assert whole.verdict == "inconsistent"


def test_what_the_claim_rules_out_stays_ruled_out(tmp_path):
    part = audited(tmp_path, f"{MONEY}money_part: first-tranche\n")
    assert verdicts(part, "scope of the money")["facility only"] == "inconsistent"


def test_too_much_money_stays_too_much_for_a_part(tmp_path):
    text = "money: 90.0e9\nmw: 100\nmw_basis: it\n"
    for more in ("", "money_part: debt\n"):
        assert set(verdicts(audited(tmp_path, text + more), "scope of the money").values()) == {
            "inconsistent"
        }
    floor = audited(tmp_path, f"{text}at_least: [mw]\n")
    assert set(verdicts(floor, "scope of the money").values()) == {"only if"}
    assert "the MW are a floor" in floor.readings[0].detail


@pytest.mark.parametrize(("at_least", "verdict"), [("", "inconsistent"), ("at_least: [mw]\n", "only if")])
def test_mw_that_are_a_floor_may_be_more(tmp_path, at_least, verdict):
    """By hand: 10,000 GB300 of 2,216 W take 22 MW of IT, and 15 are stated."""
    text = f"mw: 15\nmw_basis: it\naccelerators: 10000\naccelerator: gb300\n{at_least}"
    result = audited(tmp_path, text)
    assert verdicts(result, "power for the chips") == {"gb300": verdict}
    assert result.verdict == verdict


def test_compute_that_is_a_floor_makes_nothing_easier(tmp_path):
    text = "mw: 15\nmw_basis: it\naccelerators: 10000\naccelerator: gb300\nat_least: [accelerators]\n"
    assert audited(tmp_path, text).verdict == "inconsistent"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "mw: 5\nat_least: [money]\n",
            r"claim\.yaml:5  at_least: is of money, which the claim does not state",
        ),
        ("mw: 5\nmoney_part: debt\n", r"claim\.yaml:5  money_part: is of money, which the claim does not"),
        ("mw: 5\nmoney_part: equity\n", r"claim\.yaml:5  money_part"),
    ],
)
def test_floors_are_of_what_is_stated(tmp_path, text, words):
    file = tmp_path / "claim.yaml"
    file.write_text(HEAD + text, "utf-8")
    with pytest.raises(ScenarioError, match=words):
        load_claim(file)


def test_nothing_decides_a_claim_of_one_figure(tmp_path):
    result = audited(tmp_path, "money: 5.0e9\n")
    assert (result.verdict, result.decided_by) == ("not decidable", None)
    assert result.to_dict()["decided_by"] is None
