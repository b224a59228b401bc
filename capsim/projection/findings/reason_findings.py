"""Why something never comes, in plain words: chains back to the cause, one sentence for each cause."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from capsim.buildout import TOO_LITTLE
from capsim.projection.findings.finding import Finding, finding
from capsim.projection.wording import listed, plural

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

ARROW = " <- "
"""Stands between what waits and what it waits for."""
Name = tuple[str, str, str]
"""Site, phase and deployment; the last empty for the phase itself."""


def never_ready(projection: Projection) -> Iterator[Finding]:
    """Findings on phases that are never ready and were not cancelled, by cause.

    Those that ask for money themselves and get none are named by the finding of the money.
    """
    unbuilt = projection.of_kind("unbuilt")
    names = {(site, phase, "") for site, phase in zip(unbuilt["site"], unbuilt["phase"], strict=True)}
    for cause, all_chains in by_cause(projection, names).items():
        chains = [chain for chain in all_chains if cause != TOO_LITTLE or ARROW in chain]
        if chains:
            text = f"{plural(len(chains), 'phase')} can never be ready for service: {listed(chains)}; {cause}"
            yield finding("never_ready", text, phases=len(chains))


def never_ordered(projection: Projection) -> Iterator[Finding]:
    """Findings on deployments that are never ordered, by cause; those that wait for money are named so."""
    there = projection.of_kind("ordered", "undelivered")
    ordered = set(zip(there["site"], there["phase"], there["item"], strict=True))
    names = {(r["site"], r["phase"], r["item"]) for r in projection.facts.reasons if r["item"]} - ordered
    for cause, chains in by_cause(projection, names).items():
        noun, verb = plural(len(chains), "deployment"), "is" if len(chains) == 1 else "are"
        text = f"{noun} {verb} never ordered inside the horizon: {listed(chains)}; {cause}"
        yield finding("never_ordered", text, deployments=len(chains))


def by_cause(projection: Projection, names: Collection[Name]) -> dict[str, list[str]]:
    """Chains of the names that have a reason, as ``a.p2 <- a.p1``, by cause."""
    chains: dict[str, list[str]] = {}
    for row in projection.facts.reasons:
        if (row["site"], row["phase"], row["item"]) in names:
            chains.setdefault(row["cause"], []).append(ARROW.join(row["chain"]))
    return chains
