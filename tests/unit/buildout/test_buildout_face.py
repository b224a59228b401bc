"""What other rooms use of the build-out, by its own name."""

import subprocess
import sys

import pytest

from capsim import buildout


def test_every_name_of_the_face_is_the_one_of_its_module():
    from capsim.buildout.simulate import build_out
    from capsim.buildout.timeline import Timeline

    assert buildout.build_out is build_out
    assert buildout.Timeline is Timeline
    for name in dir(buildout):
        assert getattr(buildout, name) is not None


def test_a_name_it_does_not_have_is_an_error():
    with pytest.raises(AttributeError, match="has no attribute 'simulation'"):
        buildout.simulation  # noqa: B018


def test_importing_the_room_imports_no_simpy():
    code = "import sys, capsim.buildout; assert 'simpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
