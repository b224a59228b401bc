"""Figures that are one monthly series over another: of the whole horizon, or of any months of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.units import KG_PER_T, KWH_PER_MWH, L_PER_M3, MWH_PER_GWH

Total = Callable[[str], ArrayLike]
"""Gives the sum of a monthly series over the months asked for."""


class Quotient(NamedTuple):
    """What is added up, over what, and by what their quotient is multiplied for its unit."""

    of: tuple[str, ...]
    over: tuple[str, ...] = ()
    """Empty where a sum is stated in another unit."""
    scale: float = 1.0

    def value(self, total: Total) -> NDArray[np.float64]:
        """The figure of some months; NaN where there is nothing to divide by."""
        part, whole = _sum_of(self.of, total) * self.scale, _sum_of(self.over, total, empty=1.0)
        quotient = np.full(np.broadcast(part, whole).shape, np.nan)
        np.divide(part, whole, out=quotient, where=whole != 0.0)
        return quotient


def _sum_of(names: tuple[str, ...], total: Total, empty: float = 0.0) -> NDArray[np.float64]:
    """Sum of the totals of some series; another number for none of them."""
    totals = (np.asarray(total(name)) for name in names)
    return np.asarray(sum(totals, start=np.array(0.0)) if names else empty)


QUOTIENTS: Final = {
    "facility_gwh": Quotient(("facility_mwh",), scale=1.0 / MWH_PER_GWH),
    "it_gwh": Quotient(("it_mwh",), scale=1.0 / MWH_PER_GWH),
    "pue": Quotient(("facility_mwh",), ("it_mwh",)),
    "wue_l_per_kwh": Quotient(("water_m3",), ("it_mwh",), L_PER_M3 / KWH_PER_MWH),
    "wue_source_l_per_kwh": Quotient(("water_m3", "water_source_m3"), ("it_mwh",), L_PER_M3 / KWH_PER_MWH),
    "cue_kg_per_kwh": Quotient(("carbon_t", "carbon_fuel_t"), ("it_mwh",), KG_PER_T / KWH_PER_MWH),
    "ref": Quotient(("renewable_mwh",), ("facility_mwh",)),
    "erf": Quotient(("reused_heat_mwh",), ("facility_mwh",)),
    "curtailed_share": Quotient(("curtailed_h100e_h",), ("h100e_h", "curtailed_h100e_h")),
    "turned_away_share": Quotient(("turned_away_h100e_h",), ("demand_h100e_h",)),
}
"""By the name of the figure."""
