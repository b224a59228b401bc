"""What a source text may be, and which kind of value it makes.

`assumed` or ``assumed: why``; the id of an entry of `sources`; ``catalog:table/entry``; or free text
that cites a publication or gives an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from capsim.catalog import Catalog
from capsim.errors import CatalogError
from capsim.language.tree import Faults, Node, Note, Path
from capsim.registry import did_you_mean

ASSUMED = "assumed"
CATALOG = "catalog:"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


def kind_of(note: Note, key: str, catalog: Catalog) -> str:
    """`published`, `derived`, `assumed`, or empty where there is no source."""
    # the catalogue says the kind of its own values
    if note.kind or not note.source:
        return note.kind
    if note.source == ASSUMED or note.source.startswith(f"{ASSUMED}:"):
        return ASSUMED
    return _catalog_kind(note.source, key, catalog) if note.source.startswith(CATALOG) else "published"


def _catalog_kind(source: str, key: str, catalog: Catalog) -> str:
    """Kind of the entry's value of that name; of all its values where they agree; else `derived`."""
    table, _, name = source.removeprefix(CATALOG).partition("/")
    entry = catalog.entry(table, name)
    value = entry.get(key)
    kinds = {v.kind for v in entry.values.values()} if value is None else {value.kind}
    return kinds.pop() if len(kinds) == 1 else "derived"


def check_sources(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find the sources that name something that is not there."""
    ids = [name for name, _ in root.records("sources")]
    seen: set[tuple[str, str, int]] = set()
    for path, note in _notes(root, ()):
        place = note.place
        # a record's source is that of each value in it, and is told once
        if place is None or note.catalog or (note.source, place.file, place.line) in seen:
            continue
        seen.add((note.source, place.file, place.line))
        rule = _fault(note.source, ids, catalog)
        if rule:
            faults.add(place, path, rule, note.source)


def _notes(node: Node, path: Path) -> Iterator[tuple[Path, Note]]:
    """All sources of a tree, those of records before those of the values in them."""
    if node.note is not None and node.note.source:
        yield path, node.note
    for name, child in node.children():
        yield from _notes(child, (*path, name))


def _fault(source: str, ids: list[str], catalog: Catalog) -> str:
    """What is wrong with a source text, empty where nothing is."""
    if source == ASSUMED or source in ids:
        return ""
    if source.startswith(CATALOG):
        table, slash, name = source.removeprefix(CATALOG).partition("/")
        try:
            catalog.entry(table, name)
        except CatalogError as error:
            return f"source not in the catalogue: {error}" if slash else "must be written catalog:table/entry"
        return ""
    if _ID.fullmatch(source):
        return f"unknown source{did_you_mean(source, [*ids, ASSUMED])}"
    return ""
