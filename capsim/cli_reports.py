"""The command that makes a page to send of what was computed, and what other commands write with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capsim import report as reports
from capsim.terminal import fail, option, progress

if TYPE_CHECKING:
    from capsim.projection import HourlyFile, Projection
    from capsim.study import Relief

IN_THE_WAY = (FileExistsError, NotADirectoryError)
"""What is raised where a file stands in the place of a folder."""


def report(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder that --out of run or ensemble wrote.")],
    out: Annotated[str, option("--out", "FILE", "HTML file to write.")] = "report.html",
) -> None:
    """Make one HTML file to send, of saved results; nothing is computed anew."""
    write_page(out, lambda: reports.saved_report(folder))
    typer.echo(f"Written to {out}")


def write_page(file: str | None, make: Callable[[], str]) -> None:
    """Write a page where a file is named, or say why that cannot be done."""
    if file is None:
        return
    if not file.lower().endswith((".html", ".htm")):
        fail(f"{file}: the name of a report ends in .html")
    text = make()
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file}: cannot be written: {error.strerror or error}")


def write_folder(
    projection: Projection, out: str, hours: HourlyFile | None = None, relief: Relief | None = None
) -> None:
    """Write a projection to a folder, or say why that cannot be done."""
    try:
        with progress(f"writing {out}"):
            reports.write_report(projection, out, hours, relief)
    except OSError as error:
        why = (
            f"{error.filename} is not a folder" if isinstance(error, IN_THE_WAY) else error.strerror or error
        )
        fail(f"{out}: cannot be written: {why}; nothing was written")


COMMANDS: tuple[Callable[..., None], ...] = (report,)
"""Commands, in the order of the help."""
