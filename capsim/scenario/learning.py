"""What a planner's own finished stages say of the overruns to come, by Bayes' rule.

The logarithm of a stage's duration over its central one is taken as normal about a mean that is the planner's
own, and that mean as normal about 0. Half of the variance of whole builds lies between planners, half within
one (assumed), so that without any history a stage to come is drawn from its class. ``n`` finished stages make
the mean normal again: the conjugate case of a known variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from capsim.models.elapsed import StillRunning
from capsim.models.uncertain import Lognormal, Uncertain
from capsim.scenario.informed import with_values
from capsim.scenario.records.schema import Scenario
from capsim.scenario.records.site_records import Phase, Stage
from capsim.units import DAYS_PER_MONTH


@dataclass(frozen=True)
class Learned:
    """The mean overrun before and after one's own history, as factors on durations."""

    stages: int
    """Finished stages that count."""
    data: float
    """Their geometric mean of actual over central duration; 1 where there are none. [1]"""
    prior_sigma: float
    """Spread of the prior of the mean's logarithm. [1]"""
    posterior: float
    """Median of the mean overrun after them. [1]"""
    posterior_sigma: float
    """Spread of its logarithm. [1]"""
    spread: float
    """Spread of the logarithm of a stage's overrun about the mean. [1]"""

    @property
    def next_stage(self) -> Lognormal:
        """The overrun of what is to come."""
        return Lognormal(self.posterior, math.hypot(self.posterior_sigma, self.spread))


def learned(scenario: Scenario) -> Learned:
    """The overrun that the finished stages of a scenario's phases say."""
    # equal parts of the variance of the class: what is learned only ever narrows it
    sigma = scenario.catalog.entry("lead_times", "overrun-works").number("sigma") / math.sqrt(2.0)
    logs = [
        math.log((stage.finished_on - stage.started_on).days / DAYS_PER_MONTH / stage.duration_months)
        for _, phase in scenario.phases()
        for stage in phase.stages
        if stage.started_on is not None
        and stage.finished_on is not None
        and stage.started_on < stage.finished_on <= scenario.known_until
        and stage.duration_months > 0.0
    ]
    n = len(logs)
    # prior and data have the same variance, so the prior weighs as much as one stage
    posterior = sum(logs) / (n + 1.0)
    data = math.exp(sum(logs) / n) if n else 1.0
    return Learned(n, data, sigma, math.exp(posterior), sigma / math.sqrt(n + 1.0), sigma)


def with_history(scenario: Scenario, terms: Learned) -> Scenario:
    """The scenario with the overrun of its phases as learned; what runs, or is known, stays as it is."""
    if not terms.stages:
        return scenario
    sites = tuple(
        with_values(site, phases=tuple(_phase(phase, terms) for phase in site.phases))
        for site in scenario.sites
    )
    return with_values(scenario, sites=sites)


def _phase(phase: Phase, terms: Learned) -> Phase:
    is_open = any(_is_to_come(stage) for stage in phase.stages)
    overrun = phase.overrun
    if not is_open or not isinstance(overrun, Uncertain):
        return phase
    return with_values(phase, overrun=Uncertain(terms.next_stage))


def _is_to_come(stage: Stage) -> bool:
    duration = stage.duration_months
    runs = isinstance(duration, Uncertain) and isinstance(duration.distribution, StillRunning)
    return not runs and stage.started_on is None and stage.finished_on is None
