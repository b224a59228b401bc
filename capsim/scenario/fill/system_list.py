"""The kinds of systems a scenario is about: what its deployments and their refreshes name."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.catalog import Catalog
from capsim.language.tree import Node, Place


def add_systems(root: Node, catalog: Catalog, layer: str) -> None:
    """Add to a scenario's `systems` the kinds that its deployments name and it does not list, in place.

    Each stands where it is first named, and is supplied by `layer`. Names that are none of the catalogue's
    have a fault of their own.
    """
    written = root.get("systems")
    # what is no list of records is for the records to refuse
    if written is not None and not isinstance(written.value, list):
        return
    listed = [] if written is None else list(written.value)
    known = {element.scalar("id") for element in listed}
    for named in _named(root):
        if named.value not in known and named.value in catalog.tables["systems"]:
            known.add(named.value)
            place = Place(named.place.file, named.place.line, layer)
            listed.append(Node({"id": Node(named.value, place, named.value)}, place))
    if listed:
        root.value["systems"] = Node(listed, listed[0].place if written is None else written.place)


def _named(root: Node) -> Iterator[Node]:
    """Systems that deployments and refreshes name, in the order written."""
    for _, site in root.records("sites"):
        for _, phase in site.records("phases"):
            for _, order in phase.records("deployments"):
                for record in (order, order.get("refresh")):
                    name = None if record is None else record.get("system")
                    if name is not None and isinstance(name.value, str):
                        yield name
