"""The graph of imports, lazy ones included: no circle, and few floors in the room of scenarios."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_FLOORS_OF_SCENARIO = 7


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for file in sorted((ROOT / "capsim").rglob("*.py"))}


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imported(node: ast.AST) -> Iterator[str]:
    """Modules of the package that a piece of code imports, in functions too."""
    for child in ast.iter_child_nodes(node):
        if is_for_types_only(child):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names if alias.name in FILES)
        elif isinstance(child, ast.ImportFrom):
            named = (f"{child.module}.{alias.name}" for alias in child.names)
            yield from (name if name in FILES else str(child.module) for name in named)
        yield from imported(child)


@cache
def graph() -> dict[str, set[str]]:
    """What each module of the package imports of it; for the tests alone, since reading all takes seconds."""
    return {
        module: {name for name in imported(ast.parse(file.read_text("utf-8"))) if name in FILES} - {module}
        for module, file in FILES.items()
    }


def test_no_modules_import_one_another_in_a_circle():
    try:
        TopologicalSorter(graph()).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_scenarios_stand_on_few_floors():
    @cache
    def floor(module: str) -> int:
        below = [name for name in graph()[module] if name.startswith("capsim.scenario.")]
        return 1 + max(map(floor, below), default=0)

    floors = {module: floor(module) for module in graph() if module.startswith("capsim.scenario.")}
    highest = [module for module, at in floors.items() if at > MOST_FLOORS_OF_SCENARIO]
    assert highest == []


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import capsim.units", {"capsim.units"}),
        ("from capsim import units, errors", {"capsim.units", "capsim.errors"}),
        ("from capsim.scenario.loading import load", {"capsim.scenario.loading"}),
        ("def f():\n    from capsim.units import KILO", {"capsim.units"}),
        ("if TYPE_CHECKING:\n    from capsim.units import KILO", set()),
        ("import numpy", set()),
    ],
)
def test_the_graph_sees_every_import_but_those_for_types(source, modules):
    assert {name for name in imported(ast.parse(source)) if name in FILES} == modules
