"""Values with their sources, records of them, and the catalogue they make up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from capsim.errors import CatalogError, shown
from capsim.registry import did_you_mean


@dataclass(frozen=True, slots=True)
class Value:
    """One number or text of the catalogue, with where it comes from."""

    value: float | str
    """The value; text where `unit` is ``text`` or ``date``. [unit]"""
    unit: str
    """Unit of `value`, `low` and `high`; ``1`` for a share or a count."""
    low: float | None
    """Lower end of the range, None where unknown. [unit]"""
    high: float | None
    """Upper end of the range, None where unknown. [unit]"""
    kind: str
    """``published``, ``derived`` (computed from published values) or ``assumed``."""
    source: str
    """Publication, derivation, or ``assumed`` and why."""
    retrieved: str
    """When the source was consulted."""
    confidence: str
    """Grade of the source, A to C or high to low; empty where not graded."""
    note: str
    """What else must be known to use the value."""
    origin: str
    """File and line the value stands in, as in ``accelerators.csv:14``."""


@dataclass(frozen=True)
class Entry:
    """A record of a table: values by field."""

    table: str
    """Table the record belongs to."""
    name: str
    """Name of the record."""
    values: Mapping[str, Value] = field(hash=False)
    """Values by field, in file order."""

    def __contains__(self, field: object) -> bool:
        return field in self.values

    def get(self, field: str) -> Value | None:
        """The value of a field, or None where the record has none."""
        return self.values.get(field)

    def number(self, field: str) -> float:
        """A numeric field. Raises CatalogError where it is missing or text."""
        value = self._value(field).value
        if isinstance(value, str):
            raise CatalogError(f"{self.table}.{self.name}.{field} is text, not a number (got {value})")
        return value

    def text(self, field: str) -> str:
        """A text field. Raises CatalogError where it is missing or a number."""
        value = self._value(field).value
        if not isinstance(value, str):
            raise CatalogError(f"{self.table}.{self.name}.{field} is a number, not text (got {value:g})")
        return value

    def _value(self, field: str) -> Value:
        """The value of a field that must be there."""
        if field not in self.values:
            hint = did_you_mean(field, self.values)
            raise CatalogError(f"{self.table}.{self.name} has no value {field}{hint}")
        return self.values[field]


@dataclass(frozen=True)
class Catalog:
    """All record tables, with the user's own files laid over the shipped ones."""

    tables: Mapping[str, Mapping[str, Entry]]
    """Records by table and name."""
    overlays: tuple[str, ...]
    """The user's files, as named; empty for the shipped catalogue."""
    version: str
    """First 12 hexadecimal digits of the SHA-256 of all data files, overlays included."""

    def entry(self, table: str, name: str) -> Entry:
        """A record. Raises CatalogError where the table or the record is unknown."""
        records = self._records(table)
        if name not in records:
            raise CatalogError(f"{table} has no record {shown(name)}{did_you_mean(name, records)}")
        return records[name]

    def names(self, table: str) -> tuple[str, ...]:
        """Names of a table's records, in file order. Raises CatalogError for an unknown table."""
        return tuple(self._records(table))

    def _records(self, table: str) -> Mapping[str, Entry]:
        """The records of a table that must be there."""
        if table not in self.tables:
            hint = did_you_mean(table, self.tables)
            raise CatalogError(f"the catalogue has no table {shown(table)}{hint}")
        return self.tables[table]
