"""A claim as a file: read, and looked up in a catalogue."""

from __future__ import annotations

import os

from capsim.catalog import Catalog, load_catalog
from capsim.registry import did_you_mean
from capsim.scenario.record_file import read_record
from capsim.scenario.records.claim_records import STATED, Claim
from capsim.scenario.rules.rule import Issue, Issues


def load_claim(path: str | os.PathLike[str], catalog: Catalog | None = None) -> Claim:
    """Load a claim file, and look its chip and builds up in a catalogue, by default the shipped one.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    shelf = catalog or load_catalog()
    return read_record(os.fspath(path), Claim, lambda claim: _issues(claim, shelf))


def _issues(claim: Claim, catalog: Catalog) -> Issues:
    """What no single value of a claim tells: it states something, and what it names is in the catalogue."""
    if not any(getattr(claim, key) is not None for key in STATED):
        yield Issue((), f"a claim states at least one of {', '.join(STATED)}")
    if claim.first_mw_on is not None and claim.first_mw_on < claim.announced_on:
        rule = f"must not be before the claim itself, published on {claim.announced_on}"
        yield Issue(("first_mw_on",), rule, got=True)
    for key in sorted(claim.floors):
        if getattr(claim, key) is None:
            where = "at_least" if key in claim.at_least else "money_part"
            yield Issue((where,), f"is of {key}, which the claim does not state")
    named = [("accelerators", "accelerator", claim.accelerator)] if claim.accelerator else []
    named += [("reference_builds", "own_builds", name) for name in claim.own_builds]
    for table, key, name in named:
        names = catalog.names(table)
        if name not in names:
            rule = f"the catalogue's {table} have no record {name}{did_you_mean(name, names)}"
            yield Issue((key,), rule)
