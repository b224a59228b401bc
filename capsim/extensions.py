"""A user's own modules: loaded by path, and taken along to wherever a study computes.

What such a module registers in a `Table` counts as the package's own. Nothing here is called because of
what a scenario file says: only the user who runs the program names a module.
"""

from __future__ import annotations

import hashlib
import inspect
import pickle
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from capsim.errors import ExtensionError
from capsim.reach import check_regular
from capsim.registry import Table, is_of_package


@dataclass(frozen=True)
class Extension:
    """A module of the user's, as it was when it was loaded."""

    name: str
    """Name of the module: that of the file without `.py`."""
    file: str
    """The file, as the user named it."""
    source: bytes
    """Its content."""

    @property
    def sha256(self) -> str:
        """Checksum of the content."""
        return hashlib.sha256(self.source).hexdigest()


_LOADED: dict[str, Extension] = {}
"""Modules loaded by path, by name."""
_LOCK = threading.RLock()


def extend(path: str | Path) -> None:
    """Load a module of the user's; one that is loaded or imported already is left.

    Raises
    ------
    ExtensionError
        If there is no such file, it raises, or a name it registers is taken.
    """
    file = Path(path)
    if file.suffix != ".py":
        raise ExtensionError(f"{path}: an extension is a Python file, whose name ends in .py")
    try:
        check_regular(file)
        source = file.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ExtensionError(f"{path}: cannot be read: {why}") from None
    _load(Extension(file.stem, str(path), source))


def loaded() -> tuple[Extension, ...]:
    """Modules of the user's that are loaded by path, or were imported and have registered something."""
    modules = dict(_LOADED)
    for name in sorted(_homes() - modules.keys()):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None:
            modules[name] = Extension(name, file, Path(file).read_bytes())
    return tuple(modules[name] for name in sorted(modules))


def checksums() -> dict[str, str]:
    """SHA-256 of the modules that are loaded, by name."""
    return {extension.name: extension.sha256 for extension in loaded()}


def tables() -> list[Table[Any]]:
    """All tables of the modules of the package that are imported."""
    modules = [module for name, module in list(sys.modules.items()) if is_of_package(name)]
    values = (value for module in modules for value in vars(module).values())
    return list({id(value): value for value in values if isinstance(value, Table)}.values())


def _homes() -> set[str]:
    """Modules outside the package whose functions are in a table; a script itself is none."""
    functions = (inspect.unwrap(table[name]) for table in tables() for name in table.names)
    homes = {str(getattr(function, "__module__", "")) for function in functions}
    return {name for name in homes if not is_of_package(name) and name != "__main__"}


def _load(extension: Extension) -> None:
    """Run a module, once."""
    # several threads of a worker may meet the same module at the same time
    with _LOCK:
        before = _LOADED.get(extension.name)
        if before is not None and before.source != extension.source:
            raise ExtensionError(f"{extension.file}: another version of it is loaded; start a new process")
        # run twice, its functions would be registered twice
        if before is not None or _is_imported(extension):
            return
        if _hides_another(extension):
            rule = f"there is a module {extension.name} already; give the file another name"
            raise ExtensionError(f"{extension.file}: {rule}")
        _run(extension)
        _LOADED[extension.name] = extension


def _is_imported(extension: Extension) -> bool:
    """Whether Python has imported the module by itself."""
    file = getattr(sys.modules.get(extension.name), "__file__", None)
    return file is not None and Path(file).resolve() == Path(extension.file).resolve()


def _hides_another(extension: Extension) -> bool:
    """Whether a module of the name is there already, or would be found where libraries are."""
    if extension.name in sys.modules or extension.name in sys.stdlib_module_names:
        return True
    spec = PathFinder.find_spec(extension.name)
    return spec is not None and Path(spec.origin or "").resolve() != Path(extension.file).resolve()


def _run(extension: Extension) -> None:
    """Run a module under its name; ExtensionError says at which line it raised what."""
    module = ModuleType(extension.name)
    module.__file__ = extension.file
    # records and pickles look their module up by name while it runs
    sys.modules[extension.name] = module
    try:
        exec(compile(extension.source, extension.file, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[extension.name]
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == extension.file]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        place = f"{extension.file}:{line}" if line else extension.file
        what = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
        raise ExtensionError(f"{place}: cannot be loaded: {what}") from None


class Luggage:
    """Something that is unpacked elsewhere only after the user's modules are loaded there."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (loaded(), pickle.dumps(self.thing))


def _unpacked(extensions: Sequence[Extension], packed: bytes) -> Any:
    """What was packed, with the modules it may need."""
    for extension in extensions:
        _load(extension)
    return pickle.loads(packed)
