"""What all tests share: golden files, hypothesis profiles, a picture backend, no network."""

from __future__ import annotations

import json
import math
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ["MPLBACKEND"] = "Agg"  # figures are drawn to files, in this process and those it starts

GOLDEN_DIR = Path(__file__).parent / "regression" / "golden"
GOLDEN_RELATIVE_TOLERANCE = 1e-9
SHOWN_DIFFERENCES = 20

settings.register_profile(
    "default", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


TESTS_DIR = Path(__file__).parent
SLOW = (
    "unit/buildout/test_bounds.py",
    "unit/buildout/test_lifecycle.py",
    "unit/buildout/test_shared_resources.py",
    "unit/ledger",
    "unit/operations",
    "unit/projection",
    "unit/report",
    "unit/scenario/test_hostile_files.py",
    "unit/study",
    "unit/test_reachable_models.py",
    "unit/vocabulary/test_events.py",
)
"""Folders and files of unit tests that run whole projections, studies or other programs: `make check` leaves
them out. All that is not a unit test or a doctest is left out, too."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `make check` leaves out."""
    for item in items:
        if any(item.path.is_relative_to(TESTS_DIR / place) for place in SLOW):
            item.add_marker(pytest.mark.slow)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the golden files that differ; goes with a Results line in the changelog",
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def find_differences(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ, numbers within a relative tolerance, as ``key: old -> new``."""
    if isinstance(expected, dict) and isinstance(got, dict):
        yield from _find_in_mappings(expected, got, path)
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"{path}: {len(expected)} elements -> {len(got)} elements"
        for index, (old, new) in enumerate(zip(expected, got, strict=False)):
            yield from find_differences(old, new, f"{path}[{index}]")
    elif _is_number(expected) and _is_number(got):
        if not math.isclose(expected, got, rel_tol=GOLDEN_RELATIVE_TOLERANCE, abs_tol=0.0):
            yield f"{path}: {expected!r} -> {got!r}{_relative_change(expected, got)}"
    elif type(expected) is not type(got) or expected != got:
        yield f"{path}: {json.dumps(expected)} -> {json.dumps(got)}"


def _find_in_mappings(expected: dict[str, Any], got: dict[str, Any], path: str) -> Iterator[str]:
    for key in sorted(expected.keys() | got.keys()):
        here = f"{path}.{key}" if path else key
        if key not in got:
            yield f"{here}: gone (was {json.dumps(expected[key])})"
        elif key not in expected:
            yield f"{here}: new ({json.dumps(got[key])})"
        else:
            yield from find_differences(expected[key], got[key], here)


def _relative_change(expected: float, got: float) -> str:
    return f" ({got / expected - 1:+.3g} relative)" if expected else ""


@pytest.fixture(scope="session")
def golden_differences() -> Callable[[Any, Any], list[str]]:
    """The comparison that `golden` makes, for the test of it."""
    return lambda expected, got: list(find_differences(expected, got))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, dict[str, Any]], None]:
    """``golden(name, data)``: the data equals what ``tests/regression/golden/<name>.json`` pins.

    Numbers compare within a relative 1e-9, everything else exactly; NaN and infinity are refused.
    The file is written by ``pytest --update-golden`` only, and only when something differs.
    """
    update = request.config.getoption("--update-golden")

    def compare(name: str, data: dict[str, Any]) -> None:
        text = json.dumps(data, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"
        file = GOLDEN_DIR / f"{name}.json"
        if file.exists():
            differences = list(find_differences(json.loads(file.read_text("utf-8")), json.loads(text)))
        else:
            differences = [f"{file.name} is not there"]
        if differences and update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        elif differences:
            _fail_with(name, differences)

    return compare


def _fail_with(name: str, differences: list[str]) -> None:
    shown = differences[:SHOWN_DIFFERENCES]
    if len(differences) > len(shown):
        shown.append(f"... and {len(differences) - len(shown)} more")
    advice = "if the change is meant: pytest --update-golden, and a Results line in CHANGELOG.md"
    pytest.fail("\n  ".join([f"golden {name} moved:", *shown]) + f"\n{advice}", pytrace=False)


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
