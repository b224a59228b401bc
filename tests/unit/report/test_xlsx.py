"""The workbook, read back by another library.

Tests `report.xlsx`, `report.worked_sheets`, `report.exact_numbers`.
"""

import re
import runpy
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from capsim import simulate
from capsim.projection.money_views import sums_of_flows
from capsim.report.result_files import write_report
from capsim.report.xlsx import write_workbook
from capsim.scenario.loading import loads
from capsim.vocabulary import unit_of

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
OWNERS = {"owners": [{"id": "x", "share": 0.5}, {"id": "y", "share": 0.5}]}
TARGETS = [{"id": "announced", "h100e": 1e4, "budget": 1e9, "source": "assumed"}]


@pytest.fixture(scope="module")
def projection():
    costs = {"preset": "fr-greenfield-ai-detailed"}
    return simulate(loads(make.scenario(costs=costs, finance=OWNERS, targets=TARGETS)))


@pytest.fixture(scope="module")
def book(projection, tmp_path_factory):
    path = write_workbook(projection, tmp_path_factory.mktemp("out") / "book.xlsx")
    return openpyxl.load_workbook(path)


def rows(sheet):
    return list(sheet.iter_rows(values_only=True))


def test_results_have_values_and_units(projection, book):
    found = {name: (value, unit) for name, value, unit in rows(book["Results"])[1:]}
    assert found["capex_eur"] == (pytest.approx(projection.headline["capex_eur"]), "EUR2025")
    assert found["facility_gwh"][1] == "GWh"
    assert found["npv_eur"][0] is None, "not known without revenue"
    assert [name for name in projection.headline if not unit_of(name, "headline", "EUR2025")] == []


def test_assumptions_have_units_and_sources(projection, book):
    heading, *body = rows(book["Assumptions"])
    assert heading == ("path", "value", "unit", "distribution", "kind", "confidence", "source", "retrieved")
    by_path = {row[0]: row for row in body}
    assert len(body) == len(projection.assumptions)
    assert by_path["finance.wacc_real"][1:3] == (0.065, "1/y")
    amount = by_path["costs.items.electrical-fr.amount"]
    assert amount[4] == "derived"
    assert "cortexconstruct" in amount[6]


def test_cash_flow_by_year_sums_to_the_months(projection, book):
    note, heading, *body, _ = rows(book["Cash flow by year"])
    assert note[0] == "EUR, nominal"
    capex = heading.index("capex_eur")
    assert sum(row[capex] for row in body) == pytest.approx(projection.cash_flow["capex_eur"].sum())
    assert [row[0] for row in body] == [2026, 2027]
    equity = heading.index("equity_eur")
    assert body[-1][equity] == pytest.approx(projection.cash_flow["equity_eur"].iloc[-1])


def test_a_long_sheet_is_cut_and_says_which_file_has_all(projection, tmp_path, monkeypatch):
    monkeypatch.setattr("capsim.report.xlsx.MOST_ROWS", 5)
    book = openpyxl.load_workbook(write_workbook(projection, tmp_path / "cut.xlsx"))
    folder = write_report(projection, tmp_path / "results")
    for name in set(book.sheetnames) - {"Results", "Worked", "Worked by month"}:
        note = str(rows(book[name])[0][0])
        if match := re.match(r"first 5 of ([\d,]+) rows, all of which are in ([\w.]+)", note):
            assert int(match[1].replace(",", "")) > 5
            assert (folder / match[2]).is_file()
        else:
            assert len(rows(book[name])) <= 5 + 3
    note, heading, *body = rows(book["Assumptions"])
    assert (
        note[0] == f"first 5 of {len(projection.assumptions):,} rows, all of which are in assumptions.parquet"
    )
    assert heading[0] == "path"
    assert [row[0] for row in body] == projection.assumptions["path"].head(5).tolist()
    assert len(rows(book["Sites by month"])) == 5 + 2


def test_what_a_cut_sheet_leaves_out_is_in_its_total(projection, tmp_path, monkeypatch):
    monkeypatch.setattr("capsim.report.xlsx.MOST_ROWS", 5)
    path = write_workbook(projection, tmp_path / "cut.xlsx")
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    name, column = "Levelised cost", projection.levelised.columns[1]
    assert len(projection.levelised) > 5
    *_, left_out, total = rows(formulas[name])
    assert (left_out[0], total[0], total[1]) == ("rows left out", "total", "=SUM(B3:B8)")
    assert rows(values[name])[-1][1] == pytest.approx(projection.levelised[column].sum())
    shown = [row[1] for row in rows(values[name])[2:-1]]
    assert sum(shown) == pytest.approx(projection.levelised[column].sum())


def test_who_pays_and_every_cash_flow_are_there(projection, book):
    payers = {row[2] for row in rows(book["Who pays"])[2:]}
    assert payers == {"x", "y"}
    assert len(rows(book["Cash flows"])) == len(projection.flows) + 2
    _, _, *sums = rows(book["Sums of cash flows"])
    assert ("capex", "in the horizon") in [row[:2] for row in sums]
    assert {"Ledger by year", "Levelised cost", "Delay", "By year"} <= set(book.sheetnames)


def test_findings_are_there_with_their_severity(projection, book):
    heading, *body = rows(book["Findings"])
    assert heading == ("severity", "kind", "site", "phase", "text")
    assert [row[4] for row in body] == [finding.text for finding in projection.findings]
    assert {row[0] for row in body} <= {"note", "warning"}


def test_the_same_projection_gives_the_same_bytes(projection, tmp_path):
    first, second = (write_workbook(projection, tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second


def test_every_flow_of_money_has_a_source(projection):
    flows = projection.flows
    assert not (flows["source"] == "").any()
    amounts = flows[flows["category"] == "opex"]["amount_eur"].sum()
    assert amounts == pytest.approx(projection.headline["opex_eur"])
    sums = {row[:2]: row[2] for row in sums_of_flows(flows).itertuples(index=False, name=None)}
    assert sums["capex", "in the horizon"] == pytest.approx(projection.headline["capex_eur"])


def test_without_the_extra_there_is_no_workbook(projection, tmp_path, monkeypatch):
    monkeypatch.setattr("capsim.report.xlsx.find_spec", lambda name: None)
    folder = write_report(projection, tmp_path / "out")
    assert "amount_eur2025_real" in pd.read_csv(folder / "ledger.csv")
    assert not (folder / "workbook.xlsx").exists()


def test_csv_files_say_what_their_money_is_in_and_sum_to_the_statements(projection, tmp_path):
    folder = projection.save(tmp_path / "saved")
    yearly, monthly, by_year, payers = (
        pd.read_csv(folder / f"{name}.csv")
        for name in ("yearly", "cash_flow", "cash_flow_by_year", "who_pays_by_year")
    )
    assert yearly["capex_eur2025_real"].sum() == pytest.approx(projection.headline["capex_eur"])
    assert by_year["capex_eur_nominal"].sum() == pytest.approx(monthly["capex_eur_nominal"].sum())
    assert by_year["fixed_assets_eur_nominal"].iloc[-1] == pytest.approx(
        monthly["fixed_assets_eur_nominal"].iloc[-1]
    )
    assert payers["paid_in_eur_nominal"].sum() == pytest.approx(projection.funding["paid_in_eur"].sum())
    for table in (yearly, monthly, by_year, payers):
        assert not [c for c in table if "eur" in c and not c.endswith(("_real", "_nominal"))]


def test_halls_by_month_are_those_of_the_projection(projection, book):
    _, heading, *body = rows(book["Halls by month"])
    assert list(heading) == list(projection.halls)
    stranded = heading.index("stranded_mw")
    assert sum(row[stranded] for row in body) == pytest.approx(projection.halls["stranded_mw"].sum())
    _, heading, *body = rows(book["Halls"])
    assert [row[heading.index("phase")] for row in body] == projection.halls["phase"].unique().tolist()


def test_sites_by_month_are_those_of_the_projection(projection, book):
    _, heading, *body = rows(book["Sites by month"])
    assert (heading[:2], len(body)) == (("site", "month"), projection.to_pandas().shape[0])
    energy = heading.index("facility_mwh [MWh]")
    assert sum(row[energy] for row in body) == pytest.approx(projection.to_pandas()["facility_mwh"].sum())
    assert "battery_loss_mwh [MWh]" not in heading, "0 throughout"
    _, heading, *body = rows(book["Series"])
    assert ("battery_loss_mwh", "MWh", "Energy lost in the battery", "sum of the hours") in body


def test_numbers_are_shown_without_a_dangling_point(book):
    """A whole number has no point, one above 1 two decimals, and one below 1 all of its digits."""
    shown = {}
    for name in ("Results", "Cash flow by year", "Ledger by year"):
        for cells in book[name].iter_rows(min_row=2):
            for cell in cells[1:]:
                if isinstance(cell.value, (int, float)):
                    shown.setdefault(cell.number_format, []).append(cell.value)
    assert set(shown) == {"#,##0", "#,##0.00", "General"}
    assert all(float(v).is_integer() for v in shown["#,##0"])
    assert all(abs(v) < 1 for v in shown["General"])
    assert all(abs(v) >= 1 for v in shown["#,##0.00"])


@pytest.fixture(scope="module")
def sold(tmp_path_factory):
    """A plan with revenue, so that there is a present value; and its workbook without any worked value."""
    revenue = {"preset": "h100-rental"}
    projection = simulate(loads(make.scenario(costs={"preset": "fr-greenfield-ai"}, revenue=revenue)))
    folder = tmp_path_factory.mktemp("sold")
    bare = openpyxl.load_workbook(write_workbook(projection, folder / "sold.xlsx"))
    # another library keeps formulas and drops what was beside them, so each must be worked
    bare.save(folder / "bare.xlsx")
    return projection, folder / "bare.xlsx"


def check(projection, value_of):
    """Hold the worked figures and totals against those of the projection; `value_of(sheet, cell)`."""
    worked = openpyxl.load_workbook(value_of.path)["Worked"]
    named = {row[0].value: row[0].row for row in worked.iter_rows(min_row=4)}
    assert {"npv_eur", "capex_eur", "lcoc_eur_per_h100e_h", "levelised_cost_eur_per_it_mwh"} <= named.keys()
    for name, row in named.items():
        assert value_of("Worked", f"B{row}") == pytest.approx(projection.headline[name], rel=1e-9), name
    levelised = projection.levelised
    per = list(levelised.columns).index("lcoc_eur_per_h100e_h")
    total = value_of("Levelised cost", f"{chr(65 + per)}{len(levelised) + 3}")
    assert total == pytest.approx(projection.headline["lcoc_eur_per_h100e_h"], rel=1e-9)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here to work the formulas")
def test_a_spreadsheet_program_works_the_formulas_to_the_same_figures(sold, tmp_path):
    projection, bare = sold
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/user", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path), str(bare)]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    book = openpyxl.load_workbook(tmp_path / bare.name, data_only=True)

    def value_of(sheet, cell):
        return book[sheet][cell].value

    value_of.path = bare
    check(projection, value_of)


def test_the_formulas_come_to_the_figures(sold):
    projection, bare = sold
    value_of = Calculator(bare)
    check(projection, value_of)
    # another cost of capital moves the present value as it moves that of a plan with it
    rate = 0.1
    value_of.changed["Worked", "B1"] = rate
    dearer = projection.run.scenario.override({"finance.wacc_real": rate})
    row = next(r for r in range(4, 20) if value_of("Worked", f"A{r}") == "npv_eur")
    assert value_of("Worked", f"B{row}") == pytest.approx(simulate(dearer).headline["npv_eur"], rel=1e-9)


class Calculator:
    """Works the few kinds of formulas that the workbook has, and no others."""

    def __init__(self, path):
        self.path, self.book, self.changed = path, openpyxl.load_workbook(path), {}

    def __call__(self, sheet, cell):
        content = self.changed.get((sheet, cell), self.book[sheet][cell].value)
        if not (isinstance(content, str) and content.startswith("=")):
            return content
        names = {"SUM": sum, "SUMPRODUCT": lambda a, b: sum(x * y for x, y in zip(a, b, strict=True))}
        python = re.sub(CELLS, lambda found: self.cells(sheet, found), content[1:].replace("^", "**"))
        return eval(python, {"__builtins__": {}}, names)

    def cells(self, sheet, found):
        other, first, last = found.group(1) or found.group(2), found.group(3), found.group(4)
        sheet = other or sheet
        if last is None:
            return f"({self(sheet, first.replace('$', ''))!r})"
        block = self.book[sheet][f"{first}:{last}".replace("$", "")]
        return repr([self(sheet, cell.coordinate) or 0.0 for row in block for cell in row])


CELLS = r"(?:(?:'([^']+)'|([A-Z][a-z]+))!)?(\$?[A-Z]+\$?\d+)(?::(\$?[A-Z]+\$?\d+))?"
"""A cell or a block, perhaps of another sheet."""
