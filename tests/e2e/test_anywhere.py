"""Where the command runs moves nothing: another locale, time zone or folder, and names that are no ASCII."""

from __future__ import annotations

import hashlib
import sys

import pytest

pytestmark = pytest.mark.e2e

TITLE = "Île-de-France, “été” 日本"
PLACES = {
    "C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "first time zone": {"LC_ALL": "POSIX", "TZ": "Pacific/Kiritimati"},
    "last time zone": {"TZ": "Pacific/Pago_Pago", "LANG": "tr_TR.UTF-8"},
}


@pytest.fixture(scope="module")
def plan(aion_file, tmp_path_factory):
    if sys.getfilesystemencoding() == "ascii":
        pytest.skip("this test's own Python can name no such folder")
    file = tmp_path_factory.mktemp("été") / "plan.yaml"
    lines = (aion_file.parent / "scaleway-5000-gpus.yaml").read_text("utf-8").splitlines()
    titled = [f"title: {TITLE}" if line.startswith("title:") else line for line in lines]
    file.write_text("\n".join(titled), "utf-8")
    return file


def written(command, plan, out, **env):
    """Checksums of the files that a run writes, and what it says."""
    done = command("run", plan.name, "--spread", 0, "--no-relief", "--out", out, cwd=plan.parent, **env)
    assert done.returncode == 0, done.stderr
    files = sorted(file for file in (plan.parent / out).rglob("*") if file.is_file())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}, done.stdout


@pytest.fixture(scope="module")
def here(command, plan):
    return written(command, plan, "here")


@pytest.mark.parametrize("place", list(PLACES))
def test_the_same_bytes_are_written_anywhere(command, plan, here, place):
    files, said = written(command, plan, place.replace(" ", "-"), **PLACES[place])
    assert files == here[0]
    # a terminal without such letters shows a question mark, and everything else as it is
    assert len(said.splitlines()) == len(here[1].splitlines())
    assert TITLE in here[1]
    assert "-de-France" in said
