"""Tables at any width: no word and no number is broken where a terminal is narrow.

Every view of the commands is shown at 80 and at 60 columns, and what breaks is looked for in all tables.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from capsim import report, study
from capsim.cli import app
from capsim.pipeline import simulate
from capsim.report.grids import UNLIMITED_WIDTH, Split, grid, numbers, words
from capsim.report.sections import SECTIONS, summary
from capsim.scenario import load

SCENARIOS = Path(__file__).parents[3] / "scenarios"
WIDTHS = (80, 60)


def lines_of(shown, width):
    """Lines that are printed at a width."""
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False, _environ={})
    console.print(shown(console) if callable(shown) else shown)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.fixture
def broken(monkeypatch):
    """Headings of columns that are narrower than a word or a number in them, as far as something is shown."""
    found, widths_of = [], Split._calculate_column_widths

    def looked_at(table, console, options):
        widths = widths_of(table, console, options)
        whole = options.update(max_width=UNLIMITED_WIDTH)
        # how wide a table would like to be is asked for at any width
        is_shown = options.max_width <= console.width
        for column, width in zip(table.columns, widths, strict=True):
            needed = table._measure_column(console, whole, column)
            least = needed.maximum if column.no_wrap else needed.minimum
            found.extend([f"{column.header}: {width} of {least}"] if is_shown and width < least else [])
        return widths

    monkeypatch.setattr(Split, "_calculate_column_widths", looked_at)
    return found


def check(shown, broken):
    """Show something at each width: all of it, and no word broken."""
    for width in WIDTHS:
        lines = lines_of(shown, width)
        assert (width, broken, max(map(len, lines)) <= width) == (width, [], True)


@pytest.fixture(scope="module")
def projection():
    return study.with_spread(simulate(load(SCENARIOS / "aion-288k-h100e.yaml")), 4, processes=1)


@pytest.fixture(scope="module")
def relief(projection):
    return study.relief(projection.run.scenario)


@pytest.mark.parametrize("view", SECTIONS)
def test_the_views_of_a_run(projection, relief, view, broken):
    check(lambda console: summary(projection, relief, console=console, names=[view]), broken)


def test_the_first_screen_and_the_scope(projection, relief, broken):
    check(report.projection_opening(projection, relief), broken)
    check(report.scope_table(projection), broken)


def made_of(kind):
    """A result of a study, of few draws."""
    plan = load(SCENARIOS / "aion-288k-h100e.yaml")
    with_racks = {"base": plan, "gb300-as-announced": plan.override("gb300-as-announced")}
    makers = {
        "ensemble": lambda: study.ensemble(plan, 4, processes=1),
        "grid": lambda: study.ensemble_grid(with_racks, 4, processes=1),
        "comparison": lambda: study.compare(with_racks, 4, processes=1),
        "sensitivity": lambda: study.sensitivity(plan, sobol=2, processes=1),
        "sweep": lambda: study.sweep(plan, {"finance.wacc_real": (0.05, 0.06)}, processes=1),
        "solution": lambda: study.solve(plan, "finance.wacc_real", "lcoc<=0.3"),
        "plan": lambda: study.plan(SCENARIOS / "plans" / "aion-least-cost.yaml", processes=1),
        "audit": lambda: study.audit(SCENARIOS / "claims" / "aion.yaml"),
        "forecast": lambda: study.forecast(load(SCENARIOS / "living" / "us-campuses.yaml"), n=4),
    }
    return makers[kind]()


KINDS = ("ensemble", "grid", "comparison", "sensitivity", "sweep", "solution", "plan", "audit", "forecast")


@pytest.mark.parametrize("kind", KINDS)
def test_the_studies(kind, broken):
    made = made_of(kind)
    check(report.study_opening(made), broken)
    check(report.study_summary(made), broken)


def test_relief(relief, broken):
    check(report.study_opening(relief), broken)
    check(report.study_summary(relief), broken)


@pytest.mark.parametrize(
    "shown",
    [
        ("catalog",),
        ("catalog", "systems"),
        ("catalog", "systems", "--sort", "h100e_per_rack_mw"),
        ("catalog", "accelerators"),
        ("catalog", "accelerators", "gb300"),
        ("catalog", "countries"),
        ("catalog", "stale"),
        ("figures",),
        ("examples",),
        ("hour", "aion-288k-h100e.yaml", "aion"),
        ("explain", "aion-288k-h100e.yaml", "sites.aion.phases.p1.critical_it_mw"),
        ("audit", "claims/aion.yaml", "claims/eu-gigafactories.yaml", "--table"),
    ],
    ids=" ".join,
)
def test_what_is_listed(shown, broken, monkeypatch):
    monkeypatch.chdir(SCENARIOS)
    for width in WIDTHS:
        done = CliRunner().invoke(app, shown, env={"COLUMNS": str(width)})
        assert (done.exit_code, broken) == (0, []), done.output
        assert max(map(len, done.stdout.splitlines())) <= width


def test_a_table_without_room_is_told_in_parts():
    table = grid(
        (words("name"), *(numbers(head) for head in ("first", "second", "third"))),
        [["a-long-name.of-parts", "1,234,567", "2,345,678", "3,456,789"]],
        gap=1,
    )
    assert [line.split() for line in lines_of(table, 24) if line.strip(" \u2500")] == [
        ["name", "first"],
        ["a-long-name.", "1,234,567"],
        ["of-parts"],
        ["name", "second"],
        ["a-long-name.", "2,345,678"],
        ["of-parts"],
        ["name", "third"],
        ["a-long-name.", "3,456,789"],
        ["of-parts"],
    ]
    assert len(lines_of(table, 80)) == 3
