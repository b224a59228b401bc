"""A diff says first what moved in the answer, by titles with units, and then which inputs changed."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from capsim.pipeline import run
from capsim.projection import Projection
from capsim.report.diff_in_markdown import diff_markdown
from capsim.report.diff_screen import by_weight, diff_opening, diff_tables
from capsim.scenario import load, override
from capsim.study import ChangedInput, Diff, Moved
from capsim.study.diff_files import diff

SCENARIO = Path(__file__).parents[3] / "scenarios" / "scaleway-5000-gpus.yaml"

NONE = math.nan
MOVED = (
    Moved("figure", "pue", 1.2, 1.2001, 1e-4, 1e-4 / 1.2, False),
    Moved("figure", "opex of item energy", 8e8, 8.4e8, 4e7, 0.05, True),
    Moved("figure", "capex_eur", 2e9, 2.002e9, 2e6, 0.001, True),
    Moved("figure", "h100e_8bit_peak", 288_000.0, 144_000.0, -144_000.0, -0.5, True),
    Moved("date", "ready_for_service of a.p1", "2030-01-01", "2030-01-31", 30.0, NONE, True),
    Moved("date", "ready_for_service of a.p2", "2030-01-01", None, math.inf, NONE, True),
    Moved("percentile", "capex_eur P50", 2e9, 3e9, 1e9, 0.5, True),
    Moved("figure", "lifted / permit / gain / figures / npv_eur", 1e6, 2e6, 1e6, 1.0, True),
)
INPUTS = (
    ChangedInput("sites.a.tariff.level_per_mwh", "61 {dist: uniform, low: 50, high: 70}", "70", 9.0, 0.15),
    ChangedInput("sites.a.phases.p1.starts_on", "2026-01-01", "2026-02-01", 31.0, NONE),
    ChangedInput("finance.wacc_real", "0.08", "0.1", 0.02, 0.25),
    ChangedInput("grid/fr.level_per_mwh", "60 (50 .. 70) EUR/MWh", None, NONE, NONE),
)
FOUND = Diff("old", "new", MOVED, INPUTS, 100, 500, "EUR2025", {"energy": "Electricity"})


def lines_of(shown, width=80):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(shown)
    return [line.rstrip() for line in console.export_text().splitlines()]


def row(lines, title):
    """The cells of the line that begins with a title."""
    return next(line for line in lines if line.startswith(title)).removeprefix(title).split()


def test_what_is_reached_comes_first_then_a_date_then_headlines_then_all_by_size():
    assert [one.name for one in by_weight(FOUND.beyond)] == [
        "h100e_8bit_peak",
        "ready_for_service of a.p2",
        "lifted / permit / gain / figures / npv_eur",
        "capex_eur P50",
        "ready_for_service of a.p1",
        "opex of item energy",
        "capex_eur",
    ]


def test_the_first_screen_shows_what_moved_most_and_not_headlines_that_hardly_did():
    small = [
        Moved("figure", name, 100.0, 100.1, 0.1, 0.001, True)
        for name in ("facility_peak_mw", "facility_gwh", "carbon_t", "water_m3", "capex_eur", "opex_eur")
    ]
    large = [
        Moved("figure", "accelerators_peak", 42_624.0, 81_792.0, 39_168.0, 0.919, True),
        Moved("figure", "pue", 1.2, 1.08, -0.12, -0.1, True),
    ]
    inputs = (ChangedInput("grid/fr.level_per_mwh", "60 EUR/MWh", "70 EUR/MWh", 10.0, 0.17),) * 40
    lines = lines_of(diff_opening(Diff("old", "new", (*small * 4, *large), inputs, 100, 500, "EUR2025")))
    first = next(k for k, line in enumerate(lines) if line.startswith("Moved"))
    assert lines[first + 1].startswith("Most accelerators in service")
    assert lines[first + 2].startswith("PUE")
    assert sum(line.startswith("Wholesale price") for line in lines) == 3


def test_inputs_are_in_few_digits_without_exponents_and_differ_where_they_do():
    price = "sites.a.phases.p1.racks.price"
    inputs = (
        ChangedInput(
            "systems/kyber.price",
            "22300000 (15000000 .. 30000000) USD/system",
            "4000000 (3270000 .. 6500000) USD/system",
            -18.3e6,
            -0.821,
        ),
        ChangedInput("finance.wacc_real", "0.0650001", "0.065", -1e-7, -1.5e-6),
        ChangedInput(price, "4.393398282 {dist: uniform, low: 0, high: 15}", "0", -4.393398282, -1.0),
    )
    text = "\n".join(lines_of(diff_tables(Diff("old", "new", MOVED, inputs, 100, 500, "EUR2025")), 160))
    assert "m USD/system (systems/kyber)" in text
    assert "22.3 (15 to 30) 4 (3.27 to 6.5) -18.3" in " ".join(text.split())
    assert "6.50001" in text
    assert "4.393 (0 to 15)" in text
    assert "e+" not in text


def test_all_of_it_has_titles_units_and_changes():
    lines = lines_of(diff_tables(FOUND))
    assert lines[:2] == [
        "old -> new",
        "7 of 100 figures, dates and texts moved beyond tolerance, 1 within it; EUR2025,",
    ]
    assert row(lines, "Most H100e in service (8bit)") == ["288,000", "144,000", "-144,000", "-50"]
    assert row(lines, "a.p1 ready for service") == ["2030-01-01", "2030-01-31", "+30", "d"]
    assert row(lines, "a.p2 ready for service") == ["2030-01-01", "never"]
    assert row(lines, "Capex, bn EUR2025: P50") == ["2.000", "3.000", "+1.000", "+50"]
    assert row(lines, "Opex of Electricity, m EUR2025") == ["800.0", "840.0", "+40.00", "+5"]
    assert not any("_" in line for line in lines)


def test_changed_inputs_have_titles_units_ranges_and_what_changed():
    lines = lines_of(diff_tables(FOUND), 120)
    assert "4 inputs changed" in "\n".join(lines)
    price = "Wholesale price of electricity, a, EUR2025/MWh"
    assert row(lines, price) == ["61", "(50", "to", "70)", "70", "+9", "+15"]
    assert row(lines, "Start, a.p1") == ["2026-01-01", "2026-02-01", "+31", "d"]
    assert row(lines, "Cost of capital, real, %/y") == ["8", "10", "+2", "+25"]
    of_catalogue = "Wholesale price of electricity, EUR/MWh (grid/fr)"
    assert row(lines, of_catalogue) == ["60", "(50", "to", "70)", "none"]


@pytest.mark.parametrize(("width", "most"), [(60, 32), (80, 24), (120, 24)])
@pytest.mark.parametrize("inputs", [4, 60])
def test_the_first_screen_is_a_screen(width, most, inputs):
    dates = [
        Moved("date", f"energised of a.p{i}", "2030-01-01", "2030-02-01", 31.0, NONE, True) for i in range(90)
    ]
    changed = (INPUTS * 20)[:inputs]
    lines = lines_of(diff_opening(Diff("old", "new", (*MOVED, *dates), changed, 200, 500, "EUR2025")), width)
    assert len(lines) <= most
    assert max(map(len, lines)) <= width
    assert row(lines, "Most H100e in service" if width == 60 else "Most H100e in service (8bit)")
    assert any(line.startswith("and ") and line.endswith(" lines more") for line in lines)
    assert any(line.endswith(" inputs more") for line in lines) is (inputs > 4)
    assert lines[-1] == "More: --all"


@pytest.mark.parametrize(("n_inputs", "said"), [(500, True), (0, False)])
def test_where_no_input_changed_the_code_did_if_inputs_are_known(n_inputs, said):
    found = Diff("old", "new", MOVED, (), 100, n_inputs)
    for shown in (diff_opening(found), diff_tables(found)):
        assert ("no input changed: what computes the results did" in lines_of(shown)) is said


def test_what_moved_within_tolerance_alone_is_said_in_a_line():
    lines = lines_of(diff_opening(Diff("old", "new", MOVED[:1], (), 100, 500)))
    assert lines[1] == "0 of 100 figures, dates and texts moved beyond tolerance, 1 within it"


def test_nothing_moved_is_said():
    same = Diff("old", "new", (), (), 12, 5)
    for shown in (diff_opening(same), diff_tables(same)):
        assert lines_of(shown) == ["old -> new", "nothing moved: 12 figures, dates and texts are the same"]


def test_the_two_are_called_by_titles_and_by_names_where_these_do_not_tell_them_apart():
    titled = replace(FOUND, titles=("Four halls, 200 MW", "Eight halls"))
    assert lines_of(diff_opening(titled))[0] == "Four halls, 200 MW -> Eight halls"
    assert diff_markdown(titled).startswith("**Four halls, 200 MW → Eight halls**")
    alike = replace(FOUND, titles=("Four halls", "Four halls"))
    assert lines_of(diff_tables(alike))[0] == "Four halls: old -> new"
    assert lines_of(diff_opening(replace(alike, old="new")))[0] == "Four halls"
    assert lines_of(diff_opening(replace(FOUND, titles=("Four halls", ""))))[0] == "old -> new"


def test_saved_results_bring_their_titles(tmp_path):
    plan = load(SCENARIO)
    for name, one in (("a", plan), ("b", override(plan, {"title": "Another", "horizon_years": 3}))):
        Projection(run(one)).save(tmp_path / name)
    assert diff(tmp_path / "a", tmp_path / "b").titles == (plan.title, "Another")


def test_values_of_a_catalogue_have_titles_with_units_and_what_they_are_of(tmp_path):
    head = "name,field,value,unit,low,high,kind,source,retrieved,confidence,note\n"
    for side, price in (("a", 10), ("b", 15)):
        (tmp_path / side).mkdir()
        end = "assumed,mine,2026-11,C,\n"
        rows = f"x,title,Rack X,text,,,{end}x,price_usd,{price},USD,5,20,{end}"
        (tmp_path / side / "systems.csv").write_text(head + rows, encoding="utf-8")
    found = diff(*(tmp_path / side / "systems.csv" for side in "ab"))
    assert row(lines_of(diff_opening(found)), "Price, USD (Rack X)") == ["10", "15", "+5", "+50"]
    assert [one.name for one in found.moved] == [*found.items] == ["systems/x.price_usd"]
