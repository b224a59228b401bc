"""The script a study is called from: processes of the study run it again only where they need it.

Python runs the main script anew in every process it starts, so a script that calls a study outside
``if __name__ == "__main__":`` would start processes without end. Rows need the package, and modules of
the user's that go along; the script itself only where something in it is registered or pickled.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from capsim.extensions import tables

SCRIPT = "__main__"
"""Name of the module that Python was started with."""
UNGUARDED = (
    "out of memory, or the script has models of its own and runs again in each process: "
    'call studies under if __name__ == "__main__":'
)
"""What may be wrong where a process that needs the script dies."""


def needed_elsewhere(packed: bytes) -> bool:
    """Whether a process that unpacks a task needs the script: for the task, or for a table's function."""
    functions = (inspect.unwrap(table[name]) for table in tables() for name in table.names)
    return SCRIPT.encode() in packed or any(function.__module__ == SCRIPT for function in functions)


@contextmanager
def without_script() -> Iterator[None]:
    """Let processes started meanwhile not run the script."""
    script = sys.modules[SCRIPT]
    sys.modules[SCRIPT] = ModuleType(SCRIPT)
    try:
        yield
    finally:
        sys.modules[SCRIPT] = script
