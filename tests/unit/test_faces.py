"""The faces of rooms: what a folder names for the others is there, and no module of it is in the way."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "capsim"
AT_ONCE = ("buildout", "ledger", "operations", "quantities", "scenario", "vocabulary")
ON_FIRST_USE = ("projection", "report", "study")


def named(room):
    """Names of a face, and the modules they come from."""
    imports = ast.walk(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8")))
    return {
        alias.name: node.module
        for node in imports
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"capsim.{room}.")
        for alias in node.names
    }


@pytest.mark.parametrize("room", AT_ONCE + ON_FIRST_USE)
def test_each_name_is_that_of_its_module_and_no_module_hides_it(room):
    face = importlib.import_module(f"capsim.{room}")
    modules = {path.stem for path in (PACKAGE / room).iterdir()}
    for name, module in named(room).items():
        assert getattr(face, name) is getattr(importlib.import_module(module), name)
        assert name not in modules


@pytest.mark.parametrize("room", ON_FIRST_USE)
def test_what_is_named_for_the_type_checker_is_what_is_made_on_first_use(room):
    assert dir(importlib.import_module(f"capsim.{room}")) == sorted(named(room))


@pytest.mark.parametrize("room", ON_FIRST_USE)
def test_importing_a_room_of_heavy_libraries_costs_nothing(room):
    code = f"import sys, capsim.{room}; print([m for m in sys.modules if m.startswith(('capsim.', 'numpy'))])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == f"['capsim.faces', 'capsim.{room}']"


def test_another_name_is_an_attribute_error():
    study = importlib.import_module("capsim.study")
    with pytest.raises(AttributeError, match=r"^module 'capsim\.study' has no attribute 'nothing'$"):
        _ = study.nothing
