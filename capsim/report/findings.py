"""Findings as sentences, for whoever reads them one by one."""

from __future__ import annotations

from capsim.projection import Projection


def findings(projection: Projection) -> list[str]:
    """What a projection says in plain words, in the order in which the terminal shows it."""
    return [finding.text for finding in projection.findings]
