"""The faces of rooms: what other rooms import from a folder, named in its ``__init__``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def on_first_use(
    package: str, names_by_module: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package whose names are imported when they are first asked for.

    For the rooms that stand on pandas or matplotlib, which a study's processes and light commands never need.

    Parameters
    ----------
    package : str
        Name of the package.
    names_by_module : mapping of str to str
        By module of the package, the names in it that others use, with blanks between.

    Returns
    -------
    getattr, dir : callables
        To be bound as ``__getattr__`` and ``__dir__``.
    """
    homes = {name: module for module, names in names_by_module.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return get, lambda: sorted(homes)
