"""Every public function of the models runs in some projection: product code reaches it, not tests alone.

What reaches what is read from the syntax: a name is reached by the module-level code of another room, by
module-level code of a model itself (a registration in a `Table`) or by a reached function of a model that
uses it. Imports by themselves reach nothing, nor does a docstring.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODELS = "capsim.models"
Place = tuple[str, str]
"""Module, and name at its top level; the empty name stands for what runs when it is imported."""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


SOURCES = {module_name(path): path.read_text("utf-8") for path in sorted((ROOT / "capsim").rglob("*.py"))}


def parts_of(tree: ast.Module) -> dict[str, list[ast.AST]]:
    """What belongs to each name at the top level of a module: its definition, or what runs on import."""
    parts: dict[str, list[ast.AST]] = {"": []}
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    # a decorator of the module's own that registers what it is given is a registration too
    registrars = ["register", *(f.name for f in functions if ".register(" in ast.unparse(f))]
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            parts[node.name] = [node]
            parts[""] += node.decorator_list
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            if any(registrar in decorator for registrar in registrars for decorator in decorators):
                parts[""].append(ast.Name(node.name))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                parts.setdefault(ast.unparse(target), []).append(node)
        elif not isinstance(node, (ast.Import, ast.ImportFrom)):
            parts[""].append(node)
    return parts


def imports_of(tree: ast.Module) -> dict[str, Place]:
    """Names that imports bind anywhere in a module, and what they mean."""
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def locals_of(part: ast.AST) -> set[str]:
    """Names that a function binds itself: its parameters, and what it assigns."""
    if not isinstance(part, ast.FunctionDef):
        return set()
    stored = {n.id for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {node.arg for node in ast.walk(part) if isinstance(node, ast.arg)}


class Code:
    """The modules of a package, and what their names refer to."""

    def __init__(self, sources: dict[str, str]) -> None:
        trees = {module: ast.parse(source) for module, source in sources.items()}
        self.parts = {module: parts_of(tree) for module, tree in trees.items()}
        self.imports = {module: imports_of(tree) for module, tree in trees.items()}

    def meaning(self, place: Place) -> Place | str | None:
        """Where a name is defined, through re-exports; a module's name for one; None for neither."""
        module, name = place
        if f"{module}.{name}" in self.parts:
            return f"{module}.{name}"
        if name in self.parts.get(module, {}):
            return place
        bound = self.imports.get(module, {}).get(name)
        return self.meaning(bound) if bound not in (None, place) else None

    def used_by(self, place: Place) -> Iterator[Place]:
        """Names that the code of a name refers to."""
        module = place[0]
        for part in self.parts[module][place[1]]:
            own = locals_of(part)
            for node in ast.walk(part):
                if isinstance(node, ast.Name) and node.id not in own:
                    if isinstance(used := self.meaning((module, node.id)), tuple):
                        yield used
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    owner = self.meaning((module, node.value.id))
                    if isinstance(owner, str) and isinstance(used := self.meaning((owner, node.attr)), tuple):
                        yield used

    def reached(self, models: str) -> set[Place]:
        """All names that other rooms, or registrations, reach."""
        left = [
            (module, name)
            for module, parts in self.parts.items()
            for name in parts
            if not name or not module.startswith(models)
        ]
        reached = set(left)
        while left:
            new = set(self.used_by(left.pop())) - reached
            reached |= new
            left += new
        return reached

    def unreached_functions(self, models: str) -> list[str]:
        """Public functions and classes of the models that nothing reaches."""
        reached = self.reached(models)
        return [
            f"{module}.{name}"
            for module, parts in self.parts.items()
            if module.startswith(models)
            for name, nodes in parts.items()
            if name and not name.startswith("_") and (module, name) not in reached
            if isinstance(nodes[0], (ast.FunctionDef, ast.ClassDef))
        ]

    def attributes(self, places: set[Place]) -> set[str]:
        """Names of attributes that the code of some names reads."""
        return {
            node.attr
            for module, name in places
            for part in self.parts[module][name]
            for node in ast.walk(part)
            if isinstance(node, ast.Attribute)
        }


def test_every_public_function_of_the_models_runs_in_the_product() -> None:
    assert Code(SOURCES).unreached_functions(MODELS) == [], "call it where the run computes it, or let it go"


def test_every_public_method_of_the_models_runs_in_the_product() -> None:
    code = Code(SOURCES)
    read = code.attributes(code.reached(MODELS))
    unread = [
        f"{module}.{name}.{method.name}"
        for module, parts in code.parts.items()
        if module.startswith(MODELS)
        for name, nodes in parts.items()
        if isinstance(nodes[0] if nodes else None, ast.ClassDef)
        for method in nodes[0].body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and method.name not in read
    ]
    assert unread == []


@pytest.mark.parametrize(
    ("model", "room", "unreached"),
    [
        ("def a(): ...", "", ["p.models.m.a"]),
        ("def a(): return 1", "from p.models.m import a", ["p.models.m.a"]),
        ("def a(): return 1", "from p.models.m import a\nx = a()", []),
        ("def a(): return 1", "from p.models import m\ndef f(): return m.a()", []),
        ("def a(): return b()\ndef b(): ...", "from p.models.m import a as c\nc()", []),
        ("def a(): return b()\ndef b(): return a()", "", ["p.models.m.a", "p.models.m.b"]),
        ("T = Table('t')\n@T.register('a')\ndef a(): ...", "", []),
        ("T = Table('t')\ndef a(): ...\nT.register('a')(a)", "", []),
        ("def a():\n    '''Like `b`.'''\ndef b(): ...", "from p.models.m import a\na()", ["p.models.m.b"]),
        ("def a(): ...\ndef b(a): return a", "from p.models.m import b\nb(1)", ["p.models.m.a"]),
        ("def _a(): ...", "", []),
    ],
)
def test_the_check_sees(model: str, room: str, unreached: list[str]) -> None:
    code = Code({"p.models": "", "p.models.m": model, "p.room": room})
    assert code.unreached_functions("p.models") == unreached
