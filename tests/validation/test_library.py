"""The shipped scenarios against what can be worked by hand, and the page that lists them.

By hand: whole racks in a hall, chips a rack, dense 8-bit operations over 1,979 TFLOP/s. Money: systems at
prices of May 2026, at 1.13 USD/EUR and without a year of inflation, 8 % cheaper a year from their launch to
the order for five years at most, with 27.4 % for network and storage; halls at the index of 2025 with 8.5 %
for liquid, dearer by 3.43 % a year until works begin.
"""

import re
import runpy
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

import capsim

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
NAMES = sorted(file.stem for file in SCENARIOS.glob("*.yaml"))
LIBRARY = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "write_library.py")))
KYBER, NVL72, GB300, HELIOS, TPU_8T, TRN3 = 611, 213.84, 159.552, 194.4, 131.072, 175.392
"""All-in IT power of racks. [kW]"""


@cache
def headline(name):
    return capsim.simulate(capsim.load(SCENARIOS / f"{name}.yaml"), seed=0).headline


def racks(kw, *halls_mw):
    """Whole racks in each hall."""
    return sum(int(mw * 1000 / kw + 1e-9) for mw in halls_mw)


def h100e(chips, tflops):
    return chips * tflops / 1979


def bought(musd, ordered, launched=2026.5):
    """Systems with network and storage, by the year of their order and of their launch. [EUR]"""
    return musd * 1e6 / 1.02 / 1.13 * 0.92 ** min(ordered - launched, 5) * 1.2738


def kyber(racks, ordered):
    """Racks launched in 2027. [EUR]"""
    return bought(22.3 * racks, ordered, 2027.5)


def built(mw, musd_per_mw, years):
    """Halls cooled by liquid whose works begin so many years after the middle of 2025. [EUR]"""
    return mw * musd_per_mw * 1e6 / 1.13 * 1.085 * (1.055 / 1.02) ** years


def grid(mw):
    """Connections. [EUR]"""
    return mw * 150_000 * 1.09


FRANCE, US = 10.43, 11.7
"""Halls of 2025 before liquid cooling, index of the country. [MUSD/MW]"""
TENANTS = 0.5 + 0.5 * 0.9 * 0.35
"""Draw of tenants' IT over its label: half of it idle, the rest at 90 % rented and 35 % of the swing. [1]"""
OPCORE_MW = 5 + 6 + 2 + 16 + 2 + 2 + 1.5 + 1.5 + 7 * 0.714
FOUJU = racks(KYBER, 180, 345, 525)
FLUIDSTACK = racks(NVL72, 225), racks(KYBER, 525)
MISTRAL = 192 + racks(GB300, 7.5), racks(NVL72, 23, 86)
STARGATE = 1498 + racks(GB300, 675, 562), racks(NVL72, 562, 1075, 1075, 1075)
BY_HAND = {
    "scaleway-5000-gpus": {
        "accelerators_peak": 8 * (127 + 250 + 246),
        # each generation inside the power of the one before: 11.2 kW a server of 8 H100, 16.528 of 8 B300
        "h100e_8bit_peak": h100e(8 * racks(16.528, 127 * 0.0112, 250 * 0.0112, 246 * 0.0112), 4500),
        "critical_it_mw_end": 8,
    },
    "aion-288k-h100e": {
        "critical_it_mw_end": 4 * 45.45,
        "accelerators_peak": 144 * racks(KYBER, *[45.45] * 4),
        "h100e_8bit_peak": h100e(144 * racks(KYBER, *[45.45] * 4), 34_700),
    },
    "aion-2026-relaunch": {
        "accelerators_peak": 144 * racks(KYBER, 75, 300, 375),
        "h100e_8bit_peak": h100e(144 * racks(KYBER, 75, 300, 375), 34_700),
        "capex_eur": kyber(racks(KYBER, 75), 2029.75)
        + kyber(racks(KYBER, 300), 2031)
        + kyber(racks(KYBER, 375), 2033)
        + built(75, FRANCE, 3)
        + built(300, FRANCE, 4.2)
        + built(375, FRANCE, 5)
        + grid(1000),
    },
    "aion-other-makers": {
        "accelerators_peak": 72 * racks(HELIOS, 30)
        + 64 * racks(TPU_8T, 30)
        + 144 * racks(TRN3, 29.4)
        + 8 * racks(8.4, 25)
        + 8 * racks(14, 25),
        "h100e_8bit_peak": h100e(72 * racks(HELIOS, 30), 20_100)
        + h100e(64 * racks(TPU_8T, 30), 6_300)
        + h100e(144 * racks(TRN3, 29.4), 2_517)
        + h100e(8 * racks(8.4, 25), 3_200)
        + h100e(8 * racks(14, 25), 2_614.9),
        "critical_it_mw_end": 3 * 30 + 2 * 25,
    },
    "aion-six-grids": {
        "accelerators_peak": 6 * 72 * racks(NVL72, 140),
        "h100e_8bit_peak": h100e(6 * 72 * racks(NVL72, 140), 17_500),
        "critical_it_mw_end": 6 * 140,
    },
    "opcore-multi-gw": {
        "critical_it_mw_end": OPCORE_MW + 90 + 600 + 400 + 480 + 600,
        # whole systems of 100 kW: in 80 % of the halls that stand, in 90 % of those to come
        "it_peak_mw": TENANTS * (4 + 4.8 + 12.8 + 3 * 1.6 + 2 * 1.2 + 7 * 0.5 + 0.9 * 2170),
        # campuses of 10.43, 9.16, 10.04 and 12.29 MUSD a MW, ten years dearer at most by the trend of five
        "capex_eur": built(90, FRANCE, 0.5)
        + built(600, FRANCE, 4)
        + built(400, 9.16, 5)
        + built(480, 10.04, 5)
        + built(600, 12.29, 5)
        + grid(2610),
    },
    "iliad-3bn": {
        "critical_it_mw_end": OPCORE_MW + 30 + 60 + 100,
        "accelerators_peak": 8 * (127 + 250 + 246) + 72 * 55,
        # all of the fleet refreshed, beside the new racks
        "h100e_8bit_peak": h100e(8 * racks(16.528, 127 * 0.0112, 250 * 0.0112, 246 * 0.0112), 4500)
        + h100e(72 * 55, 5_000),
    },
    "gigafactory-100k": {
        "accelerators_peak": 72 * 1389,
        "h100e_8bit_peak": h100e(72 * 1389, 17_500),
        "capex_eur": bought(1389 * 7.8, 2029.75) + built(300, FRANCE, 3) + grid(400),
    },
    "gigafactories-five": {
        "accelerators_peak": 2 * 72 * 1389 + 3 * 144 * racks(KYBER, 300),
        "h100e_8bit_peak": h100e(2 * 72 * 1389, 17_500) + h100e(3 * 144 * racks(KYBER, 300), 34_700),
        "capex_eur": 2 * bought(1389 * 7.8, 2029.75)
        + 3 * kyber(racks(KYBER, 300), 2031.42)
        + built(300, FRANCE, 3)
        + built(300, 10.04, 2.8)
        + built(300, 11.545, 4.6)
        + built(300, 9.16, 4.4)
        + built(300, 12.29, 4.4)
        + grid(2020),
    },
    "ai-factory-25k": {
        "accelerators_peak": 72 * 348,
        "h100e_8bit_peak": h100e(72 * 348, 5_000),
        # plant renewed at 6.6 MUSD of 2026 a MW
        "capex_eur": bought(348 * 4.0, 2029.75) + 56 * 6.6e6 / 1.02 / 1.13 * (1.055 / 1.02) ** 0.5 + grid(75),
    },
    "fouju-1gw": {
        "accelerators_peak": 144 * FOUJU,
        "h100e_8bit_peak": h100e(144 * FOUJU, 34_700),
        "critical_it_mw_end": 180 + 345 + 525,
    },
    "stargate": {
        "accelerators_peak": 72 * sum(STARGATE),
        "h100e_8bit_peak": h100e(72 * STARGATE[0], 5_000) + h100e(72 * STARGATE[1], 17_500),
        "grid_mw_end": 1200 + 3 * 1430 + 2 * 750,
    },
    "brookfield-data4": {
        "critical_it_mw_end": 225 + 525 + 525,
        "grid_mw_end": 300 + 700 + 700,
        # and 5 bn EUR of other infrastructure in money of 2030
        "capex_eur": built(750, FRANCE, 2.8) + built(525, FRANCE, 4.3) + grid(1700) + 5e9 / 1.02**5,
    },
    "france-109bn": {
        "accelerators_peak": 72 * sum(MISTRAL)
        + 72 * FLUIDSTACK[0]
        + 144 * (FLUIDSTACK[1] + FOUJU)
        + 144 * racks(TRN3, 171),
        "critical_it_mw_end": 33 + 7.5 + 23 + 86 + 750 + 525 + 190 + 28.8 + 750 + 1050 + 375 + 788,
        "h100e_8bit_peak": h100e(72 * MISTRAL[0], 5_000)
        + h100e(72 * (MISTRAL[1] + FLUIDSTACK[0]), 17_500)
        + h100e(144 * (FLUIDSTACK[1] + FOUJU), 34_700)
        + h100e(144 * racks(TRN3, 171), 2_517),
    },
    "mistral-sites": {
        "accelerators_peak": 72 * sum(MISTRAL),
        "h100e_8bit_peak": h100e(72 * MISTRAL[0], 5_000) + h100e(72 * MISTRAL[1], 17_500),
        "grid_mw_end": 44 + 10 + 31 + 115,
    },
    "amazon-equinix-fluidstack": {
        "accelerators_peak": 72 * FLUIDSTACK[0] + 144 * (FLUIDSTACK[1] + racks(TRN3, 171)),
        "h100e_8bit_peak": h100e(72 * FLUIDSTACK[0], 17_500)
        + h100e(144 * FLUIDSTACK[1], 34_700)
        + h100e(144 * racks(TRN3, 171), 2_517),
        "critical_it_mw_end": 225 + 525 + 190 + 28.8,
    },
    "softbank-5gw": {
        "it_peak_mw": TENANTS * 0.9 * 3750,
        "critical_it_mw_end": 300 + 300 + 450 + 525 + 750 + 750 + 675,
        "capex_eur": built(600, FRANCE, 3.1) + built(975, FRANCE, 3.9) + built(2175, FRANCE, 5) + grid(5000),
    },
    "le-chat-15m-subscribers": {
        # messages a day of those who use it, tokens, seconds a token, twice the mean in the busiest hour
        "demand_peak_h100e": 15.5e6 * 0.4 * 3.7 * 500 * 0.00202 / 86_400 * 2,
        "accelerators_peak": 8 * (127 + 250 + 246),
        "h100e_8bit_peak": h100e(8 * (127 + 250 + 246), 1978.9),
    },
}
"""Three headline figures of each scenario."""
TOLERANCE = {"capex_eur": 0.03, "demand_peak_h100e": 0.05}
"""How far money may be from the hand, for the day works begin, and demand, for the faster H200. [1]"""


def test_every_scenario_is_worked_by_hand_and_listed():
    assert set(BY_HAND) == set(NAMES) == set(LIBRARY.answers())
    assert {len(figures) for figures in BY_HAND.values()} == {3}


@pytest.mark.parametrize("name", NAMES)
def test_three_figures_by_hand(name):
    got = headline(name)
    far = {
        figure: (by_hand, got[figure])
        for figure, by_hand in BY_HAND[name].items()
        if got[figure] != pytest.approx(by_hand, rel=TOLERANCE.get(figure, 0.005))
    }
    assert not far


def test_the_page_is_that_of_the_scenarios_and_their_goldens():
    assert (SCENARIOS / "README.md").read_text("utf-8") == LIBRARY.page(), "run python docs/write_library.py"


@pytest.mark.parametrize(
    ("start", "day", "said"),
    [
        ("2026-01-01", "2031-04-09", "2031-04"),
        ("2026-01-01", "", "(not reached by 2037-12)"),
        ("2026-07-01", "", "(not reached by 2038-06)"),
    ],
)
def test_a_goal_that_is_never_crossed_says_so(start, day, said):
    assert LIBRARY._month(day, {"start": start, "horizon_years": "12"}) == said


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_begins_with_its_question(name):
    assert LIBRARY.question_of(name).endswith("?")
    assert len(LIBRARY.question_of(name).split()) > 8


def is_part(number, of, share):
    """Whether a number is about a part of another, to an eighth of it."""
    return abs(number / of / share - 1) < 0.125


def by_hall(name):
    """H100e by hall, 8 bit, of the halls of AION on other makers' chips."""
    chips = {"amd": (72 * racks(HELIOS, 30), 20_100), "google": (64 * racks(TPU_8T, 30), 6_300)}
    chips |= {"amazon": (144 * racks(TRN3, 29.4), 2_517), "vsora": (8 * racks(8.4, 25), 3_200)}
    return h100e(*{**chips, "mi355x": (8 * racks(14, 25), 2_614.9)}[name])


def others(of, *names):
    return [value for name, value in of.items() if name not in names]


def months_of(f, *sites):
    return [f["ready"][f"{site}.p1"] for site in sites]


SAID = {
    "aion-288k-h100e": lambda f: is_refreshed_first() and f["crossed"]["announced h100e_8bit"] > "2027",
    "aion-2026-relaunch": lambda f: is_part(f["capex"], 10, 3) and f["crossed"]["ten-bn capex"] < "2033",
    "aion-other-makers": lambda f: (
        f["h100e_8bit_peak"] < 288_000 < f["h100e_best_peak"]
        and min(map(by_hall, ("amd", "google"))) > max(map(by_hall, ("amazon", "vsora", "mi355x")))
    ),
    "aion-six-grids": lambda f: (
        months_of(f, "france", "poland", "spain", "sweden", "ireland", "germany")
        == sorted(months_of(f, "france", "poland", "spain", "sweden", "ireland", "germany"))
        and len(set(months_of(f, "france", "poland"))) == 1
        and [min(others(f["eur"], "france")), max(others(f["eur"], "france"))]
        == [f["eur"]["sweden"], f["eur"]["ireland"]]
        and [min(others(f["kg"], "france")), max(others(f["kg"], "france"))]
        == [f["kg"]["sweden"], f["kg"]["poland"]]
    ),
    "opcore-multi-gw": lambda f: f["ready"]["montereau.p1"] > "2027-12",
    "gigafactory-100k": lambda f: is_part(4, f["capex"], 1 / 3),
    "gigafactories-five": lambda f: (
        is_part(f["capex"], 20, 3)
        and len([day for day in f["ready"].values() if day < "2031"]) == 2
        and max(f["ready"].values()) == f["ready"]["gigafactory-3.p1"]
    ),
    "fouju-1gw": lambda f: 45 < f["capex"] <= 50 and 950 < f["facility_peak_mw"] < 1_050,
    "stargate": lambda f: (
        f["reached"]["money-in-four-years capex"] < f["capex"] < 500 and f["facility_peak_mw"] < 10_000
    ),
    "france-109bn": lambda f: is_part(f["grid_mw_end"], 28_600, 1 / 5) and f["spent"] > 109,
    "mistral-sites": lambda f: (
        72 * f["racks"]["bruyeres"] == 13_824 < f["reached"]["bruyeres accelerators"]
        and f["facility_peak_mw"] < 200 == f["grid_mw_end"]
    ),
    "amazon-equinix-fluidstack": lambda f: (
        f["ready"]["fluidstack.p1"] < f["ready"]["amazon.p1"] and f["capex"] > 16
    ),
    "softbank-5gw": lambda f: max(f["ready"].values())[:4] == "2034" and f["capex"] < 75,
    "le-chat-15m-subscribers": lambda f: (
        f["lcoc_eur_per_h100e_h"] > 10 * LIBRARY.figures_of("scaleway-5000-gpus")["lcoc_eur_per_h100e_h"]
    ),
    "scaleway-5000-gpus": lambda f: f["times"] > 1.25,
    "iliad-3bn": lambda f: f["capex"] > 3.0,
    "ai-factory-25k": lambda f: is_part(f["accelerators_peak"], 100_000, 1 / 4),
    "brookfield-data4": lambda f: f["reached"]["three-times critical_it_mw"] < f["critical_it_mw_end"],
}
"""What an answer says in words and not in numbers, of the figures that its golden pins."""


def is_refreshed_first():
    """Whether the racks of the announcement are refreshed before there are as many H100e as announced."""
    plan = capsim.load(SCENARIOS / "aion-288k-h100e.yaml", overrides=["gb300-as-announced"])
    made = capsim.simulate(plan)
    crossed = next(t.crossed for t in made.targets if t.metric == "h100e_8bit")
    return str(made.of_kind("retired")["date"].min())[:7] <= crossed[:7]


@pytest.mark.parametrize("name", NAMES)
def test_what_an_answer_says_in_words_is_so(name):
    assert SAID[name](LIBRARY.figures_of(name)), LIBRARY.answer_of(name)


FILES = [*SCENARIOS.glob("*.yaml"), *SCENARIOS.glob("bases/*.yaml")]
COPIED = 12
"""Lines in a row that two files may share: a site of one shape has about that many."""


def test_the_cost_of_a_subscriber_is_worked_in_its_row():
    """Of the row alone: hours over subscribers and months, at each of the two prices of an hour."""
    row = LIBRARY.answer_of("le-chat-15m-subscribers").split("; ")[1]
    million_h, subscribers, months, hours, cents, full, whole, alone = map(
        float, re.findall(r"\d+\.?\d*", row.replace("H100e", "").rstrip("."))
    )
    assert (subscribers, months) == (15.5, 12)
    assert hours == pytest.approx(million_h / subscribers / months, rel=0.005)
    assert cents == pytest.approx(hours * full * 100, rel=0.03)
    assert whole == pytest.approx(hours * alone * 100, rel=0.01)


def test_what_scenarios_share_is_in_a_base():
    seen = {}
    for file in FILES:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
        for number in range(len(lines) - COPIED):
            run = tuple(lines[number : number + COPIED])
            assert seen.setdefault(run, file) == file, f"{file.name} has lines of {seen[run].name}: {run[0]}"


def test_what_is_stated_has_a_publisher_a_date_and_words():
    for name in NAMES:
        for source in capsim.load(SCENARIOS / f"{name}.yaml").sources:
            assert source.publisher
            assert source.published.year >= 2020
            assert source.statement, f"{name}: {source.id}"
