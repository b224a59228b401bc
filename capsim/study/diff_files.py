"""What `capsim diff` takes: saved projections, finished studies and tables of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from capsim.catalog import Value, rows_of_table
from capsim.errors import StudyError
from capsim.projection import Projection, is_saved
from capsim.study.diffs import Diff, difference
from capsim.study.ensembles import Ensemble
from capsim.study.folder import read_about, read_results
from capsim.study.held_results import Held, held_ensemble, held_projection, only
from capsim.study.inputs import inputs_in
from capsim.study.store import ABOUT
from capsim.study.study_leaves import leaves_of
from capsim.study.tolerances import Tolerance, tolerance
from capsim.vocabulary import input_name

CATALOGUE = "catalogue"
"""Kind of tables, one or a folder of them."""
WITHOUT_UNIT = ("1", "text", "date", "year")
"""Units of the catalogue that say nothing beside a title."""
NO_RESULTS = ("manifest", "files", "study", "format", "checksum", "told", "units", "changes")
"""What stands beside the results of a study: what it was, what tells that it is whole, what a report tells
beside it, and what was changed, which the inputs say."""


def diff(
    old: str | Path, new: str | Path, within: Tolerance | None = None, *, figures: Sequence[str] = ()
) -> Diff:
    """What moved between two saved projections, two studies or two catalogues.

    Parameters
    ----------
    old, new : str or Path
        Folders of saved projections or of finished studies; tables of the catalogue (CSV) or folders of them.
    within : Tolerance, optional
        What figures and dates may move (`capsim.study.tolerance`); what is beyond is marked.
    figures : sequence of str
        Figures and dates looked at, in words; all where missing.

    Raises
    ------
    StudyError
        If the two are not of one kind or have no table in common, one is none of them, or one lacks a figure.
    """
    kinds = [_kind_of(Path(path)) for path in (old, new)]
    if kinds[0] != kinds[1]:
        raise StudyError(f"{old} is a {kinds[0]} and {new} a {kinds[1]}; give two of one kind")
    if kinds[0] == CATALOGUE:
        _check_tables(Path(old), Path(new))
    before, after = (_held(kinds[0], Path(path), figures) for path in (old, new))
    return difference(before, after, within or tolerance())


def _check_tables(old: Path, new: Path) -> None:
    """Refuse a table with a folder of them, and tables of which no two are of one name."""
    names = [{file.stem for file in _tables(path)} for path in (old, new)]
    if old.is_dir() != new.is_dir() or not names[0] & names[1]:
        told = (
            f"{path} is {'a folder of tables' if path.is_dir() else f'the table {path.stem}'}"
            for path in (old, new)
        )
        raise StudyError(f"{' and '.join(told)}; give two of one table, or two folders that share some")


def _tables(path: Path) -> list[Path]:
    """The tables of a folder, or the one that a file is."""
    return sorted(path.glob("*.csv")) if path.is_dir() else [path]


def _kind_of(path: Path) -> str:
    """What a file or folder is: `projection`, `study` or `catalogue`."""
    if is_saved(path):
        return "projection"
    if (path / ABOUT).is_file():
        return "study"
    if (path.is_file() and path.suffix.lower() == ".csv") or any(path.glob("*.csv")):
        return CATALOGUE
    wanted = "is no saved projection, no finished study and no table of the catalogue (CSV)"
    raise StudyError(f"{path}: {wanted if path.exists() else 'there is no such file or folder'}")


def _held(kind: str, path: Path, figures: Sequence[str]) -> Held:
    if kind == "projection":
        return held_projection(Projection.load(path), figures)
    if kind == "study":
        return _study(path, figures)
    if figures:
        raise StudyError("figures are of projections and studies; a catalogue has none")
    return _catalogue(path)


def _study(folder: Path, figures: Sequence[str]) -> Held:
    """An ensemble by figures and percentiles; of any other study all numbers of its results."""
    about = read_about(folder)
    inputs = inputs_in(folder)
    if about["kind"] == "ensemble":
        return only(held_ensemble(Ensemble.load(folder), str(folder), inputs), figures)
    if figures:
        raise StudyError(f"{folder}: a study of kind {about['kind']} is held whole; leave out figures")
    record = read_results(folder)
    found = leaves_of({key: part for key, part in record.items() if key not in NO_RESULTS})
    unit = str(record.get("manifest", {}).get("money_unit", ""))
    return Held(str(folder), {}, found.figures, found.dates, {}, found.texts, inputs=inputs, money_unit=unit)


def _catalogue(path: Path) -> Held:
    """Values of a table or of a folder of tables: numbers with the ends of their ranges, and texts.

    A table of hours or months, which has no rows of single values, counts as a whole.
    """
    numbers, texts, called = dict[str, float](), dict[str, str](), dict[str, str]()
    for file in _tables(path):
        if path.is_dir() and not _has_values(file):
            texts[f"{file.stem} (whole)"] = sha256(file.read_bytes()).hexdigest()
            continue
        table, rows = rows_of_table(str(file))
        for (name, key), value in rows.items():
            place = f"{table}/{name}.{key}"
            title = rows[name, "title"].value if (name, "title") in rows else name
            called |= _titles(place, input_name(place.replace("/", ".")), value.unit, str(title))
            if isinstance(value.value, str):
                texts[place] = value.value
            else:
                numbers |= _with_ends(place, value.value, value)
                texts[f"{place} (unit)"] = value.unit
    return Held(str(path), figures=numbers, texts=texts, items=called)


def _titles(place: str, title: str, unit: str, of: str) -> dict[str, str]:
    """A value of the catalogue, its ends and its unit as people call them, with what it is of."""
    with_unit = title if unit in WITHOUT_UNIT else f"{title}, {unit}"
    of_ends = {f"{place} ({end})": f"{with_unit}, {end} ({of})" for end in ("low", "high")}
    return {place: f"{with_unit} ({of})", f"{place} (unit)": f"{title}, unit ({of})"} | of_ends


def _has_values(file: Path) -> bool:
    with file.open(encoding="utf-8-sig") as lines:
        return next(lines, "").startswith("name,")


def _with_ends(place: str, number: float, value: Value) -> dict[str, float]:
    """A number and the ends of its range, where it has one."""
    ends = {"low": value.low, "high": value.high}
    return {place: number} | {f"{place} ({end})": v for end, v in ends.items() if v is not None}
