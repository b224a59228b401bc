"""Measured output of systems, from a file, laid beneath what a service says itself."""

from __future__ import annotations

from pathlib import Path as FilePath

from capsim.language.tree import Faults, Node, Note, Path, Place, from_python
from capsim.registry import did_you_mean
from capsim.scenario.fill.quotes import numbers_in
from capsim.series import read_bytes, sheet_of_text, text_of

COLUMNS = ("system", "model", "tokens_per_s", "source")
"""Columns of a file of measured output that are read; there may be others, of how it was measured."""
_NEEDED = ("system", "tokens_per_s")
_LAYER = "file"


def lay_throughput(service: Node, faults: Faults, path: Path) -> None:
    """Lay the figures of a service's file beneath its own, in place."""
    named, at = service.get("throughput_file"), (*path, "throughput_file")
    if named is None or not isinstance(named.value, str) or not named.value:
        return
    own, model = service.get("throughput"), str(service.scalar("model") or "")
    given = own.value if own is not None and isinstance(own.value, dict) else {}
    try:
        of_models = read_throughput(named.value, faults, at)
    except ValueError as refusal:
        faults.add(named.place, at, str(refusal), named.text)
        return
    is_there = not model or bool({model, ""} & of_models.keys())
    figures = of_models.get(model) or of_models.get("", {}) if model else _of_one_model(of_models, faults, at)
    if of_models and not is_there:
        hint = did_you_mean(model, of_models)
        faults.add(named.place, at, f"has no row of model {model}{hint}", named.text)
    service.value["throughput"] = Node({**figures, **given}, named.place)


def read_throughput(file: str, faults: Faults, path: Path) -> dict[str, dict[str, Node]]:
    """Tokens per second by system, of each model of a file; what is wrong with a line goes to the faults.

    A file without a column of models has one without a name.

    Raises
    ------
    ValueError
        If the file cannot be read as a table.
    """
    sheet = sheet_of_text(text_of(read_bytes(FilePath(file))))
    heading, absent = Place(file, sheet.lines[0] - 1, _LAYER), [c for c in COLUMNS if c not in sheet.header]
    for name in sheet.header:
        hint = "" if name in COLUMNS else did_you_mean(name, absent)
        if hint:
            faults.add(heading, path, f"unknown column{hint}", name)
    missing = [name for name in _NEEDED if name in absent]
    if missing:
        faults.add(heading, path, f"missing column {' and '.join(missing)}")
        return {}
    rates = numbers_in(sheet, "tokens_per_s", file, faults, path)
    if rates is None:
        return {}
    of_models: dict[str, dict[str, Node]] = {}
    for i, line in enumerate(sheet.lines):
        row = {name: sheet.column(name)[i] for name in COLUMNS if name in sheet.header}
        place, figures = Place(file, line, _LAYER), of_models.setdefault(row.get("model", ""), {})
        if row["system"] in figures:
            first = figures[row["system"]].place.line
            faults.add(place, path, f"has a second figure; the first is on line {first}", row["system"])
        elif not rates[i] > 0.0:
            faults.add(
                place, path, "tokens_per_s must be greater than 0", row["tokens_per_s"] or "an empty cell"
            )
        else:
            note = Note(row.get("source") or "assumed: own measurement", place=place)
            figures[row["system"]] = from_python(float(rates[i]), place, note)
    return of_models


def _of_one_model(of_models: dict[str, dict[str, Node]], faults: Faults, path: Path) -> dict[str, Node]:
    """The figures of all models, where no system has two."""
    figures: dict[str, Node] = {}
    for of_systems in of_models.values():
        for system, figure in of_systems.items():
            if system in figures:
                rule = f"has two figures of different models; write model: {' or '.join(of_models)}"
                faults.add(figure.place, path, rule, system)
            figures.setdefault(system, figure)
    return figures
