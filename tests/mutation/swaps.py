"""A change made in a running process: the functions of a module get the code of the changed one."""

from __future__ import annotations

import functools
import gc
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType


def swap(file: Path, code: str) -> bool:
    """Give the functions of a module other code; False where more than the code of functions differs."""
    before, after = (compile(text, str(file), "exec") for text in (file.read_text("utf-8"), code))
    if _outside(before) != _outside(after):
        return False
    others = {
        (old.co_qualname, old.co_firstlineno): new
        for old, new in zip(_functions(before), _functions(after), strict=True)
    }
    for live in gc.get_objects():
        if isinstance(live, FunctionType) and live.__code__.co_filename == str(file):
            other = others.get((live.__code__.co_qualname, live.__code__.co_firstlineno))
            if other is not None and len(other.co_freevars) == len(live.__code__.co_freevars):
                live.__code__ = other
        elif isinstance(live, functools._lru_cache_wrapper):
            live.cache_clear()
    return True


def _functions(code: CodeType) -> Iterator[CodeType]:
    """Functions of a module and methods of its classes."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_flags & inspect.CO_OPTIMIZED:
                yield inner
            else:
                yield from _functions(inner)


def _outside(code: CodeType) -> list[object]:
    """What runs when a module is imported: its own code and that of its classes."""
    found: list[object] = [code.co_code, code.co_names]
    for inner in code.co_consts:
        if not isinstance(inner, CodeType):
            found.append(repr(inner))
        elif not inner.co_flags & inspect.CO_OPTIMIZED:
            found += _outside(inner)
        elif inner.co_name.startswith("<"):
            # a lambda or comprehension that may have run already
            found.append((inner.co_code, repr([c for c in inner.co_consts if not isinstance(c, CodeType)])))
    return found
