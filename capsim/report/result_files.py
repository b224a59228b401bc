"""Results of a projection for machines and as a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capsim.projection import HourlyFile, Projection, finite, new_folder, write_files


def results(projection: Projection) -> dict[str, Any]:
    """Results and findings, None where a number is not known. No clock time: two runs give the same."""
    record: dict[str, Any] = finite(projection.to_dict())
    return record


def write_report(projection: Projection, folder: str | Path, hours: HourlyFile | None = None) -> Path:
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
        save_twice(gantt, projection, unfinished / "gantt")
        if has_xlsx():
            write_workbook(projection, unfinished / FILE)
        write_files(projection, unfinished, hours)
    return path
