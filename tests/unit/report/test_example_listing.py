"""The listing of what ships names each file, the command that takes it and what it is."""

from __future__ import annotations

import io

from rich.console import Console

from capsim.report.example_listing import examples_listing
from capsim.scenario import examples, first_line

TAKEN_BY = {"claims": "capsim audit", "plans": "capsim plan", "bases": "extends"}
"""By folder."""


def test_every_example_has_a_row():
    console = Console(width=240, record=True, file=io.StringIO())
    console.print(examples_listing())
    lines = console.export_text().splitlines()
    for name, file in examples().items():
        (row,) = [line for line in lines if line.split()[:1] == [name]]
        assert first_line(file)[:60] in row
        assert f" {TAKEN_BY.get(name.rpartition('/')[0], 'capsim run')} " in row
