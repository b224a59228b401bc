"""The documents as a site: strictly built, without a network, in the order of the reader's questions."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
ASKED_FOR = re.compile(
    r"""<(?:script|img|iframe)[^>]+src=["'](?:https?:)?//|<link[^>]+href=["'](?:https?:)?//[^>]+stylesheet"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs", reason="the site is built with MkDocs: pip install 'capsim[docs]'")
    folder = tmp_path_factory.mktemp("site")
    asked = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_document_is_a_page_and_stands_in_the_order(site):
    assert {f"{name}.html" for name in PAGES} <= {path.name for path in site.glob("*.html")}
    named = re.findall(r": ([\w-]+)\.md", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert sorted(named) == PAGES
    assert (
        named.index("starting")
        < named.index("studies")
        < named.index("build-out")
        < named.index("maintaining")
    )


def test_the_site_asks_for_nothing_from_outside(site):
    for page in site.glob("*.html"):
        assert ASKED_FOR.findall(page.read_text("utf-8")) == [], page.name


def test_links_to_what_the_site_has_not_say_the_path():
    hook = runpy.run_path(str(ROOT / "docs" / "site_links.py"))["on_page_markdown"]
    assert (
        hook("see [the file](../scenarios/a.yaml) and [b](b.md)", page=None)
        == "see the file (`scenarios/a.yaml`) and [b](b.md)"
    )
