"""What the page shows of a projection is what the report says, and its lines are the months."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import capsim
from capsim.report.workbench_parts import page_style, projection_parts, projection_pictures
from capsim.scenario import loads
from capsim.study import first_reliefs, with_spread

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def aion():
    return capsim.simulate(capsim.load(ROOT / "scenarios" / "aion-288k-h100e.yaml"))


@pytest.fixture(scope="module")
def parts(aion):
    return projection_parts(aion)


def line(parts, chart, label):
    of = next(one for one in parts["charts"] if one["title"].startswith(chart))
    return np.array(next(one["values"] for one in of["lines"] if one["label"] == label))


def test_parts_are_plain_data_with_the_words_of_the_report(aion, parts):
    assert json.loads(json.dumps(parts, allow_nan=False)) == parts
    assert parts["sentence"].startswith("Most H100e in service (8bit): 747,374")
    assert {card["name"] for card in parts["cards"]} <= aion.headline.keys()
    assert len(parts["goals"]["rows"]) == len(aion.targets)
    assert parts["ladder"]["rows"] == []


def test_lines_are_the_months(aion, parts):
    assert parts["months"][0] == "2026-01-01"
    assert all(len(one["values"]) == len(parts["months"]) for c in parts["charts"] for one in c["lines"])
    assert line(parts, "Capacity", "H100e (8bit)").max() == aion.headline["h100e_8bit_peak"]
    assert line(parts, "Power", "facility, peak").max() == aion.headline["facility_peak_mw"]
    hours = np.asarray(aion.months.index.days_in_month) * 24.0
    assert (line(parts, "Power", "facility, mean") * hours).sum() / 1e3 == pytest.approx(
        aion.headline["facility_gwh"]
    )


def test_cost_ends_at_capex_and_opex(aion, parts):
    capex, opex = (aion.headline[f"{part}_eur"] for part in ("capex", "opex"))
    assert line(parts, "Cost", "capex")[-1] == pytest.approx(capex)
    assert line(parts, "Cost", "capex and opex")[-1] == pytest.approx(capex + opex)


def test_legends_are_told_in_the_text_of_the_cards(aion, parts):
    capacity, power, cost = parts["charts"]
    assert all(len(one["texts"]) == len(one["values"]) for c in parts["charts"] for one in c["lines"])
    cards = {card["name"]: card["plan"] for card in parts["cards"]}
    most = f"{aion.headline['h100e_8bit_peak']:,.0f}"
    assert cards["h100e_8bit_peak"] == most == "747,374"
    assert most in capacity["lines"][0]["texts"]
    assert f"{aion.headline['facility_peak_mw']:,.1f}" in power["lines"][2]["texts"]
    assert cost["lines"][1]["texts"][-1] == f"{cards['capex_eur']} bn"
    assert [mark["text"] for mark in (*capacity["marks"], *cost["marks"])] == [
        "288,000",
        "100,000",
        "4.000 bn",
    ]


def test_targets_are_marks_of_their_chart(parts):
    capacity, _, cost = parts["charts"]
    assert [mark["value"] for mark in capacity["marks"]] == [288_000.0, 100_000.0]
    assert [mark["value"] for mark in cost["marks"]] == [4.0e9]


def test_with_spread_and_relief_it_says_how_sure_and_what_would_help(aion):
    parts = projection_parts(with_spread(aion, 4, processes=1), first_reliefs(aion.run))
    assert any(card["spread"].startswith("P50\xa0") for card in parts["cards"])
    assert parts["goals"]["heads"][4:7] == ["P10", "P50", "P90"]
    assert parts["helps"].startswith("Helps most: ")
    assert parts["ladder"]["rows"]


def test_without_accelerators_it_is_power():
    small = (ROOT / "tests" / "unit" / "scenario" / "small.yaml").read_text("utf-8")
    halls = "\n".join(line for line in small.splitlines() if "deployments" not in line)
    parts = projection_parts(capsim.simulate(loads(halls)))
    assert parts["figures"][0][0] == "levelised_cost_per_it_mwh"
    assert parts["charts"][0]["unit"] == "MW"


def test_pictures_are_those_the_page_does_not_draw(aion):
    pictures = projection_pictures(aion)
    assert [picture["title"] for picture in pictures] == [
        "Build-out",
        "Energy and carbon",
        "Water",
        "Where the cost goes",
        "Levelised cost by item",
        "Cash, and who pays",
    ]
    assert all("<script" not in picture["svg"] for picture in pictures)


def test_the_style_is_that_of_the_page():
    assert page_style().startswith(":root{")
    assert "<" not in page_style()
