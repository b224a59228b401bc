"""H100-equivalents of a catalogued accelerator: computed from its FLOP/s, never typed in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from capsim.catalog.records import Catalog, Entry
from capsim.models import compute
from capsim.units import KW_PER_MW, MEGA

FIGURES = ("bf16_dense_tflops", "fp8_dense_tflops", "int8_dense_tops", "fp4_dense_tflops")
"""Dense FLOP/s that an accelerator may have."""


def h100e_ratio(entry: Entry, definition: str) -> float:
    """H100-equivalents of an accelerator under a named definition.

    Parameters
    ----------
    entry : Entry
        A record of the table ``accelerators``.
    definition : {"bf16", "8bit", "best"}
        Which dense FLOP/s are compared; see `capsim.models.compute.h100e_ratio`.

    Returns
    -------
    ratio : float
        H100-equivalents per accelerator; NaN when the record has no figure that fits. [1]

    Raises
    ------
    ValueError
        If the definition is unknown.
    """
    figures = {field: entry.number(field) if field in entry else None for field in FIGURES}
    return compute.h100e_ratio(**figures, definition=definition)


@dataclass(frozen=True)
class Worth:
    """Compute of a system, and what of it a MW and a million euros are; NaN where it is not known."""

    h100e: float
    """H100-equivalents of one system; 0 where it has no accelerators. [H100e]"""
    h100e_per_mw: float
    """The same over its all-in IT power, without the facility's. [H100e/MW]"""
    h100e_per_meur: float
    """The same over its price, at the latest rate of the catalogue, without network. [H100e/MEUR]"""
    h100e_per_rack_mw: float
    """The same over its nameplate: without what of network and storage stands elsewhere. [H100e/MW]"""


def worth_of(catalog: Catalog, system: Entry, definition: str) -> Worth:
    """What a system of the catalogue computes, for its power and for its price.

    Parameters
    ----------
    catalog : Catalog
        With the accelerator of the system, and exchange rates.
    system : Entry
        A record of the table ``systems``.
    definition : {"bf16", "8bit", "best"}
        Which dense FLOP/s count as an H100-equivalent.
    """
    count, h100e = system.number("accelerator_count"), 0.0
    if count:
        h100e = count * h100e_ratio(catalog.entry("accelerators", system.text("accelerator")), definition)
    price_usd = system.number("price_usd") if "price_usd" in system else math.nan
    usd_per_eur = catalog.entry("fx", catalog.names("fx")[-1]).number("usd_per_eur")
    meur = price_usd / usd_per_eur / MEGA
    all_in = h100e / system.number("all_in_it_kw") * KW_PER_MW
    nameplate_kw = system.number("nameplate_kw") if "nameplate_kw" in system else math.nan
    return Worth(h100e, all_in, h100e / meur if meur else math.nan, h100e / nameplate_kw * KW_PER_MW)
