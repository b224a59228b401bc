"""What is made of saved results: a page to send, what moved between two; what other commands write with."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsim import report as reports
from capsim import study as studies
from capsim.temporary import new_file
from capsim.terminal import (
    All,
    AsJson,
    Public,
    Texts,
    command_line,
    fail,
    option,
    print_json,
    print_whole,
    progress,
    repeatable,
)

if TYPE_CHECKING:
    from capsim.projection import HourlyFile, Projection
    from capsim.study import Relief, Vintage

PICTURES = (".png", ".svg", ".pdf")
PAGES = (".html", ".htm")
"""Endings of pictures, and of reports."""
OUT = "--out"
"""Option of the folder of results."""
MOVED = 1
"""Exit code of a diff beyond its tolerance."""
IN_THE_WAY = (FileExistsError, NotADirectoryError)
"""What is raised where a file stands in the place of a folder."""


def report(
    saved: Annotated[
        str,
        typer.Argument(metavar="DIR|FILE", help="Folder that --out of run or a study wrote, or its JSON."),
    ],
    out: Annotated[str, option("--out", "FILE", "HTML file to write.")] = "report.html",
    public: Public = False,
) -> None:
    """Make one HTML file to send, of saved results; nothing is computed anew."""
    write_page(out, lambda: reports.saved_report(saved, is_public=public, command=command_line()))
    typer.echo(f"Written to {out}")


def check_files(plot: str | None, page: str | None, *, is_public: bool = False) -> None:
    """Refuse a picture or a page that could not be written, before anything is computed."""
    if is_public and page is None:
        fail("--public is of a report: it needs --report FILE")
    for file, what, endings in ((plot, "a picture", PICTURES), (page, "a report", PAGES)):
        if file is None:
            continue
        path = Path(file)
        if path.suffix.lower() not in endings:
            fail(f"{file}: {what} ends in {', '.join(endings)}")
        if not path.absolute().parent.is_dir():
            fail(f"{file}: there is no folder {path.parent}")
        if path.is_dir():
            fail(f"{file}: is a folder")


def write_shown(
    result: Any,
    plot: str | None,
    page: str | None,
    *,
    is_public: bool = False,
    plan: Projection | None = None,
) -> None:
    """Write the picture and the page of a study where files are named; some public ones take the plan."""
    if plot is not None:
        try:
            with new_file(Path(plot)) as unfinished:
                reports.picture(result).savefig(unfinished)
        except (OSError, ValueError) as error:
            fail(f"{plot}: cannot be written: {error}")

    def made() -> str:
        origin = reports.Origin(without_folder(command_line()))
        return reports.study_report(result, is_public=is_public, plan=plan, origin=origin)

    write_page(page, made)


def without_folder(command: str) -> str:
    """The command of a study without the folder of its draws: that is there then, and would be refused.

    Examples
    --------
    >>> without_folder("capsim ensemble plan.yaml --out 'a study' -n 4 --resume --report page.html")
    'capsim ensemble plan.yaml -n 4 --report page.html'
    >>> without_folder("capsim relief plan.yaml --out=study")
    'capsim relief plan.yaml'
    """
    words = shlex.split(command)
    kept = (
        word
        for before, word in zip(["", *words], words, strict=False)
        if OUT not in (before, word) and not word.startswith(f"{OUT}=") and word != "--resume"
    )
    return shlex.join(kept)


def write_projection(
    page: str | None,
    projection: Projection,
    relief: Relief | None,
    baseline: Vintage | None,
    *,
    is_public: bool,
) -> None:
    """Write the page of a projection where a file is named."""

    def made() -> str:
        origin = reports.Origin(command_line())
        return reports.projection_report(projection, relief, baseline, is_public=is_public, origin=origin)

    write_page(page, made)


def write_page(file: str | None, make: Callable[[], str]) -> None:
    """Write a page where a file is named, or say why that cannot be done."""
    if file is None:
        return
    check_files(None, file)
    text = make()
    try:
        with new_file(Path(file)) as unfinished:
            unfinished.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file}: cannot be written: {error.strerror or error}")


def write_folder(
    projection: Projection,
    out: str,
    hours: HourlyFile | None = None,
    relief: Relief | None = None,
    baseline: Vintage | None = None,
) -> None:
    """Write a projection to a folder, or say why that cannot be done."""
    try:
        with progress(f"writing {out}"):
            reports.write_report(projection, out, hours, relief, baseline)
    except OSError as error:
        why = (
            f"{error.filename} is not a folder" if isinstance(error, IN_THE_WAY) else error.strerror or error
        )
        fail(f"{out}: cannot be written: {why}; nothing was written")


A_BOUND = "for all, or FIGURE=BOUND for one."


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Saved projection, study, or table (CSV).")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another of the same kind.")],
    figure: Annotated[
        Texts, repeatable("--figure", "FIGURE", "Look at this figure or date; else at all.")
    ] = None,
    rel: Annotated[Texts, repeatable("--rel", "SHARE", f"Tolerance such as 1%, {A_BOUND}")] = None,
    abs_: Annotated[
        Texts, repeatable("--abs", "NUMBER", f"Tolerance in the unit of a figure, {A_BOUND}")
    ] = None,
    days: Annotated[Texts, repeatable("--days", "NUMBER", f"Tolerance of dates, {A_BOUND}")] = None,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")] = False,
    all_: All = False,
) -> None:
    """Show what moved between two results or catalogues, and by which input; exit 1 beyond tolerance."""
    if as_json and markdown:
        fail("--json and --markdown are two forms of one answer; give one")
    if all_ and (as_json or markdown):
        fail(f"{'--json' if as_json else '--markdown'} and --all exclude one another")
    within = studies.tolerance_in_words(rel or (), abs_ or (), days or ())
    found = studies.diff(old, new, within, figures=figure or ())
    if as_json:
        print_json(found.to_dict())
    elif markdown:
        typer.echo(reports.diff_markdown(found))
    else:
        print_whole((reports.study_summary if all_ else reports.study_opening)(found))
    if found.beyond:
        raise typer.Exit(MOVED)


COMMANDS: tuple[Callable[..., None], ...] = (report,)
"""Commands, in the order of the help."""
