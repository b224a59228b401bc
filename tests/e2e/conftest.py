"""Runs of the installed command, made once and shared."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("capsim"))
SCENARIO_FILES = [
    ROOT / "scenarios" / f"{name}.yaml"
    for name in ("aion-288k-h100e", "france-109bn", "le-chat-15m-subscribers", "opcore-multi-gw")
]
"""Shipped scenarios of each kind, started as commands; all of them are pinned and run in the process."""

Command = Callable[..., subprocess.CompletedProcess[str]]


class Shipped(NamedTuple):
    """A shipped scenario and a run of it with --out; its spread has tests of its own."""

    file: Path
    folder: Path
    done: subprocess.CompletedProcess[str]


def _run(*arguments: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "FORCE_COLOR", "NO_COLOR")}
    command = [COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=kept | env, capture_output=True, text=True, timeout=180, check=False
    )


@pytest.fixture(scope="session")
def command() -> Command:
    """``command(*arguments, cwd=, COLUMNS="100")`` -> the finished process."""
    return _run


@pytest.fixture(scope="session")
def aion_file() -> Path:
    return ROOT / "scenarios" / "aion-288k-h100e.yaml"


@pytest.fixture(scope="session", params=SCENARIO_FILES, ids=lambda file: file.stem)
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    file: Path = request.param
    folder = tmp_path_factory.mktemp("out") / file.stem
    return Shipped(file, folder, _run("run", file, "--all", "--spread", 0, "--out", folder, COLUMNS="100"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of what the built wheel installs: first on the path, it is what runs."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, timeout=180, check=True)
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """``start(*arguments, stdout=)`` -> the process, still running; ended with the test."""
    with ExitStack() as stack:

        def begin(*arguments: str | Path, stdout: int) -> subprocess.Popen[str]:
            command = [COMMAND, *map(str, arguments)]
            process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begin
