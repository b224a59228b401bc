"""The first lines of the command, which must hold before anything else is imported.

Tests `__main__`.
"""

import subprocess
import sys

import pytest

from capsim.exit_codes import INTERRUPTED, NOTHING_MORE

STRUCK = """
import sys
class Struck:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Struck())
sys.argv = ["capsim", "--version"]
from capsim.__main__ import main
main()
"""


@pytest.mark.parametrize("name", ["capsim.cli", "typer", "capsim.terminal"])
def test_ctrl_c_while_the_command_is_imported_is_one_line(name):
    done = subprocess.run(
        [sys.executable, "-c", STRUCK.format(name=name)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, "", f"{NOTHING_MORE}\n")


def test_the_package_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "capsim", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("capsim ")
