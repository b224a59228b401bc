"""The faces of rooms: what other rooms import from a folder, named in its ``__init__``."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


def on_first_use(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package whose names are imported when they are first asked for.

    For the rooms that stand on pandas or matplotlib, which a study's processes and light commands never need.

    Parameters
    ----------
    package : str
        Name of the package, whose ``__init__`` imports its names for the type checker only.

    Returns
    -------
    getattr, dir : callables
        To be bound as ``__getattr__`` and ``__dir__``.
    """

    @cache
    def homes() -> dict[str, str]:
        # Read when a name is asked for: a command that shows its help asks for none.
        source = Path(str(sys.modules[package].__file__)).read_text("utf-8")
        imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
        of_package = [node for node in imports if node.module and node.module.startswith(f"{package}.")]
        return {alias.name: str(node.module) for node in of_package for alias in node.names}

    def get(name: str) -> Any:
        if name not in homes():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes()[name]), name)

    return get, lambda: sorted(homes())
