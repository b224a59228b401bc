"""The face of the room: all that it names is there, whatever was imported before."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from capsim import scenario

FILE = Path(scenario.__file__)


def test_the_three_lists_of_names_agree():
    imports = [
        node for node in ast.walk(ast.parse(FILE.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    typed = {
        alias.name: str(node.module).removeprefix("capsim.scenario.")
        for node in imports
        if str(node.module).startswith("capsim.scenario.")
        for alias in node.names
    }
    assert typed == scenario._HOMES
    assert sorted(scenario.__all__) == dir(scenario) == sorted(typed)


@pytest.mark.parametrize("name", scenario.__all__)
def test_each_name_is_there_and_no_module_hides_it(name):
    value = getattr(scenario, name)
    assert type(value).__name__ != "module"
    assert not (FILE.parent / f"{name}.py").exists()
    assert not (FILE.parent / name).exists()


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'capsim\.scenario' has no attribute 'lode'$"):
        _ = scenario.lode


def test_importing_the_room_costs_nothing():
    script = "import capsim.scenario, sys; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
