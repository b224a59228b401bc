"""A claim: what an announcement states about money, power, compute, chips and dates."""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from capsim.errors import ScenarioError
from capsim.registry import did_you_mean
from capsim.scenario.fields import fields_of
from capsim.scenario.record import Day, Id, Name, Record, Text
from capsim.scenario.tree import Faults, Node, as_written, plain
from capsim.scenario.yaml_tree import UnreadableError, read_tree

MwBasis = Literal["grid", "facility", "it", "rack"]
"""Which MW: contracted grid power, power at the meter, IT power, or nameplate of the racks alone."""
Scope = Literal["facility", "all-in"]
"""What money buys: shell, mechanical and electrical plant, or that and the IT."""


class Span(Record):
    """A range; a claim that states one number has both ends at it."""

    low: Annotated[float, Field(gt=0)]
    """Lower end."""
    high: Annotated[float, Field(gt=0)]
    """Upper end."""

    @model_validator(mode="after")
    def _is_ordered(self) -> Span:
        if not self.low <= self.high:
            raise ValueError("low must be at most high")
        return self


def _as_span(value: Any) -> Any:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {"low": value, "high": value} if is_number else value


Amount = Annotated[Span, BeforeValidator(_as_span)]
"""A number, or a mapping with low and high."""


class ClaimSource(Record):
    """Where a claim was made."""

    publisher: Name
    """Who published it."""
    published: Day
    """When."""
    url: Text = ""
    """Where it stands, if it has an address."""


class Claim(Record):
    """What an announcement states. Whatever it leaves open stays missing and is solved for."""

    claim: Id
    """Name of the claim."""
    title: Text = ""
    """Name for people."""
    statement: Text
    """What it says."""
    source: ClaimSource
    """Where it was made."""
    mw: Amount | None = None
    """Power. [MW, on the basis stated]"""
    mw_basis: MwBasis | None = None
    """Which MW the claim says it means; missing where it does not say."""
    h100e: Amount | None = None
    """H100-equivalents. [H100e, in a definition that is not stated]"""
    accelerators: Amount | None = None
    """Accelerators. [accelerators]"""
    accelerator: Name | None = None
    """Entry of the catalogue's accelerators the claim names."""
    money: Amount | None = None
    """Money. [`currency`]"""
    currency: Annotated[str, StringConstraints(pattern=r"^(EUR|USD)$")] = "EUR"
    """Currency of the money."""
    scope: Scope | None = None
    """What the claim says the money buys; missing where it does not say."""
    sites: Annotated[int, Field(strict=True, ge=1)] = 1
    """Sites the totals are shared by."""
    years: Annotated[float, Field(gt=0)] | None = None
    """Years the money is spent over. [y]"""
    first_mw_on: Day | None = None
    """Date the first MW is to be energised."""
    own_builds: tuple[Name, ...] = ()
    """Entries of the reference builds that are this claim itself; not what it is compared with."""

    @property
    def announced_on(self) -> date:
        """Date of the claim."""
        return self.source.published


STATED = ("mw", "h100e", "accelerators", "money", "first_mw_on")
"""Keys of which a claim has at least one."""


def load_claim(path: str | os.PathLike[str]) -> Claim:
    """Load a claim file.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    file, faults = os.fspath(path), Faults()
    try:
        root = read_tree(file, "file", faults)
    except UnreadableError as error:
        raise ScenarioError(file, [error.fault]) from None
    claim = None
    try:
        claim = Claim.model_validate(plain(root))
    except ValidationError as error:
        _add_faults(error, root, faults)
    if claim is not None and not any(getattr(claim, key) is not None for key in STATED):
        faults.add(root.place, (), f"a claim states at least one of {', '.join(STATED)}")
    if claim is None or faults.found:
        raise ScenarioError(file, sorted(faults.found))
    return claim


def _add_faults(error: ValidationError, root: Node, faults: Faults) -> None:
    for detail in error.errors(include_url=False):
        node, place, path = root, root.place, tuple(str(part) for part in detail["loc"])
        for part in path:
            child = node.get(part)
            if child is None:
                break
            node, place = child, child.place
        rule = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        if detail["type"] == "extra_forbidden":
            record = {"source": ClaimSource}.get(path[0], Span if len(path) > 1 else Claim)
            rule = f"unknown key{did_you_mean(path[-1], list(fields_of(record)))}"
        elif detail["type"] == "missing":
            rule = "missing"
        shown = "" if detail["type"] in ("extra_forbidden", "missing") else as_written(node)
        faults.add(place, path, rule[:1].lower() + rule[1:], shown)
