"""The face of the studies: what it names is there, and no module imports one that imports it."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from capsim import study

FOLDER = Path(study.__file__).parent


@pytest.mark.parametrize("name", dir(study))
def test_the_face_names_what_is_there(name):
    assert getattr(study, name) is not None


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = study.nothing


def test_the_face_costs_nothing():
    code = "import sys, capsim.study; print([m for m in sys.modules if m.startswith(('capsim.', 'numpy'))])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['capsim.study']"


def imported(module):
    """Modules of the studies a module imports, at its top or later."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("capsim.study"):
            inner = node.module.removeprefix("capsim.study").lstrip(".")
            yield from [inner] if inner else [alias.name for alias in node.names]


def test_no_module_imports_one_that_imports_it():
    arrows = {m.stem: set(imported(m)) for m in FOLDER.glob("*.py") if m.stem != "__init__"}
    order = list(TopologicalSorter(arrows).static_order())
    assert order.index("summary") < order.index("ensemble")
