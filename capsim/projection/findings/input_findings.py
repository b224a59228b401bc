"""What a projection says of the scenario it was made of: values that can hardly be meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from capsim.projection.findings.finding import Finding, finding

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


def questioned(projection: Projection) -> Iterator[Finding]:
    """A finding per value of the scenario that is questioned and not accepted."""
    for asked in projection.facts.questions:
        at = dict(pairwise(asked["path"].split(".")))
        place = at.get("sites", ""), at.get("phases", "")
        text = f"questioned: {asked['text']}; mend it, or say under accepted: why it is meant"
        yield finding("questioned", text, place, **_number(asked["value"]))


def _number(written: str) -> dict[str, float]:
    """A value as written, where it is a number."""
    try:
        return {"value": float(written)}
    except ValueError:
        return {}
