"""What must hold of a table of one's own."""

from __future__ import annotations

from pathlib import Path

from capsim.catalog import load_catalog, rows_of_table
from capsim.errors import ScenarioError
from capsim.testing.holding import hold


def check_catalog(file: str | Path) -> None:
    """Hold a table against what is true of all: it can be laid over the catalogue, and has its sources.

    Beside what the catalogue asks of every file (units, kinds, numbers inside their ranges, known fields),
    every value has a source, or says ``assumed`` and why, and when it was looked up.

    Raises
    ------
    AssertionError
        With every row for which it does not hold.
    """
    try:
        table, rows = rows_of_table(str(file))
        load_catalog({table: Path(file)})
    except ScenarioError as error:
        raise AssertionError(str(error)) from None
    faults = []
    for (name, field), value in rows.items():
        where = f"{value.origin}  {table}/{name}.{field}"
        if not value.source.strip():
            faults.append(f"{where}: has no source; write assumed: and why, where there is none")
        if not value.retrieved.strip():
            faults.append(f"{where}: does not say when it was looked up (retrieved)")
    hold(not faults, "\n".join(faults))
