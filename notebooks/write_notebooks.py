"""Write the notebooks: each is made of the Python file of its name beside it, run, and kept with its outputs.

A file has its cells after lines ``# %%``, text after lines ``# %% [markdown]``. It is the one source: what
stands in the notebook is written anew by ``make notebooks``, and a test says where the two differ.
"""

from __future__ import annotations

import base64
import os
import re
import sys
from io import BytesIO
from pathlib import Path

import nbclient
import nbformat
from PIL import Image

FOLDER = Path(__file__).parent
MARK = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)
COLOURS = 64
"""Of a picture: drawings have few."""
MOST_SECONDS_PER_CELL = 120
INLINE = "module://matplotlib_inline.backend_inline"
"""What shows figures of pyplot in a notebook, whatever the shell says."""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def sources() -> list[Path]:
    """The files that notebooks are made of, in order."""
    return sorted(FOLDER.glob("[0-9]*.py"))


def cells_of(text: str) -> list[tuple[str, str]]:
    """Kind and source of each cell of a file."""
    _, *parts = MARK.split(text)
    cells = []
    for mark, source in zip(parts[::2], parts[1::2], strict=True):
        lines = [re.sub("^# ?", "", line) for line in source.splitlines()] if mark else source.splitlines()
        cells.append(("markdown" if mark else "code", "\n".join(lines).strip("\n")))
    return cells


def notebook_of(file: Path) -> nbformat.NotebookNode:
    """The notebook of a file, not run yet; the ids of its cells are their places."""
    new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    cells = [
        new[kind](source, id=f"cell-{i}")
        for i, (kind, source) in enumerate(cells_of(file.read_text("utf-8")))
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def run(notebook: nbformat.NotebookNode) -> None:
    """Run all cells where the notebook lies, in a kernel of their own."""
    client = nbclient.NotebookClient(
        notebook,
        timeout=MOST_SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute(env=os.environ | {"MPLBACKEND": INLINE})


def compact(notebook: nbformat.NotebookNode) -> None:
    """Leave what a reader sees: pictures of few colours, no text where there is a table or a picture."""
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                data["image/png"] = small_png(data["image/png"])
            if data.keys() & {"image/png", "text/html"}:
                data.pop("text/plain", None)


def small_png(encoded: str) -> str:
    """A picture with few colours."""
    whole = Image.open(BytesIO(base64.b64decode(encoded))).convert("RGB")
    file = BytesIO()
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def main(names: list[str]) -> None:
    """Write the notebooks whose names begin so, or all."""
    for file in sources():
        if not names or any(file.name.startswith(name) for name in names):
            notebook = notebook_of(file)
            run(notebook)
            compact(notebook)
            nbformat.write(notebook, file.with_suffix(".ipynb"))


if __name__ == "__main__":
    main(sys.argv[1:])
