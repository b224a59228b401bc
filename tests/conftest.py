"""What all tests share: the plugin of capsim, hypothesis profiles, a picture backend, no network."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ["MPLBACKEND"] = "Agg"  # figures are drawn to files, in this process and those it starts

pytest_plugins = ["capsim.testing.plugin"]  # also where the package is on the path and not installed

settings.register_profile(
    "default", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


collect_ignore = ["fuzz/plans.py", "fuzz/rounds.py"]
collect_ignore += [
    f"mutation/{name}.py" for name in ("changes", "measured", "mutate", "rooms", "swaps", "trials")
]
TESTS_DIR = Path(__file__).parent
SLOW = (
    "unit/catalog/test_weather_layouts.py",
    "unit/buildout/test_bounds.py",
    "unit/buildout/test_lifecycle.py",
    "unit/buildout/test_shared_resources.py",
    "unit/ledger",
    "unit/operations",
    "unit/projection",
    "unit/report",
    "unit/scenario/test_books.py",
    "unit/scenario/test_held_numbers.py",
    "unit/scenario/test_hostile_files.py",
    "unit/scenario/test_reference.py",
    "unit/scenario/test_starting.py",
    "unit/study",
    "unit/testing",
    "unit/web",
    "unit/test_reachable_models.py",
    "unit/vocabulary/test_events.py",
)
"""Folders and files of unit tests that run whole projections, studies or other programs, or take seconds to
try every field, book or layout there is: `make check` leaves them out. All that is not a unit test or a
doctest is left out, too."""
SLOW_PLACES = [TESTS_DIR / place for place in SLOW]


def _is_slow(path: Path) -> bool:
    return any(map(path.is_relative_to, SLOW_PLACES))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read what `make check` leaves out: pictures and web frameworks take seconds to import."""
    return True if config.option.markexpr == "not slow" and _is_slow(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `make check` leaves out."""
    # asked once of each file: of ten thousand tests it takes seconds
    is_slow = {path: _is_slow(path) for path in {item.path for item in items}}
    for item in items:
        if is_slow[item.path]:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Leave modules and tests, which stay to the end, out of every later collection of garbage."""
    gc.collect()
    gc.freeze()


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a path of a local socket
    host = str(address[0])
    return host in {"localhost", "::1", ""} or host.startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """A connection to another machine fails; those inside this machine (notebook kernels) work."""

    def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if not _is_local(address):
                raise RuntimeError(f"a test tried to connect to {address[0]}; tests run without network")
            return method(self, address)

        return connect

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield
