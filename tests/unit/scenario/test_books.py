"""Workbooks of inputs: read as the scenario they were made of, and refused by sheet and cell.

Tests `scenario.book_inputs`, `scenario.book_reader`, `scenario.book_rows`, `scenario.book_sheets`,
`scenario.scenario_files`, `scenario.own_files`, `scenario.named_entries`, `scenario.field_units`,
`report.input_book`, `cli_inputs`.
"""

import contextlib
import random
import time
from pathlib import Path

import openpyxl
import pytest

import capsim
from capsim.errors import ScenarioError
from capsim.report import write_inputs
from capsim.scenario import loads

SMALL = str(Path(__file__).with_name("ten-megawatts.yaml"))
SHIPPED = [*sorted(Path("scenarios").glob("*.yaml")), Path("scenarios/living/us-campuses.yaml")]


@pytest.fixture
def book(tmp_path):
    """A small scenario as a workbook, and a way to change its cells by path and column."""
    path = write_inputs(capsim.load(SMALL), tmp_path / "mine.xlsx")
    opened = openpyxl.load_workbook(path)
    sheet = opened["Scenario"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}

    def change(dotted, **cells):
        row = rows.setdefault(dotted, sheet.max_row + 1)
        sheet.cell(row, 1, dotted)
        for name, value in cells.items():
            sheet.cell(row, columns[name]).value = value
        opened.save(path)
        return str(path)

    change.book, change.path = opened, str(path)
    return change


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_comes_back_bit_for_bit(file, tmp_path):
    scenario = capsim.load(file)
    path = str(write_inputs(scenario, tmp_path / "book.xlsx"))
    again = capsim.load(path)
    # the digest is of the shortest texts of all numbers, so that no bit is lost
    assert again.digest == scenario.digest
    assert again == scenario
    sources = {row.path: row.source for row in capsim.scenario.explain(scenario)}
    assert {row.path: row.source for row in capsim.scenario.explain(again)} == sources
    for name in scenario._provenance.named.value:
        assert capsim.load(path, overrides=[name]) == capsim.load(file, overrides=[name])


def test_numbers_keep_their_last_bit(book):
    text = Path(SMALL).read_text("utf-8").replace("critical_it_mw: 10", f"critical_it_mw: {0.1 + 0.2!r}")
    scenario = loads(text)
    path = write_inputs(scenario, Path(book.path).with_name("bits.xlsx"))
    assert capsim.load(path).sites[0].phases[0].critical_it_mw.hex() == (0.1 + 0.2).hex()


def test_cells_are_values_ranges_dates_lists_and_new_records(book):
    hall = "sites.site.phases.hall"
    book(f"{hall}.critical_it_mw", value=12.5, source="own drawing", confidence="high")
    book("sites.site.warming_k_per_decade", value=0.3, low=0.1, high=0.9, distribution="triangular")
    book("sites.site.phases.hall2.critical_it_mw", value=4, source="assumed: a second hall")
    book("sites.site.phases.hall2.energization", value="connection")
    book("sites.site.phases.hall2.preset", value="fr-greenfield-hall")
    book("sites.site.phases.hall2.starts_on", value="2028-01-01")
    book("demand.h100e", value="[{on: 2029-01, value: 1000}, {on: 2030-01, value: 4000}]")
    scenario = capsim.load(book.path)
    first, second = scenario.sites[0].phases
    assert (first.critical_it_mw, second.critical_it_mw, second.id) == (12.5, 4.0, "hall2")
    assert second.starts_on.isoformat() == "2028-01-01"
    origin = scenario.origin(f"{hall}.critical_it_mw")
    assert (origin.source, origin.confidence) == ("own drawing", "high")
    assert origin.file.endswith("mine.xlsx!Scenario!B")
    assert scenario.sites[0].warming_k_per_decade.distribution.support == (0.1, 0.9)
    assert scenario.demand.h100e.series.written


def test_a_formula_counts_with_the_value_a_spreadsheet_gave_it(book):
    sheet = book.book.create_sheet("My sums")
    sheet["A1"] = 5
    path = book("sites.site.phases.hall.critical_it_mw", value="='My sums'!A1*2")
    with pytest.raises(
        ScenarioError, match=r"mine.xlsx!Scenario!B\d+: is a formula without a value; open"
    ) as refusal:
        capsim.load(path)
    assert str(refusal.value).endswith(f"{path}: 1 problem, nothing was run")


def test_a_book_may_extend_a_file(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Scenario"
    rows = [("path", "value"), ("extends", SMALL), ("name", "bigger"), ("horizon_years", 12)]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "small.xlsx")
    scenario = capsim.load(tmp_path / "small.xlsx")
    assert (scenario.name, scenario.horizon_years, len(scenario.sites)) == ("bigger", 12, 1)


def test_files_are_named_from_the_folder_of_the_book(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "prices.csv").write_text("month;price\n2027-01;50\n", encoding="utf-8")
    series = "{level_per_mwh: {file: prices.csv, unit: EUR/MWh, beyond: hold}, preset: fr-datacenter}"
    text = Path(SMALL).read_text("utf-8").replace("{preset: fr-datacenter}", series)
    (tmp_path / "in" / "mine.yaml").write_text(text, encoding="utf-8")
    at = "sites.site.tariff.level_per_mwh"
    dear = f"overrides:\n  dear: {{{at}: {{file: dear.csv, beyond: hold}}}}\n"
    (tmp_path / "in" / "mine.yaml").write_text(text + dear, encoding="utf-8")
    (tmp_path / "in" / "dear.csv").write_text("month;EUR/MWh\n2027-01;90\n", encoding="utf-8")
    scenario = capsim.load(tmp_path / "in" / "mine.yaml")
    path = write_inputs(scenario, tmp_path / "mine.xlsx")
    values = [row[1] for row in openpyxl.load_workbook(path)["Scenario"].iter_rows(values_only=True)]
    assert "{file: in/prices.csv, unit: EUR/MWh, beyond: hold}" in [str(v).replace('"', "") for v in values]
    assert capsim.load(path).digest == scenario.digest
    assert capsim.load(path, overrides=["dear"]).sites[0].tariff.level_per_mwh + 0.0 == 90.0


HALL, LEVEL = "sites.site.phases.hall.critical_it_mw", "sites.site.tariff.level_per_mwh"


@pytest.mark.parametrize(
    ("path", "cells", "words"),
    [
        (
            HALL,
            {"value": -5},
            r"mine.xlsx!Scenario!B\d+  sites.site.phases.hall.critical_it_mw: must be greater",
        ),
        (HALL, {"unit": "kW"}, r"!F\d+  .*critical_it_mw: the value is in MW: write 0.01 \(got kW\)"),
        (HALL, {"value": "50,5"}, r"!B\d+ .* in MW: write 50\.5 \(got 50,5\)"),
        (
            LEVEL,
            {"value": 8, "unit": "ct/kWh"},
            r"!F\d+ .*: the value is in EUR/MWh: write 80 \(got ct/kWh\)",
        ),
        (LEVEL, {"value": 0.08, "unit": "EUR/kWh"}, r"!F\d+ .*: the value is in EUR/MWh: write 80 \(got"),
        (
            LEVEL,
            {"value": 80, "unit": "USD/MWh"},
            r"in EUR/MWh: write 80 and currency: USD, or 7\d\.\d+ \(0\.",
        ),
        (LEVEL, {"value": 80, "unit": "GBP/MWh"}, r"in EUR/MWh: write 80 and currency: GBP \(got GBP/MWh\)"),
        (HALL, {"value": "60 kW"}, r"!B\d+ .* in MW: write 0.06"),
        (HALL, {"low": 5, "high": 9}, r"!C\d+ .*: a range needs a distribution: triangular"),
        (
            HALL,
            {"distribution": "normal"},
            r"!E\d+ .*: must be one of triangular, double_triangular, uniform",
        ),
        (HALL, {"confidence": "hihg"}, r"!H\d+ .*confidence: must be one of .*; did you mean high"),
        (HALL, {"value": "[1, 2"}, r"!B\d+ .*not readable as YAML"),
        (HALL, {"value": "010"}, r"!B\d+ .*does not start with 0"),
        ("sites.site.climate", {"value": "pariss"}, r"!B\d+  sites.site.climate: .*paris"),
        ("name", {"unit": "MW"}, r"!F\d+  name: has no unit"),
        (
            "sites.site.phases.hall.critical_it_mww",
            {"value": 5},
            r"!B\d+ .*critical_it_mww: unknown key; did you",
        ),
        ("horizon_years.x", {"value": 5}, r"!B\d+  horizon_years.x: horizon_years cannot be both"),
        ("sites..x", {"value": 5}, r"!B\d+: a path is names with points between them \(got sites..x\)"),
    ],
)
def test_what_is_wrong_is_said_with_sheet_and_cell(book, path, cells, words):
    book(path, **cells)
    with pytest.raises(ScenarioError, match=words):
        capsim.load(book.path)


def test_a_path_given_twice_names_the_other_cell(book):
    sheet = book.book["Scenario"]
    sheet.append(["name", "other"])
    book.book.save(book.path)
    with pytest.raises(ScenarioError, match=r"!B\d+  name: given twice; first at .*mine.xlsx!Scenario!B3"):
        capsim.load(book.path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda book: setattr(book["Scenario"], "title", "Inputs"),
            "has no sheet Scenario; its sheets are Inputs",
        ),
        (
            lambda book: setattr(book["Overrides"], "title", "Override"),
            "!Override: is a sheet that is not read; did",
        ),
        (
            lambda book: setattr(book["Scenario"]["C1"], "value", "lo"),
            "!Scenario!C1: unknown column; did you mean low",
        ),
        (lambda book: setattr(book["Scenario"]["A1"], "value", ""), "needs the columns path and value"),
        (lambda book: setattr(book["Scenario"]["B1"], "value", "path"), "!Scenario!B1: column given twice"),
        (lambda book: setattr(book["Scenario"]["K3"], "value", 5), "!Scenario!K3: stands under no heading"),
        (lambda book: setattr(book["Scenario"]["A3"], "value", None), "!Scenario!B3: a row needs a path"),
        (
            lambda book: setattr(book["Overrides"]["B2"], "value", "name"),
            "!Overrides!B2: a row of overrides needs",
        ),
    ],
)
def test_sheets_and_columns_that_are_not_those_are_refused(book, change, words):
    change(book.book)
    book.book.save(book.path)
    with pytest.raises(ScenarioError, match=words):
        capsim.load(book.path)


def test_what_is_no_workbook_is_said(tmp_path):
    (tmp_path / "no.xlsx").write_text("schema: 1", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"no.xlsx: is no workbook that can be read"):
        capsim.load(tmp_path / "no.xlsx")
    with pytest.raises(ScenarioError, match=r"nowhere.xlsx: cannot be read: no such file"):
        capsim.load(tmp_path / "nowhere.xlsx")


def test_damaged_workbooks_are_refused_in_words(book):
    data, rng = Path(book.path).read_bytes(), random.Random(0)
    for _ in range(25):
        damaged = bytearray(data)
        for _ in range(rng.choice((1, 8, 64))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        Path(book.path).write_bytes(damaged[: rng.randrange(len(damaged))] if rng.random() < 0.3 else damaged)
        start = time.process_time()
        with contextlib.suppress(ScenarioError):
            capsim.load(book.path)
        assert time.process_time() - start < 2.0
