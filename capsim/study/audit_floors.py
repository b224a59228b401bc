"""What becomes of a reading where the claim states a floor: a part of the money, or the least of a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from capsim.scenario import Claim
from capsim.study.audit_compute import BY_CHIP, MW_WORDS, WHICH_MW
from capsim.study.audit_heat import IN_EVERY_HOUR
from capsim.study.audit_money import FACILITY, SCOPE
from capsim.study.audit_terms import INCONSISTENT, ONLY_IF, Reading

HAVE_MONEY = (SCOPE, "money for the chips, all-in")
"""Dimensions that hold the claim's money against what it takes."""
HAVE_MW = (BY_CHIP, WHICH_MW, "which PUE", "power for the chips", IN_EVERY_HOUR)
"""Dimensions that hold the claim's MW against what they take."""
PARTS: Mapping[str, str] = {
    "debt": "the debt",
    "first-tranche": "the first tranche",
    "one-investor": "what one investor brings",
}
"""Parts of the money, in words."""


def with_floors(reading: Reading, claim: Claim) -> Reading:
    """A reading that more than the floor would make true is true only if more is meant.

    Too little is no contradiction where the figure that is short may be more, nor too much money where the MW
    may be. What the claim itself rules out stays ruled out.
    """
    if reading.verdict != INCONSISTENT or not claim.floors or _is_ruled_out(reading, claim):
        return reading
    short = reading.covered < 1
    if short and "money" in claim.floors and reading.dimension in HAVE_MONEY:
        part = PARTS[claim.money_part] if claim.money_part else "the least"
        more = f"{part} is stated, and all of it is {1 / reading.covered:.1f} times that"
    elif short and "mw" in claim.floors and reading.dimension in HAVE_MW:
        more = f"the MW are a floor, and {1 / reading.covered:.1f} times that"
    elif not short and "mw" in claim.floors and reading.dimension == SCOPE:
        more = f"the MW are a floor, and {reading.covered:.1f} times that"
    else:
        return reading
    return replace(reading, verdict=ONLY_IF, detail=f"{reading.detail}; {more}")


def _is_ruled_out(reading: Reading, claim: Claim) -> bool:
    """Whether the claim says that it means something else."""
    if reading.dimension == SCOPE and claim.scope is not None:
        return (reading.reading == FACILITY) != (claim.scope == "facility")
    if reading.dimension == WHICH_MW and claim.mw_basis is not None:
        return reading.reading != MW_WORDS[claim.mw_basis]
    return False
