"""What a run will take, told before it is begun: from what its plan counts, within a factor of two or so."""

from __future__ import annotations

import os
from typing import NamedTuple

from capsim.projection import plural
from capsim.scenario import Scenario
from capsim.study.liftable_limits import limits_of

LONG_S, LARGE_GB = 60.0, 1.0
"""Beyond either a run says beforehand what it will take."""
PHASE_S, SITE_YEAR_S = 0.003, 0.0008
"""Processor time of a run, by phase and by year of a site. Measured on a core of 2026; others differ. [s]"""
VIEWS = 1.5
"""Time of a plan with its findings and tables, over that of its run alone. Measured. [1]"""
WRITTEN_S = 0.03, 0.05
"""Time to write results, by phase and by site. Measured. [s]"""
BASE_GB, KEPT_GB, WRITTEN_GB = 0.2, (0.00014, 0.00025), (0.0005, 0.0007)
"""Memory of the program, of a run by phase and by site, and of writing it. Measured. [GB]"""


class Effort(NamedTuple):
    """What a run will take, roughly."""

    seconds: float
    """By the clock. [s]"""
    gigabytes: float
    """Of the process that runs it. [GB]"""
    what: str
    """What of: sites, phases, draws, and limits that are lifted."""

    @property
    def is_worth_a_word(self) -> bool:
        """Whether it is over a minute or a gigabyte."""
        return self.seconds > LONG_S or self.gigabytes > LARGE_GB

    def __str__(self) -> str:
        """In a sentence."""
        minutes = plural(max(1, round(self.seconds / 60.0)), "minute")
        return f"about {minutes} and {self.gigabytes:.1f} GB: {self.what}"


def effort(
    scenario: Scenario, draws: int = 0, *, with_relief: bool = False, is_written: bool = False
) -> Effort:
    """What it will take to run a plan, to draw it so often, to lift its limits, and to write it."""
    phases, sites = sum(1 for _ in scenario.phases()), len(scenario.sites)
    run_s = phases * PHASE_S + sites * scenario.horizon_years * SITE_YEAR_S
    limits = sum(1 for _ in limits_of(scenario)) if with_relief else 0
    seconds = run_s * (VIEWS + draws / (os.cpu_count() or 1) + limits)
    gigabytes = BASE_GB + phases * KEPT_GB[0] + sites * KEPT_GB[1]
    if is_written:
        seconds += phases * WRITTEN_S[0] + sites * WRITTEN_S[1]
        gigabytes += phases * WRITTEN_GB[0] + sites * WRITTEN_GB[1]
    counts = {"site": sites, "phase": phases, "draw": draws, "limit": limits}
    return Effort(seconds, gigabytes, ", ".join(plural(n, what) for what, n in counts.items() if n))
