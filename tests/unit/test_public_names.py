"""The public face of the package: few names, all there, each explained."""

from __future__ import annotations

import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import capsim

PUBLIC_NAMES = ("CapsimError", "Projection", "Scenario", "ScenarioError", "load", "simulate")
PUBLIC_NAMES += ("audit", "compare", "ensemble", "plan", "relief", "sensitivity", "solve")
MOST_PUBLIC_NAMES = 13


def test_all_is_exactly_the_public_names():
    assert sorted(capsim.__all__) == sorted([*PUBLIC_NAMES, "__version__"])


def test_there_are_few_of_them():
    assert len(PUBLIC_NAMES) <= MOST_PUBLIC_NAMES


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_each_is_there_and_explained(name):
    public = getattr(capsim, name)
    assert public.__name__ == name
    assert inspect.getdoc(public)
    assert public.__doc__ is not None, "the docstring is its own, not a base class's"


def test_dir_shows_them():
    assert dir(capsim) == sorted(capsim.__all__)


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'capsim' has no attribute 'simulat'$"):
        _ = capsim.simulat


def test_version_is_said_once_and_the_same():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert capsim.__version__ == project["version"] == version("capsim")
