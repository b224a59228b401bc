"""Why something never comes, in plain words: chains back to the cause, one sentence for each cause."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from capsim.buildout.why_never import TOO_LITTLE
from capsim.projection import Projection
from capsim.projection.rows import of_kind
from capsim.report.wording import listed, plural

ARROW = " <- "
"""Stands between what waits and what it waits for."""
Name = tuple[str, str, str]
"""Site, phase and deployment; the last empty for the phase itself."""


def never_ready(projection: Projection) -> Iterator[str]:
    """Sentences on phases that are never ready and were not cancelled, by cause.

    Those that ask for money themselves and get none are named by the finding of the money.
    """
    table = projection.milestones
    unbuilt = of_kind(table, "unbuilt")
    names = {(site, phase, "") for site, phase in zip(unbuilt["site"], unbuilt["phase"], strict=True)}
    for cause, found in by_cause(projection, names).items():
        chains = [chain for chain in found if cause != TOO_LITTLE or ARROW in chain]
        if chains:
            yield f"{plural(len(chains), 'phase')} can never be ready for service: {listed(chains)}; {cause}"


def never_ordered(projection: Projection) -> Iterator[str]:
    """Sentences on deployments that are never ordered, by cause; those that wait for money are named so."""
    table = projection.milestones
    there = of_kind(table, "ordered", "undelivered")
    known = set(zip(there["site"], there["phase"], there["item"], strict=True))
    names = {name_of(row) for row in projection.manifest.get("reasons", []) if row["item"]} - known
    for cause, chains in by_cause(projection, names).items():
        noun, verb = plural(len(chains), "deployment"), "is" if len(chains) == 1 else "are"
        yield f"{noun} {verb} never ordered inside the horizon: {listed(chains)}; {cause}"


def by_cause(projection: Projection, names: Collection[Name]) -> dict[str, list[str]]:
    """Chains of the names that have a reason, as ``a.p2 <- a.p1``, by cause."""
    found: dict[str, list[str]] = {}
    for row in projection.manifest.get("reasons", []):
        if name_of(row) in names:
            found.setdefault(row["cause"], []).append(ARROW.join(row["chain"]))
    return found


def name_of(row: dict[str, str]) -> Name:
    """Site, phase and deployment of a reason."""
    return row["site"], row["phase"], row["item"]
