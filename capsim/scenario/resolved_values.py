"""What `capsim explain` shows: every value as resolved, and what set it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from capsim.catalog import Catalog, Value
from capsim.language.paths import split
from capsim.language.tree import Node, Path, as_written, leaves, plain
from capsim.models.uncertain import parse_distribution
from capsim.scenario.draws.factors import factor_of
from capsim.scenario.draws.slips import ANNOUNCED
from capsim.scenario.draws.together import draw_names
from capsim.scenario.field_units import unit_of
from capsim.scenario.provenance import origin_of
from capsim.scenario.records.schema import Scenario
from capsim.scenario.series_in_use import own_series, words_on

CATALOG = "catalog"
"""Layer of what comes from the catalogue."""
LONGEST = 10_000
"""Longest value that is written out. [characters]"""


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a resolved scenario."""

    path: str
    """Dotted path, with ids for the records of lists."""
    value: str
    """The value as a scenario file writes it."""
    unit: str
    """Unit; empty for text and dates."""
    layer: str
    """Layer of precedence that set it."""
    place: str
    """File and line, catalogue table and line, or option."""
    source: str
    """Its source; empty where none is given."""
    kind: str
    """`published`, `derived`, `assumed`, or empty."""
    confidence: str
    """`high`, `medium`, `low`, or empty."""
    central: str = ""
    """Central estimate of an uncertain value; empty for any other."""
    drawn_as: str = ""
    """What has one draw for all its values, where this is one; empty where it is drawn by itself."""
    factor: str = ""
    """Common factor of an uncertain value and its correlation; empty where none moves it."""
    series: str = ""
    """What was read of a series, what it takes the place of and how it goes on; empty for any other."""


def explain(scenario: Scenario, path: str = "") -> list[Row]:
    """Rows for a value, for all values of a record, or for the whole scenario.

    Parameters
    ----------
    scenario : Scenario
        A loaded scenario.
    path : str, optional
        Dotted path of a value or a record; everything where it is empty.

    Returns
    -------
    rows : list of Row
        In the order of the resolved scenario.

    Raises
    ------
    ScenarioError
        If the path leads nowhere, with the nearest name that would.
    """
    prefix: Path = split(path) if path else ()
    node = scenario._provenance.node_at(prefix)
    catalog = scenario.catalog
    rows = (_row(scenario, catalog, inner, leaf) for inner, leaf in leaves(node, prefix))
    names = draw_names(scenario)
    series = {own["path"]: f"{words_on(own)}; {_mean(own)}" for own in own_series(scenario)}
    drawn = (_with_draw(row, scenario, names) for row in rows)
    return [replace(row, series=series[row.path]) if row.path in series else row for row in drawn]


def sources(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Dotted path and source of every value, in the order of the resolved scenario."""
    catalog = scenario.catalog
    for path, node in leaves(scenario._provenance.tree):
        yield ".".join(path), origin_of(node, path, catalog).source


def values_set(scenario: Scenario, layers: tuple[str, ...]) -> dict[str, str]:
    """Values as a file writes them, by path, of those that layers of these beginnings have set."""
    found = leaves(scenario._provenance.tree)
    return {
        ".".join(path): as_written(leaf, limit=LONGEST)
        for path, leaf in found
        if leaf.place.layer.startswith(layers)
    }


def _mean(own: Mapping[str, Any]) -> str:
    """The mean of a series, in its unit."""
    return f"mean {own['mean']:.6g} {own['unit']}".removesuffix(" 1")


def rows_read(scenario: Scenario) -> dict[str, tuple[str, Value]]:
    """The row of the catalogue that each value comes from, by the path of the value.

    Returns
    -------
    rows : dict
        By dotted path the row's name, ``table/record.field``, and what stands in it.
    """
    catalog, tree = scenario.catalog, scenario._provenance.tree
    places = {".".join(path): str(leaf.place) for path, leaf in leaves(tree) if leaf.place.layer == CATALOG}
    wanted = set(places.values())
    files = {place.rpartition(":")[0] for place in wanted}
    # files of a user may have any name
    tables = [table for table in catalog.tables if catalog.overlays or f"{table}.csv" in files]
    by_place = {
        value.origin: (f"{table}/{name}.{key}", value)
        for table in tables
        for name, entry in catalog.tables[table].items()
        for key, value in entry.values.items()
        if value.origin in wanted
    }
    return {path: by_place[place] for path, place in places.items() if place in by_place}


def _with_draw(row: Row, scenario: Scenario, names: Mapping[str, str]) -> Row:
    """A row with how its value is drawn together with others, where it is drawn."""
    slips = row.path.rpartition(".")[2] in ANNOUNCED and row.value > scenario.known_until.isoformat()
    if not (row.central or slips):
        return row
    factor, correlation = factor_of(row.path, scenario.uncertainty)
    moved_by = f"{factor} {correlation:g}" if correlation > 0.0 else ""
    return replace(row, drawn_as=names.get(row.path, ""), factor=moved_by)


def _row(scenario: Scenario, catalog: Catalog, path: Path, node: Node) -> Row:
    origin = origin_of(node, path, catalog)
    unit = unit_of(scenario, path)
    value = as_written(node, limit=LONGEST)
    dotted = ".".join(path)
    place = str(node.place)
    estimate = f"{parse_distribution(plain(node)).central:.12g}" if node.is_distribution else ""
    return Row(
        dotted, value, unit, origin.layer, place, origin.source, origin.kind, origin.confidence, estimate
    )
