"""What documents name is there: paths of the project, and what they link to."""

from __future__ import annotations

import doctest
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
PATH = re.compile(r"(?<![\w./:-])(?:capsim|tests|benchmarks|docs|scenarios)/[\w./*-]*[\w/*]")
MODULE = re.compile(r"(?<![\w./:-])capsim(?:\.[a-z_0-9]+)+(?![\w(])")
LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def paths_in(text: str) -> list[str]:
    """Paths of the project that a text names; a star stands for anything."""
    return PATH.findall(text)


def links_in(text: str) -> list[str]:
    """Targets of links that are no addresses of the web."""
    return [target for target in LINK.findall(FENCE.sub("", text)) if "://" not in target]


def anchors_of(document: Path) -> set[str]:
    """What a link may name in a document: its headings, as web pages of repositories do it."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_there(document: Path, target: str) -> bool:
    """Whether the target of a link from a document exists, with the heading it names."""
    name, _, anchor = target.partition("#")
    file = document.parent / name if name else document
    return file.exists() and (not anchor or anchor in anchors_of(file))


def is_named(module: str) -> bool:
    """Whether a dotted name is a module of the package, or a name in the last module on its way."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        stem = ROOT.joinpath(*parts[:length])
        file = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
        if file.is_file():
            name = parts[length] if length < len(parts) else ""
            return not name or re.search(rf"\b{name}\b", file.read_text("utf-8")) is not None
    return False


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_a_document_names_is_there(document):
    text = document.read_text("utf-8")
    assert [path for path in paths_in(text) if not any(ROOT.glob(path.rstrip("/")))] == []
    assert [name for name in MODULE.findall(text) if not is_named(name)] == []


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "CHANGELOG.md"], ids=lambda document: document.name)
def test_what_a_document_links_to_is_there(document):
    assert [t for t in links_in(document.read_text("utf-8")) if not is_there(document, t)] == []


@pytest.mark.parametrize("document", ["python.md"])
def test_the_examples_of_a_document_are_true(document):
    result = doctest.testfile(
        str(ROOT / "docs" / document), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert result.attempted > 0
    assert result.failed == 0


def test_the_check_sees():
    text = "`capsim/no_room/x.py`, tests/unit/ and [a](b.md#c), [w](https://example.com/tests/x)"
    assert paths_in(text) == ["capsim/no_room/x.py", "tests/unit/"]
    assert links_in(text) == ["b.md#c"]
    assert not is_named("capsim.scenario.no_such_thing")
    assert is_named("capsim.scenario.checked")
    assert not is_there(ROOT / "README.md", "docs/design.md#no-such-heading")
    assert is_there(ROOT / "README.md", "docs/design.md#data-that-flows")


def test_the_picture_of_the_house_is_small_and_its_text_is_text(tmp_path):
    main = runpy.run_path(str(ROOT / "docs" / "draw_architecture.py"))["main"]
    main.__globals__["PICTURE"] = picture = tmp_path / "architecture.svg"
    main()
    drawn = picture.read_text("utf-8")
    assert len(drawn.encode()) < 200_000
    assert ">buildout</text>" in drawn
