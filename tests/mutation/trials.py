"""One change tried: in a copy of the project, by the tests that run the changed lines, until one fails."""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from changes import Change
from measured import Measured, own_folder
from swaps import swap

COPIED = ("capsim", "tests", "scenarios", "notebooks", "docs", "benchmarks", "pyproject.toml", "README.md")
NOT_SWAPPED = 99
"""Exit code of a process that a change cannot be swapped into."""
OPTIONS = ["-q", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
for unused in ("cacheprovider", "benchmark", "xdist", "pytest_cov"):
    OPTIONS += ["-p", f"no:{unused}"]
IMPORTED = ("numpy.testing", "scipy.stats", "scipy.optimize", "pandas", "xarray", "pydantic", "hypothesis")
IMPORTED += ("simpy", "pyarrow", "matplotlib.pyplot", "yaml", "typer", "rich.console", "_pytest.doctest")
FAILED = "failed.txt"
"""Name of the file in which a trial notes the test that failed."""
FIRST_CPU_S = 10
"""Time on a processor for what is not a test: imports, collection. [s]"""


class Verdict(NamedTuple):
    """What became of a change: killed, survived, slow (it did not end) or untested."""

    outcome: str
    by: str
    n_tests: int
    seconds: float


def copy_project(root: Path, copy: Path) -> None:
    """A copy of what tests need, without what was compiled: changes are made there."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name)
        else:
            shutil.copy2(root / name, copy / name)


def preload() -> None:
    """Import what is not ours once: each trial is a fork of this process."""
    for name in IMPORTED:
        importlib.import_module(name)


class Trial(NamedTuple):
    """A change to be tried, and the tests for it in their order."""

    module: str
    change: Change
    tests: list[str]


def attempt(copy: Path, trial: Trial, measured: Measured) -> Verdict:
    """Try one change in a fresh process; the module in the copy is as it was afterwards."""
    began_s, file = time.monotonic(), copy / trial.module
    if not trial.tests:
        return Verdict("untested", "", 0, 0.0)
    original = file.read_text("utf-8")
    try:
        _write(file, trial.change.code)
        outcome, by = _forked(copy, measured.took_s(trial.tests), lambda: _test(copy, trial, measured))
    finally:
        _write(file, original)
    return Verdict(outcome, by, len(trial.tests), round(time.monotonic() - began_s, 1))


def _write(file: Path, code: str) -> None:
    """Write a module; what was compiled of it is older than it, and of no use."""
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()
    file.write_text(code, "utf-8")


def _forked(copy: Path, took_s: float, work: Callable[[], int]) -> tuple[str, str]:
    """What becomes of work in a process of its own: it notes the test that fails, and returns a code."""
    note = copy / FAILED
    note.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        code: int = pytest.ExitCode.INTERNAL_ERROR
        try:
            os.setsid()
            cpu_s = FIRST_CPU_S + 2 * round(took_s)
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
            with (copy / "trial.log").open("w") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if os.WIFSIGNALED(status):
        return ("slow" if os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL} else "killed"), "signal"
    code = os.WEXITSTATUS(status)
    if code in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        return "survived", ""
    if code == pytest.ExitCode.TESTS_FAILED:
        return "killed", note.read_text("utf-8")
    if code == pytest.ExitCode.INTERRUPTED:
        return "killed", "import"
    if code == NOT_SWAPPED:
        return "doubtful", ""
    raise RuntimeError(f"pytest ended with {code}: see {copy / 'trial.log'}")


def enter(copy: Path) -> None:
    """Have this process, and those that it starts, import from the copy."""
    os.chdir(copy)
    os.environ |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "ci"}
    sys.dont_write_bytecode = True
    sys.path[:] = [str(copy), *sys.path]


def _test(copy: Path, trial: Trial, measured: Measured) -> int:
    """Run the tests of a trial in their order until one fails."""
    places = _places([trial])
    return int(
        pytest.main([*OPTIONS, f"--basetemp={copy / 'tmp'}", *places], plugins=[_One(copy, trial, measured)])
    )


def try_quickly(
    copy: Path, measured: Measured, changed: list[Trial], told: Callable[[Trial, Verdict], None]
) -> None:
    """Try changes in forks of one process that has collected all tests; what survives there is doubtful."""
    enter(copy)
    quick = _Quickly(copy, measured, changed, told)
    pytest.main([*OPTIONS, f"--basetemp={copy / 'tmp'}", *_places(changed)], plugins=[quick])


def _places(trials: list[Trial]) -> list[str]:
    """Test modules of some trials, and the folders in which there may be new ones."""
    own = {own_folder(trial.module) for trial in trials}
    modules = {module for trial in trials for module in _modules(trial)}
    return sorted(
        own | {module for module in modules if not any(module.startswith(f"{one}/") for one in own)}
    )


def _modules(trial: Trial) -> list[str]:
    """Test modules of a trial."""
    return sorted({test.partition("::")[0] for test in trial.tests})


class _One:
    """Runs the tests of one trial, those that are new first, and ends with the first that fails."""

    def __init__(self, copy: Path, trial: Trial, measured: Measured) -> None:
        self._copy, self._trial, self._measured = copy, trial, measured

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = self.chosen(items, self._trial)

    def chosen(self, items: list[pytest.Item], trial: Trial) -> list[pytest.Item]:
        by_name, beside = (
            {item.nodeid: item for item in items},
            (f"{own_folder(trial.module)}/", *_modules(trial)),
        )
        new = [one for one in items if self._measured.is_new(one.nodeid) and one.nodeid.startswith(beside)]
        return new + [by_name[test] for test in trial.tests if test in by_name]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            (self._copy / FAILED).write_text(report.nodeid, "utf-8")
            os._exit(pytest.ExitCode.TESTS_FAILED)


class _Quickly(_One):
    """In the place of a run of all tests: for each change a fork that swaps it in and runs its tests."""

    def __init__(
        self, copy: Path, measured: Measured, changed: list[Trial], told: Callable[[Trial, Verdict], None]
    ) -> None:
        super().__init__(copy, changed[0], measured)
        self._changed, self._told = changed, told

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """All of them stay."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config.pluginmanager.unregister(name="terminalreporter")
        for trial in self._changed:
            began_s, tests = time.monotonic(), self.chosen(session.items, trial)
            took_s = self._measured.took_s(trial.tests)
            outcome, by = _forked(self._copy, took_s, partial(self._swapped, trial, tests))
            outcome = "doubtful" if outcome == "survived" else outcome
            self._told(trial, Verdict(outcome, by, len(tests), round(time.monotonic() - began_s, 1)))
        return True

    def _swapped(self, trial: Trial, tests: list[pytest.Item]) -> int:
        if not tests or not swap(self._copy / trial.module, trial.change.code):
            return NOT_SWAPPED
        for item, after in zip(tests, [*tests[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        return pytest.ExitCode.OK
