"""The year that a level of the catalogue is of: it goes with that level, not with one of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from capsim.language.tree import Faults, Node, Path
from capsim.scenario.fill.money_of_presets import is_written

LEVEL_YEARS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Carbon": MappingProxyType(
            {
                "intensity_year": "intensity_gco2e_per_kwh",
                "residual_mix_year": "residual_mix_gco2_per_kwh",
            }
        )
    }
)
"""Keys of years and of the levels they are of, by the name of their record."""


def settle_level_years(kind: str, node: Node, faults: Faults, path: Path) -> None:
    """Take the catalogue's year from a level that a scenario gives, and refuse to relabel the catalogue's."""
    for year, level in LEVEL_YEARS.get(kind, {}).items():
        if year not in node.value:
            continue
        if is_written(node, level) and not is_written(node, year):
            del node.value[year]
        elif is_written(node, year) and not is_written(node, level):
            rule = f"is the year of a level of your own; give {level} beside it"
            faults.add(node.value[year].place, (*path, year), rule, node.value[year].text)
