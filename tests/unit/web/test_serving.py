"""Where it listens, whom it tells the link, and what it refuses to begin with.

Tests `web.serving`, `cli_serve`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from capsim.errors import CapsimError
from capsim.web import Served, serve, serving

COMMAND = str(Path(sys.executable).with_name("capsim"))


def nothing(_):
    raise AssertionError("it must not begin")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"host": "0.0.0.0"}, "--host 0.0.0.0 lets other machines in: it needs --token"),
        ({"token": "short"}, "--token must be 16 or more letters and digits"),
        ({"token": "x" * 15 + "?"}, "--token must be 16 or more letters and digits"),
        ({"files": ("gone.yaml",)}, "gone.yaml: there is no such file"),
        ({"files": ("link.yaml",)}, "link.yaml: lies outside"),
        (
            {"host": "no.such.host.invalid", "token": "a" * 16},
            "cannot listen at no.such.host.invalid port 8321",
        ),
    ],
)
def test_what_it_refuses(bench_folder, monkeypatch, asked, said):
    monkeypatch.chdir(bench_folder)
    with pytest.raises(CapsimError, match=re.escape(said)):
        serve(Served(**asked), nothing)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(serving, "NEEDED", ("fastapi_that_is_not_there",))
    with pytest.raises(CapsimError, match=re.escape('pip install "capsim[web]"')):
        serve(Served(), nothing)


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CapsimError, match=f"port {port}: Address already in use; try --port"):
            serve(Served(port=port), nothing)


def test_as_a_command_it_answers_at_its_link_and_ends_with_an_interrupt(bench_folder):
    command = [COMMAND, "serve", "mine.yaml", "--port", "0"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=bench_folder, **streams) as process:
        try:
            link = re.search(r"http://127\.0\.0\.1:\d+/\?token=(\S+)", process.stdout.readline())
            assert len(link[1]) >= 32
            there = Request(f"{link[0].partition('?')[0]}api/scenarios")
            there.add_header("Authorization", f"Bearer {link[1]}")
            with urlopen(there, timeout=60) as answer:
                assert json.load(answer)["files"] == ["mine.yaml", "later.yaml"]
            os.kill(process.pid, signal.SIGINT)
            said, wrong = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, wrong) == (0, "")
    assert said.endswith("The workbench has ended.\n")
