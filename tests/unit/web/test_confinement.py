"""A process of the workbench reads inside its folder, writes in one of its own, and connects to nowhere."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

OUTSIDE = "refused: lies outside the folder of the workbench"
NEVER = "refused: the workbench starts no program and connects to nowhere"
TRIED = {
    "open('file').read()": "done",
    "import wave": "done",
    "(scratch / 'new').write_text('x'); (scratch / 'new').unlink()": "done",
    "open(os.devnull, 'w').close()": "done",
    "open('/etc/passwd')": OUTSIDE,
    "open('../elsewhere/file')": OUTSIDE,
    "open('link')": OUTSIDE,
    "os.open(b'../elsewhere/file', os.O_RDONLY)": OUTSIDE,
    "open('file', 'a')": OUTSIDE,
    "open('file', 'r+')": OUTSIDE,
    "os.open('file', os.O_RDWR)": OUTSIDE,
    "os.remove('file')": OUTSIDE,
    "os.mkdir('new')": OUTSIDE,
    "os.rename(scratch / 'file', 'moved')": OUTSIDE,
    "subprocess.run(['true'])": NEVER,
    "os.system('true')": NEVER,
    "socket.create_connection(('127.0.0.1', 9))": NEVER,
}
"""What is tried, and what comes of it."""
CONFINED = """
import json, os, socket, subprocess, sys
from pathlib import Path
from capsim.web.confinement import confine
folder, scratch = Path(sys.argv[1]), Path(sys.argv[2])
confine((folder,), scratch, 2 * 1024**3)
def tried(code):
    try:
        exec(code)
    except PermissionError as error:
        return f"refused: {error.strerror}"
    except MemoryError:
        return "too much"
    return "done"
print(json.dumps([tried(code) for code in json.loads(sys.argv[3])]))
"""


@pytest.fixture(scope="module")
def confined(tmp_path_factory):
    """``confined(codes)`` -> what comes of each in a confined process, beside folders it may not see."""
    place = tmp_path_factory.mktemp("confined")
    for name in ("folder", "scratch", "elsewhere"):
        (place / name).mkdir()
        (place / name / "file").write_text("x", encoding="utf-8")
    (place / "folder" / "link").symlink_to(place / "elsewhere" / "file")

    def run(*codes):
        places = [str(place / "folder"), str(place / "scratch")]
        command = [sys.executable, "-c", CONFINED, *places, json.dumps(codes)]
        done = subprocess.run(command, cwd=place / "folder", capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run


def test_what_a_process_may_do(confined):
    assert dict(zip(TRIED, confined(*TRIED), strict=True)) == TRIED


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the data of a process")
def test_its_memory_is_limited(confined):
    assert confined("bytearray(3 * 1024**3)", "bytearray(1024)") == ["too much", "done"]
