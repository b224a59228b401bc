"""The rows of a study, or the part of one scenario in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.study.observe import Layout
from capsim.study.runner import block_count
from capsim.study.store import Store


@dataclass(frozen=True)
class Rows:
    """Rows that are computed and kept, and what their columns are."""

    store: Store
    n: int
    """Number of rows."""
    layout: Layout
    first: int = 0
    """Column the layout begins at."""

    def columns(self, start: int, stop: int) -> NDArray[np.float64]:
        """Some columns, shape (n, stop - start)."""
        return self.store.columns(range(block_count(self.n)), self.first + start, self.first + stop)

    def figures(self) -> dict[str, NDArray[np.float64]]:
        """Headline figures by name."""
        names = self.layout.figures
        return dict(zip(names, self.columns(0, len(names)).T, strict=True))

    def chunks(self, start: int, stop: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """First column and values of so many of some columns at a time as memory allows."""
        return self.store.chunks(range(block_count(self.n)), self.n, stop, start)
