"""Names of figures in narrow tables go on after an underscore; numbers are never broken.

Tests `report.folding`.
"""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from capsim.report.folding import folded
from capsim.report.studies import comparison_details
from capsim.report.study_grids import study_table
from capsim.scenario.loading import load
from capsim.study.comparisons import compare


def test_a_name_goes_on_after_its_pieces():
    assert folded("levelised_cost_eur_per_it_mwh", 15) == ["levelised_cost_", "eur_per_it_mwh"]
    assert folded("aion-288k-h100e", 12) == ["aion-288k-", "h100e"]
    assert folded("accelerators", 5) == ["accelerators"]
    assert folded("", 5) == [""]


def test_a_comparison_in_80_columns_breaks_no_word_and_no_number():
    file = Path(__file__).parents[3] / "scenarios" / "aion-288k-h100e.yaml"
    result = compare({"aion-288k-h100e": load(file), "gulf": load(file, overrides=["gulf"])}, n=2)
    out = Console(width=80, record=True, file=io.StringIO())
    out.print(comparison_details(result))
    lines = out.export_text().splitlines()
    assert any(line.startswith("Peak load, MW ") for line in lines)
    table = lines[: next(i for i, line in enumerate(lines) if line.startswith("gulf: what"))]
    cut = [line for line in table if re.search(r"[0-9],(\s|$)|\s,[0-9]|,[0-9]{1,2}(\s|$)", line)]
    assert cut == []


@pytest.mark.parametrize(("width", "is_stacked"), [(60, False), (30, True)])
def test_where_words_would_be_broken_they_stand_above_their_numbers(width, is_stacked):
    shown = io.StringIO()
    console = Console(file=shown, width=width, markup=False, emoji=False, highlight=False, _environ={})
    rows = [["aion.p1", "construction", "2029-01", "2029-04"], ["aion.p2", "permit", "2029-02", "2030-05"]]
    console.print(study_table("Dates", ["phase", "activity", "central", "then"], rows, left=2))
    text = shown.getvalue()
    assert "construction" in text
    assert ("aion.p1, construction\n" in text) == is_stacked
    assert [line.split()[-1] for line in text.splitlines() if "2029-0" in line] == ["2029-04", "2030-05"]
