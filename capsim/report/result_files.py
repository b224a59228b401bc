"""Results of a projection for machines and as a folder of files."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsim.projection import HourlyFile, Projection, as_json, finite, new_folder, write_files

if TYPE_CHECKING:
    from capsim.study import Relief, Vintage

RELIEF = "relief.json"
"""File of what it gains to lift limits."""
BASELINE = "baseline.json"
"""File of an earlier forecast that it is held against."""


def results(projection: Projection, relief: Relief | None = None) -> dict[str, Any]:
    """Results, findings and reliefs, None where a number is not known. No clock time: two runs agree."""
    beside = {} if relief is None else {"relief": relief.to_dict()}
    record: dict[str, Any] = finite(projection.to_dict() | beside)
    return record


def write_report(
    projection: Projection,
    folder: str | Path,
    hours: HourlyFile | None = None,
    relief: Relief | None = None,
    baseline: Vintage | None = None,
) -> Path:
    """Write the projection, its pictures and a workbook to a folder, which appears when complete.

    The workbook needs the extra `xlsx`; without it there is none.

    Parameters
    ----------
    projection : Projection
        What to write.
    folder : str or Path
        A new folder, an empty one, or an earlier projection's, whose files are replaced.
    hours : HourlyFile, optional
        Finished file of the hourly series, moved into the folder.
    relief : Relief, optional
        What it gains to lift limits, written as ``relief.json``; its floats are in the Gantt picture.
    baseline : Vintage, optional
        Earlier forecast that the Gantt picture marks, written as ``baseline.json``.

    Returns
    -------
    folder : Path
        Where it was written.

    Raises
    ------
    ProjectionError
        If the name is taken by something that is not a saved projection.
    """
    from capsim.report.gantt import gantt
    from capsim.report.projection_figures import overview, save_twice
    from capsim.report.xlsx import FILE, has_xlsx, write_workbook

    path = Path(folder)
    with new_folder(path) as unfinished:
        save_twice(overview, projection, unfinished / "overview")
        save_twice(partial(gantt, relief=relief, baseline=baseline), projection, unfinished / "gantt")
        if has_xlsx():
            write_workbook(projection, unfinished / FILE)
        if relief is not None:
            (unfinished / RELIEF).write_text(as_json(finite(relief.to_dict())), encoding="utf-8")
        if baseline is not None:
            (unfinished / BASELINE).write_text(as_json(asdict(baseline)), encoding="utf-8")
        write_files(projection, unfinished, hours)
    return path
