"""Status files: a CSV of what has happened, a line for each date, count or figure.

::

    date,site,item,what,value,unit,source
    2026-03-02,aion,p1.permit,finished,,,council minutes
    2026-11-28,aion,p1.construction,percent_done,40,%,site report
    2026-11-20,aion,g1,announced,2027-12-31,,grid operator
    2026-10-31,aion,,facility_mwh,1840,MWh,meter
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from capsim.errors import Fault, ScenarioError
from capsim.language.tree import Faults, Node, Note, Place, from_python
from capsim.registry import did_you_mean
from capsim.series import read_bytes

COLUMNS = ("date", "site", "item", "what", "value", "unit")
"""Columns that a status file has; `source` may stand beside them."""
SOURCE = "source"
AS_OF, LAYER = "--as-of", "--actuals"


def read_status(file: str) -> list[Node]:
    """The lines of a status file, as records of a scenario's `actuals`.

    Raises
    ------
    ScenarioError
        With every fault: the file cannot be read, a column is missing, unknown or given twice, a line has
        no date or more cells than columns.
    """
    try:
        text = read_bytes(Path(file)).decode("utf-8-sig")
    except ValueError as error:
        why = "cannot be read: is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ScenarioError(file, [Fault(file, 0, "", why)]) from None
    rows = csv.reader(text.splitlines())
    header, faults = [cell.strip() for cell in next(rows, [])], Faults()
    _check_header(header, file, faults)
    faults.stop(file)
    lines = []
    for cells in rows:
        place = Place(file, rows.line_num, LAYER)
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            faults.add(place, (), f"has {len(cells)} cells, and there are {len(header)} columns")
            continue
        lines.append(_line(dict(zip(header, map(str.strip, cells), strict=True)), place, faults))
    faults.stop(file)
    return lines


def _check_header(header: list[str], file: str, faults: Faults) -> None:
    place = Place(file, 1, LAYER)
    for name in COLUMNS:
        if name not in header:
            faults.add(place, (name,), f"column missing; a status file has {', '.join(COLUMNS)}")
    for name in header:
        if name not in (*COLUMNS, SOURCE):
            faults.add(place, (name,), f"unknown column{did_you_mean(name, (*COLUMNS, SOURCE))}")
        elif header.count(name) > 1:
            faults.add(place, (name,), "column given twice")


def _line(cells: dict[str, str], place: Place, faults: Faults) -> Node:
    """A line as a record."""
    record: dict[str, object] = {"on": _day(cells["date"])}
    if record["on"] is None:
        faults.add(place, ("date",), "must be a date such as 2026-11-28", cells["date"])
    record |= {key: cells[key] for key in ("site", "item", "what", "unit") if cells[key]}
    if value := cells["value"]:
        day, number = _day(value), _number(value)
        if day is None and number is None:
            faults.add(place, ("value",), "must be a number or a date such as 2026-11-28", value)
        record |= {"day": day} if day is not None else {"number": number}
    note = Note(f"status file: {cells[SOURCE]}", place=place) if cells.get(SOURCE) else None
    node = from_python(record, place)
    for child in node.value.values():
        child.note = note
    node.note = note
    return node


def _day(text: str) -> date | None:
    try:
        # eight digits are a number
        return None if text.isdigit() else date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
