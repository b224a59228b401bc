"""Every notebook is that of its Python file, runs offline, and is kept with what it shows.

Their numbers are those of the last ``make notebooks``: a notebook shows, the goldens pin.
"""

from __future__ import annotations

import ast
import runpy
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
write = SimpleNamespace(**runpy.run_path(str(FOLDER / "write_notebooks.py")))
SOURCES = write.sources()
QUESTIONS = 9
PREPARE = "import warnings\nwarnings.simplefilter('error')"
"""Before the cells of a notebook: warnings are errors."""
MOST_BYTES = 300_000
ROOMS_OF_ALL = ("capsim", "capsim.scenario", "capsim.study")
TABLES = ("capsim.models.cooling",)
"""Where CONTRIBUTING says that a model of one's own is registered."""


def read(file):
    return nbformat.read(file.with_suffix(".ipynb"), as_version=4)


def kinds_of(cell):
    """What a cell shows: kinds of data, and streams."""
    outputs = cell.get("outputs", [])
    return [sorted(output.get("data", {})) or output.get("name", output.output_type) for output in outputs]


def test_there_is_one_for_each_question_and_none_without_its_file():
    assert len(SOURCES) == QUESTIONS
    assert sorted(FOLDER.glob("*.ipynb")) == [file.with_suffix(".ipynb") for file in SOURCES]


@pytest.mark.filterwarnings("default::DeprecationWarning")  # of the kernel's own machinery
@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)
def test_notebook_runs_and_shows_what_it_is_kept_with(file):
    notebook = write.notebook_of(file)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(PREPARE))
    write.run(notebook)
    write.compact(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    assert [kinds_of(cell) for cell in notebook.cells[1:]] == [kinds_of(cell) for cell in read(file).cells]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)
def test_notebook_is_that_of_its_file_with_small_outputs(file):
    kept, wanted = read(file), write.notebook_of(file)
    nbformat.validate(kept)
    assert [(cell.cell_type, cell.source) for cell in kept.cells] == [
        (cell.cell_type, cell.source) for cell in wanted.cells
    ], "run `make notebooks`"
    shown = {
        kind for cell in kept.cells for output in cell.get("outputs", []) for kind in output.get("data", {})
    }
    assert {"text/html", "image/png"} <= shown
    assert file.with_suffix(".ipynb").stat().st_size < MOST_BYTES


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)
def test_notebook_asks_one_question_first(file):
    kind, source = write.cells_of(file.read_text("utf-8"))[0]
    assert kind == "markdown"
    assert source.startswith("# ")


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)
def test_notebook_uses_public_names_only(file):
    """Names of the package, of its rooms' faces, and of a table that takes a model of one's own."""
    tree = ast.parse(file.read_text("utf-8"))
    attributes = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert [name for name in attributes if name.startswith("_")] == []
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
    of_package = {module for module in imported if module.partition(".")[0] == "capsim"}
    assert of_package <= {*ROOMS_OF_ALL, *TABLES}
