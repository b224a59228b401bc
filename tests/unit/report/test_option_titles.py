"""Options of a comparison are called by their titles, on the screen and on the page alike."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from capsim.report.option_titles import against, by_titles
from capsim.report.study_openings import study_opening
from capsim.report.study_reports import study_report
from capsim.scenario import load
from capsim.study import compare

SCENARIOS = Path(__file__).parents[3] / "scenarios"
NAMES = ("aion-288k-h100e", "aion-2026-relaunch")
WHOLE = "AION as relaunched in May 2026, 100 MW to 1 GW against AION gigafactory, 200 MW in France"


@pytest.fixture(scope="module")
def result():
    return compare([load(SCENARIOS / f"{name}.yaml") for name in NAMES], 2, processes=1)


def titled(result, *titles):
    """The comparison with other titles."""
    return replace(result, manifest=result.manifest | {"titles": dict(zip(NAMES, titles, strict=True))})


def shown(result, width):
    console = Console(file=io.StringIO(), width=width, _environ={})
    console.print(study_opening(result))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_screen_has_titles_and_cuts_no_word_of_them(result, width):
    text = shown(result, width)
    lines = text.splitlines()
    assert not [name for name in NAMES if name in text]
    assert " ".join(text.split()).startswith(WHOLE)
    years = "(AION gigafactory: 2026-01 to 2037-12; AION as relaunched in May 2026: 2026-01 to 2035-12)"
    assert years in " ".join(text.split())
    assert "h100e-" not in text
    head = next(n for n, line in enumerate(lines) if "replications" in line and "P10" in line)
    over = " ".join(lines[head - 2 : head + 1]).split()
    assert {"AION", "gigafactory", "relaunched", "May", "2026"} <= {*over}
    assert max(map(len, lines)) <= width


def test_the_page_has_the_names_of_the_screen(result):
    page = study_report(result)
    assert re.search(f"<h1>{WHOLE}</h1>", page)
    assert "<h2>AION gigafactory</h2>" in page
    of_the_study = page[: page.index("How to make it again")]
    assert not [name for name in NAMES if name in of_the_study]


def test_results_keep_names_by_which_programs_know_them(result):
    assert by_titles(result).names == ("AION gigafactory", "AION as relaunched in May 2026")
    assert result.names == tuple(result.manifest["scenarios"]) == NAMES
    assert by_titles(by_titles(result)).names == by_titles(result).names


@pytest.mark.parametrize(
    ("titles", "names", "said"),
    [
        (("A, small", "A, large"), ("A, small", "A, large"), "A, large against A, small"),
        (("A", "A"), NAMES, f"A: {NAMES[1]} against {NAMES[0]}"),
        (("A", ""), NAMES, f"{NAMES[1]} against {NAMES[0]}"),
    ],
)
def test_titles_tell_options_apart_or_names_do(result, titles, names, said):
    other = titled(result, *titles)
    assert by_titles(other).names == names
    assert against(other) == said
