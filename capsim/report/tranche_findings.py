"""What a projection says in plain words of money that comes with milestones."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from capsim.projection import Projection
from capsim.projection.rows import of_kind
from capsim.report.wording import money
from capsim.units import MONTHS_PER_YEAR


def tranche_findings(projection: Projection) -> Iterator[str]:
    """A sentence per tranche that waits for milestones: when it comes, if ever, and with what."""
    start = pd.Timestamp(projection.manifest["start"])
    end = start + pd.DateOffset(months=projection.manifest["horizon_years"] * MONTHS_PER_YEAR)
    funded = of_kind(projection.milestones, "funded")
    dates = dict(zip(funded["item"], funded["date"], strict=True))
    for name, tranche in projection.manifest.get("tranches", {}).items():
        text = f"tranche {name} ({money(tranche['amount'], projection.manifest['money_unit'])})"
        after, when = " and ".join(tranche["after"]), dates.get(name)
        if when is not None and when < end:
            yield f"{text} comes on {when:%Y-%m-%d}; it waits for {after}"
        else:
            yield f"{text} does not come inside the horizon: it waits for {after}"
