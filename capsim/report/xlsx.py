"""A workbook of a projection: assumptions, results, cash flow, ledger, sites, halls; sums are formulas.

XlsxWriter comes with the extra `xlsx`; without it no workbook is written.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from capsim.projection import (
    BALANCES,
    Projection,
    by_hall,
    cash_flow_by_year,
    monthly_table,
    payers_by_year,
    series_table,
    sums_of_flows,
)
from capsim.report.worked_sheets import add_worked
from capsim.temporary import new_file
from capsim.vocabulary import in_currency, unit_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook

FILE = "workbook.xlsx"
"""Name of the workbook in a folder of results."""
WIDEST = 60
"""Widest column. [characters]"""
WHOLE, HUNDREDTHS, GENERAL = "#,##0", "#,##0.00", "General"
"""Patterns of numbers."""
MOST_ROWS = 10_000
"""Rows of a sheet of results: one of more is read by nobody."""
SHEET_ROWS = 1_048_575
"""Rows that a sheet takes at all, below its headings."""
WHOLE_IN: Mapping[str, str] = {
    "Assumptions": "assumptions.parquet",
    "Cash flow by year": "cash_flow_by_year.csv",
    "Who pays": "who_pays_by_year.csv",
    "Ledger by year": "ledger.csv",
    "By year": "yearly.csv",
    "Halls": "halls.csv",
    "Halls by month": "halls.csv",
    "Sites by month": "monthly.csv",
    "Series": "monthly_series.csv",
    "Levelised cost": "levelised.parquet",
    "Delay": "delay.parquet",
    "Cash flows": "flows.parquet",
    "Sums of cash flows": "flows.parquet",
    "Findings": "projection.json",
}
"""Files of the folder that have every row of a sheet."""
LONGEST = 32_000
"""Longest text of a cell; a spreadsheet takes 32,767. [characters]"""


def has_xlsx() -> bool:
    """Whether the extra is installed."""
    return find_spec("xlsxwriter") is not None


def write_workbook(projection: Projection, path: Path) -> Path:
    """Write the workbook; the same projection gives the same bytes.

    Parameters
    ----------
    projection : Projection
        Of a simulation, or loaded.
    path : Path
        File to write.

    Returns
    -------
    path : Path
        The same.
    """
    import xlsxwriter

    as_text = {"strings_to_formulas": False, "strings_to_urls": False}
    # a process that is killed leaves the parts of the workbook where they are found and removed
    with (
        new_file(path) as unfinished,
        xlsxwriter.Workbook(unfinished, as_text | {"tmpdir": str(unfinished.parent)}) as book,
    ):
        facts = projection.facts
        first_day = datetime.fromisoformat(facts.start)
        book.set_properties({"title": facts.title, "created": first_day})
        _sheet(book, "Results", ("figure", "value", "unit"), _results(projection))
        _assumptions(book, projection.assumptions)
        add_worked(book, projection)
        note = f"{facts.currency}, nominal"
        by_year = cash_flow_by_year(projection.cash_flow)
        levels = [in_currency(name, facts.currency) for name in BALANCES]
        _frame(book, "Cash flow by year", by_year, note, _but(by_year, "year", *levels))
        _frame(book, "Who pays", payers_by_year(projection.funding), note)
        real = f"{facts.money_unit}, real"
        by_item = _ledger_by_year(projection)
        _frame(book, "Ledger by year", by_item, real, _but(by_item, "category", "item"))
        _frame(book, "By year", projection.yearly.reset_index(), f"money in {real}")
        note = "MW; nameplate at the end, headroom in the month of the peak"
        _frame(book, "Halls", by_hall(projection.halls), note)
        _frame(book, "Halls by month", projection.halls, "MW at the end or at the peak of the month")
        note = f"money in {real}; see the sheet Series; series that are 0 throughout are left out"
        _frame(book, "Sites by month", _not_zero(monthly_table(projection.monthly)), note)
        _frame(book, "Series", series_table(projection.monthly), "Columns of Sites by month")
        _frame(book, "Levelised cost", projection.levelised, real, _but(projection.levelised, "item"))
        _frame(book, "Delay", projection.delay, f"{real}, for a month's delay of a phase")
        _frame(book, "Cash flows", projection.flows, real)
        _frame(book, "Sums of cash flows", sums_of_flows(projection.flows), real)
        columns = ("severity", "kind", "site", "phase", "text")
        said = [[getattr(finding, name) for name in columns] for finding in projection.findings]
        _sheet(book, "Findings", columns, said[:MOST_ROWS], _noted("Findings", len(said)))
    return path


def write_table(path: Path, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table as a workbook of one sheet; days are days of the spreadsheet.

    Raises
    ------
    ValueError
        If the rows are more than a sheet has, which would be left out without a word.
    """
    import xlsxwriter

    kept_rows = [*rows]
    if len(kept_rows) > SHEET_ROWS:
        raise ValueError(f"a sheet has {SHEET_ROWS:,} rows below its headings (got {len(kept_rows):,})")

    # made in memory, so that a folder that is not there is told when the bytes are written
    kept = io.BytesIO()
    with xlsxwriter.Workbook(
        kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        days = ([datetime.combine(c, time()) if type(c) is date else c for c in row] for row in kept_rows)
        _sheet(book, name, headings, days)
    with new_file(path) as unfinished:
        unfinished.write_bytes(kept.getvalue())


def _results(projection: Projection) -> list[tuple[Any, ...]]:
    """Headline figures with units, then the targets."""
    unit = projection.facts.money_unit
    rows: list[tuple[Any, ...]] = [
        (name, value, unit_of(name, "headline", unit)) for name, value in projection.headline.items()
    ]
    for target in projection.targets:
        rows.append((f"target {target.target}: {target.metric}, goal", target.goal, target.unit))
        reached = f"target {target.target}: {target.metric}, by {target.by or 'the end'}"
        rows.append((reached, target.reached, target.unit))
    return rows


def _assumptions(book: Workbook, table: pd.DataFrame) -> None:
    """Every value of the scenario as resolved, with its unit and source."""
    rows = table.head(MOST_ROWS).itertuples(index=False, name=None)
    cells = ((path, _number(value), *rest) for path, value, *rest in rows)
    _sheet(book, "Assumptions", [str(c) for c in table], cells, _noted("Assumptions", len(table)))


def _number(text: str) -> float | str:
    """The number a text is, or the text."""
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def _ledger_by_year(projection: Projection) -> pd.DataFrame:
    """Items in rows, years in columns."""
    table = projection.ledger
    amount = f"amount_{projection.currency}"
    by = [table["category"], table["item"], table["month"].dt.year.rename("year")]
    wide = table[amount].groupby(by).sum().unstack("year").fillna(0.0).reset_index()
    return wide.rename(columns=str)


def _not_zero(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the columns that are 0 in every row: a portfolio uses about half of the series."""
    return table.loc[:, (table != 0).any()]


def _but(table: pd.DataFrame, *names: str) -> list[str]:
    """Columns of a table but some, whose sums mean nothing."""
    return [str(column) for column in table.columns if column not in names]


def _frame(book: Workbook, name: str, table: pd.DataFrame, note: str, summed: Sequence[str] = ()) -> None:
    """A table as a sheet, with the sums of some columns as formulas below it."""
    shown, left_out = table.head(MOST_ROWS), table.iloc[MOST_ROWS:]
    rows = shown.itertuples(index=False, name=None)
    headings = [str(c) for c in table.columns]
    sheet = _sheet(book, name, headings, rows, _noted(name, len(table), note))
    if not summed or table.empty:
        return
    first, last = 3, len(shown) + 2
    if not left_out.empty:
        sheet.write_string(last, 0, "rows left out")
        for column in summed:
            sheet.write_number(last, headings.index(column), float(left_out[column].sum()))
        last += 1
    sheet.write_string(last, 0, "total")
    for column in summed:
        at = headings.index(column)
        cells = f"{_letters(at)}{first}:{_letters(at)}{last}"
        sheet.write_formula(last, at, f"=SUM({cells})", None, float(table[column].sum()))


def _noted(name: str, rows: int, note: str = "") -> str:
    """The note of a sheet, which begins with what was left out of so many rows."""
    if rows <= MOST_ROWS:
        return note
    cut = f"first {MOST_ROWS:,} of {rows:,} rows, all of which are in {WHOLE_IN[name]}"
    return f"{cut}; {note}" if note else cut


def _sheet(
    book: Workbook, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], note: str = ""
) -> Any:
    """A sheet with a note on top where there is one, bold headings that stay in view, and rows."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "text_wrap": True})
    numbers = {pattern: book.add_format({"num_format": pattern}) for pattern in (WHOLE, HUNDREDTHS, GENERAL)}
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    top = 1 if note else 0
    # below a note, which the first row has; without one the headings take its place
    if note:
        sheet.write_string(0, 0, note)
    sheet.write_row(top, 0, headings, bold)
    widths = [len(heading) for heading in headings]
    for r, row in enumerate(rows, top + 1):
        for c, value in enumerate(row):
            widths[c] = max(widths[c], _cell(sheet, r, c, value, numbers, day))
    for c, width in enumerate(widths):
        sheet.set_column(c, c, min(width + 2, WIDEST))
    sheet.freeze_panes(top + 1, 1)
    return sheet


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _cell(sheet: Any, row: int, column: int, value: Any, numbers: Mapping[str, Any], day: Any) -> int:
    """Write a cell and return its width; a number that is not known stays empty. [characters]"""
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), day)
        return len("2026-01-01")
    if isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST])
        return len(value)
    # a bool is a number to Python, and none to a reader
    if isinstance(value, bool) or value is None or not math.isfinite(value):
        sheet.write_blank(row, column, None)
        return 0
    # a calendar year in the first column takes no separators
    is_year = column == 0 and float(value).is_integer()
    sheet.write_number(row, column, value, None if is_year else numbers[_pattern(value)])
    return len(f"{value:,.4g}")


def _pattern(value: float) -> str:
    """How a number is shown: no point behind a whole one, and all digits of one below 1."""
    if float(value).is_integer():
        return WHOLE
    return HUNDREDTHS if abs(value) >= 1.0 else GENERAL
