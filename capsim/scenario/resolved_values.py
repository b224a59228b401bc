"""What `capsim explain` shows: every value as resolved, and what set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from capsim.catalog import Catalog
from capsim.language.paths import split
from capsim.language.tree import Node, Path, as_written, leaves, plain
from capsim.models.uncertain import parse_distribution
from capsim.scenario.draws.factors import factor_of
from capsim.scenario.draws.slips import ANNOUNCED
from capsim.scenario.draws.together import draw_names
from capsim.scenario.provenance import origin_of
from capsim.scenario.records.fields import fields_of, record_at
from capsim.scenario.records.schema import Scenario

UNIT_OF_BASIS = "of the basis"
"""Unit of an amount whose basis says what it is."""


@dataclass(frozen=True)
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
    return [_with_draw(row, scenario, names) for row in rows]


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
    value = as_written(node, limit=10_000)
    dotted = ".".join(path)
    place = str(node.place)
    estimate = f"{parse_distribution(plain(node)).central:.12g}" if node.is_distribution else ""
    return Row(
        dotted, value, unit, origin.layer, place, origin.source, origin.kind, origin.confidence, estimate
    )


def unit_of(scenario: Scenario, path: Path) -> str:
    """Unit of the value at a path; empty where it is no number."""
    record = record_at(Scenario, path[:-1])
    if record is not None:
        plan = fields_of(record).get(path[-1])
        unit = plan.quantity.unit if plan is not None and plan.quantity is not None else ""
        return _unit_of_basis(scenario, path) if unit == UNIT_OF_BASIS else unit
    if path[-2:-1] == ("arguments",) and path[-3:-2] == ("cooling",):
        preset = scenario._provenance.node_at((*path[:-2], "preset")).value
        value = scenario.catalog.entry("cooling", preset).get(path[-1])
        return value.unit if value is not None else ""
    return ""


def _unit_of_basis(scenario: Scenario, path: Path) -> str:
    """Unit of a cost item's amount: money per unit of its basis, or the share it is."""
    item = scenario._provenance.node_at(path[:-1])
    unit = scenario.catalog.entry("cost_bases", str(item.scalar("basis"))).text("amount_unit")
    return unit.replace("currency", str(item.scalar("currency")))
