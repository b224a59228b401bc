"""Runs of the installed command, made once and shared."""

from __future__ import annotations

import fcntl
import json
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
    # what a test reads is in one encoding; a test of another locale says so
    kept |= {"PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=cwd, env=kept | env, capture_output=True, encoding="utf-8", timeout=180, check=False
    )


def _made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first of the workers fills and all of them read."""
    base = factory.getbasetemp()
    # the folder of a worker stands in that of the session
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"shared-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            make(folder)
            (folder / "made").touch()
    return folder


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

    def make(folder: Path) -> None:
        (folder / "out").mkdir()
        out = folder / "out" / file.stem
        done = _run("run", file, "--all", "--spread", 0, "--out", out, COLUMNS="100")
        (folder / "done.json").write_text(json.dumps((done.returncode, done.stdout, done.stderr)), "utf-8")

    folder = _made_once(tmp_path_factory, file.stem, make)
    done = json.loads((folder / "done.json").read_text("utf-8"))
    return Shipped(file, folder / "out" / file.stem, subprocess.CompletedProcess([COMMAND], *done))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of what the built wheel installs: first on the path, it is what runs."""

    def make(folder: Path) -> None:
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(build, cwd=ROOT, capture_output=True, timeout=180, check=True)
        (file,) = folder.glob("*.whl")
        with zipfile.ZipFile(file) as packed:
            packed.extractall(folder / "site")

    return _made_once(tmp_path_factory, "wheel", make) / "site"


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """``start(*arguments, stdout=)`` -> the process, still running; ended with the test."""
    with ExitStack() as stack:

        def begin(*arguments: str | Path, stdout: int) -> subprocess.Popen[str]:
            command = [COMMAND, *map(str, arguments)]
            process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8")
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begin
