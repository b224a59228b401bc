"""The files that a scenario names: each is relative to the file that names it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path as FilePath

from capsim.language.tree import Node, clone

FILE_KEYS = ("weather_file", "quotes", "throughput_file")
"""Keys whose value is a file."""


def make_absolute(root: Node) -> None:
    """Make the user's files absolute, of the catalogue, weather and series: each is relative to its namer."""
    for node in _named_files(root):
        node.value = str(FilePath(as_named(node)).absolute())


def files_named(root: Node, folder: str) -> Node:
    """A copy of a merged tree whose files are named from a folder."""
    copy = clone(root)
    for node in _named_files(copy):
        node.value = _from(folder, node.value)
    return copy


def change_named(dotted: str, change: Node, folder: str) -> Node:
    """The same of a value of an override, which is still as its file names it."""
    copy, key = clone(change), dotted.rpartition(".")[2]
    is_file = key in FILE_KEYS and isinstance(copy.value, str) and bool(copy.value)
    inside = _files_of_series(copy) if isinstance(copy.value, (dict, list)) else ()
    for node in [copy] if is_file else inside:
        node.value = _from(folder, str(FilePath(as_named(node)).absolute()))
    return copy


def _from(folder: str, file: str) -> str:
    return os.path.relpath(file, folder or os.curdir).replace(os.sep, "/")


def files_of(root: Node) -> Iterator[str]:
    """Paths of the files that a tree names, its status file among them."""
    status = root.get("status_file")
    for node in (*_named_files(root), *([] if status is None else [status])):
        if isinstance(node.value, str) and node.value:
            yield as_named(node)


def _named_files(root: Node) -> list[Node]:
    """Values that name files of the user."""
    costs = root.get("costs")
    quotes = [] if costs is None else [costs.get("quotes")]
    demand = root.get("demand")
    services = [] if demand is None else [child for _, child in demand.records("services")]
    measured = [service.get("throughput_file") for service in services]
    named = (*catalog_files(root).values(), *read_later(root), *quotes, *measured)
    return [node for node in named if node is not None and isinstance(node.value, str) and node.value]


def read_later(root: Node) -> list[Node]:
    """The files of weather and series: what stands in them is read when it is asked for."""
    weather = [site.get("weather_file") for _, site in root.records("sites")]
    named = [node for node in weather if node is not None and isinstance(node.value, str) and node.value]
    return [*named, *_files_of_series(root)]


def _files_of_series(node: Node) -> Iterator[Node]:
    """The files that series in a tree are read from."""
    if node.is_series:
        file = node.get("file")
        yield from () if file is None else (file,)
        return
    for child in node.value.values() if isinstance(node.value, dict) else node.value:
        if isinstance(child.value, (dict, list)):
            yield from _files_of_series(child)


def catalog_files(root: Node) -> dict[str, Node]:
    """The files of the catalogue by the tables they overlay."""
    files = root.get("catalog")
    return files.value if files is not None and isinstance(files.value, dict) else {}


def as_named(node: Node) -> str:
    """Path of a catalogue file from the working directory, as the files of the scenario name it."""
    base = os.path.dirname(node.place.file) if node.place.line else ""  # noqa: PTH120
    return os.path.normpath(os.path.join(base, node.text))  # noqa: PTH118
