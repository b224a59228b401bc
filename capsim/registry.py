"""Table: a name -> function table of one signature. The only extension mechanism.

A scenario names an entry and passes keyword arguments; they are checked against the
function's keyword-only parameters when the scenario is loaded, so a misspelt argument is a
fault of the file and not a crash of the run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache, wraps
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

from capsim.errors import CapsimError, ExtensionError, UnknownNameError

F = TypeVar("F", bound=Callable[..., Any])
G = TypeVar("G", bound=Callable[..., Any])
Wrong = Callable[[Any], str]
"""Result of an entry -> what is wrong with it in words; empty where nothing is."""
PACKAGE = __name__.partition(".")[0]
FORMERLY: Mapping[str, str] = MappingProxyType({"airside-adiabatic-dc5": "airside-adiabatic-chillerless"})
"""What has another name now, by the name it had: an old file is told the new one."""


def did_you_mean(name: str, offered: Iterable[str]) -> str:
    """``; did you mean X?`` for the nearest name offered, in whichever case, or an empty string.

    Where the name is one that had to go, its new name is told.
    """
    # both searches read them, and what is offered may be an iterator
    names = list(offered)
    if (now := FORMERLY.get(name)) in names:
        return f"; it is called {now} now"
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    near = near or get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


_SURE = 0.75
"""How alike a name is that is surely meant: one letter of four is another. [1]"""
MOST_NAMED = 10
"""Names that are all told where none is near."""


def near_or_all(name: str, offered: Iterable[str], lists: str = "") -> str:
    """The name offered that is surely meant; else all of a few, and of many the likely one or the nearest.

    `lists` is what lists many.

    Examples
    --------
    >>> near_or_all("sobel", ["sobol", "lhs"]), near_or_all("halton", ["sobol", "lhs"])
    ('; did you mean sobol?', '; there are sobol, lhs')
    """
    names = list(offered)
    likely = did_you_mean(name, names)
    is_sure = FORMERLY.get(name) in names or get_close_matches(name, names, n=1, cutoff=_SURE)
    if is_sure or not names:
        return likely
    if len(names) <= MOST_NAMED:
        return f"; there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
    few = f"; there are {len(names)}, such as {', '.join(get_close_matches(name, names, cutoff=0.0))}"
    return likely or (f"{few}; {lists} lists them" if lists else few)


class Table(Generic[F]):
    """Functions of one signature by name; of one class where it says so.

    What `wrong` says of a result, if anything, is told of a stranger's function.

    Examples
    --------
    >>> shapes: Table[Callable[..., float]] = Table("shape")
    >>> @shapes.register("flat")
    ... def flat(hour: int, *, level: float = 1.0) -> float:
    ...     return level
    >>> shapes["flat"](3), shapes.names, shapes.faults("flat", {"levle": 2.0})
    (1.0, ('flat',), ['unknown argument levle of shape flat; did you mean level?'])
    """

    def __init__(self, what: str, of: type | None = None, wrong: Wrong | None = None) -> None:
        self.what = what
        self._of = of
        self._wrong = wrong
        self._entries: dict[str, F] = {}

    def register(self, name: str) -> Callable[[F], F]:
        """Decorator that adds a function under a name not yet taken, but by a notebook's earlier cell."""

        def add(function: F) -> F:
            if self._of is not None and not isinstance(function, self._of):
                raise TypeError(f"{self.what} {name!r} must be a {self._of.__name__} (got {function!r})")
            if not callable(function):
                raise TypeError(f"{self.what} {name!r} must be a function (got {function!r})")
            if name in self._entries and not self._is_run_again(name, function):
                raise ValueError(f"{self.what} {name!r} is already registered")
            self._entries[name] = self.watched(name, function)
            return function

        return add

    def _is_run_again(self, name: str, function: F) -> bool:
        """Whether a function is that of an entry, defined again: a cell of a notebook that is run twice."""
        before = self._entries[name]
        homes = {(each.__module__, getattr(each, "__qualname__", name)) for each in (before, function)}
        return len(homes) == 1 and function.__module__ == "__main__"

    def watched(self, name: str, function: G) -> G:
        """A stranger's function, whose errors and wrong results are told by its name; others as they are."""
        wrong_of = self._wrong
        if wrong_of is None or is_of_package(function.__module__) or hasattr(function, "__wrapped__"):
            return function

        @wraps(function)
        def call(*values: Any, **arguments: Any) -> Any:
            try:
                result = function(*values, **arguments)
            # what refuses its arguments is told at their place
            except (CapsimError, ValueError):
                raise
            except Exception as error:
                what = f"{type(error).__name__}: {error}"
                raise ExtensionError(f"{self.what} {name} of {function.__module__} fails: {what}") from error
            if wrong := wrong_of(result):
                raise ExtensionError(f"{self.what} {name} of {function.__module__} {wrong} (got {result!r})")
            return result

        return cast(G, call)

    def __getitem__(self, name: str) -> F:
        if name not in self._entries:
            raise UnknownNameError(self._unknown(name))
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order of registration."""
        return tuple(self._entries)

    def parameters(self, name: str) -> dict[str, inspect.Parameter]:
        """The keyword-only parameters of an entry: what a scenario may pass."""
        return dict(_keyword_only(self[name]))

    def faults(self, name: str, arguments: Mapping[str, Any]) -> list[str]:
        """What is wrong with a name and its arguments, in words; empty when they fit."""
        # arguments of nothing known are not judged
        if name not in self._entries:
            return [self._unknown(name)]
        parameters = self.parameters(name)
        unknown = [
            f"unknown argument {key} of {self.what} {name}{did_you_mean(key, parameters)}"
            for key in arguments
            if key not in parameters
        ]
        missing = [
            f"{self.what} {name} needs argument {key}"
            for key, parameter in parameters.items()
            if parameter.default is inspect.Parameter.empty and key not in arguments
        ]
        return unknown + missing

    def _unknown(self, name: str) -> str:
        """What is said of a name that the table does not have."""
        return f"unknown {self.what} {name}{did_you_mean(name, self._entries)}"


def is_of_package(module: str) -> bool:
    """Whether a module is one of capsim's own."""
    return module.partition(".")[0] == PACKAGE


def meaning_of(entry: Callable[..., Any]) -> str:
    """First paragraph of a function's docstring on one line, without its full stop; empty without one."""
    first = (inspect.getdoc(entry) or "").partition("\n\n")[0]
    return " ".join(first.split()).removesuffix(".")


@cache
def _keyword_only(entry: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Keyword-only parameters of a function, looked up once: a signature takes longer than most calls."""
    return {
        key: parameter
        for key, parameter in inspect.signature(entry).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
