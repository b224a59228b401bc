"""What a workbook of inputs looks like: its sheets, its columns, and scalars as the text of a cell.

A row of the sheet `Scenario` is a value: its dotted path, the value, the ends of its range and its
distribution where it is uncertain, unit, source, confidence and notes. A row of `Overrides` has the name
of the override before that. All other sheets are the planner's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from capsim.language.reader import parse_scalar
from capsim.language.tree import Node
from capsim.language.writer import flow_text, quoted_text

ENDINGS = (".xlsx", ".xlsm")
"""How the names of workbooks end."""
INPUTS, OVERRIDES = "Scenario", "Overrides"
"""Sheets that are read."""
READ_ME, DEFAULTS, FIELDS, NAMES = "Read me", "Defaults", "Fields", "Names"
"""Sheets that explain, and are not read."""
BOOK_COLUMNS = ("path", "value", "low", "high", "distribution", "unit", "source", "confidence", "notes")
"""Columns of `INPUTS`."""
OVERRIDE = "override"
"""Column that `OVERRIDES` has before the others."""
BOOK_DISTRIBUTIONS = {"triangular": "mode", "double_triangular": "median", "uniform": ""}
"""Distributions of a low and a high end, and what stands between them as the value."""
LONGEST_CELL = 32_767
"""Longest text a cell takes. [characters]"""


@dataclass(frozen=True)
class InputRow:
    """A row of a workbook of inputs."""

    path: str
    value: Any
    """Number, text, date, true or false, or None for an empty cell."""
    low: float | None = None
    high: float | None = None
    distribution: str = ""
    unit: str = ""
    source: str = ""
    confidence: str = ""
    notes: str = ""
    choices: tuple[str, ...] = ()
    """Names that may stand as the value; empty where it is no name."""
    override: str = ""
    """Name of the override it is of; empty for a value of the scenario."""


def is_book(file: str) -> bool:
    """Whether a file is a workbook, by its ending."""
    return file.lower().endswith(ENDINGS)


def cell_values(node: Node) -> dict[str, Any]:
    """A value as the cells `value`, `low`, `high` and `distribution` of a row.

    What has no cells of its own, as a list or a series, is text in the notation of scenario files.
    """
    if isinstance(node.value, dict):
        columns = _range_of(node)
        return columns if columns is not None else {"value": flow_text(node)}
    return {"value": flow_text(node) if isinstance(node.value, list) else _scalar_cell(node.value)}


def _range_of(node: Node) -> dict[str, Any] | None:
    """An uncertain value by its ends; None where it is another."""
    values = {key: child.value for key, child in node.value.items()}
    name = values.pop("dist", None)
    centre = BOOK_DISTRIBUTIONS.get(name) if isinstance(name, str) else None
    if centre is None or values.keys() != {"low", "high", *([centre] if centre else [])}:
        return None
    if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in values.values()):
        return None
    ends = {"low": values["low"], "high": values["high"], "distribution": name}
    return {"value": values[centre] if centre else None, **ends}


def _scalar_cell(value: Any) -> Any:
    """A scalar as a cell: text that would be read as something else is in quotes."""
    if isinstance(value, (bool, int, float, date)) or value is None:
        return value
    text = str(value)
    try:
        is_plain = parse_scalar(text) == text and text == text.strip() and text[0] not in "[{\"'"
    except ValueError:
        is_plain = False
    return text if is_plain else quoted_text(text)
