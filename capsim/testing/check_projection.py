"""What must hold of every projection, with models of one's own in it."""

from __future__ import annotations

import numpy as np

from capsim.pipeline import simulate
from capsim.projection import Projection
from capsim.scenario import Scenario
from capsim.testing.holding import hold, in_time

CLOSE = 1e-9
"""Relative difference up to which two ways to compute a thing agree. [1]"""
PATIENCE_S = 300.0


def check_projection(scenario: Scenario | Projection) -> Projection:
    """Hold a projection against what is true of all, and return it.

    It ends; energy balances in every month of every site, as IT, cooling and losses are what the facility
    takes and that is at least the IT load (PUE at least 1); capex of the ledger's items is the headline's.

    Parameters
    ----------
    scenario : Scenario or Projection
        It is simulated first where it is a scenario.

    Raises
    ------
    AssertionError
        At the first that does not hold, with site and month.
    """
    projection = (
        scenario
        if isinstance(scenario, Projection)
        else in_time(f"the projection of {scenario.name}", lambda: simulate(scenario), PATIENCE_S)
    )
    monthly = projection.monthly
    facility, it = monthly["facility_mwh"], monthly["it_mwh"]
    parts = it + monthly["cooling_mwh"] + monthly["losses_mwh"]
    scale = float(np.abs(facility).max()) or 1.0
    for what, off in (
        ("IT, cooling and losses must be what the facility takes", np.abs(parts - facility) > CLOSE * scale),
        ("PUE must be at least 1", facility < it * (1.0 - CLOSE)),
    ):
        wrong = np.argwhere(np.asarray(off))
        if wrong.size:
            site, month = (
                str(monthly[dim].values[i]) for dim, i in zip(facility.dims, wrong[0], strict=True)
            )
            raise AssertionError(f"{projection.name}, {site} in {month[:7]}: {what}")
    ledger = projection.ledger[projection.ledger["category"] == "capex"]
    capex = float(ledger[f"amount_{projection.currency}"].sum())
    stated = projection.headline[f"capex_{projection.currency}"]
    is_same = bool(np.isclose(capex, stated, rtol=CLOSE))
    hold(is_same, f"{projection.name}: items come to a capex of {capex}, not {stated}")
    return projection
