"""A command loads the libraries it uses, and no other: they are most of the time of a start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

AION = str(Path(__file__).parents[2] / "scenarios" / "aion-288k-h100e.yaml")
HEAVY = (
    "dask",
    "distributed",
    "matplotlib",
    "numpy",
    "pandas",
    "pydantic",
    "rich",
    "scipy.optimize",
    "scipy.signal",
    "scipy.special",
    "scipy.stats",
    "simpy",
    "xarray",
    "yaml",
)
RECORDS = {"numpy", "pydantic", "yaml"}
"""What it takes to read a scenario."""
PLAN = RECORDS | {"simpy", "scipy.special", "pandas", "rich"}
"""What it takes to play it and to show its tables."""
WATCHED = f"""
import atexit, sys
def tell():
    print("LOADED", *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
atexit.register(tell)
"""
COMMAND = "from capsim.cli import main\nmain()"


def loaded(code, *arguments):
    """Heavy libraries that are loaded when a program ends well."""
    program = [sys.executable, "-c", WATCHED + code, *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split()[1:])


def test_importing_the_package_loads_nothing():
    assert loaded("import capsim") == set()


@pytest.mark.parametrize(
    ("arguments", "libraries"),
    [
        (["--help"], set()),
        # typer looks for pydantic's types where it makes options
        (["run", "--help"], {"pydantic"}),
        (["validate", AION], RECORDS),
        (["run", AION, "--spread", "0", "--no-relief"], PLAN),
    ],
    ids=["help", "help of a command", "validate", "plan"],
)
def test_a_command_loads_what_it_uses(arguments, libraries):
    assert loaded(COMMAND, *arguments) <= libraries


@pytest.mark.parametrize("command", ["run", "relief"])
def test_a_file_that_is_not_there_is_refused_before_what_reads_it_is_loaded(command, tmp_path):
    program = [sys.executable, "-c", WATCHED + COMMAND, command, str(tmp_path / "missing.yaml")]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    *told, libraries = done.stderr.splitlines()
    assert told[0].endswith("missing.yaml: cannot be read: no such file or directory")
    if command == "run":
        assert set(libraries.split()[1:]) <= {"pydantic"}
