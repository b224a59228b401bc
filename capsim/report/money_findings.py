"""What a projection says of its money, beside its budgets: prices of one country used in another."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.projection import Projection
from capsim.report.wording import listed


def money_findings(projection: Projection) -> Iterator[str]:
    """Sentences about prices; none from a projection saved before they were noted."""
    for item, found in projection.manifest.get("priced_elsewhere", {}).items():
        priced, sites = found["priced_in"], found["sites"]
        yield (
            f"the cost item {item} was priced in {listed([c.upper() for c in priced])}, and is used for "
            f"{listed(sites)} elsewhere: give items with countries, or a preset that has them"
        )
