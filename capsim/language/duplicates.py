"""Records of one list that have one id, of which one would be lost or both counted."""

from __future__ import annotations

from capsim.language.tree import Faults, Node, Path, Place, id_of


def find_duplicate_ids(node: Node, path: Path, faults: Faults) -> None:
    """Add a fault for each record, in a list anywhere in a node, whose id another before it has.

    Parameters
    ----------
    node : Node
        Tree of a file, of a value that is set, or of what both come to.
    path : Path
        Where the node stands.
    faults : Faults
        Gets the faults.
    """
    first: dict[str, Node] = {}
    for name, child in node.children():
        is_record = isinstance(node.value, list) and id_of(child)
        # by identity, for two records that say the same are two all the same
        if is_record and first.setdefault(name, child) is not child:
            _tell(name, first[name], child, path, faults)
        if isinstance(child.value, (dict, list)):
            find_duplicate_ids(child, (*path, name), faults)


def _tell(name: str, first: Node, second: Node, path: Path, faults: Faults) -> None:
    """Tell of the second record, or of the first where that was given its id by an option or a call."""
    which, told, other = "first", _place(second), _place(first)
    if told.line and not other.line:
        which, told, other = "other", other, told
    where = f"on line {other.line}" if other.file == told.file else f"at {other}"
    rule = f"id {name} given twice" + (f"; the {which} is {where}" if other.line else "")
    faults.add(told, (*path, name), rule)


def _place(record: Node) -> Place:
    """Where a record has its id from: its own place, unless an option or a call gave the id alone."""
    of_id = record.value["id"].place
    return record.place if of_id.line else of_id
