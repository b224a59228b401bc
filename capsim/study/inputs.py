"""The inputs of a study's scenarios, kept beside its results so that two studies can say what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from capsim.catalog import Value
from capsim.projection import from_json
from capsim.reach import text_that_ends
from capsim.scenario import CATALOG, Scenario, explain, rows_read
from capsim.study.store import Store, write_whole

INPUTS = "inputs.json"
"""File of the inputs in the folder of a study."""
BY_DEFAULT = "default"
"""Layer of values that neither a line of a scenario nor the catalogue set."""


def scenario_inputs(scenario: Scenario) -> dict[str, str]:
    """What a scenario's files and options say, by path, and the rows of the catalogue that it reads."""
    of_files = {row.path: row.value for row in explain(scenario) if row.layer not in (CATALOG, BY_DEFAULT)}
    rows = dict(rows_read(scenario).values())
    return of_files | {name: value_in_words(value) for name, value in sorted(rows.items())}


def value_in_words(value: Value) -> str:
    """A value of the catalogue with its range and unit.

    Examples
    --------
    >>> value_in_words(Value(10.5, "MW", 9.0, 12.0, "assumed", "", "", "", "", "x.csv:2"))
    '10.5 (9 .. 12) MW'
    """
    if isinstance(value.value, str):
        return value.value
    ends = "" if value.low is None or value.high is None else f" ({value.low:.12g} .. {value.high:.12g})"
    return f"{value.value:.12g}{ends} {value.unit}"


def keep_inputs(store: Store, scenarios: Mapping[str, Scenario]) -> None:
    """Write the inputs of a study's scenarios; those of several begin with the name of theirs."""
    is_one = len(scenarios) == 1
    inputs = {
        path if is_one else f"{name}: {path}": value
        for name, scenario in scenarios.items()
        for path, value in scenario_inputs(scenario).items()
    }
    file = store.folder / INPUTS
    write_whole(file, (json.dumps(inputs, indent=1, ensure_ascii=False) + "\n").encode())
    store.keep(file)


def inputs_in(folder: Path) -> dict[str, str]:
    """The inputs kept in the folder of a finished study; empty for one of format 4, which kept none."""
    file = folder / INPUTS
    kept: dict[str, str] = from_json(text_that_ends(file)) if file.is_file() else {}
    return kept
