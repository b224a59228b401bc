"""What was measured or paid, and what of a projection it stands in place of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from capsim.scenario import Actual


class Replaced(NamedTuple):
    """A figure of actuals beside the model's own, of what is over."""

    site: str
    """Site; empty for the portfolio."""
    item: str
    """Phase, grid step or deployment (`p1.racks`); empty for the site itself."""
    figure: str
    first: str
    """Day, or first month, that it is of."""
    last: str
    """Day, or last month."""
    actual: float
    modelled: float
    """What the model has of the same."""
    unit: str


def last_of_each(lines: Sequence[Actual], *figures: str) -> dict[tuple[str, str, str], list[Actual]]:
    """Lines of some figures in order of their days, by site, item and figure; of a day the last one written.

    Those of the smallest part come first: what is said of a deployment is part of its phase, of its site, and
    of the portfolio.
    """
    found: dict[tuple[str, str, str], dict[object, Actual]] = {}
    for line in sorted(lines, key=lambda line: line.on):
        if line.what in figures and line.number is not None:
            found.setdefault((line.site, line.item, line.what), {})[line.on] = line
    order = sorted(found, key=lambda key: (-bool(key[0]), -bool(key[1]), -key[1].count("."), key))
    return {key: list(found[key].values()) for key in order}
