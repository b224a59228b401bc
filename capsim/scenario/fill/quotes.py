"""Quotes of suppliers, from a file, laid over the cost items of a scenario."""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath

from capsim.catalog import Catalog
from capsim.language.merge import merge
from capsim.language.tree import Faults, Node, Note, Path, Place, from_python, id_of
from capsim.registry import did_you_mean
from capsim.series import numbers_of, read_bytes, sheet_of_text, text_of

COLUMNS = ("item", "amount", "currency", "date", "valid_until", "source")
"""Columns of a file of quotes; the last three may be left out."""
_NEEDED = COLUMNS[:4]
_DATES = {"date": "quoted_on", "valid_until": "valid_until"}
_LAYER = "file"


def lay_quotes(costs: Node, catalog: Catalog, faults: Faults, path: Path) -> None:
    """Lay the quotes of the file that costs name over their items, in place."""
    named = costs.get("quotes")
    if named is None or not isinstance(named.value, str) or not named.value:
        return
    try:
        quotes = _quotes(named.value)
    except ValueError as refusal:
        faults.add(named.place, (*path, "quotes"), str(refusal), named.text)
        return
    items = costs.get("items")
    if items is not None and not isinstance(items.value, list):
        return
    known = [*catalog.names("cost_items"), *(name for name, _ in costs.records("items"))]
    preset = catalog.tables["cost_presets"].get(str(costs.scalar("preset")))
    known += [] if preset is None else [*preset.values]
    for quote in quotes:
        if id_of(quote) not in known:
            rule = f"quotes an item that there is not{did_you_mean(id_of(quote), known)}"
            faults.add(quote.place, (*path, "quotes"), rule, id_of(quote))
    quotes = [quote for quote in quotes if id_of(quote) in known]
    laid = Node(quotes, named.place)
    costs.value["items"] = laid if items is None or not items.value else merge(items, laid)


def _quotes(file: str) -> list[Node]:
    """Cost items of a file of quotes."""
    sheet = sheet_of_text(text_of(read_bytes(FilePath(file))))
    header = {name.strip().lower().replace(" ", "_"): name for name in sheet.header}
    for name in header:
        if name and name not in COLUMNS:
            raise ValueError(f"line 1: unknown column {name}{did_you_mean(name, COLUMNS)}")
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise ValueError(f"line 1: missing column {' and '.join(missing)}")
    amounts = numbers_of(sheet.column(header["amount"]), sheet.lines, "amount", sheet.separator)
    cells = {name: sheet.column(header[name]) for name in header if name}
    seen: dict[str, int] = {}
    quotes = []
    for i, line in enumerate(sheet.lines):
        row = {name: column[i] for name, column in cells.items()}
        if row["item"] in seen:
            raise ValueError(
                f"line {line}: item {row['item']} is quoted twice; the first is on line {seen[row['item']]}"
            )
        seen[row["item"]] = line
        if not amounts[i] >= 0.0:
            raise ValueError(f"line {line}: amount must be at least 0 (got {row['amount']})")
        quotes.append(_item(row, float(amounts[i]), Place(file, line, _LAYER)))
    return quotes


def _item(row: dict[str, str], amount: float, place: Place) -> Node:
    days = {key: _day(row[name], place.line, name) for name, key in _DATES.items() if row.get(name)}
    if "quoted_on" not in days:
        raise ValueError(f"line {place.line}: date is missing")
    note = Note(row.get("source") or f"assumed: quote of {days['quoted_on'].isoformat()}", place=place)
    about = {"amount": amount, "currency": row["currency"], "price_year": days["quoted_on"].year, **days}
    fields = {key: from_python(value, place, note) for key, value in about.items()}
    return Node({"id": from_python(row["item"], place), **fields}, place)


def _day(text: str, line: int, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"line {line}: {name} must be a date, written as 2026-01-31 (got {text})") from None
