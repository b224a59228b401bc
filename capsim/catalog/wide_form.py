"""A wide table as rows of the catalogue: one row per record and a column per field, as vendors publish."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from capsim.catalog.day_words import day_of_text, part_of_year
from capsim.catalog.overlay_checks import meant
from capsim.catalog.reading import TEXT_UNITS, Rows
from capsim.catalog.records import Value
from capsim.catalog.unit_words import unit_factor
from capsim.errors import Fault
from capsim.series import Sheet, numbers_of, sheet_of_text

NAME_COLUMNS = ("name", "hardware name", "model")
"""What the column of names may be called, in whichever case."""
ABOUT = ("source", "retrieved", "confidence", "note", "kind")
"""Columns about all values of a row, in whichever case."""
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "manufacturer": "vendor",
        "release date": "launch_date",
        "release price": "price_usd",
        "tensor-fp16/bf16 performance": "bf16_dense_tflops",
        "fp8 performance": "fp8_dense_tflops",
        "fp4 performance": "fp4_dense_tflops",
        "int8 performance": "int8_dense_tops",
        "memory": "hbm_gb",
        "memory size per board": "hbm_gb",
        "memory bandwidth": "hbm_tb_per_s",
        "tdp": "tdp_w",
        "type": "accelerator_kind",
    }
)
"""Names of columns of published tables of accelerators, without their units, and the fields they are."""
_BRACKET = re.compile(r"\s*[\[(]([^\])]*)[\])]\s*$")


@dataclass(frozen=True)
class _Column:
    header: str
    field: str
    unit: str
    factor: float
    has_words: bool
    """Whether the table has words beside days."""


def is_wide(header: tuple[str, ...]) -> bool:
    """Whether a header is that of a wide table: a column of names, and none of fields."""
    return any(name in in_small(header) for name in NAME_COLUMNS) and not {"field", "value"} & set(header)


def in_small(header: tuple[str, ...]) -> tuple[str, ...]:
    """A header with the columns of names, and of what is said of a row, in small letters."""
    known = (*NAME_COLUMNS, *ABOUT)
    small = [name.lower() if name.lower() in known else name for name in header]
    # of two that differ by their case alone, each keeps its own
    return tuple(new if small.count(new) == 1 else old for old, new in zip(header, small, strict=True))


def rows_of_wide(
    text: str, *, file: str, table: str, shipped: Rows, is_import: bool = False
) -> tuple[Rows, list[Fault]]:
    """Values of a wide table, and all that is wrong with it.

    Parameters
    ----------
    text : str
        The file's content.
    file, table : str
        Names shown in faults and origins.
    shipped : Rows
        Rows of the table, which say what fields there are and their units.
    is_import : bool
        Whether columns that are no fields are left out, and names turned into slugs.

    Returns
    -------
    rows : dict of (str, str) to Value
    faults : list of Fault
    """
    try:
        sheet = sheet_of_text(text)
    except ValueError as refusal:
        return {}, [Fault(file, 0, table, str(refusal))]
    sheet = replace(sheet, header=in_small(sheet.header))
    columns, faults = _columns(sheet, file, table, shipped, is_import=is_import)
    names_in = next(name for name in NAME_COLUMNS if name in sheet.header)
    names = [_slug(cell) if is_import else cell for cell in sheet.column(names_in)]
    for name, line in zip(names, sheet.lines, strict=True):
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
            rule = "name must be lower-case letters, digits, hyphens and underscores"
            faults.append(Fault(file, line, f"{table}.{name}", rule, name))
    rows: Rows = {}
    for column in columns:
        try:
            values = _values(sheet, column)
        except ValueError as refusal:
            told = re.match(r"line (\d+): ", str(refusal))
            at = int(told.group(1)) if told else 0
            faults.append(Fault(file, at, f"{table}.{column.field}", str(refusal).partition(": ")[2]))
            continue
        for i, value in values.items():
            first = rows.get((names[i], column.field))
            if first is not None:
                rule = f"duplicate row; first given on line {first.origin.rpartition(':')[2]}"
                faults.append(Fault(file, sheet.lines[i], f"{table}.{names[i]}.{column.field}", rule))
            rows[names[i], column.field] = _value(sheet, i, value, column, f"{file}:{sheet.lines[i]}")
    return rows, faults


def units_of(shipped: Rows) -> dict[str, list[str]]:
    """The units of each field of a table, the commonest first."""
    counts: dict[str, Counter[str]] = {}
    for (_, field), value in shipped.items():
        counts.setdefault(field, Counter())[value.unit] += 1
    return {field: [unit for unit, _ in units.most_common()] for field, units in counts.items()}


def fields_in(header: Iterable[str], shipped: Mapping[tuple[str, str], object]) -> dict[str, str]:
    """The fields of a table that columns of a header are, by column."""
    known = {field for _, field in shipped}
    plain = {name: _BRACKET.sub("", name) for name in header}
    fields = {name: word if word in known else ALIASES.get(word.lower(), "") for name, word in plain.items()}
    return {name: field for name, field in fields.items() if field in known}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _columns(
    sheet: Sheet, file: str, table: str, shipped: Rows, *, is_import: bool
) -> tuple[list[_Column], list[Fault]]:
    """The columns that are fields of the table."""
    units = units_of(shipped)
    columns, faults = [], []
    for header in sheet.header:
        if not header or header in NAME_COLUMNS or header in ABOUT:
            continue
        bracket = _BRACKET.search(header)
        plain = _BRACKET.sub("", header)
        field = plain if plain in units else ALIASES.get(plain.lower(), plain)
        if field not in units:
            if not is_import:
                hint = meant(table, plain, {**units, **dict.fromkeys(ABOUT, ())})
                faults.append(Fault(file, sheet.lines[0] - 1, table, f"unknown column{hint}", header))
            continue
        try:
            unit, factor = _unit(header, bracket and bracket.group(1), units[field])
            columns.append(_Column(header, field, unit, factor, "text" in units[field]))
        except ValueError as refusal:
            faults.append(Fault(file, sheet.lines[0] - 1, table, str(refusal), header))
    return columns, faults


def _unit(header: str, given: str | None, known: Sequence[str]) -> tuple[str, float]:
    """Unit of a column that states one or not, and what its numbers are multiplied with to be in it."""
    if given is None:
        others = [unit for unit in known[1:] if unit_factor(unit, known[0]) not in (None, 1.0)]
        if others:
            ways = " or ".join(f"{header} [{unit}]" for unit in (known[0], *others))
            raise ValueError(f"the catalogue has this in several units: write {ways}")
        return known[0], 1.0
    if given in known:
        return given, 1.0
    factor = unit_factor(given, known[0])
    if factor is None:
        raise ValueError(f"unit of column {header} must be {known[0]}, or one that differs by a factor")
    return known[0], factor


def _values(sheet: Sheet, column: _Column) -> dict[int, float | str]:
    """Values of a column by row; those of empty cells are left out."""
    cells = sheet.column(column.header)
    if column.unit == "date":
        return {i: _date(cell, sheet.lines[i], column) for i, cell in enumerate(cells) if cell}
    if column.unit in TEXT_UNITS:
        return {i: cell for i, cell in enumerate(cells) if cell}
    numbers = numbers_of(cells, sheet.lines, column.header, sheet.separator)
    return {i: float(n) * column.factor for i, n in enumerate(numbers) if n == n}  # noqa: PLR0124 - no NaN


def _date(cell: str, line: int, column: _Column) -> str:
    """A day of the calendar; the part of a year in words where the table has such."""
    try:
        return cell if column.has_words and part_of_year(cell) else day_of_text(cell).isoformat()
    except ValueError as refusal:
        raise ValueError(f"line {line}: {column.header} {refusal} (got {cell})") from None


def _value(sheet: Sheet, row: int, value: float | str, column: _Column, origin: str) -> Value:
    about = {name: sheet.column(name)[row] for name in ABOUT if name in sheet.header}
    source = about.get("source", "")
    is_assumed = not source or source.startswith("assumed")
    kind = about.get("kind") or ("assumed" if is_assumed else "published")
    is_part = column.unit == "date" and part_of_year(str(value))
    return Value(
        round(value, 12) if isinstance(value, float) else value,
        "text" if is_part else column.unit,
        None,
        None,
        kind,
        source or "assumed: given without a source",
        about.get("retrieved", ""),
        about.get("confidence", ""),
        about.get("note", ""),
        origin,
    )
