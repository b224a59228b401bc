"""What a run will take, told before it is begun: from what its plan counts, within a factor of two or so."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from capsim.projection import plural
from capsim.scenario import Scenario
from capsim.study.draws import check_draws
from capsim.study.liftable_limits import limits_of
from capsim.units import HOURS_PER_DAY, MINUTES_PER_HOUR, SECONDS_PER_HOUR

LONG_S, LARGE_GB = 60.0, 1.0
"""Beyond either a run says beforehand what it will take."""
PHASE_S, SITE_YEAR_S = 0.0035, 0.0008
"""Processor time of a run, by phase and by year of a site. Measured on a core of 2026; others differ. [s]"""
VIEWS = 1.5
"""Time of a plan with its findings and tables, over that of its run alone. Measured. [1]"""
WRITTEN_S = 0.012, 0.02
"""Time to write results, by phase and by site. Measured. [s]"""
BASE_GB, KEPT_GB, WRITTEN_GB = 0.2, (0.00015, 0.00021), (0.0002, 0.00023)
"""Memory of the program, of a run by phase and by site, and of writing it. Measured. [GB]"""


_MINUTE_S = SECONDS_PER_HOUR / MINUTES_PER_HOUR
UNITS = (("day", SECONDS_PER_HOUR * HOURS_PER_DAY), ("hour", SECONDS_PER_HOUR), ("minute", _MINUTE_S))
"""What a time is told in: the first of which there are two. [s]"""


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
        unit, seconds = next((one for one in UNITS if self.seconds >= 2.0 * one[1]), UNITS[-1])
        time = plural(max(1, round(self.seconds / seconds)), unit)
        return f"about {time} and {self.gigabytes:.1f} GB: {self.what}"


def effort(
    scenario: Scenario,
    draws: int = 0,
    *,
    runs: int = 0,
    processes: int | None = None,
    with_relief: bool = False,
    is_written: bool = False,
) -> Effort:
    """What it will take to run a plan, to draw it so often, to run variants, to lift limits, and to write it.

    `processes` share draws and `runs`, which are central runs of variants of the plan.
    """
    check_draws(draws)
    phases, sites = sum(1 for _ in scenario.phases()), len(scenario.sites)
    run_s = phases * PHASE_S + sites * scenario.horizon_years * SITE_YEAR_S
    limits = sum(1 for _ in limits_of(scenario)) if with_relief else 0
    seconds = run_s * (VIEWS + (draws + runs) / (processes or os.cpu_count() or 1) + limits)
    gigabytes = BASE_GB + phases * KEPT_GB[0] + sites * KEPT_GB[1]
    if is_written:
        seconds += phases * WRITTEN_S[0] + sites * WRITTEN_S[1]
        gigabytes += phases * WRITTEN_GB[0] + sites * WRITTEN_GB[1]
    counts = {"site": sites, "phase": phases, "draw": draws, "run": runs, "limit": limits}
    return Effort(seconds, gigabytes, ", ".join(plural(n, what) for what, n in counts.items() if n))


def ladder_runs(limits: int) -> int:
    """Runs foreseen to lift so many limits, to ease each, and to climb the ladder: what is left on each rung.

    Examples
    --------
    >>> ladder_runs(3)
    12
    """
    return 3 * limits + limits * (limits - 1) // 2


def relief_effort(scenario: Scenario) -> Effort:
    """What it will take to lift each limit of a plan and climb the ladder to its end, at most."""
    return effort(scenario, runs=ladder_runs(sum(1 for _ in limits_of(scenario))), processes=1)


def study_effort(scenarios: Sequence[Scenario], draws: int, processes: int | None = None) -> Effort:
    """What it will take to draw each of some plans so often, of which one is in memory at a time."""
    each = [effort(scenario, draws, processes=processes) for scenario in scenarios]
    most = max(each, key=lambda one: one.seconds)
    of = f"{plural(len(each), 'plan')}, each {most.what}" if len(each) > 1 else most.what
    return Effort(sum(one.seconds for one in each), max(one.gigabytes for one in each), of)
