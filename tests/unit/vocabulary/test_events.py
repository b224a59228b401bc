"""Names of events: closed, and a name misspelt is found before anything runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from capsim import load
from capsim.buildout import outages, timeline
from capsim.operations import held_back
from capsim.pipeline import run
from capsim.scenario.awaited_milestones import APPLIED, ENERGISED, FINISHED, IN_SERVICE, READY, STARTED
from capsim.vocabulary.events import (
    BINDINGS,
    CATEGORIES,
    CAUSES,
    CHANGE_IN_SERVICE,
    MILESTONE_KINDS,
    SYSTEM_KINDS,
    is_cause,
)

ROOT = Path(__file__).parents[3]
RIGHT = """
from capsim.buildout.timeline import Milestone, Timeline
from capsim.ledger.booking import Ledger
from capsim.vocabulary.events import Cause


def kinds(made: Timeline, books: Ledger, cause: Cause) -> None:
    made.of_kind("ready_for_service", "retired")
    Milestone(0.0, "a", "p", "", "unbuilt", 1.0, "MW").kind == "started"
    books.total("capex", "opex")
    cause == "funding"
"""
MISSPELT = {
    '"retired"': '"retierd"',
    '"unbuilt"': '"unbuild"',
    '"started"': '"begun"',
    '"opex"': '"opx"',
    '"funding"': '"money"',
}


def faults(folder: Path, **snippets: str) -> dict[str, int]:
    """How many type errors each snippet has, by its name; in one call, since most of it is reading capsim."""
    for name, snippet in snippets.items():
        (folder / f"{name}.py").write_text(snippet, "utf-8")
    files = [str(folder / f"{name}.py") for name in snippets]
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if ": error:" in line]
    return {name: sum(f"{name}.py:" in line for line in found) for name in snippets}


def test_a_name_misspelt_is_a_type_error(tmp_path):
    wrong = RIGHT
    for right, misspelt in MISSPELT.items():
        assert right in wrong
        wrong = wrong.replace(right, misspelt)
    assert faults(tmp_path, right=RIGHT, misspelt=wrong) == {"right": 0, "misspelt": len(MISSPELT)}


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_what_happens_in_shipped_scenarios_is_declared(path):
    made = run(load(path))
    assert {m.kind for m in made.timeline.milestones} <= set(MILESTONE_KINDS)
    assert {line.category for line in made.ledger.lines} <= set(CATEGORIES)
    own = {s.id for site in made.scenario.sites for phase in site.phases for s in phase.stages}
    own |= {item.id for site in made.scenario.sites for phase in site.phases for item in phase.equipment}
    assert {cause for cause, _ in made.operations.waiting} <= {*BINDINGS, *own}
    causes = {w.cause for w in made.timeline.waits if not w.cause.startswith(timeline.OF_GRID)}
    assert causes - own <= set(CAUSES)


def test_constants_are_of_the_lists():
    names = ("GRID", "OWN_POWER", "EARLIER_PHASE", "PLANNED_START", "LEAD_TIME", "HALL", "CREW", "FUNDING")
    assert {getattr(timeline, name) for name in (*names, "ALLOCATION", "CANCELLED")} == set(CAUSES)
    idle = {
        getattr(held_back, n) for n in ("ACCELERATORS", "NOT_ORDERED", "POWER", "COOLING", "DEMAND", "JOBS")
    }
    out = {getattr(outages, name) for name in ("TECHNICIAN", "SPARE", "REPAIR", "MAINTENANCE")}
    assert idle | out | set(CAUSES) == set(BINDINGS)


def test_milestones_that_money_may_wait_for_are_kinds():
    assert {APPLIED, ENERGISED, FINISHED, IN_SERVICE, READY, STARTED} <= set(MILESTONE_KINDS)


def test_lists_have_no_name_twice():
    for names in (MILESTONE_KINDS, SYSTEM_KINDS, CAUSES, BINDINGS, CATEGORIES):
        assert len(names) == len(set(names)) > 0
    assert set(CHANGE_IN_SERVICE) <= set(SYSTEM_KINDS) <= set(MILESTONE_KINDS)


def test_a_stage_is_no_cause():
    assert is_cause("crew")
    assert not is_cause("permit")
