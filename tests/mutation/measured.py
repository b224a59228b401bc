"""What `make coverage` measured: which tests run which lines, and how long each takes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from xml.etree import ElementTree

import coverage
from changes import Change

MOST_S = 10.0
"""Most time that tests of one change may have taken when they were measured."""


def own_folder(module: str) -> str:
    """Where the tests of a module's room are."""
    return f"tests/unit/{Path(module).parts[1]}"


class Measured:
    """Tests by the lines that they run."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self._data = root, coverage.CoverageData(str(folder / "data"))
        self._data.read()
        self._by_line = lru_cache(partial(_contexts, self._data, root))
        times = dict(_times(folder / "times.xml"))
        self._took_s = {test: took_s for test, took_s in times.items() if took_s is not None}
        self._known = set(times)
        self._of_module: dict[str, set[str]] = {}
        for test in self._took_s:
            self._of_module.setdefault(test.partition("::")[0], set()).add(test)

    def tests(self, module: str, change: Change) -> list[str]:
        """Tests in the order to try them: those of the room's own folder, then the others.

        Of each the fastest first. What only a fixture ran, or an earlier test whose result is kept, counts
        for all tests of that test module; what runs on import for all that run a line of the module.
        """
        by_line = self._by_line(module)
        running = {c for n in range(change.first_line, change.last_line + 1) for c in by_line.get(n, [])}
        tests = {context.rpartition("|")[0] for context in running if context}
        if not tests:
            tests = {c.rpartition("|")[0] for contexts in by_line.values() for c in contexts if c}
        modules = {test.partition("::")[0] for test in tests}
        beside = set().union(*(self._of_module.get(name, set()) for name in modules)) - tests
        own = {name for name in modules if name.startswith(f"{own_folder(module)}/")}
        first = [test for test in self._fastest(tests) if test.partition("::")[0] in own]
        then = [test for test in [*self._fastest(tests), *self._fastest(beside)] if test not in set(first)]
        return [*self._within(first), *self._within(then)]

    def is_new(self, test: str) -> bool:
        """Whether a test was written since: what it runs is not known."""
        return test not in self._known

    def took_s(self, tests: list[str]) -> float:
        """How long tests took. [s]"""
        return sum(self._took_s[test] for test in tests)

    def _fastest(self, tests: set[str]) -> list[str]:
        return sorted(tests & self._took_s.keys(), key=lambda test: (self._took_s[test], test))

    def _within(self, tests: list[str]) -> list[str]:
        kept, total_s = [], 0.0
        for test in tests:
            total_s += self._took_s[test]
            if total_s > MOST_S:
                break
            kept.append(test)
        return kept


def _contexts(data: coverage.CoverageData, root: Path, module: str) -> dict[int, list[str]]:
    return data.contexts_by_lineno(str(root / module))


def _times(file: Path) -> Iterator[tuple[str, float | None]]:
    """Tests, each with its time if it passed. [s]"""
    for case in ElementTree.parse(file).iter("testcase"):
        where, name = case.attrib["file"], case.attrib["name"]
        inside = case.attrib["classname"].removeprefix(where.removesuffix(".py").replace("/", "."))
        passed = not any(child.tag in {"failure", "error", "skipped"} for child in case)
        test = "::".join([where, *filter(None, inside.split(".")), name])
        yield test, float(case.attrib["time"]) if passed else None
