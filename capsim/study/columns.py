"""Rows of a study read back: turned once into columns, of which some are read at a time.

Blocks hold rows, and percentiles need columns. Reading a few columns of every block again and again would
take time with the square of the rows, so that all blocks are read once, some rows at a time, and
written to a file that has no name, in panels: all columns of some rows, each column in one piece. Neither
memory nor open files grow with the rows.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.study.store import Store, written

if TYPE_CHECKING:
    from capsim.study.observe import Layout

VALUES_AT_ONCE = 4_000_000
"""Numbers held in memory while rows are turned and while percentiles are computed."""


@dataclass(frozen=True)
class Table:
    """All rows of a study: of each replication one per variant, in turn."""

    store: Store
    n: int
    """Number of replications."""
    n_columns: int
    n_variants: int = 1

    def panels(self) -> Iterator[range]:
        """Replications that are read at a time."""
        count = max(1, VALUES_AT_ONCE // (self.n_columns * self.n_variants))
        return (range(first, min(first + count, self.n)) for first in range(0, self.n, count))

    def rows(self, replications: range) -> NDArray[np.float64]:
        """Rows of some replications, shape (replications, variants, columns)."""
        first, stop = (k * self.n_variants for k in (replications.start, replications.stop))
        return self.store.rows(first, stop).reshape(-1, self.n_variants, self.n_columns)

    def columns(self, variant: int, start: int, stop: int) -> NDArray[np.float64]:
        """Some columns of a variant, shape (stop - start, n)."""
        values = np.empty((stop - start, self.n))
        place = variant * self.n_columns + start
        for panel in self.panels():
            at_row = panel.start * self.n_variants * self.n_columns + place * len(panel)
            self._turned.seek(at_row * values.itemsize)
            data = self._turned.read((stop - start) * len(panel) * values.itemsize)
            values[:, panel.start : panel.stop] = np.frombuffer(data).reshape(stop - start, len(panel))
        return values

    @cached_property
    def _turned(self) -> IO[bytes]:
        """The file of panels; it is gone when it is closed, or its process killed."""
        folder = self.store.draws
        with written(folder):
            file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
            # Closed with the table, whose life it shares.
            weakref.finalize(self, file.close)
            for panel in self.panels():
                np.ascontiguousarray(self.rows(panel).transpose(1, 2, 0)).tofile(file)
        return file


@dataclass(frozen=True)
class Rows:
    """Replications of one variant of a study, and what their columns are."""

    table: Table
    layout: Layout
    variant: int = 0

    @property
    def n(self) -> int:
        """Number of replications."""
        return self.table.n

    def columns(self, start: int, stop: int) -> NDArray[np.float64]:
        """Some columns, shape (stop - start, n)."""
        return self.table.columns(self.variant, start, stop)

    def months(self, start: int, stop: int) -> NDArray[np.float64]:
        """Months by replication, each in one piece so that sums round as in a run; (n, stop - start)."""
        return np.ascontiguousarray(self.columns(start, stop).T)

    def figures(self) -> dict[str, NDArray[np.float64]]:
        """Headline figures by name."""
        names = self.layout.figures
        return dict(zip(names, self.columns(0, len(names)), strict=True))

    def chunks(self, start: int, stop: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """First column and values of so many of some columns at a time as memory allows."""
        width = max(1, VALUES_AT_ONCE // max(1, self.n))
        for first in range(start, stop, width):
            yield first, self.columns(first, min(first + width, stop))
