"""Quotes of suppliers, from a file, laid over the cost items of a scenario."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path as FilePath

from capsim.catalog import Catalog, day_of_text
from capsim.language.merge import merge
from capsim.language.tree import Faults, Node, Note, Path, Place, from_python, id_of
from capsim.registry import did_you_mean
from capsim.scenario.fill.money_of_presets import code_of
from capsim.series import Sheet, numbers_of, read_bytes, sheet_of_text, text_of
from capsim.units import Array

COLUMNS = ("item", "amount", "currency", "date", "valid_until", "source")
"""Columns of a file of quotes; all but item, amount and date may be left out."""
_NEEDED = ("item", "amount", "date")
_DATES = {"date": "quoted_on", "valid_until": "valid_until"}
_LAYER = "file"
_NO_CURRENCY = Note("the scenario's: the quote says no other", kind="derived")


def lay_quotes(costs: Node, root: Node, catalog: Catalog, faults: Faults, path: Path) -> None:
    """Lay the quotes of the file that costs name over their items, in place."""
    named, at = costs.get("quotes"), (*path, "quotes")
    if named is None or not isinstance(named.value, str) or not named.value:
        return
    try:
        quotes = read_quotes(named.value, code_of(root), faults, at)
    except ValueError as refusal:
        faults.add(named.place, at, str(refusal), named.text)
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
            faults.add(quote.place, at, rule, id_of(quote))
    quotes = [quote for quote in quotes if id_of(quote) in known]
    laid = Node(quotes, named.place)
    costs.value["items"] = laid if items is None or not items.value else merge(items, laid)


def read_quotes(file: str, currency: str, faults: Faults, path: Path) -> list[Node]:
    """Cost items of a file of quotes; what is wrong with a line is added to the faults.

    Parameters
    ----------
    file : str
        CSV file with the columns `COLUMNS`.
    currency : str
        That of quotes which state none.
    faults : Faults
        Takes what is wrong.
    path : tuple of str
        Where the scenario names the file.

    Raises
    ------
    ValueError
        If the file cannot be read as a table.
    """
    sheet = sheet_of_text(text_of(read_bytes(FilePath(file))))
    header = {name.strip().lower().replace(" ", "_"): name for name in sheet.header if name.strip()}
    heading = Place(file, sheet.lines[0] - 1, _LAYER)
    for name in header:
        if name not in COLUMNS:
            faults.add(heading, path, f"unknown column{did_you_mean(name, COLUMNS)}", name)
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        faults.add(heading, path, f"missing column {' and '.join(missing)}")
        return []
    amounts = numbers_in(sheet, header["amount"], file, faults, path)
    if amounts is None:
        return []
    seen: dict[str, int] = {}
    quotes: list[Node] = []
    for i, line in enumerate(sheet.lines):
        row, place = {name: sheet.column(at)[i] for name, at in header.items()}, Place(file, line, _LAYER)
        days = _days(row, place, faults, path)
        if not amounts[i] >= 0.0:
            faults.add(place, path, "amount must be at least 0", row["amount"] or "an empty cell")
        elif (first := seen.setdefault(row["item"], line)) != line:
            faults.add(place, path, f"is quoted twice; the first is on line {first}", row["item"])
        elif "quoted_on" in days:
            quotes.append(_item(row, float(amounts[i]), days, currency, place))
    return quotes


def numbers_in(sheet: Sheet, column: str, file: str, faults: Faults, path: Path) -> Array | None:
    """Numbers of a column of a file; None with a fault added where a cell is none."""
    try:
        return numbers_of(sheet.column(column), sheet.lines, column, sheet.separator)
    except ValueError as refusal:
        told = re.match(r"line (\d+): (.*)", str(refusal))
        line, rule = (int(told[1]), told[2]) if told is not None else (0, str(refusal))
        faults.add(Place(file, line, _LAYER), path, rule)
        return None


def _days(row: dict[str, str], place: Place, faults: Faults, path: Path) -> dict[str, date]:
    """The days of a quote that are days, by the fields of its item."""
    days = {}
    for name, key in _DATES.items():
        try:
            if row.get(name):
                days[key] = day_of_text(row[name])
        except ValueError as refusal:
            faults.add(place, path, f"{name} {refusal}", row[name])
    if not row["date"]:
        faults.add(place, path, "date is missing: the amount is of the year of its quote")
    today, made, until = datetime.now(UTC).date(), days.get("quoted_on"), days.get("valid_until")
    if made is not None and made > today:
        faults.add(place, path, f"date must not be after today ({today.isoformat()})", row["date"])
    if made is not None and until is not None and until < made:
        faults.add(
            place, path, f"valid_until must not be before date, {made.isoformat()}", row["valid_until"]
        )
    return days


def _item(row: dict[str, str], amount: float, days: dict[str, date], currency: str, place: Place) -> Node:
    made = days["quoted_on"]
    note = Note(row.get("source") or f"assumed: quote of {made.isoformat()}", place=place)
    about = {"amount": amount, "price_year": made.year, **days}
    fields = {key: from_python(value, place, note) for key, value in about.items()}
    written = row.get("currency", "")
    fields["currency"] = from_python(written or currency, place, note if written else _NO_CURRENCY)
    return Node({"id": from_python(row["item"], place), **fields}, place)
