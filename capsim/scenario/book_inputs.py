"""A scenario as the rows of a workbook: what its author said, what the catalogue fills, what may be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from capsim.language.tree import Node, Note, Path
from capsim.scenario.book_rows import leaves_of
from capsim.scenario.book_sheets import InputRow, cell_values
from capsim.scenario.field_units import unit_of
from capsim.scenario.named_entries import choices_of
from capsim.scenario.own_files import change_named, files_named
from capsim.scenario.records.fields import FieldPlan, fields_of, meanings_of, must_be_given
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario
from capsim.scenario.resolved_values import Row, explain

FieldRow = tuple[str, str, str, str]
"""Path, unit, default and meaning of a field."""


def input_rows(scenario: Scenario, folder: str = "") -> list[InputRow]:
    """What the author of a scenario said, a row for each value; then its named overrides.

    Parameters
    ----------
    scenario : Scenario
        A loaded scenario.
    folder : str, optional
        Folder of the workbook: files that the scenario names are named from there.

    Returns
    -------
    rows : list of InputRow
        A workbook of them is read as an equal scenario.
    """
    provenance = scenario._provenance
    root = files_named(provenance.merged, folder)
    of_values = [_row(scenario, path, record, node) for path, record, node in leaves_of(root)]
    of_overrides = [
        _row_of(InputRow(dotted, None, override=name), change_named(dotted, node, folder))
        for name, changes in provenance.named.value.items()
        for dotted, node in changes.value.items()
    ]
    return [*of_values, *of_overrides]


def _row(scenario: Scenario, path: Path, record: type[Record] | None, node: Node) -> InputRow:
    """A row with what is known of its field."""
    plan = fields_of(record).get(path[-1]) if record is not None else None
    choices = choices_of(record, path[-1], scenario.catalog)
    notes = meanings_of(record)[path[-1]] if record is not None and plan is not None else ""
    empty = InputRow(".".join(path), None, unit=unit_of(scenario, path), notes=notes, choices=choices)
    return _row_of(empty, node)


def _row_of(empty: InputRow, node: Node) -> InputRow:
    """A row with its value, source and confidence."""
    node = _covered(node)
    note = node.note or Note()
    source = f"catalog:{note.catalog}" if note.catalog else note.source
    return InputRow(**{**vars(empty), **cell_values(node), "source": source, "confidence": note.confidence})


def _covered(node: Node) -> Node:
    """A mapping of scalars of one source with that of the whole, as its author may have written it."""
    if not isinstance(node.value, dict) or node.is_one_value or not node.value:
        return node
    notes = {(note.source, note.confidence) if note else () for note in (c.note for c in node.value.values())}
    if len(notes) > 1 or any(isinstance(child.value, (dict, list)) for child in node.value.values()):
        return node
    bare = {key: Node(child.value, child.place) for key, child in node.value.items()}
    return Node(bare, node.place, note=next(iter(node.value.values())).note)


def default_rows(scenario: Scenario, said: Iterable[InputRow]) -> list[Row]:
    """The values that the format or the catalogue gives where the author says nothing."""
    own = {row.path for row in said}
    return [row for row in explain(scenario) if row.path not in own]


def field_rows() -> list[FieldRow]:
    """Every key a scenario may have: its path with ID for the records of lists, unit, default and meaning."""
    return list(_fields(Scenario, (), ()))


def _fields(record: type[Record], path: Path, outer: tuple[type[Record], ...]) -> Iterator[FieldRow]:
    meanings = meanings_of(record)
    for key, plan in fields_of(record).items():
        here = (*path, key, "ID") if plan.shape == "records" else (*path, key)
        if plan.record is None:
            unit = plan.quantity.unit if plan.quantity is not None else ""
            yield ".".join(here), unit, _default(plan), " ".join(meanings[key].split())
        elif plan.record not in outer:
            yield from _fields(plan.record, here, (*outer, record))


def _default(plan: FieldPlan) -> str:
    if plan.catalog is not None:
        return f"catalogue: {plan.catalog}"
    if must_be_given(plan):
        return "must be given"
    return "" if plan.default is None or plan.default in ("", (), {}) else str(plan.default)
