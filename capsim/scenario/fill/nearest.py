"""The climate of a place: its name in any spelling, or `{nearest: [latitude, longitude]}` for the nearest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from capsim.catalog import Catalog, distance_km, nearest
from capsim.language.tree import Faults, Node, Note, Path, as_written

_BOUNDS_DEG = (90.0, 180.0)
_UNMARKED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that are no letter with a mark, as written where they are not at hand."""


def settle_climate(site: Node, path: Path, catalog: Catalog, faults: Faults) -> Iterator[Path]:
    """Put a climate's name in place of the point a site asks for, and the point beside it.

    Yields
    ------
    unsettled : tuple of str
        Path of a name that there is none for; a fault says why, and nothing is in its place.
    """
    climate = site.get("climate")
    if climate is not None and isinstance(climate.value, str):
        name = _known(climate.value, catalog)
        if name != climate.value:
            site.value["climate"] = Node(name, climate.place, name, climate.note)
        return
    if climate is None or not isinstance(climate.value, dict):
        return
    asked = climate.get("nearest")
    point = _point(asked) if set(climate.value) == {"nearest"} else None
    if asked is None or point is None:
        rule = "needs a name, or nearest: [latitude, longitude], north and east positive, in degrees"
        faults.add(climate.place, (*path, "climate"), rule, as_written(climate))
        del site.value["climate"]
        yield (*path, "climate")
        return
    name = nearest(catalog, *point)
    note = Note(f"nearest place, {distance_km(catalog, name, *point):.0f} km off", kind="derived")
    site.value["climate"] = Node(name, climate.place, name, note)
    site.value["climate_for"] = asked


def _known(written: str, catalog: Catalog) -> str:
    """The climate that is written in any case, with or without accents, by its own name; else as written."""
    climates = catalog.tables["climates"]
    # a name as it stands is that climate's, whatever else it is like
    if written in climates:
        return written
    plain = _plain(written)
    for name, entry in climates.items():
        spellings = (name, *(entry.text(field) for field in ("title", "local_name") if field in entry))
        if plain in map(_plain, spellings):
            return name
    return written


def _plain(name: str) -> str:
    """A name in lower case, without accents, its words joined by hyphens.

    Examples
    --------
    >>> _plain("São  Paulo"), _plain("KØBENHAVN")
    ('sao-paulo', 'kobenhavn')
    """
    letters = unicodedata.normalize("NFKD", name.casefold()).translate(_UNMARKED)
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "-".join(unmarked.replace("-", " ").replace("_", " ").split())


def _point(asked: Node | None) -> tuple[float, float] | None:
    """Latitude and longitude, None where they are no two numbers of their range. [deg]"""
    if asked is None or not isinstance(asked.value, list):
        return None
    numbers = [node.value for _, node in asked.children()] if len(asked.value) == len(_BOUNDS_DEG) else []
    if not all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in numbers):
        return None
    inside = [abs(number) <= bound for number, bound in zip(numbers, _BOUNDS_DEG, strict=False)]
    return (float(numbers[0]), float(numbers[1])) if inside == [True, True] else None
