"""The scenarios, claims and plans that ship: what there is, and copies to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from capsim.errors import Fault, ScenarioError
from capsim.language.reader import read_tree
from capsim.language.tree import Faults, Node
from capsim.registry import did_you_mean

PACKAGE = Path(__file__).parents[1]
EXAMPLES = next(place for place in (PACKAGE / "examples", PACKAGE.parent / "scenarios") if place.is_dir())
"""Their folder: of an installed package inside it, of a clone beside it."""


def examples() -> Mapping[str, Path]:
    """Files that ship by name, such as ``claims/aion``; what lies deepest comes last."""
    files = sorted(EXAMPLES.rglob("*.yaml"), key=lambda file: (len(file.parts), file))
    return {file.relative_to(EXAMPLES).with_suffix("").as_posix(): file for file in files}


def first_line(file: Path) -> str:
    """What the first comment of a file says; empty where it begins without one.

    Examples
    --------
    >>> first_line(examples()["own-data/conversion-48mw"])[:31]
    'A conversion of 48 MW with pric'
    """
    with file.open(encoding="utf-8") as lines:
        line = next(lines, "")
    return line.lstrip("# ").rstrip() if line.startswith("#") else ""


def names_above(file: Path) -> bool:
    """Whether an example names files above its own folder, which a copy reads only where that is allowed.

    Examples
    --------
    >>> [names_above(examples()[name]) for name in ("plans/aion-least-cost", "claims/aion-2026")]
    [True, False]
    """
    return any(text.startswith("../") for text in _texts(read_tree(str(file), "file", Faults())))


def copied(name: str, folder: str = ".") -> tuple[Path, ...]:
    """Copy examples to a folder, with the files they name: that of a name, or all whose names begin so.

    Parameters
    ----------
    name : str
        A name as `examples` has it, a folder of them, or how the names of files begin.
    folder : str, optional
        Where to; the working directory where missing.

    Returns
    -------
    files : tuple of Path
        What was written; what was there and is the same is not.

    Raises
    ------
    ScenarioError
        If there is no such example, or another file stands in the place of one. Nothing is written then.
    """
    sources = dict.fromkeys(needed for file in _chosen(name) for needed in _with_what_it_names(file))
    targets = {source: Path(folder) / source.relative_to(EXAMPLES) for source in sources}
    taken = [t for s, t in targets.items() if t.exists() and t.read_bytes() != s.read_bytes()]
    if taken:
        rule = "is there already, and another; nothing was written"
        raise ScenarioError(folder, [Fault(str(target), 0, "", rule) for target in taken])
    new = [(source, target) for source, target in targets.items() if not target.exists()]
    for source, target in new:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    return tuple(target for _, target in new)


def _chosen(name: str) -> list[Path]:
    """The example of a name, all of a folder, or all whose names begin so."""
    there, wanted = examples(), name.strip("/").removesuffix(".yaml")
    if wanted in there:
        return [there[wanted]]
    folders = {file.parent for file in there.values()} - {EXAMPLES}
    for folder in folders:
        if folder == EXAMPLES / wanted:
            return sorted(file for file in folder.rglob("*") if file.is_file())
    alike = [f for full, f in there.items() if wanted and full.rpartition("/")[2].startswith(wanted)]
    if not alike:
        near = did_you_mean(wanted, there) or "; capsim examples lists what ships"
        raise ScenarioError(name, [Fault("examples", 0, "", f"there is no such example{near}", name)])
    return alike


def _with_what_it_names(file: Path) -> Iterator[Path]:
    """A file, and those inside the folder of examples that it names, and so on."""
    yield file
    if file.suffix == ".yaml":
        for text in _texts(read_tree(str(file), "file", Faults())):
            named = (file.parent / text).resolve()
            if named.is_relative_to(EXAMPLES.resolve()) and named.is_file():
                yield from _with_what_it_names(EXAMPLES / named.relative_to(EXAMPLES.resolve()))


def _texts(node: Node) -> Iterator[str]:
    """Every text in a tree that may be the name of a file."""
    inside: Iterable[Node] = ()
    if isinstance(node.value, dict):
        inside = node.value.values()
    elif isinstance(node.value, list):
        inside = node.value
    elif (
        isinstance(node.value, str) and "." in node.value and "\n" not in node.value and len(node.value) < 200
    ):
        yield node.value
    for child in inside:
        yield from _texts(child)
