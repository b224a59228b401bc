"""Pages of the workbench, in the style of the report."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from capsim import __version__, report

TEMPLATES = Path(__file__).with_name("templates")


@cache
def workbench_page() -> str:
    """The page to play with a plan; its script fills it."""
    return _page("workbench.html")


@cache
def interface_page() -> str:
    """The page that lists the requests; its script reads them from their description."""
    return _page("interface.html")


@cache
def stylesheet() -> str:
    """The style of the report, and what the workbench adds to it."""
    return f"{report.page_style()}\n{(TEMPLATES / 'workbench.css').read_text('utf-8')}"


def _page(name: str) -> str:
    pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return pages.get_template(name).render(version=__version__)
