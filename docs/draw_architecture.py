"""Draw the rooms of the package and what each imports: ``make docs-images`` writes the picture.

The order of the rooms is the import contract's in pyproject.toml and the arrows are the imports
found in the code, so the picture cannot say anything that is not so.
"""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "capsim"
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
ROW, HEIGHT, WIDTH = 1.0, 0.72, 7.4
INK, FAINT, FILL = "#1b1b1b", "#7a8288", "#e8eef4"


def rooms() -> list[str]:
    """Rooms from the leftmost (which imports nothing) to the rightmost, as the contract orders them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    names = [room.strip() for layer in reversed(layers) for room in layer.split("|")]
    return [
        name for name in names if not name.startswith("(")
    ]  # in brackets: a place kept for a room to come


def files_of(room: str) -> list[Path]:
    """Modules of a room: a folder's, or the one file."""
    folder = PACKAGE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]


def purpose(room: str) -> str:
    """First line of the room's docstring."""
    folder = PACKAGE / room
    first = folder / "__init__.py" if folder.is_dir() else PACKAGE / f"{room}.py"
    return (ast.get_docstring(ast.parse(first.read_text("utf-8"))) or "").partition("\n")[0].rstrip(".")


def imports(room: str) -> Counter[str]:
    """How often the modules of a room import from each other room."""
    rooms_named: Counter[str] = Counter()
    for file in files_of(room):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("capsim."):
                rooms_named[str(node.module).split(".")[1]] += 1
            elif isinstance(node, ast.ImportFrom) and node.module == "capsim":
                # a room taken whole, which a name such as __version__ is not
                rooms_named.update(alias.name for alias in node.names if alias.name in rooms())
    del rooms_named[room]
    return rooms_named


def draw(ax: Axes) -> None:
    """Rooms as boxes, the leftmost at the bottom; an arc for each pair, thicker the more imports it has."""
    order = rooms()
    level = {room: ROW * i for i, room in enumerate(order)}
    for room, y in level.items():
        ax.add_patch(plt.Rectangle((0.0, y), WIDTH, HEIGHT, facecolor=FILL, edgecolor=FAINT, linewidth=0.8))
        ax.text(0.12, y + 0.44, room, fontsize=10, fontweight="bold", color=INK)
        ax.text(0.12, y + 0.16, shortened(purpose(room), 104), fontsize=7, color=INK)
        for other, count in imports(room).items():
            arc(ax, y + HEIGHT / 2, level[other] + HEIGHT / 2, count)
    ax.set_xlim(-0.1, WIDTH + 3.4)
    ax.set_ylim(-0.3, ROW * len(order))
    ax.axis("off")
    ax.text(
        WIDTH + 0.3,
        -0.25,
        "an arc: a room imports from the one below;\nthickness: how often",
        fontsize=7,
        color=FAINT,
    )


def arc(ax: Axes, upper: float, lower: float, count: int) -> None:
    """One arrow from a room to one below it, to the right of the boxes."""
    ax.annotate(
        "",
        xy=(WIDTH, lower),
        xytext=(WIDTH, upper),
        arrowprops={
            "arrowstyle": "-|>",
            "connectionstyle": "arc3,rad=-0.42",
            "linewidth": 0.4 + 0.05 * min(count, 40),
            "color": "#3f6d94",
            "alpha": 0.55,
        },
    )


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def main() -> None:
    """Write the picture; the same bytes for the same code."""
    mpl.rcParams["svg.hashsalt"] = "capsim"
    # text stays text: the outlines of its letters were two thirds of the file
    mpl.rcParams["svg.fonttype"] = "none"
    figure, ax = plt.subplots(figsize=(9.5, 0.55 * len(rooms())), layout="constrained")
    draw(ax)
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
