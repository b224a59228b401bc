"""The climate of the nearest place: `{nearest: [latitude, longitude]}` in place of a climate's name."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.catalog import Catalog, distance_km, nearest
from capsim.language.tree import Faults, Node, Note, Path, as_written

_BOUNDS_DEG = (90.0, 180.0)


def settle_climate(site: Node, path: Path, catalog: Catalog, faults: Faults) -> Iterator[Path]:
    """Put a climate's name in place of the point a site asks for, and the point beside it.

    Yields
    ------
    unsettled : tuple of str
        Path of a name that there is none for; a fault says why, and nothing is in its place.
    """
    climate = site.get("climate")
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


def _point(asked: Node | None) -> tuple[float, float] | None:
    """Latitude and longitude, None where they are no two numbers of their range. [deg]"""
    if asked is None or not isinstance(asked.value, list):
        return None
    numbers = [node.value for _, node in asked.children()] if len(asked.value) == len(_BOUNDS_DEG) else []
    if not all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in numbers):
        return None
    inside = [abs(number) <= bound for number, bound in zip(numbers, _BOUNDS_DEG, strict=False)]
    return (float(numbers[0]), float(numbers[1])) if inside == [True, True] else None
