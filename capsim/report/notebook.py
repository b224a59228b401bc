"""Scenarios and results as HTML, for a notebook: the first screen of a study, a table of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from html import escape
from io import StringIO

from rich.console import Console, RenderableType

from capsim.projection import megawatts
from capsim.report.plan_tables import backtest_tables
from capsim.report.study_openings import study_opening
from capsim.scenario import Deployment, Phase, Scenario, Site
from capsim.study import BackTest

WIDTH = 100
"""Of what is text. [characters]"""
FRAME = '<pre style="font-family:monospace;line-height:1.25;white-space:pre">{code}</pre>'
HEADINGS = ("site", "country", "grid [MW]", "phase", "critical IT [MW]", "systems")


@singledispatch
def as_html(result: object) -> str:
    """A result as a notebook shows it: what its command prints first, without the command's options."""
    lines = framed(study_opening(result)).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("More: "))


@as_html.register
def _(result: BackTest) -> str:
    return framed(backtest_tables(result))


@as_html.register
def scenario_html(scenario: Scenario) -> str:
    """Title and horizon of a scenario, and its phases with what they are to hold."""
    rows = [row for site in scenario.sites for row in _rows(site)]
    head = f"<b>{escape(scenario.title or scenario.name)}</b>: {escape(f'{scenario!r}'.strip('<>'))}"
    return f"<p>{head}</p><table>{_row('th', HEADINGS)}{''.join(_row('td', row) for row in rows)}</table>"


def _rows(site: Site) -> Iterator[tuple[str, ...]]:
    """A row for each phase of a site; one where it has none yet."""
    grid = sum(step.grid_mw for step in site.grid_connection)
    of_site = (site.id, site.country.upper(), megawatts(grid))
    for i, phase in enumerate(site.phases):
        yield (*(of_site if i == 0 else ("", "", "")), *_of_phase(phase))
    if not site.phases:
        yield (*of_site, "", "", "")


def _of_phase(phase: Phase) -> tuple[str, str, str]:
    return phase.id, megawatts(phase.critical_it_mw), ", ".join(map(_order, phase.deployments))


def _order(order: Deployment) -> str:
    """How many systems of which kind."""
    if order.systems is not None:
        return f"{order.systems:,} {order.system}"
    return f"{order.system} in {order.fill_share:.0%} of it"


def _row(kind: str, cells: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<{kind}>{escape(cell)}</{kind}>' for cell in cells)}</tr>"


def framed(shown: RenderableType) -> str:
    """What a terminal shows as HTML."""
    console = Console(file=StringIO(), record=True, width=WIDTH, force_jupyter=False)
    console.print(shown, highlight=False)
    return console.export_html(inline_styles=True, code_format=FRAME)
