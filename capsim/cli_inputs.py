"""The commands that give a planner something to write into: a starter, a workbook, the schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from capsim import report
from capsim.registry import did_you_mean
from capsim.terminal import Overrides, Sets, Text, fail, loaded, option, print_json


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
    from capsim.scenario import STARTER, is_book, load

    if not xlsx:
        if source is not None or override or set_:
            fail("--from needs --xlsx: a scenario file in YAML is changed by one that extends it")
        typer.echo(Path(STARTER).read_text("utf-8"), nl=False)
        return
    if not is_book(file):
        fail(f"{file}: the name of a workbook ends in .xlsx")
    if Path(file).exists():
        fail(f"{file}: is there already; nothing was written")
    scenario = load(STARTER) if source is None else loaded(source, override, set_)
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
    from capsim.scenario import claim_schema, json_schema

    made = {"scenario": json_schema, "claim": claim_schema}
    if kind not in made:
        fail(f"there is a schema of {' and of '.join(made)} files{did_you_mean(kind, made)} (got {kind})")
    print_json(made[kind]())


COMMANDS: tuple[Callable[..., None], ...] = (template, schema)
"""Commands, in the order of the help."""
