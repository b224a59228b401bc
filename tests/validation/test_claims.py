"""The shipped claims, each with its published arithmetic.

AION: 288,000 H100e at 200 MW are 694 W per H100e; at PUE 1.10 an H100 takes 1,540 W, Blackwell 908
to 1,011, Rubin 369. Money: shell, mechanical and electrical plant at 8-15 m USD per MW of IT, 35-50
with IT.

Tests `study.audits`, `study.audit_chips`, `study.audit_compute`, `study.audit_heat`, `study.audit_money`,
`study.audit_terms`, `study.references`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import capsim
from capsim.catalog import load_catalog
from capsim.errors import CatalogError, ScenarioError
from capsim.scenario.claim import load_claim
from capsim.study.audits import NOTHING_TO_HOLD, audit

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
    # a claim of one figure, such as MW alone, has no reading, and says so
    assert bool(result.readings) == (result.findings != (NOTHING_TO_HOLD,))
    assert result.findings
    assert result.to_dict()["claim"]["claim"] == file.stem


def test_aion_is_impossible_with_h100(aion):
    for definition in ("bf16", "8bit", "best"):
        one = reading(aion, "chip and definition", f"h100-sxm under {definition}")
        assert one.verdict == "inconsistent"
        assert one.covered == pytest.approx(694.4 / 1540, rel=1e-3)


@pytest.mark.parametrize(
    ("chip", "it_w", "tflops_8bit"),
    [("b200-sxm", 2090, 4500), ("gb200", 2085, 5000), ("b300-sxm", 2066, 4500), ("gb300", 2216, 5000)],
)
def test_aion_is_short_with_blackwell(aion, chip, it_w, tflops_8bit):
    """By hand: 200 MW / 288,000 = 694.4 W per H100e; a chip takes it_w x 1.1 / (its FLOP/s / 1,979).

    23.5 (GB200) to 31.3 % (B200) short at PUE 1.1. The published reading of 24-33 % has the same chips
    and watts: its 33 % is B200 at PUE 1.13, 2,090 x 1.13 / 2.274 = 1,039 W, inside the range of PUE.
    """
    short = 1 - 694.44 / (it_w * 1.1 / (tflops_8bit / 1979))
    for definition in ("bf16", "8bit"):
        one = reading(aion, "chip and definition", f"{chip} under {definition}")
        assert one.verdict == "inconsistent"
        assert 1 - one.covered == pytest.approx(short, abs=2e-4)
    assert reading(aion, "chip and definition", f"{chip} under best").verdict == "consistent"


def test_aion_is_told_by_generation_with_its_range_over_pue(aion):
    told = next(f for f in aion.findings if f.startswith("chip and definition"))
    assert "Hopper 55 % short" in told
    assert "Blackwell 23-31 % short (21-41 % at PUE 1.06-1.28) under bf16 and 8bit, met under best" in told
    low, high = 1 - 694.44 / (2085 * 1.06 / 2.5265), 1 - 694.44 / (2090 * 1.28 / 2.2739)
    assert (round(low * 100), round(high * 100)) == (21, 41)
    at_113 = 1 - 694.44 / (2090 * 1.13 / 2.2739)
    assert round(at_113 * 100) == 33


@pytest.mark.parametrize(
    ("chip", "share"), [("b200-sxm", 26), ("gb200", 21), ("b300-sxm", 26), ("gb300", 24), ("h100-sxm", 38)]
)
def test_aion_is_met_with_some_of_the_power_on_rubin(aion, chip, share):
    """By hand for B200: (1/694.4 - 1/1,011) / (1/369.4 - 1/1,011) = 26 %; the published 21-32 % of the MW is
    of Blackwell with a PUE of up to 1.18: (1/694.4 - 1/1,085) / (1/396.3 - 1/1,085) = 32 %. H100 takes 38 %.
    """
    detail = reading(aion, "mix with Rubin", f"{chip} and vr200").detail
    assert int(re.match(r"(\d+) %", detail)[1]) == share


def test_the_mix_is_told_by_generation(aion):
    told = next(f for f in aion.findings if f.startswith("mix with Rubin"))
    assert "21-26 % of the MW (18-40 % at PUE 1.06-1.28) with the rest on Blackwell" in told
    at_118 = (1 / 694.44 - 1 / 1085) / (1 / 396.3 - 1 / 1085)
    assert round(at_118 * 100) == 32


def test_aion_is_decoded_as_racks(aion):
    one = reading(aion, "exact decoding", "gb200-nvl72 racks of 125 kW")
    assert one.detail.startswith(
        "1,600 systems x 72 accelerators x 2.5 = 288,000 H100e, and 1,600 x 125 kW = 200 MW"
    )
    assert reading(aion, "which MW", "facility power").verdict == "inconsistent"
    later = reading(aion, "exact decoding", "vr200-nvl72 racks of 200 kW")
    assert later.verdict == "only if"
    assert "launched in 2026-H2, after the claim" in later.detail
    racks = next(r for r in aion.of("which MW") if r.reading.startswith("nameplate"))
    assert racks.verdict == "consistent"


def test_aion_ratio_is_placed_among_builds_on_each_basis_without_itself(aion):
    by_basis = {ratio.basis: ratio for ratio in aion.ratios if ratio.name == "power per H100e, 8bit"}
    assert set(by_basis) == {"IT power", "facility power"}
    for ratio in aion.ratios:
        assert ratio.low == pytest.approx(694.44, abs=0.01)
        assert "ai-22" not in {r.name for r in ratio.references}
        assert all(r.built and r.basis for r in ratio.references)
    facility = {r.name: r.value for r in by_basis["facility power"].references}
    # Abilene's first building: 147 MW at the meter for 50,400 GB200 of 2.5265 H100e
    assert facility["ai-12"] == pytest.approx(147e6 / 50400 / 2.5265, rel=1e-4)
    it = {r.name: r.value for r in by_basis["IT power"].references}
    assert it["ai-12"] == pytest.approx(105e6 / 50400 / 2.5265, rel=1e-4)


def test_money_is_compared_within_one_scope_and_few_builds_get_no_percentile():
    """Data4 Cambrai: 10 bn EUR for 1,000 MW of halls, so 10 m EUR per MW and 100 MW per bn EUR."""
    ratios = audit(CLAIMS / "opcore-2-5bn.yaml").ratios
    assert {r.percentile for r in ratios} == {None}
    for name, value in (("money per MW", 10.0), ("MW per bn EUR", 100.0)):
        halls = next(r for r in ratios if r.name == name and r.basis.startswith("facility only"))
        assert {r.name for r in halls.references} == {"press-cambrai", "press-la-courneuve"}
        at = {r.name: r.value for r in halls.references}
        assert at["press-cambrai"] == pytest.approx(value)


def test_a_build_that_is_not_in_the_catalogue_is_refused(tmp_path):
    file = claim_file(tmp_path, "mw: 5\nown_builds: [ai-99]\n")
    with pytest.raises(ScenarioError, match=r"claim\.yaml:5  own_builds: .*no record ai-99"):
        audit(file)
    claim = load_claim(CLAIMS / "aion.yaml")
    with pytest.raises(CatalogError, match="ai-99"):
        audit(claim.model_copy(update={"own_builds": ("ai-99",)}))


def ends(detail):
    low, high = re.search(r"buy ([\d,]+)-([\d,]+) MW", detail).groups()
    return int(low.replace(",", "")), int(high.replace(",", ""))


def scope(name, which):
    return reading(audit(CLAIMS / f"{name}.yaml"), "scope of the money", which)


def test_opcore_money_builds_halls_and_no_it():
    """By hand at 1.04 USD/EUR of 2025-02: 2.5 bn / (15 / 1.04 m) = 173 MW of halls to
    2.5 bn / (8 / 1.04 m) = 325. The published 190-310 MW has the 1.13 of 2025-05 at its low end,
    2.5 bn / (15 / 1.13 m) = 188, and 8 m EUR per MW at its high end, 312;
    it lies within the range over both rates, 173-353 MW.
    """
    facility, all_in = scope("opcore-2-5bn", "facility only"), scope("opcore-2-5bn", "all-in with Blackwell")
    assert facility.verdict == "only if"
    assert ends(facility.detail) == (173, 325)
    assert all_in.verdict == "inconsistent"
    assert ends(all_in.detail) == (52, 74)
    (note,) = audit(CLAIMS / "opcore-2-5bn.yaml").notes
    assert "1.04-1.13 USD/EUR, the money buys 173-353 MW facility only or 52-81 MW all-in" in note
    assert (round(2500 / (15 / 1.04)), round(2500 / (8 / 1.13))) == (173, 353)


def test_a_gigawatt_for_30_to_50_bn_is_all_in():
    """With Rubin, in the cheapest of its systems, a simulated campus costs a seventh more: 11.7 + 0.70645 /
    0.0252 x 1.2738 = 47.4 m USD per MW against 11.7 + 3.5 / 0.15012 x 1.2738 = 41.4 with GB200, so 50 bn EUR
    buy at most 1,297 MW.
    """
    assert scope("gigawatt-30-50bn", "all-in with Blackwell").verdict == "consistent"
    rubin = scope("gigawatt-30-50bn", "all-in with Rubin")
    least = 35 / 1.04 * 47.4090 / 41.3974
    assert ends(rubin.detail)[1] == pytest.approx(50_000 / least, rel=1e-3)
    assert rubin.verdict == "consistent"
    assert scope("gigawatt-30-50bn", "facility only").verdict == "inconsistent"


def test_gigafactory_money_covers_about_57_percent_of_a_blackwell_site():
    """By hand for GB200 at 1.1278 USD/EUR, mean of May nearest to the plan: 100,000 x 2,085 W = 208.5 MW at
    38 / 1.1278 m EUR = 7.03 bn EUR a site; 4 bn are 57 % of it. At the 1.04 of the fund's announcement
    two months before it would be 53 %, 7.62 bn EUR.
    """
    result = audit(CLAIMS / "eu-gigafactories.yaml")
    gb200 = reading(result, "money for the chips, all-in", "gb200")
    assert gb200.covered == pytest.approx(4.0 / (208.5 * 38 / 1.1278 / 1000), rel=1e-6)
    assert round(gb200.covered * 100) == 57
    covered = {chip: reading(result, "money for the chips, all-in", chip).covered for chip in BLACKWELL}
    assert {chip: round(share * 100) for chip, share in covered.items()} == {
        "b200-sxm": 62,
        "gb200": 57,
        "b300-sxm": 52,
        "gb300": 51,
    }


def test_the_scopes_of_gigafactory_money_agree_with_its_chips():
    """All-in, the money reaches for Hoppers at their price of 2026 (101 %) and for nothing newer."""
    result = audit(CLAIMS / "eu-gigafactories.yaml")
    chips = {r.reading: r.verdict for r in result.of("money for the chips, all-in")}
    assert chips.pop("h100-sxm") == "consistent"
    assert set(chips.values()) == {"inconsistent"}
    all_in = reading(result, "scope of the money", "all-in with IT")
    assert all_in.detail == "the money covers 20-101 % of the chips with their halls, by chip"
    share = reading(result, "scope of the money", "a share of the cost with IT")
    assert share.detail == "others pay 0-80 % of the cost with IT"
    assert reading(result, "scope of the money", "facility only").verdict == "consistent"


@pytest.mark.parametrize(
    ("name", "low_mw", "high_mw", "chips"),
    [
        ("stargate", 10_000, 14_286, "4,800,000 to 6,900,000"),
        ("brookfield", 312, 446, "150,000 to 210,000"),
        ("france-109bn", 2267, 3239, "1,100,000 to 1,600,000"),
    ],
)
def test_money_alone_is_not_decidable_and_what_it_would_buy_is_said(name, low_mw, high_mw, chips):
    """By hand for Stargate: 500 bn USD at 35-50 m per MW, and 10,000 MW / 2,085 W = 4.8 million GB200."""
    result = audit(CLAIMS / f"{name}.yaml")
    assert {r.verdict for r in result.readings} == {"not decidable"}
    assert "not decidable from what is stated" in result.findings[0]
    detail = scope(name, "all-in with Blackwell").detail
    assert ends(detail) == (low_mw, high_mw)
    assert f"or {chips} gb200" in detail


@pytest.mark.parametrize("file", sorted(CLAIMS.glob("*.yaml")), ids=lambda f: f.stem)
def test_every_shipped_claim_has_a_date_and_an_address(file):
    claim = load_claim(file)
    assert claim.source.url.startswith("https://")
    assert claim.announced_on.year in (2025, 2026)


def test_every_announcement_of_the_press_is_a_claim():
    """Those of the five articles of 2025, and the ten largest since by money or MW."""
    of_the_articles = {
        "aion",
        "amazon-france",
        "brookfield",
        "equinix-meudon",
        "eu-gigafactories",
        "fluidstack",
        "france-109bn",
        "gigawatt-30-50bn",
        "iliad-3bn",
        "invest-ai",
        "mistral-site",
        "opcore-2-5bn",
        "scaleway-5000-gpus",
        "stargate",
    }
    since = {
        "anthropic-tpus",
        "aion-2026",
        "campus-fouju",
        "meta-hyperion",
        "openai-amd",
        "openai-broadcom",
        "openai-nvidia",
        "oracle-openai",
        "softbank-france",
        "stargate-sites",
    }
    assert {file.stem for file in CLAIMS.glob("*.yaml")} >= of_the_articles | since


def claim_file(tmp_path, text):
    file = tmp_path / "claim.yaml"
    head = "claim: c\nstatement: s\nsource: {publisher: p, published: 2025-01-01}\n"
    file.write_text(head + text, "utf-8")
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
        ("mw: abc\n", r"claim\.yaml:4  mw: must be a number, or a mapping with low and high \(got abc\)"),
        ("mw: 5\naccelerator: gb2000\n", r"claim\.yaml:5  accelerator: .*gb2000; did you mean gb200"),
        ("first_mw_on: 2024-12-31\n", r"claim\.yaml:4  first_mw_on: must not be before the claim itself"),
    ],
)
def test_wrong_claims_are_refused(tmp_path, text, words):
    with pytest.raises(ScenarioError, match=words):
        load_claim(claim_file(tmp_path, text))


GB200_AT_210_MW = "mw: 210\naccelerators: 100000\naccelerator: gb200\n"


@pytest.mark.parametrize(
    ("mw_basis", "watts", "verdict"),
    [
        ("it", 2085.0, "consistent"),
        ("facility", 2085.0 * 1.1, "only if"),
        ("grid", 2085.0 * 1.1 * 1.25, "only if"),
        ("rack", 120e3 / 72, "consistent"),
    ],
)
def test_the_mw_of_a_claim_are_read_on_the_basis_it_states(tmp_path, mw_basis, watts, verdict):
    """By hand: 100,000 GB200 of 2,085 W take 208.5 MW of IT, 229 MW at PUE 1.1 and 287 MW of connection at
    1.25; at 120 kW a rack of 72, 167 MW of nameplate.
    """
    result = audit(claim_file(tmp_path, f"{GB200_AT_210_MW}mw_basis: {mw_basis}\n"))
    one = reading(result, "power for the chips", "gb200")
    assert one.covered == pytest.approx(210e6 / 100_000 / watts, rel=1e-6)
    assert one.verdict == verdict


def test_a_claim_of_it_power_has_no_reading_by_pue(tmp_path):
    """By hand: 200,000 H100e of GB200 take 2,085 / 2.5265 = 825 W each, 165 MW of IT, 83 % of 200 MW."""
    text = "mw: 200\nh100e: 200000\naccelerator: gb200\nmw_basis: "
    result = audit(claim_file(tmp_path, f"{text}it\n"))
    one = reading(result, "chip and definition", "gb200 under 8bit")
    assert one.detail == "825 W per H100e of IT power; 83 % of the MW would do"
    assert not result.of("which PUE")
    assert not audit(claim_file(tmp_path, f"{text}rack\n")).of("which PUE")
    assert audit(claim_file(tmp_path, f"{text}grid\n")).of("which PUE")


def test_the_mix_of_a_claim_of_it_power_has_no_pue(tmp_path):
    """By hand: 288,000 H100e at 180 MW of IT are 625 W; B200 takes 2,090 / 2.2739 = 919 W, Rubin 369.4 / 1.1
    = 335.8: (1/625 - 1/919) / (1/335.8 - 1/919) = 27 %.
    """
    result = audit(claim_file(tmp_path, "mw: 180\nmw_basis: it\nh100e: 288000\n"))
    detail = reading(result, "mix with Rubin", "b200-sxm and vr200").detail
    assert detail == "27 % of the MW on vr200, the rest on b200-sxm, 8bit"


@pytest.mark.parametrize("chip", load_catalog().names("accelerators"))
@pytest.mark.parametrize("mw_basis", ["it", "grid", "rack", None])
def test_every_chip_of_the_catalogue_is_audited_or_said_to_lack_a_field(tmp_path, chip, mw_basis):
    entry = load_catalog().entry("accelerators", chip)
    text = f"mw: 200\nh100e: 100000\naccelerators: 50000\nmoney: 3.0e9\naccelerator: {chip}\n"
    result = audit(claim_file(tmp_path, text + (f"mw_basis: {mw_basis}\n" if mw_basis else "")))
    told = [*result.findings, *result.notes, *(f"{r.reading} {r.detail}" for r in result.readings)]
    assert not [text for text in told if re.search(r"\bnan\b", text)]
    assert all(r.covered > 0 for r in result.readings)
    lacks_power = [note for note in result.notes if f"{chip} has no it_w_per_accelerator" in note]
    assert bool(lacks_power) == ("it_w_per_accelerator" not in entry)
    assert bool(lacks_power) != bool(result.of("money for the chips, all-in"))


@pytest.mark.parametrize("chip", ["tpu-v4", "gb200"])
def test_money_for_a_chip_is_told_in_mw_and_in_chips_only_where_its_power_is_known(tmp_path, chip):
    result = audit(claim_file(tmp_path, f"money: 3.0e9\naccelerator: {chip}\n"))
    assert (" gb200" in reading(result, "scope of the money", "all-in with IT").detail) == (chip == "gb200")


def test_the_scope_a_claim_states_counts_for_chips_without_mw(tmp_path):
    """2 bn EUR for 100,000 chips would build their halls, but the claim says it buys them too."""
    text = "money: 2.0e9\naccelerators: 100000\n"
    result = audit(claim_file(tmp_path, f"{text}scope: all-in\n"))
    halls = reading(result, "scope of the money", "facility only")
    assert halls.verdict == "inconsistent"
    assert halls.detail.endswith("the claim says all-in")
    assert "a share of the cost with IT" not in {r.reading for r in result.readings}
    result = audit(claim_file(tmp_path, f"{text}scope: facility\n"))
    assert reading(result, "scope of the money", "facility only").verdict == "consistent"
    assert reading(result, "scope of the money", "all-in with IT").verdict == "inconsistent"
    assert not result.of("money for the chips, all-in")
    assert {r.verdict for r in audit(claim_file(tmp_path, text)).of("scope of the money")} >= {"only if"}


def test_money_is_held_against_the_it_power_the_mw_mean(tmp_path):
    """By hand: 300 MW of connection are 300 / 1.1 / 1.25 = 218 MW of IT; 8 bn EUR buy
    8,000 / (50 / 1.04) = 166 to 8,000 / (35 / 1.04) = 238 MW of IT: all of 218, not 300.
    """
    text = "mw: 300\nmoney: 8.0e9\nscope: all-in\nmw_basis: "
    for mw_basis, verdict in (("grid", "consistent"), ("it", "inconsistent")):
        one = reading(
            audit(claim_file(tmp_path, text + mw_basis)), "scope of the money", "all-in with Blackwell"
        )
        assert one.verdict == verdict


@pytest.mark.parametrize("text", ["accelerators: 100000\n", "first_mw_on: 2026-06-01\n", "mw: 5\n"])
def test_a_claim_of_one_figure_says_that_nothing_can_be_decided(tmp_path, text):
    result = audit(claim_file(tmp_path, text))
    assert not result.readings
    assert result.findings[0].startswith("not decidable from what is stated")


def test_power_per_h100e_is_given_under_the_three_definitions(aion, tmp_path):
    """By hand: 2,100 W a GB200 are 2,100 / 2.5265 = 831 W under 8bit and half under best, 10,000 / 1,979."""
    assert {r.name.rpartition(" ")[2] for r in aion.ratios} == {"bf16", "8bit", "best"}
    ratios = audit(claim_file(tmp_path, f"{GB200_AT_210_MW}mw_basis: it\n")).ratios
    watts = {r.name: r.low for r in ratios}
    assert watts["power per H100e, 8bit"] == pytest.approx(2100 / 2.5265, rel=1e-4)
    assert watts["power per H100e, best"] == pytest.approx(2100 / 5.053, rel=1e-3)
    builds = {r.name: {b.name: b.value for b in r.references} for r in ratios}
    best, eight = builds["power per H100e, best"], builds["power per H100e, 8bit"]
    assert best["ai-12"] == pytest.approx(eight["ai-12"] / 2, rel=1e-3)


def test_what_the_mw_carry_in_every_hour_by_hand(aion):
    """200 MW at PUE 1.35 of the hottest hour and 2,216 W a GB300: 66,854 chips, 2.527 H100e each by 8 bit."""
    one = reading(aion, "in every hour", "gb300")
    carried = 200e6 / (2216 * 1.35) * 5000 / 1979
    assert one.covered == pytest.approx(carried / 288_000)
    assert one.verdict == "inconsistent"
    at_mean = 200e6 / (2216 * 1.1) * 5000 / 1979
    assert f"200 MW carry {carried:,.0f} H100e (8bit) at PUE 1.35" in one.detail
    assert f"{at_mean:,.0f} at PUE 1.1 with load cut" in one.detail
    assert reading(aion, "in every hour", "vr200").verdict == "consistent"


def test_it_power_has_no_hottest_hour():
    claim = load_claim(CLAIMS / "aion.yaml", load_catalog())
    assert not audit(claim.model_copy(update={"mw_basis": "it"})).of("in every hour")
    counted = audit(claim.model_copy(update={"h100e": None, "accelerators": claim.h100e}))
    assert {r.reading for r in counted.of("in every hour")} == {
        r.reading for r in audit(claim).of("in every hour")
    }


def test_the_hottest_pue_of_the_catalogue_is_that_of_the_models():
    """AION's dry coolers and chillers, full, in the hottest of twelve years; other plants are the range."""
    term = load_catalog().entry("assumptions", "audit").values["hottest_pue"]
    projection = capsim.simulate(capsim.load(CLAIMS.parent / "aion-288k-h100e.yaml"))
    assert float(term.value) == pytest.approx(projection.heat.hottest_pue, abs=0.005)
    assert projection.heat.hottest_dry_bulb_c == pytest.approx(37.2, abs=0.5)
    assert term.low < float(term.value) < term.high


def test_what_became_of_announcements_is_said():
    """Money and first phase of Montereau are of November 2025; Fluidstack left its site in 2026."""
    assert load_claim(CLAIMS / "opcore-montereau.yaml").announced_on.isoformat() == "2025-11-17"
    builds = load_catalog().tables["reference_builds"]
    assert builds["ai-23"].text("status") == "dropped"
    assert "240 MW from the end of 2027" in builds["ai-24"].text("power_basis")
