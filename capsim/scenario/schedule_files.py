"""Schedules of other tools: MS-Project XML, Primavera XER, CSV and workbooks are read as tasks.

Dates are those that the tool shows: of a time of day, its day.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

from capsim.errors import Fault, ScenarioError
from capsim.reach import check_regular
from capsim.scenario.book_reader import sheets_of

COLUMNS = ("id", "name", "start", "finish", "after", "percent_done", "actual_start", "actual_finish")
"""Columns of a schedule as CSV; `after` has ids with spaces between them."""
DAYS = ("start", "finish", "actual_start", "actual_finish")
"""Those that have dates."""
FINISH_TO_START = ("1", "PR_FS", "FS")
"""How tools name the link that stages have."""
ALL_DONE = 100.0
"""Of a task that is finished. [%]"""
MOST_BYTES = 50_000_000
"""Largest file that is read. [bytes]"""


@dataclass(frozen=True)
class Task:
    """A task of a schedule."""

    id: str
    name: str
    start: date
    finish: date
    after: tuple[str, ...] = ()
    percent_done: float = 0.0
    actual_start: date | None = None
    actual_finish: date | None = None
    line: int = field(default=0, compare=False)
    """Line of a table it stands in."""


@dataclass(frozen=True)
class Schedule:
    """Tasks in the order of the file."""

    tasks: tuple[Task, ...]
    other_links: int = 0
    """Links of another kind than finish to start: their dates are kept, and not the links."""
    status: date | None = None
    """Day of its last update, where the file has one."""
    left_out: tuple[str, ...] = ()
    """Names of tasks that have no start or no finish."""


class RowError(ValueError):
    """What is wrong with a row of a table, and its line."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(rule)
        self.line = line


def read_schedule(file: str) -> Schedule:
    """A schedule of a file, by its ending: .xml, .xer, .csv or .xlsx.

    Raises
    ------
    ScenarioError
        If the file cannot be read, is of another kind, or has no task.
    """
    path = Path(file)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise _fault(file, f"a schedule ends in {', '.join(READERS)}")
    try:
        check_regular(path)
        if path.stat().st_size > MOST_BYTES:
            raise _fault(file, f"has more than {MOST_BYTES} bytes")
        schedule = reader(path)
    except OSError as error:
        raise _fault(file, f"cannot be read: {error.strerror or error}") from None
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        line = error.line if isinstance(error, RowError) else 0
        raise _fault(file, f"is no schedule: {error}", line) from None
    if not schedule.tasks:
        raise _fault(file, "has no task with dates")
    return schedule


def written(tasks: Iterable[Task]) -> str:
    """Tasks as CSV, which `read_schedule` reads as the same tasks."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows_of(tasks):
        writer.writerow([cell.isoformat() if isinstance(cell, date) else cell for cell in row])
    return out.getvalue()


def rows_of(tasks: Iterable[Task]) -> list[tuple[str | date | float | None, ...]]:
    """Tasks as rows of a table with `COLUMNS`; None where a cell is empty."""
    return [
        (
            task.id,
            task.name,
            task.start,
            task.finish,
            " ".join(task.after) or None,
            float(f"{task.percent_done:g}") if task.percent_done else None,
            task.actual_start,
            task.actual_finish,
        )
        for task in tasks
    ]


def _text(path: Path) -> str:
    return path.read_text("utf-8-sig", errors="replace")


def _read_xml(path: Path) -> Schedule:
    """Tasks of MS Project's XML: active leaves of the outline that have dates."""
    text = _text(path)
    root = ElementTree.fromstring(text)
    space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
    tasks, others, undated = [], 0, []
    for node in root.iter(f"{space}Task"):
        cells = {child.tag.removeprefix(space): child.text or "" for child in node}
        # a row without a name is an empty line of the tool's table
        if cells.get("Summary") == "1" or cells.get("Active") == "0" or not cells.get("Name"):
            continue
        if cells.get("Milestone") == "1":
            _on_one_day(cells, ("Start", "Finish"), ("ActualStart", "ActualFinish"))
        if not (cells.get("Start") and cells.get("Finish")):
            undated.append(cells["Name"])
            continue
        links = [
            {part.tag.removeprefix(space): part.text or "" for part in link}
            for link in node.findall(f"{space}PredecessorLink")
        ]
        after = [link["PredecessorUID"] for link in links if link.get("Type", "1") in FINISH_TO_START]
        others += len(links) - len(after)
        cells = {key: cells.get(key, "") for key in XML_KEYS} | {"after": " ".join(after)}
        tasks.append(_task({column: cells[key] for column, key in zip(COLUMNS, XML_KEYS, strict=True)}))
    updated = _day(root.findtext(f"{space}StatusDate") or "")
    return Schedule(tuple(tasks), others, updated, tuple(undated))


def _on_one_day(cells: dict[str, str], *pairs: tuple[str, str]) -> None:
    """Give a milestone, of which tools write one date, that date as its start and its finish, in place."""
    for start, finish in pairs:
        cells[start] = cells.get(start) or cells.get(finish, "")
        cells[finish] = cells.get(finish) or cells[start]


XML_KEYS = ("UID", "Name", "Start", "Finish", "after", "PercentComplete", "ActualStart", "ActualFinish")
"""Elements of a task of MS Project, in the order of `COLUMNS`."""
XER_KEYS = ("task_id", "task_name", "", "", "after", "phys_complete_pct", "act_start_date", "act_end_date")
"""Fields of a task of Primavera, in the order of `COLUMNS`; its dates stand in several."""
XER_STARTS = ("act_start_date", "early_start_date", "target_start_date")
XER_FINISHES = ("act_end_date", "early_end_date", "target_end_date")
"""Fields of its dates, what happened before what is forecast before what was planned."""
XER_MILESTONES = ("TT_Mile", "TT_FinMile")
"""Types of start and finish milestones, of which the other date is empty."""


def _read_xer(path: Path) -> Schedule:
    """Tasks of Primavera's XER: tables of tab-separated rows."""
    tables = _tables(_text(path))
    after: dict[str, list[str]] = {}
    others = 0
    for link in tables.get("TASKPRED", []):
        if link.get("pred_type") in FINISH_TO_START:
            after.setdefault(link["task_id"], []).append(link["pred_task_id"])
        else:
            others += 1
    tasks, undated = [], []
    for row in tables.get("TASK", []):
        if row.get("task_type") == "TT_WBS":
            continue
        if row.get("task_type") in XER_MILESTONES:
            _on_one_day(row, *zip(XER_STARTS, XER_FINISHES, strict=True))
        start, finish = (_first(row, keys) for keys in (XER_STARTS, XER_FINISHES))
        if not (start and finish):
            undated.append(row.get("task_name") or row["task_id"])
            continue
        cells_of = {"after": " ".join(after.get(row["task_id"], [])), **row}
        values = [cells_of.get(key, "") for key in XER_KEYS]
        values[2:4] = [start, finish]
        tasks.append(_task(dict(zip(COLUMNS, values, strict=True))))
    updated = [row.get("last_recalc_date", "") for row in tables.get("PROJECT", [])]
    return Schedule(tuple(tasks), others, _day(max(updated, default="")), tuple(undated))


def _tables(text: str) -> dict[str, list[dict[str, str]]]:
    """Rows by the name of their table, each with its cells by field."""
    tables: dict[str, list[dict[str, str]]] = {}
    table, fields = "", list[str]()
    for line in text.splitlines():
        kind, *cells = line.split("\t")
        if kind == "%T":
            table = cells[0]
        elif kind == "%F":
            fields = cells
        elif kind == "%R":
            tables.setdefault(table, []).append(dict(zip(fields, cells, strict=False)))
    return tables


def _first(row: Mapping[str, str], keys: Iterable[str]) -> str:
    """The first cell of some that is not empty."""
    return next((row[key] for key in keys if row.get(key)), "")


def _read_csv(path: Path) -> Schedule:
    return _of_rows(csv.reader(_text(path).splitlines()))


def _read_xlsx(path: Path) -> Schedule:
    """Tasks of the first sheet of a workbook."""
    sheets = sheets_of(str(path))
    rows = [[_cell(cell.value) for cell in row] for row in next(iter(sheets.values()), [])]
    return _of_rows(iter(rows))


def _cell(value: object) -> str:
    """A cell as text; a day without its midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _of_rows(rows: Iterator[list[str]]) -> Schedule:
    """Tasks of a table, of which the first row has the columns."""
    header = [name.strip() for name in next(rows, [])]
    if missing := [name for name in COLUMNS[:4] if name not in header]:
        raise ValueError(f"column {missing[0]} missing; a schedule has {', '.join(COLUMNS)}")
    if strange := [name for name in header if name not in COLUMNS]:
        raise ValueError(f"unknown column {strange[0]}; a schedule has {', '.join(COLUMNS)}")
    tasks, lines = list[Task](), dict[str, int]()
    for line, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict.fromkeys(COLUMNS, "") | dict(zip(header, map(str.strip, cells), strict=False))
        try:
            task = replace(_task(row), line=line)
        except ValueError as error:
            raise RowError(line, str(error)) from None
        if task.id in lines:
            raise RowError(line, f"id {task.id} stands in line {lines[task.id]} too")
        lines[task.id] = line
        tasks.append(task)
    return Schedule(tuple(tasks))


def _task(cells: Mapping[str, str]) -> Task:
    start, finish, began, ended = (_day_of(cells, column) for column in DAYS)
    if start is None or finish is None or finish < start:
        raise ValueError(f"task {cells['id']} has no start and finish in this order")
    try:
        done = float(cells["percent_done"] or 0.0)
    except ValueError:
        done = math.nan
    if not 0.0 <= done <= ALL_DONE:
        raise ValueError(
            f"task {cells['id']}: percent_done must be from 0 to 100 (got {cells['percent_done']})"
        )
    if began is not None and ended is not None and ended < began:
        raise ValueError(f"task {cells['id']} has no actual_start and actual_finish in this order")
    return Task(cells["id"], cells["name"], start, finish, tuple(cells["after"].split()), done, began, ended)


def _day_of(cells: Mapping[str, str], column: str) -> date | None:
    """The day of a cell; None where it is empty."""
    try:
        return _day(cells[column])
    except ValueError:
        raise ValueError(f"{column} must be a date such as 2026-11-28 (got {cells[column]})") from None


def _day(text: str) -> date | None:
    """The day of a date or a time; None where there is none."""
    if not text.strip() or text.strip() == "NA":
        return None
    return datetime.fromisoformat(text.strip()).date()


READERS: Mapping[str, Callable[[Path], Schedule]] = MappingProxyType(
    {".xml": _read_xml, ".xer": _read_xer, ".csv": _read_csv, ".xlsx": _read_xlsx}
)
"""Readers by the ending of a file."""


def _fault(file: str, rule: str, line: int = 0) -> ScenarioError:
    return ScenarioError(file, [Fault(file, line, "", rule, "")])
