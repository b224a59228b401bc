"""What a projection says of data that another place lends: weather, prices, carbon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from capsim.operations import CLIMATE, PRICE
from capsim.projection.findings.finding import Finding, finding, only
from capsim.projection.wording import listed

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


def borrowed(projection: Projection) -> Iterator[Finding]:
    """A finding per place whose data are another's, with the sites it is of."""
    sites: dict[tuple[str, str, str, float | None], list[str]] = {}
    for site, rows in projection.facts.stand_ins.items():
        for row in rows:
            sites.setdefault((row["what"], row["asked"], row["used"], row["distance_km"]), []).append(site)
    for (what, asked, used, distance_km), of in sites.items():
        place = only([(site, "") for site in of])
        if what == CLIMATE and distance_km is not None:
            text = (
                f"weather of {listed(of)} is that of {used}, {distance_km:,.0f} km from {asked}: "
                "it stands in, for want of a nearer table; weather_file takes your own"
            )
            yield finding("borrowed_climate", text, place, distance_km=distance_km)
        elif what == PRICE and used:
            text = f"hours of the price of {listed(of)} are those of market {used}, borrowed for {asked}"
            yield finding("borrowed_price", text, place, sites=len(of))
        elif what == PRICE:
            text = f"hours of the price of {listed(of)} are all alike: your zone {asked} names no market"
            yield finding("borrowed_price", text, place, sites=len(of))
