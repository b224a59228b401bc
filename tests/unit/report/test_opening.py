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
from capsim.projection import Spread
from capsim.projection.findings.finding import finding
from capsim.projection.left_out import left_out_words
from capsim.report import opening
from capsim.report.first_screen import LINES, NARROW, Sentences, screen
from capsim.report.not_in_the_money import not_in_the_money
from capsim.report.opening import dates_of_all, goals_of, projection_opening
from capsim.report.relief_tables import best_in_a_line
from capsim.report.sections import SECTIONS, summary
from capsim.scenario.loading import load
from capsim.study.relief_results import Relief
from capsim.study.reliefs import first_reliefs
from capsim.study.spreads import with_spread

SCENARIOS = Path(__file__).parents[3] / "scenarios"
FILES = ("aion-288k-h100e", "opcore-multi-gw", "le-chat-15m-subscribers")
HELPS = "Helps most: grid connection lifted, +1.29 bn H100e-hours (+100.0%); or else commissioning-l4"
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
    heads = next(line for line in text.splitlines() if line.startswith("Reached and taken"))
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
    (goal,) = [line for line in text.splitlines() if line.startswith("Accelerators >= 100,000 ")]
    assert goal.split()[-4:] == ["2030-12", "42,624", "never", "no"]


def test_a_title_in_brackets_is_no_markup(aion):
    titled = aion.with_views(facts=replace(aion.facts, title="[bold]AION[/bold] :smile: $x$"))
    assert shown(projection_opening(titled)).startswith("[bold]AION[/bold] :smile: $x$\n")


def test_goals_that_find_no_room_are_counted_and_warnings_are_said(aion):
    doubts = tuple(finding("left_out", f"doubt {number}") for number in range(5))
    many = aion.with_views(targets=aion.targets * 3)
    vars(many)["findings"] = doubts
    lines = shown(projection_opening(many)).splitlines()
    assert len(lines) == LINES
    assert "! doubt 0" in lines
    assert lines[2:5] == ["! doubt 0", "! doubt 1", "! and 3 warnings more: --findings"]
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
        "Reached and taken",
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
        assert "Reached and taken" not in text
    assert set(SECTIONS) == {"years", "milestones", "halls", "binding", "money", "sure", "findings"}
    assert shown(lambda console: summary(aion, console=console, names=["sure"])) == ""


def test_sentences_that_find_no_room_are_counted():
    assert shown(Sentences(["one", "two", "three"], 3, "reason")) == "- one\n- two\n- three"
    assert (
        shown(Sentences(["one", "two", "three", "four"], 3, "reason")) == "- one\n- two\nand 2 reasons more"
    )


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
    assert lines[4].startswith("Reached and taken")
    assert len(lines) <= LINES


def test_what_is_said_goes_on_in_a_second_line_where_there_is_room():
    said = "Helps most: " + "grid " * 16 + "connection"
    told = shown(screen("x", "y", [], [], [said], ""), NARROW)
    assert " ".join(told.split()) == f"x y {said}"
    # of more than there is room for, the last doubts are cut first, and what would help last
    doubts = [f"! {number} " + "doubt " * 20 for number in range(12)]
    crowded = shown(screen("x", "y", [], [], [said], "", (), doubts), NARROW).splitlines()
    assert len(crowded) <= LINES
    assert " ".join(crowded[-2:]) == said
    assert crowded[-3].endswith("…")
    assert not crowded[3].endswith("…")


def drawn_as_planned(projection):
    """A projection whose draws all are its plan, so that nothing has to be drawn."""
    figures = {
        key: dict.fromkeys(("plan", "p10", "p50", "p80", "p90"), value) | {"plan_percentile": 90.0}
        for key, value in projection.headline.items()
    }
    whole = {
        key: dict.fromkeys(("plan", "p10", "p50", "p90"), day)
        for key, day in dates_of_all(projection).items()
    }
    ends = ("p10", "p50", "p90")
    goals = [
        dict.fromkeys(ends, target.reached)
        | {"probability": 0.5, "reached": dict.fromkeys(ends, target.crossed) if target.crossed else None}
        for target in projection.targets
    ]
    paths = ["sites.*.phases.*.overrun", "workload.allocation"]
    outside = dict.fromkeys(("h100e_h", "facility_gwh", "carbon_t", "opex"), paths)
    outside = {key: value for key, value in outside.items() if key in figures}
    return projection.with_views(spread=Spread(16, figures, goals=goals, whole=whole, outside=outside))


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_scenario_that_ships_fits_the_screen_with_a_spread(file, monkeypatch):
    monkeypatch.setattr(opening, "best_in_a_line", lambda _: HELPS)
    projection = drawn_as_planned(simulate(load(file)))
    lines = shown(projection_opening(projection, Relief)).splitlines()
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= NARROW
    assert any(line.startswith("Peak load, MW") for line in lines)
    assert HELPS in " ".join(lines)
    assert lines[-1].startswith("More: ")


def test_missed_goals_come_first_and_a_ceiling_that_is_never_passed_is_kept(aion):
    goals = goals_of(aion)
    assert [goal.is_met for goal in goals] == sorted(goal.is_met for goal in goals)
    crossed = {goal.title: goal.crossed for goal in goals}
    assert crossed["Peak load <= 200 MW"] == "kept"
    assert crossed["Accelerators >= 100,000"] == "never"
    assert re.fullmatch(r"20\d\d-\d\d", crossed["Capex over 4 bn EUR2025"])


def test_demand_is_no_limit_that_a_planner_lifts():
    relief = first_reliefs(simulate(load(SCENARIOS / "le-chat-15m-subscribers.yaml")).run)
    assert relief.lifted[0].is_of_demand
    gain = f"{relief.lifted[0].gain.figures['h100e_h'] / 1e6:.1f} m H100e-hours"
    line = best_in_a_line(relief)
    assert line.startswith(f"Demand limits it: +{gain}")
    assert line.endswith("if all of it were asked for; no other limit, lifted by itself, helps")
    other = replace(relief.lifted[0], limit="permit")
    both = replace(relief, lifted=(relief.lifted[0], other))
    assert f"; what helps most besides is permit lifted, +{gain}" in best_in_a_line(both)
