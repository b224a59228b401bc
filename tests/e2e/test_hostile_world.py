"""Devices that are full, streams that are closed, arguments that are no text: a line and an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

COMMAND = str(Path(sys.executable).with_name("capsim"))
FULL = Path("/dev/full")
ALONE = ("--spread", "0", "--no-relief")


def run(*arguments, **how):
    return subprocess.run([COMMAND, *arguments], check=False, timeout=120, stderr=subprocess.PIPE, **how)


SAID_AT_ONCE = [["schema"], ["catalog", "--json"], ["figures"]]
SAID_AT_ONCE += [["--help"], ["-h"], ["run", "--help"], ["--version"]]


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", SAID_AT_ONCE, ids=" ".join)
def test_a_full_device_is_told_in_a_line(command):
    with FULL.open("w") as full:
        done = run(*command, stdout=full)
    assert (done.returncode, done.stderr) == (1, b"the output: No space left on device\n")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", [["nowhere"], ["run", "nowhere.yaml"]], ids=" ".join)
def test_where_nothing_can_be_said_the_exit_code_says_it(command):
    with FULL.open("w") as full:
        done = subprocess.run([COMMAND, *command], check=False, timeout=120, stderr=full)
    assert done.returncode in (1, 2)


def test_a_closed_output_ends_quietly(tmp_path):
    done = run("figures", preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("argument", [b"--out=o\xff", b"--set=a\x1b[31m=1", b"--set=a\nb=1", b""])
def test_arguments_are_printable_text(argument, aion_file, tmp_path):
    done = run("run", str(aion_file), *ALONE, argument, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"an argument must be printable text, and not empty (got '")
    assert done.stderr.count(b"\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_fault_of_ours_is_shown_whole_and_asks_for_a_report(aion_file, tmp_path):
    """What nobody foresaw, here a module that breaks capsim itself, keeps its lines and says what to do."""
    (tmp_path / "breaks.py").write_text(
        "import capsim.pipeline\n\ndef simulate(*_, **__):\n    raise RuntimeError('unforeseen')\n\n"
        "capsim.pipeline.simulate = simulate\n",
        "utf-8",
    )
    done = run("run", str(aion_file), *ALONE, "--extend", str(tmp_path / "breaks.py"), stdout=subprocess.PIPE)
    last = done.stderr.decode().splitlines()[-1]
    assert b"RuntimeError: unforeseen" in done.stderr
    assert last.startswith("This is a fault of capsim. Please report it")
    assert done.returncode == 1
