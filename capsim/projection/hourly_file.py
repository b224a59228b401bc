"""Hourly series written site by site while the hours are computed, so that memory holds one site."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from capsim.projection.labelled import TIME_UNIT, label
from capsim.scenario import Scenario
from capsim.units import Array
from capsim.vocabulary import HOURLY

NAME = "hourly.parquet"
"""File of the hourly series in the folder of a projection."""
DIMS = ("site", "hour")
_ATTRS = "PANDAS_ATTRS"
"""Key of a Parquet file under which pandas keeps `DataFrame.attrs`."""


class HourlyFile:
    """A Parquet file with one group of rows per site; for `capsim.pipeline.simulate`.

    Parameters
    ----------
    scenario : Scenario
        Whose sites are written, in its order.
    path : Path
        File to write.

    Examples
    --------
    ``with HourlyFile(scenario, path) as hours: simulate(scenario, hourly=hours)``
    """

    def __init__(self, scenario: Scenario, path: Path) -> None:
        self._path = path
        self._labels = {series.name: label(series, scenario) for series in HOURLY}
        hours = scenario.calendar.n_hours
        self._hours = pd.date_range(scenario.start, periods=hours, freq="h", unit=TIME_UNIT)
        self._open = ExitStack()
        self._writer: Any = None

    @property
    def about(self) -> dict[str, Any]:
        """What rebuilds the dataset from the file, as `dataset_to_parquet` returns it."""
        return {"dims": list(DIMS), "attributes": dict(self._labels.values())}

    def __call__(self, site: str, series: dict[str, Array]) -> None:
        """Write the hours of the next site."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns: dict[str, Any] = {"site": pa.array([site] * self._hours.size), "hour": pa.array(self._hours)}
        columns |= {name: pa.array(series[plain]) for plain, (name, _) in self._labels.items()}
        about = dict(self._labels.values())
        kept = {key: {name: each[key] for name, each in about.items()} for key in ("units", "long_name")}
        table = pa.table(columns).replace_schema_metadata({_ATTRS: json.dumps(kept)})
        if self._writer is None:
            content = self._open.enter_context(self._path.open("wb"))
            self._writer = self._open.enter_context(pq.ParquetWriter(content, table.schema))
        self._writer.write_table(table)

    def move_into(self, folder: Path) -> None:
        """Put the finished file into the folder of its projection."""
        shutil.move(self._path, folder / NAME)

    def __enter__(self) -> HourlyFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
