"""Commands killed before a change of a file or at any moment: the old result or the new, and nothing left.

CAPSIM_KILLS sets how often each command is killed. Every other kill comes before a change of a file, drawn at
random; the others come when a clock runs out, also where no Python is running. Each command is then run once
more, and must leave what it leaves where nothing happened. Tests `temporary`, `projection.storage`,
`study.folder`, `cli_reports`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from capsim import cli

KILLS = int(os.environ.get("CAPSIM_KILLS", "2"))
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "shutil.copytree")
ROOT = Path(__file__).parents[2]
STUDY = ("-n", "20", "--processes", "1", "--resume")
ALONE = ("--spread", "0", "--no-relief")

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


class Killed(NamedTuple):
    """A command, what it writes, and what stood there before: a copy, or of another command."""

    command: tuple[str, ...]
    written: str
    copied: str = ""
    before: tuple[str, ...] = ()
    goes_on: bool = False
    """Whether what is half done is kept, to be gone on with."""


COMMANDS = {
    "run": Killed(("run", "other.yaml", *ALONE, "--out", "out"), "out", copied="saved"),
    "ensemble": Killed(("ensemble", "small.yaml", *STUDY, "--out", "out"), "out", goes_on=True),
    "compare": Killed(("compare", "small.yaml", "other.yaml", *STUDY, "--out", "out"), "out", goes_on=True),
    "forecast": Killed(
        ("forecast", "aion.yaml", "-n", "4", "--report", "page.html"),
        "page.html",
        before=("forecast", "aion.yaml", "-n", "2", "--report", "page.html"),
    ),
    "report": Killed(("report", "saved", "--out", "page.html"), "page.html", copied="small.yaml"),
}


def play(command, place, *, at_step=0, after_s=0.0):
    """Run a command in a process of its own, which may die on its way: how it ended, and its steps."""
    counted, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(counted)
        _run(command, place, told, at_step, after_s)
    os.close(told)
    with os.fdopen(counted, "rb") as steps:
        taken = len(steps.read())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), taken


def _run(command, place, told, at_step, after_s):
    ended = 1
    try:
        os.chdir(place)
        quiet = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(quiet, stream)
        seen = 0

        def at_change(event, arguments):
            nonlocal seen
            writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax")
            if event in CHANGES or writes:
                seen += 1
                os.write(told, b".")
                if seen == at_step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(at_change)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, after_s)
        sys.argv = ["capsim", *command]
        cli.main()
        ended = 0
    except SystemExit as left:
        ended = int(left.code or 0)
    finally:
        os._exit(ended)


def content(path):
    """Bytes of a file, or of all files of a folder; None where there is nothing."""
    if path.is_dir():
        return {str(f.relative_to(path)): f.read_bytes() for f in sorted(path.rglob("*")) if f.is_file()}
    return path.read_bytes() if path.exists() else None


@pytest.fixture(scope="module")
def small_plans(tmp_path_factory):
    """A folder with plans, and what was saved of one."""
    place = tmp_path_factory.mktemp("plans")
    shipped = ROOT / "scenarios"
    shutil.copy(shipped / "aion-288k-h100e.yaml", place / "aion.yaml")
    plan = yaml.safe_load((shipped / "scaleway-5000-gpus.yaml").read_text("utf-8")) | {"horizon_years": 1}
    (place / "small.yaml").write_text(yaml.safe_dump(plan), "utf-8")
    (place / "other.yaml").write_text(yaml.safe_dump(plan | {"finance": {"wacc_real": 0.11}}), "utf-8")
    assert play(("run", "small.yaml", *ALONE, "--out", "saved"), place)[0] == 0
    return place


@pytest.fixture
def temporary_files(tmp_path, monkeypatch):
    """Where temporary files are put, here and by what is started."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.mark.parametrize("name", list(COMMANDS))
def test_killed_at_any_moment_it_is_the_old_or_the_new_and_nothing_stays(
    name, small_plans, tmp_path, temporary_files, request
):
    kind, place, start = COMMANDS[name], tmp_path / "work", tmp_path / "start"
    shutil.copytree(small_plans, start)
    if kind.copied:
        (shutil.copytree if kind.written == "out" else shutil.copy)(start / kind.copied, start / kind.written)
    if kind.before:
        assert play(kind.before, start)[0] == 0
    shutil.copytree(start, place)
    since_s = time.monotonic()
    code, steps = play(kind.command, place)
    took_s = time.monotonic() - since_s
    assert code == 0
    old, new, whole = content(start / kind.written), content(place / kind.written), content(place)
    assert old != new
    moments = random.Random(f"{name} {request.config.getoption('--hypothesis-seed')}")
    for i in range(KILLS):
        kill = {"after_s": moments.uniform(0.01, took_s)} if i % 2 else {"at_step": moments.randint(1, steps)}
        shutil.rmtree(place)
        shutil.copytree(start, place)
        code, _ = play(kind.command, place, **kill)
        # a clock that runs out too late kills nobody
        assert code in ((0, -signal.SIGALRM) if i % 2 else (-signal.SIGKILL,)), kill
        assert kind.goes_on or content(place / kind.written) in (old, new), kill
        assert play(kind.command, place)[0] == 0, kill
        assert content(place) == whole, kill
        assert {p.name for p in place.iterdir()} == {file.split("/")[0] for file in whole}, kill
        assert not list(temporary_files.iterdir()), kill
