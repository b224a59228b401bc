"""The first screen: at most 24 lines at 80 columns, whole at any width, and the sections behind it.

Tests `report.opening`, `report.first_screen`, `report.sections`, `report.figure_cells`,
`report.not_in_the_money`, `projection.left_out`.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from capsim.pipeline import simulate
from capsim.projection.findings.finding import finding
from capsim.projection.left_out import left_out_words
from capsim.report.first_screen import LINES, NARROW, Sentences, screen
from capsim.report.not_in_the_money import not_in_the_money
from capsim.report.opening import dates_of_all, goals_of, projection_opening
from capsim.report.sections import SECTIONS, summary
from capsim.scenario.loading import load
from capsim.study.reliefs import first_reliefs
from capsim.study.spreads import with_spread

SCENARIOS = Path(__file__).parents[3] / "scenarios"
FILES = ("aion-288k-h100e", "opcore-multi-gw", "le-chat-15m-subscribers")
CODE_NAMES = ("h100e_8bit", "facility_peak_mw", "critical_it_mw", "capex_eur", "ready_for_service")


def shown(renderable, width=80):
    console = Console(
        file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False, _environ={}
    )
    console.print(renderable(console) if callable(renderable) else renderable)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


@pytest.fixture(scope="module", params=FILES)
def planned(request):
    projection = simulate(load(SCENARIOS / f"{request.param}.yaml"))
    return with_spread(projection, 4, processes=1), first_reliefs(projection.run)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_the_screen_and_breaks_no_number(planned, width):
    projection, relief = planned
    text = shown(projection_opening(projection, relief), width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= LINES or width < 80
    assert not [name for name in CODE_NAMES if name in text]
    assert lines[0].startswith(projection.facts.title)
    assert lines[-1].endswith("--all")
    for target in projection.targets[:3]:
        assert f"{target.goal:,.10g}" in text or "bn EUR2025" in text


def test_what_is_reached_stands_beside_the_draws(planned):
    projection, _ = planned
    text = shown(projection_opening(projection))
    heads = next(line for line in text.splitlines() if line.startswith("What is reached"))
    assert heads.split()[-4:] == ["plan", "P10", "P50", "P90"]
    row = next(line for line in text.splitlines() if line.startswith("Peak load, MW"))
    peak = projection.spread.figures["facility_peak_mw"]
    assert row.split()[3:] == [f"{peak[end]:,.1f}" for end in ("plan", "p10", "p50", "p90")]


def test_without_draws_there_is_the_plan_alone(aion):
    text = shown(projection_opening(aion))
    assert "P50" not in text
    rows = {line.split("  ")[0]: line.split() for line in text.splitlines()}
    dates = dates_of_all(aion)
    assert rows["First hall ready for service"][-1] == dates["first_ready"][:7] == "2029-01"
    assert rows["Last fleet in service"][-1] == dates["last_in_service"][:7] == "2030-05"
    assert rows["Accelerators >= 100,000 2030-12"][-3:] == ["42,624", "never", "no"]


def test_a_title_in_brackets_is_no_markup(aion):
    titled = aion.with_views(facts=replace(aion.facts, title="[bold]AION[/bold] :smile: $x$"))
    assert shown(projection_opening(titled)).startswith("[bold]AION[/bold] :smile: $x$ (aion-288k-h100e)")


def test_goals_that_find_no_room_are_counted_and_warnings_are_said(aion):
    doubts = tuple(finding("left_out", f"doubt {number}") for number in range(5))
    many = aion.with_views(targets=aion.targets * 3)
    vars(many)["findings"] = doubts
    lines = shown(projection_opening(many)).splitlines()
    assert len(lines) == LINES
    assert "! doubt 0" in lines
    assert lines[2:5] == ["! doubt 0", "! doubt 1", "! and 3 more: --findings"]
    (more,) = [line for line in lines if line.startswith("and ")]
    goals = sum("2030-12" in line for line in lines)
    assert more == f"and {len(many.targets) - goals} goals more: --findings"


def test_a_terminal_has_colour_and_a_file_has_none(aion):
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard", _environ={})
    console.print(projection_opening(aion))
    assert "\x1b[31m" in console.file.getvalue()
    assert "\x1b" not in shown(projection_opening(aion))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_all_is_the_first_screen_and_every_section_in_order(planned, width):
    projection, relief = planned
    text = shown(lambda console: summary(projection, relief, console=console), width)
    parts = (
        "What is reached",
        ".*[Bb]y year",
        "Milestones",
        "Over the horizon",
        "How sure",
        "Targets",
        "Findings",
    )
    places = [re.search(f"^{part}", text, re.MULTILINE).start() for part in parts]
    assert places == sorted(places)
    assert max(map(len, text.splitlines())) <= width


def test_a_section_by_name_is_that_section_alone(aion):
    for name, mark in {"years": "By year", "money": "Over the horizon", "findings": "Findings"}.items():
        text = shown(lambda console, name=name: summary(aion, console=console, names=[name]), 100)
        assert mark in text
        assert "What is reached" not in text
    assert set(SECTIONS) == {"years", "milestones", "halls", "binding", "money", "sure", "findings"}
    assert shown(lambda console: summary(aion, console=console, names=["sure"])) == ""


def test_sentences_that_find_no_room_are_counted():
    assert shown(Sentences(["one", "two", "three"], 3)) == "- one\n- two\n- three"
    assert shown(Sentences(["one", "two", "three", "four"], 3)) == "- one\n- two\nand 2 more"


def test_the_first_screen_says_what_the_money_leaves_out(planned, aion):
    told = "Not in the money: land, contingency, spare parts, software and support (--scope)"
    assert told in shown(projection_opening(aion)).splitlines()
    assert told in shown(summary(aion, console=Console(width=120), names=["money"])).splitlines()
    (projection, relief) = planned
    (line,) = [x for x in shown(projection_opening(projection, relief)).splitlines() if "Not in the m" in x]
    assert len(line) <= 80


def test_what_finds_no_room_in_that_line_is_counted():
    out = {f"part number {n}": [] for n in range(9)}
    scopes = {"a": out, "b": out | {"shell": []}, "c": out | {"shell": ["hall"]}}
    (line,) = not_in_the_money(left_out_words(scopes))
    assert line.startswith("Not in the money: part number 0, ")
    assert line.endswith(" more (--scope)")
    assert len(line) <= 80
    somewhere = left_out_words({"a": {"shell": [], "x": ["i"]}, "b": {"shell": ["hall"], "x": ["i"]}})
    assert not_in_the_money(somewhere) == ["Not in the money: shell of 1 site (--scope)"]
    assert not_in_the_money(left_out_words({"a": {"shell": ["hall"]}})) == []


def test_doubts_stand_before_the_numbers_and_go_on_in_a_second_line(aion):
    doubtful = aion.with_views()
    long = "questioned: a value of 270 is far from the 202,350 of the catalogue; mend it, or say why"
    vars(doubtful)["findings"] = (finding("left_out", long),)
    lines = shown(projection_opening(doubtful)).splitlines()
    assert " ".join(lines[2:4]) == f"! {long}"
    assert lines[4].startswith("What is reached")
    assert len(lines) <= LINES


def test_what_is_said_goes_on_in_a_second_line_where_there_is_room():
    said = "Helps most: " + "grid " * 16 + "connection"
    told = shown(screen("x", "y", [], [], [said], ""), NARROW)
    assert " ".join(told.split()) == f"x y {said}"
    # doubts come first, and take the room there is
    doubts = ["! " + "doubt " * 20] * 10
    crowded = shown(screen("x", "y", [], [], [said], "", (), doubts), NARROW).splitlines()
    assert len(crowded) <= LINES
    assert crowded[-1].endswith("…")


def test_missed_goals_come_first_and_a_ceiling_that_is_never_passed_is_kept(aion):
    goals = goals_of(aion)
    assert [goal.is_met for goal in goals] == sorted(goal.is_met for goal in goals)
    crossed = {goal.title: goal.crossed for goal in goals}
    assert crossed["Peak load <= 200 MW"] == "kept"
    assert crossed["Accelerators >= 100,000"] == "never"
    assert re.fullmatch(r"20\d\d-\d\d", crossed["Capex <= 4 bn EUR2025"])
