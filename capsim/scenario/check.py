"""Rules that hold between records, checked on the filled tree."""

from __future__ import annotations

from capsim.catalog import Catalog
from capsim.scenario.sources import check_sources
from capsim.scenario.tree import Faults, Node


def check(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Find everything that no single record can see is wrong."""
    check_sources(root, catalog, faults)
