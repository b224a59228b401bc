"""What a projection says, in plain words and as data. Every sentence is computed, none is written before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from capsim.projection.findings.build_findings import build_findings
from capsim.projection.findings.finding import Finding
from capsim.projection.findings.grid_findings import (
    carbon_of_contracts,
    hours_of_carbon_stated,
    hours_of_price_stated,
    power_lost,
)
from capsim.projection.findings.heat_findings import stranded_in_heat
from capsim.projection.findings.input_findings import (
    accepted,
    in_place_of_the_plan,
    left_out,
    out_of_scope,
    own_series,
    questioned,
)
from capsim.projection.findings.job_findings import inference_speeds, job_findings
from capsim.projection.findings.limit_findings import limit_findings
from capsim.projection.findings.money_findings import dearest_delay, priced_elsewhere, several_rates
from capsim.projection.findings.stale_findings import past_shelf_life
from capsim.projection.findings.surroundings_findings import borrowed
from capsim.projection.findings.system_findings import system_findings
from capsim.projection.findings.target_findings import target_findings
from capsim.projection.findings.unfinished_findings import empty_halls, overdue, unfinished

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

__all__ = ["Finding", "all_findings"]


def all_findings(projection: Projection) -> Iterator[Finding]:
    """Findings, most asked-for first.

    Parameters
    ----------
    projection : Projection
        Of a simulation, or loaded.

    Yields
    ------
    finding : Finding
        A sentence with its numbers: targets and budgets, what is not ready, headroom at the meter,
        curtailment, phases that are late and halls that stay empty.
    """
    parts = (
        questioned,
        target_findings,
        limit_findings,
        stranded_in_heat,
        job_findings,
        inference_speeds,
        overdue,
        unfinished,
        empty_halls,
        system_findings,
        power_lost,
        dearest_delay,
        priced_elsewhere,
        several_rates,
        in_place_of_the_plan,
        own_series,
        past_shelf_life,
        left_out,
        out_of_scope,
        accepted,
        build_findings,
        borrowed,
        hours_of_carbon_stated,
        hours_of_price_stated,
        carbon_of_contracts,
    )
    return chain.from_iterable(part(projection) for part in parts)
