"""Tables of a relief: what they say is what the numbers are."""

from __future__ import annotations

import math
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from capsim.pipeline import run
from capsim.report.relief_tables import gained, relief_beside
from capsim.report.studies import study_summary
from capsim.scenario.loading import load
from capsim.study.gains import DateGain, Gain, OrderChange
from capsim.study.relief_results import Slack
from capsim.study.reliefs import first_reliefs, relief

ABOUT = {"title": "x", "band_months": 1.0}
SCENARIOS = Path(__file__).parents[3] / "scenarios"


def shown(part, width=160):
    console = Console(width=width, record=True, file=StringIO())
    console.print(part)
    return console.export_text()


@pytest.fixture(scope="module")
def aion():
    return load(SCENARIOS / "aion-288k-h100e.yaml")


@pytest.fixture(scope="module")
def beside(aion):
    return first_reliefs(run(aion))


def test_beside_a_plan_stand_the_best_three(beside):
    text = shown(relief_beside(beside))
    assert "the best 3 of 6" in text
    rows = [line.split()[0] for line in text.splitlines() if line[:1].islower()]
    assert rows == ["lifted", *(row.limit for row in beside.lifted[:3])]


def test_the_sentence_is_the_best_gain(beside):
    text = " ".join(shown(relief_beside(beside)).split())
    best = beside.lifted[0]
    assert f"Lifting {best.limit} ({best.what}) gains most: {gained(beside, best.gain)}." in text
    assert f"({best.gain.figures['h100e_h'] / beside.plan['h100e_h']:+.1%})" in text
    assert "Lifting one of these alone gains nothing: deliveries." in text


def test_where_nothing_helps_it_is_said(beside):
    useless = tuple(row for row in beside.lifted if row.limit == "deliveries")
    text = shown(relief_beside(replace(beside, lifted=useless)))
    assert "none helps" in text
    assert "gains most" not in text


def test_a_relief_shows_limits_ladder_and_float(aion):
    result = relief(aion)
    text = shown(study_summary(result))
    for heading in ("Each limit lifted by itself", "Each limit eased by a step", "Targets that move"):
        assert heading in text
    assert (
        "Nothing to lift: own generation (none bridges the time to the grid); equipment (no phase names any)"
        in " ".join(text.split())
    )
    rungs = [line.split()[0] for line in text.splitlines() if line[:1].isdigit()]
    assert rungs == [str(number) for number in range(1, len(result.ladder) + 1)]
    assert "near-critical: within" in text
    assert "permit 0.4/0.0, construction 0.4/0.4" in text


def test_dates_that_never_were_and_never_are(beside):
    dates = (DateGain("a", "p1", "ready_for_service", "", "2027-01-01", float("inf")),)
    dates += (DateGain("a", "p2", "ready_for_service", "2027-01-01", "", float("-inf")),)
    figures = dict.fromkeys(beside.plan, 0.0)
    assert gained(beside, Gain(("permit",), dates, (), figures, 1.0)) == (
        "halls earlier by months: a.p1 (never before), a.p2 (never then)"
    )


def test_orders_that_wait_or_buy_another_system_are_told(aion, beside):
    waits = "aion.p1.racks waits for rubin-ultra-kyber to be the newest, until 2028-02-11."
    assert f"With commissioning lifted {waits}" in shown(relief_beside(beside))
    text = " ".join(shown(study_summary(relief(aion)), width=400).split())
    assert f"With commissioning lifted {waits}" in text
    assert f"On rung 1 {waits}" in text
    best = beside.lifted[0]
    days = ("2028-04-01", "2027-01-01", "rubin-ultra-kyber", "vr200-nvl72")
    others = tuple(OrderChange("aion", phase, "racks", *days) for phase in ("p1", "p2"))
    bought = replace(best, gain=replace(best.gain, orders=others, waiting=()))
    told = shown(relief_beside(replace(beside, lifted=(bought,))), width=400)
    both = "aion.p1.racks (2027-01-01), aion.p2.racks (2027-01-01)"
    buy = "buy vr200-nvl72, the newest on that day, in place of rubin-ultra-kyber."
    assert f"With commissioning lifted {both} {buy}" in told


def test_float_without_end_is_told_as_no_limit(beside):
    days = ("2026-01-01", "2027-01-01")
    slack = (Slack("a", "p1", "grid study", *days, math.inf, 0.0),)
    slack += (Slack("a", "p1", "grid works", *days, math.inf, math.inf),)
    slack += (Slack("a", "p1", "permit", *days, 0.0, 0.0),)
    text = shown(study_summary(replace(beside, slack=slack, manifest=beside.manifest | ABOUT)))
    assert "grid study no limit/0.0, grid works no limit" in " ".join(text.split())


def test_figures_in_words_and_dates_rank(beside):
    best, by = beside.lifted[0], "ready_for_service of aion.p1"
    manifest = beside.manifest | ABOUT | {"by": by, "better": "lower"}
    gain = replace(best.gain, figures=best.gain.figures | {by: -2.63})
    row = replace(best, gain=gain, eased=None, as_dated=None)
    plan, units = beside.plan | {by: 0.0}, beside.units | {by: "months"}
    ranked = replace(beside, lifted=(row,), manifest=manifest, plan=plan, units=units)
    assert gained(ranked, gain).startswith("aion.p1 ready for service 2.6 months earlier; halls earlier")
    text = shown(study_summary(ranked), width=240)
    assert "ranked by aion.p1 ready for service" in text
    assert "-2.63" in text


def test_what_a_lifted_limit_delays_is_told(aion, beside):
    best = beside.lifted[0]
    later = (DateGain("a", "p9", "ready_for_service", "2027-01-01", "2027-02-01", -1.0),)
    row = replace(best, gain=replace(best.gain, dates=(*best.gain.dates, *later)), as_dated=best.gain)
    text = shown(study_summary(replace(beside, lifted=(row,), manifest=beside.manifest | ABOUT)), width=240)
    assert f"With {best.limit} lifted others take crews or money before a.p9." in text
