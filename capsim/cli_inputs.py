"""The commands that give a planner something to write into: a starter, examples, a workbook, the schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from capsim import report
from capsim.registry import did_you_mean
from capsim.temporary import new_file
from capsim.terminal import Overrides, Sets, Text, fail, loaded, option, print_whole

FIRST_NAME = "my-plan"
"""Name of a scenario that was given none."""
SCHEMA = "scenario.schema.json"
"""File that a new scenario names as its schema."""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario, and of its file.")],
    starter: Annotated[
        str, option("--from", "STARTER", "What it begins as: see capsim catalog starters.")
    ] = "greenfield-training",
    country: Annotated[str, option("--country", "CODE", "Country: see capsim catalog countries.")] = "fra",
    mw: Annotated[float, option("--mw", "MW", "Critical IT power; the starter's where missing.")] = 0.0,
    chip: Annotated[
        str, option("--chip", "NAME", "Accelerator or system; the starter's where missing.")
    ] = "",
) -> None:
    """Write a short scenario with comments, which is valid and runs, and its schema for editors."""
    from capsim.scenario import loads, started

    file = Path(name if name.endswith(".yaml") else f"{name}.yaml")
    if file.exists():
        fail(f"{file}: is there already; nothing was written")
    text = started(file.stem, starter, country=country, mw=mw, chip=chip)
    # what cannot be loaded, such as a name that is none, is refused before anything is written
    loads(text)
    _write_text(file, text)
    schema_file = file.with_name(SCHEMA)
    if not schema_file.exists():
        _write_text(schema_file, _schema_text())
    typer.echo(f"Written to {file}: capsim run {file}")


def examples(
    action: Annotated[str, typer.Argument(metavar="[copy]", help="copy: write copies to a folder.")] = "",
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="An example, a folder of them, or how names begin.")
    ] = "",
    to: Annotated[str, option("--to", "DIR", "Folder for the copies.")] = ".",
) -> None:
    """List the scenarios, claims and plans that ship; copy NAME writes copies to change."""
    from capsim.scenario import copied

    if not action:
        print_whole(report.examples_listing())
        return
    if action != "copy" or not name:
        fail("write capsim examples copy NAME [--to DIR]; capsim examples lists what ships")
    files = copied(name, to)
    for file in files:
        typer.echo(report.example_written(file))
    if not files:
        typer.echo("All of it is there already.")


def template(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Workbook to write.")] = "scenario.xlsx",
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Write a workbook of inputs, in place of YAML.")
    ] = False,
    source: Annotated[
        Text, option("--from", "SCENARIO", "With --xlsx: the scenario whose inputs it has; else a small one.")
    ] = None,
    override: Overrides = None,
    set_: Sets = None,
) -> None:
    """Print a small scenario to start from; --xlsx writes it, or the inputs of a scenario, as a workbook."""
    from capsim.scenario import is_book, loads, started

    if not xlsx:
        if source is not None or override or set_:
            fail("--from needs --xlsx: a scenario file in YAML is changed by one that extends it")
        typer.echo(started(FIRST_NAME), nl=False)
        return
    if not is_book(file):
        fail(f"{file}: the name of a workbook ends in .xlsx")
    if Path(file).exists():
        fail(f"{file}: is there already; nothing was written")
    scenario = loads(started(FIRST_NAME)) if source is None else loaded(source, override, set_)
    try:
        report.write_inputs(scenario, Path(file))
    except OSError as error:
        fail(f"{file}: cannot be written: {error.strerror or error}; nothing was written")
    typer.echo(f"Written to {file}: capsim run {file}")


def schema(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Files of this kind: scenario or claim.")
    ] = "scenario",
) -> None:
    """Print the JSON Schema of a scenario file, or of a claim, for editors."""
    typer.echo(_schema_text(kind), nl=False)


def _schema_text(kind: str = "scenario") -> str:
    """The JSON Schema of a kind of file."""
    from capsim.projection import as_json
    from capsim.scenario import claim_schema, json_schema

    made = {"scenario": json_schema, "claim": claim_schema}
    if kind not in made:
        fail(f"there is a schema of {' and of '.join(made)} files{did_you_mean(kind, made)} (got {kind})")
    return f"{as_json(made[kind]())}\n"


def _write_text(file: Path, text: str) -> None:
    """Write a file, or say why that cannot be done."""
    try:
        with new_file(file) as unfinished:
            unfinished.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file}: cannot be written: {error.strerror or error}; nothing was written")


COMMANDS: tuple[Callable[..., None], ...] = (new, examples, template, schema)
"""Commands, in the order of the help."""
