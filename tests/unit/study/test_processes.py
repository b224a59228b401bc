"""Studies of several processes called from a script, guarded or not. Tests `study.processes`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCENARIO = Path(__file__).parents[3] / "scenarios" / "le-chat-15m-subscribers.yaml"
UNGUARDED = f"""
import capsim
scenario = capsim.load({str(SCENARIO)!r})
one, two = (capsim.ensemble(scenario, 20, processes=n) for n in (1, 2))
print(repr(one.to_dict()) == repr(two.to_dict()))
"""
OWN_SHAPE = """
import numpy as np
from capsim.models.demand import DEMAND_SHAPES

@DEMAND_SHAPES.register("level_of_this_script")
def level(hour_of_week):
    "Level."
    return np.ones(hour_of_week.shape)
"""


def python(*arguments, text=None):
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("is_file", [True, False], ids=["file", "standard input"])
def test_a_script_without_guard_gets_the_bytes_of_one_process(tmp_path, is_file):
    script = tmp_path / "study.py"
    script.write_text(UNGUARDED, "utf-8")
    done = python(script) if is_file else python(text=UNGUARDED)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_script_with_models_of_its_own_is_told_to_guard_its_calls(tmp_path):
    script = tmp_path / "study.py"
    script.write_text(OWN_SHAPE + UNGUARDED, "utf-8")
    done = python(script)
    assert done.returncode == 1
    (last,) = done.stderr.splitlines()[-1:]
    assert last.startswith("capsim.errors.StudyError: a process of the study died (out of memory, or the scr")
    assert 'call studies under if __name__ == "__main__":); what is done is kept' in last
    assert "bootstrapping" not in done.stderr


def test_a_guarded_script_with_models_of_its_own_runs(tmp_path):
    script = tmp_path / "study.py"
    indented = UNGUARDED.strip().replace("\n", "\n    ")
    script.write_text(f"{OWN_SHAPE}\nif __name__ == '__main__':\n    {indented}\n", "utf-8")
    done = python(script)
    assert (done.stdout, done.stderr) == ("True\n", "")


INTERRUPTED = """
import os, signal, sys
from multiprocessing import forkserver
import capsim

signal.signal(signal.SIGINT, signal.default_int_handler)
connect = forkserver.connect_to_new_process

def interrupted(fds):
    # a process is there, and has nothing yet of what it begins with
    there = connect(fds)
    os.kill(os.getpid(), signal.SIGINT)
    return there

forkserver.connect_to_new_process = interrupted
if __name__ == "__main__":
    try:
        capsim.ensemble(capsim.load(sys.argv[1]), n=64, processes=2)
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_an_interrupt_waits_until_a_process_is_started(tmp_path):
    script = tmp_path / "study.py"
    script.write_text(INTERRUPTED, "utf-8")
    plan = Path(__file__).parents[1] / "scenario" / "ten-megawatts.yaml"
    done = subprocess.run(
        [sys.executable, str(script), str(plan)], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")


def test_the_package_costs_nothing_before_the_command_guards_itself():
    seen = "import sys; before = {*sys.modules}; import capsim; print(sorted({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-S", "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout == "['__future__', 'capsim']\n"
