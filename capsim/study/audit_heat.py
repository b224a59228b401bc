"""Readings of a claim by the hour: what its MW carry in every hour, and what at the mean PUE of a year."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.catalog import Catalog
from capsim.scenario import Claim
from capsim.study.audit_chips import DISTRIBUTED_TO, Measure, chips_of, counted
from capsim.study.audit_terms import Basis, Reading, verdict_of
from capsim.units import W_PER_MW

IN_EVERY_HOUR = "in every hour"
"""Dimension of these readings."""


def hour_readings(claim: Claim, catalog: Catalog, basis: Basis) -> Iterator[Reading]:
    """The claim's MW at the PUE of the hottest hour, where they hold a PUE and it states compute."""
    measure, hottest = Measure.of(claim, basis), basis.hottest_pue
    wanted = claim.accelerators if claim.h100e is None else claim.h100e
    # what a claim does not state cannot be held against anything
    if not measure.has_pue or claim.mw is None or wanted is None:
        return
    # chips are counted as they are, compute under one definition
    chips = chips_of(claim, catalog) if claim.h100e is None else counted(chips_of(claim, catalog))
    unit = "accelerators" if claim.h100e is None else f"H100e ({DISTRIBUTED_TO})"
    for chip in chips:
        each = 1.0 if claim.h100e is None else chip.h100e[DISTRIBUTED_TO]
        at_mean = claim.mw.high * W_PER_MW / measure.watts(chip) * each
        carried = at_mean * basis.pue.value / hottest.value
        best = at_mean * basis.pue.value / hottest.low * chip.it_w.value / chip.it_w.low
        detail = (
            f"{claim.mw.high:,.0f} MW carry {carried:,.0f} {unit} at PUE {hottest.value:g} of the hottest "
            f"hour, {at_mean:,.0f} at PUE {basis.pue.value:g} with load cut in the hours above it"
        )
        covered = carried / wanted.low
        yield Reading(IN_EVERY_HOUR, chip.name, verdict_of(covered, best / wanted.low), detail, covered)
