"""What a planner's own finished stages say of the overruns to come, by Bayes' rule.

The logarithm of a stage's duration over its central one is taken as normal about a mean that is the planner's
own, and that mean as normal about 0. Half of the variance of whole builds lies between planners, half within
one (assumed), so that without any history a stage to come is drawn from its class. ``n`` finished stages make
the mean normal again: the conjugate case of a known variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from capsim.models.elapsed import Affine, Product, StillRunning
from capsim.models.uncertain import Distribution, Lognormal, Uncertain
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
    running: int = 0
    """Stages under way that it bears on."""

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
    running = sum(
        is_running(stage)
        for _, phase in scenario.phases()
        if isinstance(phase.overrun, Uncertain)
        for stage in phase.stages
    )
    return Learned(n, data, sigma, math.exp(posterior), sigma / math.sqrt(n + 1.0), sigma, running)


def with_history(scenario: Scenario, terms: Learned) -> Scenario:
    """The scenario with the overrun of its phases as learned.

    What runs is drawn with it as well, given that it is not over; what is finished, or has a date, stays.
    """
    if not terms.stages:
        return scenario
    sites = tuple(
        with_values(site, phases=tuple(_phase(phase, terms) for phase in site.phases))
        for site in scenario.sites
    )
    return with_values(scenario, sites=sites)


def _phase(phase: Phase, terms: Learned) -> Phase:
    overrun = phase.overrun
    if not isinstance(overrun, Uncertain):
        return phase
    stages = tuple(_running(stage, overrun.distribution, terms) for stage in phase.stages)
    is_open = any(stage.started_on is None and stage.finished_on is None for stage in phase.stages)
    return with_values(
        phase,
        stages=stages if stages != phase.stages else phase.stages,
        overrun=Uncertain(terms.next_stage) if is_open else overrun,
    )


def _running(stage: Stage, class_: Distribution, terms: Learned) -> Stage:
    """A stage whose duration, if it runs, has the overrun that was learned in place of that of its class."""
    duration = stage.duration_months
    if not is_running(stage):
        return stage
    whole = _with_overrun(duration.distribution, class_, terms.next_stage)  # type: ignore[attr-defined]
    return with_values(stage, duration_months=Uncertain(whole))


def _with_overrun(duration: Distribution, class_: Distribution, learned_: Distribution) -> Distribution:
    """A duration with one overrun in place of another, wherever it is a factor of it."""
    if isinstance(duration, Product):
        # the other factor is the planned duration, which is no overrun
        return replace(duration, factor=learned_ if duration.factor == class_ else duration.factor)
    if isinstance(duration, (Affine, StillRunning)):
        return replace(duration, of=_with_overrun(duration.of, class_, learned_))
    return learned_ if duration == class_ else duration


def is_running(stage: Stage) -> bool:
    """Whether a stage is under way, and what it takes is drawn given that it is not over."""
    duration = stage.duration_months
    return isinstance(duration, Uncertain) and isinstance(duration.distribution, StillRunning)
