"""The lowest versions that are declared are those that are tested."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _padded(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".")]
    return (*parts, *[0] * (3 - len(parts)))


def test_every_bound_of_the_product_is_the_version_that_is_tried():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["xlsx"]]
    bounds = dict(requirement.split(">=") for requirement in declared)
    lines = (ROOT / "constraints-oldest.txt").read_text("utf-8").splitlines()
    tried = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert {k: _padded(v) for k, v in tried.items()} == {k: _padded(v) for k, v in bounds.items()}
