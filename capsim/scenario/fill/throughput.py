"""Measured output of systems, from a file, laid beneath what a service says itself."""

from __future__ import annotations

from pathlib import Path as FilePath

from capsim.language.tree import Faults, Node, Note, Path, Place, from_python
from capsim.series import numbers_of, read_bytes, sheet_of_text, text_of

_NEEDED = ("system", "tokens_per_s")


def lay_throughput(service: Node, faults: Faults, path: Path) -> None:
    """Lay the figures of a service's file beneath its own, in place."""
    named = service.get("throughput_file")
    if named is None or not isinstance(named.value, str) or not named.value:
        return
    own = service.get("throughput")
    given = own.value if own is not None and isinstance(own.value, dict) else {}
    try:
        figures = _figures(named.value, str(service.scalar("model") or ""))
    except ValueError as refusal:
        faults.add(named.place, (*path, "throughput_file"), str(refusal), named.text)
        return
    service.value["throughput"] = Node({**figures, **given}, named.place)


def _figures(file: str, model: str) -> dict[str, Node]:
    """Tokens per second of a system by its name."""
    sheet = sheet_of_text(text_of(read_bytes(FilePath(file))))
    missing = [name for name in _NEEDED if name not in sheet.header]
    if missing:
        raise ValueError(f"line 1: missing column {' and '.join(missing)}")
    models = sheet.column("model") if "model" in sheet.header else [model] * len(sheet.rows)
    rows = [i for i, name in enumerate(models) if not model or name == model]
    if not rows:
        raise ValueError(f"has no row of model {model}")
    kept = sheet.only(rows)
    rates = numbers_of(kept.column("tokens_per_s"), kept.lines, "tokens_per_s", kept.separator)
    sources = kept.column("source") if "source" in kept.header else [""] * len(rows)
    figures: dict[str, Node] = {}
    for system, rate, source, line in zip(kept.column("system"), rates, sources, kept.lines, strict=True):
        if system in figures:
            raise ValueError(f"line {line}: {system} has two figures; write model, or take one out")
        place = Place(file, line, "file")
        note = Note(source or "assumed: own measurement", place=place)
        figures[system] = from_python(float(rate), place, note)
    return figures
