"""The command of the catalogue: its tables, what of it is past its shelf life, files that become tables."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capsim import report
from capsim.temporary import new_file
from capsim.terminal import (
    AsJson,
    Text,
    day_of,
    fail,
    loaded,
    option,
    print_either,
    print_json,
    print_whole,
)

if TYPE_CHECKING:
    from capsim.catalog import Stale
    from capsim.projection import Matters

STALE = "stale"
"""Name that stands in the place of a table."""


def catalog(
    table: Annotated[Text, typer.Argument(metavar="TABLE", help="Show the entries of a table.")] = None,
    entry: Annotated[Text, typer.Argument(metavar="NAME", help="Show an entry with its sources.")] = None,
    as_json: AsJson = False,
    as_table: Annotated[
        Text, option("--as", "TABLE", "With import FILE: the table that its records are of.")
    ] = None,
    out: Annotated[Text, option("--out", "FILE", "With import FILE: where to write the table.")] = None,
    sort: Annotated[
        Text,
        option(
            "--sort",
            "BY",
            "With systems: by h100e, h100e_per_mw, h100e_per_rack_mw or h100e_per_meur, most first.",
        ),
    ] = None,
    h100e: Annotated[
        Text, option("--h100e", "DEFINITION", "With --sort: bf16, 8bit (default), best.")
    ] = None,
    as_of: Annotated[
        Text, option("--as-of", "DATE", "With stale: the day on which values are looked at; else today.")
    ] = None,
) -> None:
    """List tables, entries, or one; import FILE --as TABLE makes an overlay; stale: what is out of date."""
    from capsim.catalog import load_catalog

    if table == STALE:
        _stale(entry, as_of, as_json=as_json)
        return
    if as_of is not None:
        fail("write capsim catalog stale [FILE] --as-of DATE")
    if table == "import" or as_table is not None or out is not None:
        _import_table(table, entry, as_table, out)
        return

    shipped = load_catalog()
    if sort is None and h100e is None:
        print_either(as_json, report.catalog_record, report.catalog_listing, shipped, table, entry)
        return
    if table != "systems" or entry is not None or sort is None:
        fail("write capsim catalog systems --sort BY [--h100e DEFINITION]")
    try:
        order = report.SystemOrder(sort, h100e or "8bit")
    except ValueError as error:
        fail(f"--{error}")
    print_either(as_json, report.systems_record, report.systems_listing, shipped, order)


def _stale(file: str | None, as_of: str | None, *, as_json: bool) -> None:
    """Show what is past its shelf life on a day, of the catalogue or of what a scenario reads."""
    from capsim.catalog import load_catalog, stale

    # a command may know the clock, as no run does
    day = datetime.now(tz=UTC).date() if as_of is None else day_of(as_of)
    if file is None:
        rows: list[Stale] = list(stale(load_catalog(), day))
        matters: dict[str, Matters] = {}
    else:
        from capsim.pipeline import simulate

        rows, matters = report.stale_rows(day, simulate(loaded(file)))
    if as_json:
        print_json(report.stale_record(day, rows, matters))
    else:
        print_whole(report.stale_listing(day, rows, matters))


def _import_table(command: str | None, file: str | None, table: str | None, out: str | None) -> None:
    """Write a user's file in the form of the catalogue, to a file or to the output."""
    from capsim.catalog import imported

    if command != "import" or file is None or table is None:
        fail("write capsim catalog import FILE --as TABLE [--out FILE]")
    if out is not None and Path(out).exists():
        fail(f"{out}: is there already; nothing was written")
    text, left_out = imported(file, table)
    if left_out:
        typer.echo(f"{file}: left out, being no field of {table}: {', '.join(left_out)}", err=True)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        with new_file(Path(out)) as unfinished:
            unfinished.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{out}: cannot be written: {error.strerror or error}")
    typer.echo(f"Written to {out}: name it in a scenario as catalog: {{{table}: {out}}}")
