"""A shipped table whose records are read when they are looked at: a run names a few of hundreds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from capsim.catalog.range_classes import RangeClass, with_ranges
from capsim.catalog.reading import Rows, read_rows
from capsim.catalog.records import Entry
from capsim.errors import CatalogError


class Shelf(Mapping[str, Entry]):
    """Records of a shipped table by name, in file order; each is parsed once, when it is first asked for."""

    def __init__(self, path: Path, classes: tuple[RangeClass, ...] = ()) -> None:
        """Shelf of the table of a file, its numbers ranged by their classes."""
        self._path, self._classes = path, classes
        self._entries: dict[str, Entry] = {}

    @cached_property
    def _lines(self) -> tuple[str, dict[str, list[tuple[int, str]]]]:
        """Header, and the numbered lines of each record. No shipped cell breaks a line, or quotes a name."""
        header, *lines = self._path.read_text(encoding="utf-8").splitlines()
        of_record: dict[str, list[tuple[int, str]]] = {}
        for number, line in enumerate(lines, start=2):
            if line:
                of_record.setdefault(line[: line.index(",")], []).append((number, line))
        return header, of_record

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            values = {field: value for (_, field), value in self._rows(name).items()}
            self._entries[name] = Entry(self._path.stem, name, MappingProxyType(values))
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._lines[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines[1])

    def __len__(self) -> int:
        return len(self._lines[1])

    def _rows(self, name: str) -> Rows:
        """Values of a record; CatalogError where the package was shipped with a fault."""
        header, of_record = self._lines
        numbers, lines = zip(*of_record[name], strict=True)
        part = "\n".join((header, *lines)).encode()
        rows, faults = read_rows(part, file=self._path.name, table=self._path.stem, lines=(1, *numbers))
        if faults:
            raise CatalogError("\n".join(map(str, faults)))
        return with_ranges(self._path.stem, rows, self._classes)
